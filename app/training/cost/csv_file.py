"""The table of costs as CSV: raw numbers, counts and bytes."""

from __future__ import annotations

import csv
import io

from app.training.cost.analysis import Analysis
from app.training.cost.columns import COLUMNS


def csv_text(analysis: Analysis) -> str:
    """Return the table: a header, a row for each node, then for each block, then the total."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["node", "kind", "batch", *(column.name for column in COLUMNS)])
    for row, kind in (
        *((row, row.kind) for row in analysis.rows),
        *((row, "block") for row in analysis.blocks),
        (analysis.total, "total"),
    ):
        writer.writerow([row.name, kind, analysis.batch, *(column.read(row) for column in COLUMNS)])
    return stream.getvalue()


__all__ = ["csv_text"]
