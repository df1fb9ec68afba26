"""Nodes go into blocks and out of them, places get copies of their own: what is computed stays, and undo is exact."""

from __future__ import annotations

import itertools

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model import Document, EditError, Graph
from graph_model.blocks import InDefinition, is_block
from graph_model.blocks.grouping import group
from graph_model.blocks.levels import level, owners_of, ways_to
from graph_model.blocks.moving_in import move_in
from graph_model.blocks.moving_out import move_out
from graph_model.blocks.naming import renaming, unused_definitions
from graph_model.blocks.replacing import replace_node
from graph_model.blocks.ungrouping import ungroup
from graph_model.blocks.unique import make_unique
from graph_model.document_file import structure_text
from graph_model.fragment import copy_fragment, paste_edit
from tests.block_drawings import between, residual_block


def weaved(kinds: list[tuple[str, list[int]]]) -> Document:
    """x (4), then nodes of width 4, each fed by the last one and joined with earlier ones, then y; all are trained."""
    graph = Graph("weaved")
    made = [graph.add("Input", name="x", shape=[4])]
    for number, (kind, others) in enumerate(kinds):
        parameters = {"out_features": 4} if kind == "Linear" else {}
        node = graph.add(kind, name=f"n{number}", **parameters)
        sources = [made[-1], *(made[other % len(made)] for other in others)] if kind == "Add" else [made[-1]]
        for source in dict.fromkeys(source.id for source in sources):
            graph.connect(source, node)
        made.append(node)
    graph.connect(made[-1], graph.add("Output", name="y"))
    document = Document(graph)
    for node in graph.nodes():
        if node.kind == "Linear":
            random = numpy.random.default_rng(node.order)
            document.weights[f"{node.id}.weight"] = random.normal(size=(4, 4)).astype(numpy.float32)
            document.weights[f"{node.id}.bias"] = random.normal(size=4).astype(numpy.float32)
    return document


def computed(document: Document) -> list[list[float]]:
    """What the document's network answers to two examples, with its weights."""
    import torch

    from compiler import compile_graph
    from compiler.weights import apply_weights

    module = compile_graph(document.graph, seed=0)
    apply_weights(module, document.weights)
    with torch.no_grad():
        return module.double()(torch.arange(8.0).reshape(2, 4).double() / 8).tolist()


drawings = st.lists(
    st.tuples(st.sampled_from(("Linear", "Add", "Tanh")), st.lists(st.integers(0, 8), max_size=2)),
    min_size=2,
    max_size=6,
).map(weaved)
choices = st.sets(st.integers(0, 5), min_size=1, max_size=3)


def named(document: Document, numbers: set[int]) -> list[str]:
    graph = document.graph
    nodes = [node.id for node in graph.nodes() if node.kind not in ("Input", "Output")]
    return sorted({nodes[number % len(nodes)] for number in numbers})


@settings(max_examples=60, deadline=None)
@given(drawings, choices, choices)
def test_a_block_that_nodes_are_dropped_on_computes_the_same_and_gives_them_back(document, grouped, dropped):
    graph = document.graph
    before = computed(document)
    try:
        made = group(graph, named(document, grouped))
    except EditError:
        return
    document.apply(made.with_weights(document))
    assert made.place is not None
    text, weights = structure_text(document), dict(document.weights)
    beside = [node for node in named(document, dropped) if not is_block(graph.node(node).kind)]
    try:
        moved = move_in(graph, beside, made.place)
    except EditError:
        assert structure_text(document) == text
        return
    undo = document.apply(moved.with_weights(document))
    assert numpy.allclose(computed(document), before, atol=1e-6)
    body = graph.definitions.body(made.place.kind)
    inner = [moved.moved[node].removeprefix(f"{made.place.id}/") for node in beside]
    assert all(body.has_node(node) for node in inner)
    assert not any(graph.has_node(node) for node in beside)
    try:
        out = move_out(graph, made.place, inner)
    except EditError:
        out = None
    if out is not None:
        back = document.apply(out.with_weights(document))
        assert numpy.allclose(computed(document), before, atol=1e-6)
        document.apply(back)
    document.apply(undo)
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()


@settings(max_examples=60, deadline=None)
@given(drawings, choices)
def test_grouping_and_ungrouping_leave_the_document_byte_equal(document, numbers):
    text, weights = structure_text(document), dict(document.weights)
    try:
        made = group(document.graph, named(document, numbers))
    except EditError:
        assert structure_text(document) == text
        return
    document.apply(made.with_weights(document))
    assert made.place is not None
    document.apply(ungroup(document.graph, made.place).with_weights(document))
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()
    assert all(document.weights[name] is array for name, array in weights.items())


def two_places(weights: str = "") -> Document:
    graph = Graph("two")
    residual_block(graph, 4)
    between(
        graph,
        [4],
        ("@residual", "a", {"weights": weights}),
        ("@residual", "b", {"weights": weights}),
        ("Linear", "last", {"out_features": 4}),
    )
    return Document(graph)


def test_a_place_that_is_made_unique_can_be_changed_alone():
    document = two_places()
    graph = document.graph
    text = structure_text(document)
    document.weights["b/layer.weight"] = numpy.ones((4, 4), numpy.float32)
    made = make_unique(graph, "b")
    undo = document.apply(made.with_weights(document))
    assert graph.node("b").kind == "@residual_2"
    graph.apply(InDefinition("@residual_2", renaming(graph.definitions.body("@residual_2"), "layer", "other")))
    assert graph.definitions.body("@residual").has_node("layer")
    assert [node.name for node in graph.definitions.body("@residual").nodes()] == ["x", "layer", "sum", "y"]
    assert "b/layer.weight" in document.weights
    graph.apply(InDefinition("@residual_2", renaming(graph.definitions.body("@residual_2"), "layer", "layer")))
    document.apply(undo)
    assert structure_text(document) == text


def test_a_unique_place_keeps_the_weights_that_it_shared():
    document = two_places("common")
    document.weights["@residual=common/layer.weight"] = array = numpy.ones((4, 4), numpy.float32)
    document.apply(make_unique(document.graph, "b").with_weights(document))
    assert document.weights["b/layer.weight"] is array
    assert document.weights["@residual=common/layer.weight"] is array
    assert document.graph.node("b").parameters["weights"] == ""


def test_the_only_place_of_a_block_is_unique_already():
    graph = Graph("one")
    residual_block(graph, 4)
    between(graph, [4], ("@residual", "a", {}))
    with pytest.raises(EditError, match="the only place"):
        make_unique(graph, "a")


def test_a_replaced_node_keeps_its_name_its_wires_and_what_both_kinds_have():
    graph = Graph("replace")
    between(graph, [4], ("Linear", "h", {"out_features": 7}), ("Tanh", "t", {}))
    text = structure_text(Document(graph))
    residual_block(graph, 4)
    edit, made = replace_node(graph, "h", "@residual")
    undo = graph.apply(edit)
    assert graph.node(made.id).name == "h"
    assert [graph.node(wire.source).name for wire in graph.incoming(made)] == ["x"]
    assert [graph.node(wire.target).name for wire in graph.outgoing(made)] == ["t"]
    graph.apply(undo)
    assert graph.node("h").parameters["out_features"] == 7
    assert unused_definitions(graph) == ["@residual"]
    assert text != structure_text(Document(graph))


def test_paths_lead_through_places_repetitions_and_directions():
    graph = Graph("deep")
    residual_block(graph, 4)
    between(graph, [4], ("@residual", "a", {"repeat": 3}), ("@residual", "b", {"weights": "w"}))
    body = graph.definitions.body("@residual")
    assert [node for _, node in ways_to(graph, "a/2/layer")] == ["a", "layer"]
    assert ways_to(graph, "a/layer")[1][0] is body
    assert [node for _, node in ways_to(graph, "@residual=w/layer")] == ["b", "layer"]
    assert owners_of(graph, "@residual") == ["a/", "a/2/", "a/3/", "@residual=w/"]
    inside = level(graph, ["b"])
    assert (inside.graph, inside.path, inside.owner) == (body, "b/", "@residual=w/")


def test_a_block_that_is_called_as_its_only_place_is_renamed_with_it():
    graph = Graph("names")
    between(graph, [4], ("Linear", "h", {"out_features": 4}))
    made = group(graph, ["h"], "part")
    graph.apply(made.edit)
    assert made.place is not None
    undo = graph.apply(renaming(graph, made.place, "stem"))
    assert graph.definitions.definition(made.place.kind).name == "stem"
    graph.apply(undo)
    assert graph.definitions.definition(made.place.kind).name == "part"


def test_pasting_into_the_same_document_places_the_same_block_again():
    document = two_places()
    fragment = copy_fragment(document.graph, ["a"])
    pasted = paste_edit(document.graph, fragment)
    document.graph.apply(pasted.edit)
    assert [node.kind for node in pasted.nodes] == ["@residual"]
    assert len(document.graph.definitions) == 1


def test_pasting_into_another_document_brings_the_block_and_those_in_it():
    source = two_places()
    outer = group(source.graph, ["a", "b"], "pair")
    source.apply(outer.edit)
    assert outer.place is not None
    fragment = copy_fragment(source.graph, [outer.place.id])
    target = Graph("target")
    undos = [target.apply(paste_edit(target, fragment).edit) for _ in range(2)]
    assert {definition.id for definition in target.definitions} == {"@residual", "@pair"}
    assert len(target.definitions.places("@pair")) == 2
    for undo in reversed(undos):
        target.apply(undo)
    assert target == Graph("target")


def test_a_different_block_of_the_same_id_gets_a_fresh_one_and_is_then_reused():
    source, target = two_places().graph, Graph("target")
    residual_block(target, 9)
    fragment = copy_fragment(source, ["a"])
    for _ in range(2):
        target.apply(paste_edit(target, fragment).edit)
    assert {(definition.id, definition.name) for definition in target.definitions} == {
        ("@residual", "residual"),
        ("@residual_2", "residual 2"),
    }
    assert target.definitions.body("@residual_2").node("layer").parameters["out_features"] == 4
    assert [node.kind for node in target.nodes()] == ["@residual_2", "@residual_2"]


@pytest.mark.parametrize(("where", "what"), list(itertools.product(("nodes", "wires"), ({}, {"id": 3}, None))))
def test_a_broken_block_on_the_clipboard_is_refused(where, what):
    fragment = copy_fragment(two_places().graph, ["a"])
    fragment["definitions"][0][where] = what
    with pytest.raises(EditError):
        paste_edit(Graph(), fragment)
