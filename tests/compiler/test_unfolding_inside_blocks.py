"""A layer inside a block becomes neurons and a layer again: all places compute as before, each with its own weights."""

from __future__ import annotations

import itertools

import numpy
import pytest
import torch

from compiler import compile_graph
from compiler.inferring import shapes_of
from compiler.program import lower
from compiler.unfolding import Opened, fold_inside, unfold_inside
from compiler.weights import apply_weights, collect_weights
from graph_model import CompileError, Document, Graph
from graph_model.blocks import Definition, Lifted, SetDefinition
from graph_model.blocks.levels import copies_of
from graph_model.document_file import structure_text
from tests.block_drawings import between, define, naive_rnn, residual_block


def answer(document: Document, *shape: int) -> torch.Tensor:
    module = compile_graph(document.graph, document.training.seed)
    apply_weights(module, document.weights)
    with torch.no_grad():
        return module(torch.randn(3, *shape, generator=torch.Generator().manual_seed(0)))


def trained(document: Document) -> Document:
    for name, array in collect_weights(compile_graph(document.graph, seed=3)).items():
        document.weights[name] = array
    return document


def opened(document: Document, place: str, **shapes: tuple) -> Opened:
    node = document.graph.node(place)
    return Opened(node, copies_of(document.graph, node.kind)[0], shapes)


def residual_places(*places: tuple[str, dict]) -> Document:
    graph = Graph("places")
    residual_block(graph, 4)
    between(graph, [4], *(("@residual", name, values) for name, values in places))
    return Document(graph)


PLACES = [
    [("a", {})],
    [("a", {}), ("b", {})],
    [("a", {"weights": "w"}), ("b", {"weights": "w"}), ("c", {})],
    [("a", {"repeat": 2}), ("b", {})],
    [("a", {"repeat": 2, "repeat_weights": "shared"})],
]


@pytest.mark.parametrize("is_trained", [False, True])
@pytest.mark.parametrize("places", PLACES)
def test_a_layer_unfolds_and_folds_back_at_all_places(places, is_trained):
    document = residual_places(*places)
    if is_trained:
        trained(document)
    text, weights, before = structure_text(document), dict(document.weights), answer(document, 4)
    here = opened(document, "a", x=("batch", 4))
    unfolded = unfold_inside(document, here, "layer")
    undo = document.apply(unfolded.edit)
    body = document.graph.definitions.body("@residual")
    assert [body.node(node).kind for node in unfolded.node_ids] == ["Neuron"] * 4
    torch.testing.assert_close(answer(document, 4), before)
    folded = fold_inside(document, here, unfolded.node_ids)
    back = document.apply(folded.edit)
    assert [body.node(node).kind for node in folded.node_ids] == ["Linear"]
    torch.testing.assert_close(answer(document, 4), before)
    document.apply(back)
    document.apply(undo)
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()


def test_what_comes_stands_after_all_that_was_there_and_takes_no_id_that_was_in_use():
    document = residual_places(("a", {}), ("b", {}))
    body = document.graph.definitions.body("@residual")
    body.add("Linear", name="layer 1")
    body.remove("layer_1")
    former = max(item.order for item in (*body.nodes(), *body.wires()))
    unfolded = unfold_inside(document, opened(document, "a", x=("batch", 4)), "layer")
    document.apply(unfolded.edit)
    assert "layer_1" not in unfolded.node_ids
    assert all(body.node(node).order > former for node in unfolded.node_ids)


def test_a_layer_that_gives_one_number_still_leaves_the_block_as_a_vector():
    graph = Graph("one")
    body = define(graph, "head")
    nodes = [body.add("BlockInput", name="x"), body.add("Linear", name="h", out_features=1), body.add("BlockOutput")]
    for source, target in itertools.pairwise(nodes):
        body.connect(source, target)
    between(graph, [4], ("@head", "a", {}), ("Softplus", "s", {}))
    total = graph.add("Add", name="total")
    graph.connect("s", total)
    graph.connect("a", total)
    graph.connect(total, graph.add("Output", name="z"))
    document = trained(Document(graph))
    shapes = {key: shape for key, shape in shapes_of(lower(graph)).items() if key[0] == "total"}
    unfolded = unfold_inside(document, opened(document, "a", x=("batch", 4)), "h")
    document.apply(unfolded.edit)
    assert {key: shape for key, shape in shapes_of(lower(graph)).items() if key[0] == "total"} == shapes
    folded = fold_inside(document, opened(document, "a", x=("batch", 4)), unfolded.node_ids)
    document.apply(folded.edit)
    assert {key: shape for key, shape in shapes_of(lower(graph)).items() if key[0] == "total"} == shapes


def test_a_neuron_that_leaves_the_block_alone_is_not_folded():
    graph = Graph("lone")
    body = define(graph, "cell")
    nodes = [body.add("BlockInput", name="x"), body.add("Neuron", name="n"), body.add("BlockOutput", name="y")]
    for source, target in itertools.pairwise(nodes):
        body.connect(source, target)
    between(graph, [4], ("@cell", "a", {}))
    with pytest.raises(CompileError, match="leaves the block at 'y' as one number"):
        fold_inside(Document(graph), opened(Document(graph), "a", x=("batch", 4)), ["n"])


@pytest.mark.parametrize("over_time", ["forward", "backward", "both"])
def test_a_layer_of_a_recurrent_block_unfolds_and_folds_back(over_time):
    graph = Graph("rnn")
    naive_rnn(graph, 3)
    between(graph, [5, 2], ("@rnn", "cell", {"over_time": over_time}))
    document = trained(Document(graph))
    assert_cell_unfolds_and_folds_back(document, "from_state")


def test_what_feeds_a_memory_unfolds_too():
    graph = Graph("memory")
    body = define(graph, "state")
    x, h = body.add("BlockInput", name="x"), body.add("Delay", name="h", shape=[3])
    total, layer = body.add("Concat", name="both"), body.add("Linear", name="next", out_features=3)
    for source, target in ((x, total), (h, total), (total, layer), (layer, h), (h, body.add("BlockOutput", name="y"))):
        body.connect(source, target)
    between(graph, [5, 2], ("@state", "cell", {}))
    document = trained(Document(graph))
    assert_cell_unfolds_and_folds_back(document, "next")


def assert_cell_unfolds_and_folds_back(document: Document, layer: str) -> None:
    """A layer of the block "cell", which reads sequences of 5 steps with 2 numbers each."""
    before = answer(document, 5, 2)
    here = opened(document, "cell", x=("batch", 2))
    unfolded = unfold_inside(document, here, layer)
    document.apply(unfolded.edit)
    torch.testing.assert_close(answer(document, 5, 2), before)
    document.apply(fold_inside(document, here, unfolded.node_ids).edit)
    torch.testing.assert_close(answer(document, 5, 2), before)


def test_places_that_receive_other_shapes_are_named():
    graph = Graph("shapes")
    body = define(graph, "flat")
    x, flat = body.add("BlockInput", name="x"), body.add("Flatten", name="flat")
    layer = body.add("Linear", name="layer", out_features=6)
    for source, target in ((x, flat), (flat, layer), (layer, body.add("BlockOutput"))):
        body.connect(source, target)
    between(graph, [2, 2], ("@flat", "a", {}), ("@flat", "b", {}))
    with pytest.raises(CompileError, match=r"receives \(batch, 4\) as 'a/layer' and \(batch, 6\) as 'b/layer'"):
        unfold_inside(Document(graph), opened(Document(graph), "a", x=("batch", 2, 2)), "layer")


def test_a_layer_of_which_places_set_something_stays_a_layer():
    document = residual_places(("a", {}))
    lifted = (Lifted("width", "layer", "out_features"),)
    document.graph.apply(SetDefinition(Definition("@residual", "residual", lifted=lifted)))
    with pytest.raises(CompileError, match="remove 'width' from what they set first"):
        unfold_inside(document, opened(document, "a", x=("batch", 4)), "layer")


def test_weights_of_each_place_are_where_they_were():
    document = trained(residual_places(("a", {}), ("b", {})))
    second = document.weights["b/layer.weight"]
    unfolded = unfold_inside(document, opened(document, "a", x=("batch", 4)), "layer")
    document.apply(unfolded.edit)
    body = document.graph.definitions.body("@residual")
    rows = [
        [float(document.weights[f"b/{wire.id}.weight"]) for wire in body.incoming(node)] for node in unfolded.node_ids
    ]
    numpy.testing.assert_allclose(rows, second, rtol=1e-6)
