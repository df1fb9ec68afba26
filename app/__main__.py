"""`python -m app`: the editor and the command line."""

import sys

from app.command_line.main import main

if __name__ == "__main__":
    sys.exit(main())
