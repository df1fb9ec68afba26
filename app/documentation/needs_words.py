"""What a kind needs, as sentences of its documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph_model.kind import Needs

VALUE_OF_THE_NODE = re.compile(r"(?P<equals>\b(?P<name>\w+) = )?\{(?P<parameter>\w+)(:[^}]*)?\}")
"""A node's value in a refusal's words: "groups = {groups}", or "axis {dim}"."""


def needs_sentences(needs: Needs) -> Iterator[str]:
    """Give what an input must be, sentence by sentence; nothing if anything will do."""
    if needs.words:
        yield f"Needs {needs.words}."
    elif needs.ranks:
        counts = " or ".join(str(rank) for rank in needs.ranks)
        yield f"Needs {counts} {'axis' if needs.ranks == (1,) else 'axes'}, the batch included."
    if needs.same_shape:
        yield "All that arrives must have the same shape."
    if needs.axis:
        yield f"The parameter {needs.axis} must name one of the input's axes, and not the batch."
    for lower, upper in needs.ordered:
        yield f"The parameter {lower} must not be above {upper}."
    if needs.groups:
        yield f"The parameter {needs.groups} must divide the number of channels."
    if needs.refusal and not needs.ordered and not needs.groups:
        yield f"Needs {VALUE_OF_THE_NODE.sub(_parameter_name, needs.refusal)}."


def _parameter_name(match: re.Match[str]) -> str:
    return match["parameter"]
