"""Examples of the family Pooling."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("MaxPool1d", {}, ([5, 7],)),
    Example("MaxPool1d", {"kernel_size": 3, "padding": 1}, ([5, 7],)),
    Example("MaxPool2d", {}, ([4, 9, 8],)),
    Example("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}, ([4, 9, 8],)),
    Example("MaxPool2d", {"kernel_size": 2, "ceil_mode": True}, ([4, 9, 7],)),
    Example("AvgPool1d", {}, ([5, 7],)),
    Example("AvgPool1d", {"kernel_size": 3, "stride": 1, "padding": 1, "count_include_pad": False}, ([5, 7],)),
    Example("AvgPool2d", {}, ([4, 9, 8],)),
    Example("AvgPool2d", {"kernel_size": 3, "padding": 1, "count_include_pad": False}, ([4, 9, 8],)),
    Example("AdaptiveAvgPool2d", {}, ([4, 9, 8],)),
    Example("AdaptiveAvgPool2d", {"output_size": [3, 5]}, ([4, 9, 8],), comes_back=False),
    Example("AdaptiveAvgPool2d", {"output_size": 1}, ([4, 9, 8],)),
]
