"""Truth: the parity of bits, and expressions of and, or and exclusive or."""

from __future__ import annotations

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import Array, Arrays, DatasetKind, InputPart, Target, Values
from graph_model.parameters import Choice

OPERATORS = ("and", "or", "xor")
FEATURES = 1 + len(OPERATORS)


def _parity_layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    shape = () if values["target"] == "parity" else (values["bits"],)
    return (InputPart("bits", (values["bits"],)),), (Target(values["target"], shape, ("even", "odd")),)


def _parity(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """No pattern comes twice, so that none is in both parts of the split."""
    bits = values["bits"]
    patterns = generator.choice(2**bits, min(values["samples"], 2**bits), replace=False)
    found = (patterns[:, None] >> numpy.arange(bits)) & 1
    so_far = found.cumsum(axis=1).astype(numpy.int64) % 2
    return (found.astype(numpy.float32),), (so_far[:, -1].copy() if values["target"] == "parity" else so_far,)


def _expressions_layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    return (InputPart("leaves", (2 ** values["depth"], FEATURES)),), (Target("truth", (), ("false", "true")),)


def _expressions(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    count, leaves = values["samples"], 2 ** values["depth"]
    truth = generator.integers(0, 2, (count, leaves))
    operators = generator.integers(0, len(OPERATORS), (count, leaves))
    signs = numpy.eye(len(OPERATORS), dtype=numpy.float32)[operators]
    signs[:, 0] = 0.0
    inputs = numpy.concatenate([truth[:, :, None].astype(numpy.float32), signs], axis=2)
    return (inputs,), (evaluate(truth, operators),)


def evaluate(truth: Array, operators: Array) -> Array:
    """Return the value of each expression, int64 (examples,): neighbours join, then what they gave, up to the root.

    `truth`, `operators`: (examples, leaves). The operator of a leaf stands before it, and joins it, or the part of the
    tree that begins with it, with what is left of it.
    """
    while truth.shape[1] > 1:
        left, right, between = truth[:, ::2], truth[:, 1::2], operators[:, 1::2]
        truth = numpy.choose(between, [left & right, left | right, left ^ right])
        operators = operators[:, ::2]
    return truth[:, 0].astype(numpy.int64)


LOGIC = (
    DatasetKind(
        "parity",
        "Parity",
        "Patterns of 8 bits; the class is whether the number of ones is odd. A single changed bit changes it, so "
        "nothing "
        "less than all bits will do. The target can also be the parity so far, a class at each bit: a recurrent "
        "network (its Input [8, 1], its output (batch, 8, 2)) needs to remember one bit only, and learns it quickly.",
        "Generated from the seed; no pattern comes twice.",
        _parity_layout,
        _parity,
        {
            **options.samples(1000, "patterns"),
            **options.whole("bits", 8, 2, 20, "Bits in a pattern."),
            "target": Choice(
                name="target",
                default="parity",
                choices=("parity", "parity so far"),
                meaning="parity: one class for the whole pattern. parity so far: a class at each bit.",
            ),
        },
    ),
    DatasetKind(
        "expressions",
        "Logic expressions",
        "Bracketed expressions such as ((1 and 0) or (1 xor 1)) along a balanced tree of depth 3; the class is their "
        "truth. "
        "A sample is (8, 4): for each leaf its truth, then which of and, or, xor stands before it (nothing before the "
        "first). A recursive network joins neighbours by the same function, level by level.",
        "Generated from the seed.",
        _expressions_layout,
        _expressions,
        {
            **options.samples(4000, "expressions"),
            **options.whole("depth", 3, 1, 8, "Levels of the tree: 2 to this power are the leaves."),
        },
    ),
)
