"""Can this document be trained? Its drawing, its data and its settings must fit together."""

from __future__ import annotations

import math
from collections.abc import Iterable

from app.training.datasets import DatasetKind, dataset_kind
from app.training.losses import losses
from app.training.optimizers import option_values
from compiler.checks import problems_of
from compiler.cost import parameter_counts
from compiler.program import Program, Source, lower
from graph_model import DataError, Document, Fix, Problem, TrainingError
from graph_model.edits import SetParameters

NOTHING_LEARNS = "No node has weights, so there is nothing to learn: add a Linear or a Neuron."
ALL_IS_FROZEN = "Every weight and bias is frozen, so there is nothing to learn: let training change some of them."


def training_problems(document: Document) -> list[Problem]:
    """Return what keeps a document from being trained: the drawing's problems, then those with data and settings."""
    program = lower(document.graph)
    problems = problems_of(program)
    if any(problem.severity == "error" for problem in problems):
        return problems
    try:
        kind = dataset_kind(document.training.dataset)
    except DataError as error:
        return [*problems, Problem("error", None, str(error))]
    problems.extend(_input_problems(program, kind))
    problems.extend(_output_problems(program, kind))
    problems.extend(_settings_problems(document))
    if not any(parameter_counts(program).values()):
        frozen = any(step.kind.learnable for step in program.steps)
        problems.append(Problem("error", None, ALL_IS_FROZEN if frozen else NOTHING_LEARNS))
    return problems


def _input_problems(program: Program, kind: DatasetKind) -> Iterable[Problem]:
    inputs = program.inputs
    if len(inputs) != 1:
        yield Problem("error", None, f"'{kind.title}' feeds one Input, but the drawing has {len(inputs)}.")
        return
    node, shape = inputs[0].steps[0].node, inputs[0].shape
    wanted = math.prod(kind.sample_shape)
    if math.prod(shape) == wanted:
        return
    if inputs[0].is_of_scalars:
        yield Problem(
            "error",
            node.name,
            f"The drawing has {shape[0]} scalar {'input' if shape[0] == 1 else 'inputs'}, but a sample of "
            f"'{kind.title}' has {wanted} numbers: it needs as many.",
            (),
            node.id,
        )
    else:
        flat = Fix(f"Set the shape to [{wanted}]", SetParameters(node.id, {"shape": [wanted]}))
        image = Fix(
            f"Set the shape to {list(kind.sample_shape)}", SetParameters(node.id, {"shape": list(kind.sample_shape)})
        )
        yield Problem(
            "error",
            node.name,
            f"Input '{node.name}' takes {math.prod(shape)} numbers, but a sample of '{kind.title}' has {wanted}.",
            (flat, image) if len(kind.sample_shape) > 1 else (flat,),
            node.id,
        )


def _output_problems(program: Program, kind: DatasetKind) -> Iterable[Problem]:
    outputs = program.outputs
    if len(outputs) != 1:
        yield Problem("error", None, f"'{kind.title}' trains one Output, but the drawing has {len(outputs)}.")
        return
    step = outputs[0]
    shape = step.input_shapes[0]
    if len(shape) == 2 and shape[1] == kind.classes:
        return
    came = ", ".join(str(axis) for axis in shape)
    sources = step.sources
    fixes = _class_fixes(sources[0], kind) if len(sources) == 1 and len(shape) == 2 else ()
    yield Problem(
        "error",
        step.node.name,
        f"Output '{step.node.name}' receives ({came}), but '{kind.title}' has {kind.classes} classes: it needs "
        f"(batch, {kind.classes}), one number for each class.",
        fixes,
        step.node.id,
    )


def _class_fixes(source: Source, kind: DatasetKind) -> tuple[Fix, ...]:
    node = source.node
    if "out_features" not in node.parameters:
        return ()
    edit = SetParameters(node.id, {"out_features": kind.classes})
    return (Fix(f"Give '{node.name}' {kind.classes} neurons", edit),)


def _settings_problems(document: Document) -> Iterable[Problem]:
    settings = document.training
    if settings.loss not in losses():
        yield Problem("error", None, f"There is no loss '{settings.loss}'. There are {', '.join(losses())}.")
    try:
        option_values(settings.optimizer, settings.optimizer_options)
    except TrainingError as error:
        yield Problem("error", None, str(error))
