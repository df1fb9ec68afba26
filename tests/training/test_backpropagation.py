"""Every number of a trace is autograd's, in float64."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.backpropagation import Trace, finite_difference, trace_example
from app.training.backpropagation.targets import Targets
from app.training.losses import loss_function, loss_kind
from compiler import compile_graph
from compiler.program import lower
from compiler.weights import by_name, collect_weights
from graph_model import Document, Graph, TrainingError, TrainingSettings
from graph_model.catalogue.shared_parameters import ELEMENTWISE_ACTIVATIONS
from tests.drawings import BIASES, WEIGHTS, chain, single, worked_example
from tests.kind_examples import each_example
from tests.training.random_networks import networks


def examples_for(graph: Graph, seed: int = 0, count: int | None = None) -> list[Any]:
    """Random inputs for each input of the module: one sample, or `count` of them on axis 0."""
    generator = numpy.random.default_rng(seed)
    before = () if count is None else (count,)
    return [generator.normal(size=(*before, *given.shape)) for given in lower(graph).inputs]


def trainable_twin(graph: Graph) -> Graph:
    """The same drawing with nothing frozen: autograd gives no gradient for what is."""
    twin = graph.copy()
    for _, part in twin.definitions.graphs():
        for node in part.nodes():
            for name in ("trainable", "bias_trainable"):
                if name in node.parameters:
                    part.set(node, **{name: True})
        for wire in part.wires():
            if not wire.trainable:
                part.set(wire, trainable=True)
    return twin


def total_loss(document: Document, answers: Sequence[torch.Tensor], target: Targets) -> torch.Tensor:
    """Σ loss_weight · loss over the Outputs; one target for all of them, or one for each that needs any."""
    total = torch.zeros((), dtype=torch.float64)
    targets = list(target) if isinstance(target, tuple) else itertools.repeat(target)
    waiting = iter(targets)
    for number, (step, answer) in enumerate(zip(lower(document.graph).outputs, answers, strict=True)):
        name = step.node.parameters["loss"]
        kind = loss_kind(document.training.loss if name == "document" else name)
        wanted = torch.from_numpy(numpy.array([next(waiting)])) if kind.targets else answer
        total = total + step.node.parameters["loss_weight"] * loss_function(kind.name, document.graph, number)(
            answer, wanted
        )
    return total


def autograd(document: Document, inputs: list[Any], target: Targets) -> tuple[float, dict[str, Any], list[Any], Any]:
    """Loss, gradients by name, those of the inputs, answers with ∂l/∂ of each, of the compiled module in float64."""
    graph = trainable_twin(document.graph)
    module = compile_graph(graph, document.training.seed, document.weights).double().eval()
    tensors = [torch.tensor(array, dtype=torch.float64)[None].requires_grad_() for array in inputs]
    found = module(*tensors)
    # Two Outputs may receive the same tensor: each has a gradient of its own.
    answers = [answer.clone() for answer in (found if isinstance(found, tuple) else (found,))]
    for answer in answers:
        answer.retain_grad() if answer.requires_grad else answer.requires_grad_()
    loss = total_loss(document, answers, target)
    loss.backward()
    gradients = by_name(module, lambda tensor: tensor.grad)
    given = [torch.zeros_like(tensor) if tensor.grad is None else tensor.grad for tensor in tensors]
    ends = [(answer.detach()[0].numpy(), answer.grad[0].numpy()) for answer in answers]
    return loss.item(), gradients, [tensor[0].numpy() for tensor in given], ends


def assert_equals_autograd(document: Document, inputs: list[Any], target: Targets, tolerance: float) -> Trace:
    trace = trace_example(document, inputs if len(inputs) > 1 else inputs[0], target)
    loss, gradients, of_inputs, ends = autograd(document, inputs, target)
    assert trace.loss == pytest.approx(loss, rel=tolerance, abs=tolerance)
    for end, (answer, start) in zip(trace.ends, ends, strict=True):
        numpy.testing.assert_allclose(end.answer, answer, rtol=tolerance, atol=tolerance)
        numpy.testing.assert_allclose(end.weight * end.gradient, start, rtol=tolerance, atol=tolerance)
        numpy.testing.assert_allclose(trace.layer(end.id).upstream, start, rtol=tolerance, atol=tolerance)
    ours = trace.gradients()
    assert set(gradients) <= set(ours)
    for name, gradient in ours.items():
        expected = gradients.get(name, numpy.zeros_like(gradient))
        assert gradient.shape == expected.shape
        numpy.testing.assert_allclose(gradient, expected, rtol=tolerance, atol=tolerance, err_msg=name)
    for given_input, gradient in zip(lower(document.graph).inputs, of_inputs, strict=True):
        if given_input.is_of_scalars:
            found = [trace.neuron(step.node.id).upstream for step in given_input.steps]
        else:
            found = trace.layer(given_input.steps[0].node.id).upstream
        numpy.testing.assert_allclose(found, gradient, rtol=tolerance, atol=tolerance)
    return trace


def assert_recursion_holds(document: Document, trace: Trace) -> None:
    """What is shown on neurons and wires adds up as the lectures' formulas say."""
    for node in document.graph.nodes():
        if not document.graph.kind_of(node).gives_scalar:
            continue
        shown = trace.neuron(node.id)
        assert shown.upstream == pytest.approx(sum(term.product for term in shown.outgoing), abs=1e-12)
        assert shown.delta == pytest.approx(shown.slope * shown.upstream, abs=1e-12)
        if shown.kind == "Neuron":
            z = math.fsum(term.product for term in shown.incoming) + shown.bias
            assert shown.z == pytest.approx(z, abs=1e-12)
        elif shown.kind == "MaxoutGroup":
            assert shown.a == max(term.product for term in shown.incoming)
    for wire in document.graph.wires():
        line = trace.wire(wire.id)
        if line.weight is None:
            continue
        numpy.testing.assert_allclose(line.gradient, numpy.multiply(line.input, line.delta))
        numpy.testing.assert_allclose(line.returned, numpy.multiply(line.weight, line.delta))
        assert line.delta == pytest.approx(line.slope * line.upstream, abs=1e-12)
        if wire.tie is not None:
            total = sum(numpy.asarray(trace.wire(other.id).gradient) for other in document.graph.tied(wire.tie))
            numpy.testing.assert_allclose(line.shared_gradient, total, atol=1e-12)
        numpy.testing.assert_allclose(line.shared_gradient, trace.gradients()[f"{wire.id}.weight"])


def test_the_worked_example_shows_the_lectures_numbers():
    trace = trace_example(Document(worked_example()), [1, -1], target=0)
    shown = [f"{trace.neuron(f'n{layer}{row}').a:.2f}" for layer in range(3) for row in range(2)]
    assert shown == ["0.98", "0.12", "0.86", "0.11", "0.62", "0.83"]
    assert [trace.neuron("n00").z, trace.neuron("n01").z] == [4.0, -2.0]


@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error"])
def test_each_number_of_the_worked_example_is_autograds(loss):
    document = Document(worked_example(), TrainingSettings(loss=loss))
    trace = assert_equals_autograd(document, [numpy.array([1.0, -1.0])], target=1, tolerance=1e-12)
    a = torch.tensor([1.0, -1.0], dtype=torch.float64)
    zs, activations = [], []
    for weights, biases in zip(WEIGHTS, BIASES, strict=True):
        z = torch.tensor(weights, dtype=torch.float64) @ a + torch.tensor(biases, dtype=torch.float64)
        z.requires_grad_() if not zs else z.retain_grad()
        a = torch.sigmoid(z)
        a.retain_grad()
        zs.append(z)
        activations.append(a)
    loss_function(loss, document.graph)(a[None], torch.tensor([1])).backward()
    for layer in range(3):
        for row in range(2):
            neuron = trace.neuron(f"n{layer}{row}")
            assert neuron.z == pytest.approx(zs[layer][row].item(), abs=1e-12)
            assert neuron.a == pytest.approx(activations[layer][row].item(), abs=1e-12)
            assert neuron.upstream == pytest.approx(activations[layer].grad[row].item(), abs=1e-12)
            assert neuron.delta == pytest.approx(zs[layer].grad[row].item(), abs=1e-12)
            assert neuron.slope == pytest.approx(neuron.a * (1 - neuron.a), abs=1e-12)
            assert neuron.bias_gradient == neuron.delta
    assert_recursion_holds(document, trace)


def test_each_gradient_of_the_worked_example_is_its_finite_difference():
    document = Document(worked_example())
    for name, gradient in trace_example(document, [1, -1], 0).gradients().items():
        assert finite_difference(document, [1, -1], 0, name) == pytest.approx(float(gradient), abs=1e-6)


def test_stages_go_forwards_to_the_loss_and_back_to_the_update():
    graph = chain(
        ("Input", "x", {"shape": [3]}),
        ("Linear", "hidden", {"out_features": 2}),
        ("ReLU", "relu", {}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
    stages = trace_example(Document(graph), [1, 2, 3], 0).stages
    assert [(stage.kind, stage.title) for stage in stages] == [
        ("forward", "hidden"),
        ("forward", "relu"),
        ("forward", "last"),
        ("loss", "Cross-entropy"),
        ("backward", "last"),
        ("backward", "relu"),
        ("backward", "hidden"),
        ("update", "Update"),
    ]
    columns = trace_example(Document(worked_example()), [1, -1], 0).stages
    assert [stage.title for stage in columns[:3]] == ["column 1", "column 2", "column 3"]
    assert columns[0].node_ids == ("n00", "n01")
    assert columns[0].wire_ids == ("w1", "w2", "w3", "w4")
    assert set(columns[6].back_wire_ids) == {"w5", "w6", "w7", "w8"}
    assert columns[3].wire_ids == ("w13", "w14")
    assert len(columns[7].wire_ids) == 12


@given(networks(), st.integers(0, 1), st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_numbers_of_random_neurons_and_layers_are_autograds(document, target, seed):
    inputs = examples_for(document.graph, seed)
    trace = assert_equals_autograd(document, inputs, target, tolerance=1e-9)
    assert_recursion_holds(document, trace)


@pytest.mark.parametrize("example", each_example())
def test_numbers_of_every_kind_are_autograds(example):
    graph = example.drawing()
    for step in lower(graph).outputs[1:]:
        graph.remove(step.node)
    if len(lower(graph).outputs[0].input_shapes[0]) != 2:
        flat, y = graph.add("Flatten"), graph.node_named("y")
        graph.disconnect(graph.incoming(y)[0])
        graph.connect("tested", flat)
        graph.connect(flat, y)
    document = Document(graph)
    samples = [tensor[0].numpy() for tensor in example.samples(1, dtype=torch.float64)]
    trace = assert_equals_autograd(document, samples, 0, tolerance=1e-9)
    assert_recursion_holds(document, trace)


@pytest.mark.parametrize("activation", ELEMENTWISE_ACTIVATIONS)
def test_numbers_of_neurons_and_layers_with_each_activation_are_autograds(activation):
    graph = Graph(activation)
    x, y = graph.add("Input", name="x", shape=[3]), graph.add("Output", name="y")
    layer = graph.add("Linear", name="layer", out_features=4, activation=activation)
    graph.connect(x, layer)
    for bias in (-0.9, 0.2, 0.9):
        neuron = graph.add("Neuron", bias=bias, activation=activation)
        graph.connect(layer, neuron)
        graph.connect(neuron, y)
    document = Document(graph)
    trace = assert_equals_autograd(document, examples_for(graph), target=1, tolerance=1e-9)
    assert_recursion_holds(document, trace)


def test_an_example_that_an_embedding_cannot_look_up_is_refused_in_words():
    graph = single("EmbeddingBag", {"num_embeddings": 5}, [3])
    assert trace_example(Document(graph), [0, 4, 2], 0).loss > 0
    with pytest.raises(TrainingError, match=r"'x' takes whole numbers from 0 to 4, .* has numbers from 0 to 5"):
        trace_example(Document(graph), [0, 5, 2], 0)


def test_weights_of_the_document_and_of_the_caller_take_the_place_of_the_drawn_ones():
    document = Document(worked_example())
    document.weights = {"w1.weight": numpy.array(0.25), "gone.weight": numpy.array(1.0)}
    assert trace_example(document, [1, -1], 0).wire("w1").weight == 0.25
    given_now = trace_example(document, [1, -1], 0, weights={"w1.weight": 0.5})
    assert given_now.wire("w1").weight == 0.5
    assert document.weights["w1.weight"] == 0.25


def test_a_trained_document_is_traced_with_its_weights():
    document = Document(worked_example())
    generator = numpy.random.default_rng(1)
    start = collect_weights(compile_graph(document.graph))
    document.weights = {name: generator.normal(size=array.shape).astype("float32") for name, array in start.items()}
    assert_equals_autograd(document, [numpy.array([1.0, -1.0])], 0, tolerance=1e-12)


def test_an_edit_is_seen_by_the_next_trace_and_not_by_the_former():
    document = Document(worked_example())
    before = trace_example(document, [1, -1], 0)
    document.graph.set("w1", weight=3.0)
    document.graph.remove("n21")
    after = trace_example(document, [1, -1], 0)
    assert (before.wire("w1").weight, after.wire("w1").weight) == (1.0, 3.0)
    assert len(before.neuron("n10").outgoing) == 2
    assert len(after.neuron("n10").outgoing) == 1


def test_a_frozen_wire_shows_its_gradient_and_that_it_is_not_trained():
    graph = worked_example()
    graph.set("w1", trainable=False)
    graph.set("n00", bias_trainable=False)
    trace = trace_example(Document(graph), [1, -1], 0)
    assert (trace.wire("w1").trainable, trace.wire("w2").trainable) == (False, True)
    assert (trace.neuron("n00").bias_trainable, trace.neuron("n01").bias_trainable) == (False, True)
    assert trace.wire("w1").gradient == trace_example(Document(worked_example()), [1, -1], 0).wire("w1").gradient != 0


def test_equal_numbers_at_a_maxout_group_share_the_gradient():
    graph = Graph("maxout")
    sources = [graph.add("ScalarInput") for _ in range(3)]
    group = graph.add("MaxoutGroup")
    wires = [graph.connect(source, group) for source in sources]
    y = graph.add("Output", name="y")
    graph.connect(group, y)
    graph.connect(sources[0], y)
    trace = trace_example(Document(graph), [2.0, 2.0, 1.0], 0)
    upstream = trace.neuron(group.id).upstream
    assert upstream == -0.5
    assert [trace.wire(wire.id).returned for wire in wires] == [upstream / 2, upstream / 2, 0.0]
