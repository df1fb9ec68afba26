"""A layer unfolds into neurons and wires that compute the same, with its present weights."""

from __future__ import annotations

import itertools
import math
import re

import numpy
import pytest
from hypothesis import given

from compiler import compile_graph
from compiler.unfolding import MOST_WIRES, unfold, unfold_refusal
from compiler.unfolding.fields import windows_of
from graph_model import CompileError, Document, Graph
from graph_model.document_file import structure_text
from tests.compiler.unfolding_drawings import LAYERS, drawn, layers, output, same, vector_drawing
from tests.drawings import chain


def unfolded(document: Document) -> list:
    """Unfold the drawing's 'layer' and return its neurons."""
    result = unfold(document, "layer")
    document.apply(result.edit)
    return [document.graph.node(identifier) for identifier in result.node_ids]


@pytest.mark.parametrize(("kind", "parameters", "shape"), LAYERS)
def test_a_layer_and_its_neurons_give_the_same(kind, parameters, shape):
    document = drawn(kind, parameters, shape)
    before = output(document)
    neurons = unfolded(document)
    assert not document.graph.has_node("layer")
    assert len(neurons) == math.prod(before.shape[1:])
    assert {neuron.kind for neuron in neurons} == {"MaxoutGroup" if kind.startswith("Max") else "Neuron"}
    assert same(before, output(document))


@given(layers())
def test_any_layer_that_unfolds_gives_the_same_and_comes_back_by_undo(layer):
    document = drawn(*layer)
    if unfold_refusal(document, "layer") is not None:
        return
    before, text = output(document), structure_text(document)
    undo = document.apply(unfold(document, "layer").edit)
    assert same(before, output(document))
    redo = document.apply(undo)
    assert structure_text(document) == text
    document.apply(redo)
    assert same(before, output(document))


def test_wires_and_biases_carry_the_present_weights_exactly():
    document = drawn("Linear", {"out_features": 2}, [3])
    random = numpy.random.default_rng(3)
    weight = random.normal(size=(2, 3)).astype(numpy.float32)
    bias = random.normal(size=2).astype(numpy.float32)
    document.weights = {"layer.weight": weight, "layer.bias": bias}
    for row, neuron in enumerate(unfolded(document)):
        assert neuron.parameters["bias"] == float(bias[row])
        wires = document.graph.incoming(neuron)
        assert [wire.element for wire in wires] == [0, 1, 2]
        assert [wire.weight for wire in wires] == [float(value) for value in weight[row]]


def test_a_layer_unfolds_with_its_seeded_start_in_a_drawing_that_cannot_run_yet():
    whole = drawn("Linear", {"out_features": 2}, [3])
    start = compile_graph(whole.graph, whole.training.seed).layer
    unfinished = Document(chain(("Input", "x", {"shape": [3]}), ("Linear", "layer", {"out_features": 2})))
    for row, neuron in enumerate(unfolded(unfinished)):
        assert neuron.parameters["bias"] == start.bias[row].item()
        assert [wire.weight for wire in unfinished.graph.incoming(neuron)] == start.weight[row].tolist()


def test_connections_that_are_not_there_become_no_wires():
    document = drawn("Linear", {"out_features": 2, "pruned": [[0, 0], [0, 2], [1, 1]]}, [3])
    seen = [[wire.element for wire in document.graph.incoming(neuron)] for neuron in unfolded(document)]
    assert seen == [[1], [0, 2]]


def test_a_neuron_without_any_connection_gets_a_wire_that_adds_nothing():
    document = drawn("Linear", {"out_features": 2, "pruned": [[0, 0], [0, 1]]}, [2])
    before = output(document)
    (wire,) = document.graph.incoming(unfolded(document)[0])
    assert (wire.weight, wire.trainable) == (0.0, False)
    assert same(before, output(document))


def test_what_a_layer_does_not_train_its_neurons_do_not_train():
    frozen = drawn("Linear", {"out_features": 2, "trainable": False}, [3])
    neurons = unfolded(frozen)
    assert not any(neuron.parameters["bias_trainable"] for neuron in neurons)
    assert not any(wire.trainable for neuron in neurons for wire in frozen.graph.incoming(neuron))
    without_bias = drawn("Linear", {"out_features": 2, "bias": False}, [3])
    for neuron in unfolded(without_bias):
        assert (neuron.parameters["bias"], neuron.parameters["bias_trainable"]) == (0.0, False)
        assert all(wire.trainable for wire in without_bias.graph.incoming(neuron))


def test_wires_of_one_tap_share_their_weight_and_neurons_of_one_filter_their_bias():
    document = drawn("Conv2d", {"out_channels": 2, "kernel_size": 3}, [1, 6, 6])
    neurons = unfolded(document)
    graph = document.graph
    assert len(neurons) == 2 * 4 * 4
    assert {len(graph.tied(tie)) for tie in graph.ties()} == {16}
    assert len(graph.ties()) == 2 * 9
    assert "layer: filter 1, (0, 2, 1)" in graph.ties()
    assert [neuron.parameters["bias_tie"] for neuron in neurons] == ["layer: filter 0"] * 16 + ["layer: filter 1"] * 16
    first = graph.node_named("layer 0,0,0")
    assert [wire.element for wire in graph.incoming(first)] == [0, 1, 2, 6, 7, 8, 12, 13, 14]


def test_ties_of_two_layers_of_one_name_stay_apart():
    graph = Graph("ties")
    x, y = graph.add("Input", name="x", shape=[1, 4]), graph.add("Neuron", name="n")
    graph.connect(x, y, element=0, weight=1.0, tie="layer: filter 0, (0, 0)")
    graph.connect(y, graph.add("Output"))
    layer = graph.add("Conv1d", name="layer", out_channels=1, kernel_size=2)
    graph.connect(x, layer)
    graph.connect(layer, graph.add("Output"))
    document = Document(graph)
    document.apply(unfold(document, "layer").edit)
    assert len(document.graph.tied("layer: filter 0, (0, 0)")) == 1
    assert len(document.graph.tied("layer (2): filter 0, (0, 0)")) == 3


def test_a_mean_has_equal_frozen_weights():
    document = drawn("AvgPool2d", {}, [1, 4, 4])
    for neuron in unfolded(document):
        assert neuron.parameters["activation"] == "Identity"
        assert (neuron.parameters["bias"], neuron.parameters["bias_trainable"]) == (0.0, False)
        assert {(wire.weight, wire.trainable) for wire in document.graph.incoming(neuron)} == {(0.25, False)}


def test_gathered_neurons_are_wired_directly():
    graph = Graph("gathered")
    x = graph.add("Input", name="x", shape=[2])
    before = [graph.add("Neuron", name=f"n{number}") for number in range(3)]
    layer = graph.add("Linear", name="layer", out_features=2)
    for neuron in before:
        graph.connect(x, neuron)
    for neuron in reversed(before):
        graph.connect(neuron, layer)
    graph.connect(layer, graph.add("Output"))
    document = Document(graph)
    expected = output(document)
    first, _ = unfolded(document)
    assert [wire.source for wire in document.graph.incoming(first)] == ["n2", "n1", "n0"]
    assert same(expected, output(document))


@pytest.mark.parametrize(
    ("kind", "gatherer"),
    [
        ("Output", None),
        ("Linear", None),
        ("Sigmoid", None),
        ("Unflatten", None),
        ("Neuron", None),
        ("MaxoutGroup", None),
        ("Add", "Unflatten"),
        ("Concat", "Unflatten"),
    ],
)
def test_every_consumer_sees_the_same(kind, gatherer):
    document, graph = vector_drawing(consumers=(kind,))
    if kind == "Unflatten":
        graph.set("unflatten", unflattened_size=[3, 1])
    kinds_before = sorted(node.kind for node in graph.nodes() if node.kind not in ("Linear", "Neuron", "MaxoutGroup"))
    before = output(document)
    unfolded(document)
    kinds_after = sorted(node.kind for node in graph.nodes() if node.kind not in ("Linear", "Neuron", "MaxoutGroup"))
    assert kinds_after == sorted([*kinds_before, *([gatherer] if gatherer else [])])
    assert same(before, output(document))


def test_several_consumers_of_one_layer_see_the_same():
    document, _ = vector_drawing(consumers=("Output", "Add", "Neuron", "Linear", "Concat"))
    before = output(document)
    unfolded(document)
    for one, other in zip(before, output(document), strict=True):
        assert same(one, other)


def test_a_wire_that_picked_an_element_keeps_its_id_and_its_trained_weight():
    document, graph = vector_drawing()
    last = graph.add("Neuron", name="last")
    wire = graph.connect("layer", last, element=2)
    graph.connect(last, graph.add("Output"))
    document.weights = {f"{wire.id}.weight": numpy.float32(0.75)}
    before = output(document)
    neurons = unfolded(document)
    moved = graph.wire(wire.id)
    assert (moved.source, moved.element) == (neurons[2].id, None)
    for one, other in zip(before, output(document), strict=True):
        assert same(one, other)


def test_a_wire_of_a_whole_vector_becomes_one_from_each_neuron_with_its_ties():
    document, graph = vector_drawing()
    ends = [graph.add("Neuron", name=f"end {number}") for number in range(2)]
    for end in ends:
        graph.connect("layer", end, weight=(0.5, -1.0, 2.0), tie="shared", trainable=False)
        graph.connect(end, graph.add("Output"))
    before = output(document)
    unfolded(document)
    for end in ends:
        wires = graph.incoming(end)
        assert [wire.weight for wire in wires] == [0.5, -1.0, 2.0]
        assert [wire.tie for wire in wires] == ["shared (1)", "shared (2)", "shared (3)"]
        assert not any(wire.trainable for wire in wires)
    for one, other in zip(before, output(document), strict=True):
        assert same(one, other)


def test_a_vector_of_weights_that_is_shared_elsewhere_is_not_torn_apart():
    document, graph = vector_drawing()
    other = graph.add("Input", name="other", shape=[3])
    end = graph.add("Neuron", name="end")
    graph.connect("layer", end, weight=(0.5, -1.0, 2.0), tie="shared")
    graph.connect(other, end, tie="shared")
    graph.connect(end, graph.add("Output"))
    with pytest.raises(CompileError, match="the wire to 'end' shares its weights \\('shared'\\) with one from 'other'"):
        unfold(document, "layer")


@pytest.mark.parametrize(("kind", "parameters", "shape"), LAYERS)
def test_nothing_overlaps(kind, parameters, shape):
    document = drawn(kind, parameters, shape)
    graph = document.graph
    beside = graph.add("ReLU", name="beside", position=(graph.node("layer").position[0], 160.0))
    graph.connect("x", beside)
    unfolded(document)
    for one, other in itertools.combinations(graph.nodes(), 2):
        assert max(abs(one.position[axis] - other.position[axis]) for axis in (0, 1)) >= 56.0, (one.name, other.name)
    right = max(node.position[0] for node in graph.nodes() if node.name.startswith("layer"))
    assert graph.node("y").position[0] > right


@pytest.mark.parametrize(
    ("kind", "parameters", "shape", "sentence"),
    [
        ("ReLU", {}, [4], "ReLU 'layer' cannot be unfolded into neurons: only Linear, Conv1d"),
        ("Linear", {"out_features": 5}, [3, 4], "applied at every time step of \\(batch, 3, 4\\)"),
        ("Linear", {"out_features": 41}, [100], f"would become 4,100 wires, and at most {MOST_WIRES:,} can be drawn"),
        ("Conv2d", {}, [3, 32, 32], "it would become 388,800 wires"),
        (
            "Conv2d",
            {"padding": 1, "padding_mode": "reflect"},
            [1, 4, 4],
            "cannot be unfolded with padding_mode reflect",
        ),
        ("MaxPool2d", {"return_indices": True}, [1, 4, 4], "cannot be unfolded while it gives indices"),
        ("AvgPool2d", {"divisor_override": 3}, [1, 4, 4], "cannot be unfolded with a divisor_override"),
        ("Conv2d", {}, [4], "cannot be unfolded before its shape is known. Conv2d 'layer' receives \\(batch, 4\\)"),
        ("Linear", {"activation": "PReLU"}, [4], "its PReLU learns one slope for the whole layer"),
        ("MaxPool1d", {"padding": 1, "dilation": 3}, [1, 2], "its fields lie wholly in the padding"),
    ],
)
def test_what_cannot_be_unfolded_is_refused_with_the_reason(kind, parameters, shape, sentence):
    document = drawn(kind, parameters, shape)
    with pytest.raises(CompileError, match=sentence):
        unfold(document, "layer")
    assert re.search(sentence, unfold_refusal(document, "layer") or "")


def test_a_layer_to_which_nothing_is_wired_is_refused():
    graph = Graph("loose")
    graph.add("Linear", name="layer")
    assert unfold_refusal(Document(graph), "layer") == (
        "Linear 'layer' cannot be unfolded before its shape is known. What arrives at it is not known yet."
    )


def test_as_many_wires_as_the_limit_unfold():
    document = drawn("Linear", {"out_features": 40}, [100])
    before = output(document)
    assert len(unfolded(document)) == 40
    assert len(document.graph.wires()) == MOST_WIRES + 40
    assert same(before, output(document))


@pytest.mark.parametrize(("kind", "parameters", "shape"), [layer for layer in LAYERS if layer[0] != "Linear"])
def test_the_wires_are_counted_without_drawing_them(kind, parameters, shape):
    document = drawn(kind, parameters, shape)
    windows = windows_of(kind, document.graph.node("layer").parameters, tuple(shape))
    assert windows.wire_count() == sum(len(list(windows.field(place))) for place in windows.positions())
    assert windows.shape == tuple(output(document).shape[1:])
