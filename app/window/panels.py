"""The tabs below the canvas. Plots are made after the window is there: importing them takes a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from app.panels.analyze.panel import AnalyzePanel
from app.panels.chosen import ChosenStatistic
from app.panels.problems_panel import ProblemsPanel
from app.session import EditorSession
from app.theme import ThemeSource
from app.window.run_control import RunControl

if TYPE_CHECKING:
    from app.panels.backpropagation.panel import BackpropagationPanel


class PanelTabs(QTabWidget):
    """Gradients, Loss, Backpropagation, Analyze, Problems."""

    jump_requested = Signal(str)
    annotations_changed = Signal(object)
    """What the canvas is to show beside the drawing, or None."""

    def __init__(
        self,
        session: EditorSession,
        theme_source: ThemeSource,
        chosen: ChosenStatistic,
        control: RunControl,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.theme_source = theme_source
        self.chosen = chosen
        self.control = control
        self.setDocumentMode(True)
        self.problems = ProblemsPanel(session)
        self.problems.jump_requested.connect(self.jump_requested)
        titles = (self.tr("Gradients"), self.tr("Loss"), self.tr("Backpropagation"))
        self.places = {title: _Place() for title in titles}
        self.backpropagation: BackpropagationPanel | None = None
        for title, place in self.places.items():
            self.addTab(place, title)
        self.analyze = AnalyzePanel(session, theme_source)
        self.addTab(self.analyze, self.tr("Analyze"))
        self.addTab(self.problems, self.tr("Problems"))
        self.live: list[QWidget] = []
        control.recording_changed.connect(self._use_recording)
        for signal in (control.stepped, control.recording_changed):
            signal.connect(self._follow_run)
        for signal in (session.checked, self.problems.listed):
            signal.connect(self._count_problems)
        self._count_problems()

    def make_plots(self) -> None:
        """Make the panels that need pyqtgraph."""
        if self.live:
            return
        from app.panels.backpropagation.panel import BackpropagationPanel
        from app.panels.gradient_panel import GradientPanel
        from app.panels.loss_panel import LossPanel

        gradients = GradientPanel(self.session, self.theme_source, self.chosen)
        loss = LossPanel(self.theme_source)
        self.live = [gradients, loss]
        self.backpropagation = BackpropagationPanel(self.session, self.theme_source)
        self.backpropagation.annotations_changed.connect(self.annotations_changed)
        for place, panel in zip(self.places.values(), (gradients, loss, self.backpropagation), strict=True):
            place.fill(panel)
        self._use_recording()
        self._follow_run()

    def refresh(self) -> None:
        """Let the visible panel draw what is new."""
        for panel in self.live:
            if panel.isVisible():
                panel.refresh()  # type: ignore[attr-defined]

    def show_run(self) -> None:
        """Bring the gradients to the front if the problems are there: they are solved, or nothing would run."""
        if self.currentWidget() is self.problems:
            self.setCurrentIndex(0)

    def show_problems(self) -> None:
        """Bring the problems to the front."""
        self.setCurrentWidget(self.problems)

    def show_analysis(self) -> AnalyzePanel:
        """Bring the table of costs to the front."""
        self.setCurrentWidget(self.analyze)
        return self.analyze

    def show_backpropagation(self) -> BackpropagationPanel | None:
        """Bring backpropagation to the front; None while its panel is not made yet."""
        self.setCurrentWidget(list(self.places.values())[-1])
        return self.backpropagation

    def _use_recording(self) -> None:
        self.chosen.choose_row(None)
        for panel in self.live:
            panel.set_recording(self.control.recording)  # type: ignore[attr-defined]

    def _follow_run(self) -> None:
        """Let backpropagation show the example at which a run rests, and what its optimizer remembers."""
        position, engine = self.control.position, self.control.engine
        if self.backpropagation is None:
            return
        if position is None or engine is None:
            self.backpropagation.follow_run(None, {})
            return
        examples = position.examples
        example = int(examples[position.example]) if position.example < len(examples) else None
        self.backpropagation.follow_run(example, engine.published().optimizer_state)

    def _count_problems(self) -> None:
        count = len(self.problems.problems) if self.session.document.graph.nodes() else 0
        title = self.tr("Problems ({0})").format(count) if count else self.tr("Problems")
        self.setTabText(self.indexOf(self.problems), title)


class _Place(QWidget):
    """Keeps a tab until its panel is made."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(QLabel())

    def fill(self, panel: QWidget) -> None:
        """Put the panel in."""
        item = self._layout.takeAt(0)
        if item is not None and item.widget() is not None:
            item.widget().deleteLater()
        self._layout.addWidget(panel)
