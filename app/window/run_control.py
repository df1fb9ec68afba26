"""Between the window and the training engine: starts runs, polls them ten times a second, and tells who listens."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.session import EditorSession
from graph_model.blocks.edits import without_block
from graph_model.document import SetDescription, SetGraphName, SetTraining
from graph_model.edits import Move, Rename

if TYPE_CHECKING:
    from app.training.engine import TrainingEngine
    from app.training.progress import Progress
    from app.training.published import Position
    from app.training.recording import Recording

POLL_MS = 100
ENDED = ("failed", "stopped")
"""States of an engine that takes no more commands."""
PATIENCE = 5.0
"""Seconds to wait for a minibatch to end when the window closes."""


class RunControl(QObject):
    """The run of the open document. There is none until the first command, and none after a reset."""

    state_changed = Signal()
    progressed = Signal()
    stepped = Signal()
    """The run rests at another place: step, phase or example."""
    recording_changed = Signal()
    refused = Signal(list)
    """The problems that keep the document from being trained."""
    told = Signal(str, object)
    """A sentence for the user, and the name of the node that it is about, or None."""

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.engine: TrainingEngine | None = None
        self.device = "auto"
        self._folder = Path(tempfile.mkdtemp(prefix="gradcanvas-"))
        self._runs = 0
        self._ending: list[TrainingEngine] = []
        self._weights_before: dict[str, Any] = {}
        self._weights_seen = 0
        self._state_seen = "idle"
        self._position_seen: Position | None = None
        self._message_seen: tuple[str, object] = ("", None)
        self._asked_at: list[Position | None] = []
        """Where the run stood when it was last asked for a part of a step; empty if nothing was asked for."""
        self._recording_seen: Recording | None = None
        self._trained_with = session.document.training
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)
        session.edited.connect(self._follow_edit)
        session.document_replaced.connect(self._drop)

    # What is known

    @property
    def state(self) -> str:
        """The engine's state, "idle" without one."""
        return "idle" if self.engine is None else self.engine.state

    @property
    def busy(self) -> bool:
        """Whether training is going on, or a part of a step that was asked for has not come yet."""
        engine = self.engine
        if engine is None or engine.state in ENDED:
            return False
        return engine.busy or self._asked_at == [engine.position()]

    @property
    def position(self) -> Position | None:
        """Where the present run rests, or rested last; None without a run that can go on."""
        return None if self.engine is None or self.engine.state in ENDED else self.engine.position()

    @property
    def phase(self) -> str:
        """What has been done of the present step: "ready" (nothing), "forward" or "backward"."""
        return "ready" if self.position is None else self.position.phase

    @property
    def can_go_back(self) -> bool:
        """Whether something of the run can be undone now."""
        place = self.position
        if place is None or self.busy:
            return False
        return place.step > 0 or place.phase != "ready" or place.example > 0

    @property
    def recording(self) -> Recording | None:
        """The recording of the present run."""
        return None if self.engine is None else self.engine.recording

    def progress(self) -> Progress | None:
        """How far the present run is."""
        return None if self.engine is None else self.engine.progress()

    # Commands

    def run(self) -> None:
        """Start or go on."""
        self._command("run")

    def step(self) -> None:
        """One minibatch."""
        self._command("step")

    def epoch(self) -> None:
        """To the end of the epoch."""
        self._command("epoch")

    def forward(self) -> None:
        """Only the forward pass of the present minibatch."""
        self._command("forward", is_part=True)

    def backward(self) -> None:
        """Only its backward pass."""
        self._command("backward", is_part=True)

    def update(self) -> None:
        """Only the update of the weights."""
        self._command("update", is_part=True)

    def example(self) -> None:
        """Look at the next example of the minibatch."""
        self._command("example", is_part=True)

    def back(self) -> None:
        """Undo the last step, or what has been done of the present one."""
        if self.can_go_back:
            self._command("back", is_part=True)

    def pause(self) -> None:
        """Pause after the present minibatch."""
        if self.engine is not None:
            self.engine.pause()

    def toggle(self) -> None:
        """Run or pause."""
        if self.busy:
            self.pause()
        else:
            self.run()

    def stop(self) -> None:
        """End the run; its weights stay in the document, its recording stays visible."""
        if self.engine is not None:
            self.engine.stop()

    def stop_and_keep(self) -> None:
        """End the run, wait for its thread, and take its weights into the document."""
        if self.engine is not None:
            self.engine.stop()
            self.engine.join(PATIENCE)
            self._keep_weights()

    def reset(self) -> None:
        """Forget the run and what was learned in it: the weights are again those before it."""
        if self.engine is None:
            return
        before = self._weights_before
        self._drop()
        self.session.set_weights(before)

    def set_learning_rate(self, rate: float) -> None:
        """Change the rate of a run that is going on."""
        if self.engine is not None:
            self.engine.set_learning_rate(rate)
            self._trained_with = replace(self._trained_with, learning_rate=rate)

    def close(self) -> bool:
        """End every thread and remove the recordings; return whether all threads have ended."""
        self._drop()
        ended = all(engine.join(PATIENCE) for engine in self._ending)
        shutil.rmtree(self._folder, ignore_errors=True)
        return ended

    def _command(self, name: str, is_part: bool = False) -> None:
        if self.engine is not None and self.engine.state in ENDED:
            self._keep_weights()
            self._drop()
        if self.engine is None and not self._begin():
            return
        if self.engine is None:
            return
        self._asked_at = [self.engine.position()] if is_part else []
        getattr(self.engine, name)()
        self._timer.start()
        self.poll()

    def _begin(self) -> bool:
        """Make an engine for the document as it is now; without one if it cannot be trained."""
        from app.training.engine import TrainingEngine
        from app.training.readiness import training_problems

        document = self.session.document
        problems = training_problems(document)
        if any(problem.severity == "error" for problem in problems):
            self.refused.emit(problems)
            return False
        self._runs += 1
        self._weights_before = dict(document.weights)
        self._weights_seen = 0
        self._trained_with = document.training
        self.engine = TrainingEngine(document, self._folder / f"run-{self._runs}", self.device)
        return True

    # Following the engine

    def poll(self) -> None:
        """Look at the engine and tell what is new."""
        engine = self.engine
        if engine is None:
            return
        has_ended = engine.state in ENDED and engine.join(0)
        if engine.recording is not self._recording_seen:
            self._recording_seen = engine.recording
            self.recording_changed.emit()
        self._keep_weights()
        state, position = engine.state, engine.position()
        self.progressed.emit()
        if state != self._state_seen:
            self._state_seen = state
            self.state_changed.emit()
        if position is not self._position_seen:
            self._position_seen = position
            self.stepped.emit()
        self._tell(engine)
        if has_ended:
            self._timer.stop()

    def _tell(self, engine: TrainingEngine) -> None:
        """Say what the engine has to say, once each time that it comes to rest."""
        message = engine.message
        seen = (message, None if engine.state == "failed" else engine.position())
        if message and seen != self._message_seen:
            self.told.emit(message, engine.failed_node)
        self._message_seen = seen

    def _keep_weights(self) -> None:
        engine = self.engine
        if engine is None or engine.weights_version == self._weights_seen:
            return
        self._weights_seen = engine.weights_version
        weights = engine.weights()
        if weights is not None:
            self.session.set_weights({**self.session.document.weights, **weights})

    def _follow_edit(self, edit: Any) -> None:
        """A change of what is trained ends the run; moving, renaming and the learning rate do not."""
        edit = without_block(edit)
        if self.engine is None or isinstance(edit, (Move, Rename, SetGraphName, SetDescription)):
            return
        if isinstance(edit, SetTraining):
            present = self.session.document.training
            if present.learning_rate != self._trained_with.learning_rate:
                self.set_learning_rate(present.learning_rate)
            if replace(self._trained_with, epochs=present.epochs) == present:
                return
        was_going_on = self.busy or self.state == "paused"
        self._drop()
        if was_going_on:
            self.told.emit(
                self.tr("The drawing or its training changed, so the run has ended. Press Run to start anew."), None
            )

    def _drop(self) -> None:
        """Let go of the engine; its thread ends by itself."""
        if self.engine is not None:
            self.engine.stop()
            self._ending.append(self.engine)
            self.engine = None
        self._ending = [engine for engine in self._ending if not engine.join(0)]
        self._timer.stop()
        self._recording_seen = None
        self._position_seen = None
        self._asked_at = []
        self._state_seen = "idle"
        self.recording_changed.emit()
        self.state_changed.emit()
        self.progressed.emit()
