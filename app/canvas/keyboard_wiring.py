"""A wire drawn by keys: from any output port of a node to any input port of another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from app.canvas.gestures.connect import curve, open_nodes, open_ports, wire_between
from app.canvas.insertion import LooseEnd
from app.canvas.paint_nodes import port_places
from graph_model.edits import AddWires

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

NEXT, FORMER = (Qt.Key.Key_Right, Qt.Key.Key_Down), (Qt.Key.Key_Left, Qt.Key.Key_Up)
UP_AND_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down)


@dataclass(frozen=True)
class Wiring:
    """A wire under way. `ends`: the nodes that can take it, each with those of its ports that can."""

    start: LooseEnd
    ends: tuple[tuple[str, tuple[int, ...]], ...]
    index: int = 0
    place: int = 0
    """Which of the node's open ports is meant."""

    @property
    def node(self) -> str:
        """The node that is meant."""
        return self.ends[self.index][0]

    @property
    def port(self) -> int:
        """Its input port that is meant."""
        return self.ends[self.index][1][self.place]


class KeyboardWiring:
    """Left and right choose the node; up and down its port, or the node too if only one is open; Tab chooses the port
    where the wire begins; Enter connects."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.wiring: Wiring | None = None

    def begin(self, node: str) -> None:
        """Begin a wire at a node's first output from which one can lead somewhere."""
        canvas, graph = self.canvas, self.canvas.session.graph
        outputs = graph.kind_of(node).outputs
        if not outputs:
            canvas.say(canvas.tr("Nothing leaves '{}'.").format(graph.node(node).name))
            return
        for output in range(len(outputs)):
            if self._begin_at(node, output):
                return
        canvas.say(canvas.tr("No node in sight can take a wire from '{}'.").format(graph.node(node).name))

    def press(self, key: Qt.Key) -> None:
        """A key while a wire is under way."""
        assert self.wiring is not None
        if key in NEXT or key in FORMER:
            self._choose(1 if key in NEXT else -1, key in UP_AND_DOWN)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._connect()
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_C):
            self.end()

    def begin_elsewhere(self, forward: bool) -> None:
        """Begin the wire at the next output port of the node, or at the one before it."""
        assert self.wiring is not None
        start, step = self.wiring.start, 1 if forward else -1
        count = len(self.canvas.session.graph.kind_of(start.node).outputs)
        for further in range(1, count + 1):
            if self._begin_at(start.node, (start.port + step * further) % count):
                return

    def end(self) -> None:
        """Draw no wire any more."""
        self.wiring = None
        self.canvas.drawing.picture.marks.open_ports = {}
        self.canvas.refresh()

    def paint(self, painter: QPainter, scale: float) -> None:
        """Paint the wire that is being drawn."""
        if self.wiring is None:
            return
        nodes, wiring = self.canvas.drawing.geometry.nodes, self.wiring
        painter.setPen(QPen(self.canvas.theme.colour("accent"), 2.0 / min(1.0, scale)))
        start = port_places(nodes.rows[nodes.row_of[wiring.start.node]], True)[wiring.start.port]
        stop = port_places(nodes.rows[nodes.row_of[wiring.node]], False)[wiring.port]
        painter.drawPath(curve(QPointF(*start), QPointF(*stop)))

    def _begin_at(self, node: str, output: int) -> bool:
        canvas, graph = self.canvas, self.canvas.session.graph
        start = LooseEnd(node, output, True)
        able = [other for other, allowed in open_nodes(canvas, start).items() if allowed]
        able.sort(key=lambda other: _distance(graph.node(node).position, graph.node(other).position))
        if not able:
            return False
        self.wiring = Wiring(
            start, tuple((other, tuple(open_ports(graph, start, graph.node(other)))) for other in able)
        )
        canvas.drawing.picture.marks.open_ports = dict.fromkeys(able, True)
        self._show()
        return True

    def _choose(self, step: int, port_first: bool) -> None:
        wiring = self.wiring
        assert wiring is not None
        count = len(wiring.ends[wiring.index][1])
        if port_first and count > 1:
            self.wiring = replace(wiring, place=(wiring.place + step) % count)
        else:
            self.wiring = replace(wiring, index=(wiring.index + step) % len(wiring.ends), place=0)
        self._show()

    def _connect(self) -> None:
        wiring, session = self.wiring, self.canvas.session
        assert wiring is not None
        self.end()
        wire = wire_between(session.graph, wiring.start, wiring.node, wiring.port)
        session.apply(AddWires((wire,)), self.canvas.tr("Connect"))
        self.canvas.keyboard.focus(wiring.node)

    def _show(self) -> None:
        canvas, wiring = self.canvas, self.wiring
        assert wiring is not None
        graph = canvas.session.graph
        canvas.bring_into_sight(wiring.node)
        outputs, inputs = graph.kind_of(wiring.start.node).outputs, graph.kind_of(wiring.node).inputs
        to = graph.node(wiring.node).name
        to += f", {inputs[wiring.port].name}" if len(inputs) > 1 else ""
        if len(outputs) > 1:
            sentence = canvas.tr("Wire from {} to {}? Enter connects, Tab begins at another port.")
            canvas.announce(sentence.format(outputs[wiring.start.port].name, to))
        else:
            canvas.announce(canvas.tr("Wire to {}? Enter connects.").format(to))
        canvas.refresh()


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance, by which nodes to the right come before those to the left."""
    x, y = other[0] - one[0], other[1] - one[1]
    return abs(y) + (x if x > 0 else -3 * x)
