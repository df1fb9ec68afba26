"""Steps by which a random drawing gets blocks: grouped, placed again, repeated, nested, applied over time."""

from __future__ import annotations

from typing import Any

from compiler.over_time import BACKWARDS
from graph_model import EditError, Node
from graph_model.blocks import AddDefinition, Definition, Lifted, SetDefinition
from graph_model.blocks.grouping import group
from graph_model.blocks.kind import block_ports
from graph_model.blocks.moving_in import move_in
from graph_model.blocks.moving_out import move_out
from graph_model.edits import AddNodes, AddWires, RemoveWires, SetParameters
from tests.random_catalogue import Growth, Result, errors
from tests.random_parameters import value_of


def group_some(growth: Growth) -> bool:
    """Some neighbouring nodes become a block; the drawing stays without errors."""
    chosen = convex_selection(growth)
    if not chosen:
        return False
    place_count = len(growth.graph.places())
    name = growth.random.choice(("block", "layer", "Block ✓", "return"))
    growth.do(group(growth.graph, chosen, name).edit)
    assert not errors(growth.root), errors(growth.root)[0]
    assert len(growth.graph.places()) >= min(place_count, 1)
    return True


def convex_selection(growth: Growth) -> list[str]:
    """Nodes of which no way leads out and back in."""
    import networkx

    graph = growth.graph
    nodes = [node.id for node in graph.nodes() if not graph.kind_of(node).stands_in]
    if not nodes:
        return []
    count = growth.random.randint(1, min(4, len(nodes)))
    start = growth.random.randrange(len(nodes) - count + 1)
    chosen = set(nodes[start : start + count])
    network = graph.within_step()
    behind = set().union(*(networkx.descendants(network, one) for one in chosen))
    before = set().union(*(networkx.ancestors(network, one) for one in chosen))
    between = (behind & before) | chosen
    return [node.id for node in graph.nodes() if node.id in between and not graph.kind_of(node).stands_in]


def place_again(growth: Growth) -> bool:
    """A definition is placed once more, with weights of its own or those of another place."""
    definitions = [one.id for one in growth.root.definitions if growth.root.definitions.places(one.id)]
    if not definitions:
        return False
    identifier = growth.random.choice(definitions)
    return growth.attempt(lambda: _place(growth, identifier))


def _place(growth: Growth, identifier: str) -> None:
    random, graph = growth.random, growth.graph
    models = [node for node in graph.places() if node.kind == identifier]
    values: dict[str, Any] = {}
    if models:
        model = random.choice(models)
        values = dict(model.parameters)
        if random.random() < 0.5:
            growth.do(SetParameters(model.id, {"weights": "same"}))
            values["weights"] = "same"
    place = graph.new_node(identifier, **values)
    wires = []
    for number in range(len(graph.declaration(place).inputs)):
        found = growth.results()
        shape = _shape_at(growth, models[0], number) if models else None
        alike = [result for result in found if result.shape == shape]
        source = random.choice(alike) if alike and random.random() < 0.8 else growth.result()
        wires.append(graph.new_wire(source.node, place, output=source.output, input=number))
    growth.do(AddNodes((place,), tuple(wires)))


def _shape_at(growth: Growth, place: Node, port: int) -> tuple[int, ...] | None:
    """What arrives at a port of a place."""
    for wire in growth.graph.incoming(place, port):
        for result in growth.results():
            if (result.node.id, result.output) == (wire.source, wire.output):
                return result.shape
    return None


def repeat(growth: Growth) -> bool:
    """A place is stacked, with weights of each repetition's own or shared ones."""
    places = growth.graph.places()
    if not places:
        return False
    place = growth.random.choice(places)
    values = {"repeat": growth.random.randint(2, 3), "repeat_weights": growth.random.choice(("own", "shared"))}
    return growth.attempt(lambda: growth.do(SetParameters(place.id, values)))


def apply_over_time(growth: Growth) -> bool:
    """A definition is placed once more, to be applied to each step of sequences."""
    places = [place for place in growth.graph.places() if growth.graph.incoming(place)]
    if not places or growth.path:
        return False
    return growth.attempt(lambda: _place_over_time(growth, growth.random.choice(places)))


def _place_over_time(growth: Growth, model: Node) -> None:
    random, graph = growth.random, growth.graph
    over_time = {"over_time": random.choice(("forward", "backward", "both"))}
    over_time["returns"] = random.choice(("sequence", "last"))
    place = graph.new_node(model.kind, **{**model.parameters, **over_time})
    time = random.randint(1, 4)
    wires = []
    for number in range(len(graph.declaration(place).inputs)):
        shape = _shape_at(growth, model, number)
        if shape is None or len(shape) > 4:
            raise EditError("Nothing arrives there.")
        source = growth.new_input(shape=(time, *(shape or (1,))))
        wires.append(graph.new_wire(source.node, place, output=source.output, input=number))
    growth.do(AddNodes((place,), tuple(wires)))


def recurrent(growth: Growth) -> bool:
    """A block that remembers: its body grows like a drawing, and Delays close loops."""
    if growth.path:
        return False
    return growth.attempt(lambda: _recurrent(growth))


def _recurrent(growth: Growth) -> None:
    random, root = growth.random, growth.root
    taken = {definition.name for definition in root.definitions}
    name = next(name for name in ("cell", "memory", "cell 3", "cell 4") if name not in taken)
    identifier = f"@{name.replace(' ', '_')}"
    growth.do(AddDefinition(Definition(identifier, name)))
    body = root.definitions.body(identifier)
    inside = Growth(random, root, body)
    inside.log = growth.log
    x = body.new_node("BlockInput", name="x")
    y = body.new_node("BlockOutput", name="y", besides=[x])
    inside.do(AddNodes((x, y), (body.new_wire(x, y),)))
    delays = [
        body.new_node("Delay", name=f"h{number}", shape=_size(random), initial=random.choice(("zero", "learned")))
        for number in range(random.randint(1, 2))
    ]
    inside.do(AddNodes(tuple(delays), tuple(body.new_wire(delay, delay) for delay in delays)))
    sequence = growth.new_input((3, 3, 4, 5))
    place = growth.graph.new_node(
        identifier,
        over_time=random.choice(("forward", "backward", "both")),
        returns=random.choice(("sequence", "last")),
    )
    growth.do(AddNodes((place,), (growth.graph.new_wire(sequence.node, place),)))
    inside.path = f"{place.id}/{BACKWARDS}/" if place.parameters["over_time"] == "backward" else f"{place.id}/"
    for _ in range(random.randint(1, 4)):
        inside.add_any()
    for delay in delays:
        _rewire(
            inside, delay, [result for result in inside.results() if result.shape == tuple(delay.parameters["shape"])]
        )
    _rewire(inside, y, inside.results())


def _size(random: Any) -> list[int]:
    return [random.randint(1, 4) for _ in range(random.choice((1, 1, 1, 2)))]


def _rewire(growth: Growth, target: Node, results: list[Result]) -> None:
    """Let another result arrive at a node."""
    graph = growth.graph
    if not results:
        return
    chosen = growth.random.choice(results)
    wire = graph.new_wire(chosen.node, target, output=chosen.output)

    def step() -> None:
        growth.do(RemoveWires(tuple(one.id for one in graph.incoming(target))))
        growth.do(AddWires((wire,)))

    growth.attempt(step)


def lift(growth: Growth) -> bool:
    """A parameter of a node inside a block is set at a place of the block."""
    places = growth.graph.places()
    return bool(places) and growth.attempt(lambda: _lift(growth, growth.random.choice(places)))


def _lift(growth: Growth, place: Node) -> None:
    random, definitions = growth.random, growth.root.definitions
    body = definitions.body(place.kind)
    ports = {node.id for side in block_ports(body) for node in side}
    offered = [(node, name) for node in body.nodes() if node.id not in ports for name in body.kind_of(node).parameters]
    if not offered:
        raise EditError("There is nothing to lift.")
    node, parameter = random.choice(offered)
    definition = definitions.definition(place.kind)
    entry = Lifted(f"lifted_{len(definition.lifted)}", node.id, parameter)
    growth.do(
        SetDefinition(
            Definition(
                definition.id,
                definition.name,
                random.choice(("", "#4c6ef5")),
                random.choice(("", "What it does.")),
                (*definition.lifted, entry),
            )
        )
    )
    if random.random() < 0.7:
        value = value_of(random, body.kind_of(node).parameters[parameter])
        growth.do(SetParameters(place.id, {entry.name: value}))


def inside_another(growth: Growth) -> bool:
    """A place becomes part of a block."""
    places = growth.graph.places()
    if not places:
        return False
    growth.do(group(growth.graph, [growth.random.choice(places).id], "outer").edit)
    assert not errors(growth.root), errors(growth.root)[0]
    return True


def move_something_in(growth: Growth) -> bool:
    """Nodes go into a block, at all its places."""
    places = growth.graph.places()
    chosen = convex_selection(growth)
    if not places or not chosen:
        return False
    return growth.attempt(lambda: growth.do(move_in(growth.graph, chosen, growth.random.choice(places)).edit))


def move_something_out(growth: Growth) -> bool:
    """Nodes go out of a block, beside all its places."""
    places = growth.graph.places()
    return bool(places) and growth.attempt(lambda: _move_out(growth, growth.random.choice(places)))


def _move_out(growth: Growth, place: Node) -> None:
    inside = Growth(growth.random, growth.root, growth.root.definitions.body(place.kind))
    growth.do(move_out(growth.graph, place, convex_selection(inside)).edit)


BLOCK_STEPS = (
    *(group_some, group_some, place_again, repeat, apply_over_time, recurrent, recurrent, lift, inside_another),
    *(move_something_in, move_something_out),
)
"""Steps that may change a drawing's blocks; each leaves it running."""
