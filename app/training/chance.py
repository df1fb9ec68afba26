"""What is random within a step, as in dropout: drawn from a seed of the step's own.

So a step that is taken again draws the same, and nobody else who draws from torch's generators between two steps, as
an export that tries random inputs does, changes a run.
"""

from __future__ import annotations

import torch

APART = 0x5EED_0000_0000
"""Keeps these seeds apart from those of the order of the examples."""


class StepChance:
    """Seeds the generators that a module on this device draws from.

    Each by itself: torch.manual_seed asks every kind of device, which takes as long as a small step.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._first = APART + seed * 1_000_003
        self._generators = [torch.default_generator]
        if device.type == "cuda":
            torch.cuda.init()  # type: ignore[no-untyped-call]
            index = torch.cuda.current_device() if device.index is None else device.index
            self._generators.append(torch.cuda.default_generators[index])
        elif device.type == "mps":
            self._generators.append(torch.mps._get_default_mps_generator())

    def begin(self, step: int) -> None:
        """Seed them for a step."""
        for generator in self._generators:
            generator.manual_seed((self._first + step) % 2**63)
