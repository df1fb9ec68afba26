"""All that can be said about a document's cost, computed at once."""

from __future__ import annotations

from dataclasses import dataclass

from app.training.cost.free_memory import free_memory
from app.training.cost.memory_prediction import MemoryModel, MemoryPrediction
from app.training.device import choose_device
from compiler.cost import CostRow, by_block, totals
from graph_model import Document


@dataclass(frozen=True)
class Analysis:
    """`rows`: of the nodes, in the order of running; `blocks`: the sums of blocks; `total`: of all nodes.

    `uncounted`: names of the nodes whose shapes are not known. `free`: bytes that `device` can still give.
    `largest_batch`: the largest that fits into these, 0 if none does.
    """

    batch: int
    rows: tuple[CostRow, ...]
    blocks: tuple[CostRow, ...]
    total: CostRow
    uncounted: tuple[str, ...]
    prediction: MemoryPrediction
    device: str
    free: int
    largest_batch: int

    @property
    def fits(self) -> bool:
        """Whether training with this batch fits into the free memory."""
        return self.prediction.peak <= self.free


def analyze(document: Document, batch: int | None = None, free: int | None = None) -> Analysis:
    """Return what a document costs with batches of so many samples (by default its own).

    `free`: bytes, in the place of what its device has. Raises CompileError, or TrainingError for its settings.
    """
    device = str(choose_device(document.training.device))
    model = MemoryModel(document, device)
    size = document.training.batch_size if batch is None else batch
    available = free_memory(device) if free is None else free
    rows = model.rows(size)
    counted = {row.node_id for row in rows}
    return Analysis(
        size,
        tuple(rows),
        tuple(by_block(rows).values()),
        totals(rows, "total"),
        tuple(step.node.name for step in model.flow.program.steps if step.node.id not in counted),
        model.predict(size),
        device,
        available,
        model.largest_batch(available),
    )


__all__ = ["Analysis", "analyze"]
