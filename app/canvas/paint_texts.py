"""Painting the texts: names, kinds and values around nodes, shapes on wires, marks of problems."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.canvas import sizes
from app.canvas.captions import Caption, Line, line, name_font, text_font
from app.canvas.picture import Picture
from app.canvas.text_room import Room
from app.canvas.wire_layout import WireStyle
from app.training.number_text import scientific

Array = np.ndarray[Any, np.dtype[Any]]
NAME_DISTANCE, TEXT_DISTANCE = 8.0, 6.0
MARK = 7.0
Around = tuple[float, float, float, Caption]


def paint_captions(painter: QPainter, picture: Picture, rows: Array, scale: float) -> None:
    """Paint the texts above and below nodes; those of neurons only as far as there is room."""
    rooms = picture.text_room.of(rows)
    _paint_names(painter, picture, _around(picture, rows[rooms == Room.NAME]), close=True)
    for room in (Room.ALL, Room.OVER_OTHERS):
        chosen = rows[rooms == room]
        around = _around(picture, chosen)
        if room is Room.OVER_OTHERS:
            for texts in around:
                _clear_behind(painter, picture, texts)
        _paint_names(painter, picture, around, close=False)
        _paint_lines(painter, picture, chosen, around, scale)


def _around(picture: Picture, rows: Array) -> list[Around]:
    """The middle, the upper and the lower edge of each node, and its texts."""
    places, ids = picture.geometry.nodes.rows[rows], picture.geometry.nodes.ids
    tops = (places["y"] - places["height"] / 2).tolist()
    bottoms = (places["y"] + places["height"] / 2 + TEXT_DISTANCE).tolist()
    captions = [picture.captions.of(ids[row]) for row in rows.tolist()]
    return list(zip(places["x"].tolist(), tops, bottoms, captions, strict=True))


def _paint_names(painter: QPainter, picture: Picture, around: list[Around], close: bool) -> None:
    """Paint all names, before anything else: changing the font costs more than drawing."""
    painter.setFont(name_font())
    painter.setPen(picture.theme.colour("text"))
    for x, top, _, caption in around:
        _draw(painter, caption.name, x, name_top(top, caption, close))


def _clear_behind(painter: QPainter, picture: Picture, texts: Around) -> None:
    """Paint a sheet of paper on which texts can be read over what is there."""
    x, top, bottom, caption = texts
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(picture.theme.colour("paper"))
    above, width = name_top(top, caption), caption.name.width + 10
    painter.drawRoundedRect(QRectF(x - width / 2, above - 2, width, sizes.NAME_SIZE + 6), 4, 4)
    width = max((text.width for text in caption.subtitles), default=-10) + 10
    painter.drawRoundedRect(QRectF(x - width / 2, bottom, width, sizes.LINE_HEIGHT * len(caption.subtitles)), 4, 4)


def _paint_lines(painter: QPainter, picture: Picture, rows: Array, around: list[Around], scale: float) -> None:
    """Paint what stands around nodes beside their names."""
    ids = picture.geometry.nodes.ids
    painter.setFont(text_font())
    painter.setPen(picture.theme.colour("muted_text"))
    values = {node: value for node, value in picture.written_values.items() if not picture.annotated_lines(node)}
    below_subtitles = []
    for (x, top, bottom, caption), row in zip(around, rows.tolist(), strict=True):
        if caption.kind is not None:
            _draw(painter, caption.kind, x, top - NAME_DISTANCE - sizes.LINE_HEIGHT)
        for text in caption.subtitles[: picture.text_room.subtitles(row)]:
            _draw(painter, text, x, bottom)
            bottom += sizes.LINE_HEIGHT
        below_subtitles.append((x, bottom))
        if ids[row] in values:
            bottom += sizes.LINE_HEIGHT
        if scale >= sizes.DETAILS_FROM and picture.annotated is None:
            for text in caption.details:
                _draw(painter, text, x, bottom)
                bottom += sizes.LINE_HEIGHT
    if values:
        _paint_values(painter, picture, below_subtitles, [values.get(ids[row]) for row in rows.tolist()])


def _paint_values(
    painter: QPainter,
    picture: Picture,
    places: list[tuple[float, float]],
    values: list[float | None],
) -> None:
    painter.setFont(text_font(strong=True))
    painter.setPen(picture.theme.colour("text"))
    for (x, below), value in zip(places, values, strict=True):
        if value is not None:
            _draw(painter, line(scientific(value), strong=True), x, below)


def name_top(top_of_body: float, caption: Caption, close: bool = False) -> float:
    """Where a node's name begins, from above; `close`: where there is little room."""
    if close:
        return top_of_body - sizes.NAME_SIZE - 4.0
    lines = sizes.LINE_HEIGHT if caption.kind is not None else 0.0
    return top_of_body - NAME_DISTANCE - lines - sizes.NAME_SIZE - 4.0


def _draw(painter: QPainter, text: Line, x: float, y: float) -> None:
    painter.drawStaticText(QPointF(x - text.width / 2, y), text.text)


def paint_flows(painter: QPainter, picture: Picture, wires: Array, scale: float) -> None:
    """Paint the shapes that flow on wires: from near, or under the pointer. Wires that carry a weight show that."""
    layout, ids, marks = picture.geometry.layout, picture.geometry.wires.ids, picture.marks
    painter.setFont(text_font())
    shown = set(marks.selected_wires) | ({marks.hovered_wire} if marks.hovered_wire else set())
    rows = set(picture.wire_rows(frozenset(shown)).tolist())
    if scale >= sizes.SHAPES_FROM:
        rows |= set(wires.tolist())
    muted = picture.theme.colour("muted_text")
    for row in rows:
        if layout.carries[row]:
            continue
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
