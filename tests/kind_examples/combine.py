"""Examples of the family Combine."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Add", {}, ([6], [6])),
    Example("Concat", {}, ([6], [6])),
    Example("Concat", {"dim": 2}, ([5, 7], [5, 7])),
    Example("Stack", {}, ([6], [6], [6]), comes_back=False),
    Example("Stack", {"dim": -1}, ([5, 7], [5, 7]), comes_back=False),
]
