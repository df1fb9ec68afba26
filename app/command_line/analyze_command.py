"""`analyze`: what a document costs before it is trained."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.command_line.documents import add_document_argument, open_named
from graph_model import ExportError
from graph_model.document_file.atomic import write_atomically

if TYPE_CHECKING:
    from app.training.cost import Analysis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_document_argument(parser)
    parser.add_argument("--batch", type=_positive, metavar="N", help="batch size (default: the document's)")
    parser.add_argument("--csv", metavar="OUT", help="write the table as CSV, with raw numbers")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Print the table, or one JSON object; write CSV if asked to."""
    from app.training.cost import analyze, csv_text

    analysis = analyze(open_named(options.file), options.batch)
    if options.csv:
        try:
            write_atomically(Path(options.csv), csv_text(analysis).encode())
        except OSError as error:
            raise ExportError(f"{options.csv} cannot be written: {error.strerror or error}.") from error
    print(json.dumps(summary(analysis), ensure_ascii=False) if options.json else table(analysis))
    return 0


def summary(analysis: Analysis) -> dict[str, Any]:
    """Return what --json prints: memory in bytes."""
    from app.training.cost.columns import COLUMNS

    def values(row: Any) -> dict[str, Any]:
        return {"node": row.name, "kind": row.kind, **{column.name: column.read(row) for column in COLUMNS}}

    prediction = {
        field.name: getattr(analysis.prediction, field.name) for field in dataclasses.fields(analysis.prediction)
    }
    return {
        "batch": analysis.batch,
        "nodes": [values(row) for row in analysis.rows],
        "blocks": [values(row) for row in analysis.blocks],
        "total": values(analysis.total),
        "uncounted": list(analysis.uncounted),
        "predicted_peak_bytes": analysis.prediction.peak,
        "predicted": prediction,
        "device": analysis.device,
        "free_bytes": analysis.free,
        "largest_batch": analysis.largest_batch,
    }


def table(analysis: Analysis) -> str:
    """Return the table as text, with the predicted peak below."""
    from app.training.cost.columns import COLUMNS
    from app.training.cost.verdict import verdict

    lines = [["node", "kind", *(column.title for column in COLUMNS)]]
    for row, kind in (
        *((row, row.kind) for row in analysis.rows),
        *((row, "block") for row in analysis.blocks),
        (analysis.total, ""),
    ):
        lines.append([row.name, kind, *(column.text(column.read(row)) for column in COLUMNS)])
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    aligned = [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([*aligned, "", verdict(analysis)])


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
