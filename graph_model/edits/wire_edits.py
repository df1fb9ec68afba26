"""Edits of wires."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import EllipsisType
from typing import TYPE_CHECKING

from graph_model import wiring
from graph_model.edits.edit import Edit
from graph_model.errors import EditError
from graph_model.values import Wire, clean_element, clean_tie, clean_trainable, clean_weight

if TYPE_CHECKING:
    from graph_model.graph import Graph


@dataclass(frozen=True)
class AddWires:
    """Add wires between nodes that are there."""

    wires: tuple[Wire, ...]

    def apply(self, graph: Graph) -> Edit:
        wiring.put_wires(graph, self.wires)
        return RemoveWires(tuple(wire.id for wire in self.wires))

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset(wire.id for wire in self.wires)


@dataclass(frozen=True)
class RemoveWires:
    """Remove wires."""

    wire_ids: tuple[str, ...]

    def apply(self, graph: Graph) -> Edit:
        wires = tuple(graph.wire(identifier) for identifier in dict.fromkeys(self.wire_ids))
        for wire in wires:
            graph.drop_wire(wire.id)
        return AddWires(wires)

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset(self.wire_ids)


@dataclass(frozen=True)
class SetWire:
    """Set what a wire carries: which element it picks, which weight it starts with, whether that is trained, and
    which wires share it. What is not given stays.

    A weight that is given to a tied wire is given to all that share it; a wire that is tied to others takes theirs.
    """

    wire_id: str
    element: int | None | EllipsisType = ...
    weight: float | tuple[float, ...] | None | EllipsisType = ...
    trainable: bool | EllipsisType = ...
    tie: str | None | EllipsisType = ...

    @property
    def is_number_only(self) -> bool:
        """Whether nothing but the value of a single weight changes: shapes and counts stay."""
        others_stay = self.element is ... and self.trainable is ... and self.tie is ...
        return others_stay and not isinstance(self.weight, tuple)

    def apply(self, graph: Graph) -> Edit:
        former = graph.wire(self.wire_id)
        wire = self._changed(former)
        sharing = [other for other in graph.tied(wire.tie) if other.id != wire.id] if wire.tie is not None else []
        if sharing and wire.tie != former.tie and self.weight is ...:
            wire = replace(wire, weight=sharing[0].weight, trainable=sharing[0].trainable)
        others = [replace(other, weight=wire.weight, trainable=wire.trainable) for other in sharing]
        return ReplaceWires((wire, *others)).apply(graph)

    def _changed(self, wire: Wire) -> Wire:
        if self.element is not ...:
            wire = replace(wire, element=clean_element(self.element))
        if self.weight is not ...:
            wire = replace(wire, weight=clean_weight(self.weight))
        if self.trainable is not ...:
            wire = replace(wire, trainable=clean_trainable(self.trainable))
        if self.tie is not ...:
            wire = replace(wire, tie=clean_tie(self.tie))
        return wire

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset((self.wire_id,))


@dataclass(frozen=True)
class ReplaceWires:
    """Put other values in the place of wires with the same ids; their ends stay."""

    wires: tuple[Wire, ...]

    def apply(self, graph: Graph) -> Edit:
        formers = tuple(graph.wire(wire.id) for wire in self.wires)
        for wire, former in zip(self.wires, formers, strict=True):
            if (wire.source, wire.target, wire.output, wire.input) != (
                former.source,
                former.target,
                former.output,
                former.input,
            ):
                raise EditError(f"The wire '{wire.id}' cannot be plugged in elsewhere by giving it other values.")
            wiring.check_weighing(graph, graph.node(wire.source), graph.node(wire.target), wire)
        for wire in self.wires:
            graph.put_wire(wire)
        return ReplaceWires(formers)

    def touched_nodes(self) -> frozenset[str]:
        return frozenset()

    def touched_wires(self) -> frozenset[str]:
        return frozenset(wire.id for wire in self.wires)
