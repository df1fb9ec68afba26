"""How many numbers a drawing learns, node by node."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from compiler.arrivals import weight_count
from compiler.construction import make_module
from compiler.program import Program, Step, lower
from compiler.shapes import Shape, hashable_arguments, thawed_arguments
from graph_model import Graph, kinds
from graph_model.blocks.flattening import SEPARATOR
from graph_model.catalogue.neurons import BIAS_TIE

BYTES_PER_NUMBER = 4
"""Weights, gradients and data are float32."""


def parameter_count(graph: Graph) -> dict[str, int]:
    """Return node id -> number of learned numbers, for the nodes whose shapes could be inferred."""
    return parameter_counts(lower(graph))


def parameter_counts(program: Program) -> dict[str, int]:
    """Return node id -> number of learned numbers, for the steps without fault."""
    counted: set[str] = set()
    return {step.node.id: _count(step, counted) for step in program.steps if step.fault is None}


def counts_within(program: Program) -> dict[str, dict[str, int]]:
    """Return the counts inside each block that is applied over time, in one direction: what the ids in it begin with ->
    node id -> number of learned numbers."""
    found: dict[str, dict[str, int]] = {}
    for step in program.steps:
        if step.over_time is not None:
            inner = step.over_time.programs[0]
            found[f"{step.owner}{SEPARATOR}"] = parameter_counts(inner)
            found.update(counts_within(inner))
    return found


def _count(step: Step, counted: set[str]) -> int:
    """Count one step's; a number that is shared counts where it is met first, and is then among `counted`."""
    values = step.node.parameters
    if step.over_time is not None and _is_new(counted, "block", step.owner):
        programs = step.over_time.programs
        inner = sum(sum(parameter_counts(program).values()) for program in programs)
        shapes = zip(step.over_time.delay_shapes, step.over_time.learned, strict=True)
        return inner + len(programs) * sum(math.prod(shape) for shape, learned in shapes if learned)
    own_slope = 1 if values.get("activation") == "PReLU" else 0
    if not step.kind.learnable:
        return 0
    if step.kind.weighs_wires:
        weights = sum(
            weight_count(source)
            for source in step.sources
            if source.wire.trainable and _is_new(counted, "wire", source.wire.tie)
        )
        has_bias = values["bias_trainable"] and _is_new(counted, "bias", values[BIAS_TIE])
        return weights + (1 if has_bias else 0) + own_slope
    if not values.get("trainable", True) or not _is_new(counted, "layer", step.owner):
        return 0
    arguments = hashable_arguments(step.kind, values)
    count = _count_module(step.kind.name, arguments, step.call_shapes)
    return count - len(values.get("pruned") or ()) + own_slope


def _is_new(counted: set[str], what: str, tie: str | None) -> bool:
    if tie is None:
        return True
    key = f"{what} {tie}"
    is_new = key not in counted
    counted.add(key)
    return is_new


@lru_cache(maxsize=16_384)
def _count_module(kind_name: str, values: tuple[tuple[str, Any], ...], shapes: tuple[Shape | None, ...]) -> int:
    kind = kinds()[kind_name]
    module = make_module(kind, thawed_arguments(kind, values), shapes, device="meta")
    return 0 if module is None else sum(parameter.numel() for parameter in module.parameters())
