"""The way back with other losses than cross-entropy: what it can show is autograd's, what it cannot it says."""

from __future__ import annotations

import numpy
import pytest
import torch

from app.panels.backpropagation.examples import TrainingExamples
from app.training.backpropagation import trace_example
from app.training.backpropagation.targets import Target
from app.training.datasets.dataset import IGNORED
from app.training.gallery import open_example
from app.training.losses import LossKind, losses
from app.training.losses.arithmetic import FUNCTIONS
from compiler import compile_graph
from compiler.program import lower
from graph_model import Document, Graph, TrainingError, TrainingSettings
from tests.drawings import chain

PROBABILITIES = {"any": "Identity", "probabilities": "Sigmoid", "log_probabilities": "Identity"}


def document(
    loss: str, classes: int = 3, weight: float = 1.0, own: str = "document", steps: tuple[int, ...] = ()
) -> Document:
    graph = chain(
        ("Input", "x", {"shape": [*steps, 2]}),
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


def test_a_loss_of_numbers_with_a_class_and_the_other_way_round_are_refused_in_words():
    with pytest.raises(TrainingError, match="poisson_nll_loss compares with numbers, and the target 0 is a class"):
        trace_example(document("poisson_nll_loss"), [1, 2], 0)
    with pytest.raises(TrainingError, match="cross_entropy compares with a class, and the target has numbers"):
        trace_example(document("cross_entropy"), [1, 2], numpy.zeros(3))


def each_target(kind: LossKind, shape: tuple[int, ...], generator: numpy.random.Generator) -> list[Target]:
    """One target of each form that a loss takes, for outputs of this shape without the batch."""
    found: list[Target] = []
    if "classes" in kind.targets:
        found.append(generator.integers(shape[-1], size=shape[:-1]) if len(shape) > 1 else int(shape[0]) - 1)
    if "values" in kind.targets:
        size = (*shape[:-1], shape[-1] // kind.outputs_per_value)
        found.append(generator.uniform(max(kind.lowest, 0.0), min(kind.highest, 3.0), size=size))
    return found or [None]


@pytest.mark.parametrize("loss", losses())
@pytest.mark.parametrize("steps", [(), (5,)], ids=["a sample", "a time step"])
def test_every_loss_begins_the_way_back_with_autograds_gradient(loss, steps):
    drawn = document(loss, classes=4, steps=steps)
    x = numpy.random.default_rng(1).normal(size=(*steps, 2))
    module = compile_graph(drawn.graph).double()
    for target in each_target(losses()[loss], (*steps, 4), numpy.random.default_rng(2)):
        trace = trace_example(drawn, x, target)
        answer = module(torch.tensor(x)[None])
        answer.retain_grad()
        wanted = torch.zeros(1) if target is None else torch.from_numpy(numpy.array([target]))
        value = FUNCTIONS[loss](answer, wanted)
        value.backward()
        assert trace.loss == pytest.approx(value.item(), rel=1e-12)
        torch.testing.assert_close(torch.as_tensor(trace.layer("y").upstream), answer.grad[0], rtol=1e-9, atol=1e-9)


def test_a_time_step_without_a_target_starts_nothing():
    drawn = document("cross_entropy", steps=(3,))
    trace = trace_example(drawn, numpy.ones((3, 2)), numpy.array([1, IGNORED, 2]))
    assert numpy.abs(trace.layer("y").upstream).sum(axis=1).astype(bool).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("steps", "loss", "target", "sentence"),
    [
        ((3,), "cross_entropy", numpy.array([0, 1]), "one class for each time step: the loss needs"),
        ((), "cross_entropy", numpy.array([0, 1]), "one class for each time step: the loss needs"),
        ((3,), "cross_entropy", numpy.array([0, 3, 1]), "The target 3 is no class of Output 'y', which has 3 numbers"),
        ((3,), "mean_squared_error", numpy.ones(4), "gives 9 numbers a sample, .* with 9, but the target has 4"),
    ],
)
def test_a_target_of_another_form_is_refused_in_words(steps, loss, target, sentence):
    with pytest.raises(TrainingError, match=sentence):
        trace_example(document(loss, steps=steps), numpy.ones((*steps, 2)), target)


def test_examples_bring_the_targets_of_their_dataset():
    frames = TrainingExamples(Document(sequence([30, 3], 4), TrainingSettings(dataset="frames")))
    assert (frames[0].target.shape, frames[0].target.dtype, frames.has_numbers) == ((30,), numpy.int64, (False,))
    adding = TrainingExamples(Document(sequence([30, 2], 1), TrainingSettings(dataset="adding")))
    assert (adding[0].target.dtype, adding.has_numbers) == (numpy.float64, (True,))
    inputs, targets = adding.batch(1, 2)
    assert inputs[0].shape == (2, 30, 2)
    numpy.testing.assert_array_equal(targets[0], adding[1].target)


def test_a_dataset_that_feeds_two_inputs_feeds_both():
    drawn = open_example("seq2seq_plain")
    example = TrainingExamples(drawn)[3]
    assert len(example.inputs) == 2
    trace = trace_example(drawn, list(example.inputs), example.target)
    for step, array in zip(lower(drawn.graph).inputs, example.inputs, strict=True):
        numpy.testing.assert_array_equal(trace.layer(step.steps[0].node.id).output, array)


def test_examples_bring_a_target_for_each_output():
    examples = TrainingExamples(open_example("two_tasks"))
    digit, loop = examples[4].target
    assert (digit, loop) == tuple(array[4] for array in examples.dataset.all_targets)
    assert examples.class_name(0, digit) == str(digit)
    assert examples.class_name(1, loop) == examples.dataset.kind.targets[1].class_names[loop]
    assert examples.batch(4, 2)[1][0] == (digit, loop)


def sequence(shape: list[int], outputs: int) -> Graph:
    return chain(("Input", "x", {"shape": shape}), ("Linear", "h", {"out_features": outputs}), ("Output", "y", {}))
