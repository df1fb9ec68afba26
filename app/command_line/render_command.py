"""`render`: a picture of the drawing."""

from __future__ import annotations

import argparse

from app.command_line.documents import add_document_argument, open_named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_document_argument(parser)
    parser.add_argument("output", metavar="OUT.png", help="the picture to write")
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="colours (default: light)")


def run(options: argparse.Namespace) -> int:
    """Draw the picture; needs no display."""
    from app.canvas.render import render_document

    size = render_document(open_named(options.file), options.output, options.theme)
    print(f"{options.output}: {size[0]} × {size[1]} pixels")
    return 0
