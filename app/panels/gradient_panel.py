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
from app.panels.recording_panel import RecordingPanel
from app.session import EditorSession
from app.theme import Theme, ThemeSource
from app.training.findings import gradient_finding
from app.training.recording import Recording


class GradientPanel(RecordingPanel):
    """Shows a recording's gradients."""

    def __init__(
        self, session: EditorSession, theme_source: ThemeSource, chosen: ChosenStatistic, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme_source, parent)
        self.invitation.setText(self.tr("Press Run: the gradient of each layer appears here, step by step."))
        self.session = session
        self.chosen = chosen
        self.finding = FindingLine()
        self.bars = LayerBars(chosen)
        self.curves = LayerCurves(chosen)
        self.heat_map = LayerHeatMap(chosen)
        self.views = (self.bars, self.curves, self.heat_map)
        for view in self.views:
            view.hovered.connect(self._layer_hovered)
        self.show_content(self._content())
        chosen.changed.connect(self.refresh)
        session.highlight_changed.connect(self.refresh)

    def shown_state(self) -> object:
        """Statistic, step, highlighted layer, and which view over time."""
        return (self.chosen.statistic, self.chosen.row, self._highlighted_layer(), self.view.currentIndex())

    def draw(self, recording: Recording, count: int) -> None:
        """Draw the visible views, the step and the finding."""
        theme, highlighted = self.theme_source.theme, self._highlighted_layer()
        self.bars.show_rows(recording, theme, highlighted)
        shown = self.heat_map if self.view.currentIndex() else self.curves
        shown.show_rows(recording, theme, highlighted)
        self._show_step(count)
        self.finding.show_finding(gradient_finding(recording, self.chosen.row, self.chosen.statistic), theme)

    def restyle(self, theme: Theme) -> None:
        """Put a theme on all views."""
        for view in self.views:
            view.restyle(theme)

    # Parts

    def _content(self) -> QWidget:
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
        return full

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

    # Highlighting, both ways

    def _highlighted_layer(self) -> int | None:
        highlighted = self.session.highlighted
        if self.recording is None or highlighted is None:
            return None
        for index, layer in enumerate(self.recording.layers):
            if any(path == highlighted or path.startswith(f"{highlighted}/") for path in layer.node_ids):
                return index
        return None

    def _layer_hovered(self, index: int | None) -> None:
        if index is None or self.recording is None:
            self.session.highlight(None)
            return
        path = self.recording.layers[index].node_ids[0]
        if self.session.graph.has_node(self.session.level.here(path) or ""):
            self.session.highlight(path)
