"""A change of one weight travels to the loss, and dies out behind sigmoids."""

from __future__ import annotations

from itertools import pairwise

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.backpropagation import finite_difference, nudge_weight, trace_example
from compiler.program import lower
from graph_model import Document, Graph, TrainingError
from tests.drawings import chain, worked_example
from tests.training.random_networks import networks


def ten_columns(activation: str) -> Graph:
    """Ten neurons in a row and two at the end, all weights 1."""
    graph = Graph("deep")
    last = graph.add("Input", name="x", shape=[1])
    for number in range(10):
        neuron = graph.add("Neuron", name=f"n{number}", activation=activation)
        graph.connect(last, neuron, element=0 if number == 0 else None, weight=1.0)
        last = neuron
    y = graph.add("Output", name="y")
    for weight in (1.0, -1.0):
        end = graph.add("Neuron", activation="Identity")
        graph.connect(last, end, weight=weight)
        graph.connect(end, y)
    return graph


def test_a_large_change_near_the_input_dies_out_behind_ten_sigmoids():
    nudge = nudge_weight(Document(ten_columns("Sigmoid")), [1.0], 0, "w1.weight", change=5.0)
    sizes = [stage.root_mean_square for stage in nudge.stages]
    assert len(sizes) == 11
    assert sizes[0] > 0.2
    assert all(later < earlier / 3.9 for earlier, later in pairwise(sizes[:10]))
    assert 0 < abs(nudge.loss_change) < 1e-6
    assert nudge.stages[0].node_ids == ("n0",)


def test_behind_relus_the_change_arrives_whole():
    nudge = nudge_weight(Document(ten_columns("ReLU")), [1.0], 0, "w1.weight", change=5.0)
    assert [stage.root_mean_square for stage in nudge.stages] == [5.0] * 11
    assert abs(nudge.loss_change) > 0.1


def test_a_nudge_compares_two_traces_of_which_only_the_weight_differs():
    document = Document(worked_example())
    nudge = nudge_weight(document, [1, -1], 0, "w5.weight", change=1e-4)
    assert nudge.after.wire("w5").weight - nudge.before.wire("w5").weight == pytest.approx(1e-4, rel=1e-9)
    for node_id in ("n00", "n11", "n10", "n20", "n21"):
        assert nudge.differences[node_id] == nudge.after.neuron(node_id).a - nudge.before.neuron(node_id).a
    assert nudge.differences["n00"] == nudge.differences["n11"] == 0
    assert nudge.predicted == nudge.before.wire("w5").gradient * 1e-4
    assert nudge.loss_change == pytest.approx(nudge.predicted, rel=1e-3)
    assert trace_example(document, [1, -1], 0).loss == nudge.before.loss


def test_one_weight_of_a_layer_is_nudged_and_the_difference_is_an_array():
    graph = chain(
        ("Input", "x", {"shape": [2]}),
        ("Linear", "hidden", {"out_features": 3}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
    nudge = nudge_weight(Document(graph), [2.0, 3.0], 0, "hidden.weight", (1, 1), 0.5)
    numpy.testing.assert_allclose(nudge.differences["hidden"], [0, 1.5, 0], atol=1e-12)
    with pytest.raises(TrainingError, match="no place"):
        nudge_weight(Document(graph), [2.0, 3.0], 0, "hidden.weight", (3, 1), 0.5)
    with pytest.raises(TrainingError, match=r"There is no weight 'w9\.weight'"):
        nudge_weight(Document(graph), [2.0, 3.0], 0, "w9.weight", (), 0.5)


def test_wires_that_share_a_weight_are_nudged_together():
    graph = worked_example()
    for wire in ("w1", "w4"):
        graph.set(wire, tie="shared")
    graph.set("w1", weight=0.5)
    nudge = nudge_weight(Document(graph), [1, -1], 0, "w4.weight", change=0.25)
    assert [nudge.after.wire(wire).weight for wire in ("w1", "w4", "w2")] == [0.75, 0.75, -2.0]
    own = [nudge.before.wire(wire).gradient for wire in ("w1", "w4")]
    assert nudge.predicted == pytest.approx(sum(own) * 0.25)


SMOOTH = ("Identity", "Sigmoid", "Tanh", "GELU")


@given(networks(activations=SMOOTH, layers=("Linear", "BatchNorm1d", "BatchNorm2d", "Flatten")), st.integers(0, 20))
@settings(max_examples=25, deadline=None)
def test_finite_differences_agree_where_the_network_is_smooth(document, seed):
    generator = numpy.random.default_rng(seed)
    inputs = [generator.normal(size=given.shape) for given in lower(document.graph).inputs]
    example = inputs if len(inputs) > 1 else inputs[0]
    trace = trace_example(document, example, 0)
    for name, gradient in trace.gradients().items():
        index = tuple(int(generator.integers(size)) for size in gradient.shape)
        found = finite_difference(document, example, 0, name, index)
        assert found == pytest.approx(float(gradient[index]), abs=1e-6, rel=1e-6)
