"""Neurons that form a layer fold into it, with equal outputs and the weights that they have."""

from __future__ import annotations

import numpy
import pytest
import torch
from hypothesis import given

from app.training import train
from compiler import compile_graph, export_onnx
from compiler.unfolding import fold, unfold, unfold_refusal
from graph_model import Document, Graph, Node, TrainingSettings
from graph_model.document_file import structure_text
from tests.compiler.unfolding_drawings import LAYERS, drawn, folded, layers, output, same, unfolded, vector_drawing
from tests.drawings import chain, worked_example


@pytest.mark.parametrize(("kind", "parameters", "shape"), LAYERS)
def test_unfolded_and_folded_a_layer_is_as_it_was(kind, parameters, shape):
    document = drawn(kind, parameters, shape)
    former, before = document.graph.node("layer"), output(document)
    layer = folded(document, unfolded(document))
    assert (layer.kind, layer.name, dict(layer.parameters)) == (former.kind, former.name, dict(former.parameters))
    assert [node.kind for node in document.graph.nodes()].count("Unflatten") == 0
    assert same(before, output(document))


KEPT = {"out_features", "out_channels", "activation", "bias", "pruned"}
"""Parameters that the neurons show whatever the layer; a stride, say, does not show where there is but one place."""


@given(layers())
def test_any_layer_folds_back_to_its_kind_with_equal_outputs(drawing):
    document = drawn(*drawing)
    if unfold_refusal(document, "layer") is not None:
        return
    former, before = document.graph.node("layer"), output(document)
    neurons = unfolded(document)
    text = structure_text(document)
    result = fold(document, neurons)
    document.weights.update(result.weights)
    undo = document.apply(result.edit)
    layer = document.graph.node(result.node_id)
    assert layer.kind == drawing[0]
    for name in KEPT & layer.parameters.keys():
        assert layer.parameters[name] == former.parameters[name]
    assert same(before, output(document))
    document.apply(undo)
    assert structure_text(document) == text
    assert same(before, output(document))


def test_a_cut_wire_is_a_missing_weight_that_stays_missing(tmp_path):
    graph = chain(
        ("Input", "x", {"shape": [2]}),
        ("Linear", "layer", {"out_features": 5, "activation": "Tanh"}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
    document = Document(graph, TrainingSettings(dataset="moons", optimizer="Adam", learning_rate=0.05))
    weight = compile_graph(graph).layer.weight.detach().clone()
    neurons = unfolded(document)
    cut = graph.incoming(neurons[3])[1]
    graph.disconnect(cut)
    layer = folded(document, neurons)
    assert layer.parameters["pruned"] == [[3, 1]]
    mask = torch.ones(5, 2)
    mask[3, 1] = 0.0
    module = compile_graph(graph, 0, document.weights)
    part = getattr(module, layer.id)
    x = torch.randn(20, 2)
    masked = module.last(torch.tanh(torch.nn.functional.linear(x, weight * mask, part.bias)))
    assert (module(x) - masked).abs().max() <= 1e-6
    module(x).square().sum().backward()
    assert part.weight.grad[3, 1].item() == 0.0
    trained = train(document, steps=60).document
    after = trained.weights[f"{layer.id}.weight"]
    assert after[3, 1] == 0.0
    assert numpy.all(after[mask.bool().numpy()] != document.weights[f"{layer.id}.weight"][mask.bool().numpy()])
    assert export_onnx(trained, tmp_path / "pruned.onnx").max_abs_difference < 1e-5


def image_network() -> Document:
    """Digits averaged to 6 × 6 pixels, two 3 × 3 filters over them, and a linear layer."""
    graph = chain(
        ("Input", "x", {"shape": [1, 8, 8]}),
        ("AvgPool2d", "image", {"kernel_size": 3, "stride": 1}),
        ("Conv2d", "layer", {"out_channels": 2, "kernel_size": 3, "activation": "ReLU"}),
        ("Flatten", "flat", {}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    return Document(graph, TrainingSettings(dataset="digits", learning_rate=0.1))


def test_an_image_with_two_filters_unfolds_trains_and_folds_back():
    document = image_network()
    former = document.graph.node("layer")
    neurons = unfolded(document)
    assert len(neurons) == 32
    start = output(document)
    trained = train(document, steps=25).document
    assert not same(start, output(trained))
    graph = trained.graph
    for tie in graph.ties():
        assert len({float(trained.weights[f"{wire.id}.weight"]) for wire in graph.tied(tie)}) == 1
    biases = [float(trained.weights[f"{identifier}.bias"]) for identifier in neurons]
    assert len(set(biases[:16])) == len(set(biases[16:])) == 1
    before = output(trained)
    layer = folded(trained, neurons)
    assert (layer.kind, dict(layer.parameters)) == ("Conv2d", dict(former.parameters))
    assert same(before, output(trained))


def test_tied_wires_train_as_the_layer_does():
    document = image_network()
    unfolded_document = document.copy()
    neurons = unfolded(unfolded_document)
    as_layer = train(document, steps=10).document
    as_neurons = train(unfolded_document, steps=10).document
    layer = folded(as_neurons, neurons)
    difference = as_neurons.weights[f"{layer.id}.weight"] - as_layer.weights["layer.weight"]
    assert numpy.abs(difference).max() < 1e-5


def test_two_layers_in_a_row_unfold_and_fold_back_in_any_order():
    for order in ((0, 1), (1, 0)):
        document = drawn("Conv2d", {"out_channels": 2, "kernel_size": 2, "activation": "Tanh"}, [1, 5, 5])
        graph = document.graph
        (wire,) = graph.outgoing("layer")
        graph.disconnect(wire)
        pool = graph.add("MaxPool2d", name="pool")
        graph.connect("layer", pool)
        graph.connect(pool, "y")
        before = output(document)
        groups = [unfolded(document, name) for name in (("layer", "pool")[index] for index in order)]
        assert same(before, output(document))
        kinds = [folded(document, group).kind for group in sorted(groups, key=len, reverse=True)]
        assert kinds == ["Conv2d", "MaxPool2d"]
        assert same(before, output(document))
        assert len(graph.nodes()) == 4


def test_the_worked_example_folds_into_three_layers():
    document = Document(worked_example())
    before = output(document)
    for layer in range(3):
        node = folded(document, [f"n{layer}0", f"n{layer}1"])
        assert (node.kind, node.parameters["activation"]) == ("Linear", "Sigmoid")
    assert [node.kind for node in document.graph.nodes()] == ["Input", "Output", "Linear", "Linear", "Linear"]
    assert same(before, output(document))


def test_neurons_fold_with_their_seeded_start_in_a_drawing_that_cannot_run_yet():
    graph = Graph("unfinished")
    neurons = neurons_on(graph, 3, graph.add("Input", name="x", shape=[2]))
    unfinished = graph.copy()
    for neuron in neurons:
        graph.connect(neuron, "y" if "y" in graph.names() else graph.add("Output", name="y"))
    result = fold(Document(unfinished), [neuron.id for neuron in neurons])
    expected = output(Document(graph))
    unfinished.apply(result.edit)
    unfinished.connect(result.node_id, unfinished.add("Output", name="y"))
    flipped = output(Document(unfinished, weights=result.weights)).flip(1)
    assert same(expected, flipped)


def neurons_on(graph: Graph, count: int, source: Node, **parameters) -> list[Node]:
    """Neurons one above the other that see a whole vector, the first at the bottom."""
    made = []
    for number in range(count):
        neuron = graph.add("Neuron", name=f"n{number}", position=(100.0, -64.0 * number), **parameters)
        graph.connect(source, neuron)
        made.append(neuron)
    return made


def test_rows_come_in_the_order_in_which_they_are_gathered_or_else_from_top_to_bottom():
    graph = Graph("rows")
    neurons = neurons_on(graph, 3, graph.add("Input", name="x", shape=[2]))
    ends = [graph.add("Neuron", name=f"end {number}") for number in range(2)]
    wires = [graph.connect(neuron, ends[0]) for neuron in neurons]
    y = graph.add("Output", name="y")
    graph.connect(ends[0], y)
    graph.remove(ends[1])
    document = Document(graph)
    before = output(document)
    copy = document.copy()
    folded(document, [neuron.id for neuron in neurons])
    assert [document.graph.wire(wire.id).element for wire in wires] == [2, 1, 0]
    assert same(before, output(document))
    for index in (1, 2, 0):
        copy.graph.connect(neurons[index], copy.graph.add("Sigmoid", name="joined") if index == 1 else "joined")
    folded(copy, [neuron.id for neuron in neurons])
    assert [copy.graph.wire(wire.id).element for wire in wires] == [2, 0, 1]
    assert same(before, output(copy))


def test_wires_to_other_neurons_keep_their_ids_ties_and_trained_weights():
    document, graph = vector_drawing()
    neurons = unfolded(document)
    end = graph.add("Neuron", name="end")
    wires = [graph.connect(neuron, end, weight=0.5, tie="all", trainable=False) for neuron in neurons]
    graph.connect(end, graph.add("Output"))
    document.weights = {f"{wire.id}.weight": numpy.float32(0.25) for wire in wires}
    before = output(document)
    layer = folded(document, neurons)
    moved = [graph.wire(wire.id) for wire in wires]
    assert [(wire.source, wire.element, wire.tie, wire.trainable) for wire in moved] == [
        (layer.id, row, "all", False) for row in range(3)
    ]
    for one, other in zip(before, output(document), strict=True):
        assert same(one, other)


def test_several_sources_are_laid_side_by_side():
    graph = Graph("sources")
    vector, image = graph.add("Input", name="v", shape=[3]), graph.add("Input", name="m", shape=[1, 2, 2])
    neurons = neurons_on(graph, 2, vector, activation="Tanh")
    single = graph.add("Neuron", name="single")
    graph.connect(vector, single)
    for neuron in neurons:
        graph.connect(image, neuron, element=3)
        graph.connect(single, neuron)
        graph.connect(neuron, graph.node_named("y") if "y" in graph.names() else graph.add("Output", name="y"))
    document = Document(graph)
    before = output(document)
    layer = folded(document, ["n0", "n1"])
    (wire,) = graph.incoming(layer)
    assert graph.node(wire.source).kind == "Concat"
    assert [graph.node(wire.source).kind for wire in graph.incoming(wire.source)] == ["Input", "Flatten", "Neuron"]
    assert layer.parameters["pruned"] == [[row, column] for row in (0, 1) for column in (3, 4, 5)]
    assert same(before, output(document))


def test_neurons_and_scalar_inputs_are_gathered_by_the_layer():
    graph = Graph("scalars")
    features = [graph.add("ScalarInput") for _ in range(3)]
    y = graph.add("Output", name="y")
    for number in range(2):
        neuron = graph.add("Neuron", name=f"n{number}")
        for feature in features[number:]:
            graph.connect(feature, neuron, weight=0.5)
        graph.connect(neuron, y)
    document = Document(graph)
    module = compile_graph(graph)
    x = torch.randn(4, 3)
    layer = folded(document, ["n0", "n1"])
    assert [wire.source for wire in graph.incoming(layer)] == [feature.id for feature in features]
    assert layer.parameters["pruned"] == [[1, 0]]
    assert same(module(x), compile_graph(graph, 0, document.weights)(x))


def test_a_feature_map_is_laid_flat_before_a_fully_connected_layer():
    graph = Graph("flat")
    image, y = graph.add("Input", name="m", shape=[1, 2, 2]), graph.add("Output", name="y")
    for number in range(3):
        neuron = graph.add("Neuron", name=f"n{number}", activation="Tanh")
        for element in range(4):
            graph.connect(image, neuron, element=element)
        graph.connect(neuron, y)
    document = Document(graph)
    before = output(document)
    layer = folded(document, ["n0", "n1", "n2"])
    assert (layer.kind, layer.parameters["pruned"]) == ("Linear", None)
    assert graph.node(graph.incoming(layer)[0].source).kind == "Flatten"
    assert same(before, output(document))


def test_a_convolution_whose_neurons_are_a_vector_is_laid_flat_behind():
    document = drawn("Conv1d", {"out_channels": 2, "kernel_size": 3}, [1, 6])
    graph = document.graph
    graph.apply(unfold(document, "layer").edit)
    neurons = [node for node in graph.nodes() if node.kind == "Neuron"]
    graph.remove("layer_unflatten")
    for neuron in neurons:
        graph.connect(neuron, "y")
    before = output(document)
    layer = folded(document, [neuron.id for neuron in neurons])
    assert layer.kind == "Conv1d"
    assert same(before, output(document))


def test_a_softmax_of_its_own_stays_beside_the_layer():
    graph = chain(
        ("Input", "x", {"shape": [3]}), ("Linear", "layer", {}), ("Softmax", "softmax", {}), ("Output", "y", {})
    )
    document = Document(graph)
    layer = folded(document, unfolded(document))
    assert layer.parameters["activation"] == "Identity"
    assert graph.has_node("softmax")


def test_the_layer_stands_where_its_neurons_stood():
    document = drawn("Linear", {"out_features": 4}, [3])
    place = document.graph.node("layer").position
    assert folded(document, unfolded(document)).position == place
