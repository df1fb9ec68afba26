"""Painting the texts: names, kinds and values around nodes, shapes and weights on wires, marks of problems."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.canvas import sizes
from app.canvas.captions import Caption, Line, line, name_font, text_font
from app.canvas.picture import Picture
from app.canvas.wire_layout import WireStyle
from app.training.number_text import scientific

Array = np.ndarray[Any, np.dtype[Any]]
NAME_DISTANCE, TEXT_DISTANCE = 8.0, 6.0
MOST_WEIGHTS = 250
WEIGHTS_FROM = 0.6
WEIGHT_PLACE = 0.32
"""How far from its start a wire's weight is written, so that crossing wires keep theirs apart."""
MARK = 7.0


def paint_captions(painter: QPainter, picture: Picture, rows: Array, scale: float) -> None:
    """Paint the texts above and below nodes; font by font, for changing it costs more than drawing."""
    nodes, ids = picture.geometry.nodes, picture.geometry.nodes.ids
    places = nodes.rows[rows]
    tops = (places["y"] - places["height"] / 2).tolist()
    bottoms = (places["y"] + places["height"] / 2 + TEXT_DISTANCE).tolist()
    captions = [picture.captions.of(ids[row]) for row in rows.tolist()]
    around = list(zip(places["x"].tolist(), tops, bottoms, captions, strict=True))
    painter.setFont(name_font())
    painter.setPen(picture.theme.colour("text"))
    for x, top, _, caption in around:
        _draw(painter, caption.name, x, name_top(top, caption))
    painter.setFont(text_font())
    painter.setPen(picture.theme.colour("muted_text"))
    values = picture.written_values
    for (x, top, bottom, caption), row in zip(around, rows.tolist(), strict=True):
        if caption.kind is not None:
            _draw(painter, caption.kind, x, top - NAME_DISTANCE - sizes.LINE_HEIGHT)
        for text in caption.subtitles:
            _draw(painter, text, x, bottom)
            bottom += sizes.LINE_HEIGHT
        if ids[row] in values:
            bottom += sizes.LINE_HEIGHT
        if scale >= sizes.DETAILS_FROM and picture.annotated is None:
            for text in caption.details:
                _draw(painter, text, x, bottom)
                bottom += sizes.LINE_HEIGHT
    if values:
        _paint_values(painter, picture, around, [values.get(ids[row]) for row in rows.tolist()])


def _paint_values(
    painter: QPainter,
    picture: Picture,
    around: list[tuple[float, float, float, Caption]],
    values: list[float | None],
) -> None:
    painter.setFont(text_font(strong=True))
    painter.setPen(picture.theme.colour("text"))
    for (x, _, bottom, caption), value in zip(around, values, strict=True):
        if value is not None:
            below = bottom + sizes.LINE_HEIGHT * len(caption.subtitles)
            _draw(painter, line(scientific(value), strong=True), x, below)


def name_top(top_of_body: float, caption: Caption) -> float:
    """Where a node's name begins, from above."""
    lines = sizes.LINE_HEIGHT if caption.kind is not None else 0.0
    return top_of_body - NAME_DISTANCE - lines - sizes.NAME_SIZE - 4.0


def _draw(painter: QPainter, text: Line, x: float, y: float) -> None:
    painter.drawStaticText(QPointF(x - text.width / 2, y), text.text)


def paint_wire_texts(painter: QPainter, picture: Picture, wires: Array, scale: float) -> None:
    """Paint weights on the wires of neurons, and from near (or under the pointer) the shapes that flow."""
    layout, ids = picture.geometry.layout, picture.geometry.wires.ids
    painter.setFont(text_font())
    weighed = wires[layout.weighed[wires]] if scale >= WEIGHTS_FROM else wires[:0]
    annotated = picture.annotated
    if annotated is not None:
        weighed = annotated.labelled(weighed, picture)
    if len(weighed) <= MOST_WEIGHTS:
        for row in weighed.tolist():
            x = layout.x1[row] + WEIGHT_PLACE * (layout.x2[row] - layout.x1[row])
            y = layout.y1[row] + WEIGHT_PLACE * (layout.y2[row] - layout.y1[row])
            negative = picture.geometry.wires["weight"][row] < 0
            colour = picture.theme.colour("negative" if negative else "positive")
            if annotated is not None and annotated.annotations.label(ids[row]):
                colour = picture.theme.colour("accent" if row in annotated.current_wires else "text")
            _paint_label(painter, picture, picture.weight_text(row), x, y, colour)
    marks = picture.marks
    shown = set(marks.selected_wires) | ({marks.hovered_wire} if marks.hovered_wire else set())
    rows = set(picture.wire_rows(frozenset(shown)).tolist())
    if scale >= sizes.SHAPES_FROM:
        rows |= set(wires[~layout.weighed[wires]].tolist())
    muted = picture.theme.colour("muted_text")
    for row in rows - (set(weighed.tolist())):
        y = (layout.y1[row] + layout.y2[row]) / 2
        if layout.style[row] != WireStyle.BUNDLE:
            y -= 10.0
        _paint_label(painter, picture, picture.flow(ids[row]), (layout.x1[row] + layout.x2[row]) / 2, y, muted)


def _paint_label(painter: QPainter, picture: Picture, text: str, x: float, y: float, colour: QColor) -> None:
    if not text:
        return
    label = line(text)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(picture.theme.colour("paper"))
    painter.drawRoundedRect(QRectF(x - label.width / 2 - 3, y - 7, label.width + 6, 14), 4, 4)
    painter.setPen(colour)
    _draw(painter, label, x, y - label.text.size().height() / 2)


def paint_problem_marks(painter: QPainter, picture: Picture, rows: Array) -> None:
    """Paint a mark at the corner of each node that has a problem."""
    problems = picture.marks.problems
    if not problems:
        return
    nodes = picture.geometry.nodes
    painter.setFont(text_font(strong=True))
    for row in rows.tolist():
        severity = problems.get(nodes.ids[row])
        if severity is None:
            continue
        node = nodes.rows[row]
        x, y = float(node["x"] + node["width"] / 2), float(node["y"] - node["height"] / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(picture.theme.colour("problem" if severity == "error" else "finding"))
        painter.drawEllipse(QPointF(x, y), MARK, MARK)
        painter.setPen(picture.theme.colour("surface"))
        painter.drawText(QRectF(x - MARK, y - MARK, 2 * MARK, 2 * MARK), Qt.AlignmentFlag.AlignCenter, "!")
