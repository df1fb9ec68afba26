"""Every example does what its description says a person will see."""

from __future__ import annotations

import itertools

import numpy
import pytest
import torch

from app.training import train
from app.training.backpropagation import nudge_weight, trace_example
from app.training.evaluation import evaluation
from app.training.gallery import FOLDER, OTHERS, TOPICS, gallery, open_example
from app.training.readiness import training_problems
from app.training.trainer import Trainer
from compiler import check, compile_graph
from compiler.unfolding import fold
from graph_model import DocumentError

NAMES = [example.file.stem for example in gallery() if example.topic != "Published models"]


def ratio(history, index: int) -> float:
    """RMS gradient of the first Linear layer over that of the last one, at a step."""
    layers = [name for name in history.gradients if history.kinds[name] == "Linear"]
    first, last = (history.gradients[layers[end]]["rms"][index] for end in (0, -1))
    return float(first / last)


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_without_problems_and_described(name):
    document = open_example(name)
    assert check(document.graph) == []
    assert training_problems(document) == []
    assert len(document.description) > 80


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_sigmoids_the_gradient_vanishes_and_nothing_is_learned(seed):
    history = train(open_example("vanishing_gradients"), seed=seed).history
    assert ratio(history, 0) < 1e-5
    assert ratio(history, -1) < 1e-5
    assert history.validation_accuracy[-1] < 0.15


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_relu_with_he_initialisation_cures_it(seed):
    history = train(open_example("vanishing_gradients_relu"), seed=seed).history
    assert min(ratio(history, 0), ratio(history, -1)) > 0.05
    assert history.validation_accuracy[-1] > 0.85


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_batch_normalisation_cures_it(seed):
    history = train(open_example("vanishing_gradients_batch_normalization"), seed=seed).history
    assert min(ratio(history, 0), ratio(history, -1)) > 0.05
    assert history.validation_accuracy[-1] > 0.85


@pytest.mark.parametrize(
    ("name", "accuracy"),
    [("digits_mlp", 0.93), ("digits_convolution", 0.95), ("digits_lstm", 0.93), ("xor", 0.90), ("spirals", 0.90)],
)
def test_the_others_learn_as_described(name, accuracy):
    document = open_example(name)
    assert f"more than {accuracy * 100:.0f} %" in document.description
    assert train(document).history.validation_accuracy[-1] > accuracy


@pytest.mark.parametrize("name", ["worked_example_neurons", "worked_example_layers"])
def test_the_worked_examples_give_the_figures_of_their_description(name):
    document = open_example(name)
    module = compile_graph(document.graph, weights=document.weights).eval()
    answers = module(torch.tensor([[1.0, -1.0], [0.0, 0.0]]))
    assert [[round(value, 2) for value in row] for row in answers.tolist()] == [[0.62, 0.83], [0.51, 0.85]]
    assert "(0.62, 0.83)" in document.description
    assert "(0.51, 0.85)" in document.description


def test_xor_by_hand_is_right_everywhere_before_any_training(tmp_path):
    trainer = Trainer(open_example("xor_by_hand"), tmp_path)
    measured = evaluation(trainer.module, trainer.loss, trainer.data)
    trainer.close()
    assert measured["validation_accuracy"] == measured["train_accuracy"] == 1.0


def test_the_unfolded_convolution_has_the_figures_of_its_description_and_folds_back():
    document = open_example("unfolded_convolution")
    graph = document.graph
    neurons = [node for node in graph.nodes() if node.kind == "Neuron"]
    wires = [wire for neuron in neurons for wire in graph.incoming(neuron)]
    assert (len(neurons), len(wires), len({wire.tie for wire in wires})) == (32, 288, 18)
    assert all(figure in document.description for figure in ("32 neurons", "288 wires", "18 weights"))
    trained = train(document)
    assert trained.history.validation_accuracy[-1] > 0.85
    before = compile_graph(graph, weights=trained.document.weights).eval()
    folded = fold(trained.document, [node.id for node in neurons])
    trained.document.weights.update(folded.weights)
    trained.document.apply(folded.edit)
    assert trained.document.graph.node(folded.node_id).kind == "Conv2d"
    after = compile_graph(trained.document.graph, weights=trained.document.weights).eval()
    images = torch.rand(20, 1, 8, 8)
    torch.testing.assert_close(after(images), before(images), atol=1e-6, rtol=0)


def test_maxout_and_relu_give_the_same_before_training_and_after():
    document = open_example("maxout_is_relu")
    for weights in (document.weights, train(document).document.weights):
        numbers = []
        for x in ((0.5, -1.0), (-2.0, 0.3), (1.0, 1.0), (0.1, 0.0)):
            trace = trace_example(document, numpy.array(x), 0, weights=weights)
            numbers.append([trace.neuron(name).a for name in ("maxout", "relu")])
        assert all(maxout == pytest.approx(relu, abs=1e-12) for maxout, relu in numbers)
        assert len({round(relu, 6) for _, relu in numbers}) > 2


def test_the_nudge_dies_as_described():
    document = open_example("nudge_that_dies")
    (wire,) = (wire for wire in document.graph.wires() if (wire.source, wire.target) == ("x1", "a1"))
    nudge = nudge_weight(document, numpy.array([0.5, -0.5]), 1, f"{wire.id}.weight", (), 5.0)
    changes = [abs(value) for value in (nudge.differences["c1"], nudge.differences["c2"])]
    assert round(nudge.differences["a1"], 2) == 0.43
    assert max(changes) < 0.04
    assert max(abs(nudge.differences["h1"]), abs(nudge.differences["h2"])) < 0.0001
    assert all(figure in document.description for figure in ("0.43", "0.04", "0.0001"))


def test_the_gallery_lists_every_file_once_and_the_topics_in_their_order():
    examples = gallery()
    assert sorted(example.file for example in examples) == sorted(
        file for file in FOLDER.iterdir() if file.suffix in (".json", ".gradcanvas")
    )
    topics = [topic for topic, _ in itertools.groupby(example.topic for example in examples)]
    assert topics == [topic for topic in (*TOPICS, OTHERS) if topic in topics]


def test_a_listed_example_says_what_the_opened_one_says():
    for example in gallery():
        document = open_example(example.file.stem)
        assert (document.graph.name, document.description) == (example.title, example.description)


def test_examples_open_by_title_too_in_any_case():
    assert open_example("vanishing GRADIENTS").graph.name == "Vanishing gradients"


def test_an_unknown_example_lists_those_that_there_are():
    with pytest.raises(DocumentError, match="'Vanishing gradients'"):
        open_example("nothing like it")
