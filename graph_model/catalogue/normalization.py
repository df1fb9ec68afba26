"""Normalization: values are shifted and scaled to mean 0 and variance 1."""

from __future__ import annotations

from graph_model.catalogue import shared_parameters as shared
from graph_model.catalogue.fields import IMAGES
from graph_model.kind import Kind, Needs, TorchCall
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Real

ARGUMENTS = ("eps", "momentum", "affine")
OPERATOR = OnnxOperator(
    "BatchNormalization",
    attributes={"epsilon": "eps"},
    weights=("weight", "bias", "running_mean", "running_var"),
)


class BatchNormalization(Kind):
    """Base of the batch normalizations."""

    family = "Normalization"
    formula = "a = γ · (x − mean) / √(variance + eps) + β"
    source = "Ioffe, Szegedy, Batch Normalization (2015)"
    learnable = True
    eps = Real(
        default=1e-5,
        minimum=0.0,
        exclusive_minimum=True,
        meaning="Added to the variance, so that it is never 0.",
    )
    momentum = Real(
        default=0.1,
        minimum=0.0,
        maximum=1.0,
        meaning="Weight of a new batch in the running mean and variance.",
    )
    affine = Boolean(default=True, meaning="Whether a scale γ and a shift β are learned for each channel.")
    activation = shared.activation()


class BatchNorm1d(BatchNormalization):
    """Gives each feature mean 0 and variance 1 within the batch, then a scale and shift.

    Takes (batch, features) or (batch, channels, length). It keeps sigmoids in their steep middle, so that
    gradients survive many layers. Once trained it uses the running mean and variance instead of the batch's.
    """

    torch = TorchCall("torch.nn.BatchNorm1d", arguments=ARGUMENTS, inferred={"num_features": "channels"})
    onnx = OPERATOR
    needs = Needs(ranks=(2, 3), words="(batch, features) or (batch, channels, length)", fix_by_flattening=True)


class BatchNorm2d(BatchNormalization):
    """Gives each feature map mean 0 and variance 1 within the batch, then a scale and shift.

    Takes (batch, channels, height, width). Once trained it uses the running mean and variance.
    """

    torch = TorchCall("torch.nn.BatchNorm2d", arguments=ARGUMENTS, inferred={"num_features": "channels"})
    onnx = OPERATOR
    needs = Needs(ranks=(4,), words=IMAGES)
