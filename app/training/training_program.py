"""A document's drawing as it is trained: with the lengths that its dataset's samples have along dynamic axes."""

from __future__ import annotations

from app.training.datasets import DatasetKind, dataset_kind
from compiler.program import ModuleInput, Program, lower
from graph_model import DataError, Document, Graph
from graph_model.parameters import axis_names


def training_program(document: Document) -> Program:
    """Lower a document's drawing for its dataset; as it is drawn if there is no such dataset."""
    try:
        kind = dataset_kind(document.training.dataset, document.training.dataset_options)
    except DataError:
        return lower(document.graph)
    return lower_for(document.graph, kind)


def lower_for(graph: Graph, kind: DatasetKind) -> Program:
    """Lower a drawing. Where a sample differs from an Input in more than the lengths of dynamic axes, the Input stays
    as it is drawn."""
    program = lower(graph)
    inputs = program.inputs
    if len(inputs) != len(kind.inputs):
        return program
    given = {
        one.steps[0].node.id: part.shape
        for one, part in zip(inputs, kind.inputs, strict=True)
        if part.shape != one.shape and _can_take(one, part.shape)
    }
    return lower(graph, known=program, given=given) if given else program


def _can_take(given: ModuleInput, shape: tuple[int, ...]) -> bool:
    if given.is_of_scalars or len(shape) != len(given.shape):
        return False
    names = [*axis_names(given.steps[0].node.parameters["dynamic_axes"]), *[""] * len(shape)]
    return all(name or one == other for name, one, other in zip(names, given.shape, shape, strict=False))
