"""What was changed while a block was shown as its nodes is in the block that they become."""

from __future__ import annotations

from collections.abc import Sequence

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model import Document, EditError, Graph
from graph_model.blocks import Definition, InDefinition, Lifted, SetDefinition
from graph_model.blocks.collapsing import collapse
from graph_model.blocks.expanding import Expansion
from graph_model.blocks.grouping import group
from graph_model.document_file import structure_text
from graph_model.edits import Move, SetParameters
from tests.block_drawings import between, residual_block
from tests.graph_model.expanding import places, put_back, shown, two_residuals
from tests.graph_model.test_blocks_moving import choices, computed, drawings, named


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


def test_a_port_goes_whose_giver_was_unfolded_into_neurons():
    from compiler.unfolding import unfold

    document = Document(Graph("unfolded"))
    graph = document.graph
    residual_block(graph)
    between(graph, [6], ("Linear", "giver", {"out_features": 6}), ("@residual", "a", {}))
    expansion = shown(document, "a")
    document.apply(unfold(document, "giver").edit)
    before = computed_by_six(document)
    put_back(document, expansion)
    assert {wire.input for wire in graph.incoming("a")} == set(range(len(graph.kind_of("a").inputs)))
    assert numpy.allclose(computed_by_six(document), before)


def test_what_places_share_under_a_label_goes_along_and_stays_with_the_others():
    from compiler import compile_graph
    from compiler.weights import collect_weights

    document = two_residuals()
    graph = document.graph
    for place in ("a", "b"):
        graph.set(place, weights="same")
    document.weights = collect_weights(compile_graph(graph, seed=5))
    before = computed_by_six(document)
    start, weights = structure_text(document), dict(document.weights)
    undo = document.apply(group(graph, ["a"]).with_weights(document))
    assert "block/@residual=same/layer.weight" in document.weights
    assert numpy.allclose(computed_by_six(document), before)
    expansion = shown(document, "block")
    assert numpy.allclose(computed_by_six(document), before)
    put_back(document, expansion)
    assert numpy.allclose(computed_by_six(document), before)
    document.apply(undo)
    assert structure_text(document) == start
    assert {name: array.tobytes() for name, array in document.weights.items()} == {
        name: array.tobytes() for name, array in weights.items()
    }


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


def test_a_block_whose_giver_was_removed_meanwhile_keeps_its_port():
    document = two_residuals()
    graph = document.graph
    expansion = shown(document, "a")
    graph.remove("x")
    put_back(document, expansion)
    assert graph.node("a").kind == "@residual"
    assert graph.incoming("a") == []
    assert [wire.target for wire in graph.outgoing("a")] == ["b"]


def test_a_definition_changed_elsewhere_meanwhile_is_what_stands_there_then():
    document = two_residuals()
    graph = document.graph
    expansion = shown(document, "a")
    graph.apply(InDefinition("@residual", SetParameters("layer", {"activation": "Tanh"})))
    graph.definitions.body("@residual").add("BlockOutput", name="second")
    put_back(document, expansion)
    assert graph.node("a").kind == "@residual"
    assert [wire.target for wire in graph.outgoing("a")] == ["b"]


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
