"""The right side: a page for what is selected."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from app.inspector.block_page import BlockPage
from app.inspector.document_page import DocumentPage
from app.inspector.node_page import NodePage
from app.inspector.wire_page import WirePage
from app.session import EditorSession


class Inspector(QScrollArea):
    """Shows the document, nodes or wires, and follows edits and selection."""

    learning_rate_entered = Signal(float)

    def __init__(self, session: EditorSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page: BlockPage | DocumentPage | NodePage | WirePage | None = None
        self._shown: tuple[object, ...] = ()
        self._now: dict[str, str] = {}
        session.selection_changed.connect(self._turn)
        session.document_replaced.connect(self._turn_anew)
        session.level_changed.connect(self._turn)
        session.edited.connect(lambda _: self._refresh())
        session.checked.connect(self._refresh)
        session.weights_changed.connect(self._take_weights)
        self._turn()

    def show_now(self, texts: dict[str, str]) -> None:
        """Show measured figures: node or wire id -> text, for whichever is selected alone."""
        self._now = texts
        if isinstance(self.page, NodePage):
            self.page.show_now(texts.get(self.page.node_ids[0], "") if len(self.page.node_ids) == 1 else "")
        elif isinstance(self.page, WirePage):
            self.page.show_now(texts.get(self.page.wire_ids[0], "") if len(self.page.wire_ids) == 1 else "")

    def focus_first_field(self) -> None:
        """Go to the first field that can be edited."""
        if isinstance(self.page, NodePage):
            first = next(iter(self.page.form.fields.values()), None)
            (first.editor if first is not None else self.page.name).setFocus()

    def _turn_anew(self) -> None:
        self._shown = ()
        self._turn()

    def _turn(self) -> None:
        """Make the page for the present selection."""
        nodes = tuple(sorted(self.session.selection))
        wires = tuple(sorted(self.session.selected_wires))
        shown: tuple[object, ...] = (nodes, wires, id(self.session.document), self.session.levels)
        if shown == self._shown:
            return
        self._shown = shown
        if nodes:
            self.page = NodePage(self.session, nodes)
        elif wires:
            self.page = WirePage(self.session, wires)
        elif self.session.levels:
            self.page = BlockPage(self.session)
        else:
            self.page = DocumentPage(self.session)
            self.page.learning_rate_entered.connect(self.learning_rate_entered)
        self.setWidget(self.page)
        self.show_now(self._now)

    def _take_weights(self) -> None:
        """Show what training left, but never take a field from under somebody's fingers."""
        focused = QApplication.focusWidget()
        if self.page is not None and not (focused is not None and self.page.isAncestorOf(focused)):
            self.page.refresh()

    def _refresh(self) -> None:
        if self.page is not None:
            self.page.refresh()
