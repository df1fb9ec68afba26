"""A theme: every colour has a name that says what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QColor

if TYPE_CHECKING:
    import numpy

RAMP_SIZE = 256
LEAST_PLOTTED = 0.22
"""Where on the ramp the colours begin that lines and bars on a plot may have."""


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb.

    `ramp`: colours for values from small to large, evenly spaced; the small end fades into the paper. `families`: hue
    of each family of kinds. `ties`: for telling apart wires that share a weight. `problem` is for problems only,
    `finding` for findings.
    """

    name: str
    dark: bool
    paper: str
    surface: str
    raised: str
    line: str
    grid: str
    text: str
    muted_text: str
    accent: str
    accent_text: str
    wire: str
    neuron: str
    problem: str
    finding: str
    finding_surface: str
    positive: str
    negative: str
    ramp: tuple[str, ...]
    families: Mapping[str, str]
    ties: tuple[str, ...]

    def colour(self, name: str) -> QColor:
        """Return one of the theme's colours by its name."""
        return QColor(getattr(self, name))

    def family_colour(self, family: str) -> QColor:
        """Return the hue of a family of kinds."""
        return QColor(self.families.get(family, self.muted_text))

    def tie_colour(self, number: int) -> QColor:
        """Return the colour of the tie of a number; after the last colour comes the first again."""
        return QColor(self.ties[number % len(self.ties)])

    @cached_property
    def _ramp_colours(self) -> list[QColor]:
        stops = [QColor(stop) for stop in self.ramp]
        colours = []
        for index in range(RAMP_SIZE):
            place = index / (RAMP_SIZE - 1) * (len(stops) - 1)
            low = min(int(place), len(stops) - 2)
            share = place - low
            mixed = [
                round(one + (other - one) * share)
                for one, other in zip(_rgb(stops[low]), _rgb(stops[low + 1]), strict=True)
            ]
            colours.append(QColor(*mixed))
        return colours

    def value_colour(self, value: float) -> QColor:
        """Return the colour of a value that was scaled to 0 … 1."""
        index = round(min(1.0, max(0.0, value)) * (RAMP_SIZE - 1))
        return self._ramp_colours[index]

    @cached_property
    def value_colours(self) -> numpy.ndarray[Any, Any]:
        """The ramp as uint8 (256, 3)."""
        import numpy

        return numpy.array([_rgb(colour) for colour in self._ramp_colours], dtype=numpy.uint8)

    def plotted_colour(self, value: float) -> QColor:
        """Return the same for a line or a bar on a plot, which need contrast: the palest part of the ramp is left
        out."""
        return self.value_colour(max(LEAST_PLOTTED, value))

    def layer_colour(self, index: int, count: int) -> QColor:
        """Return the colour of one of several stages in their order: light for the first, strong for the last."""
        if count <= 1:
            return self.value_colour(0.75)
        return self.value_colour(LEAST_PLOTTED + (1.0 - LEAST_PLOTTED) * index / (count - 1))


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return (colour.red(), colour.green(), colour.blue())
