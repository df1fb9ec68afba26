"""The costs of a drawing as a table: a row for each node, and sums of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compiler.cost.flow import Flow
from compiler.cost.measuring import NodeFigures
from compiler.cost.parameters import BYTES_PER_NUMBER

SEPARATOR = "/"
"""Stands between a block's name and that of a node in it."""


@dataclass(frozen=True)
class CostRow:
    """What a node costs, or several together; memory is in bytes.

    `parameters`: its weights and biases; `trained`: those that training changes. `multiply_adds`: of the forward pass
    of one sample, in matrix products, convolutions and attention. `forward`: what is kept of the forward pass for the
    backward pass, of the whole batch. `backward`: what the node's backward pass takes beside that: gradients of its
    outputs and inputs, and scratch. `gradients`: of the weights. `optimizer`: what the optimizer remembers of them.
    """

    node_id: str
    name: str
    kind: str
    parameters: int
    trained: int
    multiply_adds: int
    forward: int
    backward: int
    gradients: int
    optimizer: int


def cost_rows(flow: Flow, batch: int, optimizer_numbers: float = 0) -> list[CostRow]:
    """Return a row for each node without fault, in the order of running.

    `optimizer_numbers`: how many numbers the optimizer remembers of each weight.
    """
    return [_row(flow, step.node.id, batch, optimizer_numbers) for step in flow.steps]


def _row(flow: Flow, node_id: str, batch: int, optimizer_numbers: float) -> CostRow:
    step, own = flow.program.by_id[node_id], flow.figures[node_id]
    made = [block for block in dict.fromkeys(flow.gives[node_id]) if block not in flow.reads[node_id]]
    gathered = [block for block in flow.reads[node_id] if block is not None and block.startswith(f"{node_id} ")]
    kept = sum(flow.sizes[block].of(batch) for block in (*made, *gathered) if block in flow.kept)
    return CostRow(
        node_id,
        step.node.name,
        step.kind.name,
        own.numbers,
        own.trained_numbers,
        own.multiply_adds.of(1),
        kept + own.inner.of(batch),
        _backward(own, batch),
        own.trained_numbers * BYTES_PER_NUMBER,
        round(own.trained_numbers * BYTES_PER_NUMBER * optimizer_numbers),
    )


def _backward(own: NodeFigures, batch: int) -> int:
    taken = own.backward_peak.of(batch)
    if not taken and not own.trained_numbers:
        return 0
    arriving = sum(size.of(batch) for size in own.outputs)
    return max(0, taken - own.trained_numbers * BYTES_PER_NUMBER) + arriving


def totals(rows: Iterable[CostRow], name: str = "", node_id: str = "", kind: str = "") -> CostRow:
    """Return the sum of rows, but for `backward`: nodes take that one after the other, so it is their largest."""
    given = list(rows)
    return CostRow(
        node_id,
        name,
        kind,
        sum(row.parameters for row in given),
        sum(row.trained for row in given),
        sum(row.multiply_adds for row in given),
        sum(row.forward for row in given),
        max((row.backward for row in given), default=0),
        sum(row.gradients for row in given),
        sum(row.optimizer for row in given),
    )


def block_of(name: str) -> str:
    """Return the name of the block that a node is in: "layer1" for "layer1/conv1", "" for one outside all blocks."""
    return name.rpartition(SEPARATOR)[0]


def by_block(rows: Sequence[CostRow]) -> dict[str, CostRow]:
    """Return name of a block -> the sum of all nodes in it and in the blocks within it, in the order of running."""
    members: dict[str, list[CostRow]] = {}
    for row in rows:
        block = block_of(row.name)
        while block:
            members.setdefault(block, []).append(row)
            block = block_of(block)
    return {block: totals(found, block) for block, found in members.items()}
