"""`train`: train a document, with progress lines and a table of gradients."""

from __future__ import annotations

import argparse
import json
import math
import sys
from typing import TYPE_CHECKING, Any

from app.command_line.documents import add_document_argument, open_named
from app.training.number_text import scientific
from graph_model import save_document

if TYPE_CHECKING:
    from app.training.history import History
    from app.training.trainer import Trainer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_document_argument(parser)
    parser.add_argument("--epochs", type=_positive, metavar="N", help="epochs (default: the document's)")
    parser.add_argument("--steps", type=_positive, metavar="N", help="minibatches, in place of epochs")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cuda, mps or cpu")
    parser.add_argument("--seed", type=_not_negative, metavar="N", help="seed (default: the document's)")
    parser.add_argument("--save", metavar="OUT", help="write the document with its trained weights")
    parser.add_argument("--json", action="store_true", help="end with one JSON object on stdout")


def run(options: argparse.Namespace) -> int:
    """Train, print, and save if asked to."""
    from app.training import train

    document = open_named(options.file)
    lines = sys.stderr if options.json else sys.stdout
    reporter = EpochReporter(lines)
    result = train(
        document,
        epochs=options.epochs,
        steps=options.steps,
        device=options.device,
        seed=options.seed,
        progress=reporter,
    )
    if options.save:
        save_document(result.document, options.save)
        print(f"saved {options.save}", file=lines)
    if options.json:
        print(json.dumps(summary(result.history), ensure_ascii=False))
    else:
        print(gradient_table(result.history))
    return 0


class EpochReporter:
    """Prints a line after every epoch, and the gradients of the first and last layer beside it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self._recording: Any = None

    def __call__(self, trainer: Trainer) -> None:
        if trainer.step_number % trainer.steps_per_epoch and trainer.step_number != trainer.total_steps:
            return
        from app.training.recording import Recording

        recording = self._recording or Recording.open(trainer.writer.path)
        self._recording = recording
        row = recording.row_count() - 1
        loss = float(recording.column("train_loss", row)[0])
        validation = float(recording.column("validation_accuracy", row)[0])
        gradients = recording.gradients("rms", row)[0]
        ends = f"{scientific(float(gradients[0]))} … {scientific(float(gradients[-1]))}" if len(gradients) else "-"
        accuracy = "" if math.isnan(validation) else f"  validation accuracy {validation:6.1%}"
        print(
            f"epoch {trainer.epoch_number:3d} of {trainer.epochs}  loss {loss:.4f}{accuracy}  "
            f"gradient, first … last layer: {ends}",
            file=self.stream,
            flush=True,
        )


def summary(history: History) -> dict[str, Any]:
    """Return what --json prints."""
    gradients = []
    for layer, statistics in history.gradients.items():
        first = {name: float(values[0]) for name, values in statistics.items()}
        last = {name: float(values[-1]) for name, values in statistics.items()}
        gradients.append({"layer": layer, "kind": history.kinds[layer], "first": first, "last": last})
    return {
        "steps": history.steps,
        "train_loss": _last(history.train_loss),
        "validation_loss": _last(history.validation_loss),
        "validation_accuracy": _last(history.validation_accuracy),
        "gradients": gradients,
    }


def gradient_table(history: History) -> str:
    """Return the gradients of every layer at the first and at the last step, as text."""
    width = max((len(layer) for layer in history.gradients), default=5)
    lines = ["", "∂L/∂W, RMS".ljust(width + 2) + "first step".rjust(12) + "last step".rjust(12)]
    for layer, statistics in history.gradients.items():
        first, last = (scientific(float(statistics["rms"][index])) for index in (0, -1))
        lines.append(layer.ljust(width + 2) + first.rjust(12) + last.rjust(12))
    return "\n".join(lines)


def _last(values: Any) -> float | None:
    return float(values[-1]) if len(values) and not math.isnan(values[-1]) else None


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _not_negative(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be at least 0")
    return number
