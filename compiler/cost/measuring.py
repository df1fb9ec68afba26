"""What one node costs, found by running its module forward and backward under a ledger.

It runs on torch's meta device, which computes no numbers and takes no memory, with two sizes of batch: everything is
so much, and so much more for each sample. Results are kept by kind, parameters and shapes, as shapes are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

from compiler.cost.part import Part, Question, Run
from compiler.cost.short_runs import FEW, multiply_adds_of, runs_of
from compiler.cost.workspace import FILLED_BACKWARD, FILLED_FORWARD, per_sample
from compiler.shapes import thawed_arguments
from graph_model import CompileError, Kind
from graph_model.catalogue import kind_named


@dataclass(frozen=True)
class Amount:
    """So many, and so many more for each sample of the batch."""

    fixed: int = 0
    per_sample: int = 0

    def of(self, batch: int) -> int:
        """Return the amount for a batch."""
        return self.fixed + self.per_sample * batch

    @staticmethod
    def through(batches: tuple[int, int], values: tuple[int, int]) -> Amount:
        """Return the amount that has these values with these batches."""
        more = (values[1] - values[0]) // (batches[1] - batches[0])
        return Amount(values[0] - more * batches[0], more)


@dataclass(frozen=True)
class Peak:
    """The most at any of several moments; which it is may depend on the batch: with few samples it is that where the
    weights' gradients are made, with many that where most samples' values are there."""

    moments: tuple[Amount, ...] = ()

    def of(self, batch: int) -> int:
        """Return the most for a batch; nothing without moments."""
        return max((moment.of(batch) for moment in self.moments), default=0)

    @staticmethod
    def among(moments: Iterable[Amount]) -> Peak:
        """Return the peak of moments, without those that are never the highest."""
        kept: list[Amount] = []
        for moment in sorted(moments, key=lambda one: (one.per_sample, one.fixed), reverse=True):
            if not kept or moment.fixed > kept[-1].fixed:
                kept.append(moment)
        return Peak(tuple(kept))

    def beyond(self, more: Amount) -> Peak:
        """Return the peak with so much more at each moment."""
        given = self.moments or (Amount(),)
        return Peak(tuple(Amount(one.fixed + more.fixed, one.per_sample + more.per_sample) for one in given))


@dataclass(frozen=True)
class NodeFigures:
    """What a node costs; all but numbers are bytes.

    `multiply_adds`: of a forward pass. `outputs`: of each output; 0 where it is a view of an input, whose place
    `views` then gives. `inner`: what autograd keeps besides inputs, outputs and parameters. `keeps_inputs`,
    `keeps_outputs`: which of these it keeps. `forward_peak`: the most that is taken while it runs forward, outputs
    included. `backward_peak`: the most that is taken while it runs backward beyond what was there, the gradients that
    leave included. `gradients`: of the gradient for each input; 0 where it is the gradient of the
    output of that place in `passes_on`. `time_first`: of the outputs, see Question; empty where none is.
    """

    numbers: int
    trained_numbers: int
    largest_weight: int
    buffers: int
    multiply_adds: Amount
    outputs: tuple[Amount, ...]
    views: tuple[int | None, ...]
    inner: Amount
    keeps_inputs: tuple[bool, ...]
    keeps_outputs: tuple[bool, ...]
    forward_peak: Peak
    backward_peak: Peak
    gradients: tuple[Amount, ...]
    passes_on: tuple[int | None, ...]
    time_first: tuple[bool, ...] = ()


@lru_cache(maxsize=16_384)
def measure(question: Question) -> NodeFigures:
    """Return what a node costs; raises CompileError if its module refuses to run."""
    values = thawed_arguments(kind_named(question.kind), question.arguments)
    return _measured(kind_named(question.kind).declared_for(values), values, question)


def measure_module(kind: Kind, module: nn.Module, question: Question, **options: Any) -> NodeFigures:
    """Return what a node costs whose module is made already, on the meta device: a block that is applied over time.

    `options`: what the module is called with beside its inputs.
    """
    return _measured(kind, {}, question, module, options)


def _measured(
    kind: Kind,
    values: dict[str, Any],
    question: Question,
    made: nn.Module | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
) -> NodeFigures:
    multiply_adds: tuple[int, int] | None = None
    try:
        part = Part(kind, values, question, "meta", made, options)
        on_processor = part.differs_on_processor
        if on_processor:
            multiply_adds = multiply_adds_of(part)
        else:
            runs = runs_of(part)
    except (RuntimeError, ValueError, IndexError, TypeError):
        if made is not None:
            raise
        # A few of torch's operators know no meta device: such a node computes zeros.
        on_processor = True
    if on_processor:
        part, runs = _on_processor(kind, values, question, made, options)
    first = runs[0]

    def amount(read: Callable[[Run], int]) -> Amount:
        return Amount.through(FEW, (read(runs[0]), read(runs[1])))

    def amounts(read: Callable[[Run], tuple[int, ...]]) -> tuple[Amount, ...]:
        return tuple(amount(lambda run, place=place: read(run)[place]) for place in range(len(read(first))))  # type: ignore[misc]

    def peak(read: Callable[[Run], tuple[int, ...]]) -> Peak:
        moments = read(runs[0]), read(runs[1])
        if len(moments[0]) != len(moments[1]):
            # Another number of operators: only the highest moments can be compared.
            moments = (max(moments[0]),), (max(moments[1]),)
        return Peak.among(Amount.through(FEW, pair) for pair in zip(*moments, strict=True))

    workspaces = _workspaces(part, first)
    filled = sum(int(size * FILLED_FORWARD) for size in workspaces)
    later = max((int(size * FILLED_BACKWARD) for size in workspaces), default=0)
    inner = amount(lambda run: run.inner)
    parameters = list(part.parameters)
    return NodeFigures(
        numbers=sum(one.numel() for one in parameters),
        trained_numbers=sum(one.numel() for one in parameters if one.requires_grad),
        largest_weight=max((one.numel() for one in parameters), default=0),
        buffers=sum(one.nbytes for one in part.module.buffers()),
        multiply_adds=Amount.through(FEW, multiply_adds or (runs[0].multiply_adds, runs[1].multiply_adds)),
        outputs=amounts(lambda run: run.outputs),
        views=first.views,
        inner=Amount(inner.fixed, inner.per_sample + filled),
        keeps_inputs=first.keeps_inputs,
        keeps_outputs=first.keeps_outputs,
        forward_peak=peak(lambda run: run.forward).beyond(Amount(0, filled)),
        backward_peak=peak(lambda run: run.backward).beyond(Amount(0, later)),
        gradients=amounts(lambda run: run.gradients),
        passes_on=first.passes_on,
        time_first=first.time_first,
    )


def _workspaces(part: Part, run: Run) -> tuple[int, ...]:
    """Bytes of each of oneDNN's workspaces for each sample."""
    if not run.workspaces:
        return ()
    shape = part.question.shapes[0]
    assert shape is not None
    with torch.random.fork_rng(devices=[]):
        return per_sample(part.workspaces, int(shape[1]))


def _on_processor(
    kind: Kind, values: dict[str, Any], question: Question, made: nn.Module | None, options: Mapping[str, Any]
) -> tuple[Part, tuple[Run, Run]]:
    """Run on the processor; the random numbers that a run draws meanwhile stay what they would be."""
    try:
        with torch.random.fork_rng(devices=[]):
            part = Part(kind, values, question, "cpu", made, options)
            return part, runs_of(part)
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        raise CompileError(f"What {question.kind} costs cannot be found out, for it does not run: {error}.") from error
