"""What becomes of the other places of a block when nodes go into it at one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph_model.blocks.kind import block_ports
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node, Wire


class SeveralPlaces(EditError):
    """Nodes cannot go into a block because it is placed elsewhere too. `place_id`: the place that could be made a block
    of its own first."""

    def __init__(self, message: str, place_id: str) -> None:
        super().__init__(message)
        self.place_id = place_id


class OtherPlaces:
    """The places of a block but for one. `names`: what they are called."""

    def __init__(self, graph: Graph, place: Node) -> None:
        self.graph, self.place = graph, place
        definitions = graph.definitions
        here = (graph.definition_id or "", place.id)
        found = [(key, node) for key, node in definitions.places(place.kind) if (key, node) != here]
        self.names = [definitions.graph(key).node(node).name for key, node in found]
        sides = block_ports(definitions.body(place.kind))
        self._wired = {
            port.id: definitions.graph(key).node(node).name
            for key, node in reversed(found)
            for side, ports in enumerate(sides)
            for number, port in enumerate(ports)
            if (definitions.graph(key).outgoing if side else definitions.graph(key).incoming)(node, number)
        }

    def outputs(self, taken: list[Node], leaving: int) -> tuple[list[Node], Node | None]:
        """Which output ports go of those that only moved nodes take from, and the one that is used again.

        `leaving`: how many values leave the moved nodes. Where one value comes in the place of one, it does so at all
        places; else a port that another place needs stays.
        """
        if len(taken) == 1 and leaving == 1:
            return taken, taken[0]
        return [port for port in taken if port.id not in self._wired], None

    def inputs(self, given: Sequence[Node], entering: Sequence[Wire], moved: Mapping[str, Node]) -> Node | None:
        """Which input port of those that only moved nodes give to is used again, for the one value that enters these.

        Raises SeveralPlaces if values enter that the other places do not have, or if they would lose one.
        """
        if len(given) == 1 and len({(wire.source, wire.output) for wire in entering}) == 1:
            return given[0]
        if entering:
            source, node = self.graph.node(entering[0].source).name, moved[entering[0].target].name
            raise self._refusal(
                f"'{node}' also gets the value of '{source}', and nothing would arrive in its place at "
                f"{self._others()}",
                f"lead '{source}' into the block through a port at all its places",
            )
        for port in given:
            if port.id in self._wired:
                raise self._refusal(
                    f"what arrives at '{port.name}' of '{self._wired[port.id]}' would be lost, because the nodes come "
                    "in the place of that port",
                    f"unplug '{port.name}' of '{self._wired[port.id]}'",
                )
        return None

    def _others(self) -> str:
        return f"'{self.names[0]}'" if len(self.names) == 1 else f"the {len(self.names)} other places"

    def _refusal(self, reason: str, way_out: str) -> SeveralPlaces:
        block = self.graph.definitions.definition(self.place.kind).name
        return SeveralPlaces(
            f"'{self.place.name}' is one of {len(self.names) + 1} places of the block '{block}', and the nodes cannot "
            f"go into all of them: {reason}. Make '{self.place.name}' a block of its own first, or {way_out}.",
            self.place.id,
        )
