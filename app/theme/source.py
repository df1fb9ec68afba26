"""Which theme is on: the system's, or the one that was chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from app.theme.palettes import dark_theme, light_theme, theme_named
from app.theme.theme import Theme

MODES = ("system", "light", "dark")


class ThemeSource(QObject):
    """Offers the present theme and says when it changes."""

    changed = Signal(object)

    def __init__(self, mode: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = mode if mode in MODES else "system"
        self._theme = self._chosen()
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._refresh)

    @property
    def theme(self) -> Theme:
        """The present theme."""
        return self._theme

    @property
    def mode(self) -> str:
        """One of MODES."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Follow the system, or keep one theme."""
        self._mode = mode
        self._refresh()

    def _refresh(self, *_: object) -> None:
        theme = self._chosen()
        if theme != self._theme:
            self._theme = theme
            self.changed.emit(theme)

    def _chosen(self) -> Theme:
        if self._mode != "system":
            return theme_named(self._mode)
        hints = QGuiApplication.styleHints()
        is_dark = hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark
        return dark_theme() if is_dark else light_theme()
