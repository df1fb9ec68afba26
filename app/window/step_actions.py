"""Training by hand: the parts of a step, one example after the other, and steps back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.actions import ActionSpec

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


def step_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions that go through training by hand."""
    control = window.control

    def stands(phase: str) -> Callable[[], bool]:
        return lambda: window.warm_up.is_ready and not control.busy and control.phase == phase

    return [
        ActionSpec(
            "forward",
            "Run",
            "&Forward",
            control.forward,
            ("F6",),
            "Forward: compute the answers of the present minibatch and how wrong they are; change nothing yet",
            stands("ready"),
            separated=True,
        ),
        ActionSpec(
            "backward",
            "Run",
            "&Backward",
            control.backward,
            ("F7",),
            "Backward: compute for every weight how the loss depends on it, ∂L/∂w; change nothing yet",
            stands("forward"),
        ),
        ActionSpec(
            "update",
            "Run",
            "&Update",
            control.update,
            ("F8",),
            "Update: let the optimizer change every weight by its gradient; this completes the step",
            stands("backward"),
        ),
        ActionSpec(
            "example",
            "Run",
            "Next e&xample",
            control.example,
            ("F9",),
            "Example: look at the next example of the minibatch; after the last one the step is completed",
            lambda: window.warm_up.is_ready and not control.busy,
        ),
        ActionSpec(
            "back",
            "Run",
            "Step bac&k",
            control.back,
            ("Shift+F10",),
            "Back: undo the last step; weights and optimizer are exactly what they were",
            lambda: control.can_go_back,
            separated=True,
        ),
    ]
