"""What one node costs, found by running its module forward and backward under a ledger.

It runs on torch's meta device, which computes no numbers and takes no memory, with two sizes of batch: everything is
so much, and so much more for each sample. Results are kept by kind, parameters and shapes, as shapes are.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from compiler.construction import apply_kind, make_module
from compiler.cost.ledger import Ledger, bytes_of, key_of
from compiler.shapes import BATCH, Shape, thawed_arguments
from graph_model import CompileError, Kind
from graph_model.catalogue import kind_named

PROBES = (2, 3)
"""Sizes of the batch; small, for what only a processor can run."""
FILLED_FORWARD = 0.4
"""oneDNN reserves the workspace of an LSTM in the forward pass, and fills so much of it then, the rest in the backward
pass (measured by resident memory)."""


@dataclass(frozen=True)
class Amount:
    """So many, and so many more for each sample of the batch."""

    fixed: int = 0
    per_sample: int = 0

    def of(self, batch: int) -> int:
        """Return the amount for a batch."""
        return self.fixed + self.per_sample * batch


@dataclass(frozen=True)
class NodeFigures:
    """What a node costs; all but numbers are bytes.

    `multiply_adds`: of a forward pass. `outputs`: of each output; 0 where it is a view of an input, whose place
    `views` then gives. `inner`: what autograd keeps besides inputs, outputs and parameters. `keeps_inputs`,
    `keeps_outputs`: which of these it keeps. `forward_peak`: the most that is taken while it runs forward, outputs
    included. `backward_peak`: the most that is taken while it runs backward beyond what was there, the gradients that
    leave included. `gradients`: of the gradient for each input; 0 where it is the gradient of the
    output of that place in `passes_on`.
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
    forward_peak: Amount
    backward_peak: Amount
    gradients: tuple[Amount, ...]
    passes_on: tuple[int | None, ...]


@dataclass(frozen=True)
class Question:
    """What the figures depend on.

    `arguments`: see shapes.hashable_arguments. `shapes`: of what the module is called with. `reached`: for which
    inputs a gradient is wanted. `trained`: whether the node's own numbers are.
    """

    kind: str
    arguments: tuple[tuple[str, Any], ...]
    activation: str
    shapes: tuple[Shape | None, ...]
    reached: tuple[bool, ...]
    trained: bool


@dataclass(frozen=True)
class _Run:
    """What one run with one size of batch showed."""

    multiply_adds: int
    outputs: tuple[int, ...]
    views: tuple[int | None, ...]
    inner: int
    keeps_inputs: tuple[bool, ...]
    keeps_outputs: tuple[bool, ...]
    forward_peak: int
    backward_peak: int
    gradients: tuple[int, ...]
    passes_on: tuple[int | None, ...]


@lru_cache(maxsize=16_384)
def measure(question: Question) -> NodeFigures:
    """Return what a node costs; raises CompileError if its module refuses to run."""
    values = thawed_arguments(kind_named(question.kind), question.arguments)
    return _measured(kind_named(question.kind).declared_for(values), values, question)


def measure_module(kind: Kind, module: nn.Module, question: Question) -> NodeFigures:
    """Return what a node costs whose module is made already, on the meta device: a block that is applied over time."""
    return _measured(kind, {}, question, module)


def _measured(kind: Kind, values: dict[str, Any], question: Question, made: nn.Module | None = None) -> NodeFigures:
    try:
        part = _Part(kind, values, question, "meta", made)
        runs = counted = [part.run(batch) for batch in PROBES]
        on_processor = part.differs_on_processor
    except (RuntimeError, ValueError, IndexError, TypeError):
        if made is not None:
            raise
        # A few of torch's operators know no meta device: such a node computes zeros.
        on_processor, counted = True, []
    if on_processor and made is None:
        part, runs = _on_processor(kind, values, question)
        counted = counted or runs
    first = runs[0]

    def amount(read: Callable[[_Run], int], among: list[_Run] = runs) -> Amount:
        one, other = (read(run) for run in among)
        more = (other - one) // (PROBES[1] - PROBES[0])
        return Amount(one - more * PROBES[0], more)

    def amounts(read: Callable[[_Run], tuple[int, ...]]) -> tuple[Amount, ...]:
        return tuple(amount(lambda run, place=place: read(run)[place]) for place in range(len(read(first))))  # type: ignore[misc]

    parameters = list(part.parameters)
    return NodeFigures(
        numbers=sum(one.numel() for one in parameters),
        trained_numbers=sum(one.numel() for one in parameters if one.requires_grad),
        largest_weight=max((one.numel() for one in parameters), default=0),
        buffers=sum(one.nbytes for one in part.module.buffers()),
        multiply_adds=amount(lambda run: run.multiply_adds, counted),
        outputs=amounts(lambda run: run.outputs),
        views=first.views,
        inner=amount(lambda run: run.inner),
        keeps_inputs=first.keeps_inputs,
        keeps_outputs=first.keeps_outputs,
        forward_peak=amount(lambda run: run.forward_peak),
        backward_peak=amount(lambda run: run.backward_peak),
        gradients=amounts(lambda run: run.gradients),
        passes_on=first.passes_on,
    )


def _on_processor(kind: Kind, values: dict[str, Any], question: Question) -> tuple[_Part, list[_Run]]:
    """Run on the processor; the random numbers that a run draws meanwhile stay what they would be."""
    try:
        with torch.random.fork_rng(devices=[]):
            part = _Part(kind, values, question, "cpu")
            return part, [part.run(batch) for batch in PROBES]
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        raise CompileError(f"What {question.kind} costs cannot be found out, for it does not run: {error}.") from error


class _Part:
    """A node's module with its activation, on one device."""

    def __init__(
        self, kind: Kind, values: dict[str, Any], question: Question, device: str, made: nn.Module | None = None
    ) -> None:
        from compiler.own_activation import activation_module

        self.kind, self.values, self.question, self.device = kind, values, question, device
        self.main = make_module(kind, values, question.shapes, "meta") if made is None else made
        self.activation: nn.Module | None = None
        if question.activation != "Identity":
            with torch.device("meta"):
                self.activation = activation_module(question.activation)
        self.module = nn.ModuleList([one for one in (self.main, self.activation) if one is not None])
        self.module.train().requires_grad_(question.trained)
        if device != "meta":
            self._bring(device)
        self.parameters = tuple(self.module.parameters())

    def _bring(self, device: str) -> None:
        """Bring the module to a device that computes, without drawing random numbers, which a run may be drawing too:
        its weights are 0, and nothing is dropped."""
        self.module.to_empty(device=device)
        with torch.no_grad():
            for tensor in (*self.module.parameters(), *self.module.buffers()):
                tensor.zero_()
        for one in self.module.modules():
            if isinstance(one, nn.RNNBase):
                one.dropout = 0.0
            elif isinstance(one, nn.Dropout):
                one.p = 0.0

    @property
    def differs_on_processor(self) -> bool:
        """Whether a processor runs it by another operator than the meta device, one that keeps more: oneDNN's LSTM."""
        return any(isinstance(one, nn.LSTM) for one in self.module.modules())

    def run(self, batch: int) -> _Run:
        """Run forward, and backward if anything is trained."""
        question = self.question
        shapes = ((BATCH, 1),) if self.kind.follows_batch else question.shapes
        inputs = [None if shape is None else self._empty(shape, batch) for shape in shapes]
        taking = [
            index for index, one in enumerate(inputs) if one is not None and any(question.reached[index : index + 1])
        ]
        for index in taking:
            inputs[index].requires_grad_()  # type: ignore[union-attr]
        own = {key_of(one) for one in self.module.parameters()} | {key_of(one) for one in self.module.buffers()}
        places = {key_of(one): index for index, one in enumerate(inputs) if one is not None}
        kept: dict[int, int] = {}
        unfilled: dict[int, int] = {}

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            size = tensor.untyped_storage().nbytes()
            if tensor.dtype == torch.uint8 and self.device == "cpu":
                unfilled[key_of(tensor)] = size - int(size * FILLED_FORWARD)
            kept[key_of(tensor)] = size - unfilled.get(key_of(tensor), 0)
            return tensor

        with Ledger() as ledger:
            with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
                outputs = self._call(inputs)
            multiply_adds, forward_peak = ledger.multiply_adds, ledger.peak
            later = max(unfilled.values(), default=0)
            views = tuple(places.get(key_of(one)) for one in outputs)
            ends = {key_of(one) for one in outputs}
            inner = sum(size for key, size in kept.items() if key not in own | ends and key not in places)
            sizes = _sizes(outputs, views)
            keeps_outputs = tuple(key_of(one) in kept for one in outputs)
            back = self._back(ledger, outputs, [inputs[index] for index in taking])
        found = dict(zip(taking, zip(*back[1:], strict=True), strict=True))
        return _Run(
            multiply_adds,
            sizes,
            views,
            inner,
            tuple(one is not None and key_of(one) in kept for one in inputs),
            keeps_outputs,
            forward_peak - sum(unfilled.values()),
            back[0] + later,
            tuple(found[index][0] if index in found else 0 for index in range(len(inputs))),
            tuple(found[index][1] if index in found else None for index in range(len(inputs))),
        )

    def _empty(self, shape: Shape, batch: int) -> torch.Tensor:
        sizes = [batch if axis == BATCH else int(axis) for axis in shape]
        return torch.zeros(sizes, device=self.device)

    def _call(self, inputs: list[torch.Tensor | None]) -> list[torch.Tensor]:
        outputs = list(apply_kind(self.kind, self.main, self.values, inputs))
        if self.activation is not None:
            outputs[0] = self.activation(outputs[0])
        return outputs

    def _back(
        self, ledger: Ledger, outputs: list[torch.Tensor], inputs: list[Any]
    ) -> tuple[int, tuple[int, ...], tuple[int | None, ...]]:
        """Return the most bytes that are taken beyond what was there and the gradients of the outputs; for each input,
        those of its gradient and which output's gradient it is. Empties `outputs`: torch may free what it can."""
        wanted = [*inputs, *(one for one in self.parameters if one.requires_grad)]
        arrived: dict[int, weakref.ref[torch.UntypedStorage]] = {}
        ends: list[Any] = [_End.apply(one, port, arrived) for port, one in enumerate(outputs) if one.requires_grad]  # type: ignore[no-untyped-call]
        arriving = sum(bytes_of(one) for one in outputs if one.requires_grad)
        outputs.clear()
        if not ends or not wanted:
            return 0, (0,) * len(inputs), (None,) * len(inputs)
        first = [torch.ones_like(one) for one in ends]
        ledger.begin_peak()
        before = ledger.live
        gradients = torch.autograd.grad(ends, wanted, first, allow_unused=True)[: len(inputs)]
        places = {storage._cdata: port for port, one in arrived.items() if (storage := one()) is not None}
        passed = tuple(None if one is None else places.get(key_of(one)) for one in gradients)
        sizes = tuple(
            0 if one is None or place is not None else one.untyped_storage().nbytes()
            for one, place in zip(gradients, passed, strict=True)
        )
        return max(0, ledger.peak - before - arriving), sizes, passed


class _End(torch.autograd.Function):
    """Stands behind an output, and gives it a gradient that nobody else holds, as what follows in a network does."""

    @staticmethod
    def forward(ctx: Any, output: torch.Tensor, port: int, arrived: dict[int, Any]) -> torch.Tensor:
        """A single number in the place of all that follows."""
        ctx.port, ctx.arrived, ctx.shape, ctx.device = port, arrived, output.shape, output.device
        return output.new_zeros(())

    @staticmethod
    def backward(ctx: Any, *_: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        """The gradient of the output."""
        gradient = torch.empty(ctx.shape, device=ctx.device)
        ctx.arrived[ctx.port] = weakref.ref(gradient.untyped_storage())
        return gradient, None, None


def _sizes(outputs: list[torch.Tensor], views: tuple[int | None, ...]) -> tuple[int, ...]:
    """Bytes of each output; what several outputs share counts at the first of them."""
    counted: set[int] = set()
    sizes = []
    for view, output in zip(views, outputs, strict=True):
        is_new = view is None and key_of(output) not in counted
        counted.add(key_of(output))
        sizes.append(output.untyped_storage().nbytes() if is_new else 0)
    return tuple(sizes)
