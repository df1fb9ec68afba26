"""The drawing in arrays: where its nodes and wires are and how they are drawn, kept up to date edit by edit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from app.canvas import sizes
from app.canvas.node_form import FAMILY_INDEX, Form, NodeForm, Shape, form_of, is_terminal
from app.canvas.table import Table
from app.canvas.wire_layout import WireLayout
from graph_model import Graph, Kind, Node, Wire
from graph_model.catalogue.blocks import DELAY

Array = np.ndarray[Any, np.dtype[Any]]
Shapes = Mapping[tuple[str, int], Shape]

NODE = np.dtype(
    [
        ("x", "f8"),
        ("y", "f8"),
        ("width", "f8"),
        ("height", "f8"),
        ("form", "u1"),
        ("shown", "u2"),
        ("total", "i8"),
        ("family", "u1"),
        ("inputs", "u1"),
        ("outputs", "u1"),
        ("scalar", "?"),
        ("weighs", "?"),
        ("picks", "?"),
        ("map_rows", "i4"),
        ("map_columns", "i4"),
        ("remembers", "?"),
    ]
)
WIRE = np.dtype(
    [
        ("source", "i4"),
        ("target", "i4"),
        ("output", "i2"),
        ("input", "i2"),
        ("element", "i8"),
        ("order", "i8"),
        ("weight", "f8"),
        ("frozen", "?"),
        ("tie", "i4"),
    ]
)


class Geometry:
    """Where everything is. Rows of `nodes` and `wires` are found by id; NumPy does the rest.

    `revision` counts changes, so that what is derived from the arrays knows when it is stale.
    """

    def __init__(self) -> None:
        self.nodes = Table(NODE)
        self.wires = Table(WIRE)
        self.revision = 0
        self._tie_numbers: dict[str, int] = {}
        self._layout: WireLayout | None = None
        self._bounds: tuple[float, float, float, float] | None = None

    def build(self, graph: Graph, shapes: Shapes, weights: Mapping[str, Any] | None = None) -> None:
        """Take in a whole drawing."""
        nodes, wires = graph.nodes(), graph.wires()
        arriving = {wire.target: wire for wire in reversed(wires)}
        kinds = {node.id: graph.declaration(node) for node in nodes}
        scalar = {identifier for identifier, kind in kinds.items() if kind.gives_scalar}
        from_neurons: dict[str, int] = {}
        for wire in wires:
            if wire.source in scalar:
                from_neurons[wire.target] = from_neurons.get(wire.target, 0) + 1
        rows = []
        for node in nodes:
            kind = kinds[node.id]
            brought = None
            if not kind.outputs and node.id in arriving:
                brought = self._brought(graph, arriving[node.id], shapes, from_neurons.get(node.id, 0))
            rows.append(self._node_row(node, kind, shapes, brought))
        self.nodes.fill([node.id for node in nodes], rows)
        row_of = self.nodes.row_of
        self.wires.fill([wire.id for wire in wires], [self._wire_row(wire, row_of, weights or {}) for wire in wires])
        self.changed()

    def update(
        self,
        graph: Graph,
        shapes: Shapes,
        node_ids: Iterable[str],
        wire_ids: Iterable[str],
        weights: Mapping[str, Any] | None = None,
    ) -> None:
        """Take in what has become of these nodes and wires: added, changed or gone."""
        wire_ids, touched = set(wire_ids), set(node_ids)
        for identifier in wire_ids:
            if graph.has_wire(identifier):
                touched.add(graph.wire(identifier).target)
            elif identifier in self.wires.row_of:
                touched.add(self.target_of(identifier))
                self.wires.drop(identifier)
        removed = False
        for identifier in list(touched):
            if not graph.has_node(identifier) and identifier in self.nodes.row_of:
                touched |= self._drop_node(identifier)
                removed = True
        moved: list[int] | None = [] if not wire_ids else None
        for identifier in [node for node in touched if graph.has_node(node)]:
            moved = self._put_node(graph, graph.node(identifier), shapes, moved)
            for wire in graph.outgoing(identifier):
                target = graph.node(wire.target)
                if target.id not in touched and not graph.declaration(target).outputs:
                    moved = self._put_node(graph, target, shapes, moved)
        for identifier in wire_ids:
            if graph.has_wire(identifier):
                row = self._wire_row(graph.wire(identifier), self.nodes.row_of, weights or {})
                self.wires.put(identifier, row)
        self.changed(None if removed else moved)

    def update_shapes(self, graph: Graph, shapes: Shapes) -> list[str]:
        """Draw nodes anew whose form follows from newly inferred shapes; return their ids."""
        changed = []
        nodes = self.nodes
        for identifier, row in nodes.row_of.items():
            family = int(nodes.rows["family"][row])
            if family in FORM_FOLLOWS_SHAPE and graph.has_node(identifier):
                before = nodes.rows[row].tobytes()
                self._put_node(graph, graph.node(identifier), shapes)
                if nodes.rows[row].tobytes() != before:
                    changed.append(identifier)
        if changed:
            self.changed()
        return changed

    def place(self, positions: Mapping[str, tuple[float, float]]) -> None:
        """Show nodes at other places, for as long as a drag or an animation lasts."""
        rows = [self.nodes.row_of[identifier] for identifier in positions if identifier in self.nodes.row_of]
        places = np.array([place for identifier, place in positions.items() if identifier in self.nodes.row_of])
        if rows:
            self.nodes["x"][rows], self.nodes["y"][rows] = places[:, 0], places[:, 1]
            self.changed(rows)

    def changed(self, moved: list[int] | None = None) -> None:
        """Note that the arrays are not what they were; `moved`: if nothing but the places of these rows changed."""
        self.revision += 1
        self._bounds = None
        if moved is None:
            self._layout = None
        elif self._layout is not None:
            self._layout.follow(self.nodes.rows, self.wires.rows, np.array(moved, np.int64))

    @property
    def layout(self) -> WireLayout:
        """Where the wires run."""
        if self._layout is None:
            self._layout = WireLayout(self.nodes.rows, self.wires.rows)
        return self._layout

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, top, right, bottom of the drawing with its texts; None if it is empty."""
        if self._bounds is None and len(self.nodes):
            x, y, width, height = (self.nodes[name] for name in ("x", "y", "width", "height"))
            beside = np.maximum(width / 2, sizes.BESIDE / 2)
            swings = self.layout.top[self.layout.bow > 0]
            dips = self.layout.bottom[self.layout.bow < 0]
            self._bounds = (
                float((x - beside).min()),
                min(float((y - height / 2).min()) - sizes.ABOVE, float(swings.min(initial=np.inf))),
                float((x + beside).max()),
                max(float((y + height / 2).max()) + sizes.BELOW, float(dips.max(initial=-np.inf))),
            )
        return self._bounds

    def nodes_in(self, left: float, top: float, right: float, bottom: float, margin: bool = True) -> Array:
        """Rows of the nodes that are in a rectangle, with their texts if `margin`."""
        rows = self.nodes
        half_width, half_height = rows["width"] / 2, rows["height"] / 2
        above, below, beside = (sizes.ABOVE, sizes.BELOW, sizes.BESIDE) if margin else (0.0, 0.0, 0.0)
        inside = (rows["x"] + np.maximum(half_width, beside) >= left) & (
            rows["x"] - np.maximum(half_width, beside) <= right
        )
        inside &= (rows["y"] + half_height + below >= top) & (rows["y"] - half_height - above <= bottom)
        return np.flatnonzero(inside)

    def target_of(self, wire_id: str) -> str:
        """The id of the node at which a wire ends."""
        return self.nodes.ids[int(self.wires["target"][self.wires.row_of[wire_id]])]

    def _node_row(self, node: Node, kind: Kind, shapes: Shapes, brought: Shape | None) -> tuple[Any, ...]:
        kind = kind.declared_for(node.parameters)
        form: NodeForm = form_of(node, kind, shapes.get((node.id, 0)), brought)
        return (
            *node.position,
            form.width,
            form.height,
            form.form,
            form.shown,
            form.total,
            FAMILY_INDEX["Terminals" if is_terminal(kind) else kind.family],
            len(kind.inputs),
            len(kind.outputs),
            kind.gives_scalar,
            kind.weighs_wires,
            kind.picks_elements,
            *form.map_size,
            kind.name == DELAY,
        )

    def take_weights(self, graph: Graph, weights: Mapping[str, Any]) -> None:
        """Take in other trained weights of wires; nothing moves."""
        column = self.wires["weight"]
        for row, identifier in enumerate(self.wires.ids):
            column[row] = _weight(graph.wire(identifier), weights)
        self.changed([])

    def _wire_row(self, wire: Wire, row_of: Mapping[str, int], weights: Mapping[str, Any]) -> tuple[Any, ...]:
        weight = _weight(wire, weights)
        element = -1 if wire.element is None else wire.element
        tie = -1 if wire.tie is None else self._tie_numbers.setdefault(wire.tie, len(self._tie_numbers))
        ends = (row_of[wire.source], row_of[wire.target], wire.output, wire.input)
        return (*ends, element, wire.order, weight, not wire.trainable, tie)

    def _put_node(self, graph: Graph, node: Node, shapes: Shapes, moved: list[int] | None = None) -> list[int] | None:
        """Add or change a node; add its row to `moved`, or return None if more than its place is new."""
        kind = graph.declaration(node)
        brought = None
        if not kind.outputs:
            arriving = graph.incoming(node)
            if arriving:
                neurons = sum(graph.kind_of(wire.source).gives_scalar for wire in arriving)
                brought = self._brought(graph, arriving[0], shapes, neurons)
        row, values = self.nodes.row_of.get(node.id), self._node_row(node, kind, shapes, brought)
        former = None if row is None else self.nodes.rows[row].item()
        row = self.nodes.put(node.id, values)
        only_moved = former is not None and self.nodes.rows[row].item()[2:] == former[2:]
        return [*moved, row] if moved is not None and only_moved else None

    def _brought(self, graph: Graph, wire: Wire, shapes: Shapes, neurons: int) -> Shape | None:
        """The shape that arrives, also where nothing has been inferred yet."""
        if neurons:
            return ("batch", neurons)
        shape = shapes.get((wire.source, wire.output))
        parameters = graph.node(wire.source).parameters
        if shape is None and parameters.get("out_features") is not None:
            return ("batch", int(parameters["out_features"]))
        return shape

    def _drop_node(self, identifier: str) -> set[str]:
        """Remove a node and the wires that touch it; return the nodes at which they ended."""
        row = self.nodes.row_of[identifier]
        touching = np.flatnonzero((self.wires["source"] == row) | (self.wires["target"] == row))
        wire_ids = [self.wires.ids[int(wire)] for wire in touching]
        ends = {self.target_of(wire_id) for wire_id in wire_ids}
        for wire_id in wire_ids:
            self.wires.drop(wire_id)
        row, moved_from = self.nodes.drop(identifier)
        for end in ("source", "target"):
            column = self.wires[end]
            column[column == moved_from] = row
        return ends


def _weight(wire: Wire, weights: Mapping[str, Any]) -> float:
    """The one weight of a wire: the trained one, else the one that it starts with; not a number if there is none."""
    trained = weights.get(f"{wire.id}.weight") if weights else None
    if trained is not None:
        return float(trained) if np.ndim(trained) == 0 else math.nan
    return float(wire.weight) if isinstance(wire.weight, (int, float)) else math.nan


FORM_FOLLOWS_SHAPE = {FAMILY_INDEX[family] for family in ("Terminals", "Convolution", "Pooling")}
"""Families whose nodes look different once their shape is known."""


__all__ = ["Form", "Geometry"]
