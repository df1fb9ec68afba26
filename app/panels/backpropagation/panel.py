"""The panel Backpropagation: one example, forwards, backwards and through the update, with every number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.panels.backpropagation.canvas_numbers import CanvasNumbers, nudge_annotations
from app.panels.backpropagation.computing import Computing
from app.panels.backpropagation.content import Content
from app.panels.backpropagation.example_chooser import ExampleChooser
from app.panels.backpropagation.explaining import Explaining, Subject
from app.panels.backpropagation.page_tabs import EXPLAIN, NUDGE
from app.panels.backpropagation.pass_controls import PassControls
from app.panels.backpropagation.requests import OptimizerState
from app.panels.backpropagation.sight import Sight
from app.panels.backpropagation.stepping import Stepping
from app.panels.backpropagation.time_controls import TimeControls
from app.panels.backpropagation.walk import Walk
from app.panels.backpropagation.weight_choice import WeightChoice
from app.panels.backpropagation.weights import ChosenWeight, first_weights
from app.session import EditorSession
from app.theme import Theme, ThemeSource
from graph_model.edits import Edit

if TYPE_CHECKING:
    from app.training.backpropagation.updates import UpdateTable

MOST_IN_TABLE = 12
MOST_UPDATED = 200
"""Weights whose first step is shown on the canvas."""


class BackpropagationPanel(QWidget):
    """Numbers are computed only while it is visible. `annotations_changed` carries what the canvas is to show."""

    annotations_changed = Signal(object)

    def __init__(self, session: EditorSession, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.theme_source = session, theme_source
        self.walk = Walk()
        self._example_of_run: int | None = None
        self.chooser = ExampleChooser()
        self.computing = Computing(session, self.chooser, self)
        self.sight = Sight(session, self.computing)
        self.controls = PassControls(self.walk, Stepping(self.walk, self.sight.steps, session))
        self.weights = WeightChoice(self.sight)
        self.time = TimeControls(self.sight.steps)
        self.content = Content(self.controls, self.time, self.chooser)
        self.tabs, self.colours = self.content.tabs, self.content.colours
        self.explanation, self.update_view = self.content.explanation, self.content.update_view
        self.nudge_view = self.content.nudge_view
        self._lay_out()
        self._connect()
        self._restyle(theme_source.theme)

    # What is shown

    def refresh(self) -> None:
        """Compute and show anew; to be called when the drawing, its weights or the example may have changed."""
        if not self.isVisible():
            return
        refusal = self.computing.request_trace()
        if refusal is not None:
            self._refuse(refusal)

    def follow_run(self, example: int | None, optimizer_state: OptimizerState) -> None:
        """Show the training example at which a run rests, and go on from what its optimizer remembers.

        The same example is shown only once, so that another one can be looked at meanwhile.
        """
        self.computing.optimizer_state = optimizer_state
        self.update_view.goes_on = bool(optimizer_state)
        if example is not None and example != self._example_of_run:
            self.chooser.show_example(example)
        self._example_of_run = example
        self.refresh()

    def show_page(self, index: int) -> None:
        """Explanation, update or nudge."""
        self.tabs.setCurrentIndex(index)

    def nudged_weight(self) -> ChosenWeight | None:
        """The weight that the selection means, or else the first one of the network."""
        return self.weights.one()

    def _show(self) -> None:
        """Show what is known about the present place."""
        trace = self.sight.trace
        if trace is None or self.computing.is_outdated or not self.isVisible():
            return
        self.pages.setCurrentWidget(self.content)
        self.content.say("")
        self.tabs.setEnabled(True)
        theme, graph, steps = self.theme_source.theme, self.sight.graph, self.sight.steps
        self.controls.names = {node.id: node.name for node in graph.nodes()}
        self.controls.show_place()
        self.time.show_place("" if steps.place is None else graph.node(steps.place.place).name)
        self.chooser.show_answer(trace, theme)
        sheet = self.tabs.currentIndex()
        self.content.sheets.setCurrentIndex(sheet)
        if sheet == NUDGE:
            self._ask_for_nudge()
            self._annotate_nudge()
        else:
            self._explain() if sheet == EXPLAIN else self._ask_for_table()
            numbers = CanvasNumbers(trace, self.walk, graph, steps.path, self.computing.first_update)
            self.annotations_changed.emit(numbers.annotations(self.colours.isChecked()))

    def _refuse(self, sentence: str) -> None:
        self.invitation.setText(sentence)
        is_example_at_fault = self.computing.drawing_can_run
        self.pages.setCurrentWidget(self.invitation if not is_example_at_fault else self.content)
        self.chooser.clear_answer()
        self.time.hide()
        self.walk.follow(())
        self.controls.show_place()
        self.tabs.setEnabled(False)
        if is_example_at_fault:
            self.content.refuse(sentence, self.theme_source.theme)
        self.annotations_changed.emit(None)

    # The pages

    def _explain(self) -> None:
        trace, theme = self.sight.trace, self.theme_source.theme
        assert trace is not None
        stage = self.walk.stage
        if stage is not None and stage.kind == "update" and self.computing.first_update is None:
            first = first_weights(trace.gradients(), trace.stages, trace.owner_of, MOST_UPDATED)
            self.computing.request_first_update(first)
        explaining = Explaining(trace, self.walk, self.sight)
        explaining.show(Subject.of(self.sight, self.walk), self.explanation, self.weights, theme)

    def _ask_for_table(self) -> None:
        size = self.computing.batch_size
        self.update_view.offer_minibatch(size)
        weights = self.weights.several(MOST_IN_TABLE)
        batch = self.computing.minibatch() if self.update_view.on_minibatch else None
        self.computing.request_table(weights, self.update_view.steps.value(), batch)

    def _ask_for_nudge(self) -> None:
        weight = self.nudged_weight()
        self.nudge_view.show_weight(self.sight.title_of(weight) if weight else None)
        if weight is not None:
            self.computing.request_nudge(weight, self.nudge_view.wanted_change)

    # What happens

    def _connect(self) -> None:
        session, computing = self.session, self.computing
        for signal in (session.checked, session.weights_changed, self.chooser.changed):
            signal.connect(lambda *_: self.refresh())
        for signal in (computing.detailed, self.controls.moved, self.update_view.asked, self.nudge_view.changed):
            signal.connect(self._show)
        for signal in (self.time.moved, session.level_changed):
            signal.connect(self._show)
        self.explanation.bars.chosen.connect(lambda step: self.time.go(step + 1))
        session.edited.connect(self._edited)
        session.document_replaced.connect(self._forget)
        session.selection_changed.connect(self._selected)
        self.theme_source.changed.connect(self._restyle)
        self.explanation.jumped.connect(self._jump)
        self.explanation.maps.chosen.connect(self._pick)
        self.colours.toggled.connect(lambda: self._show())
        self.tabs.currentChanged.connect(self._page_chosen)
        computing.traced.connect(self._traced)
        computing.refused.connect(self._refuse)
        computing.failed.connect(self.content.say)
        computing.tabled.connect(self._show_table)
        computing.nudged.connect(self._nudged)

    def _traced(self) -> None:
        trace = self.computing.trace
        if trace is not None:
            self.walk.follow(trace.stages)
            self._show()

    def _show_table(self, table: UpdateTable, weights: list[ChosenWeight]) -> None:
        titles = [self.sight.title_of(weight) for weight in weights]
        self.update_view.show_table(table, weights, titles)

    def _nudged(self) -> None:
        nudge = self.computing.nudge
        if nudge is None or self.tabs.currentIndex() != NUDGE or not self.isVisible():
            return
        self.nudge_view.show_nudge(nudge, self.theme_source.theme)
        self._annotate_nudge()

    def _annotate_nudge(self) -> None:
        """Show on the canvas what the nudge changes; what stands there stays until that is known."""
        nudge = self.computing.nudge
        if nudge is not None:
            known = self.sight.wire_with(nudge.name.partition(".")[0])
            steps = self.sight.steps
            self.annotations_changed.emit(nudge_annotations(nudge, known, steps.times, steps.path))

    def _selected(self) -> None:
        """What was selected has its turn."""
        nodes, wires = self.sight.nodes, self.sight.wires
        if len(nodes) == 1 and not wires:
            self.walk.jump_to(next(iter(nodes)), None)
        elif len(wires) == 1:
            self.walk.jump_to(None, next(iter(wires)))
        self._show()

    def _edited(self, edit: object) -> None:
        """Other settings are followed at once; after a change of the drawing, its check comes first."""
        if not isinstance(edit, Edit):
            self.refresh()

    def _jump(self, node: str | None, wire: str | None) -> None:
        found = self.session.show(node or wire or "")
        if found is not None:
            self.session.select([found] if node else (), () if node else [found])

    def _pick(self, parameter: str, index: tuple[int, ...]) -> None:
        subject = Subject.of(self.sight, self.walk)
        if subject.node is not None:
            self.weights.pick(ChosenWeight(f"{self.sight.owner_of(subject.node)}.{parameter}", index))
            self._show()

    def _page_chosen(self, index: int) -> None:
        self.controls.setEnabled(index != NUDGE)
        self._show()

    def _forget(self) -> None:
        self.weights.forget()
        self.sight.steps.forget()
        self.walk.go(None)
        self.chooser.show_example(0)
        self.computing.forget()
        self.refresh()

    def _restyle(self, theme: Theme) -> None:
        self.nudge_view.restyle(theme)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the numbers off the canvas."""
        super().hideEvent(event)
        self.annotations_changed.emit(None)

    def _lay_out(self) -> None:
        self.invitation = QLabel()
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation.setWordWrap(True)
        self.invitation.setProperty("muted", True)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.invitation)
        self.pages.addWidget(self.content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 4)
        layout.addWidget(self.pages)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.controls.next)
