"""What the document's optimizer will make of some weights, tried on a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.training.backpropagation.example import example_tensors
from app.training.backpropagation.plan import Plan
from app.training.backpropagation.planning import plan_for
from app.training.backpropagation.starting import start_of
from app.training.backpropagation.targets import Targets, target_tensors
from app.training.backpropagation.trace import Inputs
from app.training.backpropagation.trained_copy import Place, TrainedCopy
from app.training.backpropagation.update_texts import WeightStep, update_text
from app.training.backpropagation.updates import UpdateRow, UpdateTable
from app.training.backpropagation.walk import Walk
from app.training.number_text import shortest
from app.training.optimizers import option_values
from graph_model import Document, TrainingSettings

WeightKey = str | tuple[str, Sequence[int] | int]
"""A weight's name in Document.weights, with its index in an array: "w1.weight", ("hidden.weight", (0, 3))."""


def rehearse_updates(
    document: Document,
    inputs: Inputs,
    targets: Sequence[Targets],
    names: Sequence[WeightKey],
    steps: int,
    optimizer_state: Mapping[str, Mapping[str, Any]] | None = None,
) -> UpdateTable:
    """Take some steps of the document's optimizer on a float64 copy, always on these examples, and tabulate them.

    `inputs`: as for trace_example, with the examples on axis 0; the loss is averaged over them. As there, dropout is
    off and batch normalisation uses its running statistics. `optimizer_state`: weight name -> torch.optim's state of it
    ("momentum_buffer", "exp_avg", "exp_avg_sq", "square_avg", "sum", "step"), by default the optimizer's start. The
    document is not changed. Raises TrainingError as trace_example does, and for names or options that are not there.
    """
    plan, settings = plan_for(document, inputs, len(targets)), document.training
    copy = TrainedCopy(plan, plan.slots.values(document.weights), settings, optimizer_state or {})
    chosen = [_chosen(plan, copy, key) for key in names]
    example, wanted = example_tensors(plan, inputs, len(targets)), target_tensors(plan, targets, settings.loss)
    losses: list[float] = []
    rows: list[UpdateRow] = []
    for step in range(1, steps + 1):
        walk = Walk(plan, copy.weights(), example)
        start = start_of(plan, walk, settings.loss, wanted)
        walk.backward(start.gradients)
        losses.append(float(start.loss))
        before = [copy.read(place) for _, place in chosen]
        copy.step(walk)
        rows.extend(
            _row(settings, name, place, step, walk, former, copy.read(place))
            for (name, place), former in zip(chosen, before, strict=True)
        )
    losses.append(float(start_of(plan, Walk(plan, copy.weights(), example), settings.loss, wanted).loss))
    options = option_values(settings.optimizer, settings.optimizer_options)
    return UpdateTable(settings.optimizer, settings.learning_rate, options, tuple(losses), tuple(rows))


def _chosen(plan: Plan, copy: TrainedCopy, key: WeightKey) -> tuple[str, Place]:
    name, index = (key, ()) if isinstance(key, str) else key
    return name, copy.place(name, plan.slots.place(name, index))


Reading = tuple[float, dict[str, float]]


def _row(
    settings: TrainingSettings, name: str, place: Place, step: int, walk: Walk, before: Reading, after: Reading
) -> UpdateRow:
    """Tabulate one weight's step; `before`, `after`: its value and the optimizer's numbers."""
    (weight, former), (new_weight, present) = before, after
    options = option_values(settings.optimizer, settings.optimizer_options)
    rate = settings.learning_rate
    gradient = place.gradient(walk)
    internals = _with_derived(settings.optimizer, options, rate, present)
    decay_rate = 0.0 if place.is_bias or place.parameter is None else options.get("weight_decay", 0.0)
    known = WeightStep(weight, gradient, new_weight, rate, decay_rate, options, former, internals)
    text = update_text(settings.optimizer, known) if place.parameter is not None else None
    return UpdateRow(
        name=name,
        index=place.index,
        step=step,
        weight=weight,
        gradient=gradient,
        learning_rate=rate,
        change=new_weight - weight,
        new_weight=new_weight,
        decay=decay_rate * weight * (rate if settings.optimizer == "AdamW" else 1.0),
        internals=internals,
        working=() if text is None else text.working,
        formula=f"{shortest(weight)} is not trained and stays." if text is None else text.formula,
        trainable=place.parameter is not None,
    )


def _with_derived(
    optimizer: str, options: Mapping[str, Any], rate: float, internals: Mapping[str, float]
) -> dict[str, float]:
    """Add what torch computes on the way and does not keep: corrected means, the rate that falls with time."""
    found, step = dict(internals), internals.get("step", 1.0)
    if "exp_avg" in found:
        beta, beta_of_squares = options["betas"]
        found["exp_avg_corrected"] = found["exp_avg"] / (1 - beta**step)
        found["exp_avg_sq_corrected"] = found["exp_avg_sq"] / (1 - beta_of_squares**step)
    if optimizer == "Adagrad":
        found["decayed_learning_rate"] = rate / (1 + (step - 1) * options["lr_decay"])
    return found
