"""The body of a block out of the nodes that it was expanded into, and the wires at its place."""

from __future__ import annotations

import itertools
from dataclasses import replace

from graph_model import wiring
from graph_model.blocks.expanding import Expansion
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.graph import COLUMN_DISTANCE, Graph
from graph_model.parameters import complete_values
from graph_model.values import Node, Wire, free_name, identifier_from_name

Giver = tuple[str, int]
"""A node and the number of its output."""
PORT_DISTANCE = 64.0
NEARLY = 1e-6


class Reassembling:
    """Makes nodes and wires that are equal to those of the definition wherever nothing was changed.

    `inner`: id of a node outside -> its id in the body, `inner_wires`: the same for wires. `nodes`, `wires`, `ports`:
    the body. `entering`, `leaving`: the wires at the place, each with the id of its port. `through`: wires outside that
    stand for a way straight through the block. `lifted`: parameters of the place that were changed at the nodes.
    `shift`: how far all nodes were moved together.
    """

    def __init__(self, graph: Graph, expansion: Expansion, chosen: list[Node]) -> None:
        self.graph, self.expansion, self.chosen = graph, expansion, chosen
        self.former = {node.id: node for node in expansion.nodes}
        self.former_wires = {wire.id: wire for wire in expansion.wires}
        self.inner = {node.id: inner for inner, node in expansion.made.items() if graph.has_node(node.id)}
        self.inner_wires: dict[str, str] = {}
        sides = (BLOCK_INPUT, BLOCK_OUTPUT)
        self.former_ports = [[node for node in expansion.nodes if node.kind == kind] for kind in sides]
        self.port_ids = {node.id for side in self.former_ports for node in side}
        self.nodes: list[Node] = []
        self.wires: list[Wire] = []
        self.ports: list[list[Node]] = [[], []]
        self.entering: list[tuple[str, Wire]] = []
        self.leaving: list[tuple[str, Wire]] = []
        self.through: list[Wire] = []
        self.lifted: dict[str, object] = {}
        self.shift = self._common_shift()
        self.used_ids = {*self.former, *self.former_wires}
        orders = [*(node.order for node in expansion.nodes), *(wire.order for wire in expansion.wires)]
        self.orders = itertools.count(max(orders, default=-1) + 1)

    @property
    def is_unchanged(self) -> bool:
        """Whether the body is the definition's, but for where its nodes stand."""
        placed = {node.id: node.position for node in self.nodes}
        standing = [replace(node, position=placed.get(node.id, node.position)) for node in self.expansion.nodes]
        wires = sorted(self.wires, key=lambda wire: wire.order)
        return standing == self.nodes and list(self.expansion.wires) == wires

    def assemble(self) -> None:
        """Find out everything."""
        for node in self.chosen:
            self.nodes.append(self._again(node) if node.id in self.inner else self._further(node))
        touching = {
            wire.id: wire for node in self.chosen for wire in (*self.graph.incoming(node), *self.graph.outgoing(node))
        }
        ordered = sorted(touching.values(), key=lambda wire: wire.order)
        for wire in ordered:
            if wire.source in self.inner and wire.target in self.inner:
                self._put_wire(wire, self.inner[wire.source], wire.output)
        self._enter([wire for wire in ordered if wire.source not in self.inner])
        self._leave([wire for wire in ordered if wire.target not in self.inner])
        self.nodes = sorted((*self.nodes, *self.ports[0], *self.ports[1]), key=lambda node: node.order)
        self.wires.sort(key=lambda wire: wire.order)

    # Nodes

    def _common_shift(self) -> tuple[float, float]:
        shifts = []
        for made in self.expansion.made.values():
            if self.graph.has_node(made.id):
                x, y = self.graph.node(made.id).position
                shifts.append((x - made.position[0], y - made.position[1]))
        first = shifts[0] if shifts else (0.0, 0.0)
        alike = all(abs(one[axis] - first[axis]) < NEARLY for one in shifts for axis in (0, 1))
        return first if alike else (0.0, 0.0)

    def _again(self, node: Node) -> Node:
        """A node that came from the block. A lifted parameter that was changed is one of the place."""
        inner = self.inner[node.id]
        former, made = self.former[inner], self.expansion.made[inner]
        parameters = dict(node.parameters)
        for entry in self.expansion.definition.lifted:
            if entry.node == inner and entry.parameter in parameters:
                if parameters[entry.parameter] != made.parameters.get(entry.parameter):
                    self.lifted[entry.name] = parameters[entry.parameter]
                parameters[entry.parameter] = former.parameters[entry.parameter]
        name = former.name if node.name == made.name else node.name
        own = [node.position[axis] - made.position[axis] - self.shift[axis] for axis in (0, 1)]
        x, y = former.position
        position = (x, y) if max(map(abs, own)) < NEARLY else (x + own[0], y + own[1])
        return replace(former, kind=node.kind, name=self._free(name), parameters=parameters, position=position)

    def _further(self, node: Node) -> Node:
        """A node that came to it meanwhile."""
        self.inner[node.id] = self._fresh_id(node.id)
        made = next(iter(self.expansion.made.items()))
        from_made = [self.former[made[0]].position[axis] - made[1].position[axis] - self.shift[axis] for axis in (0, 1)]
        position = (node.position[0] + from_made[0], node.position[1] + from_made[1])
        return replace(
            node, id=self.inner[node.id], name=self._free(node.name), position=position, order=next(self.orders)
        )

    def _free(self, name: str) -> str:
        ports = [port for side in self.former_ports for port in side]
        return free_name(name, {node.name for node in (*self.nodes, *ports, *self.ports[0], *self.ports[1])})

    def _fresh_id(self, wanted: str) -> str:
        identifier, number = wanted, 2
        while identifier in self.used_ids:
            identifier, number = f"{wanted}_{number}", number + 1
        self.used_ids.add(identifier)
        return identifier

    def _port(self, side: int, beside: str) -> Node:
        kind = (BLOCK_INPUT, BLOCK_OUTPUT)[side]
        positions = [node.position for node in self.nodes]
        x = (max if side else min)(position[0] for position in positions) + (
            COLUMN_DISTANCE if side else -COLUMN_DISTANCE
        )
        y = (
            max((port.position[1] for port in self.ports[side]), default=positions[0][1] - PORT_DISTANCE)
            + PORT_DISTANCE
        )
        name = self._free(beside)
        values = complete_values(self.graph.kind_named(kind).parameters, {}, name)
        port = Node(self._fresh_id(identifier_from_name(name)), kind, name, values, (x, y), next(self.orders))
        self.ports[side].append(port)
        return port

    # Wires

    def _put_wire(self, wire: Wire, source: str, output: int) -> None:
        """Put a wire inside, where it has not been put: several outside may stand for one."""
        origin = self.former_wires.get(self.expansion.origins.get(wire.id, ""))
        known = origin is not None and (origin.source in self.port_ids) == (source in self.port_ids)
        if origin is not None and known and origin.id in self.inner_wires.values():
            self.inner_wires.setdefault(wire.id, origin.id)
            return
        identifier = origin.id if origin is not None and known else self._fresh_id(wire.id)
        order = origin.order if origin is not None and known else next(self.orders)
        self.inner_wires[wire.id] = identifier
        target = self.inner[wire.target]
        self.wires.append(replace(wire, id=identifier, source=source, output=output, target=target, order=order))

    def _enter(self, wires: list[Wire]) -> None:
        """The input ports, what feeds them, and the wires from them."""
        port_of = {wire.id: self._port_behind(wire) for wire in wires}
        placed: dict[str, list[Wire]] = {}
        for number, port in enumerate(self.former_ports[0]):
            known = [wire for wire in wires if port_of[wire.id] == port.id]
            feeds = [wire for wire in self.expansion.entering if wire.input == number]
            living = [wire for wire in feeds if self.graph.has_node(wire.source)]
            if len(feeds) > 1 and not self._is_intact(port.id, known, living):
                continue
            giver = self._giver(known, feeds)
            mine = [wire for wire in known if len(feeds) > 1 or (wire.source, wire.output) == giver]
            inner = [wire for wire in self.expansion.wires if wire.source == port.id]
            into_nodes = [wire for wire in inner if wire.target not in self.port_ids]
            if living and into_nodes and not mine and len(into_nodes) == len(inner):
                continue  # all wires from it were taken away, and with them the port's use
            if into_nodes and len(into_nodes) == len(inner) and not living and not mine:
                ends = {(self.inner[wire.target], wire.input) for wire in wires if port_of[wire.id] is None}
                if all((wire.target, wire.input) in ends for wire in into_nodes):
                    continue  # what fed it was replaced, such as a layer by its neurons
            self.ports[0].append(port)
            placed[port.id] = mine
            if len(feeds) == 1 and giver is not None:
                self.entering.append((port.id, replace(feeds[0], source=giver[0], output=giver[1])))
            else:
                self.entering += [(port.id, wire) for wire in living]
            if not living and not mine:
                self.wires += [wire for wire in into_nodes if self._can_return(wire)]
        for wire in wires:
            key = (wire.source, wire.output)
            begin = next((one for one in self.ports[0] if wire in placed.get(one.id, ())), None) or self._fed_by(key)
            if begin is None:
                begin = self._port(0, self.graph.node(wire.source).name)
                model = self.graph.new_wire(self.graph.node(wire.source), self.expansion.place, output=wire.output)
                self.entering.append((begin.id, model))
            self._put_wire(wire, begin.id, 0)

    def _fed_by(self, key: Giver) -> Node | None:
        """The former port that is fed by this and nothing else."""
        for port in self.ports[0]:
            givers = [(wire.source, wire.output) for identifier, wire in self.entering if identifier == port.id]
            if givers == [key]:
                return port
        return None

    def _port_behind(self, wire: Wire) -> str | None:
        """The input port from which a wire came inside."""
        origin = self.former_wires.get(self.expansion.origins.get(wire.id, ""))
        return origin.source if origin is not None and origin.source in self.port_ids else None

    def _giver(self, known: list[Wire], feeds: list[Wire]) -> Giver | None:
        """What feeds a port now: what did before, if anything of it is left, else what it was replaced by."""
        givers = [(wire.source, wire.output) for wire in known]
        if len(feeds) != 1:
            return None
        before = (feeds[0].source, feeds[0].output)
        if before in givers or not givers:
            return before if self.graph.has_node(before[0]) else None
        return givers[0]

    def _is_intact(self, port: str, known: list[Wire], living: list[Wire]) -> bool:
        """Whether the wires that stand for those of a port with several givers are as they were made."""
        expected = [
            wire
            for wire in self.expansion.outside.values()
            if self._port_behind(wire) == port and wire.source in {one.source for one in living}
        ]
        return {wire.id: wire for wire in known} == {wire.id: wire for wire in expected}

    def _can_return(self, wire: Wire) -> bool:
        """Whether a wire inside that had no wire outside is possible still."""
        if wire.target not in self.inner.values():
            return False
        beside = [other for other in self.wires if other.target == wire.target and other.input == wire.input]
        taken = not all(self._was_there(other) for other in beside)  # those that were beside it can be so again
        node = next(node for node in self.nodes if node.id == wire.target)
        return not taken or self.graph.declaration(node).inputs[wire.input].variadic

    def _was_there(self, wire: Wire) -> bool:
        former = self.former_wires.get(wire.id)
        return former is not None and (former.source, former.target) == (wire.source, wire.target)

    def _leave(self, wires: list[Wire]) -> None:
        """The output ports, the wires to them, and the wires that leave the place."""
        kept = {*self.inner.values(), *(port.id for port in self.ports[0])}
        for port in self.former_ports[1]:
            arriving = [wire for wire in self.expansion.wires if wire.target == port.id]
            staying = [wire for wire in arriving if wire.source in kept]
            if staying or not arriving:
                self.ports[1].append(port)
                self.wires += staying
        waiting = {wire.id: wire for wire in wires}
        for former in self.expansion.leaving:
            port = self.former_ports[1][former.output]
            if port in self.ports[1] and self._returns(former, waiting):
                present = waiting.pop(former.id, None) or self._outside(former) or former
                self.leaving.append((port.id, present))
        for wire in waiting.values():
            key = (self.inner[wire.source], wire.output)
            self.leaving.append((self._given_by(key).id, wire))

    def _returns(self, former: Wire, waiting: dict[str, Wire]) -> bool:
        """Whether a wire of the place can come back; take those that stood for it beside `former` from `waiting`."""
        expected = {
            identifier: giver
            for identifier, giver in zip(self._standing_for(former.id), self.expansion.behind[former.id], strict=True)
            if self.graph.has_node(giver[0])
        }
        if not expected:
            return self._has_room(former)
        present = {
            identifier: self.graph.wire(identifier) for identifier in expected if self.graph.has_wire(identifier)
        }
        if {one: (wire.source, wire.output) for one, wire in present.items()} != expected:
            return False
        for identifier, wire in present.items():
            if wire.source not in self.inner:
                self.through.append(wire)
            if identifier != former.id:
                waiting.pop(identifier, None)
        return True

    def _standing_for(self, identifier: str) -> list[str]:
        doubles = [double for double, of in self.expansion.doubles.items() if of == identifier]
        return [identifier, *doubles][: len(self.expansion.behind[identifier])]

    def _outside(self, wire: Wire) -> Wire | None:
        return self.graph.wire(wire.id) if self.graph.has_wire(wire.id) else None

    def _has_room(self, wire: Wire) -> bool:
        """Whether a wire of the place to which nothing led inside can be drawn again."""
        if not self.graph.has_node(wire.target):
            return False
        target = self.graph.node(wire.target)
        inputs = self.graph.declaration(target).inputs
        arriving = self.graph.incoming(target, wire.input) if wire.input < len(inputs) else []
        place = self.expansion.place
        fits = wire.input < len(inputs)
        return fits and wiring.crowding_refusal(self.graph, place, target, wire.input, arriving, strict=False) is None

    def _given_by(self, key: Giver) -> Node:
        """The output port that gives what this gives and nothing else; a new one if there is none."""
        for port in self.ports[1]:
            if [(wire.source, wire.output) for wire in self.wires if wire.target == port.id] == [key]:
                return port
        name = next(node.name for node in self.nodes if node.id == key[0])
        port = self._port(1, f"{name} out")
        number = f"w{next(self.orders)}"
        self.wires.append(
            Wire(self._fresh_id(number), key[0], port.id, key[1], 0, None, None, next(self.orders), True, None)
        )
        return port
