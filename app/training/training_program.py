"""A document's drawing as it is trained: with the lengths that its dataset's samples have along dynamic axes."""

from __future__ import annotations

from collections.abc import Sequence

from app.training.datasets import DatasetKind, dataset_kind
from app.training.sample_lengths import takes_lengths
from compiler.program import ModuleInput, Program, lower
from graph_model import Document, Graph


def training_program(document: Document) -> Program:
    """Lower a document's drawing for its dataset; raises DataError for a dataset that is not there."""
    return lower_for(document.graph, dataset_kind(document.training.dataset, document.training.dataset_options))


def lower_for(graph: Graph, kind: DatasetKind) -> Program:
    """Lower a drawing for the samples of a dataset."""
    return at_lengths(lower(graph), [part.shape for part in kind.inputs])


def at_lengths(program: Program, shapes: Sequence[tuple[int, ...]]) -> Program:
    """Return a drawing's program for samples of these shapes, one for each input of the module.

    Where a sample differs from an Input in more than the lengths of dynamic axes, the Input stays as it is drawn; so
    do all if there is another number of them.
    """
    inputs = program.inputs
    if len(inputs) != len(shapes):
        return program
    given = {
        one.steps[0].node.id: shape
        for one, shape in zip(inputs, shapes, strict=True)
        if shape != one.shape and _can_take(one, shape)
    }
    return lower(program.drawing, known=program, given=given) if given else program


def _can_take(given: ModuleInput, shape: tuple[int, ...]) -> bool:
    axes = "" if given.is_of_scalars else given.steps[0].node.parameters["dynamic_axes"]
    return takes_lengths(given.shape, axes, shape)
