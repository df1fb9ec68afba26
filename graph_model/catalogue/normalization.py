"""Normalization: values are shifted and scaled to mean 0 and variance 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.catalogue.fields import IMAGES
from graph_model.kind import Kind, TorchCall
from graph_model.objection import CAME, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Real, Shape

VOLUMES = "(batch, channels, depth, height, width)"
ARGUMENTS = ("eps", "momentum", "affine")
OPERATOR = OnnxOperator(
    "BatchNormalization",
    attributes={"epsilon": "eps"},
    weights=("weight", "bias", "running_mean", "running_var"),
)


class Normalization(Kind):
    """Base of the normalizations."""

    family = "Normalization"
    formula = "a = γ · (x − mean) / √(variance + eps) + β"
    learnable = True
    eps = Real(
        default=1e-5,
        minimum=0.0,
        exclusive_minimum=True,
        meaning="Added to the variance, so that it is never 0.",
    )


class BatchNormalization(Normalization):
    """Base of the batch normalizations."""

    source = (
        "Ioffe, Szegedy, Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift "
        "(2015)"
    )
    momentum = Real(
        default=0.1,
        minimum=0.0,
        maximum=1.0,
        meaning="How much a new batch counts in the running mean and variance: they become (1 − momentum) of "
        "themselves and momentum of the batch's.",
    )
    affine = Boolean(default=True, meaning="Whether a scale γ and a shift β are learned for each channel.")
    activation = shared.activation()


class BatchNorm1d(BatchNormalization):
    """Gives each feature mean 0 and variance 1 within the batch, then a scale and shift.

    Takes and gives (batch, features) or (batch, channels, length). It keeps sigmoids in their steep middle, so that
    gradients survive many layers. Once trained it uses the running mean and variance instead of the batch's. The
    batch's variance divides by the number of values n, the running one by n − 1, as PyTorch has it.
    """

    also_called = ("batch normalization", "bn")
    torch = TorchCall("torch.nn.BatchNorm1d", arguments=ARGUMENTS, inferred={"num_features": "channels"})
    onnx = OPERATOR
    needs = Needs(ranks=(2, 3), words="(batch, features) or (batch, channels, length)")


class BatchNorm2d(BatchNormalization):
    """Gives each feature map mean 0 and variance 1 within the batch, then a scale and shift.

    Takes and gives (batch, channels, height, width). Once trained it uses the running mean and variance.
    """

    also_called = ("batch normalization", "bn")
    torch = TorchCall("torch.nn.BatchNorm2d", arguments=ARGUMENTS, inferred={"num_features": "channels"})
    onnx = OPERATOR
    needs = Needs(ranks=(4,), words=IMAGES)


class BatchNorm3d(BatchNormalization):
    """Gives each channel of a volume mean 0 and variance 1 within the batch, then a scale and shift.

    Takes and gives (batch, channels, depth, height, width). Once trained it uses the running mean and variance.
    """

    also_called = ("batch normalization", "bn")
    torch = TorchCall("torch.nn.BatchNorm3d", arguments=ARGUMENTS, inferred={"num_features": "channels"})
    onnx = OPERATOR
    needs = Needs(ranks=(5,), words=VOLUMES)


class InstanceNormalization(Normalization):
    """Base of the instance normalizations: each channel of each sample by itself."""

    source = "Ulyanov, Vedaldi, Lempitsky, Instance Normalization: The Missing Ingredient for Fast Stylization (2016)"
    momentum = Real(
        default=0.1,
        minimum=0.0,
        maximum=1.0,
        meaning="How much a new batch counts in the running mean and variance: they become (1 − momentum) of "
        "themselves and momentum of the batch's.",
        relevant_if=("track_running_stats", (True,)),
    )
    affine = Boolean(default=False, meaning="Whether a scale γ and a shift β are learned for each channel.")
    track_running_stats = Boolean(
        default=False, meaning="Whether it uses a running mean and variance once trained, as batch normalization does."
    )
    activation = shared.activation()
    onnx = OnnxOperator(emitter="normalization.instance_norm")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """Once trained, a running variance serves a single number as well: torch refuses it in training only."""
        if math.prod(int(side) for side in (shapes[0] or ())[2:]) > 1:
            return None
        return Objection(
            f"receives {CAME}, but needs more than one number in each channel, since one alone has no variance"
        )


INSTANCE_ARGUMENTS = (*ARGUMENTS, "track_running_stats")


class InstanceNorm1d(InstanceNormalization):
    """Gives each channel of each sequence mean 0 and variance 1, whatever else is in the batch.

    Takes and gives (batch, channels, length).
    """

    also_called = ("instance normalization",)
    torch = TorchCall("torch.nn.InstanceNorm1d", arguments=INSTANCE_ARGUMENTS, inferred={"num_features": "channels"})
    needs = Needs(ranks=(3,), words="(batch, channels, length)")


class InstanceNorm2d(InstanceNormalization):
    """Gives each feature map of each image mean 0 and variance 1, whatever else is in the batch.

    Takes and gives (batch, channels, height, width).
    """

    also_called = ("instance normalization",)
    torch = TorchCall("torch.nn.InstanceNorm2d", arguments=INSTANCE_ARGUMENTS, inferred={"num_features": "channels"})
    needs = Needs(ranks=(4,), words=IMAGES)


class InstanceNorm3d(InstanceNormalization):
    """Gives each channel of each volume mean 0 and variance 1, whatever else is in the batch.

    Takes and gives (batch, channels, depth, height, width).
    """

    also_called = ("instance normalization",)
    torch = TorchCall("torch.nn.InstanceNorm3d", arguments=INSTANCE_ARGUMENTS, inferred={"num_features": "channels"})
    needs = Needs(ranks=(5,), words=VOLUMES)


class GroupNorm(Normalization):
    """Gives each group of channels of each sample mean 0 and variance 1, then a scale and shift.

    Takes and gives (batch, channels, …). It does not look at the batch, so that it works for small batches too. One
    group is a layer normalization over all axes, a group for each channel an instance normalization.
    """

    also_called = ("group normalization",)
    source = "Wu, He, Group Normalization (2018)"
    num_groups = Integer(default=1, minimum=1, meaning="Number of groups; it must divide the number of channels.")
    affine = Boolean(default=True, meaning="Whether a scale γ and a shift β are learned for each channel.")
    activation = shared.activation()
    torch = TorchCall(
        "torch.nn.GroupNorm", arguments=("num_groups", "eps", "affine"), inferred={"num_channels": "channels"}
    )
    onnx = OnnxOperator(emitter="normalization.group_norm")
    needs = Needs(
        ranks=(2, 3, 4, 5),
        words="(batch, channels, …)",
    )

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """One number alone has no variance."""
        shape, groups = shapes[0] or (), parameters["num_groups"]
        channels, numbers = int(shape[1]), math.prod(int(size) for size in shape[1:])
        fitting = [count for count in range(1, channels + 1) if channels % count == 0 and count < numbers]
        if groups in fitting:
            return None
        smaller = [count for count in fitting if count < groups]
        return Objection(
            f"receives {CAME}, but needs num_groups = {groups} to divide the channels, into groups of more than one "
            f"number",
            {"num_groups": max(smaller)} if smaller else {},
        )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        groups = parameters["num_groups"]
        return "1 group" if groups == 1 else f"{groups} groups"


class LayerNorm(Normalization):
    """Gives each sample mean 0 and variance 1 along its last axis, then a learned scale and shift.

    Takes and gives (batch, features), (batch, time, features), …; in a sequence each time step is normalized by
    itself. normalized_shape, if given, must be the sizes of the last axes, over all of which it then goes.
    """

    also_called = ("layer normalization", "ln")
    source = "Ba, Kiros, Hinton, Layer Normalization (2016)"
    normalized_shape = Shape(
        default=None, optional=True, meaning="Sizes of the last axes that are normalized together; empty: the last one."
    )
    elementwise_affine = Boolean(default=True, meaning="Whether a scale γ is learned for each element.")
    bias = Boolean(
        default=True, meaning="Whether a shift β is learned as well.", relevant_if=("elementwise_affine", (True,))
    )
    activation = shared.activation()
    torch = TorchCall(
        "torch.nn.LayerNorm",
        arguments=("normalized_shape", "eps", "elementwise_affine", "bias"),
        inferred={"normalized_shape": "last"},
    )
    onnx = OnnxOperator(emitter="normalization.layer_norm")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return _last_axes_objection(parameters, shapes)


class RMSNorm(Normalization):
    """Divides the values of each sample by their root mean square along the last axis, then scales them.

    A layer normalization that leaves the mean where it is: cheaper, and used in large language models. Takes and
    gives (batch, features), (batch, time, features), …
    """

    also_called = ("root mean square normalization",)
    formula = "a = γ · x / √(mean of x² + eps)"
    source = "Zhang, Sennrich, Root Mean Square Layer Normalization (2019)"
    normalized_shape = Shape(
        default=None, optional=True, meaning="Sizes of the last axes that are normalized together; empty: the last one."
    )
    eps = Real(
        default=None,
        optional=True,
        minimum=0.0,
        exclusive_minimum=True,
        meaning="Added to the mean square, so that it is never 0; empty: 1.2e-7, the step from 1 to the next number "
        "of 32 bits.",
    )
    elementwise_affine = Boolean(default=True, meaning="Whether a scale γ is learned for each element.")
    activation = shared.activation()
    torch = TorchCall(
        "torch.nn.RMSNorm",
        arguments=("normalized_shape", "eps", "elementwise_affine"),
        inferred={"normalized_shape": "last"},
    )
    onnx = OnnxOperator(emitter="normalization.rms_norm")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return _last_axes_objection(parameters, shapes)


def _last_axes_objection(parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
    """A normalized_shape that is not that of the last axes of what arrives."""
    wanted, sizes = parameters["normalized_shape"], list(shapes[0] or ())[1:]
    if not wanted or sizes[-len(wanted) :] == list(wanted):
        return None
    words = f"receives {CAME}, but needs normalized_shape = {wanted} to be the sizes of its last axes"
    return Objection(words, {"normalized_shape": None})


class LocalResponseNorm(Kind):
    """Divides each value by the size of its neighbours in nearby channels at the same place.

    AlexNet used it; batch normalization took its place. Takes and gives (batch, channels, length), (batch,
    channels, height, width), … Beyond the first and last channel there are zeros, which count. PyTorch takes the mean
    where the paper has the sum: its alpha = 10⁻⁴ for 5 channels and k = 2 are alpha = 5 · 10⁻⁴ and k = 2 here.
    """

    also_called = ("lrn", "local response normalization")
    family = "Normalization"
    formula = "a = x / (k + alpha · mean of x² over size channels)^beta"
    source = "Krizhevsky, Sutskever, Hinton, ImageNet Classification with Deep Convolutional Neural Networks (2012)"
    size = Integer(
        default=5, minimum=1, maximum=65_536, meaning="How many channels count: the value's own and those beside it."
    )
    alpha = Real(default=1e-4, meaning="How much the mean square of these channels counts.")
    beta = Real(default=0.75, meaning="The power to which the divisor is raised; 0 divides by 1.")
    k = Real(default=1.0, minimum=0.0, exclusive_minimum=True, meaning="Added to the mean square.")
    torch = TorchCall("torch.nn.LocalResponseNorm", arguments=("size", "alpha", "beta", "k"))
    onnx = OnnxOperator(emitter="normalization.local_response_norm")
    needs = Needs(ranks=(3, 4, 5), words="(batch, channels, …) with one to three more axes")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["size"])
