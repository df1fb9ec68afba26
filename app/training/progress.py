"""How far a run is, and how fast it goes."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from app.training.trainer import Trainer

RATE_WINDOW = 2.0
"""Seconds over which the speed is averaged."""


@dataclass(frozen=True)
class Progress:
    """How far a run is. `seconds_left` is None while the speed is unknown."""

    step: int
    total_steps: int
    epoch: int
    epochs: int
    steps_per_second: float
    seconds_left: float | None


class ProgressMeter:
    """Watches a trainer for one observer, who looks a few times a second."""

    def __init__(self) -> None:
        self._times: deque[tuple[float, int]] = deque()

    def look(self, trainer: Trainer | None, is_running: bool) -> Progress:
        """Return how far it is; without a trainer, nowhere."""
        if trainer is None:
            return Progress(0, 0, 0, 0, 0.0, None)
        now, step = time.perf_counter(), trainer.step_number
        times = self._times
        if not is_running or (times and step < times[-1][1]):
            times.clear()
        times.append((now, step))
        while len(times) > 2 and now - times[0][0] > RATE_WINDOW:
            times.popleft()
        elapsed = now - times[0][0]
        speed = (step - times[0][1]) / elapsed if elapsed > 0.05 else 0.0
        left = (trainer.total_steps - step) / speed if speed > 0 else None
        return Progress(step, trainer.total_steps, trainer.epoch_number, trainer.epochs, speed, left)
