"""A document's drawing as it is trained: with the lengths that its dataset's samples have along dynamic axes."""

from __future__ import annotations

import math

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
    fitting = ((one, _shape_for(one, part.shape)) for one, part in zip(inputs, kind.inputs, strict=True))
    given = {one.steps[0].node.id: shape for one, shape in fitting if shape is not None and shape != one.shape}
    return lower(graph, known=program, given=given) if given else program


def _shape_for(given: ModuleInput, sample: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape of an Input at the lengths of its samples; None if nothing but other sizes would take them."""
    if given.is_of_scalars:
        return None
    names = axis_names(given.steps[0].node.parameters["dynamic_axes"])
    dynamic = [number for number, name in enumerate(names) if name]
    if len(sample) == len(given.shape) and all(
        number in dynamic or one == other for number, (one, other) in enumerate(zip(given.shape, sample, strict=True))
    ):
        return sample
    if len(dynamic) != 1:
        return None
    # A sample of another form has as many numbers at one length only.
    (axis,) = dynamic
    step = math.prod(given.shape) // given.shape[axis]
    length, rest = divmod(math.prod(sample), step)
    return None if rest else (*given.shape[:axis], length, *given.shape[axis + 1 :])
