"""Neurons that form no layer do not fold, and it is said why."""

from __future__ import annotations

import numpy
import pytest

from compiler.unfolding import fold, fold_refusal
from graph_model import CompileError, Document, Graph
from tests.compiler.unfolding_drawings import drawn, folded, output, same, unfolded, vector_drawing
from tests.drawings import chain


def refusal(document: Document, node_ids) -> str:
    """Return why the neurons are not folded; both ways of asking say the same."""
    with pytest.raises(CompileError) as error:
        fold(document, node_ids)
    assert fold_refusal(document, node_ids) == str(error.value)
    return str(error.value)


def layer_of(count: int = 3) -> tuple[Document, Graph, list[str]]:
    document, graph = vector_drawing()
    document.weights = {
        "layer.weight": numpy.ones((3, 4), dtype=numpy.float32),
        "layer.bias": numpy.ones(3, dtype=numpy.float32),
    }
    return document, graph, list(unfolded(document))


def test_nothing_and_what_are_no_neurons_do_not_fold():
    document, _, _ = layer_of()
    assert refusal(document, []).startswith("Nothing is chosen")
    assert "Input 'x' is no neuron" in refusal(document, ["x"])


def test_neurons_of_different_activations_do_not_fold():
    document, graph, neurons = layer_of()
    graph.set(neurons[1], activation="ReLU")
    assert "'layer 2' has the activation ReLU and 'layer 1' Identity" in refusal(document, neurons)


def test_learned_slopes_do_not_fold():
    document, graph, neurons = layer_of()
    for neuron in neurons:
        graph.set(neuron, activation="PReLU")
    assert "each neuron learns a slope of its own" in refusal(document, neurons)


def test_neurons_and_maxout_groups_do_not_fold_together():
    document, graph, neurons = layer_of()
    group = graph.add("MaxoutGroup", name="m")
    graph.connect("x", group)
    assert "'m' is a MaxoutGroup and 'layer 1' a Neuron" in refusal(document, [*neurons, group.id])


def test_neurons_that_feed_one_another_even_through_others_do_not_fold():
    document, graph, neurons = layer_of()
    between, last = graph.add("Tanh"), graph.add("Neuron", name="last", activation="Identity")
    graph.connect(neurons[0], between)
    graph.connect(between, last)
    assert "'layer 1' feeds 'last'" in refusal(document, [neurons[0], last.id])


def test_neurons_without_inputs_do_not_fold():
    document, graph, neurons = layer_of()
    loose = graph.add("Neuron", name="loose", activation="Identity")
    assert "'loose' has nothing wired to it" in refusal(document, [*neurons, loose.id])


def test_neurons_that_are_gathered_with_others_do_not_fold():
    document, graph, neurons = layer_of()
    other = graph.add("Neuron", name="other", activation="Identity")
    graph.connect("x", other)
    graph.connect(other, "output")
    assert "gathers the neurons together with 'other'" in refusal(document, neurons)


def test_neurons_that_are_gathered_in_part_or_twice_do_not_fold():
    document, graph, neurons = layer_of()
    second = graph.add("Output", name="second")
    graph.connect(neurons[0], second)
    graph.connect(neurons[2], second)
    assert "'second' gathers only some of the neurons: 'layer 2' is not among them" in refusal(document, neurons)
    graph.connect(neurons[1], second)
    graph.connect(neurons[1], second)
    assert "'second' gathers 'layer 2' twice" in refusal(document, neurons)


def test_orders_that_contradict_do_not_fold():
    document, graph, neurons = layer_of()
    second = graph.add("Output", name="second")
    for neuron in reversed(neurons):
        graph.connect(neuron, second)
    assert "'second' gathers the neurons in another order than 'output'" in refusal(document, neurons)


def test_neurons_that_are_joined_one_by_one_do_not_fold():
    document, graph, neurons = layer_of()
    joined = graph.add("Add", name="sum")
    for neuron in neurons:
        graph.connect(neuron, joined)
    assert "'sum' takes each of the neurons by itself" in refusal(document, neurons)


def test_partly_frozen_neurons_do_not_fold():
    document, graph, neurons = layer_of()
    graph.set(graph.incoming(neurons[1])[2], trainable=False)
    assert "'layer 2' cannot be folded with the others: some weights" in refusal(document, neurons)


def test_shared_weights_and_biases_that_no_layer_shares_do_not_fold():
    document, graph, neurons = layer_of()
    graph.set(graph.incoming(neurons[0])[0], tie="t")
    graph.set(graph.incoming(neurons[1])[0], tie="t")
    assert "'layer 1' cannot be folded: the weight of its wire from 'x' is shared ('t')" in refusal(document, neurons)
    graph.set(graph.incoming(neurons[0])[0], tie=None)
    graph.set(graph.incoming(neurons[1])[0], tie=None)
    for neuron in neurons[1:]:
        graph.set(neuron, bias_tie="b")
    assert "'layer 2' cannot be folded into a Linear: it shares its bias ('b')" in refusal(document, neurons)


def test_two_wires_that_bring_one_number_do_not_fold():
    document, graph, neurons = layer_of()
    graph.connect("x", neurons[0], element=1)
    assert "two wires bring it the same number of 'x'" in refusal(document, neurons)


def test_a_convolution_of_which_a_wire_is_cut_does_not_fold():
    document = drawn("Conv1d", {"out_channels": 1, "kernel_size": 2}, [1, 4])
    neurons = unfolded(document)
    document.graph.disconnect(document.graph.incoming(neurons[1])[0])
    assert "the neurons form no convolution that would share it" in refusal(document, neurons)


def test_maxout_groups_that_are_no_pooling_do_not_fold():
    document, graph, _ = layer_of()
    for number in range(2):
        graph.connect("x", graph.add("MaxoutGroup", name=f"m{number}"))
    assert "'m0' and the other maxout groups form no MaxPool" in refusal(document, ["m0", "m1"])


def test_what_looks_at_an_unfolded_map_folds_after_it():
    for kind, parameters in (("MaxPool1d", {}), ("Conv1d", {"out_channels": 1, "kernel_size": 2})):
        graph = chain(
            ("Input", "x", {"shape": [1, 7]}),
            ("Conv1d", "layer", {"out_channels": 1, "kernel_size": 2}),
            (kind, "second", parameters),
            ("Output", "y", {}),
        )
        document = Document(graph)
        before = output(document)
        second, first = unfolded(document, "second"), unfolded(document)
        assert "Fold 'layer 0,0' and the other neurons that feed them first" in refusal(document, second)
        assert folded(document, first).kind == "Conv1d"
        assert folded(document, second).kind == kind
        assert same(before, output(document))


def test_a_source_of_unknown_shape_is_named():
    graph = Graph("unknown")
    image = graph.add("Input", name="x", shape=[4])
    broken, neuron = graph.add("Conv2d", name="broken"), graph.add("Neuron", name="n")
    graph.connect(image, broken)
    graph.connect(broken, neuron, element=0)
    assert "before the shape of 'broken', which feeds it, is known" in refusal(Document(graph), ["n"])
