"""Examples of the family Arithmetic."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Multiply", {}, ([6],), comes_back=False),
    Example("Multiply", {}, ([5, 7], [5, 1], [1, 7])),
    Example("Subtract", {}, ([6], [6])),
    Example("Subtract", {}, ([4, 9, 8], [4, 1, 1])),
    Example("Divide", {}, ([6], [6])),
    Example("Divide", {}, ([1, 7], [5, 1])),
    Example("MatMul", {}, ([5, 7], [7, 3]), comes_back=False),
    Example("MatMul", {}, ([2, 5, 7], [2, 7, 3]), comes_back=False),
    Example("Power", {}, ([6],)),
    Example("Power", {"exponent": -3}, ([5, 7],), positive=True),
    Example("Power", {"exponent": 0.5}, ([6],), positive=True),
    Example("Sqrt", {}, ([6],), positive=True),
    Example("Exp", {}, ([6],)),
    Example("Log", {}, ([6],), positive=True),
    Example("Abs", {}, ([6],)),
    Example("Negate", {}, ([5, 7],)),
    Example("Clamp", {}, ([6],), comes_back=False),
    Example("Clamp", {"min": -0.5, "max": None}, ([6],)),
    Example("Clamp", {"min": None, "max": 0.25}, ([6],)),
    Example("Scale", {"factor": 2.5, "shift": -1}, ([5, 7],), reference=lambda _, x: 2.5 * x - 1),
    Example(
        "Scale",
        {"factor": 2.5, "shift": -1, "learned": True},
        ([6],),
        reference=lambda module, x: x * module.weight.item() + module.bias.item(),
    ),
]
