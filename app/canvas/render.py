"""A picture of a drawing as a file; needs no display."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.canvas.drawing import Drawing
from app.canvas.paint import paint_paper, paint_picture
from app.theme import Theme, install_fonts, theme_named
from graph_model import Document, GradCanvasError
from graph_model.blocks.flattening import SEPARATOR

MARGIN = 32.0
LONGEST_SIDE = 8_000
LARGEST_SCALE = 2.0


def render_document(
    document: Document,
    path: str | Path,
    theme_name: str = "light",
    size: tuple[int, int] | None = None,
    values: Mapping[str, float] | None = None,
    caption: str = "",
) -> tuple[int, int]:
    """Write a PNG of a document's drawing, whole, and return its width and height in pixels.

    `size` in pixels, by default what the drawing needs.

    Raises GradCanvasError if the file cannot be written.
    """
    _application()
    drawing = drawing_of(document, theme_named(theme_name))
    drawing.set_values(values, caption)
    image = picture_image(drawing, None if size is None else QSize(*size))
    if not image.save(str(path), "PNG"):
        raise GradCanvasError(f"The picture cannot be written to '{path}': check the folder and your rights.")
    return image.width(), image.height()


def drawing_of(document: Document, theme: Theme, with_shapes: bool = True) -> Drawing:
    """Return a document's drawing; `with_shapes`: as large as its layers are, for which PyTorch is needed."""
    drawing = Drawing(document, theme)
    if with_shapes:
        drawing.take_shapes(*_shapes_and_counts(document))
    return drawing


def picture_image(drawing: Drawing, size: QSize | None = None) -> QImage:
    """Return the whole drawing as an image."""
    bounds = drawing.geometry.bounds() or (-200.0, -100.0, 200.0, 100.0)
    area = QRectF(bounds[0], bounds[1], bounds[2] - bounds[0], bounds[3] - bounds[1])
    margin = MARGIN
    if size is not None:  # Names are as large from afar as from near, and need as many pixels beside the outer nodes.
        room = max(1.0, size.width() - 2 * MARGIN), max(1.0, size.height() - 2 * MARGIN)
        margin = MARGIN * max(1.0, area.width() / room[0], area.height() / room[1])
    area.adjust(-margin, -margin, margin, margin)
    if size is None:
        scale = min(LARGEST_SCALE, LONGEST_SIDE / max(area.width(), area.height()))
        size = QSize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale)))
    scale = min(size.width() / area.width(), size.height() / area.height())
    seen = QRectF(0, 0, size.width() / scale, size.height() / scale)
    seen.moveCenter(area.center())
    image = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(-seen.left(), -seen.top())
    paint_paper(painter, drawing.picture.theme, seen, scale)
    paint_picture(painter, drawing.picture, seen, scale)
    painter.end()
    return image


def _application() -> QApplication:
    """The Qt application; one without a display if there is none yet. It can show widgets too, if asked later."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        return application
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication(sys.argv[:1])
    install_fonts()
    _kept.append(application)
    return application


_kept: list[QApplication] = []
"""Keeps the application alive for as long as Python runs: fonts and pictures belong to it."""


def _shapes_and_counts(document: Document) -> tuple[dict[tuple[str, int], Any], dict[str, int]]:
    from compiler.cost import parameter_counts
    from compiler.inferring import shapes_of
    from compiler.program import lower

    program = lower(document.graph)
    counts: dict[str, int] = {}
    for path, count in parameter_counts(program).items():
        drawn = path.partition(SEPARATOR)[0]
        counts[drawn] = counts.get(drawn, 0) + count
    return shapes_of(program), counts
