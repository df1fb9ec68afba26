"""A document's drawing becomes a plan, once for each state of it and each length of an example."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import numpy

from app.training.backpropagation.example import arrays_of
from app.training.backpropagation.laying_out import lay_out
from app.training.backpropagation.plan import Plan
from app.training.backpropagation.weight_slots import WeightSlots
from app.training.device import use_fitting_threads
from app.training.training_program import at_lengths
from compiler.build import compile_program
from compiler.program import Program, lower
from compiler.weights import collect_weights
from graph_model import Document

Shapes = tuple[tuple[int, ...], ...]

_plans: weakref.WeakValueDictionary[tuple[int, Shapes], Plan] = weakref.WeakValueDictionary()
"""By the drawing and the shapes of an example: where axes are dynamic, another dataset has other lengths."""


def plan_for(document: Document, inputs: object, examples: int | None = None) -> Plan:
    """Return the plan of a document's drawing for an example: the last one as long as any trace of it is kept and
    nothing changed.

    `inputs`, `examples`: as example_tensors takes them; dynamic axes are as long as they are there. Raises CompileError
    if the drawing cannot run, at this length.
    """
    graph, seed = document.graph, document.training.seed
    axes_before = 0 if examples is None else 1
    key = id(graph), _shapes(inputs if isinstance(inputs, (list, tuple)) else [inputs], axes_before)
    known = _plans.get(key)
    if known is not None and known.graph is graph and (known.revision, known.seed) == (graph.revision, seed):
        return known
    use_fitting_threads()
    revision, program = graph.revision, _at_lengths_of(lower(graph), inputs, axes_before)
    slots = WeightSlots(program, collect_weights(compile_program(program, seed)))
    plan = Plan(**vars(lay_out(program, slots)), graph=graph, revision=revision, seed=seed)
    _plans[key] = plan
    return plan


def _at_lengths_of(program: Program, inputs: object, axes_before: int) -> Program:
    arrays = arrays_of(inputs, len(program.inputs))
    return program if arrays is None else at_lengths(program, _shapes(arrays, axes_before))


def _shapes(arrays: Iterable[Any], axes_before: int) -> Shapes:
    return tuple(numpy.shape(array)[axes_before:] for array in arrays)
