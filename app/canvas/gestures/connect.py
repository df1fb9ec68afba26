"""Drawing a wire from a port, or plugging an end of one in elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QToolTip

from app.canvas import sizes
from app.canvas.gestures.gesture import Gesture, Pointer
from app.canvas.hit import Part, hit_at
from app.canvas.insertion import LooseEnd
from app.canvas.paint_nodes import port_places
from app.session.carried import carried
from graph_model import Graph, Node, Wire, wiring
from graph_model.blocks.regrouping import like_originals
from graph_model.catalogue.blocks import DELAY
from graph_model.connecting import possible_wires
from graph_model.edits import AddWires, Edit, RemoveWires, Sequence

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class ConnectGesture(Gesture):
    """Draws a wire from a port to another; over nothing, it offers the kinds that could stand there.

    With `wire`, the far end of that wire is plugged in elsewhere instead; over nothing, it is removed.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: CanvasView, start: Pointer, end: LooseEnd, wire: str | None = None) -> None:
        super().__init__(canvas, start)
        self.fixed = end
        self.graph = self.canvas.session.graph
        self.wire: Wire | None = None if wire is None else self.graph.wire(wire)
        self.tip = start.scene
        self.target: tuple[str, int] | None = None
        self.refusal: str | None = None

    def move(self, at: Pointer) -> None:
        if not self.begins_to_drag(at):
            return
        marks = self.canvas.drawing.picture.marks
        if not marks.open_ports:
            marks.open_ports = open_nodes(self.canvas, self.fixed, self.wire)
        marks.hidden_wire = None if self.wire is None else self.wire.id
        self.tip, self.target, self.refusal = at.scene, None, None
        found = hit_at(self.canvas.drawing, *at.place, self.canvas.scale_factor)
        if found.node is not None and found.node != self.fixed.node:
            wanted = Part.INPUT if self.fixed.is_output else Part.OUTPUT
            port = found.port if found.part is wanted else self._free_port(found.node)
            self.refusal = self._refusal(found.node, port)
            if self.refusal is None:
                self.target = (found.node, port)
                self.tip = self._port_point(found.node, port)
        self._show_refusal(at)
        self.canvas.refresh()

    def end(self, at: Pointer) -> None:
        self._clear()
        if not self.dragging:
            if self.start.adds:
                self.canvas.session.select(self.canvas.session.selection ^ {self.fixed.node})
            else:
                self.canvas.session.select({self.fixed.node} if self.wire is None else (), self._own_wire())
        elif self.target is not None:
            self._connect(*self.target)
        elif self.refusal is None and self._over_nothing(at):
            if self.wire is not None:
                self.canvas.session.apply(RemoveWires((self.wire.id,)), self.canvas.tr("Unplug"))
            else:
                self.canvas.start_quick_search(at.place, self.fixed)

    def cancel(self) -> None:
        self._clear()

    def paint(self, painter: QPainter, scale: float) -> None:
        if not self.dragging:
            return
        colour = "accent" if self.refusal is None else "muted_text"
        style = Qt.PenStyle.SolidLine if self.target is not None else Qt.PenStyle.DashLine
        painter.setPen(QPen(self.canvas.theme.colour(colour), 1.8 / min(1.0, scale), style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        anchor = self._port_point(self.fixed.node, self.fixed.port, fixed=True)
        ends = (anchor, self.tip) if self.fixed.is_output else (self.tip, anchor)
        painter.drawPath(curve(*ends))

    def _connect(self, node: str, port: int) -> None:
        new = wire_between(self.graph, self.fixed, node, port, self.wire)
        old = self.wire
        if old is None:
            self.canvas.session.apply(AddWires(self._from_all(node, port) or (new,)), self.canvas.tr("Connect"))
        elif (new.source, new.target, new.output, new.input) != (old.source, old.target, old.output, old.input):
            session = self.canvas.session
            edit: Edit = Sequence((RemoveWires((old.id,)), AddWires((new,))))
            kept = {new.id: old.id} if self._keeps_weight(old, new) else {}
            whole = like_originals(session.document, session.level.definition_id, edit, kept)
            session.apply_whole(whole, self.canvas.tr("Plug in elsewhere"))

    def _keeps_weight(self, old: Wire, new: Wire) -> bool:
        """Whether what a wire has learned still fits: it carries as many numbers as before."""
        both = [self.graph.kind_of(wire.target).weighs_wires for wire in (old, new)]
        carried_now, carried_before = carried(self.canvas.session, new), carried(self.canvas.session, old)
        return all(both) and carried_now is not None and carried_now == carried_before

    def _from_all(self, node: str, port: int) -> tuple[Wire, ...]:
        """From the port of one of several selected nodes, the wires of all of them, from top to bottom."""
        selection = self.canvas.session.selection
        if not self.fixed.is_output or port != 0 or self.fixed.node not in selection or len(selection) == 1:
            return ()
        sources = sorted(selection - {node}, key=lambda other: self.graph.node(other).position[1])
        return possible_wires(self.graph, sources, node)

    def _refusal(self, node: str, port: int) -> str | None:
        ends = (self.fixed.node, node) if self.fixed.is_output else (node, self.fixed.node)
        ports = (self.fixed.port, port) if self.fixed.is_output else (port, self.fixed.port)
        return self.graph.can_connect(*ends, output=ports[0], input=ports[1], instead_of=self.wire)

    def _free_port(self, node: str) -> int:
        """The first port of a node that would take the wire, or its first one."""
        kind = self.graph.kind_of(node)
        ports = kind.inputs if self.fixed.is_output else kind.outputs
        return next((port for port in range(len(ports)) if self._refusal(node, port) is None), 0)

    def _port_point(self, node: str, port: int, fixed: bool = False) -> QPointF:
        is_output = self.fixed.is_output if fixed else not self.fixed.is_output
        geometry = self.canvas.drawing.geometry
        places = port_places(geometry.nodes.rows[geometry.nodes.row_of[node]], is_output)
        return QPointF(*places[min(port, len(places) - 1)])

    def _show_refusal(self, at: Pointer) -> None:
        if self.refusal is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(self.canvas.viewport().mapToGlobal(at.view), self.refusal, self.canvas.viewport())

    def _over_nothing(self, at: Pointer) -> bool:
        found = hit_at(self.canvas.drawing, *at.place, self.canvas.scale_factor)
        return found.node is None

    def _own_wire(self) -> tuple[str, ...]:
        return () if self.wire is None else (self.wire.id,)

    def _clear(self) -> None:
        marks = self.canvas.drawing.picture.marks
        marks.open_ports, marks.hidden_wire = {}, None
        QToolTip.hideText()


def wire_between(graph: Graph, fixed: LooseEnd, node: str, port: int, former: Wire | None = None) -> Wire:
    """The wire from a port to a node's port; one that is plugged in elsewhere keeps what it can."""
    source, target = graph.node(fixed.node), graph.node(node)
    output, input_port = fixed.port, port
    if not fixed.is_output:
        source, target, output, input_port = target, source, port, fixed.port
    element = None
    weighs = graph.kind_of(target).weighs_wires
    if former is not None and former.source == source.id and graph.kind_of(target).picks_elements:
        element = former.element
    new = graph.new_wire(source, target, output=output, input=input_port, element=element)
    if former is None or not weighs or carries_one(graph, former) != carries_one(graph, new):
        return new
    return replace(new, weight=former.weight, trainable=former.trainable, tie=former.tie)


def carries_one(graph: Graph, wire: Wire) -> bool:
    """Whether a wire carries a single number for each sample."""
    return wire.element is not None or graph.kind_of(wire.source).gives_scalar


def open_nodes(view: CanvasView, fixed: LooseEnd, moved: Wire | None = None) -> dict[str, bool]:
    """For each node in sight, whether a wire from a port could end there."""
    import networkx

    graph, geometry, area = view.session.graph, view.drawing.geometry, view.visible_area()
    walk = networkx.ancestors if fixed.is_output else networkx.descendants
    behind = walk(graph.within_step(), fixed.node)
    own = graph.node(fixed.node)
    result = {}
    rows = geometry.nodes_in(area.left(), area.top(), area.right(), area.bottom())
    for row in rows[: sizes.MOST_DETAILED].tolist():
        identifier = geometry.nodes.ids[row]
        other = graph.node(identifier)
        closes_loop = identifier in behind and (other if fixed.is_output else own).kind != DELAY
        result[identifier] = not closes_loop and open_port(graph, fixed, other, moved) is not None
    return result


def open_port(graph: Graph, fixed: LooseEnd, other: Node, moved: Wire | None = None) -> int | None:
    """The first port of a node that has room for a wire from a fixed one; None if there is none. Loops are let be."""
    return next(open_ports(graph, fixed, other, moved), None)


def open_ports(graph: Graph, fixed: LooseEnd, other: Node, moved: Wire | None = None) -> Iterator[int]:
    """The ports of a node that have room for a wire from a fixed one. Loops are let be."""
    own = graph.node(fixed.node)
    source, target = (own, other) if fixed.is_output else (other, own)
    count = len(graph.kind_of(target).inputs if fixed.is_output else graph.kind_of(source).outputs)
    for number in range(count):
        output, port = (fixed.port, number) if fixed.is_output else (number, fixed.port)
        if wiring.port_refusal(graph, source, target, output, port) is None:
            arriving = [wire for wire in graph.incoming(target, port) if moved is None or wire.id != moved.id]
            if wiring.crowding_refusal(graph, source, target, port, arriving) is None:
                yield number


def curve(start: QPointF, stop: QPointF) -> QPainterPath:
    """The curve of a wire that is being drawn."""
    bend = min(160.0, max(24.0, abs(stop.x() - start.x()) / 2))
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(bend, 0), stop - QPointF(bend, 0), stop)
    return path
