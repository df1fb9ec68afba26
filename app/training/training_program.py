"""A document's drawing as it is trained: with the lengths that its dataset's samples have along dynamic axes."""

from __future__ import annotations

from collections.abc import Sequence

from app.training.datasets import DatasetKind, dataset_kind
from app.training.sample_lengths import Shape, fitting_shape
from compiler.program import ModuleInput, Program, lower
from graph_model import DataError, Document, Graph


def training_program(document: Document) -> Program:
    """Lower a document's drawing for its dataset; as it is drawn if there is no such dataset."""
    try:
        kind = dataset_kind(document.training.dataset, document.training.dataset_options)
    except DataError:
        return lower(document.graph)
    return lower_for(document.graph, kind)


def lower_for(graph: Graph, kind: DatasetKind) -> Program:
    """Lower a drawing for the samples of a dataset."""
    return at_lengths(lower(graph), [part.shape for part in kind.inputs])


def at_lengths(program: Program, shapes: Sequence[Shape]) -> Program:
    """Return a drawing's program for samples of these shapes, one for each input of the module.

    Where a sample differs from an Input in more than the lengths of dynamic axes, the Input stays as it is drawn; so
    do all if there is another number of them.
    """
    inputs = program.inputs
    if len(inputs) != len(shapes):
        return program
    fitting = ((one, _shape_for(one, shape)) for one, shape in zip(inputs, shapes, strict=True))
    given = {one.steps[0].node.id: shape for one, shape in fitting if shape != one.shape}
    return lower(program.drawing, known=program, given=given) if given else program


def _shape_for(given: ModuleInput, sample: Shape) -> Shape:
    if given.is_of_scalars:
        return given.shape
    return fitting_shape(given.shape, given.steps[0].node.parameters["dynamic_axes"], sample) or given.shape
