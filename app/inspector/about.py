"""The inspector's section about a layer: its documentation, which can be folded away."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from app.documentation import article, sheet_of
from app.documentation.rich_text import style
from app.inspector.labels import label
from app.theme.marks import chevron
from graph_model import Kind, kinds
from graph_model.blocks.kind import placed_as

ICON = 10
PAGE = "kind:"
"""What a link to a kind begins with; the kind's name follows."""


class AboutLayer(QWidget):
    """A heading that folds, and the text below it."""

    kind_requested = Signal(str)
    """Somebody wants to read about a kind: its name."""
    folded = Signal(bool)
    """Somebody folded the text (True) or unfolded it."""

    def __init__(self, is_open: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QToolButton()
        self.heading.setText(self.tr("About this layer"))
        self.heading.setProperty("section", True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setIconSize(QSize(ICON, ICON))
        self.heading.setCheckable(True)
        self.heading.setChecked(is_open)
        self.heading.toggled.connect(self._fold)
        self.text: QLabel = label(wrap=True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.linkActivated.connect(lambda link: self.kind_requested.emit(link.removeprefix(PAGE)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.heading)
        layout.addWidget(self.text)
        self._html = ""
        self._shown: tuple[Kind, Mapping[str, str]] | None = None
        self._show_fold(is_open)

    def show_kind(self, kind: Kind, shapes: Mapping[str, str]) -> None:
        """Write about a kind, as it is declared for the node; `shapes`: what flows at its ports, see `article`."""
        if self._shown == (kind, shapes):
            return
        self._shown = (kind, dict(shapes))
        page = f'<p><a href="{PAGE}{escape(placed_as(kind))}">{self.tr("Open in Layers and blocks")}</a></p>'
        html = article(sheet_of(kind), kinds(), (PAGE + "{}").format, shapes) + page
        self._html = html
        self._set_text()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._set_text()
            self._show_fold(self.heading.isChecked())

    def _set_text(self) -> None:
        role = QPalette.ColorRole
        muted, raised = (self.palette().color(which).name() for which in (role.PlaceholderText, role.Midlight))
        self.text.setText(f"<style>{style(muted, raised)}</style>{self._html}")

    def _fold(self, is_open: bool) -> None:
        self._show_fold(is_open)
        self.folded.emit(not is_open)

    def _show_fold(self, is_open: bool) -> None:
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        self.heading.setIcon(chevron(colour, self.heading.iconSize().width(), is_open))
        self.text.setVisible(is_open)
