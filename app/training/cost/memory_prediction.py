"""How much memory a run will take at its most, and the largest batch that fits: known before it starts.

Counted is what the engine holds beside the program itself: the weights and the copies of them for stepping back
(snapshots.py), what the optimizer remembers, the data, and whichever is most of what comes one after the other: a
training step, the gradients' statistics, the update, an evaluation, taking a snapshot, and handing over the result.
On a processor also what oneDNN copies for itself; a GPU's libraries take scratch of their own, which is not counted.
Where memory is freed it is free: see allocator.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.training.cost.loss_memory import loss_cost
from app.training.cost.optimizer_memory import counts_steps, optimizer_numbers
from app.training.evaluation_batch import evaluation_batch
from app.training.snapshots import kept_bytes
from app.training.training_program import training_program
from compiler.cost import CostRow, Flow, activation_peak, cost_rows, flow_of
from compiler.cost.parameters import BYTES_PER_NUMBER
from compiler.program import Program, lower
from graph_model import DataError, Document

LONG = 10**9
"""Steps of a run that takes all the snapshots that there can be."""
WIDE = 8
"""Bytes of a number of float64, in which the norm of a gradient is summed (statistics.py)."""
LARGEST_BATCH = 2**24
LIBRARIES = 8 * 2**20
"""What oneDNN and MKL take for themselves on a processor: buffers, and code made for the shapes at hand (measured)."""


@dataclass(frozen=True)
class MemoryPrediction:
    """Bytes. `weights`: with buffers. `copies`: snapshots for stepping back. `step`: activations, gradients and scratch
    of one training step. `after`: the most between steps beside weights, optimizer and copies. `evaluating`: of the
    evaluation after an epoch. `data`: of the dataset, if it was given. `libraries`: what they take once."""

    batch: int
    weights: int
    gradients: int
    optimizer: int
    copies: int
    kept: int
    step: int
    after: int
    evaluating: int
    data: int
    libraries: int

    @property
    def peak(self) -> int:
        """The most that is held at once."""
        held = self.weights + self.optimizer + self.copies + self.data + self.libraries
        return held + max(self.step, self.gradients + max(self.after, self.evaluating))


class MemoryModel:
    """Predicts for one drawing, for any batch size. Raises CompileError or TrainingError.

    `device`: where it trains. `steps`: how long the run is; `data`: bytes of the dataset; `evaluated`: examples that
    are evaluated after an epoch.
    """

    def __init__(
        self, document: Document, device: str = "cpu", steps: int = LONG, data: int = 0, evaluated: int = LONG
    ) -> None:
        settings = document.training
        program = _program(document)
        self.flow: Flow = flow_of(program)
        self._loss = loss_cost(program, settings)
        self.optimizer_numbers = optimizer_numbers(settings.optimizer, settings.optimizer_options)
        self._counts_steps = counts_steps(settings.optimizer, settings.optimizer_options)
        self._on_processor = device == "cpu"
        self._steps = steps
        self._data = data
        self._evaluated = min(evaluated, evaluation_batch(self._sample_numbers()))
        self._evaluating = activation_peak(self.flow, self._evaluated, learning=False, loss=self._loss).forward
        figures = self.flow.figures.values()
        self._trained = sum(one.trained_numbers for one in figures) * BYTES_PER_NUMBER
        self._weights = sum(one.numbers * BYTES_PER_NUMBER + one.buffers for one in figures)
        self._largest = max((one.largest_weight for one in figures if one.trained_numbers), default=0)

    def rows(self, batch: int) -> list[CostRow]:
        """Return the table of costs for a batch of so many samples."""
        return cost_rows(self.flow, batch, self.optimizer_numbers)

    def predict(self, batch: int) -> MemoryPrediction:
        """Return what training with batches of so many samples takes."""
        peak = activation_peak(self.flow, batch, loss=self._loss)
        optimizer = self._trained * self.optimizer_numbers
        later = self._weights + optimizer
        copies = kept_bytes(self._weights, later, self._steps)
        taking = later if self._steps > 1 else 0
        # Counts of steps are published in the shape of their weights first.
        handed_over = later + (self._trained if self._counts_steps else 0)
        return MemoryPrediction(
            batch,
            self._weights,
            self._trained,
            optimizer,
            copies,
            peak.kept,
            peak.most,
            max(self._largest * WIDE, taking, handed_over),
            self._evaluating,
            self._data,
            LIBRARIES if self._on_processor else 0,
        )

    def largest_batch(self, free: int) -> int:
        """Return the largest batch with which training fits into so many bytes, up to LARGEST_BATCH; 0 if none does."""
        low, high = 1, LARGEST_BATCH
        least, most = self.predict(low).peak, self.predict(high).peak
        if least > free or most <= free:
            return 0 if least > free else high
        while high - low > 1:
            # The peak grows along straight lines, ever steeper: where the chord reaches the limit training still fits,
            # on the last line just so. The middle is tried in turn, so that the search is short for any other course.
            chord = low + (free - least) * (high - low) // (most - least)
            for guess in (chord, chord + 1, (low + high) // 2):
                if low < guess < high:
                    peak = self.predict(guess).peak
                    if peak <= free:
                        low, least = guess, peak
                    else:
                        high, most = guess, peak
        return low

    def _sample_numbers(self) -> int:
        steps = [step for step in self.flow.steps if step.kind.brings_data]
        return sum(self.flow.sizes[block].per_sample for step in steps for block in self.flow.gives[step.node.id]) // (
            BYTES_PER_NUMBER
        )


def _program(document: Document) -> Program:
    """The drawing with the lengths of its data; with its own where the dataset is not there, as readiness.py says."""
    try:
        return training_program(document)
    except DataError:
        return lower(document.graph)


__all__ = ["MemoryModel", "MemoryPrediction"]
