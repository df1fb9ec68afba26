"""Examples of the family Regularization."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Dropout", {}, ([6],)),
]
