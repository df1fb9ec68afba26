"""Undo leads the view back too, where a command had moved it and nobody has moved it since."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPointF

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

PIXEL = 1.5
"""Views whose middles lie no farther apart on the screen are the same."""


class View(NamedTuple):
    """From where the drawing is looked at."""

    scale: float
    middle: QPointF
    fits_whole: bool


class WayBack(QObject):
    """Remembers for each undo step whose command moved the view from where to where it went."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self._moves: dict[int, tuple[View, View]] = {}
        self._index = canvas.session.undo_stack.index()
        canvas.session.undo_stack.indexChanged.connect(self._follow)
        canvas.session.document_replaced.connect(self._moves.clear)

    @contextmanager
    def remembered(self) -> Iterator[None]:
        """Run a command that may edit the drawing and move the view."""
        stack = self.canvas.session.undo_stack
        first, before = stack.index(), self._view()
        yield
        if stack.index() > first:
            self._moves = {index: move for index, move in self._moves.items() if index <= first}
            self._moves[stack.index()] = (before, self._view())

    def _follow(self, index: int) -> None:
        former, self._index = self._index, index
        if index < former and former in self._moves:
            before, after = self._moves[former]
            self._go(after, before)
        elif index > former and index in self._moves:
            self._go(*self._moves[index])

    def _go(self, start: View, end: View) -> None:
        viewpoint = self.canvas.viewpoint
        if not self._is_at(start):
            return
        if end.fits_whole:
            viewpoint.fit()
            return
        viewpoint.zoom_to(end.scale)
        viewpoint.look_at(end.middle)

    def _view(self) -> View:
        return View(self.canvas.viewpoint.scale, self.canvas.visible_area().center(), self.canvas.viewpoint.fits_whole)

    def _is_at(self, view: View) -> bool:
        here = self._view()
        apart = (here.middle - view.middle) * here.scale
        return math.isclose(here.scale, view.scale) and max(abs(apart.x()), abs(apart.y())) < PIXEL
