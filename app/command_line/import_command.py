"""`import`: ONNX to a document."""

from __future__ import annotations

import argparse

from graph_model import save_document


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("model", metavar="MODEL.onnx", help="the model to read")
    parser.add_argument("output", metavar="OUT.gradcanvas", help="the document to write")


def run(options: argparse.Namespace) -> int:
    """Read the model and write the document."""
    from compiler import import_onnx

    document = import_onnx(options.model)
    save_document(document, options.output)
    print(f"{options.output}: {len(document.graph.nodes())} nodes, {len(document.weights)} weight arrays")
    return 0
