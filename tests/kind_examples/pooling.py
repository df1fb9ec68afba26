"""Examples of the family Pooling."""

from tests.kind_examples.example import Example

VOLUME = ([3, 4, 5, 6],)
INDICES = {"return_indices": True}

UNPOOLINGS = [
    Example(f"MaxUnpool{axes}d", parameters, shapes, vocabulary=places, comes_back=False)
    for axes, parameters, shapes, places in (
        (1, {}, ([5, 1], [5, 1]), 2),
        (1, {"kernel_size": 4, "output_size": 6}, ([5, 1], [5, 1]), 6),
        (2, {"kernel_size": 3}, ([4, 1, 1], [4, 1, 1]), 9),
        (2, {"kernel_size": [3, 5], "padding": [0, 1], "output_size": [4, 3]}, ([4, 1, 1], [4, 1, 1]), 12),
        (3, {}, ([4, 1, 1, 1], [4, 1, 1, 1]), 8),
        (3, {"kernel_size": [2, 3, 4], "output_size": [3, 2, 4]}, ([4, 1, 1, 1], [4, 1, 1, 1]), 24),
    )
]
"""One value in each map: of two with one place, either may stay."""

EXAMPLES = [
    Example("MaxPool1d", {}, ([5, 7],)),
    Example("MaxPool1d", {"kernel_size": 3, "padding": 1}, ([5, 7],)),
    Example("MaxPool1d", INDICES, ([5, 7],), comes_back=False),
    Example("MaxPool2d", {}, ([4, 9, 8],)),
    Example("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}, ([4, 9, 8],)),
    Example("MaxPool2d", {"kernel_size": 2, "ceil_mode": True}, ([4, 9, 7],)),
    Example(
        "MaxPool2d", {"kernel_size": [3, 2], "dilation": 2, "padding": 1, **INDICES}, ([4, 9, 8],), comes_back=False
    ),
    Example("MaxPool2d", {"kernel_size": 3, "padding": 1, "ceil_mode": True}, ([2, 9, 8],), comes_back=False),
    Example("MaxPool3d", {}, VOLUME),
    Example("MaxPool3d", {"kernel_size": [2, 3, 2], "stride": 1, **INDICES}, VOLUME, comes_back=False),
    Example("AvgPool1d", {}, ([5, 7],)),
    Example("AvgPool1d", {"kernel_size": 3, "stride": 1, "padding": 1, "count_include_pad": False}, ([5, 7],)),
    Example("AvgPool2d", {}, ([4, 9, 8],)),
    Example("AvgPool2d", {"kernel_size": 3, "padding": 1, "count_include_pad": False}, ([4, 9, 8],)),
    Example("AvgPool2d", {"kernel_size": [3, 2], "padding": 1, "divisor_override": 5}, ([4, 9, 8],), comes_back=False),
    Example("AvgPool2d", {"kernel_size": 3, "padding": 1, "ceil_mode": True}, ([2, 9, 8],), comes_back=False),
    Example("AvgPool3d", {}, VOLUME),
    Example("AvgPool3d", {"kernel_size": [2, 3, 2], "stride": 1, "padding": [1, 1, 0]}, VOLUME),
    Example("AvgPool3d", {"kernel_size": 2, "divisor_override": 3}, VOLUME, comes_back=False),
    Example("LPPool1d", {}, ([5, 7],)),
    Example("LPPool1d", {"kernel_size": 3, "norm_type": 4.0, "ceil_mode": True}, ([5, 8],), comes_back=False),
    Example("LPPool2d", {}, ([4, 9, 8],)),
    Example("LPPool2d", {"norm_type": 1.0, "kernel_size": [3, 2], "stride": 1}, ([4, 9, 8],), comes_back=False),
    Example("LPPool3d", {}, VOLUME),
    Example("FractionalMaxPool2d", {}, ([4, 9, 8],), comes_back=False),
    Example("FractionalMaxPool2d", {"output_ratio": 0.7, **INDICES}, ([4, 11, 13],), comes_back=False),
    Example("FractionalMaxPool3d", {}, VOLUME, comes_back=False),
    Example(
        "FractionalMaxPool3d", {"output_size": [1, 3, 4], "output_ratio": None, **INDICES}, VOLUME, comes_back=False
    ),
    Example("AdaptiveAvgPool1d", {}, ([5, 7],)),
    Example("AdaptiveAvgPool1d", {"output_size": 3}, ([5, 7],), comes_back=False),
    Example("AdaptiveAvgPool2d", {}, ([4, 9, 8],)),
    Example("AdaptiveAvgPool2d", {"output_size": [3, 5]}, ([4, 9, 8],), comes_back=False),
    Example("AdaptiveAvgPool2d", {"output_size": 1}, ([4, 9, 8],)),
    Example("AdaptiveAvgPool3d", {}, VOLUME),
    Example("AdaptiveAvgPool3d", {"output_size": [3, 2, 7]}, VOLUME, comes_back=False),
    Example("AdaptiveMaxPool1d", {}, ([5, 7],)),
    Example("AdaptiveMaxPool1d", {"output_size": 3, **INDICES}, ([5, 7],), comes_back=False),
    Example("AdaptiveMaxPool2d", {}, ([4, 9, 8],)),
    Example("AdaptiveMaxPool2d", {"output_size": [4, 5]}, ([4, 9, 8],), comes_back=False),
    Example("AdaptiveMaxPool2d", {"output_size": [4, 5], **INDICES}, ([4, 9, 8],), comes_back=False),
    Example("AdaptiveMaxPool3d", {}, VOLUME),
    Example("AdaptiveMaxPool3d", {"output_size": [3, 2, 4], **INDICES}, VOLUME, comes_back=False),
    *UNPOOLINGS,
]
