"""What a network ends in: some losses are right only after a Sigmoid, a Softmax or a LogSoftmax."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.training.losses.loss_kind import Ending
    from compiler.program import Step

PROBABILITIES = frozenset({"Sigmoid", "Softmax", "Softmax2d", "Hardsigmoid"})
LOG_PROBABILITIES = frozenset({"LogSoftmax"})


def last_function(output: Step) -> str:
    """The kind of the node that an Output receives from, or that node's own activation; "" if it is not one node."""
    if len(output.sources) != 1:
        activations = {source.node.parameters.get("activation", "") for source in output.sources}
        return str(activations.pop()) if len(activations) == 1 else ""
    node = output.sources[0].node
    activation = node.parameters.get("activation", "Identity")
    return node.kind if activation == "Identity" else str(activation)


def ends_wrongly(output: Step, wanted: Ending) -> bool:
    """Whether an Output surely does not receive what a loss needs: it receives weighted sums as they are.

    Behind other nodes, such as a Flatten, it is seen only when the loss is computed.
    """
    if wanted == "any":
        return False
    right = PROBABILITIES if wanted == "probabilities" else LOG_PROBABILITIES
    function = last_function(output)
    return function not in right and any(
        source.node.parameters.get("activation") is not None for source in output.sources
    )
