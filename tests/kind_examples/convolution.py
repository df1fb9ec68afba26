"""Examples of the family Convolution."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Conv1d", {}, ([5, 7],)),
    Example("Conv1d", {"kernel_size": 2, "stride": 2, "padding": 1, "dilation": 2, "activation": "Tanh"}, ([5, 7],)),
    Example("Conv2d", {}, ([4, 9, 8],)),
    Example(
        "Conv2d", {"kernel_size": [3, 2], "stride": 2, "padding": [1, 0], "groups": 2, "bias": False}, ([4, 9, 8],)
    ),
    Example("Conv2d", {"dilation": 2, "activation": "ELU", "weight_init": "kaiming_normal"}, ([4, 9, 8],)),
]
