"""Pooling to a size that is given, whatever the size of the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import fields
from graph_model.catalogue.fields import IMAGES, SIGNALS, VOLUMES
from graph_model.catalogue.pooling import GivesIndices
from graph_model.kind import Kind, TorchCall
from graph_model.objection import Needs
from graph_model.onnx_operator import OnnxOperator


class AdaptivePooling(Kind):
    """Base of the poolings to a given size."""

    family = "Pooling"

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"→ {self.written_size('output_size', parameters)}"


class AdaptiveAveragePooling(AdaptivePooling):
    """Base of the means: the parameters of the 2-D one."""

    formula = "aᵢ = mean of x from i·n/m (rounded down) to (i+1)·n/m − 1 (rounded up),  for n values that become m"
    source = "Lin, Chen, Yan, Network In Network (2014)"
    output_size = fields.output_size(2)
    onnx = OnnxOperator(emitter="adaptive_pooling.mean")


class AdaptiveAvgPool1d(AdaptiveAveragePooling):
    """Averages a signal down to a fixed length, whatever its own.

    Takes (batch, channels, length) and gives (batch, channels, output_size). The fields are as equally long as can be;
    some neighbours share a value where output_size does not divide the length.
    """

    also_called = ("global average pooling",)
    output_size = fields.output_size(1)
    torch = TorchCall("torch.nn.AdaptiveAvgPool1d", arguments=("output_size",))
    needs = Needs(ranks=(3,), words=SIGNALS)


class AdaptiveAvgPool2d(AdaptiveAveragePooling):
    """Averages a feature map down to a fixed size, whatever its own.

    Takes (batch, channels, height, width) and gives (batch, channels, *output_size). The fields are as equally large as
    can be; some neighbours share a row or column where output_size does not divide the map. Size 1 is the mean of the
    whole map.
    """

    also_called = ("global average pooling", "gap")
    torch = TorchCall("torch.nn.AdaptiveAvgPool2d", arguments=("output_size",))
    needs = Needs(ranks=(4,), words=IMAGES)


class AdaptiveAvgPool3d(AdaptiveAveragePooling):
    """Averages a volume down to a fixed size, whatever its own.

    Takes (batch, channels, depth, height, width) and gives (batch, channels, *output_size). The blocks are as equally
    large as can be; some neighbours share voxels where output_size does not divide the volume.
    """

    also_called = ("global average pooling",)
    output_size = fields.output_size(3)
    torch = TorchCall("torch.nn.AdaptiveAvgPool3d", arguments=("output_size",))
    needs = Needs(ranks=(5,), words=VOLUMES)


class AdaptiveMaxPooling(AdaptivePooling, GivesIndices):
    """Base of the maxima: the parameters of the 2-D one."""

    formula = "aᵢ = max of x from i·n/m (rounded down) to (i+1)·n/m − 1 (rounded up),  for n values that become m"
    source = "He et al., Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition (2014)"
    output_size = fields.output_size(2)
    return_indices = fields.return_indices()
    onnx = OnnxOperator(emitter="adaptive_pooling.largest")


class AdaptiveMaxPool1d(AdaptiveMaxPooling):
    """Keeps the largest values of a signal, as many as wanted, whatever its length.

    Takes (batch, channels, length) and gives (batch, channels, output_size): the largest of each of output_size fields
    that are as equally long as can be.
    """

    also_called = ("global max pooling",)
    output_size = fields.output_size(1)
    torch = TorchCall("torch.nn.AdaptiveMaxPool1d", arguments=("output_size", "return_indices"))
    needs = Needs(ranks=(3,), words=SIGNALS)


class AdaptiveMaxPool2d(AdaptiveMaxPooling):
    """Keeps the largest values of a feature map, as many as wanted, whatever its size.

    Takes (batch, channels, height, width) and gives (batch, channels, *output_size): the largest of each of the fields,
    which are as equally large as can be.
    """

    also_called = ("global max pooling",)
    torch = TorchCall("torch.nn.AdaptiveMaxPool2d", arguments=("output_size", "return_indices"))
    needs = Needs(ranks=(4,), words=IMAGES)


class AdaptiveMaxPool3d(AdaptiveMaxPooling):
    """Keeps the largest values of a volume, as many as wanted, whatever its size.

    Takes (batch, channels, depth, height, width) and gives (batch, channels, *output_size): the largest of each of the
    blocks, which are as equally large as can be.
    """

    also_called = ("global max pooling",)
    output_size = fields.output_size(3)
    torch = TorchCall("torch.nn.AdaptiveMaxPool3d", arguments=("output_size", "return_indices"))
    needs = Needs(ranks=(5,), words=VOLUMES)
