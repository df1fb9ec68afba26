"""The Outputs of the drawing: by which loss and in which shape each is compared, before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.panels.backpropagation.wanted import Wanted, wanted_by
from app.session import EditorSession
from app.training.losses import LossKind
from app.training.losses.pairing import chosen_loss
from graph_model import Node, TrainingError


@dataclass(frozen=True)
class DrawnOutput:
    """`loss`: None for one that is not there. `shape`: of the answer to one example, as far as it is known."""

    name: str
    loss: LossKind | None
    shape: tuple[int, ...] | None


def drawn_outputs(session: EditorSession) -> list[DrawnOutput]:
    """Return the Outputs of the drawing in the order of adding, as the module returns their answers."""
    graph = session.level.flat
    nodes = sorted((node for node in graph.nodes() if node.kind == "Output"), key=lambda node: node.order)
    return [DrawnOutput(node.name, _loss(session, node), _answer(session, node)) for node in nodes]


def wanted_of(outputs: Sequence[DrawnOutput], has_numbers: Sequence[bool]) -> list[tuple[str, Wanted]]:
    """Return name and what is wanted of each Output that is compared with something.

    `has_numbers`: of each target of the dataset, whether it is numbers; one serves all Outputs.
    """
    compared = [output for output in outputs if output.loss is None or output.loss.targets]
    forms = list(has_numbers) if len(has_numbers) == len(compared) else [*has_numbers[:1]] * len(compared)
    forms += [False] * (len(compared) - len(forms))
    return [
        (output.name, wanted_by(output.loss, output.shape, form)) for output, form in zip(compared, forms, strict=True)
    ]


def _loss(session: EditorSession, output: Node) -> LossKind | None:
    try:
        return chosen_loss(output, session.document.training.loss)
    except TrainingError:
        return None


def _answer(session: EditorSession, output: Node) -> tuple[int, ...] | None:
    graph = session.level.flat
    arriving = graph.incoming(output)
    if not arriving:
        return None
    if graph.kind_of(arriving[0].source).gives_scalar:
        return (len(arriving),)
    shape = session.live_check.shapes.get((arriving[0].source, arriving[0].output))
    return None if shape is None else tuple(int(axis) for axis in shape[1:])
