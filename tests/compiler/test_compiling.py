"""A compiled drawing computes what was drawn."""

from __future__ import annotations

import pytest
import torch

from compiler import check, compile_graph, infer_shapes
from graph_model import CompileError, Graph, kinds
from tests.drawings import BIASES, WEIGHTS, chain, worked_example
from tests.kind_examples import each_example, examples
from tests.kind_examples.example import module_of, y_name

INPUTS = torch.tensor([[1.0, -1.0], [0.0, 0.0]])
ANSWERS = [[0.62, 0.83], [0.51, 0.85]]


def layered_worked_example() -> tuple[Graph, dict[str, torch.Tensor]]:
    layers = [("Linear", f"layer {index}", {"out_features": 2, "activation": "Sigmoid"}) for index in range(3)]
    graph = chain(("Input", "x", {"shape": [2]}), *layers, ("Output", "y", {}))
    weights = {}
    for index in range(3):
        weights[f"layer_{index}.weight"] = torch.tensor(WEIGHTS[index], dtype=torch.float32)
        weights[f"layer_{index}.bias"] = torch.tensor(BIASES[index], dtype=torch.float32)
    return graph, weights


def test_the_worked_example_drawn_with_neurons_gives_the_lectures_figures():
    answers = compile_graph(worked_example())(INPUTS)
    assert [[round(value, 2) for value in row] for row in answers.tolist()] == ANSWERS


def test_the_worked_example_drawn_with_layers_gives_the_lectures_figures():
    graph, weights = layered_worked_example()
    answers = compile_graph(graph, weights=weights)(INPUTS)
    assert [[round(value, 2) for value in row] for row in answers.tolist()] == ANSWERS


def test_the_hidden_layers_of_the_worked_example_have_the_lectures_figures():
    graph, weights = layered_worked_example()
    for name, expected in (("layer 0", [0.98, 0.12]), ("layer 1", [0.86, 0.11])):
        part = graph.copy()
        for node in part.nodes():
            if node.kind == "Output":
                part.remove(node)
        part.connect(part.node_named(name), part.add("Output"))
        values = compile_graph(part, weights=weights)(INPUTS[:1])[0].tolist()
        assert [round(value, 2) for value in values] == expected


def test_neurons_and_layers_agree():
    graph, weights = layered_worked_example()
    inputs = torch.randn(50, 2)
    torch.testing.assert_close(
        compile_graph(graph, weights=weights)(inputs), compile_graph(worked_example())(inputs), atol=1e-6, rtol=0
    )


@pytest.mark.parametrize("example", each_example())
@pytest.mark.parametrize("batch", [1, 7])
def test_every_kind_gives_the_shape_that_was_inferred(example, batch):
    graph = example.drawing()
    assert check(graph) == []
    inferred = infer_shapes(graph)
    outputs = compile_graph(graph).eval()(*example.samples(batch))
    for number, output in enumerate(outputs if isinstance(outputs, tuple) else (outputs,)):
        assert ("batch", *output.shape[1:]) == inferred[y_name(number), 0]
        assert len(output) == batch


@pytest.mark.parametrize("example", each_example())
def test_every_kind_of_our_own_computes_its_formula_and_its_gradient(example):
    if example.reference is None:
        return
    module = compile_graph(example.drawing(), seed=5).double().eval()
    inputs = [tensor.requires_grad_() for tensor in example.samples(3, dtype=torch.float64)]
    found, expected = module(*inputs), example.reference(module_of(module), *inputs)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-6)
    if example.smooth:
        assert torch.autograd.gradcheck(module, inputs)


def test_every_kind_has_an_example():
    drawn = {example.kind for example in examples()}
    placeable = (kind for kind in kinds().values() if kind.stands_in != "block")
    assert {kind.name for kind in placeable if kind.outputs and not kind.brings_data} <= drawn


def test_several_inputs_and_outputs_come_in_the_order_of_adding():
    graph = Graph()
    second_wired = graph.add("Input", name="a", shape=[3])
    other = graph.add("Input", name="b", shape=[2])
    first, last = graph.add("Output", name="of b"), graph.add("Output", name="of a")
    graph.connect(other, first)
    graph.connect(second_wired, last)
    of_b, of_a = compile_graph(graph)(torch.ones(4, 3), torch.zeros(4, 2))
    assert of_b.shape == (4, 2)
    assert of_a.shape == (4, 3)


def test_neurons_are_gathered_in_the_order_of_connecting():
    graph = Graph()
    x = graph.add("Input", name="x", shape=[2])
    picks = [graph.add("Neuron", name=f"pick {index}", activation="Identity") for index in range(2)]
    for index, neuron in enumerate(picks):
        graph.connect(x, neuron, element=index, weight=1.0)
    y = graph.add("Output", name="y")
    graph.connect(picks[1], y)
    graph.connect(picks[0], y)
    assert compile_graph(graph)(torch.tensor([[3.0, 5.0]])).tolist() == [[5.0, 3.0]]


def test_a_wire_may_carry_a_whole_vector_with_one_weight_each():
    graph = Graph()
    x = graph.add("Input", name="x", shape=[3])
    neuron = graph.add("Neuron", name="n", bias=0.5, activation="Identity")
    graph.connect(x, neuron, weight=[1.0, 2.0, 3.0])
    graph.connect(neuron, graph.add("Output", name="y"))
    assert compile_graph(graph)(torch.tensor([[1.0, 1.0, 2.0]])).tolist() == [[9.5]]


def test_a_name_that_modules_use_themselves_is_no_obstacle():
    graph = chain(("Input", "forward", {"shape": [4]}), ("Linear", "training", {}), ("Output", "state_dict", {}))
    assert compile_graph(graph)(torch.zeros(1, 4)).shape == (1, 32)


def test_a_drawing_with_problems_is_refused_with_the_first_problem(small_network):
    small_network.disconnect(small_network.incoming(small_network.node_named("last"))[0])
    with pytest.raises(CompileError, match="Linear 'last' has nothing wired to it"):
        compile_graph(small_network)


def test_a_network_that_does_not_fit_into_memory_is_refused_before_it_is_made():
    graph = chain(("Input", "x", {"shape": [2**20]}), ("Linear", "huge", {"out_features": 2**22}), ("Output", "y", {}))
    with pytest.raises(CompileError, match="most of them in Linear 'huge'"):
        compile_graph(graph)
