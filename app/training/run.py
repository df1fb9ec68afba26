"""A whole run in one call, for scripts and the command line."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.training.history import History
from app.training.recording import Recording
from app.training.trainer import Trainer
from graph_model import Document


@dataclass(frozen=True)
class TrainingResult:
    """A finished run: its history, a document with the trained weights, and where the recording lies (if kept)."""

    history: History
    document: Document
    recording_path: Path | None


def train(
    document: Document,
    epochs: int | None = None,
    steps: int | None = None,
    device: str = "auto",
    seed: int | None = None,
    recording_path: str | Path | None = None,
    progress: Callable[[Trainer], None] | None = None,
) -> TrainingResult:
    """Train a document and return the result; the document itself is not changed.

    `steps` or `epochs` replace the document's own number of epochs, `seed` its seed. `progress` is called after every
    step. `recording_path`: a folder that keeps the recording. Raises TrainingError, DataError or CompileError.
    """
    with contextlib.ExitStack() as stack:
        kept = None if recording_path is None else Path(recording_path)
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gradcanvas-")))
        trainer = Trainer(document, folder, device, seed, epochs, steps)
        stack.callback(trainer.close)
        while trainer.step_number < trainer.total_steps:
            trainer.step()
            if progress is not None:
                progress(trainer)
        trained = document.copy()
        trained.weights = {**document.weights, **trainer.weights()}
        history = History.from_recording(Recording.open(folder))
    return TrainingResult(history, trained, kept)
