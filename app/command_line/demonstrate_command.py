"""`demonstrate`: what the editor's first example shows, where there is no display."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from app.command_line.train_command import EpochReporter, gradient_table
from app.training.gallery import open_example
from app.training.number_text import scientific
from graph_model import Document

EXAMPLE = "vanishing_gradients"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--folder", default=".", help="where the files are written (default: here)")


def run(options: argparse.Namespace) -> int:
    """Train the example, print its gradients as it goes, write the ONNX file and the picture."""
    from app.training import train
    from app.training.findings import gradient_finding
    from app.training.recording import Recording
    from compiler import export_onnx

    document = open_example(EXAMPLE)
    folder = Path(options.folder)
    print(f"{document.graph.name}. {document.description}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="gradcanvas-") as kept:
        result = train(document, progress=EpochReporter(sys.stdout), recording_path=kept)
        recording = Recording.open(kept)
        finding = gradient_finding(recording)
        values = recording.node_values("rms")
    print(gradient_table(result.history))
    print(f"\n{finding.title}: {finding.sentence}\n")
    report = export_onnx(result.document, folder / f"{EXAMPLE}.onnx")
    difference = scientific(report.max_abs_difference)
    print(f"{folder / EXAMPLE}.onnx: the trained network; largest difference from PyTorch {difference}")
    return draw(result.document, folder / f"{EXAMPLE}.png", values)


def draw(document: Document, picture: Path, values: dict[str, float]) -> int:
    """Write the picture; without Qt's system libraries there is none, which is said."""
    try:
        from app.canvas.render import render_document
    except ImportError as error:
        print(f"There is no picture, since Qt cannot be loaded: {error}.", file=sys.stderr)
        return 1
    render_document(document, picture, "light", values=values)
    print(f"{picture}: the drawing, coloured by the gradient at the last step")
    return 0
