"""The way back with other losses than cross-entropy: what it can show is autograd's, what it cannot it says."""

from __future__ import annotations

import pytest
import torch

from app.panels.backpropagation.examples import TrainingExamples
from app.training.backpropagation import trace_example
from app.training.losses import losses
from app.training.losses.arithmetic import FUNCTIONS
from compiler import compile_graph
from graph_model import DataError, Document, TrainingError, TrainingSettings
from tests.drawings import chain

PROBABILITIES = {"any": "Identity", "probabilities": "Sigmoid", "log_probabilities": "Identity"}


def document(loss: str, classes: int = 3, weight: float = 1.0, own: str = "document") -> Document:
    graph = chain(
        ("Input", "x", {"shape": [2]}),
        ("Linear", "h", {"out_features": classes, "activation": PROBABILITIES[losses()[loss].ending]}),
        ("Output", "y", {"loss": own, "loss_weight": weight}),
    )
    return Document(graph, TrainingSettings(loss=loss))


@pytest.mark.parametrize("loss", [name for name, kind in losses().items() if "classes" in kind.targets])
def test_each_loss_that_compares_with_a_class_can_be_followed_back(loss):
    trace = trace_example(document(loss), [0.5, -1.5], 2)
    module = compile_graph(document(loss).graph).double()
    value = FUNCTIONS[loss](module(torch.tensor([[0.5, -1.5]], dtype=torch.float64)), torch.tensor([2]))
    value.backward()
    assert trace.loss == pytest.approx(value.item(), rel=1e-12)
    torch.testing.assert_close(torch.as_tensor(trace.layer("h").gradients["weight"]), module.h.weight.grad)


def test_the_outputs_own_loss_and_its_weight_count():
    own = trace_example(document("cross_entropy", own="multi_margin_loss", weight=0.5), [1, 2], 0)
    plain = trace_example(document("multi_margin_loss"), [1, 2], 0)
    assert own.loss == pytest.approx(plain.loss / 2)
    assert own.loss != pytest.approx(trace_example(document("cross_entropy"), [1, 2], 0).loss / 2)


def test_two_classes_on_one_number_are_both_there():
    drawn = document("binary_cross_entropy", classes=1)
    no, yes = (trace_example(drawn, [1, 2], target) for target in (0, 1))
    answer = float(yes.output[0])
    assert torch.tensor([no.loss, yes.loss]).neg().exp() == pytest.approx([1 - answer, answer])
    with pytest.raises(TrainingError, match="which has 1 number: choose one from 0 to 1"):
        trace_example(drawn, [1, 2], 2)


def test_a_loss_without_classes_is_refused_in_words():
    with pytest.raises(TrainingError, match="compares with a class, and poisson_nll_loss does not"):
        trace_example(document("poisson_nll_loss"), [1, 2], 0)


@pytest.mark.parametrize(
    ("dataset", "shape", "sentence"),
    [
        ("frames", [30, 3], "shown for one class a sample, and 'Frames' has other targets"),
        ("adding", [30, 2], "shown for one class a sample, and 'Adding problem' has other targets"),
    ],
)
def test_examples_with_other_targets_are_refused_in_words(dataset, shape, sentence):
    drawn = chain(("Input", "x", {"shape": shape}), ("Linear", "h", {"out_features": 4}), ("Output", "y", {}))
    with pytest.raises(DataError, match=sentence):
        TrainingExamples(Document(drawn, TrainingSettings(dataset=dataset)))
