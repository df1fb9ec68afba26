"""Forwards and backwards through the stages of the computation, with a line that says where one is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.panels.backpropagation.stepping import Stepping
from app.panels.backpropagation.walk import Walk

NARROW = 34
MOST_NAMES = 4
"""Neurons of a stage that are named one by one."""


class PhaseLabel(QLabel):
    """A line of text that ends in an ellipsis where there is no room for the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much of the text as there is room for."""
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            QPainter(self),
            self.rect(),
            self.alignment(),
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )


class PassControls(QWidget):
    """Buttons that move a walk; `moved` says that they did. Left and Right do the same while one has the focus."""

    moved = Signal()

    def __init__(self, walk: Walk, stepping: Stepping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.walk, self.stepping = walk, stepping
        self.names: dict[str, str] = {}
        """Node id -> name."""
        self.first = self._button("|◀", self.tr("To the start of the forward pass"), stepping.to_start)
        self.previous = self._button("◀", self.tr("One step back (Left)"), stepping.back)
        self.next = self._button("▶", self.tr("One step on (Right)"), stepping.forth)
        self.last = self._button("▶|", self.tr("To the end: the update"), lambda: walk.go(len(walk.stages) - 1))
        self.all = QPushButton(self.tr("All at once"))
        self.all.setCheckable(True)
        self.all.setToolTip(self.tr("Show the numbers of both passes everywhere, without steps."))
        self.all.clicked.connect(lambda: self._move(lambda: walk.go(None if self.all.isChecked() else 0)))
        self.phase = PhaseLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for button in (self.first, self.previous, self.next, self.last, self.all):
            layout.addWidget(button)
        layout.addSpacing(10)
        layout.addWidget(self.phase, 1)
        self.listen(self)
        self.show_place()

    def listen(self, widget: QWidget) -> None:
        """Let Left and Right move the walk while the focus is in this widget."""
        for key, button in ((Qt.Key.Key_Left, self.previous), (Qt.Key.Key_Right, self.next)):
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)

    def show_place(self) -> None:
        """Say where the walk is, and offer only what is possible."""
        walk, index = self.walk, self.walk.index
        self.all.setChecked(index is None)
        self.all.setEnabled(bool(walk.stages))
        for button in (self.previous, self.next, self.first, self.last):
            button.setEnabled(bool(walk.stages))
        if index is not None and walk.stages:
            self.first.setEnabled(not self.stepping.is_at_start)
            self.previous.setEnabled(not self.stepping.is_at_start)
            self.next.setEnabled(index < len(walk.stages) - 1)
            self.last.setEnabled(index < len(walk.stages) - 1)
        self.phase.setText(self.phase_text())
        self.phase.setToolTip(self.phase.text())

    def phase_text(self) -> str:
        """Which pass, which step, which neurons."""
        stage = self.walk.stage
        if stage is None:
            return self.tr("Both passes at once. ▶ goes step by step.")
        number, count = (self.walk.index or 0) + 1, len(self.walk.stages)
        kind = {
            "forward": self.tr("Forward"),
            "loss": self.tr("Loss"),
            "backward": self.tr("Backward"),
            "update": self.tr("Update"),
        }[stage.kind]
        names = [self.names.get(node, node) for node in stage.node_ids]
        title = ", ".join(names) if stage.kind in ("forward", "backward") and len(names) <= MOST_NAMES else stage.title
        if stage.kind == "update":
            title = self.tr("every weight takes its step")
        return self.tr("{0} · step {1} of {2}: {3}").format(kind, number, count, title + self.stepping.words())

    def _button(self, text: str, meaning: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(meaning)
        button.setAccessibleName(meaning)
        button.setFixedWidth(NARROW)
        button.setStyleSheet("padding: 5px 0;")
        button.clicked.connect(lambda: self._move(act))
        return button

    def _move(self, act: object) -> None:
        assert callable(act)
        act()
        self.show_place()
        self.moved.emit()
