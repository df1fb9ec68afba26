"""A document's drawing becomes a plan, once for each state of it."""

from __future__ import annotations

import weakref

from app.training.backpropagation.laying_out import lay_out
from app.training.backpropagation.plan import Plan
from app.training.backpropagation.weight_slots import WeightSlots
from app.training.device import use_fitting_threads
from compiler.build import compile_program
from compiler.program import Program, lower
from compiler.weights import collect_weights
from graph_model import Document, TrainingError

_plans: weakref.WeakValueDictionary[int, Plan] = weakref.WeakValueDictionary()


def plan_for(document: Document) -> Plan:
    """Return the plan of a document's drawing: the last one as long as any trace of it is kept and nothing changed.

    Raises CompileError if the drawing cannot run, TrainingError if no loss can be computed from its outputs.
    """
    graph, seed = document.graph, document.training.seed
    known = _plans.get(id(graph))
    if known is not None and known.graph is graph and (known.revision, known.seed) == (graph.revision, seed):
        return known
    use_fitting_threads()
    revision, program = graph.revision, lower(graph)
    slots = WeightSlots(program, collect_weights(compile_program(program, seed)))
    refuse_several_outputs(program)
    plan = Plan(**vars(lay_out(program, slots)), graph=graph, revision=revision, seed=seed)
    _plans[id(graph)] = plan
    return plan


def refuse_several_outputs(program: Program) -> None:
    """Raise TrainingError for a drawing with several Outputs: the way back begins at one."""
    outputs = program.outputs
    if len(outputs) != 1:
        names = ", ".join(f"'{step.node.name}'" for step in outputs)
        raise TrainingError(f"The loss compares one Output with its target, but there are {names}. Remove one.")
