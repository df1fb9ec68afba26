"""The catalogue offers every layer class of torch.nn, or says why not."""

from __future__ import annotations

import inspect

import pytest
from torch import nn

from graph_model import kinds
from graph_model.catalogue.not_offered import NOT_OFFERED


def is_loss(name: str) -> bool:
    """Losses are no nodes of a drawing: they are chosen with the training."""
    return issubclass(getattr(nn, name), nn.modules.loss._Loss) or name.endswith("Loss")


LAYERS = [
    name
    for name, value in vars(nn).items()
    if inspect.isclass(value) and issubclass(value, nn.Module) and not name.startswith("_") and not is_loss(name)
]


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_of_torch_can_be_drawn_or_has_a_reason_why_not(name):
    assert (name in kinds()) != (name in NOT_OFFERED), f"torch.nn.{name}"


@pytest.mark.parametrize("name", sorted(set(kinds()) & set(LAYERS)))
def test_a_kind_that_bears_the_name_of_a_class_of_torch_is_that_class_or_ours(name):
    call = kinds()[name].torch
    assert call is not None
    assert call.module is not None
    assert call.module.startswith("compiler.modules.") or call.module == f"torch.nn.{name}"


@pytest.mark.parametrize(("name", "reason"), NOT_OFFERED.items())
def test_each_reason_is_a_sentence_about_a_class_that_there_is(name, reason):
    assert name in LAYERS
    assert reason[0].isupper()
    assert reason.endswith(".")
