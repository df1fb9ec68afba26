"""Counting what torch does while it does it: multiply-adds, and bytes that are taken and given back.

torch tells both by itself, on meta tensors as on real ones: every operator passes through a dispatch mode, which sees
each new storage; torch.utils.flop_counter has the formulas of the operators that multiply matrices. Only what a
operator takes for itself is not seen; scratch.py adds it.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

from compiler.cost.scratch import scratch_of

FLOPS_PER_MULTIPLY_ADD = 2


class Ledger(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts while it is entered; only in the thread that entered it.

    `multiply_adds`: of matrix products, convolutions and attention, as torch.utils.flop_counter counts them. `live`:
    bytes of the storages that were made meanwhile and still exist. `moments`: what these were, scratch included, when
    each operator had run.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.multiply_adds = 0
        self.live = 0
        self.moments: list[int] = [0]
        self._known: set[int] = set()

    @property
    def peak(self) -> int:
        """The most that was there at any moment."""
        return max(self.moments)

    def begin_peak(self) -> None:
        """Forget the moments so far."""
        self.moments = [self.live]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run one operator and count it."""
        given = dict(kwargs or {})
        taken = _tensors((args, given) if given else args)
        before = [key_of(tensor) for tensor in taken]
        result = func(*args, **given)
        packet = func._overloadpacket
        if packet in flop_registry:
            self.multiply_adds += flop_registry[packet](*args, **given, out_val=result) // FLOPS_PER_MULTIPLY_ADD
        made = _tensors(result)
        for tensor in made:
            if key_of(tensor) not in before:
                self._take(tensor.untyped_storage())
        self.moments.append(self.live + scratch_of(packet, taken, made))
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
