"""Training, one minibatch after the other. Owns the module, the optimizer and the data; no threads here."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy
import torch

from app.training.data_on_device import load_for
from app.training.device import choose_device, use_fitting_threads
from app.training.losses import loss_function
from app.training.optimizers import make_optimizer
from app.training.readiness import training_problems
from app.training.recording import RecordedLayer, RecordingMeta, RecordingWriter
from app.training.recording.layout import VERSION, columns_for
from app.training.statistics import Array, GradientStatistics
from compiler.blame import first_bad
from compiler.build import compile_graph
from compiler.layers import learnable_layers
from compiler.weights import collect_weights
from graph_model import Document, TrainingError

EVALUATION_BATCH = 1024
FEWEST_EVALUATED = 100
"""Training examples whose accuracy is measured after an epoch, beside a validation set that may be empty."""


class NumbersFailed(TrainingError):
    """The loss or a gradient is no finite number any more; the step was not taken."""


class NodeFailed(TrainingError):
    """A node of the drawing raised; `node` is its name."""

    def __init__(self, message: str, node: str | None) -> None:
        super().__init__(message)
        self.node = node


class Trainer:
    """One run of a document.

    The document itself is not changed; its weights, as far as they fit, are where training starts. Raises
    TrainingError, DataError or CompileError if the run cannot start.
    """

    def __init__(
        self,
        document: Document,
        recording_path: Path,
        device: str = "auto",
        seed: int | None = None,
        epochs: int | None = None,
        steps: int | None = None,
    ) -> None:
        settings = document.training
        problems = [problem for problem in training_problems(document) if problem.severity == "error"]
        if problems:
            raise TrainingError(problems[0].message)
        self.seed = settings.seed if seed is None else seed
        self.device = choose_device(settings.device if device == "auto" else device)
        use_fitting_threads()
        self.module = compile_graph(document.graph, self.seed, document.weights).to(self.device).train()
        self.layers = learnable_layers(self.module, document.graph)
        self.data = load_for(document, self.device)
        self.loss = loss_function(settings.loss, document.graph)
        self.optimizer = make_optimizer(
            settings.optimizer, self.module.named_parameters(), settings.learning_rate, settings.optimizer_options
        )
        self.statistics = GradientStatistics(self.module, self.layers)
        self.batch_size = min(settings.batch_size, len(self.data.training_inputs))
        self.steps_per_epoch = _batches(len(self.data.training_inputs), self.batch_size)
        self.epochs = settings.epochs if epochs is None else epochs
        self.total_steps = self.epochs * self.steps_per_epoch if steps is None else steps
        self.step_number = 0
        self.epoch_number = 0
        self._started = time.perf_counter()
        self._batches: Iterator[torch.Tensor] = iter(())
        torch.manual_seed(self.seed)
        self.writer = RecordingWriter(recording_path, self._meta(settings_values(document)))

    # One step

    def step(self) -> None:
        """Take one minibatch: forward, backward, statistics, update, and a row in the recording.

        At the end of an epoch and at the last step the validation set and as many training examples are evaluated.
        Raises NumbersFailed, before any weight has changed, if the loss or a gradient is not finite; NodeFailed if a
        node raises.
        """
        batch = self._next_batch()
        inputs, targets = self.data.training_inputs[batch], self.data.training_targets[batch]
        self.statistics.clear()
        try:
            loss = self.loss(self.module(inputs), targets)
            loss.backward()  # type: ignore[no-untyped-call]
        except torch.OutOfMemoryError:
            raise
        except Exception as error:
            raise self._blamed(inputs, error) from error
        value = loss.item()
        statistics = self.statistics.measure()
        if not math.isfinite(value) or not numpy.isfinite(statistics).all():
            raise self._numbers_failed(inputs, value, statistics)
        self.optimizer.step()
        self.step_number += 1
        self.writer.append(
            {
                "step": self.step_number,
                "epoch": self.epoch_number,
                "time": time.perf_counter() - self._started,
                "train_loss": value,
                "learning_rate": self.learning_rate,
            },
            statistics,
        )
        if self.step_number % self.steps_per_epoch == 0:
            self.epoch_number += 1
            self._evaluate_into_recording()
        elif self.step_number == self.total_steps:
            self._evaluate_into_recording()

    @property
    def learning_rate(self) -> float:
        """The present learning rate."""
        return float(self.optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def extend(self, epochs: int) -> None:
        """Go on for so many epochs beyond the present one."""
        self.epochs = self.epoch_number + epochs
        self.total_steps = self.epochs * self.steps_per_epoch

    def weights(self) -> dict[str, Array]:
        """Return copies of all weights by their names in a document."""
        return collect_weights(self.module)

    def close(self) -> None:
        """Write the recording out."""
        self.writer.close()

    def _next_batch(self) -> torch.Tensor:
        batch = next(self._batches, None)
        if batch is None:
            generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch_number)
            count = len(self.data.training_inputs)
            order = torch.randperm(count, generator=generator).to(self.device)
            self._batches = iter(torch.split(order, self.batch_size)[: self.steps_per_epoch])
            batch = next(self._batches)
        return batch

    # Evaluation

    def _evaluate_into_recording(self) -> None:
        data = self.data
        values: dict[str, float] = {}
        if len(data.validation_inputs):
            values["validation_loss"], values["validation_accuracy"] = self.evaluate(
                data.validation_inputs, data.validation_targets
            )
        few = slice(0, max(FEWEST_EVALUATED, len(data.validation_inputs)))
        _, values["train_accuracy"] = self.evaluate(data.training_inputs[few], data.training_targets[few])
        self.writer.amend_last(values)

    @torch.no_grad()
    def evaluate(self, inputs: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:
        """Return mean loss and accuracy (0 to 1) with dropout off and running statistics in use."""
        self.module.eval()
        loss, correct = 0.0, 0
        for some_inputs, some_targets in zip(
            torch.split(inputs, EVALUATION_BATCH), torch.split(targets, EVALUATION_BATCH), strict=True
        ):
            outputs = self.module(some_inputs)
            loss += self.loss(outputs, some_targets).item() * len(some_targets)
            correct += int((outputs.argmax(dim=1) == some_targets).sum().item())
        self.module.train()
        return loss / len(targets), correct / len(targets)

    # When something fails

    def _blamed(self, inputs: torch.Tensor, error: Exception) -> NodeFailed:
        bad = first_bad(self.module, [inputs])
        if bad is not None:
            return NodeFailed(bad[1], bad[0])
        return NodeFailed(f"The backward pass failed: {str(error).strip().partition(chr(10))[0]}", None)

    def _numbers_failed(self, inputs: torch.Tensor, loss: float, statistics: Array) -> NumbersFailed:
        where = f"At step {self.step_number + 1}"
        cure = "Try a smaller learning rate. The weights are as they were before this step."
        bad = first_bad(self.module, [inputs])
        if bad is not None:
            return NumbersFailed(f"{where}, {bad[1]} It is the first layer that did. {cure}")
        broken = [
            layer.name
            for layer, column in zip(self.layers, statistics.T, strict=True)
            if not numpy.isfinite(column).all()
        ]
        if math.isfinite(loss) and broken:
            return NumbersFailed(f"{where}, the gradient of '{broken[-1]}' is not a finite number. {cure}")
        return NumbersFailed(f"{where}, the loss is not a finite number ({loss}). {cure}")

    def _meta(self, settings: dict[str, object]) -> RecordingMeta:
        layers = tuple(RecordedLayer(layer.id, layer.name, layer.kind, layer.node_ids) for layer in self.layers)
        return RecordingMeta(
            version=VERSION,
            layers=layers,
            columns=columns_for(layers),
            total_steps=self.total_steps,
            steps_per_epoch=self.steps_per_epoch,
            epochs=self.epochs,
            device=str(self.device),
            seed=self.seed,
            settings=settings,
        )


def settings_values(document: Document) -> dict[str, object]:
    """Return the training settings as plain values."""
    settings = document.training
    return {entry.name: getattr(settings, entry.name) for entry in dataclasses.fields(settings)}


def _batches(examples: int, batch_size: int) -> int:
    """Minibatches of an epoch; a last one of a single example is left out, for it has no variance."""
    full, rest = divmod(examples, batch_size)
    return max(1, full + (1 if rest > 1 or (rest == 1 and full == 0) else 0))


__all__ = ["NodeFailed", "NumbersFailed", "Trainer"]
