"""What is wrong with what arrives at a kind: first its number of axes, then what the kind itself objects to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from graph_model.kind import Kind
from graph_model.objection import CAME, Insertion, Needs, Objection, Shapes
from graph_model.parameters import Choice


def objection_to(kind: Kind, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
    """Return what is wrong with what arrives; None if nothing is known to be.

    `kind`: as it is declared for these parameters. `shapes`: (batch, …) of each input.
    """
    last_port = len(kind.inputs) - 1
    for at, shape in enumerate(shapes):
        needs = kind.needs_at(min(at, last_port))
        if shape is None or not needs.ranks or len(shape) in needs.ranks:
            continue
        change = fitting_choice(kind, parameters, len(shape))
        if change:
            return Objection(_words(needs), change, at=at)
        return _rank_objection(needs, at, [int(size) for size in shape[1:]], alone=last_port == 0)
    return kind.objection(parameters, shapes)


def fitting_choice(kind: Kind, parameters: Mapping[str, Any], rank: int) -> dict[str, Any]:
    """A choice with which a kind takes so many axes; one that is made for them before one for any."""
    fitting = [
        (len(ranks), name, choice)
        for name, parameter in kind.parameters.items()
        if isinstance(parameter, Choice)
        for choice in parameter.choices
        if (ranks := kind.declared_for({**parameters, name: choice}).needs.ranks) != kind.needs.ranks and rank in ranks
    ]
    if not fitting:
        return {}
    _, name, choice = min(fitting, key=lambda entry: entry[0])
    return {name: choice}


def _words(needs: Needs) -> str:
    return f"receives {CAME}, but needs {needs.words}"


def _rank_objection(needs: Needs, at: int, sizes: Sequence[int], *, alone: bool) -> Objection:
    """A wrong number of axes. `alone`: the kind has this one input only."""
    rank = len(sizes) + 1
    fewer = [wanted for wanted in needs.ranks if wanted < rank]
    wanted = 2 if 2 in fewer else max(fewer) if fewer else min(needs.ranks)
    if wanted == 2 and needs.sequence and rank == 3:
        return Objection(_words(needs), insertion=Insertion(at, "LastStep"), at=at)
    if wanted == 2:
        words = "put a Flatten before it" if alone else _words(needs)
        return Objection(words, insertion=Insertion(at, "Flatten"), at=at)
    change, label = _as_sequence(sizes) if needs.sequence else _as_image(sizes) if wanted == 4 else ({}, "")
    source = at if change else None
    insertion = _insertion(at, sizes, wanted, from_the_front=not needs.sequence)
    return Objection(_words(needs), change, source, insertion=insertion, at=at, label=label)


def _insertion(at: int, sizes: Sequence[int], wanted: int, *, from_the_front: bool) -> Insertion:
    """A node that gives so many axes, the numbers in their order.

    `from_the_front`: where there are too many, the first ones become the channels; otherwise the last the features.
    """
    missing = wanted - len(sizes) - 1
    if missing < 0:
        dims = {"start_dim": 1, "end_dim": 1 - missing} if from_the_front else {"start_dim": wanted - 1}
        return Insertion(at, "Flatten", dims)
    if missing == 1:
        return Insertion(at, "Unsqueeze", {"dim": 1})
    return Insertion(at, "Reshape", {"shape": [1] * missing + list(sizes)})


def _as_image(sizes: Sequence[int]) -> tuple[dict[str, Any], str]:
    """A square grey image of as many numbers, if there is one."""
    side = math.isqrt(math.prod(sizes))
    if side * side != math.prod(sizes) or side == 1:
        return {}, ""
    return {"shape": [1, side, side]}, f"Make '{{source}}' an image of 1×{side}×{side}"


def _as_sequence(sizes: Sequence[int]) -> tuple[dict[str, Any], str]:
    """Time steps and features: an image row by row, a vector as a square if it is one."""
    count = math.prod(sizes)
    side = math.isqrt(count)
    features = sizes[-1] if len(sizes) > 1 else side if side * side == count else 1
    steps = count // features
    label = f"Make '{{source}}' a sequence of {_count(steps, 'time step')} with {_count(features, 'number')} each"
    return {"shape": [steps, features]}, label


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
