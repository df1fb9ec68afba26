"""Examples of parts, of the family Shape."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Slice", {"start": 2}, ([6],), reference=lambda _, x: x[:, 2:]),
    Example(
        "Slice",
        {"dim": 2, "start": -6, "stop": -1, "step": 2},
        ([5, 7],),
        reference=lambda _, x: x[:, :, [1, 3, 5]],
    ),
    Example("Select", {}, ([5, 7],), reference=lambda _, x: x[:, -1], comes_back=False),
    Example("Select", {"dim": -1, "index": 2}, ([4, 9, 8],), reference=lambda _, x: x[..., 2], comes_back=False),
    Example("Split", {}, ([6],), reference=lambda _, x: (x[:, :3], x[:, 3:]), comes_back=False),
    Example(
        "Split",
        {"sizes": [1, 4, 2], "dim": -1},
        ([5, 7],),
        reference=lambda _, x: (x[..., :1], x[..., 1:5], x[..., 5:]),
        comes_back=False,
    ),
    Example("Expand", {}, ([6],), reference=lambda _, x: x, comes_back=False),
    Example(
        "Expand",
        {"sizes": [5, -1]},
        ([1, 7],),
        reference=lambda _, x: x.repeat_interleave(5, dim=1),
        comes_back=False,
    ),
]
