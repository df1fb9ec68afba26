"""Blocks that come from another document: what is there already is reused, the others get free ids and names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graph_model.blocks.definition import Definition, Lifted, definition_id
from graph_model.blocks.edits import AddDefinition
from graph_model.graph import Graph
from graph_model.parameters import Parameter, complete_values
from graph_model.values import Node, Wire, clean_element, clean_name, clean_position, clean_tie, clean_weight, free_name

if TYPE_CHECKING:
    from graph_model.document_file.schema import StoredDefinition


class Receiving:
    """Takes definitions for a graph, each after those that it holds. `edits`: what adds those that are new."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.edits: list[AddDefinition] = []
        self._known: dict[str, str] = {}
        """Id of a definition where it comes from -> its id here."""
        self._trial = Graph()
        """Where each is put first, to see whether it is sound; with those that it holds."""

    def kind(self, kind: str) -> str:
        """What a kind that a fragment names is called here."""
        return self._known.get(kind, kind)

    def parameters(self, kind: str) -> dict[str, Parameter]:
        """The parameters of a kind by its name here."""
        known = self._trial if kind in self._trial.definitions else self.graph
        return known.kind_named(kind).parameters

    def take(self, stored: StoredDefinition) -> None:
        """Find or make a definition; raises EditError if it is not sound."""
        name = clean_name(stored.name)
        lifted = tuple(Lifted(entry.name, entry.node, entry.parameter) for entry in stored.lifted)
        definition = Definition(stored.id, name, stored.colour, stored.description, lifted)
        nodes, wires = self._nodes(stored), self._wires(stored)
        for present in self._candidates(definition):
            trial = AddDefinition(present, nodes, wires)
            self._trial.apply(trial)
            same = self._trial.definitions.body(present.id).contents()
            if same == self.graph.definitions.body(present.id).contents():
                self._known[stored.id] = present.id
                return
            self._trial.definitions.drop(present.id)
        others = [*self.graph.definitions, *self._trial.definitions]
        definition = replace(
            definition,
            id=definition_id(stored.id[1:], {other.id for other in others}),
            name=free_name(name, {other.name for other in others}),
        )
        addition = AddDefinition(definition, nodes, wires)
        self._trial.apply(addition)
        self._known[stored.id] = definition.id
        self.edits.append(addition)

    def _candidates(self, definition: Definition) -> list[Definition]:
        """Those of the document that look alike from outside, that of the same id first."""
        looks = (definition.colour, definition.description, definition.lifted)
        alike = [
            present
            for present in self.graph.definitions
            if (present.colour, present.description, present.lifted) == looks
            and (present.name == definition.name or present.name.startswith(f"{definition.name} "))
            and present.id not in self._trial.definitions
        ]
        return sorted(alike, key=lambda present: present.id != definition.id)

    def _nodes(self, stored: StoredDefinition) -> tuple[Node, ...]:
        nodes = []
        for order, entry in enumerate(stored.nodes):
            kind, name = self.kind(entry.kind), clean_name(entry.name)
            values = complete_values(self.parameters(kind), entry.parameters, f"'{name}'")
            nodes.append(Node(entry.id, kind, name, values, clean_position(entry.position), order))
        return tuple(nodes)

    def _wires(self, stored: StoredDefinition) -> tuple[Wire, ...]:
        return tuple(
            Wire(
                wire.id,
                wire.source,
                wire.target,
                wire.output,
                wire.input,
                clean_element(wire.element),
                clean_weight(wire.weight),
                len(stored.nodes) + order,
                wire.trainable,
                clean_tie(wire.tie),
            )
            for order, wire in enumerate(stored.wires)
        )
