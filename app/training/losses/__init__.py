"""Losses: how far the network's answer is from what it should be."""

from app.training.losses.functions import LossFunction, loss_function
from app.training.losses.loss_kind import LossKind
from app.training.losses.registry import loss_kind, losses

__all__ = ["LossFunction", "LossKind", "loss_function", "loss_kind", "losses"]
