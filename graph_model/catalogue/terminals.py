"""Where data enters the network and where its answer leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.kind import Kind, Port
from graph_model.objection import Objection, Shapes
from graph_model.parameters import AxisNames, Choice, Real, Shape, axis_names

DOCUMENT_LOSS = "document"
"""An Output's loss that says: the one chosen for the whole document."""

LOSS_NAMES = (
    "cross_entropy",
    "nll_loss",
    "mean_squared_error",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "multilabel_soft_margin_loss",
    "soft_margin_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "hinge_embedding_loss",
    "kl_div",
    "poisson_nll_loss",
    "gaussian_nll_loss",
    "output_itself",
)
"""The losses that training offers."""


class Input(Kind):
    """The data that the network receives, one sample at a time in a batch.

    Gives (batch, *shape). The shape is that of one sample, without the batch: [64] for a vector of 64 numbers, [1,
    8, 8] for one grey image of 8 by 8 pixels (channels, height, width). A dataset whose samples have as many
    numbers is reshaped to it.

    An axis that is named under dynamic_axes may have any length, such as the time steps of a sequence. The shape then
    says how long it is drawn; training takes the length of the data, and the exported model every length. The shapes
    on the canvas follow by the name: (batch, time/2, 16). The network must have the same weights at every length,
    which is checked.
    """

    also_called = ("data", "placeholder", "source")
    family = "Terminals"
    stands_in = "network"
    formula = "x"
    inputs = ()
    brings_data = True
    shape = Shape(default=[64], meaning="Shape of one sample, without the batch: [64] or [1, 8, 8].")
    dynamic_axes = AxisNames(
        default="",
        meaning="Names of the axes that may have any length, in the order of the shape: time, or -, height, width. "
        "Empty: each is as long as the shape says. Axes with one name have one length.",
    )

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        count, rank = len(axis_names(parameters["dynamic_axes"])), len(parameters["shape"])
        if parameters["dynamic_axes"] and count > rank:
            axes = "axis" if rank == 1 else "axes"
            return Objection(
                f"dynamic_axes names {count} axes, but a sample of shape {parameters['shape']} has {rank} {axes}"
            )
        return None

    def summary(self, parameters: Mapping[str, Any]) -> str:
        names = [*axis_names(parameters["dynamic_axes"]), *[""] * len(parameters["shape"])]
        return "×".join(name or str(size) for name, size in zip(names, parameters["shape"], strict=False))


class ScalarInput(Kind):
    """One number of each sample, such as one feature of the data.

    All scalar inputs of a drawing together take one sample: the first that was added takes its first number, the next
    one the second, and so on. To the compiled network they are one input, (batch, number of scalar inputs).
    """

    also_called = ("feature", "scalar")
    family = "Terminals"
    stands_in = "network"
    formula = "xᵢ"
    inputs = ()
    brings_data = True
    gives_scalar = True
    default_name = "x"


class Output(Kind):
    """The network's answer, which the loss compares with the targets.

    Takes (batch, …). What is wired here is returned, and becomes an output of the exported model under this node's
    name. Several neurons wired here form one vector, in the order of connecting. Of several Outputs each has a
    loss, and training makes their weighted sum small: the first is compared with the dataset's first target, and so
    on; a dataset with one target has it for all of them.
    """

    also_called = ("target", "answer", "loss")
    family = "Terminals"
    stands_in = "network"
    formula = "y"
    inputs = (Port("input"),)
    outputs = ()
    loss = Choice(
        default=DOCUMENT_LOSS,
        choices=(DOCUMENT_LOSS, *LOSS_NAMES),
        meaning="How its error is measured; document: by the loss that is chosen for the whole training.",
    )
    loss_weight = Real(default=1.0, minimum=0.0, meaning="How much its loss counts in the sum over all Outputs.")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return "" if parameters["loss"] == DOCUMENT_LOSS else str(parameters["loss"])
