"""`export`: ONNX."""

from __future__ import annotations

import argparse

from app.command_line.documents import add_document_argument, open_named
from app.training.number_text import scientific


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_document_argument(parser)
    parser.add_argument("output", metavar="OUT.onnx", help="the file to write")


def run(options: argparse.Namespace) -> int:
    """Write the ONNX file and say how well it agrees with PyTorch."""
    from compiler import export_onnx

    report = export_onnx(open_named(options.file), options.output)
    print(
        f"{options.output}: opset {report.opset}, {report.file_size:,} bytes; largest difference from PyTorch "
        f"{scientific(report.max_abs_difference)}"
    )
    for name, taken in report.dynamic_axes.items():
        print(f"  {name}: {taken}")
    return 0
