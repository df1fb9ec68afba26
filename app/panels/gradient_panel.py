"""The gradient of every layer: bars at one step, curves over all steps, a heat map, and what they say."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.panels.chosen import STATISTIC_TITLES, ChosenStatistic
from app.panels.finding_line import FindingLine
from app.panels.layer_bars import LayerBars
from app.panels.layer_curves import LayerCurves
from app.panels.layer_heat_map import LayerHeatMap
from app.session import EditorSession
from app.theme import Theme, ThemeSource
from app.training.findings import Finding, gradient_finding
from app.training.recording import Recording

NO_FINDING = Finding("none", "", "")


class GradientPanel(QWidget):
    """Shows a recording's gradients. Call `refresh` when it may have grown."""

    def __init__(
        self, session: EditorSession, theme_source: ThemeSource, chosen: ChosenStatistic, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.theme_source = theme_source
        self.chosen = chosen
        self.recording: Recording | None = None
        self._seen: tuple[object, ...] = ()
        self.finding = FindingLine()
        self.bars = LayerBars(chosen)
        self.curves = LayerCurves(chosen)
        self.heat_map = LayerHeatMap(chosen)
        self.views = (self.bars, self.curves, self.heat_map)
        self._lay_out()
        for view in self.views:
            view.hovered.connect(self._layer_hovered)
        chosen.changed.connect(self.refresh)
        session.highlight_changed.connect(self.refresh)
        theme_source.changed.connect(self._restyle)
        self._restyle(theme_source.theme)

    def set_recording(self, recording: Recording | None) -> None:
        """Show another recording, or none."""
        self.recording = recording
        self._seen = ()
        self.refresh()

    def refresh(self) -> None:
        """Draw what is new; does nothing while nothing is, or while the panel is hidden."""
        count = self.recording.row_count() if self.recording is not None else 0
        highlighted = self._highlighted_layer()
        over_time = self.over_time.currentIndex()
        seen = (count, self.chosen.statistic, self.chosen.row, highlighted, self.theme_source.theme.name, over_time)
        if seen == self._seen or not self.isVisible():
            return
        self._seen = seen
        self.pages.setCurrentIndex(1 if count else 0)
        theme = self.theme_source.theme
        self.bars.show_rows(self.recording, theme, highlighted)
        shown = self.heat_map if over_time else self.curves
        shown.show_rows(self.recording, theme, highlighted)
        self._show_step(count)
        finding = NO_FINDING
        if self.recording is not None and count:
            finding = gradient_finding(self.recording, self.chosen.row, self.chosen.statistic)
        self.finding.show_finding(finding, theme)

    def showEvent(self, event: object) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._seen = ()
        self.refresh()

    # Parts

    def _lay_out(self) -> None:
        self.statistic = QComboBox()
        for name, title in STATISTIC_TITLES.items():
            self.statistic.addItem(title, name)
        self.statistic.setToolTip(
            self.tr(
                "How the gradient of all weights of a layer becomes one number: the root of the mean square, the "
                "mean absolute value, or the length (L2 norm)."
            )
        )
        self.statistic.currentIndexChanged.connect(lambda: self.chosen.choose_statistic(self.statistic.currentData()))
        self.view = QComboBox()
        self.over_time = self.view
        self.view.addItems([self.tr("Curves over steps"), self.tr("Heat map")])
        self.view.currentIndexChanged.connect(self._show_other_view)
        self.step_text = QLabel()
        self.step_text.setProperty("muted", True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMinimum(1)
        self.slider.setToolTip(self.tr("Which step the bars, the drawing and the sentence show."))
        self.slider.valueChanged.connect(self._slid)
        self.latest = QPushButton(self.tr("Latest"))
        self.latest.setToolTip(self.tr("Follow the latest step again."))
        self.latest.clicked.connect(lambda: self.chosen.choose_row(None))
        controls = QHBoxLayout()
        controls.addWidget(QLabel(self.tr("Gradient ∂L/∂W of each layer:")))
        controls.addWidget(self.statistic)
        controls.addSpacing(12)
        controls.addWidget(self.step_text)
        controls.addWidget(self.slider, 1)
        controls.addWidget(self.latest)
        controls.addSpacing(12)
        controls.addWidget(self.view)
        self.over_time_pages = QStackedWidget()
        self.over_time_pages.addWidget(self.curves)
        self.over_time_pages.addWidget(self.heat_map)
        plots = QSplitter()
        plots.addWidget(self.bars)
        plots.addWidget(self.over_time_pages)
        plots.setSizes([400, 500])
        full = QWidget()
        inside = QVBoxLayout(full)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        inside.addWidget(self.finding)
        inside.addLayout(controls)
        inside.addWidget(plots, 1)
        empty = QLabel(self.tr("Press Run: the gradient of each layer appears here, step by step."))
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setProperty("muted", True)
        self.pages = QStackedWidget()
        self.pages.addWidget(empty)
        self.pages.addWidget(full)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 4)
        layout.addWidget(self.pages)

    def _show_other_view(self, index: int) -> None:
        self.over_time_pages.setCurrentIndex(index)
        self.refresh()

    def _show_step(self, count: int) -> None:
        row = count - 1 if self.chosen.row is None else min(self.chosen.row, count - 1)
        self.slider.blockSignals(True)
        self.slider.setMaximum(max(1, count))
        self.slider.setValue(row + 1)
        self.slider.blockSignals(False)
        self.step_text.setText(self.tr("step {0} of {1}").format(row + 1, count))
        self.latest.setEnabled(self.chosen.row is not None)

    def _slid(self, value: int) -> None:
        self.chosen.choose_row(None if value == self.slider.maximum() else value - 1)

    def _restyle(self, theme: Theme) -> None:
        for view in self.views:
            view.restyle(theme)
        self._seen = ()
        self.refresh()

    # Highlighting, both ways

    def _highlighted_layer(self) -> int | None:
        highlighted = self.session.highlighted
        if self.recording is None or highlighted is None:
            return None
        for index, layer in enumerate(self.recording.layers):
            if highlighted in layer.node_ids:
                return index
        return None

    def _layer_hovered(self, index: int | None) -> None:
        if index is None or self.recording is None:
            self.session.highlight(None)
            return
        node_id = self.recording.layers[index].node_ids[0]
        if self.session.graph.has_node(node_id):
            self.session.highlight(node_id)
