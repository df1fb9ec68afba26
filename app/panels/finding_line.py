"""What the gradients say, as a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.theme import Theme
from app.training.findings import Finding


class FindingLine(QFrame):
    """A title and a sentence; amber if something is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(16)
        layout.addWidget(self.title)
        layout.addWidget(self.sentence, 1)
        self._shown: tuple[object, ...] = ()

    def show_finding(self, finding: Finding, theme: Theme) -> None:
        """Show a finding; without one the line disappears."""
        shown = (finding, theme.name)
        if shown == self._shown:
            return
        self._shown = shown
        self.setVisible(finding.severity != "none")
        wrong = finding.severity == "finding"
        self.title.setText(finding.title)
        self.sentence.setText(finding.sentence)
        self.title.setStyleSheet(f"font-weight: 600; color: {theme.finding if wrong else theme.text};")
        background = theme.finding_surface if wrong else theme.paper
        self.setStyleSheet(f"FindingLine {{ background: {background}; border-radius: 6px; }}")
