"""What the bodies of nodes look like: column, planes, card, block or neuron, with outline, strip and value."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from app.canvas import sizes
from app.canvas.captions import text_font
from app.canvas.glyphs import BLOCK_GLYPH, NUMBER, glyph, glyph_text
from app.canvas.node_form import Form
from app.canvas.picture import RAMP, Picture
from app.canvas.primitives import mixed

GLYPH_SIZE = 11.0
ARC = (50 * 16, 80 * 16)
"""Start and length of a neuron's strip, in sixteenths of a degree."""
PLAIN, HOVERED, HIGHLIGHTED, SELECTED = range(4)


class NodeLook(NamedTuple):
    """All that tells one body from another of the same size; `value` is the index of a colour, or −1."""

    form: int
    shown: int
    family: int
    value: int
    outline: int
    glyph: str
    colour: str = ""
    """A block's own colour; empty: that of all blocks."""


class NodeLooks:
    """Paints bodies with the pens and brushes of one theme."""

    def __init__(self, picture: Picture) -> None:
        theme, self.picture = picture.theme, picture
        self.surface, self.neuron = theme.colour("surface"), theme.colour("neuron")
        self.text, self.paper, self.muted = theme.colour("text"), theme.colour("paper"), theme.colour("muted_text")
        line, accent = theme.colour("line"), theme.colour("accent")
        self.outlines = (
            QPen(line, 1.2),
            QPen(mixed(line, self.muted, 0.7), 1.2),
            QPen(mixed(self.paper, accent, 0.75), 1.8),
            QPen(accent, 2.2),
        )
        self.circle_pen = QPen(mixed(self.neuron, self.muted, 0.18), 1.0)

    def outline(self, identifier: str) -> int:
        """Which outline a node has at the moment."""
        marks = self.picture.marks
        if identifier in marks.selected:
            return SELECTED
        if identifier == marks.highlighted:
            return HIGHLIGHTED
        return HOVERED if identifier == marks.hovered else PLAIN

    def glyph_name(self, identifier: str, form: int) -> str:
        """What is drawn inside a node: its kind's glyph, or a neuron's activation; nothing where ports have names."""
        if form == Form.BLOCK:
            kind = self.picture.graph.kind_of(identifier)
            return "" if max(len(kind.inputs), len(kind.outputs)) > 1 else BLOCK_GLYPH
        if form == Form.CARD:
            return self.picture.graph.node(identifier).kind
        if form == Form.NEURON and identifier in self.picture.sample_numbers:
            return f"{NUMBER}{self.picture.sample_numbers[identifier]}"
        if form == Form.NEURON:
            node = self.picture.graph.node(identifier)
            return str(node.parameters.get("activation", node.kind))
        return ""

    def block_colour(self, identifier: str, form: int) -> str:
        """The colour that was chosen for a block; empty for none."""
        if form != Form.BLOCK:
            return ""
        kind = self.picture.graph.node(identifier).kind
        return self.picture.graph.definitions.definition(kind).colour

    def paint(self, painter: QPainter, body: QRectF, look: NodeLook) -> None:
        """Paint one body."""
        value = self.picture.colours[look.value] if look.value >= 0 else None
        family = self.picture.colours[RAMP + look.family]
        painter.setPen(self.outlines[look.outline])
        if look.form == Form.NEURON:
            painter.setPen(self._rim(look.outline, painter.worldTransform().m11()))
            painter.setBrush(self.surface if value is None else value)
            painter.drawEllipse(body)
            painter.setPen(QPen(family, sizes.STRIP, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(body, *ARC)
            _paint_glyph(painter, look.glyph, body, self.muted if value is None else self.readable_on(value))
            return
        if look.form == Form.BLOCK:
            self._paint_block(painter, body, look, QColor(look.colour) if look.colour else family, value)
            return
        painter.setBrush(value if value is not None and look.form == Form.CARD else self.surface)
        painter.drawRoundedRect(body, sizes.CORNER, sizes.CORNER)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(family)
        painter.drawRoundedRect(QRectF(body.left(), body.top() - 2, body.width(), sizes.STRIP), 2, 2)
        if look.form == Form.CARD:
            _paint_glyph(painter, look.glyph, body, family if value is None else self.readable_on(value))
            return
        painter.setBrush(self.neuron if value is None else value)
        painter.setPen(self.circle_pen if value is None else QPen(mixed(value, self.text, 0.12), 1.0))
        if look.form == Form.COLUMN:
            _paint_column(painter, body.center(), look.shown)
        else:
            _paint_planes(painter, body, look.shown)

    def _paint_block(self, painter: QPainter, body: QRectF, look: NodeLook, hue: QColor, value: QColor | None) -> None:
        """A block: a double edge in its colour; a repeated one has another sheet behind it."""
        outer = QPen(self.outlines[look.outline])
        if look.outline in (PLAIN, HOVERED):
            outer = QPen(mixed(self.surface, hue, 0.75 if look.outline == PLAIN else 1.0), 1.4)
        painter.setPen(outer)
        painter.setBrush(self.surface)
        if look.shown > 1:
            painter.drawRoundedRect(body.translated(sizes.SHEET, -sizes.SHEET), sizes.CORNER, sizes.CORNER)
        painter.drawRoundedRect(body, sizes.CORNER, sizes.CORNER)
        inside = body.adjusted(4, 4, -4, -4)
        painter.setPen(QPen(mixed(self.surface, hue, 0.45), 1.0))
        painter.setBrush(value if value is not None else mixed(self.surface, hue, 0.08))
        painter.drawRoundedRect(inside, sizes.CORNER - 3, sizes.CORNER - 3)
        _paint_glyph(painter, look.glyph, inside, hue if value is None else self.readable_on(value))

    def _rim(self, outline: int, scale: float) -> QPen:
        """A neuron's outline: never thinner than a pixel, or a circle without a value would be lost in the paper."""
        pen = QPen(self.outlines[outline])
        if outline == PLAIN:
            pen.setColor(mixed(pen.color(), self.muted, 0.35))
        pen.setWidthF(max(pen.widthF(), 1.0 / scale))
        return pen

    def readable_on(self, value: QColor) -> QColor:
        """Text or paper, whichever stands out from a value's colour."""
        distance = abs(value.lightnessF() - self.text.lightnessF())
        return self.text if distance > abs(value.lightnessF() - self.paper.lightnessF()) else self.paper


def _paint_column(painter: QPainter, centre: QPointF, shown: int) -> None:
    radius, top = sizes.CIRCLE / 2, centre.y() - (shown - 1) / 2 * sizes.CIRCLE_PITCH
    for index in range(shown):
        painter.drawEllipse(QPointF(centre.x(), top + index * sizes.CIRCLE_PITCH), radius, radius)


def _paint_planes(painter: QPainter, body: QRectF, shown: int) -> None:
    spread = (shown - 1) * sizes.PLANE_STEP
    width = body.width() - spread - 2 * sizes.PLANES_PADDING
    height = body.height() - spread - 2 * sizes.PLANES_PADDING
    left, bottom = body.left() + sizes.PLANES_PADDING, body.bottom() - sizes.PLANES_PADDING
    for index in reversed(range(shown)):
        shift = index * sizes.PLANE_STEP
        painter.drawRoundedRect(QRectF(left + shift, bottom - height - shift, width, height), 2.5, 2.5)


def _paint_glyph(painter: QPainter, name: str, body: QRectF, colour: QColor) -> None:
    path, text = glyph(name), glyph_text(name)
    if text:
        painter.setFont(text_font(strong=True))
        painter.setPen(colour)
        painter.drawText(body, Qt.AlignmentFlag.AlignCenter, text)
    elif not path.isEmpty():
        centre = body.center()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(QTransform(GLYPH_SIZE, 0, 0, GLYPH_SIZE, centre.x(), centre.y()).map(path))
