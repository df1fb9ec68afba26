"""Examples of formulas, of the family Arithmetic."""

import math

import torch

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Expression", {}, ([6], [6]), reference=lambda _, a, b: a * b, comes_back=False),
    Example(
        "Expression",
        {"expression": "(1 - z) ⊙ h + z * c"},
        ([5, 7], [5, 7], [5, 1]),
        reference=lambda _, c, h, z: h - z * h + z * c,
        comes_back=False,
    ),
    Example(
        "Expression",
        {"expression": "tanh(a)/(2+cos(a)) - exp(-a**2) + sigmoid(a)*softplus(a) + erf(a/pi) + sqrt(abs(sin(a)) + 1)"},
        ([6],),
        reference=lambda _, a: (
            (a.exp() - (-a).exp()) / (a.exp() + (-a).exp()) / (2 + a.cos())
            - 1 / (a * a).exp()
            + (1 + a.exp()).log() / (1 + (-a).exp())
            + torch.special.erf(a / math.pi)
            + (1 + a.sin().abs()) ** 0.5
        ),
        comes_back=False,
    ),
    Example(
        "Expression",
        {"expression": "maximum(relu(a), b) - minimum(a, 0.5) * (1 / 4 + log(2))"},
        ([3, 4, 2], [3, 4, 2]),
        reference=lambda _, a, b: (
            torch.where(a.clamp(min=0) > b, a.clamp(min=0), b) - torch.where(a < 0.5, a, 0.5) * (0.25 + math.log(2))
        ),
        comes_back=False,
    ),
    Example("Expression", {"expression": "x"}, ([6],), reference=lambda _, x: x, comes_back=False),
]
