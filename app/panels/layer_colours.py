"""The colours of layers in panels: those of their values, as on the canvas."""

from __future__ import annotations

import numpy
from PySide6.QtGui import QColor

from app.canvas.value_scale import ValueScale
from app.panels.chosen import ChosenStatistic
from app.panels.plots import Array, logarithms
from app.theme import Theme
from app.training.recording import Recording


def layer_colours(recording: Recording, chosen: ChosenStatistic, theme: Theme) -> list[QColor]:
    """Return the colour of each layer for its value at the chosen step, on the scale of the canvas's legend.

    So a colour means a size wherever it is seen, and a layer has one colour at a time. Layers whose gradients are alike
    are coloured alike: what tells them apart is the pointer, which lets one stand out in all views.
    """
    rows = recording.row_count()
    row = rows - 1 if chosen.row is None else min(chosen.row, rows - 1)
    scale = ValueScale(recording.node_values(chosen.statistic, row), "", recording.wire_values(chosen.statistic, row))
    powers: Array = logarithms(recording.gradients(chosen.statistic, row, row + 1)[0])
    places = (powers - scale.lowest) / (scale.highest - scale.lowest)
    return [theme.plotted_colour(place) for place in numpy.nan_to_num(places).tolist()]
