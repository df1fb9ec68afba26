"""Examples of the family Convolution."""

from tests.kind_examples.example import Example

SMALL = {"out_channels": 6}

EXAMPLES = [
    Example("Conv1d", {}, ([5, 7],)),
    Example("Conv1d", {"kernel_size": 2, "stride": 2, "padding": 1, "dilation": 2, "activation": "Tanh"}, ([5, 7],)),
    Example("Conv1d", {"padding": 2, "padding_mode": "circular"}, ([5, 7],), comes_back=False),
    Example("Conv2d", {}, ([4, 9, 8],)),
    Example(
        "Conv2d", {"kernel_size": [3, 2], "stride": 2, "padding": [1, 0], "groups": 2, "bias": False}, ([4, 9, 8],)
    ),
    Example("Conv2d", {"dilation": 2, "activation": "ELU", "weight_init": "kaiming_normal"}, ([4, 9, 8],)),
    Example("Conv2d", {"padding": [2, 1], "padding_mode": "reflect"}, ([4, 9, 8],)),
    Example("Conv2d", {"padding": 1, "padding_mode": "replicate"}, ([4, 9, 8],)),
    Example("Conv3d", SMALL, ([2, 5, 4, 6],)),
    Example("Conv3d", {**SMALL, "kernel_size": [3, 2, 1], "stride": [1, 2, 3], "padding": [1, 0, 0]}, ([2, 5, 4, 6],)),
    Example("Conv3d", {**SMALL, "padding": 1, "padding_mode": "circular"}, ([2, 5, 4, 6],)),
    Example("ConvTranspose1d", {}, ([5, 7],)),
    Example("ConvTranspose1d", {"stride": 3, "padding": 1, "output_padding": 2, "bias": False}, ([5, 7],)),
    Example("ConvTranspose2d", {**SMALL, "kernel_size": 2, "stride": 2, "activation": "ReLU"}, ([4, 5, 6],)),
    Example(
        "ConvTranspose2d",
        {**SMALL, "groups": 2, "dilation": [2, 1], "output_padding": [1, 0]},
        ([4, 5, 6],),
        comes_back=False,
    ),
    Example("ConvTranspose3d", SMALL, ([2, 3, 2, 4],)),
    Example("ConvTranspose3d", {**SMALL, "stride": 2, "padding": 1, "output_padding": 1}, ([2, 3, 2, 4],)),
]
