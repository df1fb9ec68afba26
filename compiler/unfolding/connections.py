"""What neurons see: each number that arrives at them, and the wire that brings it."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.program import Program, Step
from compiler.shapes import shape_text
from compiler.unfolding.current_weights import CurrentWeights
from graph_model import CompileError, Graph, Node, Wire
from graph_model.catalogue.neurons import BIAS_TIE

NEURON_KINDS = ("Neuron", "MaxoutGroup")
"""What a layer unfolds into."""
SourceKey = tuple[str, int]
"""A node's id and the number of its output port."""


@dataclass(frozen=True)
class Connection:
    """One number of a source, counted flat, on its way to a neuron.

    `position`: which of the wire's weights it meets, for a wire that carries a whole vector; `size`: how many those
    are.
    """

    source: SourceKey
    element: int
    wire: Wire
    position: int | None = None
    size: int | None = None


@dataclass
class Group:
    """Neurons that may form a layer, in the order of the layer's rows, with what each of them sees."""

    graph: Graph
    program: Program
    weights: CurrentWeights
    neurons: list[Node]
    seen: dict[str, list[Connection]] = field(default_factory=dict)

    def reordered(self, neurons: list[Node]) -> Group:
        """Return the same neurons in another order."""
        return Group(self.graph, self.program, self.weights, neurons, self.seen)

    def sample_shape(self, source: SourceKey) -> tuple[int, ...]:
        """Return the shape of a source without the batch; () for a neuron or a scalar input."""
        step, port = self.fed_by(source)
        return tuple(int(axis) for axis in (step.output_shapes or ())[port][1:])

    def fed_by(self, source: SourceKey) -> tuple[Step, int]:
        """Return the step whose result a source gives, and which of its results: of a block, what leaves it there.

        Raises CompileError for a block that gives nothing there yet.
        """
        node_id, port = self.program.flat.leaving.get(source, source)
        if node_id not in self.program.by_id:
            raise CompileError(
                f"These neurons cannot be folded before something is wired to what '{self.graph.node(source[0]).name}' "
                f"gives. Open that block and wire it."
            )
        return self.program.by_id[node_id], port

    def map_source(self) -> tuple[SourceKey, tuple[int, ...]] | None:
        """Return the one feature map that all neurons look at, with its shape (channels, …); None if there is none."""
        sources = {connection.source for row in self.seen.values() for connection in row}
        if len(sources) != 1:
            return None
        source = sources.pop()
        shape = self.sample_shape(source)
        return (source, shape) if len(shape) in (2, 3) else None

    def feeding_neuron(self) -> Node | None:
        """Return a neuron that feeds the group, if nothing but neurons does: they may be a map that is unfolded too."""
        feeding = [self.graph.node(connection.source[0]) for row in self.seen.values() for connection in row]
        if any(node.kind not in NEURON_KINDS for node in feeding):
            return None
        return min(feeding, key=lambda node: node.order)

    def shares_weight(self, wire: Wire) -> bool:
        """Whether other wires bear the same tie."""
        return wire.tie is not None and len(self.graph.tied(wire.tie)) > 1

    def bias_sharers(self, neuron: Node) -> list[str]:
        """Return the ids of all neurons that share a neuron's bias, itself included."""
        tie = neuron.parameters[BIAS_TIE]
        if tie is None:
            return [neuron.id]
        return [node.id for node in self.graph.nodes() if node.parameters.get(BIAS_TIE) == tie]

    def known_weight(self, connection: Connection) -> float | None:
        """Return a connection's weight if it can be told without compiling."""
        value = self.weights.known_wire(connection.wire, connection.size)
        return None if value is None else float(value if connection.position is None else value[connection.position])

    def weight(self, connection: Connection) -> float:
        """Return a connection's weight; raises CompileError if it is random, shared, and the drawing cannot run."""
        value = self.weights.wire(connection.wire, connection.size)
        return float(value if connection.position is None else value[connection.position])

    def is_absent(self, connection: Connection) -> bool:
        """Whether a connection is none: frozen at 0, it neither carries anything nor learns."""
        wire = connection.wire
        return not wire.trainable and not self.shares_weight(wire) and self.known_weight(connection) == 0.0


def read_connections(group: Group) -> None:
    """Fill in what each neuron sees; raises CompileError where a shape is not known or two wires bring one number."""
    for neuron in group.neurons:
        row: dict[tuple[SourceKey, int], Connection] = {}
        for wire in group.graph.incoming(neuron):
            for connection in _connections(group, neuron, wire):
                key = (connection.source, connection.element)
                if key in row:
                    source = group.graph.node(wire.source)
                    raise CompileError(
                        f"'{neuron.name}' cannot be folded: two wires bring it the same number of '{source.name}', and "
                        f"a layer has one weight for both. Remove one of them."
                    )
                row[key] = connection
        group.seen[neuron.id] = list(row.values())


def _connections(group: Group, neuron: Node, wire: Wire) -> list[Connection]:
    key = (wire.source, wire.output)
    source, port = group.fed_by(key)
    if source.output_shapes is None:
        raise CompileError(
            f"'{neuron.name}' cannot be folded before the shape of '{source.node.name}', which feeds it, is known. "
            f"Mend '{source.node.name}' first."
        )
    if source.kind.gives_scalar:
        return [Connection(key, 0, wire)]
    shape = group.sample_shape(key)
    size = 1
    for axis in shape:
        size *= axis
    if wire.element is not None:
        if wire.element >= size:
            raise CompileError(
                f"'{neuron.name}' cannot be folded: its wire picks element {wire.element} of '{source.node.name}', "
                f"which gives {size} numbers. Pick another element."
            )
        return [Connection(key, wire.element, wire)]
    if len(shape) != 1:
        raise CompileError(
            f"'{neuron.name}' cannot be folded: '{source.node.name}' gives it "
            f"{shape_text(source.output_shapes[port])} by one wire. Let the wire pick an element, or put a Flatten "
            f"between them."
        )
    weighs = group.graph.kind_of(neuron).weighs_wires
    return [
        Connection(key, element, wire, element if weighs else None, size if weighs else None) for element in range(size)
    ]
