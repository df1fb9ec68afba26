"""Training, one minibatch after the other. Owns the module, the optimizer and the data; no threads here."""

from __future__ import annotations

import dataclasses
import math
import time
from pathlib import Path
from typing import Literal

import torch

from app.training.allocator import give_large_blocks_back, keep_blocks_if_there_is_plenty
from app.training.backward_pass import BackwardPass
from app.training.chance import StepChance
from app.training.data_on_device import load_for
from app.training.device import choose_device, use_fitting_threads
from app.training.evaluation import evaluation
from app.training.failures import NodeFailed, NumbersFailed, node_failed, numbers_failed
from app.training.flat_update import FlatUpdate
from app.training.losses.objective import Objective
from app.training.minibatches import Minibatches
from app.training.optimizers import make_optimizer
from app.training.readiness import training_problems
from app.training.recording import RecordedLayer, RecordingMeta, RecordingWriter
from app.training.recording.layout import VERSION, columns_for
from app.training.single_gradients import SingleGradients
from app.training.snapshots import Snapshots
from app.training.statistics import Array, GradientStatistics
from app.training.training_program import training_program
from compiler.build import compile_program
from compiler.direct_calls import direct_calls
from compiler.layers import learnable_layers
from compiler.weights import collect_weights
from graph_model import Document, TrainingError

Phase = Literal["ready", "forward", "backward"]
"""What has been done of the present step."""

FIRST_STEPS = 2
"""After so many steps all that a step needs has been taken once: the optimizer's numbers are made in the first."""
RECENT = 8
"""Steps before the one gone back to that get a snapshot of their own: who goes back once often goes on."""


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
        give_large_blocks_back()
        program = training_program(document)
        self.module = compile_program(program, self.seed, document.weights).to(self.device).train()
        self.layers = learnable_layers(self.module, program)
        self.data = load_for(document, self.device)
        self.loss = Objective(program, settings.loss, len(self.data.training.targets))
        self.optimizer = make_optimizer(
            settings.optimizer, self.module.named_parameters(), settings.learning_rate, settings.optimizer_options
        )
        self.statistics = GradientStatistics(self.module, self.layers)
        flat = self.statistics.flat
        self._call = direct_calls(self.module)
        self._backpropagate = BackwardPass()
        reached = self._backpropagate.reached
        self._change_weights = self.optimizer.step if flat is None else FlatUpdate(self.optimizer, flat, reached).step
        self.single_gradients = SingleGradients(self.module, self.statistics)
        self.minibatches = Minibatches(len(self.data.training), settings.batch_size, self.seed, self.device)
        self.batch_size = self.minibatches.batch_size
        self.steps_per_epoch = self.minibatches.steps_per_epoch
        self.chance = StepChance(self.seed, self.device)
        self.snapshots = Snapshots(self.module, self.optimizer)
        self.epochs = settings.epochs if epochs is None else epochs
        self.total_steps = self.epochs * self.steps_per_epoch if steps is None else steps
        self.step_number = 0
        self.phase: Phase = "ready"
        self.example = 0
        """Which example of the present minibatch is looked at."""
        self._loss: torch.Tensor | None = None
        self._loss_value = math.nan
        self._started = time.perf_counter()
        self.writer = RecordingWriter(recording_path, self._meta(settings_values(document)))

    # One step, and its parts

    def step(self) -> None:
        """Take one minibatch, or what remains of it: forward, backward, update, and a row in the recording.

        At the end of an epoch and at the last step the validation set and as many training examples are evaluated.
        Raises NumbersFailed, before any weight has changed, if the loss or a gradient is not finite; NodeFailed if a
        node raises.
        """
        if self.phase == "ready":
            self.forward()
        if self.phase == "forward":
            self.backward()
        self.update()

    def forward(self) -> None:
        """Compute the present minibatch's outputs and its loss. Raises NodeFailed."""
        self._expect("ready", "forward pass")
        self.snapshots.keep_up(self.step_number)
        try:
            self._loss = self._compute_loss()
        except (torch.OutOfMemoryError, TrainingError):
            raise
        except Exception as error:
            raise node_failed(self.module, self._inputs(), error) from error
        self.phase = "forward"

    def backward(self) -> None:
        """Compute the gradient of the loss, and its statistics.

        Raises NumbersFailed if the loss or a gradient is not finite: the run then stands before this step.
        """
        self._expect("forward", "backward pass")
        # No reference is left behind if the pass fails: memory may have run out.
        loss, self._loss, self.phase = self._loss, None, "ready"
        assert loss is not None
        try:
            self._backpropagate(loss)
        except torch.OutOfMemoryError:
            raise
        except Exception as error:
            raise node_failed(self.module, self._inputs(), error) from error
        self._loss_value = loss.item()
        self._statistics = self.statistics.measure()
        self._single = self.single_gradients.measure()
        # A sum of statistics is finite if each is: they are far from the largest number of float64.
        if not math.isfinite(self._loss_value) or not math.isfinite(self._statistics.sum()):
            failure = numbers_failed(
                self.module, self.layers, self._inputs(), self.step_number + 1, self._loss_value, self._statistics
            )
            self._return_to(self.step_number)
            raise failure
        self.phase = "backward"

    def update(self) -> None:
        """Let the optimizer change the weights: the step is done, and recorded."""
        self._expect("backward", "update")
        self._change_weights()
        self.writer.append(
            {
                "step": self.step_number + 1,
                "epoch": self.epoch_number,
                "time": time.perf_counter() - self._started,
                "train_loss": self._loss_value,
                "learning_rate": self.learning_rate,
            },
            self._statistics,
            self._single,
        )
        self.step_number += 1
        self.phase = "ready"
        self.example = 0
        if self.step_number == FIRST_STEPS:
            keep_blocks_if_there_is_plenty()
        if self.step_number % self.steps_per_epoch == 0 or self.step_number == self.total_steps:
            self.writer.amend_last(evaluation(self.module, self.loss, self.data))

    def _compute_loss(self) -> torch.Tensor:
        batch = self.minibatches.of_step(self.step_number)
        examples = self.data.training.take(batch)
        self.statistics.clear()
        self.chance.begin(self.step_number)
        return self.loss(self._call(*examples.inputs), examples.targets)

    def _inputs(self) -> tuple[torch.Tensor, ...]:
        return self.data.training.take(self.minibatches.of_step(self.step_number)).inputs

    def _expect(self, phase: Phase, wanted: str) -> None:
        if self.phase != phase:
            done = "nothing of it is done yet" if self.phase == "ready" else f"its {self.phase} pass is done last"
            raise TrainingError(
                f"The {wanted} of step {self.step_number + 1} cannot be done now, for {done}. The order is: forward "
                "pass, backward pass, update."
            )

    # Looking at one example after the other

    def batch_examples(self) -> Array:
        """Return the examples of the present minibatch: their indices in the training set, int64 (batch,)."""
        return self.minibatches.of_step(self.step_number).cpu().numpy()

    def present_loss(self) -> float | None:
        """Return the loss of the present minibatch; None before its forward pass."""
        if self.phase == "ready":
            return None
        return self._loss_value if self._loss is None else self._loss.item()

    def next_example(self) -> None:
        """Look at the next example of the present minibatch; after its last one, complete the step.

        Looking changes no arithmetic: the gradient is that of the whole minibatch at once.
        """
        if self.example + 1 < len(self.minibatches.of_step(self.step_number)):
            self.example += 1
        else:
            self.step()

    # Back

    def back(self, steps: int = 1) -> None:
        """Go back to the start of an earlier step; a step that has begun counts as one, and is undone first.

        Weights, buffers and the optimizer's state are again what they were, bit for bit on a processor: from the
        nearest snapshot before, the steps are taken again, each with the learning rate that it had. The recording
        ends where the run then stands. The learning rate stays as it is now.
        """
        begun = self.phase != "ready" or self.example > 0
        target = max(0, self.step_number - steps + (1 if begun else 0))
        if target < self.step_number or self.phase != "ready":
            self._return_to(target)
        self.example = 0

    def remember(self) -> None:
        """Take a snapshot before a step that a person takes, for such a step is likely to be taken back."""
        if self.phase == "ready":
            self.snapshots.take(self.step_number)

    def _return_to(self, step: int) -> None:
        """Stand at the start of a step that is not later than the present one, with none of its phases begun."""
        self._loss = None
        self.phase = "ready"
        self.step_number = self.snapshots.restore(step)
        rate = self.learning_rate
        try:
            while self.step_number < step:
                self._take_again(step)
        finally:
            self.learning_rate = rate
            self.writer.truncate(self.step_number)
        self.statistics.clear()

    def _take_again(self, target: int) -> None:
        if target - self.step_number <= RECENT:
            self.snapshots.take(self.step_number)
        self.learning_rate = self.writer.value("learning_rate", self.step_number)
        self._backpropagate(self._compute_loss())
        self._change_weights()
        self.step_number += 1

    # Settings and results

    @property
    def epoch_number(self) -> int:
        """Complete epochs."""
        return self.step_number // self.steps_per_epoch

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
            weights=tuple(self.single_gradients.weights),
        )


def settings_values(document: Document) -> dict[str, object]:
    """Return the training settings as plain values."""
    settings = document.training
    return {entry.name: getattr(settings, entry.name) for entry in dataclasses.fields(settings)}


__all__ = ["NodeFailed", "NumbersFailed", "Trainer"]
