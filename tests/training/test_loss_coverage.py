"""Every loss class of torch.nn is offered or listed with the reason why not, and what is offered computes the same."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from app.training.losses import loss_kind, losses
from app.training.losses.arithmetic import FUNCTIONS
from app.training.losses.not_offered import NOT_OFFERED
from app.training.losses.targets import IGNORED
from graph_model import TrainingError
from graph_model.catalogue.terminals import LOSS_NAMES
from graph_model.errors import GradCanvasError

OFFERED = {kind.torch_class for kind in losses().values() if kind.torch_class}


def loss_classes() -> set[str]:
    """The names of torch.nn's loss classes: all whose module is that of the losses, and what is called a loss."""
    return {
        name
        for name in dir(nn)
        if isinstance(found := getattr(nn, name), type)
        and issubclass(found, nn.Module)
        and (found.__module__ == "torch.nn.modules.loss" or name.endswith(("Loss", "Loss2d")))
    }


def test_each_loss_class_is_offered_or_has_a_reason():
    assert loss_classes() - OFFERED - set(NOT_OFFERED) == set()
    assert OFFERED & set(NOT_OFFERED) == set()
    assert loss_classes() >= OFFERED
    assert all(reason.endswith(".") and len(reason) > 30 for reason in NOT_OFFERED.values())


def test_the_drawing_knows_the_same_losses_as_training():
    assert tuple(losses()) == LOSS_NAMES == tuple(FUNCTIONS)
    assert all(kind.meaning.endswith(".") for kind in losses().values())


def logits() -> torch.Tensor:
    return torch.randn(6, 4, generator=torch.Generator().manual_seed(0))


CLASSES = torch.tensor([0, 3, 1, 1, 2, 0])
ONE_HOT = nn.functional.one_hot(CLASSES, 4).float()
PADDED = torch.cat([CLASSES[:, None], torch.full((6, 3), -1)], dim=1)
OF_CLASSES = {
    "cross_entropy": (logits(), CLASSES),
    "nll_loss": (logits().log_softmax(1), CLASSES),
    "mean_squared_error": (logits(), ONE_HOT),
    "l1_loss": (logits(), ONE_HOT),
    "smooth_l1_loss": (logits(), ONE_HOT),
    "huber_loss": (logits(), ONE_HOT),
    "binary_cross_entropy": (logits().sigmoid(), ONE_HOT),
    "binary_cross_entropy_with_logits": (logits(), ONE_HOT),
    "multilabel_soft_margin_loss": (logits(), ONE_HOT),
    "soft_margin_loss": (logits(), 2 * ONE_HOT - 1),
    "multi_margin_loss": (logits(), CLASSES),
    "multilabel_margin_loss": (logits(), PADDED),
    "hinge_embedding_loss": (logits().abs(), 2 * ONE_HOT - 1),
    "kl_div": (logits().log_softmax(1), ONE_HOT),
}


def torch_loss(name: str) -> nn.Module:
    options = {"reduction": "batchmean"} if name == "kl_div" else {}
    return getattr(nn, loss_kind(name).torch_class)(**options)


def test_every_loss_that_compares_with_classes_is_tried_here():
    assert set(OF_CLASSES) == {name for name, kind in losses().items() if "classes" in kind.targets}


@pytest.mark.parametrize("name", OF_CLASSES)
def test_with_a_class_a_sample_it_is_torchs_own(name):
    outputs, wanted = OF_CLASSES[name]
    torch.testing.assert_close(FUNCTIONS[name](outputs, CLASSES), torch_loss(name)(outputs, wanted))


@pytest.mark.parametrize("name", OF_CLASSES)
def test_with_a_class_a_time_step_each_step_counts_as_a_sample_and_places_without_a_class_do_not(name):
    outputs, _ = OF_CLASSES[name]
    expected = FUNCTIONS[name](outputs, CLASSES)
    nothing = outputs[:3].flip(0)
    sequences = torch.stack([torch.cat([outputs[:3], nothing]), torch.cat([nothing, outputs[3:]])])
    classes = torch.full((2, 6), IGNORED)
    classes[0, :3], classes[1, 3:] = CLASSES[:3], CLASSES[3:]
    torch.testing.assert_close(FUNCTIONS[name](sequences, classes), expected)


@pytest.mark.parametrize(
    "name", [name for name, kind in losses().items() if "values" in kind.targets and kind.outputs_per_value == 1]
)
def test_with_values_of_another_shape_it_is_torchs_own(name):
    outputs, values = logits().sigmoid().requires_grad_(), torch.rand(6, 4).round()
    wanted = 2 * values - 1 if name == "soft_margin_loss" else values
    loss = FUNCTIONS[name](outputs, values.reshape(6, 1, 2, 2))
    torch.testing.assert_close(loss, torch_loss(name)(outputs, wanted))
    (gradient,) = torch.autograd.grad(loss, outputs)
    assert gradient.abs().sum() > 0


def test_a_gaussian_learns_its_variance_from_the_second_half_of_the_outputs():
    outputs, values = torch.randn(5, 6), torch.randn(5, 3)
    expected = nn.GaussianNLLLoss()(outputs[:, :3], values, outputs[:, 3:].exp())
    torch.testing.assert_close(FUNCTIONS["gaussian_nll_loss"](outputs, values), expected)


def test_two_classes_may_share_one_output():
    outputs, classes = torch.tensor([[2.0], [-1.0], [0.5]]), torch.tensor([1, 0, 0])
    expected = nn.BCEWithLogitsLoss()(outputs[:, 0], classes.float())
    torch.testing.assert_close(FUNCTIONS["binary_cross_entropy_with_logits"](outputs, classes), expected)


def test_what_is_no_confidence_is_refused_in_words():
    with pytest.raises(TrainingError, match=r"needs confidences from 0 to 1, but the outputs reach from -2 to 3\."):
        FUNCTIONS["binary_cross_entropy"](torch.tensor([[-2.0, 3.0]]), torch.tensor([1]))


def test_an_unknown_loss_is_named():
    with pytest.raises(GradCanvasError, match=r"There is no loss 'pain'\. There are cross_entropy"):
        loss_kind("pain")
