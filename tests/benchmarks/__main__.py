"""`python -m tests.benchmarks NAME`: measures, prints a table, fails never. NAME is a module of this folder."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or list them."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_"))
    if not arguments or any(name not in names for name in arguments):
        print("usage: python -m tests.benchmarks NAME …   with NAME one of:", ", ".join(names), file=sys.stderr)
        return 2
    for name in arguments:
        importlib.import_module(f"tests.benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
