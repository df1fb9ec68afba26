"""Training in a background thread. Commands go in through a queue; what happens is read from attributes and from the
recording. Nobody is called back, and no lock is held across a step."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from app.training.failures import NodeFailed
from app.training.progress import Progress, ProgressMeter
from app.training.published import Position, Published, publish
from app.training.recording import Recording
from app.training.statistics import Array
from app.training.trainer import Trainer
from graph_model import Document, GradCanvasError

State = Literal["idle", "preparing", "running", "paused", "finished", "failed", "stopped"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Command:
    name: Literal["run", "pause", "step", "epoch", "stop", "rate", "forward", "backward", "update", "example", "back"]
    value: float = 0.0


class TrainingEngine:
    """One run of a document in a thread of its own.

    The document is copied; edit it freely meanwhile. `state`: "idle" before the first command; "preparing" while the
    drawing is compiled; "running"; "paused"; "finished" when all epochs are done; "failed" (see `message` and
    `failed_node`); "stopped" for good. A new engine from the untrained document is a reset.
    """

    def __init__(self, document: Document, recording_path: Path, device: str = "auto") -> None:
        self._document = document.copy()
        self._recording_path = recording_path
        self._device = device
        self._commands: queue.SimpleQueue[_Command] = queue.SimpleQueue()
        self._trainer: Trainer | None = None
        self._recording: Recording | None = None
        self._target: int | None = None
        """Run until this step; None: paused."""
        self._meter = ProgressMeter()
        self._published = Published()
        self.state: State = "idle"
        self.message = ""
        self.failed_node: str | None = None
        self._thread = threading.Thread(target=self._live, name="training", daemon=True)
        self._thread.start()

    # Commands, from any thread

    def run(self) -> None:
        """Train on to the end; once finished, for as many epochs again."""
        self._commands.put(_Command("run"))

    def pause(self) -> None:
        """Pause after the present minibatch."""
        self._commands.put(_Command("pause"))

    def step(self) -> None:
        """Train one minibatch, or what remains of it, then pause."""
        self._commands.put(_Command("step"))

    def forward(self) -> None:
        """Only the forward pass of the present minibatch."""
        self._commands.put(_Command("forward"))

    def backward(self) -> None:
        """Only the backward pass, after the forward pass."""
        self._commands.put(_Command("backward"))

    def update(self) -> None:
        """Only the update of the weights, after the backward pass; this completes the step."""
        self._commands.put(_Command("update"))

    def example(self) -> None:
        """Look at the next example of the present minibatch; after its last one, complete the step.

        As the first command of all it shows the first example.
        """
        self._commands.put(_Command("example"))

    def back(self, steps: int = 1) -> None:
        """Take steps back: weights and optimizer are as they were. A step that has begun counts as one."""
        self._commands.put(_Command("back", steps))

    def epoch(self) -> None:
        """Train to the end of the present epoch, then pause."""
        self._commands.put(_Command("epoch"))

    def set_learning_rate(self, rate: float) -> None:
        """Use another learning rate from the next minibatch on."""
        self._commands.put(_Command("rate", rate))

    def stop(self) -> None:
        """End the thread after the present minibatch; weights are published before."""
        self._commands.put(_Command("stop"))

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the thread's end; return whether it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    # What is known, from any thread

    @property
    def busy(self) -> bool:
        """Whether the run is going on right now."""
        return self.state in ("preparing", "running")

    @property
    def recording(self) -> Recording | None:
        """The recording, once the run is prepared."""
        return self._recording

    @property
    def weights_version(self) -> int:
        """Rises whenever weights are published: at a pause, at the end, at a stop."""
        return self._published.version

    def weights(self) -> dict[str, Array] | None:
        """Return the weights published last, by their names in a document."""
        return self._published.weights

    def position(self) -> Position | None:
        """Return where the run stood when it rested last; None before. Another object each time that it rests."""
        return self._published.position

    def published(self) -> Published:
        """Return all that was published when the run rested last, as one: position, weights, optimizer's state."""
        return self._published

    def progress(self) -> Progress:
        """Return how far the run is. To be called by one observer, a few times a second."""
        return self._meter.look(self._trainer, self.state == "running")

    # The thread

    def _live(self) -> None:
        try:
            while self._obey():
                self._train()
        except GradCanvasError as error:
            self._fail(str(error), error.node if isinstance(error, NodeFailed) else None)
        except Exception as error:
            log.exception("training failed")
            self._fail(f"Training failed: {type(error).__name__}: {str(error).partition(chr(10))[0]}")
        finally:
            if self._trainer is not None:
                self._publish()
                self._trainer.close()

    def _obey(self) -> bool:
        """Carry out waiting commands, and wait for one if there is nothing to do; False: the thread is to end."""
        while True:
            try:
                command = self._commands.get(block=self._target is None)
            except queue.Empty:
                return True
            if command.name == "stop":
                self.state = "stopped"
                return False
            self._carry_out(command)
            if command.name == "step":
                # Taken before the next command is looked at: steps asked for in a row are all taken.
                return True

    def _carry_out(self, command: _Command) -> None:
        is_first = self._trainer is None
        trainer = self._trainer or self._prepare()
        if command.name == "rate":
            trainer.learning_rate = command.value
        elif command.name == "pause" or (command.name == "example" and is_first):
            self._pause()
        elif command.name in ("run", "step", "epoch"):
            self._aim(trainer, command)
        else:
            self._take_part(trainer, command)

    def _aim(self, trainer: Trainer, command: _Command) -> None:
        self._begin(trainer)
        if command.name == "run":
            self._target = trainer.total_steps
        elif command.name == "step":
            trainer.remember()
            self._target = trainer.step_number + 1
        else:
            self._target = (trainer.epoch_number + 1) * trainer.steps_per_epoch

    def _take_part(self, trainer: Trainer, command: _Command) -> None:
        """Do a part of a step, or take steps back, and rest."""
        parts: dict[str, Callable[[], None]] = {
            "forward": trainer.forward,
            "backward": trainer.backward,
            "update": trainer.update,
            "example": trainer.next_example,
        }
        if command.name == "back":
            self.message = ""
            self.state = "running"
            done = self._attempt(trainer, lambda: trainer.back(int(command.value)))
        else:
            self._begin(trainer)
            trainer.remember()
            done = self._attempt(trainer, parts[command.name])
        if done:
            self._rest(trainer)

    def _begin(self, trainer: Trainer) -> None:
        """Be about to go on; beyond the end, for as many epochs again."""
        if trainer.step_number >= trainer.total_steps:
            trainer.extend(self._document.training.epochs)
        self.message = ""
        self.state = "running"

    def _prepare(self) -> Trainer:
        self.state = "preparing"
        self._trainer = Trainer(self._document, self._recording_path, self._device)
        self._recording = Recording.open(self._recording_path)
        self.state = "paused"
        return self._trainer

    def _train(self) -> None:
        """Take one step; rest if the goal is reached."""
        trainer = self._trainer
        if trainer is None or self._target is None:
            return
        if self._attempt(trainer, trainer.step) and trainer.step_number >= self._target:
            self._rest(trainer)

    def _attempt(self, trainer: Trainer, part: Callable[[], None]) -> bool:
        """Do something; pause and return False if memory is short or if numbers fail."""
        memory_is_short = False
        try:
            part()
        except torch.OutOfMemoryError:
            memory_is_short = True
        except GradCanvasError as error:
            if isinstance(error, NodeFailed):
                raise
            self._pause(str(error))
            return False
        if memory_is_short:
            # Outside the except block: its traceback would keep the tensors alive.
            self._recover_memory(trainer)
        return not memory_is_short

    def _rest(self, trainer: Trainer) -> None:
        self._pause(state="finished" if trainer.step_number >= trainer.total_steps else "paused")

    def _recover_memory(self, trainer: Trainer) -> None:
        if trainer.device.type == "cuda":
            torch.cuda.empty_cache()
        self._pause(f"The memory of {trainer.device} is full. Try a smaller batch size than {trainer.batch_size}.")

    def _pause(self, message: str = "", state: State = "paused") -> None:
        self._target = None
        self._publish()
        self.message = message
        self.state = state

    def _publish(self) -> None:
        if self._trainer is not None:
            self._published = publish(self._trainer, self._published)

    def _fail(self, message: str, node: str | None = None) -> None:
        self.failed_node = node
        self.state = "failed"
        self.message = message
