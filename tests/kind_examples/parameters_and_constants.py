"""Examples of fixed and learned values, of the family Arithmetic; what stands beside them only brings the batch."""

import torch

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Constant", {}, ([6],), reference=lambda _, x: (torch.ones_like(x[:, :1]), x), comes_back=False),
    Example(
        "Constant",
        {"shape": [2, 3], "values": [0.5, -1, 2, 3, 4, 5]},
        ([5, 7],),
        reference=lambda _, x: (torch.tensor([[[0.5, -1, 2], [3, 4, 5]]] * len(x), dtype=x.dtype), x),
        comes_back=False,
    ),
    Example("Constant", {"shape": [2, 3], "values": [0.5]}, ([6],), comes_back=False),
    Example(
        "Parameter",
        {"shape": [4], "init": "normal"},
        ([6],),
        reference=lambda module, x: (torch.stack([module.weight] * len(x)), x),
        comes_back=False,
    ),
    Example("Parameter", {"shape": [2, 3], "init": "uniform", "init_value": 0.5}, ([6],), comes_back=False),
    Example("Parameter", {"init": "constant", "trainable": False}, ([6],), comes_back=False),
]
