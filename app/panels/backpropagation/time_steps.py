"""Which time step of which block over time is looked at, and in which direction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.training.backpropagation.quantities import PlaceOverTime

if TYPE_CHECKING:
    from app.training.backpropagation.trace import Trace


class TimeSteps:
    """The time step that was chosen for each place; it stays when the numbers change."""

    def __init__(self) -> None:
        self.times: dict[str, int] = {}
        self._backwards: set[str] = set()
        """Places that read in both directions and of which the backward one is looked at."""
        self.places: tuple[PlaceOverTime, ...] = ()
        self.place: PlaceOverTime | None = None
        """The one whose time steps are offered."""

    def follow(self, trace: Trace, meant: Iterable[str]) -> Trace:
        """Return the numbers at the chosen time steps.

        `meant`: paths of what is looked at, the most wanted first: the place that one of them is, or lies in, is
        offered; else the one before, or the first.
        """
        shown = trace.at(self.times)
        self.places = shown.places
        former = [] if self.place is None else [self.place.place]
        found = (self._around(path) for path in (*meant, *former))
        self.place = next((place for place in found if place is not None), next(iter(self.places), None))
        return shown

    def forget(self) -> None:
        """The document is another one."""
        self.times.clear()
        self._backwards.clear()
        self.places, self.place = (), None

    def choose(self, step: int) -> None:
        """Look at another time step, from 0, of the place that is offered."""
        if self.place is not None:
            self.times[self.place.place] = step

    @property
    def shown(self) -> int:
        """The time step of the offered place, from 0."""
        if self.place is None:
            return 0
        return min(self.times.get(self.place.place, self.place.shown), self.place.time - 1)

    @property
    def reads_backwards(self) -> bool:
        """Whether what is looked at in the offered place reads from the last time step on."""
        if self.place is None:
            return False
        return self.place.reads_backwards[1 if self.is_backwards and len(self.place.starts) == 2 else 0]

    @property
    def is_backwards(self) -> bool:
        """Whether the backward direction of the offered place is looked at."""
        return self.place is not None and self.place.place in self._backwards

    def look_backwards(self, wanted: bool) -> None:
        """Look at the other direction of the offered place."""
        if self.place is not None:
            (self._backwards.add if wanted else self._backwards.discard)(self.place.place)

    def path(self, path: str) -> str:
        """Return the path of the same thing in the direction that is looked at."""
        for place in self.places:
            if place.place in self._backwards and len(place.starts) == 2:
                forward, backward = place.starts
                if path.startswith(forward) and not path.startswith(backward):
                    path = backward + path.removeprefix(forward)
        return path

    def _around(self, path: str) -> PlaceOverTime | None:
        """The innermost place that a path is or lies in."""
        for place in reversed(self.places):
            if path == place.place or any(path.startswith(start) for start in place.starts):
                return place
        return None
