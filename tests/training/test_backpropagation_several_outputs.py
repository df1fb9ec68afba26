"""The way back begins at every Output at once, each with its own loss, weight and target; at the length of the data."""

from __future__ import annotations

from dataclasses import replace

import numpy
import pytest

from app.panels.backpropagation.examples import TrainingExamples
from app.training.backpropagation import finite_difference, nudge_weight, rehearse_updates, trace_example
from app.training.gallery import open_example
from app.training.readiness import training_problems
from graph_model import CompileError, Document, Graph, TrainingError, TrainingSettings
from tests.block_drawings import between, naive_rnn
from tests.drawings import chain
from tests.training.test_backpropagation import assert_equals_autograd, autograd

GALLERY = ("two_tasks", "variational_autoencoder", "u_net", "autoencoder")


def two_heads(**parameters) -> Document:
    """Two numbers, from which one Output says a class and the other two numbers."""
    graph = Graph("two heads")
    x = graph.add("Input", name="x", shape=[2])
    body = graph.add("Linear", name="body", out_features=3, activation="Tanh")
    graph.connect(x, body)
    for name, own in (("which", {}), ("where", {"loss": "mean_squared_error", **parameters})):
        head = graph.add("Linear", name=f"{name} head", out_features=2)
        graph.connect(body, head)
        graph.connect(head, graph.add("Output", name=name, **own))
    return Document(graph)


def given_to(example) -> object:
    return example.inputs[0] if len(example.inputs) == 1 else list(example.inputs)


@pytest.mark.parametrize("name", GALLERY)
def test_each_number_of_the_gallery_is_autograds(name):
    document = open_example(name)
    for number in (0, 7):
        example = TrainingExamples(document)[number]
        assert_equals_autograd(document, list(example.inputs), example.target, tolerance=1e-9)


def test_each_output_says_what_it_adds_to_the_loss():
    trace = trace_example(two_heads(loss_weight=0.25), [0.5, -1.0], (1, numpy.array([0.1, 0.2])))
    which, where = trace.ends
    assert [(end.name, end.loss_name, end.weight) for end in trace.ends] == [
        ("which", "cross_entropy", 1.0),
        ("where", "mean_squared_error", 0.25),
    ]
    assert which.loss == pytest.approx(-numpy.log(numpy.exp(which.answer[1]) / numpy.exp(which.answer).sum()))
    assert where.loss == pytest.approx(((where.answer - [0.1, 0.2]) ** 2).mean())
    assert trace.loss == pytest.approx(which.loss + 0.25 * where.loss)
    numpy.testing.assert_allclose(where.gradient, where.answer - [0.1, 0.2])
    numpy.testing.assert_allclose(trace.layer(where.id).upstream, 0.25 * where.gradient)


def test_all_outputs_and_the_wires_to_them_have_their_turn_together():
    (stage,) = [one for one in trace_example(two_heads(), [1, 2], (0, numpy.zeros(2))).stages if one.kind == "loss"]
    assert stage.title == "Cross-entropy of which, Mean squared error of where"
    assert (len(stage.node_ids), len(stage.wire_ids)) == (2, 2)


def test_one_target_serves_all_outputs():
    document = two_heads(loss="document", loss_weight=0.3)
    trace = assert_equals_autograd(document, [numpy.array([0.5, 1.0])], 1, tolerance=1e-12)
    assert [end.target for end in trace.ends] == [1, 1]


def test_with_several_outputs_a_small_change_and_a_nudge_follow_the_sum():
    document, target = two_heads(loss_weight=2.0), (1, numpy.array([0.1, 0.2]))
    for name, gradient in trace_example(document, [0.5, -1.0], target).gradients().items():
        for index in numpy.ndindex(gradient.shape):
            difference = finite_difference(document, [0.5, -1.0], target, name, index)
            assert difference == pytest.approx(gradient[index], abs=1e-6)
    body = document.graph.node_named("body").id
    nudge = nudge_weight(document, [0.5, -1.0], target, f"{body}.weight", (0, 1), 1e-5)
    assert nudge.loss_change == pytest.approx(nudge.predicted, rel=1e-3)


def test_the_update_is_rehearsed_on_the_sum_of_all_losses():
    document = open_example("two_tasks")
    inputs, targets = TrainingExamples(document).batch(0, 5)
    name = next(name for name in trace_of(document, 0).gradients() if name.endswith("weight"))
    index = (0,) * trace_of(document, 0).gradient(name).ndim
    table = rehearse_updates(document, inputs[0], targets, [(name, index)], 1)
    each = [trace_of(document, number) for number in range(5)]
    assert table.losses[0] == pytest.approx(numpy.mean([trace.loss for trace in each]))
    assert table.rows[0].gradient == pytest.approx(numpy.mean([trace.gradient(name)[index] for trace in each]))


def trace_of(document: Document, number: int):
    example = TrainingExamples(document)[number]
    return trace_example(document, given_to(example), example.target)


def test_targets_that_are_not_as_many_as_outputs_are_refused_in_words():
    with pytest.raises(TrainingError, match="has 2 Outputs to compare with a target, but the example has 3 targets"):
        trace_example(two_heads(), [1, 2], (0, 1, 1))
    with pytest.raises(TrainingError, match="The target 2 is no class of Output 'which'"):
        trace_example(two_heads(), [1, 2], (2, numpy.zeros(2)))
    with pytest.raises(TrainingError, match="Output 'where' gives 2 numbers a sample"):
        trace_example(two_heads(), [1, 2], (0, numpy.zeros(3)))


# At the length of the data


def adding(drawn: int, steps: int = 9) -> Document:
    """A drawn recurrent network for sequences of `drawn` pairs of numbers, and data with `steps` of them."""
    graph = Graph("adding")
    naive_rnn(graph, hidden=4)
    cell = ("@rnn", "cell", {"over_time": "forward", "returns": "last"})
    x, *_ = between(graph, [drawn, 2], cell, ("Linear", "sum", {"out_features": 1}))
    graph.set(x, dynamic_axes="time")
    options = {"steps": steps, "samples": 20}
    return Document(graph, TrainingSettings(dataset="adding", dataset_options=options, loss="mean_squared_error"))


def test_a_trace_is_as_long_as_the_data_and_the_same_as_of_a_drawing_of_that_length():
    document = adding(5)
    as_long = Document(document.graph.copy(), document.training)
    as_long.graph.set("x", shape=[9, 2])
    assert [problem for problem in training_problems(document) if problem.severity == "error"] == []
    example = TrainingExamples(document)[2]
    assert example.inputs[0].shape == (9, 2)
    trace = trace_example(document, example.inputs[0], example.target)
    assert [place.time for place in trace.places] == [9]
    loss, gradients, _, _ = autograd(as_long, [example.inputs[0]], example.target)
    assert trace.loss == pytest.approx(loss, rel=1e-9)
    assert trace.gradients().keys() == gradients.keys()
    for name, gradient in gradients.items():
        numpy.testing.assert_allclose(trace.gradient(name), gradient, rtol=1e-9, atol=1e-9)


def test_another_dataset_is_followed_while_the_former_trace_is_kept():
    document = adding(5)
    lengths, kept = [], []
    for steps in (9, 6, 9):
        document.training = replace(document.training, dataset_options={"steps": steps, "samples": 20})
        example = TrainingExamples(document)[0]
        kept.append(trace_example(document, example.inputs[0], example.target))
        lengths.append(kept[-1].places[0].time)
    assert lengths == [9, 6, 9]
    assert kept[0].loss == kept[2].loss != kept[1].loss


def test_a_batch_is_rehearsed_and_a_weight_checked_at_the_length_of_the_data():
    document = adding(5)
    inputs, targets = TrainingExamples(document).batch(0, 4)
    traces = [trace_example(document, array, target) for array, target in zip(inputs[0], targets, strict=True)]
    name = next(name for name in traces[0].gradients() if "/" in name and name.endswith("weight"))
    table = rehearse_updates(document, inputs[0], targets, [(name, (0, 1))], 1)
    expected = numpy.mean([trace.gradient(name)[0, 1] for trace in traces])
    assert table.rows[0].gradient == pytest.approx(expected, rel=1e-9)
    difference = finite_difference(document, inputs[0][0], targets[0], name, (0, 1))
    assert difference == pytest.approx(traces[0].gradient(name)[0, 1], abs=1e-6)


def test_an_axis_that_is_not_dynamic_keeps_its_length():
    document = adding(5)
    document.graph.set("x", dynamic_axes="")
    with pytest.raises(TrainingError, match="'x' takes 10 numbers, but the example has 18"):
        trace_example(document, numpy.zeros((9, 2)), numpy.zeros(1))


def test_a_length_at_which_the_network_cannot_run_is_refused_in_words():
    graph = chain(
        ("Input", "x", {"shape": [2, 8], "dynamic_axes": "-, time"}),
        ("Conv1d", "filters", {"out_channels": 3, "kernel_size": 5}),
        ("LastStep", "last", {}),
        ("Output", "y", {}),
    )
    with pytest.raises(CompileError, match="filters"):
        trace_example(Document(graph), numpy.zeros((2, 4)), 0)
