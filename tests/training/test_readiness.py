"""What keeps a document from being trained is said with what the loss needs, what came, and a fix that mends it."""

from __future__ import annotations

import dataclasses

import pytest

from app.training import train
from app.training.gallery import open_example
from app.training.readiness import training_problems
from graph_model import Document, Graph, TrainingSettings
from tests.drawings import chain


def document(*, shape=(64,), layer=None, loss="cross_entropy", output=None, **settings) -> Document:
    graph = chain(
        ("Input", "x", {"shape": list(shape)}),
        ("Linear", "h", {"out_features": 10, **(layer or {})}),
        ("Output", "y", output or {}),
    )
    return Document(graph, TrainingSettings(loss=loss, **settings))


FRAMES = {"dataset": "frames", "shape": (30, 3)}
IMAGES = {"dataset_options": {"target": "image"}}


@pytest.mark.parametrize(
    ("given", "sentence", "fix"),
    [
        (
            FRAMES,
            "Output 'y' receives (batch, 30, 10), but 'Frames' has one of 4 classes at each of 30 time steps: it needs "
            "(batch, 30, 4), one number for each class at each time step.",
            "Give 'h' 4 neurons",
        ),
        (
            {"dataset": "adding", "shape": (60,), "loss": "mean_squared_error"},
            "Output 'y' receives (batch, 10), but the target 'sum' of 'Adding problem' has one number a sample: it "
            "needs (batch, 1).",
            "Give 'h' 1 neurons",
        ),
        (
            {**IMAGES, "loss": "l1_loss"},
            "Output 'y' receives (batch, 10), but the target 'image' of 'Handwritten digits' has 64 numbers a sample: "
            "it needs (batch, 1, 8, 8).",
            "Give 'h' 64 neurons",
        ),
        (
            {**IMAGES, "layer": {"out_features": 64}},
            "The loss cross_entropy of Output 'y' compares with classes, but 'Handwritten digits' has numbers, not "
            "classes, as its target.",
            "Choose the loss mean_squared_error",
        ),
        (
            {"loss": "poisson_nll_loss"},
            "The loss poisson_nll_loss of Output 'y' compares with numbers, but 'Handwritten digits' has 10 classes "
            "as its target.",
            "Choose the loss cross_entropy",
        ),
        (
            {"output": {"loss": "poisson_nll_loss"}},
            "The loss poisson_nll_loss of Output 'y' compares with numbers, but 'Handwritten digits' has 10 classes "
            "as its target.",
            "Choose the loss cross_entropy",
        ),
        (
            {"dataset": "adding", "shape": (60,), "layer": {"out_features": 1}, "loss": "binary_cross_entropy"},
            "The loss binary_cross_entropy of Output 'y' needs targets from 0 to 1, but those of 'Adding problem' are "
            "from 0 to 2.",
            "Choose the loss mean_squared_error",
        ),
        (
            {"loss": "binary_cross_entropy"},
            "The loss binary_cross_entropy of Output 'y' needs confidences from 0 to 1, but it receives values that "
            "may be "
            "any: let the layer before it end in a Sigmoid, or choose binary_cross_entropy_with_logits, which takes it "
            "itself.",
            "Give 'h' a Sigmoid",
        ),
        (
            {"loss": "nll_loss"},
            "The loss nll_loss of Output 'y' needs logarithms of confidences, but it receives weighted sums: put a "
            "LogSoftmax before it, or choose cross_entropy, which takes it itself.",
            "Choose the loss cross_entropy",
        ),
        (
            {"dataset": "signals", "shape": (2, 32), "layer": {"out_features": 3}},
            "Input 'x' takes 64 numbers, but a sample of 'Signals' has 128.",
            "Set the shape to [2, 64]",
        ),
        (
            {"dataset": "xor", "shape": (2,), "loss": "binary_cross_entropy_with_logits"},
            "Output 'y' receives (batch, 10), but 'XOR' has 2 classes: it needs (batch, 2) or (batch, 1), one number "
            "for each class, or one for both.",
            "Give 'h' 2 neurons",
        ),
    ],
)
def test_it_is_said_and_mended(given, sentence, fix):
    drawn = document(**given)
    first = training_problems(drawn)[0]
    assert first.message == sentence
    assert first.fixes[0].label == fix
    drawn.apply(first.fixes[0].edit)
    assert sentence not in [problem.message for problem in training_problems(drawn)]


@pytest.mark.parametrize("loss", ["binary_cross_entropy_with_logits", "soft_margin_loss", "mean_squared_error"])
def test_two_classes_may_share_one_output_and_are_still_told_apart(loss):
    graph = chain(
        ("Input", "x", {"shape": [2]}),
        ("Linear", "h", {"out_features": 16, "activation": "Tanh"}),
        ("Linear", "last", {"out_features": 1}),
        ("Output", "y", {}),
    )
    settings = TrainingSettings(dataset="circles", loss=loss, optimizer="Adam", learning_rate=0.03, epochs=40)
    assert train(Document(graph, settings)).history.validation_accuracy[-1] > 0.95


def test_a_wrong_option_of_the_dataset_is_said():
    drawn = document(dataset_options={"size": 1})
    assert "size must be a whole number" in training_problems(drawn)[0].message


def test_options_of_the_dataset_decide_what_must_fit():
    drawn = document(dataset_options={"size": 16})
    assert [problem.message for problem in training_problems(drawn)] == [
        "Input 'x' takes 64 numbers, but a sample of 'Handwritten digits' has 256."
    ]
    drawn.training = dataclasses.replace(drawn.training, dataset_options={})
    assert training_problems(drawn) == []


def test_a_drawing_without_an_input_is_refused():
    graph = Graph("nothing comes in")
    graph.add("Output", name="y")
    assert training_problems(Document(graph))[0].severity == "error"


def test_only_shapes_are_proposed_that_the_network_can_take():
    graph = chain(
        ("Input", "x", {"shape": [3, 64, 64]}),
        ("Conv2d", "conv", {"out_channels": 4, "kernel_size": 3}),
        ("Flatten", "flat", {}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    (problem,) = training_problems(Document(graph, TrainingSettings()))
    assert problem.message == "Input 'x' takes 12,288 numbers, but a sample of 'Handwritten digits' has 64."
    assert [fix.label for fix in problem.fixes] == ["Set the shape to [1, 8, 8]"]


@pytest.mark.parametrize(("name", "failing"), [("googlenet", "pool3"), ("alexnet", "pool1"), ("u_net_2015", "filter")])
def test_a_network_that_no_sample_fits_says_where_it_fails_and_what_is_possible(name, failing):
    (problem,) = training_problems(open_example(name))
    assert "but a sample of 'Handwritten digits' has 64, and with a sample of [1, 8, 8] '" in problem.message
    assert failing in problem.message
    assert "can be looked at, analyzed and exported, but not trained" in problem.message
    assert problem.fixes == ()
