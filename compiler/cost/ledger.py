"""Counting what torch does while it does it: multiply-adds, and bytes that are taken and given back.

torch tells both by itself, on meta tensors as on real ones: every operator passes through a dispatch mode, which sees
each new storage; torch.utils.flop_counter has the formulas of the operators that multiply matrices. Only what a
library takes beside torch's tensors is not seen; SCRATCH adds it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

FLOPS_PER_MULTIPLY_ADD = 2


def _forward_copies(taken: Sequence[torch.Tensor], given: Sequence[torch.Tensor]) -> int:
    return bytes_of(given[0])


def _backward_copies(taken: Sequence[torch.Tensor], given: Sequence[torch.Tensor]) -> int:
    gradient, inputs = taken[0], taken[1]
    return bytes_of(gradient) + bytes_of(inputs)


SCRATCH: dict[Any, Callable[[Sequence[torch.Tensor], Sequence[torch.Tensor]], int]] = {
    torch.ops.aten.convolution: _forward_copies,
    torch.ops.aten.convolution_backward: _backward_copies,
}
"""Operator -> bytes that it takes for itself while it runs. oneDNN computes convolutions in a layout of its own, and so
copies the output, and backward the gradient and the input (measured on x86 by resident memory)."""


class Ledger(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts while it is entered; only in the thread that entered it.

    `multiply_adds`: of matrix products, convolutions and attention, as torch.utils.flop_counter counts them. `live`:
    bytes of the storages that were made meanwhile and still exist. `peak`: the most that these were, scratch included.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.multiply_adds = 0
        self.live = 0
        self.peak = 0
        self._known: set[int] = set()

    def begin_peak(self) -> None:
        """Forget the highest point so far."""
        self.peak = self.live

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run one operator and count it."""
        given = dict(kwargs or {})
        before = [key_of(tensor) for tensor in _tensors((args, given))]
        result = func(*args, **given)
        packet = func._overloadpacket
        if packet in flop_registry:
            self.multiply_adds += flop_registry[packet](*args, **given, out_val=result) // FLOPS_PER_MULTIPLY_ADD
        made = _tensors(result)
        for tensor in made:
            if key_of(tensor) not in before:
                self._take(tensor.untyped_storage())
        scratch = SCRATCH.get(packet)
        extra = 0 if scratch is None else scratch(_tensors(args), made)
        self.peak = max(self.peak, self.live + extra)
        return result

    def _take(self, storage: torch.UntypedStorage) -> None:
        key, size = storage._cdata, storage.nbytes()
        if key not in self._known:
            self._known.add(key)
            self.live += size
            weakref.finalize(storage, self._give_back, key, size).atexit = False

    def _give_back(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.live -= size


def bytes_of(tensor: torch.Tensor) -> int:
    """Return the bytes of a tensor's numbers."""
    return tensor.numel() * tensor.element_size()


def _tensors(tree: Any) -> list[torch.Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]


def key_of(tensor: torch.Tensor) -> int:
    """Return what tells a tensor's storage from all others that there are at this moment."""
    return int(tensor.untyped_storage()._cdata)
