"""Nodes go into a block and out of it that is placed several times: all places follow, each with its own weights."""

from __future__ import annotations

import itertools

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model import Document, EditError, Graph
from graph_model.blocks import Definition, Lifted, SetDefinition, is_block
from graph_model.blocks.grouping import group
from graph_model.blocks.levels import owners_of
from graph_model.blocks.moving_in import move_in
from graph_model.blocks.moving_out import move_out
from graph_model.blocks.other_places import SeveralPlaces
from graph_model.document_file import structure_text
from graph_model.edits import AddNodes
from tests.block_drawings import between, define, residual_block
from tests.graph_model.test_blocks_moving import choices, computed, drawings, named, two_places


def trained(document: Document, seed: int = 0) -> None:
    """Give every weight of the drawing a value of its own."""
    from compiler import compile_graph
    from compiler.weights import collect_weights

    random = numpy.random.default_rng(seed)
    for name, array in collect_weights(compile_graph(document.graph, seed=seed)).items():
        document.weights[name] = random.normal(size=numpy.shape(array)).astype(numpy.float32)


def place_again(document: Document, place: str, wiring: list[int], label: str) -> None:
    """Two more places of a block, fed by nodes of the drawing, that go into one more Add and an Output."""
    graph = document.graph
    model = graph.node(place)
    kind = graph.definitions.kind(model.kind)
    sources = [node for node in graph.nodes() if node.kind not in ("Output",) and not is_block(node.kind)]
    joined = graph.add("Add", name="joined")
    for name, weights in (("again", label), ("third", label)):
        another = graph.new_node(model.kind, name=name, weights=weights)
        graph.apply(AddNodes((another,)))
        for port in range(len(kind.inputs)):
            graph.connect(sources[wiring[port % len(wiring)] % len(sources)], another, input=port)
        for port in range(len(kind.outputs)):
            graph.connect(another, joined, output=port)
        sources.append(another)
    graph.connect(joined, graph.add("Output", name="second"))


def answers(document: Document) -> list[numpy.ndarray]:
    import torch

    from compiler import compile_graph
    from compiler.weights import apply_weights

    module = compile_graph(document.graph, seed=0)
    apply_weights(module, document.weights)
    with torch.no_grad():
        found = module.double()(torch.arange(8.0).reshape(2, 4).double() / 8)
    return [value.numpy() for value in (found if isinstance(found, tuple) else (found,))]


def blocks_placed_thrice(document: Document, grouped: set[int], wiring: list[int], label: str) -> str | None:
    """Group some nodes and place the block three times; None where these nodes are no block with ports."""
    try:
        made = group(document.graph, named(document, grouped))
    except EditError:
        return None
    document.apply(made.with_weights(document))
    assert made.place is not None
    kind = document.graph.kind_of(made.place)
    if not kind.inputs or not kind.outputs:
        return None
    place_again(document, made.place.id, wiring, label)
    trained(document)
    return made.place.id


WIRING = st.lists(st.integers(0, 9), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(drawings, choices, choices, WIRING, st.sampled_from(("", "w")))
def test_what_goes_out_of_all_places_computes_the_same_beside_each(document, grouped, out, wiring, label):
    place = blocks_placed_thrice(document, grouped, wiring, label)
    if place is None:
        return
    graph = document.graph
    body = graph.definitions.body(graph.node(place).kind)
    inner = [node.id for node in body.nodes() if not body.kind_of(node).stands_in]
    chosen = sorted({inner[number % len(inner)] for number in out})
    text, weights, before = structure_text(document), dict(document.weights), answers(document)
    try:
        made = move_out(graph, place, chosen)
    except EditError:
        assert structure_text(document) == text
        return
    everything = len(chosen) == len(inner)
    count = len(graph.nodes()) - (3 if everything else 0)
    undo = document.apply(made.with_weights(document))
    assert len(graph.nodes()) == count + 3 * len(chosen)
    for value, former in zip(answers(document), before, strict=True):
        numpy.testing.assert_allclose(value, former, atol=1e-5)
    document.apply(undo)
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()
    assert all(document.weights[name] is array for name, array in weights.items())


@settings(max_examples=60, deadline=None)
@given(drawings, choices, choices, WIRING, st.sampled_from(("", "w")))
def test_what_goes_into_all_places_leaves_a_drawing_that_runs_and_comes_back_by_undo(
    document, grouped, dropped, wiring, label
):
    place = blocks_placed_thrice(document, grouped, wiring, label)
    if place is None:
        return
    graph = document.graph
    text, weights = structure_text(document), dict(document.weights)
    beside = [node for node in named(document, dropped) if not is_block(graph.node(node).kind)]
    try:
        made = move_in(graph, beside, place)
    except EditError:
        assert structure_text(document) == text
        return
    undo = document.apply(made.with_weights(document))
    answers(document)
    kind = graph.node(place).kind
    inner = {node: made.moved[node].removeprefix(f"{place}/") for node in beside}
    learned = {name.partition(".")[0] for name in weights}
    for owner in owners_of(graph, kind):
        for node, inside in inner.items():
            assert graph.definitions.body(kind).has_node(inside)
            assert (node in learned) == (f"{owner}{inside}.weight" in document.weights)
    document.apply(undo)
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()


def test_nodes_go_out_of_every_place_each_with_the_weights_that_it_had_there():
    document = two_places()
    trained(document)
    before, first, second = (computed(document), document.weights["a/layer.weight"], document.weights["b/layer.weight"])
    made = move_out(document.graph, "b", ["layer"])
    document.apply(made.with_weights(document))
    graph = document.graph
    assert [node.name for node in graph.nodes() if node.kind == "Linear"] == ["last", "layer", "layer 2"]
    (outside,) = made.nodes
    assert document.weights["layer.weight"] is first
    assert document.weights[f"{outside.id}.weight"] is second
    assert "a/layer.weight" not in document.weights
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)


def test_places_that_shared_their_weights_have_copies_of_them_outside():
    document = two_places("common")
    trained(document)
    before, shared = computed(document), document.weights["@residual=common/layer.weight"]
    document.apply(move_out(document.graph, "a", ["layer"]).with_weights(document))
    assert document.weights["layer.weight"] is shared
    assert document.weights["layer_2.weight"] is shared
    assert "@residual=common/layer.weight" not in document.weights
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)


def test_a_node_outside_is_as_its_place_had_set_it():
    graph = Graph("lifted")
    body = define(graph, "stage")
    nodes = [body.add("BlockInput"), body.add("LeakyReLU", name="leak"), body.add("Tanh"), body.add("BlockOutput")]
    for source, target in itertools.pairwise(nodes):
        body.connect(source, target)
    graph.apply(SetDefinition(Definition("@stage", "stage", lifted=(Lifted("slope", "leak", "negative_slope"),))))
    between(graph, [4], ("@stage", "a", {"slope": 0.3}), ("@stage", "b", {}))
    graph.apply(move_out(graph, "b", ["leak"]).edit)
    outside = [node for node in graph.nodes() if node.kind == "LeakyReLU"]
    assert [node.parameters["negative_slope"] for node in outside] == [0.3, 0.01]


def test_nodes_go_out_of_places_inside_other_blocks_too():
    graph = Graph("nested")
    residual_block(graph, 4)
    pair = define(graph, "pair")
    nodes = [pair.add("BlockInput"), pair.add("@residual", name="one"), pair.add("BlockOutput")]
    for source, target in itertools.pairwise(nodes):
        pair.connect(source, target)
    between(graph, [4], ("@residual", "a", {}), ("@pair", "p", {}), ("@pair", "q", {"repeat": 2}))
    document = Document(graph)
    trained(document)
    text, before, deep = structure_text(document), computed(document), document.weights["q/2/one/layer.weight"]
    undo = document.apply(move_out(graph, "a", ["layer"]).with_weights(document))
    assert pair.has_node("layer")
    assert graph.has_node("layer")
    assert document.weights["q/2/layer.weight"] is deep
    numpy.testing.assert_allclose(computed(document), before, atol=1e-5)
    document.apply(undo)
    assert structure_text(document) == text
    inside = move_out(pair, "one", ["layer"])
    undo = document.apply(inside.with_weights(document, "@pair"))
    assert [node.id for node in inside.nodes] == ["layer"]
    assert document.weights["q/2/layer.weight"] is deep
    numpy.testing.assert_allclose(computed(document), before, atol=1e-5)
    document.apply(undo)
    assert structure_text(document) == text


def test_neurons_that_go_out_of_two_places_share_nothing_with_each_other():
    graph = Graph("tied")
    body = define(graph, "cell")
    x, y = body.add("BlockInput", name="x"), body.add("BlockOutput", name="y")
    for name in ("m", "n"):
        neuron = body.add("Neuron", name=name, bias_tie="b")
        body.connect(x, neuron, element=0, tie="t", weight=0.5)
        body.connect(neuron, y)
    body.add("Tanh", name="rest")
    between(graph, [4], ("@cell", "a", {}), ("Linear", "last", {"out_features": 4}), ("@cell", "b", {}))
    graph.apply(move_out(graph, "a", ["m", "n"]).edit)
    assert {tie: len(graph.tied(tie)) for tie in graph.ties()} == {"t": 2, "t 2": 2}


def test_a_node_dropped_into_one_place_is_gained_by_all():
    document = two_places()
    trained(document)
    graph = document.graph
    text, array = structure_text(document), document.weights["last.weight"]
    made = move_in(graph, ["last"], "b")
    undo = document.apply(made.with_weights(document))
    body = graph.definitions.body("@residual")
    assert [graph.node(wire.source).name for wire in graph.incoming("y")] == ["b"]
    assert [wire.source for wire in body.incoming("y")] == ["last"]
    assert [wire.source for wire in graph.incoming("b")] == ["a"]
    assert document.weights["a/last.weight"] is array
    assert document.weights["b/last.weight"] is array
    answers(document)
    document.apply(undo)
    assert structure_text(document) == text


def test_a_node_between_two_places_becomes_the_first_step_of_both():
    graph = Graph("between")
    residual_block(graph, 4)
    between(graph, [4], ("@residual", "a", {}), ("Linear", "h", {"out_features": 4}), ("@residual", "b", {}))
    graph.apply(move_in(graph, ["h"], "b").edit)
    body = graph.definitions.body("@residual")
    assert [wire.target for wire in body.outgoing("x")] == ["h"]
    assert {wire.target for wire in body.outgoing("h")} == {"layer", "sum"}
    assert {(wire.source, wire.target) for wire in graph.wires()} == {("x", "a"), ("a", "b"), ("b", "y")}


def test_a_node_that_needs_what_other_places_do_not_have_is_refused_with_both_ways_out():
    document = two_places()
    graph = document.graph
    text = structure_text(document)
    other = graph.add("Input", name="other", shape=[4])
    joined = graph.add("Add", name="joined")
    graph.connect("b", joined)
    graph.connect(other, joined)
    with_it = structure_text(document)
    with pytest.raises(SeveralPlaces) as refused:
        move_in(graph, ["joined"], "b")
    assert str(refused.value) == (
        "'b' is one of 2 places of the block 'residual', and the nodes cannot go into all of them: 'joined' also gets "
        "the value of 'other', and nothing would arrive in its place at 'a'. Make 'b' a block of its own first, or "
        "lead 'other' into the block through a port at all its places."
    )
    assert refused.value.place_id == "b"
    assert structure_text(document) == with_it != text


def test_a_node_whose_place_would_cut_off_another_is_refused():
    graph = Graph("cut off")
    residual_block(graph, 4)
    between(graph, [4], ("@residual", "a", {}))
    graph.connect(graph.add("Parameter", name="p", shape=[4]), graph.add("@residual", name="b"))
    with pytest.raises(SeveralPlaces, match="what arrives at 'x' of 'a' would be lost"):
        move_in(graph, ["p"], "b")


def test_a_block_of_which_all_goes_out_is_none_any_more():
    document = two_places()
    trained(document)
    text, before = structure_text(document), computed(document)
    undo = document.apply(move_out(document.graph, "a", ["layer", "sum"]).with_weights(document))
    assert [node.kind for node in document.graph.nodes()].count("Add") == 2
    assert not document.graph.places()
    assert not len(document.graph.definitions)
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)
    document.apply(undo)
    assert structure_text(document) == text


def test_nothing_goes_out_while_a_place_is_repeated_or_reads_in_both_directions():
    document = two_places()
    document.graph.set("a", repeat=2)
    with pytest.raises(EditError, match="set repeat of 'a' to 1 first"):
        move_out(document.graph, "b", ["layer"])
    document.graph.set("a", repeat=1, over_time="both")
    with pytest.raises(EditError, match="Set over_time of 'a' to forward or backward first"):
        move_out(document.graph, "b", ["layer"])


def neurons_in_places(label: str) -> Document:
    graph = Graph("neurons")
    body = define(graph, "cell")
    x, y = body.add("BlockInput", name="x"), body.add("BlockOutput", name="y")
    for name in ("m", "n", "o", "p"):
        neuron = body.add("Neuron", name=name)
        body.connect(x, neuron)
        body.connect(neuron, y)
    body.add("BlockOutput", name="through")
    body.connect(x, "through")
    between(graph, [4], ("@cell", "a", {"weights": label}), ("@cell", "b", {"weights": label}))
    document = Document(graph)
    trained(document)
    return document


@pytest.mark.parametrize("label", ["", "w"])
def test_neurons_take_their_weights_along_also_where_places_share_them(label):
    from compiler.weights import apply_weights, collect_weights

    document = neurons_in_places(label)
    if label:
        from compiler import compile_graph

        module = compile_graph(document.graph)
        apply_weights(module, document.weights)
        document.weights = collect_weights(module)
    before = computed(document)
    out = move_out(document.graph, "b", ["m", "n", "o", "p"])
    undo = document.apply(out.with_weights(document))
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)
    document.apply(undo)
    numpy.testing.assert_allclose(computed(document), before, atol=1e-6)


@pytest.mark.parametrize("label", ["", "w"])
def test_a_neuron_that_goes_in_has_its_weight_at_every_place(label):
    document = neurons_in_places(label)
    graph = document.graph
    neuron = graph.add("Neuron", name="extra")
    wire = graph.connect("b", neuron, output=1)
    document.weights[f"{wire.id}.weight"] = array = numpy.ones(4, numpy.float32)
    document.weights["extra.bias"] = numpy.array(0.5, numpy.float32)
    made = move_in(graph, ["extra"], "b")
    document.apply(made.with_weights(document))
    inner = made.moved[wire.id].removeprefix("b/")
    assert document.weights[f"a/{inner}.weight"] is document.weights[f"b/{inner}.weight"] is array
    assert float(document.weights["a/extra.bias"]) == float(document.weights["b/extra.bias"]) == 0.5
