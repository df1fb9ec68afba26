"""FILE on the command line: a document's file, or the name of an example."""

from __future__ import annotations

import argparse
from pathlib import Path

from graph_model import Document, load_document


def add_document_argument(parser: argparse.ArgumentParser) -> None:
    """Declare FILE."""
    parser.add_argument("file", metavar="FILE", help="a document (.gradcanvas, .json) or the name of an example")


def open_named(name: str) -> Document:
    """Open a file, or the example of that name; raises DocumentError."""
    if Path(name).exists():
        return load_document(name)
    from app.training.gallery import open_example

    return open_example(name)
