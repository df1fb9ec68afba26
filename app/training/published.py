"""What a run shows of itself while it rests: copies that the trainer never touches again."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.training.optimizer_state import gradients, optimizer_state
from app.training.statistics import Array
from app.training.trainer import Phase, Trainer


@dataclass(frozen=True, eq=False)
class Position:
    """Where a run stands.

    `step`: steps that are done. `phase`: what has been done of the next one. `examples`: int64 (batch,), the examples
    of its minibatch as indices in the training set; `example`: which of them, from 0, is looked at. `loss`: the
    minibatch's, None before its forward pass. There is one object for each time that the run comes to rest.
    """

    step: int
    phase: Phase
    example: int
    examples: Array
    loss: float | None


@dataclass(frozen=True, eq=False)
class Published:
    """All that is published at once, by the names of Document.weights.

    `version` rises when the weights may be others. `optimizer_state`: see optimizer_state.py. `gradients`: ∂L/∂w of
    the minibatch, {} but between its backward pass and its update.
    """

    version: int = 0
    position: Position | None = None
    weights: dict[str, Array] | None = None
    optimizer_state: dict[str, dict[str, Array]] = field(default_factory=dict)
    gradients: dict[str, Array] = field(default_factory=dict)


def publish(trainer: Trainer, before: Published) -> Published:
    """Return what is so now; weights that cannot have changed since `before` are not copied again."""
    position = Position(
        trainer.step_number, trainer.phase, trainer.example, trainer.batch_examples(), trainer.present_loss()
    )
    former = before.position
    if former is not None and (former.step, former.phase) == (position.step, position.phase):
        return Published(before.version, position, before.weights, before.optimizer_state, before.gradients)
    return Published(
        before.version + 1,
        position,
        trainer.weights(),
        optimizer_state(trainer.module, trainer.optimizer),
        gradients(trainer.module) if trainer.phase == "backward" else {},
    )


__all__ = ["Position", "Published", "publish"]
