"""What stands inside a block: where its ports are, and what it remembers from one time step to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.kind import Kind, Port
from graph_model.parameters import Boolean, Choice, Shape

BLOCK_INPUT = "BlockInput"
BLOCK_OUTPUT = "BlockOutput"
DELAY = "Delay"


class BlockInput(Kind):
    """A port through which values enter the block.

    Gives (batch, …) as it came. Each is an input port of the block wherever it is placed, under this name; the
    first one is at the top. What is wired to that port there goes on from here, as if there were no border.
    """

    also_called = ("port", "in port")
    family = "Blocks"
    formula = "x"
    inputs = ()
    stands_in = "block"
    passes_through = True
    default_name = "in"
    over_time = Boolean(
        default=True,
        meaning="Where the block is applied over time: whether it takes one time step after the other here, or the "
        "same value at every step.",
    )


class BlockOutput(Kind):
    """A port through which values leave the block.

    Takes (batch, …) of any shape. Each is an output port of the block wherever it is placed, under this name; the
    first one is at the top.
    """

    also_called = ("port", "out port")
    family = "Blocks"
    formula = "y"
    inputs = (Port("input"),)
    outputs = ()
    stands_in = "block"
    default_name = "out"


class Delay(Kind):
    """Gives what arrived at it one time step ago: the memory of a recurrent block.

    A wire into it may close a loop. It works in a block that is applied over time: at the first time step it gives its
    initial value, at each later one what arrived at the step before. Takes and gives (batch, *shape). A block that so
    computes what RNN, LSTM or GRU computes runs as fast as these, in whatever way it is drawn.
    """

    also_called = ("memory", "feedback", "loop", "previous step")
    family = "Blocks"
    formula = "a(t) = x(t − 1)"
    source = "Hung-yi Lee, Network Structure"
    stands_in = "block"
    shape = Shape(default=[32], meaning="Shape of what it keeps of one sample, without the batch: [32] for 32 numbers.")
    initial = Choice(
        default="zero",
        choices=("zero", "learned"),
        meaning="What it gives at the first time step: zeros, or numbers that are learned.",
    )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return "×".join(str(size) for size in parameters["shape"])
