"""Examples of the family Linear."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Identity", {}, ([5, 7],), comes_back=False),
    Example("Linear", {}, ([5, 7],)),
    Example("Linear", {"out_features": 5, "activation": "Softmax"}, ([6],)),
    Example("Linear", {"out_features": 5, "bias": False, "weight_init": "xavier_normal"}, ([5, 7],)),
    Example("Linear", {"out_features": 3, "pruned": [[0, 1], [2, 5], [2, 0]], "activation": "PReLU"}, ([6],)),
    Example("Linear", {"out_features": 5, "trainable": False}, ([6],)),
    Example("Bilinear", {"out_features": 3}, ([6], [4]), comes_back=False),
    Example("Bilinear", {"out_features": 3, "bias": False, "activation": "Tanh"}, ([5, 6], [5, 4]), comes_back=False),
    Example("Identity", {}, ([4, 9, 8],), comes_back=False),
]
