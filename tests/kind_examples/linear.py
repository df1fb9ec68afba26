"""Examples of the family Linear."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Identity", {}, ([5, 7],), comes_back=False),
    Example("Linear", {}, ([5, 7],)),
    Example("Linear", {"out_features": 5, "activation": "Softmax"}, ([6],)),
    Example("Linear", {"out_features": 5, "bias": False, "weight_init": "xavier_normal"}, ([5, 7],)),
    Example("Linear", {"out_features": 3, "pruned": [[0, 1], [2, 5], [2, 0]], "activation": "PReLU"}, ([6],)),
    Example("Linear", {"out_features": 5, "trainable": False}, ([6],)),
]
