"""Do a drawing's Outputs give what their losses compare with a dataset's targets?"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

from app.training.datasets import DatasetKind, Target
from app.training.losses import LossKind
from app.training.losses.ending import ends_wrongly
from app.training.losses.pairing import chosen_loss, pairing
from compiler.program import Program, Step
from compiler.shapes import Shape
from graph_model import Document, Fix, Problem
from graph_model.catalogue.terminals import DOCUMENT_LOSS
from graph_model.document import SetTraining
from graph_model.edits import SetParameters

FOR_CLASSES, FOR_VALUES = "cross_entropy", "mean_squared_error"


def output_problems(document: Document, program: Program, kind: DatasetKind) -> Iterable[Problem]:
    """Yield what does not fit: too many or too few Outputs, a loss for other targets, an Output of another shape."""
    loss, targets = document.training.loss, len(kind.targets)
    pairs = pairing(program, loss, targets)
    compared = sum(target is not None for target in pairs)
    if compared != targets and (targets > 1 or compared == 0):
        yield Problem("error", None, _wrong_number(compared, kind))
        return
    for step, number in zip(program.outputs, pairs, strict=True):
        if number is not None:
            problem = _problem(document, step, chosen_loss(step.node, loss), kind, kind.targets[number])
            if problem is not None:
                yield problem


def _wrong_number(compared: int, kind: DatasetKind) -> str:
    needed = " and ".join(f"'{target.name}'" for target in kind.targets)
    has = "no Output" if compared == 0 else "one Output" if compared == 1 else f"{compared} Outputs"
    wanted = "one Output" if len(kind.targets) == 1 else f"{len(kind.targets)} Outputs"
    return f"'{kind.title}' trains {wanted}, with the target {needed}, but the drawing has {has} to compare with it."


def _problem(document: Document, step: Step, loss: LossKind, kind: DatasetKind, target: Target) -> Problem | None:
    name, node_id = step.node.name, step.node.id
    if ("classes" if target.classes else "values") not in loss.targets:
        has = f"{target.classes} classes" if target.classes else "numbers, not classes,"
        takes = "numbers" if target.classes else "classes"
        return Problem(
            "error",
            name,
            f"The loss {loss.name} of Output '{name}' compares with {takes}, but '{kind.title}' has {has} as its "
            "target.",
            (_other_loss(document, step, FOR_CLASSES if target.classes else FOR_VALUES),),
            node_id,
        )
    if not target.classes and (target.lowest < loss.lowest or target.highest > loss.highest):
        return Problem(
            "error",
            name,
            f"The loss {loss.name} of Output '{name}' needs targets {_range(loss.lowest, loss.highest)}, but those of "
            f"'{kind.title}' are {_range(target.lowest, target.highest)}.",
            (_other_loss(document, step, FOR_VALUES),),
            node_id,
        )
    shapes = wanted_shapes(loss, target)
    came = step.input_shapes[0]
    if not (came in shapes if target.classes else math.prod(_sizes(came)) == math.prod(_sizes(shapes[0]))):
        return Problem("error", name, _wrong_shape(step, loss, kind, target), _shape_fixes(step, shapes), node_id)
    if ends_wrongly(step, loss.ending):
        return _wrong_ending(document, step, loss)
    return None


def wanted_shapes(loss: LossKind, target: Target) -> list[Shape]:
    """Return the shapes (batch, …) that an Output may have; of values, any with as many numbers will do."""
    if not target.classes:
        *first, last = target.shape or (1,)
        return [("batch", *first, last * loss.outputs_per_value)]
    shapes: list[Shape] = [("batch", *target.shape, target.classes)]
    if target.classes == 2 and loss.one_output_for_two_classes:
        shapes.append(("batch", *target.shape, 1))
    return shapes


def _wrong_shape(step: Step, loss: LossKind, kind: DatasetKind, target: Target) -> str:
    needed = " or ".join(_text(shape) for shape in wanted_shapes(loss, target))
    came = f"Output '{step.node.name}' receives {_text(step.input_shapes[0])}, but"
    if not target.classes:
        numbers = f"{math.prod(target.shape)} numbers" if math.prod(target.shape) != 1 else "one number"
        twice = ", and for each a second one, the logarithm of its variance" if loss.outputs_per_value == 2 else ""
        return f"{came} the target '{target.name}' of '{kind.title}' has {numbers} a sample: it needs {needed}{twice}."
    each = "one number for each class" if needed.count("batch") == 1 else "one number for each class, or one for both"
    if target.shape:
        return (
            f"{came} '{kind.title}' has one of {target.classes} classes at each of {target.shape[0]} time steps: it "
            f"needs {needed}, {each} at each time step."
        )
    return f"{came} '{kind.title}' has {target.classes} classes: it needs {needed}, {each}."


def _shape_fixes(step: Step, shapes: list[Shape]) -> tuple[Fix, ...]:
    """Another number of neurons, where only the last axis is wrong and a layer of neurons gives it."""
    came = step.input_shapes[0]
    if len(step.sources) != 1 or "out_features" not in step.sources[0].node.parameters:
        return ()
    node = step.sources[0].node
    wanted = shapes[0]
    if len(came) == 2 and len(wanted) != 2 and not isinstance(wanted[-1], str):
        # Values may come laid flat.
        return () if _is_of_steps(wanted) else _neurons(node.id, node.name, math.prod(_sizes(wanted)))
    return _neurons(node.id, node.name, int(wanted[-1])) if came[:-1] == wanted[:-1] else ()


def _is_of_steps(shape: Shape) -> bool:
    """Whether a shape (batch, time, n) is that of a sequence, which a layer without a time axis cannot give."""
    return len(shape) == 3


def _neurons(node_id: str, name: str, count: int) -> tuple[Fix, ...]:
    return (Fix(f"Give '{name}' {count} neurons", SetParameters(node_id, {"out_features": count})),)


def _wrong_ending(document: Document, step: Step, loss: LossKind) -> Problem:
    name = step.node.name
    if loss.ending == "log_probabilities":
        return Problem(
            "error",
            name,
            f"The loss {loss.name} of Output '{name}' needs logarithms of confidences, but it receives weighted sums: "
            f"put a LogSoftmax before it, or choose {FOR_CLASSES}, which takes it itself.",
            (_other_loss(document, step, FOR_CLASSES),),
            step.node.id,
        )
    activations = [
        Fix(f"Give '{source.node.name}' a Sigmoid", SetParameters(source.node.id, {"activation": "Sigmoid"}))
        for source in step.sources[:1]
        if len(step.sources) == 1
    ]
    logits = "binary_cross_entropy_with_logits"
    return Problem(
        "error",
        name,
        f"The loss {loss.name} of Output '{name}' needs confidences from 0 to 1, but it receives values that may be "
        f"any: let the layer before it end in a Sigmoid, or choose {logits}, which takes it itself.",
        (*activations, _other_loss(document, step, logits)),
        step.node.id,
    )


def _other_loss(document: Document, step: Step, name: str) -> Fix:
    """Choose another loss where the present one was chosen: at the Output, or for the document."""
    label = f"Choose the loss {name}"
    if step.node.parameters["loss"] != DOCUMENT_LOSS:
        return Fix(label, SetParameters(step.node.id, {"loss": name}))
    return Fix(label, SetTraining(dataclasses.replace(document.training, loss=name)))


def _sizes(shape: Shape) -> list[int]:
    return [int(axis) for axis in shape[1:]]


def _text(shape: Shape) -> str:
    return f"({', '.join(str(axis) for axis in shape)})"


def _range(lowest: float, highest: float) -> str:
    if math.isinf(lowest) and math.isinf(highest):
        return "of any size"
    if math.isinf(highest):
        return f"of at least {lowest:g}"
    return f"of at most {highest:g}" if math.isinf(lowest) else f"from {lowest:g} to {highest:g}"
