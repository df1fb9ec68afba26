"""Examples of the reductions, of the family Arithmetic."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example(kind, parameters, shapes)
    for kind in ("Mean", "Sum", "Max", "Min", "Norm")
    for parameters, shapes in (
        ({}, ([5, 7],)),
        ({"dim": -1, "keepdim": True}, ([6],)),
        ({"dim": 2}, ([4, 9, 8],)),
    )
] + [
    Example("Norm", {"ord": 1, "dim": -1}, ([5, 7],)),
    Example("Norm", {"ord": 3.5, "dim": 1, "keepdim": True}, ([5, 7],), comes_back=False),
]
