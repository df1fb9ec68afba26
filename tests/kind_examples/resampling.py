"""Examples of the family Resampling."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.kind_examples.example import Example

SIGNAL, IMAGE, VOLUME = ([3, 7],), ([3, 5, 6],), ([2, 4, 3, 5],)
SIZED = {"scale_factor": None}


def _weight(distance: torch.Tensor) -> torch.Tensor:
    return (1 - distance.abs()).clamp(min=0)


def transformed(module: nn.Module | None, image: torch.Tensor, theta: torch.Tensor) -> torch.Tensor:
    """The lectures' formula with zeros outside: a sum over all pixels, weighted by their distance along both axes."""
    values: Any = module
    height, width = image.shape[2:]
    rows, columns = values.output_size or (height, width)
    matrix = theta.reshape(-1, 2, 3)
    if values.add_identity:
        matrix = matrix + torch.eye(2, 3, dtype=theta.dtype)

    def places(count: int) -> torch.Tensor:
        if values.align_corners:
            return torch.linspace(-1, 1, count, dtype=theta.dtype)
        return (2 * torch.arange(count, dtype=theta.dtype) + 1) / count - 1

    def pixel(place: torch.Tensor, count: int) -> torch.Tensor:
        if values.align_corners:
            return (place + 1) / 2 * (count - 1)
        return ((place + 1) * count - 1) / 2

    y, x = torch.meshgrid(places(rows), places(columns), indexing="ij")
    homogeneous = torch.stack([x, y, torch.ones_like(x)])
    source = torch.einsum("bij,jrc->birc", matrix, homogeneous)
    along_x = _weight(pixel(source[:, 0], width)[..., None] - torch.arange(width))
    along_y = _weight(pixel(source[:, 1], height)[..., None] - torch.arange(height))
    return torch.einsum("bkhw,brch,brcw->bkrc", image, along_y, along_x)


PADDINGS = [
    Example(f"{how}Pad{axes}d", {"padding": padding}, shape, comes_back=how != "Constant")
    for how in ("Reflection", "Replication", "Zero", "Constant", "Circular")
    for axes, shape, paddings in (
        (1, SIGNAL, (1, [2, 3])),
        (2, IMAGE, (1, [1, 0, 2, 3])),
        (3, VOLUME, (1, [1, 2, 0, 2, 3, 1])),
    )
    for padding in paddings
]

EXAMPLES = [
    *PADDINGS,
    Example("ConstantPad1d", {"padding": [1, -2], "value": 1.5}, SIGNAL),
    Example("ConstantPad2d", {"value": -2.0}, IMAGE),
    Example("ConstantPad3d", {"value": 0.5}, VOLUME),
    Example("ZeroPad2d", {"padding": [-1, 2, 1, -2]}, IMAGE),
    Example("Upsample", {}, SIGNAL, comes_back=False),
    Example("Upsample", {}, IMAGE, comes_back=False),
    Example("Upsample", {"mode": "nearest-exact", "scale_factor": 1.5}, VOLUME, comes_back=False),
    Example("Upsample", {"mode": "nearest", "scale_factor": 0.6}, IMAGE, comes_back=False),
    Example("Upsample", {"mode": "linear", "size": [11], **SIZED}, SIGNAL, comes_back=False),
    Example("Upsample", {"mode": "linear", "scale_factor": 2.5, "align_corners": True}, SIGNAL, comes_back=False),
    Example("Upsample", {"mode": "bilinear", "scale_factor": 1.7}, IMAGE, comes_back=False),
    Example(
        "Upsample",
        {"mode": "bilinear", "scale_factor": 1.7, "recompute_scale_factor": True},
        IMAGE,
        comes_back=False,
    ),
    Example("Upsample", {"mode": "bilinear", "size": [4, 9], "align_corners": True, **SIZED}, IMAGE, comes_back=False),
    Example("Upsample", {"mode": "bicubic"}, IMAGE, comes_back=False),
    Example("Upsample", {"mode": "bicubic", "size": [9, 4], "align_corners": True, **SIZED}, IMAGE, comes_back=False),
    Example("Upsample", {"mode": "trilinear"}, VOLUME, comes_back=False),
    Example(
        "Upsample", {"mode": "trilinear", "size": [5, 6, 7], "align_corners": True, **SIZED}, VOLUME, comes_back=False
    ),
    Example("UpsamplingNearest2d", {}, IMAGE, comes_back=False),
    Example("UpsamplingNearest2d", {"size": [7, 13], **SIZED}, IMAGE, comes_back=False),
    Example("UpsamplingBilinear2d", {}, IMAGE, comes_back=False),
    Example("UpsamplingBilinear2d", {"size": 8, **SIZED}, IMAGE, comes_back=False),
    Example("PixelShuffle", {}, ([8, 3, 4],)),
    Example("PixelShuffle", {"upscale_factor": 3}, ([9, 3, 4],)),
    Example("PixelUnshuffle", {}, ([2, 6, 4],), comes_back=False),
    Example("PixelUnshuffle", {"downscale_factor": 3}, ([2, 6, 9],), comes_back=False),
    Example("ChannelShuffle", {}, ([6, 3, 4],), comes_back=False),
    Example("ChannelShuffle", {"groups": 3}, ([6, 5],), comes_back=False),
    Example("Unfold", {}, IMAGE, comes_back=False),
    Example(
        "Unfold", {"kernel_size": [3, 2], "stride": 2, "padding": [1, 0], "dilation": [1, 2]}, IMAGE, comes_back=False
    ),
    Example("Fold", {}, ([8, 49],), comes_back=False),
    Example(
        "Fold",
        {"output_size": [5, 7], "kernel_size": [3, 2], "stride": 2, "padding": [1, 0], "dilation": [1, 2]},
        ([12, 9],),
        comes_back=False,
    ),
    Example("SpatialTransformer", {}, ([2, 6, 5], [6]), transformed, comes_back=False),
    Example(
        "SpatialTransformer",
        {"align_corners": True, "output_size": [4, 7], "add_identity": True},
        ([2, 6, 5], [2, 3]),
        transformed,
        comes_back=False,
    ),
    Example("SpatialTransformer", {"mode": "nearest", "padding_mode": "border"}, ([2, 6, 5], [6]), comes_back=False),
    Example(
        "SpatialTransformer",
        {"mode": "bicubic", "padding_mode": "reflection", "output_size": 3},
        ([2, 6, 5], [6]),
        comes_back=False,
    ),
]
