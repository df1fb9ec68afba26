"""Painting the weights on wires: small fields, so that it is seen that they can be typed; with the tag of a tie."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.canvas.captions import line, text_font
from app.canvas.picture import Picture
from app.canvas.primitives import mixed
from app.canvas.weight_chips import HEIGHT, PADDING, TAG, Chip
from app.theme import Theme
from graph_model.weight_text import RANDOM

Array = np.ndarray[Any, np.dtype[Any]]
CORNER = 3.5
TAG_RADIUS = 3.4
TAG_FORMS = 3


def paint_weight_chips(painter: QPainter, picture: Picture, wires: Array, scale: float) -> None:
    """Paint the weights of these wires, given by rows, as far as they are shown at a scale."""
    chips = picture.chips.shown(wires, scale)
    if not chips:
        return
    theme, marks = picture.theme, picture.marks
    painter.setFont(text_font())
    outline = mixed(theme.colour("line"), theme.colour("muted_text"), 0.35)
    pens = {frozen: QPen(outline, 1.0, _style(frozen)) for frozen in (False, True)}
    accent = {frozen: QPen(theme.colour("accent"), 1.6, _style(frozen)) for frozen in (False, True)}
    surface, ids = theme.colour("surface"), picture.geometry.wires.ids
    frozen, ties = (picture.geometry.wires[name] for name in ("frozen", "tie"))
    for chip in chips:
        is_frozen, identifier = bool(frozen[chip.row]), ids[chip.row]
        stands_out = identifier == marks.hovered_wire or identifier in marks.selected_wires
        painter.setPen((accent if stands_out else pens)[is_frozen])
        painter.setBrush(surface)
        left = chip.x - chip.width / 2
        painter.drawRoundedRect(QRectF(left, chip.y - HEIGHT / 2, chip.width, HEIGHT), CORNER, CORNER)
        tie = int(ties[chip.row])
        if tie >= 0:
            paint_tie_tag(painter, QPointF(left + PADDING + TAG_RADIUS, chip.y), tie, theme)
        painter.setPen(_colour(picture, chip))
        text = line(chip.text)
        tag = TAG if tie >= 0 else 0.0
        beside = left + tag + (chip.width - tag - text.width) / 2
        painter.drawStaticText(QPointF(beside, chip.y - text.text.size().height() / 2), text.text)


def paint_tie_tag(painter: QPainter, centre: QPointF, tie: int, theme: Theme) -> None:
    """Paint the mark of a tie: one colour for wires that share a weight; when all were used, in another form."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tie_colour(tie))
    painter.drawPath(_tag(tie // len(theme.ties) % TAG_FORMS).translated(centre))


@lru_cache(maxsize=TAG_FORMS)
def _tag(form: int) -> QPainterPath:
    path, radius = QPainterPath(), TAG_RADIUS
    if form == 0:
        path.addEllipse(QPointF(0, 0), radius, radius)
    elif form == 1:
        path.addRect(QRectF(-radius + 0.4, -radius + 0.4, 2 * radius - 0.8, 2 * radius - 0.8))
    else:
        path.moveTo(0, -radius - 0.6)
        path.lineTo(radius + 0.4, radius - 0.4)
        path.lineTo(-radius - 0.4, radius - 0.4)
        path.closeSubpath()
    return path


def _style(frozen: bool) -> Qt.PenStyle:
    return Qt.PenStyle.DashLine if frozen else Qt.PenStyle.SolidLine


def _colour(picture: Picture, chip: Chip) -> QColor:
    annotated = picture.annotated
    if annotated is not None and annotated.annotations.label(picture.geometry.wires.ids[chip.row]):
        return picture.theme.colour("accent" if chip.row in annotated.current_wires else "text")
    weight = picture.geometry.wires["weight"][chip.row]
    if chip.text == RANDOM or np.isnan(weight):
        return picture.theme.colour("muted_text")
    return picture.theme.colour("negative" if weight < 0 else "positive")
