"""Training in a background thread. Commands go in through a queue; what happens is read from attributes and from the
recording. Nobody is called back, and no lock is held across a step."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from app.training.recording import Recording
from app.training.statistics import Array
from app.training.trainer import NodeFailed, Trainer
from graph_model import Document, GradCanvasError

State = Literal["idle", "preparing", "running", "paused", "finished", "failed", "stopped"]

RATE_WINDOW = 2.0
"""Seconds over which the speed is averaged."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far a run is. `seconds_left` is None while the speed is unknown."""

    step: int
    total_steps: int
    epoch: int
    epochs: int
    steps_per_second: float
    seconds_left: float | None


@dataclass(frozen=True)
class _Command:
    name: Literal["run", "pause", "step", "epoch", "stop", "rate"]
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
        self._times: deque[tuple[float, int]] = deque()
        self._published: tuple[int, dict[str, Array] | None] = (0, None)
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
        """Train one minibatch, then pause."""
        self._commands.put(_Command("step"))

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
        return self._published[0]

    def weights(self) -> dict[str, Array] | None:
        """Return the weights published last, by their names in a document."""
        return self._published[1]

    def progress(self) -> Progress:
        """Return how far the run is. To be called by one observer, a few times a second."""
        trainer = self._trainer
        if trainer is None:
            return Progress(0, 0, 0, 0, 0.0, None)
        now, step = time.perf_counter(), trainer.step_number
        times = self._times
        if self.state != "running":
            times.clear()
        times.append((now, step))
        while len(times) > 2 and now - times[0][0] > RATE_WINDOW:
            times.popleft()
        elapsed = now - times[0][0]
        speed = (step - times[0][1]) / elapsed if elapsed > 0.05 else 0.0
        left = (trainer.total_steps - step) / speed if speed > 0 else None
        return Progress(step, trainer.total_steps, trainer.epoch_number, trainer.epochs, speed, left)

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

    def _carry_out(self, command: _Command) -> None:
        trainer = self._trainer or self._prepare()
        if command.name == "rate":
            trainer.learning_rate = command.value
        elif command.name == "pause":
            self._pause()
        else:
            self._aim(trainer, command)

    def _aim(self, trainer: Trainer, command: _Command) -> None:
        step = trainer.step_number
        if step >= trainer.total_steps:
            trainer.extend(self._document.training.epochs)
        if command.name == "run":
            self._target = trainer.total_steps
        elif command.name == "step":
            self._target = step + 1
        else:
            self._target = (step // trainer.steps_per_epoch + 1) * trainer.steps_per_epoch
        self.message = ""
        self.state = "running"

    def _prepare(self) -> Trainer:
        self.state = "preparing"
        self._trainer = Trainer(self._document, self._recording_path, self._device)
        self._recording = Recording.open(self._recording_path)
        self.state = "paused"
        return self._trainer

    def _train(self) -> None:
        """Take one step; pause if the goal is reached, if memory is short or if numbers fail."""
        trainer = self._trainer
        if trainer is None or self._target is None:
            return
        memory_is_short = False
        try:
            trainer.step()
        except torch.OutOfMemoryError:
            memory_is_short = True
        except GradCanvasError as error:
            if isinstance(error, NodeFailed):
                raise
            self.message = str(error)
            self._pause()
            return
        if memory_is_short:
            # Outside the except block: its traceback would keep the tensors alive.
            self._recover_memory(trainer)
            return
        if trainer.step_number >= self._target:
            self._pause()
            if trainer.step_number >= trainer.total_steps:
                self.state = "finished"

    def _recover_memory(self, trainer: Trainer) -> None:
        if trainer.device.type == "cuda":
            torch.cuda.empty_cache()
        self.message = f"The memory of {trainer.device} is full. Try a smaller batch size than {trainer.batch_size}."
        self._pause()

    def _pause(self) -> None:
        self._target = None
        self._publish()
        self.state = "paused"

    def _publish(self) -> None:
        if self._trainer is not None:
            self._published = (self._published[0] + 1, self._trainer.weights())

    def _fail(self, message: str, node: str | None = None) -> None:
        self.message = message
        self.failed_node = node
        self.state = "failed"
