"""The way from the drawing to the block that is open: a bar above the canvas, hidden while the drawing itself is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.session import EditorSession
from app.theme import Theme, ThemeSource

LONGEST_TITLE = 200
"""Pixels: a longer name ends in '…', so that a way through many blocks has room."""


class Breadcrumb(QFrame):
    """One button for each level; the last one is where one is."""

    def __init__(self, session: EditorSession, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName(self.tr("Where you are"))
        self.buttons: list[QPushButton] = []
        self.hint = QLabel()
        self.hint.setProperty("muted", True)
        self._shown: tuple[str, ...] = ()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 4, 12, 4)
        self._layout.setSpacing(2)
        for signal in (session.level_changed, session.document_replaced):
            signal.connect(self.refresh)
        session.edited.connect(lambda _: self.refresh())
        theme_source.changed.connect(self._restyle)
        self._restyle(theme_source.theme)
        self.refresh()

    def refresh(self) -> None:
        """Show the way to what is open."""
        places = self.session.levels
        self.setVisible(bool(places))
        titles = self._titles()
        shown = (*titles, self._hint())
        if shown == self._shown or not places:
            return
        self._shown = shown
        self._clear()
        for level, title in enumerate(titles):
            if level:
                separator = QLabel("›")
                separator.setProperty("muted", True)
                self._layout.addWidget(separator)
            self._layout.addWidget(self._button(level, title, level == len(titles) - 1))
        self._layout.addStretch(1)
        self.hint.setText(self._hint())
        self._layout.addWidget(self.hint)

    def _titles(self) -> tuple[str, ...]:
        graph = self.session.document.graph
        titles = [graph.name]
        for place in self.session.levels:
            node = graph.node(place)
            titles.append(node.name)
            graph = graph.definitions.body(node.kind)
        return tuple(titles)

    def _hint(self) -> str:
        """How many places a change here changes."""
        definitions = self.session.document.graph.definitions
        identifier = self.session.level.definition_id
        if identifier is None:
            return ""
        name, count = definitions.definition(identifier).name, len(definitions.places(identifier))
        if count == 1:
            return self.tr("block {0}").format(name)
        return self.tr("block {0}: what changes here changes at all its {1} places").format(name, count)

    def _button(self, level: int, title: str, is_last: bool) -> QPushButton:
        button = QPushButton()
        button.setProperty("quiet", True)
        button.setEnabled(not is_last)
        if is_last:  # a weight in the style sheet is left out of the width that the button asks for
            font = button.font()
            font.setWeight(font.Weight.DemiBold)
            button.setFont(font)
        shown = button.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, LONGEST_TITLE)
        button.setText(shown.replace("&", "&&"))
        button.setToolTip(title if shown != title else "")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setAccessibleName(self.tr("Go to {0}").format(title))
        button.clicked.connect(lambda _=False, level=level: self.session.leave(level))
        self.buttons.append(button)
        return button

    def _clear(self) -> None:
        self.buttons = []
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self.hint:
                widget.hide()
                widget.deleteLater()

    def _restyle(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"Breadcrumb {{ background: {theme.surface}; border-bottom: 1px solid {theme.line}; }}"
            f"QPushButton:disabled {{ color: {theme.text}; background: transparent; border: none; }}"
        )
