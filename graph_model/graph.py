"""The drawing: nodes, ports and wires in a networkx multigraph, changed by edits only."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from graph_model.edits import (
    AddNodes,
    AddWires,
    Edit,
    Move,
    RemoveNodes,
    RemoveWires,
    Rename,
    SetParameters,
    SetWire,
)
from graph_model.network import Network
from graph_model.parameters import complete_values
from graph_model.values import (
    Node,
    Wire,
    clean_element,
    clean_name,
    clean_position,
    clean_tie,
    clean_trainable,
    clean_weight,
    free_name,
    identifier_from_name,
)

if TYPE_CHECKING:
    from graph_model.blocks.definitions import Definitions

COLUMN_DISTANCE = 128.0


class Graph(Network):
    """A drawing of a network.

    Every change is an edit: a value that applies itself and returns its inverse. `changed` announces each
    one once, after it happened. All methods that take a node or a wire take its id or any value that it ever
    had.
    """

    changed = Signal(object)

    def __init__(
        self, name: str = "untitled", definitions: Definitions | None = None, definition_id: str | None = None
    ) -> None:
        super().__init__(name, definitions, definition_id)
        self._edits = 0
        self._id_numbers: dict[str, int] = {}
        self._wire_numbers = itertools.count(1)

    # Edits

    def apply(self, edit: Edit) -> Edit:
        """Apply an edit and return its inverse; raises EditError and changes nothing if refused."""
        inside = self.definition_id is not None
        inverse = self.definitions.apply_inside(self, edit) if inside else edit.apply(self)
        self._edits += 1
        self.changed.emit(edit)
        return inverse

    @property
    def revision(self) -> int:
        """A number that grows with every edit of the drawing or of a block's body."""
        return self._edits + self.definitions.revision

    def add(
        self,
        kind: str,
        *,
        name: str | None = None,
        position: tuple[float, float] | None = None,
        **parameters: Any,
    ) -> Node:
        """Add a node; its default name is a free one, its default position right of the last one."""
        node = self.new_node(kind, name=name, position=position, **parameters)
        self.apply(AddNodes((node,)))
        return node

    def connect(
        self,
        source: Node | str,
        target: Node | str,
        *,
        output: int = 0,
        input: int = 0,
        element: int | None = None,
        weight: float | Iterable[float] | None = None,
        trainable: bool = True,
        tie: str | None = None,
    ) -> Wire:
        """Draw a wire; what follows `input` is for wires that arrive at a neuron.

        With `tie`, the wire shares the weight of those that bear the same label; without a `weight` of its own it
        takes theirs.
        """
        ends = self.node(source), self.node(target)
        others = self.tied(tie) if tie is not None else []
        if others and weight is None:
            weight, trainable = others[0].weight, others[0].trainable
        wire = self.new_wire(
            *ends, output=output, input=input, element=element, weight=weight, trainable=trainable, tie=tie
        )
        self.apply(AddWires((wire,)))
        return wire

    def remove(self, node: Node | str) -> None:
        """Remove a node and every wire that touches it."""
        self.apply(RemoveNodes((self.node(node).id,)))

    def disconnect(self, wire: Wire | str) -> None:
        """Remove a wire."""
        self.apply(RemoveWires((self.wire(wire).id,)))

    def set(self, item: Node | Wire | str, **values: Any) -> None:
        """Set parameters of a node, or `element`, `weight`, `trainable` and `tie` of a wire."""
        if isinstance(item, Wire) or (isinstance(item, str) and item in self._wires):
            self.apply(SetWire(self.wire(item).id, **values))
        else:
            self.apply(SetParameters(self.node(item).id, values))

    def rename(self, node: Node | str, name: str) -> None:
        """Give a node another name; its id stays."""
        self.apply(Rename(self.node(node).id, name))

    def move(self, node: Node | str, position: tuple[float, float]) -> None:
        """Put a node's centre somewhere else."""
        self.apply(Move({self.node(node).id: position}))

    # New values, for composing edits

    def new_node(
        self,
        kind: str,
        *,
        name: str | None = None,
        position: tuple[float, float] | None = None,
        besides: Collection[Node] = (),
        **parameters: Any,
    ) -> Node:
        """Make a node with a fresh id without adding it; `besides` are others that are about to be added."""
        declaration = self.kind_named(kind)
        taken = {*self._id_of_name, *(other.name for other in besides)} if besides else self._id_of_name
        wanted = declaration.default_name or declaration.name.lower()
        chosen = free_name(wanted, taken) if name is None else clean_name(name)
        if position is None:
            last = besides[-1].position if besides and isinstance(besides, (list, tuple)) else self._last_position
            position = (0.0, 0.0) if last is None else (last[0] + COLUMN_DISTANCE, last[1])
        values = complete_values(declaration.parameters, parameters, f"{declaration.name} '{chosen}'")
        return Node(self.fresh_id(chosen), kind, chosen, values, clean_position(position), next(self._orders))

    def new_wire(
        self,
        source: Node,
        target: Node,
        *,
        output: int = 0,
        input: int = 0,
        element: int | None = None,
        weight: float | Iterable[float] | None = None,
        trainable: bool = True,
        tie: str | None = None,
    ) -> Wire:
        """Make a wire with a fresh id without adding it; its ends need not be in the graph yet."""
        number = next(self._wire_numbers)
        while f"w{number}" in self._used_ids:
            number = next(self._wire_numbers)
        if weight is not None and not isinstance(weight, (int, float, str)) and hasattr(weight, "__iter__"):
            weight = tuple(weight)
        return Wire(
            f"w{number}",
            source.id,
            target.id,
            output,
            input,
            clean_element(element),
            clean_weight(weight),
            next(self._orders),
            clean_trainable(trainable),
            clean_tie(tie),
        )

    def fresh_order(self) -> int:
        """Return a place in the order of adding that comes after all others."""
        return next(self._orders)

    def fresh_id(self, name: str) -> str:
        """Return an id that no node or wire has or had, like a name."""
        base = identifier_from_name(name)
        candidate, number = base, self._id_numbers.get(base, 2)
        while candidate in self._used_ids:
            candidate = f"{base}_{number}"
            number += 1
        self._id_numbers[base] = number
        self._used_ids.add(candidate)
        return candidate

    def reserve(self, identifier: str) -> str:
        """Keep an id for something that is about to be added; nothing new gets it. Return it."""
        self._used_ids.add(identifier)
        return identifier

    def reserve_those_of(self, other: Graph) -> None:
        """Keep all ids that another drawing has or had, so that what is made here can go there."""
        self._used_ids |= other._used_ids

    def copy(self) -> Graph:
        """Return an equal drawing, blocks included, that shares no state with this one; nodes and wires keep their
        ids."""
        twin = Graph(self.name)
        for definition in self.definitions:
            _fill(twin.definitions.put(definition), self.definitions.body(definition.id))
        _fill(twin, self)
        return twin


def _fill(empty: Graph, model: Graph) -> None:
    for node in model.nodes():
        empty.put_node(node)
    for wire in model.wires():
        empty.put_wire(wire)
