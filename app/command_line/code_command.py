"""`code`: PyTorch source."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.command_line.documents import add_document_argument, open_named
from graph_model import ExportError
from graph_model.document_file.atomic import write_atomically


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_document_argument(parser)
    parser.add_argument("output", metavar="OUT.py", help="the file to write")


def run(options: argparse.Namespace) -> int:
    """Write the source."""
    from compiler import to_source

    source = to_source(open_named(options.file))
    try:
        write_atomically(Path(options.output), source.encode())
    except OSError as error:
        raise ExportError(f"{options.output} cannot be written: {error.strerror or error}.") from error
    print(f"{options.output}: {len(source.splitlines())} lines")
    return 0
