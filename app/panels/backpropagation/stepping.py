"""One step on or back: through the stages, and inside an open block over time through its time steps."""

from __future__ import annotations

from app.panels.backpropagation.time_steps import TimeSteps
from app.panels.backpropagation.walk import Walk
from app.session import EditorSession


class Stepping:
    """While a block over time is open, its stage takes one step for each time step: forwards in the order of reading,
    backwards from the last step read to the first."""

    def __init__(self, walk: Walk, steps: TimeSteps, session: EditorSession) -> None:
        self.walk, self.steps, self.session = walk, steps, session

    def forth(self) -> None:
        """One step on."""
        former = self.walk.index
        if not self._moves_in_time(1):
            self.walk.forth()
            self._arrive(former, 0)

    def to_start(self) -> None:
        """To the start of the forward pass."""
        self.walk.go(0)
        self._arrive(None, 0)

    @property
    def is_at_start(self) -> bool:
        """Whether there is nothing before."""
        order = self._order()
        return self.walk.index == 0 and (not order or self.steps.shown == order[0])

    def back(self) -> None:
        """One step back."""
        former = self.walk.index
        if not self._moves_in_time(-1):
            self.walk.back()
            self._arrive(former, -1)

    def words(self) -> str:
        """At which time step the present stage is; "" where it does not go through them."""
        place = self.steps.place
        if place is None or not self._order():
            return ""
        return f", time step {self.steps.shown + 1} of {place.time}"

    def _moves_in_time(self, by: int) -> bool:
        """Go to the time step before or behind, if there is one."""
        order = self._order()
        if not order:
            return False
        wanted = order.index(self.steps.shown) + by
        if not 0 <= wanted < len(order):
            return False
        self.steps.choose(order[wanted])
        return True

    def _arrive(self, former: int | None, end: int) -> None:
        """At another stage, if it goes through the time steps, begin with the first of them, or with the last."""
        order = self._order()
        if order and self.walk.index != former:
            self.steps.choose(order[end])

    def _order(self) -> list[int]:
        """The time steps in the order in which the present stage computes them; none where it has no time steps, or the
        block is not open."""
        place, stage, path = self.steps.place, self.walk.stage, self.session.level.path
        if place is None or stage is None or stage.kind not in ("forward", "backward"):
            return []
        is_open = any(path.startswith(start) for start in place.starts)
        if not is_open or place.place not in stage.node_ids:
            return []
        order = list(range(place.time))
        return order[::-1] if self.steps.reads_backwards != (stage.kind == "backward") else order
