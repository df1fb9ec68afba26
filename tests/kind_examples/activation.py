"""Examples of the family Activation."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Sigmoid", {}, ([6],)),
    Example("Tanh", {}, ([6],)),
    Example("ReLU", {}, ([6],)),
    Example("LeakyReLU", {}, ([6],)),
    Example("LeakyReLU", {"negative_slope": 0.2}, ([6],)),
    Example("PReLU", {}, ([6],)),
    Example("PReLU", {"num_parameters": 4}, ([4, 9, 8],)),
    Example("ELU", {}, ([6],)),
    Example("ELU", {"alpha": 0.5}, ([6],)),
    Example("GELU", {}, ([6],)),
    Example("GELU", {"approximate": "tanh"}, ([6],)),
    Example("Softmax", {}, ([6],)),
    Example("Softmax", {"dim": -1}, ([5, 7],)),
]
