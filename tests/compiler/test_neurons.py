"""Columns of neurons compute, and learn, exactly what the neurons one by one would."""

from __future__ import annotations

import tempfile

import numpy
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from app.training import train
from compiler import check, compile_graph, export_onnx, import_onnx, to_source
from compiler.columns import Planner
from compiler.cost import parameter_count
from compiler.program import lower
from compiler.weights import apply_weights, by_name, collect_weights
from graph_model import Document, Graph, TrainingSettings
from tests.compiler.neuron_reference import Reference
from tests.compiler.random_neurons import neuron_drawings
from tests.compiler.test_source import run_source


def samples(graph: Graph, batch: int = 4) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = [given.shape for given in lower(graph).inputs]
    return [torch.randn(batch, *shape, generator=generator, dtype=torch.float64) for shape in shapes]


def outputs_of(module: nn.Module, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
    found = module(*inputs)
    return list(found) if isinstance(found, tuple) else [found]


def loss_of(outputs: list[torch.Tensor]) -> torch.Tensor:
    return sum((output * torch.arange(1.0, output.numel() + 1.0).view_as(output)).sin().sum() for output in outputs)


@settings(max_examples=150)
@given(neuron_drawings())
def test_outputs_and_all_gradients_are_those_of_the_neurons_one_by_one(graph):
    assert [problem for problem in check(graph) if problem.severity == "error"] == []
    module = compile_graph(graph, seed=3)
    reference = Reference(graph, collect_weights(module))
    module, inputs = module.double(), samples(graph)
    found, expected = outputs_of(module, inputs), reference.run(inputs)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=1e-9, rtol=0)
    if not any(output.requires_grad for output in expected):
        return
    loss_of(found).backward()
    loss_of(expected).backward()
    gradients = by_name(module, lambda tensor: tensor.grad)
    for name, leaf in reference.leaves.items():
        gradient = numpy.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
        if name in gradients:
            numpy.testing.assert_allclose(gradients[name], gradient, atol=1e-9, rtol=0, err_msg=name)
        else:
            numpy.testing.assert_allclose(gradient, 0.0, atol=0.0, err_msg=name)


@settings(max_examples=40)
@given(neuron_drawings())
def test_weights_travel_by_name_and_parameters_are_counted(graph):
    module, twin = compile_graph(graph, seed=1), compile_graph(graph, seed=2)
    weights = collect_weights(module)
    assert apply_weights(twin, weights) == set(weights)
    assert {name: value.tolist() for name, value in collect_weights(twin).items()} == {
        name: value.tolist() for name, value in weights.items()
    }
    pruned = sum(len(node.parameters.get("pruned") or ()) for node in graph.nodes() if node.parameters.get("trainable"))
    masked = sum(
        column.shape[0] * column.shape[1] - len(column.places)
        for column in Planner(lower(graph), ()).plan().columns
        if column.form == "masked"
    )
    numbers = sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
    assert sum(parameter_count(graph).values()) == numbers - pruned - masked


@settings(max_examples=40)
@given(neuron_drawings())
def test_onnx_agrees_and_brings_the_neurons_back(graph):
    document = Document(graph, weights=collect_weights(compile_graph(graph, seed=5)))
    with tempfile.TemporaryDirectory() as folder:
        assert export_onnx(document, f"{folder}/a.onnx").max_abs_difference <= 1e-5
        back = import_onnx(f"{folder}/a.onnx")
    inputs = [tensor.float() for tensor in samples(graph)]
    before = outputs_of(compile_graph(graph, weights=document.weights).eval(), inputs)
    after = outputs_of(compile_graph(back.graph, weights=back.weights).eval(), inputs)
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


@settings(max_examples=30)
@given(neuron_drawings())
def test_source_computes_the_same(graph):
    module = compile_graph(graph)
    network = run_source(to_source(Document(graph)))["Network"]()
    network.load_state_dict(module.state_dict())
    inputs = [tensor.float() for tensor in samples(graph)]
    for one, other in zip(outputs_of(network, inputs), outputs_of(module, inputs), strict=True):
        torch.testing.assert_close(one, other)


def column_of(count: int, wires: list[tuple[int, int]], inputs: int = 3, **neuron: object) -> Graph:
    """Neurons that are wired to elements of an Input as listed: (neuron, element)."""
    graph = Graph("column")
    x = graph.add("Input", name="x", shape=[inputs])
    neurons = [graph.add("Neuron", name=f"n{index}", **neuron) for index in range(count)]
    for row, element in wires:
        graph.connect(x, neurons[row], element=element)
    y = graph.add("Output", name="y")
    for one in neurons:
        graph.connect(one, y)
    return graph


ALL_PAIRS = [(row, column) for row in range(4) for column in range(3)]


def test_a_fully_connected_column_is_exactly_linear_and_an_activation():
    module = compile_graph(column_of(4, ALL_PAIRS, activation="ReLU"))
    assert {name: type(part) for name, part in module.named_children()} == {
        "column_1": nn.Linear,
        "column_1_activation": nn.ReLU,
    }


@pytest.mark.parametrize(
    ("wires", "form"),
    [(ALL_PAIRS[1:], "masked"), ([(0, 0), (1, 1), (2, 2), (3, 0)], "masked"), ([(0, 0), (0, 0), (1, 1)], "scattered")],
)
def test_a_column_with_wires_missing_is_masked_and_one_with_double_wires_scattered(wires, form):
    graph = column_of(len({neuron for neuron, _ in wires}), wires)
    assert Planner(lower(graph), ()).plan().columns[0].form == form


def test_a_column_of_many_neurons_with_few_wires_is_sparse():
    wires = [(row, row % 250) for row in range(250)]
    assert Planner(lower(column_of(250, wires, inputs=250)), ()).plan().columns[0].form == "sparse"


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "RMSprop", "Adagrad"])
def test_frozen_weights_stay_tied_ones_stay_equal_and_missing_ones_stay_missing(optimizer):
    graph = Graph("ties")
    x = [graph.add("ScalarInput") for _ in range(2)]
    hidden = [graph.add("Neuron", activation="Tanh") for _ in range(2)]
    wires = [
        graph.connect(x[0], hidden[0], tie="same", weight=0.5),
        graph.connect(x[1], hidden[1], tie="same"),
        graph.connect(x[1], hidden[0], weight=-0.75, trainable=False),
    ]
    last = [graph.add("Neuron", activation="Identity", bias_tie="both") for _ in range(2)]
    for index, neuron in enumerate(hidden):
        graph.connect(neuron, last[index])
        graph.connect(neuron, last[1 - index])
    y = graph.add("Output")
    for neuron in last:
        graph.connect(neuron, y)
    document = Document(graph, TrainingSettings(dataset="xor", optimizer=optimizer, learning_rate=0.05, batch_size=20))
    weights = train(document, steps=30).document.weights
    shared = [float(weights[f"{wire.id}.weight"]) for wire in wires[:2]]
    assert shared[0] == shared[1] != 0.5
    assert float(weights[f"{wires[2].id}.weight"]) == -0.75
    assert float(weights[f"{last[0].id}.bias"]) == float(weights[f"{last[1].id}.bias"]) != 0.0


def test_a_pruned_layer_is_a_masked_linear_and_its_missing_weights_never_move():
    graph = Graph("pruned")
    x = graph.add("Input", name="x", shape=[2])
    hidden = graph.add("Linear", name="hidden", out_features=3, pruned=[[0, 1], [2, 0]], activation="Tanh")
    last, y = graph.add("Linear", name="last", out_features=2), graph.add("Output", name="y")
    for source, target in ((x, hidden), (hidden, last), (last, y)):
        graph.connect(source, target)
    document = Document(graph, TrainingSettings(dataset="xor", optimizer="Adam", learning_rate=0.05, batch_size=20))
    weights = train(document, steps=30).document.weights
    assert weights["hidden.weight"][0, 1] == weights["hidden.weight"][2, 0] == 0.0
    assert (weights["hidden.weight"] != 0).sum() == 4
    module, inputs = compile_graph(graph, weights=weights), torch.randn(5, 2)
    full = nn.functional.linear(inputs, torch.tensor(weights["hidden.weight"]), torch.tensor(weights["hidden.bias"]))
    torch.testing.assert_close(module.hidden(inputs), full)
    module(inputs).square().sum().backward()
    assert module.hidden.weight.grad[0, 1] == module.hidden.weight.grad[2, 0] == 0.0


def test_scalar_inputs_are_one_input_in_the_order_of_adding(tmp_path):
    graph = Graph("scalars")
    x = [graph.add("ScalarInput") for _ in range(3)]
    neuron = graph.add("Neuron", activation="Identity")
    for factor, node in zip((1.0, 10.0, 100.0), x, strict=True):
        graph.connect(node, neuron, weight=factor)
    graph.connect(neuron, graph.add("Output", name="y"))
    assert compile_graph(graph)(torch.tensor([[1.0, 2.0, 3.0]])).tolist() == [[321.0]]
    assert export_onnx(Document(graph), tmp_path / "a.onnx").inputs == ("features",)
    back = import_onnx(tmp_path / "a.onnx").graph
    assert [(node.kind, node.name) for node in back.nodes()][:3] == [("ScalarInput", node.name) for node in x]


def test_neurons_come_back_from_onnx_with_their_wires_ties_and_frozen_weights(tmp_path):
    graph = column_of(2, [(0, 0), (0, 2), (1, 1)])
    first, second, third = graph.wires()[:3]
    graph.set(first, tie="pair", weight=0.5)
    graph.set(third, tie="pair")
    graph.set(second, trainable=False, weight=2.0)
    export_onnx(Document(graph), tmp_path / "a.onnx")
    back = import_onnx(tmp_path / "a.onnx").graph
    described = [
        [(one.node(wire.source).name, one.node(wire.target).name, wire.element, wire.trainable, wire.tie)
         for wire in one.wires()]
        for one in (graph, back)
    ]  # fmt: skip
    assert described[0] == described[1]


@pytest.mark.parametrize("element", [0, None])
def test_one_number_a_sample_that_a_layer_gives_goes_to_neurons(element, tmp_path):
    """A CosineSimilarity gives (batch,): a number that is no neuron's."""
    graph = Graph("similar")
    alike = graph.add("CosineSimilarity", name="alike", dim=-1)
    for port in range(2):
        graph.connect(graph.add("Input", name=f"x{port}", shape=[4]), alike, input=port)
    y = graph.add("Output", name="y")
    for kind in ("Neuron", "MaxoutGroup"):
        node = graph.add(kind)
        graph.connect(alike, node, element=element)
        graph.connect(graph.node_named("x0"), node)
        graph.connect(node, y)
    assert check(graph) == []
    inputs = [sample.float() for sample in samples(graph)]
    module = compile_graph(graph).eval()
    answer = module(*inputs)
    numbers = torch.cosine_similarity(*inputs, dim=-1)[:, None]
    torch.testing.assert_close(answer[:, 1:], torch.cat([numbers, inputs[0]], dim=1).amax(dim=1, keepdim=True))
    network = run_source(to_source(Document(graph, weights=collect_weights(module))))["Network"]().eval()
    network.load_state_dict(module.state_dict())
    torch.testing.assert_close(network(*inputs), answer)
    assert export_onnx(Document(graph), tmp_path / "a.onnx").max_abs_difference < 1e-5
