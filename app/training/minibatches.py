"""Which examples each step trains on: a function of seed and step number alone, so that any step can be taken again."""

from __future__ import annotations

import torch


class Minibatches:
    """The minibatches of a run; every epoch has an order of its own.

    `steps_per_epoch`: minibatches of an epoch; a last one of a single example is left out, for it has no variance.
    """

    def __init__(self, examples: int, batch_size: int, seed: int, device: torch.device) -> None:
        self.batch_size = min(batch_size, examples)
        self._examples = examples
        self._seed = seed
        self._device = device
        full, rest = divmod(examples, self.batch_size)
        self.steps_per_epoch = max(1, full + (1 if rest > 1 or (rest == 1 and full == 0) else 0))
        self._epoch = -1
        self._batches: tuple[torch.Tensor, ...] = ()

    def of_step(self, step: int) -> torch.Tensor:
        """Return the examples of a step, counted from 0: their indices in the training set, int64 (batch,)."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            generator = torch.Generator().manual_seed(self._seed * 1_000_003 + epoch)
            order = torch.randperm(self._examples, generator=generator).to(self._device)
            self._batches = torch.split(order, self.batch_size)
            self._epoch = epoch
        return self._batches[place]
