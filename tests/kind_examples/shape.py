"""Examples of the family Shape."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Flatten", {}, ([6],)),
    Example("Flatten", {"start_dim": 2}, ([4, 9, 8],), comes_back=False),
    Example("Unflatten", {}, ([64],)),
    Example("Unflatten", {"unflattened_size": [3, 2]}, ([6],)),
    Example("Unflatten", {"dim": 2, "unflattened_size": [7, 1]}, ([5, 7],)),
]
