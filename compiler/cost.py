"""What a drawing costs: numbers that are learned, node by node."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from compiler.construction import make_module
from compiler.program import Program, Step, lower, weight_count
from compiler.shapes import Shape, hashable_arguments
from graph_model import Graph, kinds


def parameter_count(graph: Graph) -> dict[str, int]:
    """Return node id -> number of learned numbers, for the nodes whose shapes could be inferred."""
    return parameter_counts(lower(graph))


def parameter_counts(program: Program) -> dict[str, int]:
    """Return node id -> number of learned numbers, for the steps without fault."""
    return {step.node.id: _count(step) for step in program.steps if step.fault is None}


def _count(step: Step) -> int:
    if not step.kind.learnable:
        return 0
    if step.kind.weighs_wires:
        return 1 + sum(weight_count(source) for source in step.sources)
    values = hashable_arguments(step.kind, step.node.parameters)
    return _count_module(step.kind.name, values, step.input_shapes)


@lru_cache(maxsize=16_384)
def _count_module(kind_name: str, values: tuple[tuple[str, Any], ...], shapes: tuple[Shape, ...]) -> int:
    module = make_module(kinds()[kind_name], dict(values), shapes, device="meta")
    return 0 if module is None else sum(parameter.numel() for parameter in module.parameters())
