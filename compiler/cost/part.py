"""One node's module, run forward and backward under a ledger with a batch of some size."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

from compiler.construction import apply_kind, make_module
from compiler.cost.ledger import Ledger, bytes_of, key_of
from compiler.cost.workspace import is_workspace
from compiler.modules.over_time import FusedOverTime
from compiler.shapes import BATCH, Shape
from graph_model import Kind


@dataclass(frozen=True)
class Question:
    """What the figures depend on.

    `arguments`: see shapes.hashable_arguments. `shapes`: of what the module is called with. `reached`: for which
    inputs a gradient is wanted. `trained`: whether the node's own numbers are. `sequences`: places of the inputs that
    are read one time step after the other, (batch, time, …). `time_first`: for which inputs all samples' numbers of the
    first time step lie in memory before those of the second, as a recurrent layer leaves them.
    """

    kind: str
    arguments: tuple[tuple[str, Any], ...]
    activation: str
    shapes: tuple[Shape | None, ...]
    reached: tuple[bool, ...]
    trained: bool
    sequences: tuple[int, ...] = ()
    time_first: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Run:
    """What one run with one size of batch showed. `forward`, `backward`: what was taken at each moment of these passes.
    `workspaces`: of each workspace that oneDNN keeps for the backward pass of an LSTM. `time_first`: of the outputs, as
    in Question."""

    multiply_adds: int
    outputs: tuple[int, ...]
    views: tuple[int | None, ...]
    inner: int
    keeps_inputs: tuple[bool, ...]
    keeps_outputs: tuple[bool, ...]
    forward: tuple[int, ...]
    backward: tuple[int, ...]
    gradients: tuple[int, ...]
    passes_on: tuple[int | None, ...]
    workspaces: tuple[int, ...]
    time_first: tuple[bool, ...]


class Part:
    """A node's module with its activation, on one device."""

    def __init__(
        self,
        kind: Kind,
        values: dict[str, Any],
        question: Question,
        device: str,
        made: nn.Module | None = None,
        options: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        from compiler.own_activation import activation_module

        self.kind, self.values, self.question, self.device = kind, values, question, device
        self.options = options
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
        """Whether a processor runs it by other operators than the meta device: what is recurrent, all time steps of
        whose input are multiplied at once, or all of it by oneDNN."""
        return any(isinstance(one, nn.RNNBase | FusedOverTime) for one in self.module.modules())

    @property
    def time(self) -> int | None:
        """Time steps of the sequences that are read one step after the other; None if there are none."""
        shapes = [self.question.shapes[place] for place in self.question.sequences]
        return next((int(shape[1]) for shape in shapes if shape is not None), None)

    def multiply_adds(self, batch: int, length: int | None = None) -> int:
        """Return those of a forward pass; `length`: so many time steps in the place of its own."""
        with Ledger() as ledger, torch.no_grad():
            self._call(self._inputs(batch, length))
        return int(ledger.multiply_adds)

    def run(self, batch: int, length: int | None = None) -> Run:
        """Run forward, and backward if anything is trained; `length`: so many time steps in the place of its own."""
        question = self.question
        inputs = self._inputs(batch, length)
        taking = [
            index for index, one in enumerate(inputs) if one is not None and any(question.reached[index : index + 1])
        ]
        for index in taking:
            inputs[index].requires_grad_()  # type: ignore[union-attr]
        own = {key_of(one) for one in self.module.parameters()} | {key_of(one) for one in self.module.buffers()}
        places = {key_of(one): index for index, one in enumerate(inputs) if one is not None}
        kept: dict[int, int] = {}
        workspaces: dict[int, int] = {}

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            found = workspaces if is_workspace(tensor) else kept
            found[key_of(tensor)] = tensor.untyped_storage().nbytes()
            return tensor

        with Ledger() as ledger:
            with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
                outputs = self._call(inputs)
            multiply_adds, forward = ledger.multiply_adds, tuple(ledger.moments)
            views = tuple(places.get(key_of(one)) for one in outputs)
            ends = {key_of(one) for one in outputs}
            inner = sum(size for key, size in kept.items() if key not in own | ends and key not in places)
            sizes = _sizes(outputs, views)
            time_first = tuple(one.dim() > 2 and one.stride(1) > one.stride(0) for one in outputs)
            keeps_outputs = tuple(key_of(one) in kept for one in outputs)
            back = self._back(ledger, outputs, [inputs[index] for index in taking])
        found = dict(zip(taking, zip(*back[1:], strict=True), strict=True))
        return Run(
            multiply_adds,
            sizes,
            views,
            inner,
            tuple(one is not None and key_of(one) in kept for one in inputs),
            keeps_outputs,
            tuple(max(0, moment - sum(workspaces.values())) for moment in forward),
            back[0],
            tuple(found[index][0] if index in found else 0 for index in range(len(inputs))),
            tuple(found[index][1] if index in found else None for index in range(len(inputs))),
            tuple(workspaces.values()),
            time_first,
        )

    def workspaces(self, length: int, batch: int) -> tuple[int, ...]:
        """Return the bytes of each workspace of oneDNN when it reads so many time steps of so many samples."""
        inputs = self._inputs(batch, length)
        found: list[int] = []

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            if is_workspace(tensor):
                found.append(tensor.untyped_storage().nbytes())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            self._call(inputs)
        return tuple(found)

    def _inputs(self, batch: int, length: int | None) -> list[torch.Tensor | None]:
        shapes: list[Shape | None] = [(BATCH, 1)] if self.kind.follows_batch else list(self.question.shapes)
        for place in self.question.sequences if length is not None else ():
            shape = shapes[place]
            shapes[place] = None if shape is None else (shape[0], length or 0, *shape[2:])
        laid = (*self.question.time_first, *(False for _ in shapes))
        return [
            None if shape is None else self._empty(shape, batch, time_first)
            for shape, time_first in zip(shapes, laid, strict=False)
        ]

    def _empty(self, shape: Shape, batch: int, time_first: bool) -> torch.Tensor:
        sizes = [batch if axis == BATCH else int(axis) for axis in shape]
        if time_first:
            return torch.zeros(sizes[1], sizes[0], *sizes[2:], device=self.device).transpose(0, 1)
        return torch.zeros(sizes, device=self.device)

    def _call(self, inputs: list[torch.Tensor | None]) -> list[torch.Tensor]:
        run = self.main if self.main is None or not self.options else partial(self.main, **self.options)
        outputs = list(apply_kind(self.kind, run, self.values, inputs))
        if self.activation is not None:
            outputs[0] = self.activation(outputs[0])
        return outputs

    def _back(
        self, ledger: Ledger, outputs: list[torch.Tensor], inputs: list[Any]
    ) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int | None, ...]]:
        """Return at each moment the bytes that are taken beyond what was there and the gradients of the outputs; for
        each input, those of its gradient and which output's gradient it is. Empties `outputs`: torch may free what it
        can."""
        wanted = [*inputs, *(one for one in self.parameters if one.requires_grad)]
        arrived: dict[int, weakref.ref[torch.UntypedStorage]] = {}
        ends: list[Any] = [_End.apply(one, port, arrived) for port, one in enumerate(outputs) if one.requires_grad]  # type: ignore[no-untyped-call]
        arriving = sum(bytes_of(one) for one in outputs if one.requires_grad)
        outputs.clear()
        if not ends or not wanted:
            return (0,), (0,) * len(inputs), (None,) * len(inputs)
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
        return tuple(max(0, moment - before - arriving) for moment in ledger.moments), sizes, passed


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
