"""What is computed for the panel, when, and for which state of the document: each in a thread, the latest wish only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.panels.backpropagation import requests
from app.panels.backpropagation.example_chooser import ExampleChooser
from app.panels.backpropagation.examples import Example
from app.panels.backpropagation.outputs import drawn_outputs
from app.panels.backpropagation.weights import ChosenWeight
from app.panels.backpropagation.wire_words import WeightCheck
from app.session import EditorSession
from app.tasks import TaskRunner
from app.tasks.latest import LatestTask
from app.training.backpropagation.updates import UpdateTable
from graph_model import DataError, Document
from graph_model.blocks.flattening import flatten

if TYPE_CHECKING:
    from app.training.backpropagation.nudging import Nudge
    from app.training.backpropagation.trace import Trace


class Computing(QObject):
    """Holds the present trace and what was computed beside it; all of that belongs to one state of the document."""

    traced = Signal()
    refused = Signal(str)
    """There is no trace, and why."""
    failed = Signal(str)
    """Something beside the trace could not be computed, and why."""
    detailed = Signal()
    tabled = Signal(object, object)
    nudged = Signal()

    def __init__(self, session: EditorSession, chooser: ExampleChooser, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.chooser = chooser
        self.trace: Trace | None = None
        self.first_update: UpdateTable | None = None
        self.nudge: Nudge | None = None
        self.drawing_can_run = False
        self.optimizer_state: requests.OptimizerState = {}
        """What the optimizer of a run remembers; empty without a run."""
        self._check: WeightCheck | None = None
        self._snapshots = requests.Snapshots()
        self._state = 0
        """Counts the states of document and example for which a trace was asked."""
        self._document = Document()
        self._example: Example | None = None
        self._wishes: dict[str, Any] = {}
        tasks = TaskRunner(self)
        self._tracing = self._task(tasks, self.tr("Backpropagation"), self._take_trace)
        self._checking = self._task(tasks, self.tr("Checking a gradient"), self._take_check)
        self._updating = self._task(tasks, self.tr("The update"), self._take_update)
        self._tabling = self._task(tasks, self.tr("The table of updates"), self._take_table)
        self._nudging = self._task(tasks, self.tr("The nudge"), self._take_nudge)

    @property
    def busy(self) -> bool:
        """Whether something is still to come."""
        tasks = (self._tracing, self._checking, self._updating, self._tabling, self._nudging)
        return any(task.busy for task in tasks)

    @property
    def is_outdated(self) -> bool:
        """Whether something of which there are gradients is no longer in the drawing."""
        owners = {name.partition(".")[0] for name in self.trace.gradients()} if self.trace is not None else set()
        return not flatten(self.session.document.graph).keeps(owners)

    def forget(self) -> None:
        """The document is another one: nothing that is still being computed is wanted."""
        for task in (self._tracing, self._checking, self._updating, self._tabling, self._nudging):
            task.cancel()
        self.trace = None
        self._forget_details()

    def request_trace(self) -> str | None:
        """Compute the numbers of the present document and example; return a sentence if that cannot be, and why."""
        session = self.session
        self.drawing_can_run = False
        sentence = self._obstacle()
        if sentence is not None:
            self.forget()
            return sentence
        self.drawing_can_run = True
        self.chooser.use(session.document, drawn_outputs(session))
        try:
            example = self.chooser.example()
        except DataError as error:
            self.forget()
            return str(error)
        self._state += 1
        state, document = self._state, self._snapshots.of(session.document)
        self._tracing.request(lambda: (state, document, example, requests.trace(document, example)))
        return None

    def request_first_update(self, weights: list[ChosenWeight]) -> None:
        """Compute the optimizer's next step for these weights."""
        state = self.optimizer_state
        self._ask(
            "update",
            weights,
            self._updating,
            lambda document, example: requests.rehearse(document, example, weights, 1, state),
        )

    def request_table(self, weights: list[ChosenWeight], steps: int, batch: Any) -> None:
        """Compute several steps of the optimizer."""
        wish, state = (tuple(weights), steps, batch is None), self.optimizer_state
        self._ask(
            "table",
            wish,
            self._tabling,
            lambda document, example: (weights, requests.rehearse(document, example, weights, steps, state, batch)),
        )

    def request_nudge(self, weight: ChosenWeight, change: float) -> None:
        """Compute what a change of one weight does."""
        self._ask(
            "nudge",
            (weight, change),
            self._nudging,
            lambda document, example: requests.nudge(document, example, weight, change),
        )

    def check(self, weight: ChosenWeight) -> WeightCheck | None:
        """Return the finite difference and the update of a weight, or ask for them and return None."""
        known = self._check
        if known is not None and (known.name, known.index) == (weight.name, weight.index):
            return known
        state = self.optimizer_state
        self._ask(
            "check",
            weight,
            self._checking,
            lambda document, example: requests.check_weight(document, example, weight, state),
        )
        return None

    @property
    def batch_size(self) -> int:
        """Examples of a minibatch as training takes it; 0 if there are no training examples."""
        examples = self.chooser.examples
        if examples is None or self.chooser.is_typed:
            return 0
        return min(self.session.document.training.batch_size, len(examples))

    def minibatch(self) -> Any:
        """The minibatch that begins with the chosen example."""
        examples = self.chooser.examples
        return None if examples is None else examples.batch(self.chooser.index, self.batch_size)

    # Results

    def _take_trace(self, result: tuple[int, Document, Example, Trace]) -> None:
        state, self._document, self._example, self.trace = result
        self._forget_details()
        self._wishes["state"] = state
        self.traced.emit()

    def _take_check(self, check: WeightCheck) -> None:
        self._check = check
        self.detailed.emit()

    def _take_update(self, table: UpdateTable) -> None:
        self.first_update = table
        self.detailed.emit()

    def _take_table(self, result: tuple[list[ChosenWeight], UpdateTable]) -> None:
        weights, table = result
        self.tabled.emit(table, weights)

    def _take_nudge(self, nudge: Nudge) -> None:
        self.nudge = nudge
        self.nudged.emit()

    def _forget_details(self) -> None:
        self._check, self.first_update, self.nudge = None, None, None
        self._wishes.clear()

    # Asking

    def _task(self, tasks: TaskRunner, title: str, take: Callable[[Any], None]) -> LatestTask:
        task = LatestTask(tasks, title, self)
        task.finished.connect(take)
        task.failed.connect(self.refused if take == self._take_trace else self.failed)
        return task

    def _ask(self, kind: str, wish: Any, task: LatestTask, work: Callable[[Document, Example], Any]) -> None:
        """Let something be computed for the present trace, once for each wish."""
        document, example = self._document, self._example
        if example is None or self.trace is None or self._wishes.get(kind) == wish:
            return
        self._wishes[kind] = wish
        task.request(lambda: work(document, example))

    def _obstacle(self) -> str | None:
        """Why the drawing cannot run now, as a sentence that says what to do."""
        session = self.session
        if not session.level.flat.nodes():
            return self.tr("Draw a network: for one example, every number of backpropagation appears here.")
        if not session.live_check.compiler_ready:
            return self.tr("Loading PyTorch …")
        errors = [problem for problem in session.problems if problem.severity == "error"]
        if errors:
            return self.tr("The drawing cannot run yet. {0}").format(errors[0].message)
        return None
