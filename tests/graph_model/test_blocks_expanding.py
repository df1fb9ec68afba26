"""Blocks are shown as their nodes and put back: byte for byte if nothing was changed, else with what was changed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model import Document, EditError, Graph
from graph_model.blocks import Definition, InDefinition, Lifted, SetDefinition, is_block
from graph_model.blocks.collapsing import collapse
from graph_model.blocks.expanding import Expansion, expand
from graph_model.blocks.grouping import group
from graph_model.document_file import structure_text
from graph_model.edits import Move, SetParameters
from tests.block_drawings import between, define, naive_rnn, residual_block
from tests.graph_model.test_blocks_moving import choices, computed, drawings, named


def shown(document: Document, place: str, others: Sequence[Expansion] = ()) -> Expansion:
    made, expansion = expand(document.graph, place, others)
    document.apply(made.with_weights(document))
    return expansion


def put_back(document: Document, expansion: Expansion, *further: str, others: Sequence[Expansion] = ()) -> None:
    made = collapse(document.graph, expansion, further, others)
    document.apply(made.with_weights(document))


def places(document: Document) -> list[str]:
    return [node.id for node in document.graph.nodes() if is_block(node.kind)]


@settings(max_examples=80, deadline=None)
@given(drawings, st.lists(choices, min_size=1, max_size=3), st.booleans(), st.randoms(use_true_random=False))
def test_expanding_and_collapsing_leave_the_document_byte_equal(document, groups, scattered, random):
    graph = document.graph
    for numbers in groups:
        try:
            made = group(graph, named(document, numbers))
        except EditError:
            continue
        document.apply(made.with_weights(document))
    if scattered:
        for node in graph.nodes():
            graph.move(node, (random.randrange(-50, 50) / 3.0, random.randrange(-50, 50) / 7.0))
    text, weights, before = structure_text(document), dict(document.weights), computed(document)
    expansions = []
    while places(document) and len(expansions) < 4:
        expansions.append(shown(document, random.choice(places(document)), expansions))
        assert numpy.allclose(computed(document), before, atol=1e-6)
    for expansion in reversed(expansions):
        put_back(document, expansion)
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()
    assert all(document.weights[name] is array for name, array in weights.items())


def two_residuals() -> Document:
    graph = Graph("two")
    residual_block(graph)
    nodes = between(graph, [6], ("@residual", "a", {}), ("@residual", "b", {}))
    for number, node in enumerate(nodes):
        graph.move(node, (160.0 * number, 0.0))
    return Document(graph)


@pytest.mark.parametrize("order", list(itertools.permutations(("a", "b"))))
@pytest.mark.parametrize("back", list(itertools.permutations((0, 1))))
def test_two_places_of_one_block_are_expanded_and_collapsed_in_any_order(order, back):
    document = two_residuals()
    text = structure_text(document)
    expansions: list[Expansion] = []
    for place in order:
        expansions.append(shown(document, place, expansions))
    assert not places(document)
    for number in back:
        put_back(document, expansions[number], others=expansions)
    assert structure_text(document) == text


def test_room_is_made_for_what_comes_and_given_back():
    document = two_residuals()
    graph = document.graph
    former = graph.node("b").position
    expansion = shown(document, "a")
    rightmost = max(graph.node(node).position[0] for node in expansion.present(graph))
    assert graph.node("b").position[0] >= rightmost + 100
    put_back(document, expansion)
    assert graph.node("b").position == former


def test_undo_and_redo_of_each_step_are_exact():
    document = two_residuals()
    text = structure_text(document)
    made, expansion = expand(document.graph, "a")
    undo = document.apply(made.with_weights(document))
    open_text = structure_text(document)
    document.apply(undo)
    assert structure_text(document) == text
    document.apply(made.with_weights(document))
    back = document.apply(collapse(document.graph, expansion, []).with_weights(document))
    assert structure_text(document) == text
    document.apply(back)
    assert structure_text(document) == open_text


def test_what_was_changed_is_a_block_of_its_own_where_others_use_the_former():
    document = two_residuals()
    graph = document.graph
    expansion = shown(document, "a")
    graph.set("layer", activation="Tanh")
    before = computed_by_six(document)
    put_back(document, expansion)
    assert graph.definitions.definition(graph.node("a").kind).name == "residual 2"
    assert graph.node("b").kind == "@residual"
    assert graph.definitions.body("@residual").node("layer").parameters["activation"] == "ReLU"
    assert numpy.allclose(computed_by_six(document), before)


def test_what_was_changed_is_the_same_block_where_it_is_placed_once():
    document = two_residuals()
    graph = document.graph
    graph.apply(SetDefinition(Definition("@residual", "residual", "#ff8800", "adds what it learns")))
    graph.remove("b")
    graph.connect("a", "y")
    expansion = shown(document, "a")
    tanh = graph.add("Tanh", name="squash")
    (wire,) = [wire for wire in graph.outgoing("layer") if wire.target == "sum"]
    graph.disconnect(wire)
    graph.connect("layer", tanh)
    graph.connect(tanh, "sum")
    before = computed_by_six(document)
    put_back(document, expansion, tanh.id)
    (definition,) = graph.definitions
    assert (definition.id, definition.name, definition.colour) == ("@residual", "residual", "#ff8800")
    body = graph.definitions.body("@residual")
    assert {node.id for node in body.nodes()} == {"x", "layer", "sum", "squash", "y"}
    assert [node.name for node in body.nodes() if node.kind.startswith("Block")] == ["x", "y"]
    assert numpy.allclose(computed_by_six(document), before)


def computed_by_six(document: Document) -> list[list[float]]:
    import torch

    from compiler import check, compile_graph
    from compiler.weights import apply_weights

    assert check(document.graph) == []
    module = compile_graph(document.graph, seed=0)
    for parameter in module.parameters():
        torch.nn.init.constant_(parameter, 0.25)
    apply_weights(module, document.weights)
    with torch.no_grad():
        return module(torch.arange(12.0).reshape(2, 6) / 12).tolist()


def test_a_lifted_parameter_that_is_changed_is_one_of_the_place():
    document = two_residuals()
    graph = document.graph
    lifted = (Lifted("squash", "layer", "activation"),)
    graph.apply(SetDefinition(Definition("@residual", "residual", lifted=lifted)))
    graph.set("a", squash="Sigmoid")
    text = structure_text(document)
    expansion = shown(document, "a")
    assert graph.node("layer").parameters["activation"] == "Sigmoid"
    put_back(document, expansion)
    assert structure_text(document) == text
    expansion = shown(document, "a")
    graph.set("layer", activation="Tanh")
    put_back(document, expansion)
    assert (graph.node("a").kind, graph.node("a").parameters["squash"]) == ("@residual", "Tanh")
    assert graph.definitions.body("@residual").node("layer").parameters["activation"] == "ReLU"


def test_nodes_that_were_only_moved_are_the_same_block_drawn_so():
    document = two_residuals()
    graph = document.graph
    former = graph.definitions.body("@residual").node("layer").position
    expansion = shown(document, "a")
    x, y = graph.node("layer").position
    graph.move("layer", (x, y + 40))
    put_back(document, expansion)
    assert graph.node("a").kind == "@residual"
    assert graph.definitions.body("@residual").node("layer").position == (former[0], former[1] + 40)
    expansion = shown(document, "a")
    graph.apply(
        Move(
            {node: (here[0] + 80, here[1]) for node in expansion.present(graph) for here in [graph.node(node).position]}
        )
    )
    place = graph.node("b").position
    put_back(document, expansion)
    assert graph.node("a").position == (160.0 + 80, 0.0)
    assert graph.definitions.body("@residual").node("layer").position == (former[0], former[1] + 40)
    assert graph.node("b").position[0] < place[0]


def test_a_port_that_nothing_is_wired_to_keeps_its_wires_inside():
    graph = Graph("loose")
    residual_block(graph)
    document = Document(graph)
    graph.add("@residual", name="a")
    text = structure_text(document)
    put_back(document, shown(document, "a"))
    assert structure_text(document) == text


def test_a_block_whose_giver_was_removed_meanwhile_keeps_its_port():
    document = two_residuals()
    graph = document.graph
    expansion = shown(document, "a")
    graph.remove("x")
    put_back(document, expansion)
    assert graph.node("a").kind == "@residual"
    assert graph.incoming("a") == []
    assert [wire.target for wire in graph.outgoing("a")] == ["b"]


def test_several_neurons_at_one_port_and_a_way_straight_through_come_back():
    graph = Graph("gathered")
    body = define(graph, "head")
    x, through = body.add("BlockInput", name="x"), body.add("BlockOutput", name="same")
    layers = [body.add("Linear", name=f"l{number}", out_features=2) for number in range(2)]
    for layer in layers:
        body.connect(x, layer)
    body.connect(x, through)
    y = body.add("BlockOutput", name="y")
    total = body.add("Add")
    for layer in layers:
        body.connect(layer, total)
    body.connect(total, y)
    data = graph.add("Input", name="data", shape=[2])
    place = graph.add("@head", name="head")
    for number in range(2):
        neuron = graph.add("Neuron", name=f"n{number}")
        graph.connect(data, neuron, element=number)
        graph.connect(neuron, place)
    graph.connect(place, graph.add("Output", name="out"), output=1)
    graph.connect(place, graph.add("Output", name="through"), output=0)
    document = Document(graph)
    text = structure_text(document)
    put_back(document, shown(document, "head"))
    assert structure_text(document) == text


def test_a_definition_changed_elsewhere_meanwhile_is_what_stands_there_then():
    document = two_residuals()
    graph = document.graph
    expansion = shown(document, "a")
    graph.apply(InDefinition("@residual", SetParameters("layer", {"activation": "Tanh"})))
    graph.definitions.body("@residual").add("BlockOutput", name="second")
    put_back(document, expansion)
    assert graph.node("a").kind == "@residual"
    assert [wire.target for wire in graph.outgoing("a")] == ["b"]


def test_what_cannot_be_expanded_or_collapsed_is_said():
    graph = Graph("refused")
    residual_block(graph)
    naive_rnn(graph)
    between(graph, [3, 6], ("@rnn", "cell", {}), ("@residual", "three", {"repeat": 3}), ("@residual", "one", {}))
    define(graph, "empty")
    graph.add("@empty", name="nothing")
    document = Document(graph)
    with pytest.raises(EditError, match="applied over time"):
        expand(graph, "cell")
    with pytest.raises(EditError, match="is repeated"):
        expand(graph, "three")
    with pytest.raises(EditError, match="nothing in 'nothing'"):
        expand(graph, "nothing")
    expansion = shown(document, "one")
    outside = graph.add("Tanh", name="outside")
    graph.connect("layer", outside)
    (wire,) = [wire for wire in graph.outgoing("layer") if wire.target == "sum"]
    graph.disconnect(wire)
    graph.connect(outside, "sum")
    with pytest.raises(EditError, match="through 'outside' and back in"):
        put_back(document, expansion)


def mutate(document: Document, deed: str, one: int, other: int, further: list[str]) -> None:
    """Change something of a drawing of width 4, in or around what was expanded; it still computes."""
    graph = document.graph
    wires, nodes = graph.wires(), [node for node in graph.nodes() if node.kind != "Output"]
    if deed == "insert":
        wire = wires[one % len(wires)]
        tanh = graph.add("Tanh", position=graph.node(wire.source).position)
        graph.disconnect(wire)
        graph.connect(wire.source, tanh, output=wire.output)
        graph.connect(tanh, wire.target, input=wire.input)
        further.append(tanh.id)
    elif deed == "add":
        sums = [node for node in graph.nodes() if node.kind == "Add"]
        source = nodes[one % len(nodes)]
        if sums and graph.can_connect(source.id, sums[other % len(sums)].id) is None:
            graph.connect(source, sums[other % len(sums)])
    elif deed == "activate":
        layers = [node for node in nodes if node.kind == "Linear"]
        if layers:
            graph.set(layers[one % len(layers)], activation="Tanh")
    else:
        wire = wires[one % len(wires)]
        if len(graph.incoming(wire.target)) > 1:
            graph.disconnect(wire)


changes = st.lists(
    st.tuples(st.sampled_from(("insert", "add", "activate", "take")), st.integers(0, 20), st.integers(0, 20)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=80, deadline=None)
@given(drawings, choices, changes, st.booleans())
def test_what_was_changed_meanwhile_computes_the_same_as_a_block(document, numbers, edits, takes_new):
    graph = document.graph
    try:
        made = group(graph, named(document, numbers))
    except EditError:
        return
    document.apply(made.with_weights(document))
    expansion = shown(document, made.place.id)
    further: list[str] = []
    for deed, one, other in edits:
        mutate(document, deed, one, other, further)
    before, changed = computed(document), structure_text(document)
    made, places_before = collapse_or_none(document, expansion, further if takes_new else []), places(document)
    if made is None:
        assert structure_text(document) == changed
        return
    undo = document.apply(made.with_weights(document))
    assert len(places(document)) == len(places_before) + 1
    assert numpy.allclose(computed(document), before, atol=1e-6)
    document.apply(undo)
    assert structure_text(document) == changed


def collapse_or_none(document: Document, expansion: Expansion, further: Sequence[str]):
    try:
        return collapse(document.graph, expansion, further)
    except EditError:
        return None


def test_a_place_with_nothing_wired_to_it_gets_back_all_wires_to_where_neurons_meet():
    graph = Graph("meeting")
    body = define(graph, "layer")
    layer = body.add("Linear", name="layer", out_features=2)
    for name in ("m", "n"):
        body.connect(body.add("BlockInput", name=name), layer)
    body.connect(layer, body.add("BlockOutput", name="y"))
    graph.add("@layer", name="a")
    document = Document(graph)
    text = structure_text(document)
    put_back(document, shown(document, "a"))
    assert structure_text(document) == text
