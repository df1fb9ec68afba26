"""What the panel shows once there are numbers: the passes above, the example on the left, three pages beside it."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.panels.backpropagation import page
from app.panels.backpropagation.example_chooser import ExampleChooser
from app.panels.backpropagation.explanation import Explanation
from app.panels.backpropagation.nudge_view import NudgeView
from app.panels.backpropagation.page_tabs import EXPLAIN, PageTabs
from app.panels.backpropagation.pass_controls import PassControls
from app.panels.backpropagation.time_controls import TimeControls
from app.panels.backpropagation.update_view import UpdateView
from app.theme import Theme

CHOOSER_WIDTH = 206


class Content(QWidget):
    """Lays out the parts of the panel and holds its pages; what they show is the panel's business."""

    def __init__(self, controls: PassControls, time: TimeControls, chooser: ExampleChooser) -> None:
        super().__init__()
        self.explanation, self.update_view, self.nudge_view = Explanation(), UpdateView(), NudgeView()
        self.tabs, self.sheets = PageTabs(), QStackedWidget()
        for sheet in (self.explanation, self.update_view, self.nudge_view):
            self.sheets.addWidget(sheet)
        self.colours = QCheckBox(self.tr("colour by ∂l/∂z"))
        self.colours.setToolTip(
            self.tr("Colour neurons and layers by the size of ∂l/∂z, as far as the way back has come.")
        )
        self.notice = QLabel()
        self.notice.setWordWrap(True)
        self.notice.setProperty("problem", True)
        self.notice.hide()
        controls.listen(self.explanation)
        self._lay_out(controls, time, chooser)

    def say(self, sentence: str) -> None:
        """Say what could not be computed, until something else is shown."""
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))

    def refuse(self, sentence: str, theme: Theme) -> None:
        """Say in place of the numbers why there are none for this example."""
        self.explanation.maps.hide()
        self.explanation.bars.hide()
        self.explanation.show_text(page.words(escape(sentence)), theme)
        self.sheets.setCurrentIndex(EXPLAIN)

    def _lay_out(self, controls: PassControls, time: TimeControls, chooser: ExampleChooser) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(controls, 1)
        top.addWidget(self.tabs)
        chooser.setFixedWidth(CHOOSER_WIDTH)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(chooser, 1)
        left.addWidget(self.colours)
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addLayout(left)
        below.addWidget(self.sheets, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(time)
        layout.addLayout(below, 1)
        layout.addWidget(self.notice)
