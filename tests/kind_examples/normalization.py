"""Examples of the family Normalization."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("BatchNorm1d", {}, ([5, 7],)),
    Example("BatchNorm1d", {"affine": False}, ([6],)),
    Example("BatchNorm1d", {"activation": "Sigmoid"}, ([5, 7],)),
    Example("BatchNorm2d", {}, ([4, 9, 8],)),
    Example("BatchNorm2d", {"activation": "ReLU"}, ([4, 9, 8],)),
]
