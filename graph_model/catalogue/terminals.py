"""Where data enters the network and where its answer leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.kind import Kind, Port
from graph_model.parameters import Shape


class Input(Kind):
    """The data that the network receives, one sample at a time in a batch.

    Its shape is the shape of one sample without the batch: [64] for a vector of 64 numbers, [1, 8, 8] for one
    grey image of 8 by 8 pixels (channels, height, width). A dataset whose samples have as many numbers is
    reshaped to it.
    """

    family = "Terminals"
    stands_in = "network"
    formula = "x"
    inputs = ()
    brings_data = True
    shape = Shape(default=[64], meaning="Shape of one sample, without the batch: [64] or [1, 8, 8].")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return "×".join(str(size) for size in parameters["shape"])


class ScalarInput(Kind):
    """One number of each sample, such as one feature of the data.

    All scalar inputs of a drawing together take one sample: the first that was added takes its first number, the next
    one the second, and so on. To the compiled network they are one input, (batch, number of scalar inputs).
    """

    family = "Terminals"
    stands_in = "network"
    formula = "xᵢ"
    inputs = ()
    brings_data = True
    gives_scalar = True
    default_name = "x"


class Output(Kind):
    """The network's answer.

    What is wired here is returned, compared with the targets by the loss, and becomes an output of the
    exported model under this node's name. Several neurons wired here form one vector, in the order of
    connecting.
    """

    family = "Terminals"
    stands_in = "network"
    formula = "y"
    inputs = (Port("input"),)
    outputs = ()
