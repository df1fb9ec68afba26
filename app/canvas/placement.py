"""Placing new nodes: by quick search, from the palette, onto a wire, at the end of a wire, after another node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QCursor, QDropEvent, QPainter, QPen

from app.canvas import insertion, sizes
from app.canvas.captions import name_font
from app.canvas.gestures.connect import curve
from app.canvas.hit import wire_at
from app.canvas.insertion import LooseEnd, New
from app.canvas.paint_nodes import port_places
from app.canvas.quick_search import QuickSearch
from graph_model import EditError, GradCanvasError, Kind, Node
from graph_model.blocks.kind import placed_as
from graph_model.edits import Edit

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

KIND_MIME_TYPE = "application/x-gradcanvas-kind"
HALF_CARD = 36.0


class Placement:
    """The search that is open, if one is, and the kind that is being dragged over the canvas."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.open_search: QuickSearch | None = None
        self.end: LooseEnd | None = None
        self.place: tuple[float, float] = (0.0, 0.0)
        self.dragged: tuple[Kind, QPointF] | None = None

    def search(
        self, place: tuple[float, float] | None = None, end: LooseEnd | None = None, after: str | None = None
    ) -> None:
        """Open the search; with `end`, for kinds that can take a wire from there; `after`: for a node's output."""
        canvas, graph = self.canvas, self.canvas.session.graph
        if self.open_search is not None:
            self.open_search.dismiss()
        if after is not None and graph.kind_of(after).outputs:
            end = LooseEnd(after, 0, True)
            place = insertion.place_after(graph, graph.node(after))
        self.end, self.place = end, place or self._pointer_or_middle()
        offered, hint = [*insertion.placeable(graph), *canvas.shelf.offered(graph)], canvas.tr("Enter places it")
        follows = self._selected_source()
        if end is not None:
            offered = insertion.takers(graph, end, canvas.session.shapes.get((end.node, end.port)))
            offered += [kind for kind in canvas.shelf.offered(graph) if insertion.can_insert(kind)]
            hint = canvas.tr("Enter places it and connects it to {}").format(graph.node(end.node).name)
        elif follows is not None:
            hint = canvas.tr("Enter places it · Shift+Enter connects it after {}").format(follows.name)
        self.open_search = QuickSearch(offered, canvas.theme, hint, canvas)
        self.open_search.chosen.connect(self._chosen)
        self.open_search.closed.connect(self._closed)
        self._show(self.open_search)
        canvas.refresh()

    def place_kind(self, kind: str, place: tuple[float, float] | None = None, connect: bool = False) -> str | None:
        """Place a kind: onto a wire if one is there, after the selected node if asked, else freely."""
        graph, follows = self.canvas.session.graph, self._selected_source()
        try:
            new = self.canvas.shelf.new(graph, kind)
        except GradCanvasError as error:
            self.canvas.say(str(error))
            return None
        if connect and follows is not None and new.kind.inputs:
            where = place or insertion.place_after(graph, follows)
            return self._apply(insertion.place_at_end(graph, new, where, LooseEnd(follows.id, 0, True)), new)
        if place is None:
            middle = self.canvas.visible_area().center()
            return self._apply(insertion.place(new, self._free_place((middle.x(), middle.y()))), new)
        wire = self._wire_for(new.kind, *place)
        if wire is not None:
            return self._apply(insertion.insert(graph, new, graph.wire(wire), place), new, pointed_at=True)
        return self._apply(insertion.place(new, self._free_place(place)), new, pointed_at=True)

    # Drags from the palette

    def drag(self, event: QDropEvent) -> None:
        """A drag comes over the canvas: a kind is shown where it would be placed."""
        kind = self._dragged_kind(event)
        if kind is None:
            event.ignore()
            return
        event.acceptProposedAction()
        place = self.canvas.mapToScene(event.position().toPoint())
        self.dragged = (kind, place)
        wire = self._wire_for(kind, place.x(), place.y())
        self.canvas.mark_wires([] if wire is None else [wire])

    def drop(self, event: QDropEvent) -> None:
        """The kind is placed where it is dropped."""
        kind = self._dragged_kind(event)
        self.forget_drag()
        if kind is None:
            event.ignore()
            return
        event.acceptProposedAction()
        place = self.canvas.mapToScene(event.position().toPoint())
        self.place_kind(placed_as(kind), (place.x(), place.y()))
        self.canvas.setFocus()

    def forget_drag(self) -> None:
        """The drag left or ended."""
        self.dragged = None
        self.canvas.mark_wires([])

    def paint(self, painter: QPainter, scale: float) -> None:
        """Paint the kind that is dragged, the wire that waits for a kind, or what to do on an empty canvas."""
        theme = self.canvas.theme
        if self.dragged is not None:
            kind, place = self.dragged
            at = QPointF(*insertion.snapped((place.x(), place.y())))
            painter.setPen(QPen(theme.family_colour(kind.family), 1.5 / scale, Qt.PenStyle.DashLine))
            painter.setBrush(theme.colour("surface"))
            body = QRectF(at.x() - sizes.CARD_WIDTH / 2, at.y() - HALF_CARD, sizes.CARD_WIDTH, 2 * HALF_CARD)
            painter.drawRoundedRect(body, sizes.CORNER, sizes.CORNER)
            painter.setFont(name_font())
            painter.setPen(theme.colour("text"))
            above = QRectF(at.x() - 100, body.top() - 26, 200, 20)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, kind.name)
        elif self.open_search is not None and self.end is not None:
            self._paint_waiting_wire(painter, self.end, scale)
        elif not len(self.canvas.drawing.geometry.nodes) and self.open_search is None:
            painter.resetTransform()
            painter.setPen(theme.colour("muted_text"))
            painter.setFont(self.canvas.font())
            sentence = self.canvas.tr("Drag a layer here from the left, or press Space to search")
            painter.drawText(self.canvas.viewport().rect(), Qt.AlignmentFlag.AlignCenter, sentence)

    def _paint_waiting_wire(self, painter: QPainter, end: LooseEnd, scale: float) -> None:
        geometry = self.canvas.drawing.geometry
        if end.node in geometry.nodes.row_of:
            places = port_places(geometry.nodes.rows[geometry.nodes.row_of[end.node]], end.is_output)
            ends = (QPointF(*places[min(end.port, len(places) - 1)]), QPointF(*self.place))
            painter.setPen(QPen(self.canvas.theme.colour("accent"), 1.8 / min(1.0, scale), Qt.PenStyle.DashLine))
            painter.drawPath(curve(*ends) if end.is_output else curve(ends[1], ends[0]))

    def _chosen(self, kind: str, with_wire: bool) -> None:
        graph = self.canvas.session.graph
        if self.end is not None and graph.has_node(self.end.node):
            new = self.canvas.shelf.new(graph, kind)
            self._apply(insertion.place_at_end(graph, new, self._beside_end(), self.end), new)
        elif with_wire:
            self.place_kind(kind, connect=True)
        else:
            self.place_kind(kind, self.place)

    def _apply(self, placed: tuple[Edit, Node], new: New, pointed_at: bool = False) -> str | None:
        """Add the node and select it. The view does not move under a pointer that showed the place."""
        edit, node = placed
        try:
            session = self.canvas.session
            whole = session.level.at_all_places(edit, new.weights)
            session.apply_whole(whole, self.canvas.tr("Add {}").format(new.kind.name))
        except EditError as error:
            self.canvas.say(str(error))
            return None
        self.canvas.session.select({node.id})
        if not (pointed_at and self.canvas.visible_area().contains(*node.position)):
            self.canvas.bring_into_sight(node.id)
        self.canvas.announce(self.canvas.tr("{} added").format(node.name))
        return node.id

    def _beside_end(self) -> tuple[float, float]:
        """The place of the search, moved so that the new node's port comes to lie there."""
        shift = sizes.CARD_WIDTH / 2 if self.end is not None and self.end.is_output else -sizes.CARD_WIDTH / 2
        return (self.place[0] + shift, self.place[1])

    def _selected_source(self) -> Node | None:
        session = self.canvas.session
        if len(session.selection) != 1:
            return None
        node = session.graph.node(next(iter(session.selection)))
        return node if session.graph.kind_of(node).outputs else None

    def _wire_for(self, kind: Kind, x: float, y: float) -> str | None:
        if not insertion.can_insert(kind):
            return None
        return wire_at(self.canvas.drawing, x, y, self.canvas.scale_factor).wire

    def _free_place(self, place: tuple[float, float]) -> tuple[float, float]:
        geometry = self.canvas.drawing.geometry
        x, y = place
        while len(geometry.nodes_in(x - 20, y - 32, x + 20, y + 32, margin=False)):
            x += insertion.DISTANCE_AFTER
        return (x, y)

    def _pointer_or_middle(self) -> tuple[float, float]:
        viewport = self.canvas.viewport()
        pointer = viewport.mapFromGlobal(QCursor.pos())
        at = pointer if viewport.rect().contains(pointer) else viewport.rect().center()
        place = self.canvas.mapToScene(at)
        return (place.x(), place.y())

    def _show(self, search: QuickSearch) -> None:
        at = self.canvas.mapFromScene(QPointF(*self.place)) + QPoint(8, 8)
        room = self.canvas.rect()
        x = max(8, min(at.x(), room.width() - search.width() - 8))
        y = max(8, min(at.y(), room.height() - search.height() - 8))
        search.move(x, y)
        search.show()
        search.raise_()
        search.field.setFocus()

    def _closed(self) -> None:
        self.open_search = None
        if shiboken6.isValid(self.canvas):
            self.canvas.setFocus()
            self.canvas.refresh()

    def _dragged_kind(self, event: QDropEvent) -> Kind | None:
        if not event.mimeData().hasFormat(KIND_MIME_TYPE):
            return None
        name = bytes(event.mimeData().data(KIND_MIME_TYPE).data()).decode("utf-8", "replace")
        try:
            return self.canvas.shelf.kind(self.canvas.session.graph, name)
        except EditError:
            return None
