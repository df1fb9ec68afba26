"""Examples of the family Regularization."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Dropout", {}, ([6],)),
    Example("Dropout1d", {}, ([5, 7],), comes_back=False),
    Example("Dropout2d", {"p": 0.2}, ([4, 9, 8],), comes_back=False),
    Example("Dropout3d", {}, ([2, 3, 5, 4],), comes_back=False),
    Example("AlphaDropout", {}, ([6],), comes_back=False),
    Example("FeatureAlphaDropout", {}, ([5, 7],), comes_back=False),
]
