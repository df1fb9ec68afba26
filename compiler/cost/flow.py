"""Which memory each value of a program lies in: a view, such as a Flatten gives, has none of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compiler.arrivals import result_key
from compiler.cost.figures import figures_of
from compiler.cost.measuring import Amount, NodeFigures
from compiler.cost.parameters import BYTES_PER_NUMBER
from compiler.program import Program, Step


@dataclass(frozen=True)
class Flow:
    """A program's steps with their figures, and the blocks of memory that its values lie in.

    `sources`: node id -> for each input of its module the keys of the values that it consists of. `reads`: the block
    that it lies in, None for an optional one without wire.
    `gives`: node id -> for each output its block. `sizes`: block -> bytes. `kept`: the blocks that autograd keeps for
    the backward pass. A block's name is the key of the value that it was made for.
    """

    program: Program
    figures: Mapping[str, NodeFigures]
    sources: Mapping[str, tuple[tuple[str, ...], ...]]
    reads: Mapping[str, tuple[str | None, ...]]
    gives: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, Amount]
    kept: frozenset[str]

    @property
    def steps(self) -> Iterator[Step]:
        """The steps that have figures, in the order of running."""
        return (step for step in self.program.steps if step.node.id in self.figures)


def flow_of(program: Program) -> Flow:
    """Return the flow of a program; steps with a fault are left out. Raises CompileError."""
    figures = figures_of(program)
    sources: dict[str, tuple[tuple[str, ...], ...]] = {}
    reads: dict[str, tuple[str | None, ...]] = {}
    gives: dict[str, tuple[str, ...]] = {}
    block_of: dict[str, str] = {}
    sizes: dict[str, Amount] = {}
    for step in program.steps:
        node_id = step.node.id
        if node_id not in figures:
            continue
        own = figures[node_id]
        sources[node_id] = tuple(_sources(step))
        reads[node_id] = tuple(_reads(step, block_of, sizes))
        for port, (size, view) in enumerate(zip(own.outputs, own.views, strict=True)):
            key = result_key(node_id, port)
            source = reads[node_id][view] if view is not None and view < len(reads[node_id]) else None
            block_of[key] = key if source is None else source
            if source is None:
                sizes[key] = size
        gives[node_id] = tuple(block_of[result_key(node_id, port)] for port in range(len(own.outputs)))
    kept = {
        block
        for node_id, own in figures.items()
        for blocks, flags in ((reads[node_id], own.keeps_inputs), (gives[node_id], own.keeps_outputs))
        for block, flag in zip(blocks, flags, strict=False)
        if flag and block is not None
    }
    return Flow(program, figures, sources, reads, gives, sizes, frozenset(kept))


def _sources(step: Step) -> Iterator[tuple[str, ...]]:
    for arrival in step.arrivals:
        if arrival.stacked or not arrival.sources:
            yield tuple(source.key for source in arrival.sources)
        else:
            yield from ((source.key,) for source in arrival.sources)


def _reads(step: Step, block_of: Mapping[str, str], sizes: dict[str, Amount]) -> Iterator[str | None]:
    for number, arrival in enumerate(step.arrivals):
        if not arrival.sources:
            yield None
        elif arrival.stacked:
            # Single numbers are laid side by side: that is a block of its own.
            key = f"{step.node.id} input {number}"
            sizes[key] = Amount(0, BYTES_PER_NUMBER * len(arrival.sources))
            yield key
        else:
            yield from (block_of[source.key] for source in arrival.sources)
