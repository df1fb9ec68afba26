"""Where the window's parts lead to the documentation, and what they remember of how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.window.kind_browser import KindBrowser

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


class Documentation(QObject):
    """Opens the browser of kinds, and keeps open families and the inspector's fold in the settings."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.browser: KindBrowser | None = None
        settings, tree, inspector = window.settings, window.palette.tree, window.inspector
        remembered = settings.open_families
        if remembered is not None:
            tree.set_open_families(remembered)
        inspector.about_open = settings.about_open
        tree.open_changed.connect(lambda: setattr(settings, "open_families", tree.open_families))
        inspector.about_folded.connect(lambda is_folded: setattr(settings, "about_open", not is_folded))
        inspector.kind_requested.connect(self.show_kind)
        for signal in (window.session.edited, window.session.document_replaced, window.session.level_changed):
            signal.connect(lambda *_: self._follow())

    def show(self) -> None:
        """Open the browser at what is selected, or where it was."""
        session = self.window.session
        chosen = next(iter(session.selection), None) if len(session.selection) == 1 else None
        self.show_kind(session.graph.node(chosen).kind if chosen is not None else "")

    def show_kind(self, name: str) -> None:
        """Open the browser at a kind."""
        if self.browser is None:
            self.browser = KindBrowser(self.window.theme_source, self.window.session.graph, self.window)
        self.browser.follow(self.window.session.graph)
        self.browser.show_kind(name)
        self.browser.show()
        self.browser.raise_()
        self.browser.activateWindow()

    def _follow(self) -> None:
        if self.browser is not None and self.browser.isVisible():
            self.browser.follow(self.window.session.graph)
