"""Every example does what its description says a person will see."""

from __future__ import annotations

import pytest
import torch

from app.training import train
from app.training.gallery import gallery, open_example
from app.training.readiness import training_problems
from compiler import check, compile_graph
from graph_model import DocumentError

NAMES = [example.file.stem for example in gallery()]


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
    ("name", "accuracy"), [("digits_mlp", 0.93), ("digits_convolution", 0.95), ("xor", 0.90), ("spirals", 0.90)]
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


def test_examples_open_by_title_too_in_any_case():
    assert open_example("vanishing GRADIENTS").graph.name == "Vanishing gradients"


def test_an_unknown_example_lists_those_that_there_are():
    with pytest.raises(DocumentError, match="'Vanishing gradients'"):
        open_example("nothing like it")
