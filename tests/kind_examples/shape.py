"""Examples of the family Shape."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Flatten", {}, ([6],)),
    Example("Flatten", {"start_dim": 2}, ([4, 9, 8],), comes_back=False),
    Example("Unflatten", {}, ([64],)),
    Example("Unflatten", {"unflattened_size": [3, 2]}, ([6],)),
    Example("Unflatten", {"dim": 2, "unflattened_size": [7, 1]}, ([5, 7],)),
    Example("Reshape", {}, ([5, 7],), reference=lambda _, x: x.flatten(1), comes_back=False),
    Example("Reshape", {"shape": [2, -1, 3]}, ([5, 6],), reference=lambda _, x: x.view(-1, 2, 5, 3), comes_back=False),
    Example("Permute", {}, ([5, 7],), comes_back=False),
    Example("Permute", {"dims": [0, 3, 1, 2]}, ([4, 9, 8],), comes_back=False),
    Example("Squeeze", {}, ([1, 7],), comes_back=False),
    Example("Squeeze", {"dim": -2}, ([4, 1, 8],), comes_back=False),
    Example("Unsqueeze", {}, ([6],), comes_back=False),
    Example("Unsqueeze", {"dim": -1}, ([5, 7],), comes_back=False),
]
