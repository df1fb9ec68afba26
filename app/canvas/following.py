"""What the session and the theme say, taken over into what the canvas shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.canvas.drawing import Drawing
from app.canvas.sprites import SpriteCache
from app.theme import Theme
from graph_model.edits import Edit

if TYPE_CHECKING:
    from app.canvas.view import CanvasView


class Following(QObject):
    """Keeps a canvas's drawing, marks and colours as the session has them; as long as the canvas is there."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        session = canvas.session
        session.document_replaced.connect(self._take_document)
        session.edited.connect(self._take_edit)
        session.checked.connect(self._take_checks)
        for marked in (session.selection_changed, session.highlight_changed):
            marked.connect(self._take_selection)
        canvas.theme_source.changed.connect(self._take_theme)
        self._take_document()

    def _take_document(self) -> None:
        canvas = self.canvas
        canvas.pointing.cancel()
        canvas.drawing = Drawing(canvas.session.document, canvas.theme, SpriteCache())
        canvas.viewpoint.fits_whole = True
        canvas.legend.hide()
        self._take_checks()
        self._take_selection()
        canvas.viewpoint.fit_if_untouched()

    def _take_edit(self, edit: object) -> None:
        if isinstance(edit, Edit):
            self.canvas.drawing.take_edit(edit)
            # Somebody works at what is in sight: it must not jump when a message or the inspector takes some room.
            self.canvas.viewpoint.fits_whole = False
            self._describe()
            self.canvas.refresh()

    def _take_checks(self) -> None:
        session, drawing = self.canvas.session, self.canvas.drawing
        drawing.take_shapes(session.shapes, session.parameter_counts)
        drawing.take_problems(session.problems)
        self._describe()
        self.canvas.refresh()

    def _take_selection(self) -> None:
        marks, session = self.canvas.drawing.picture.marks, self.canvas.session
        marks.selected, marks.selected_wires = session.selection, session.selected_wires
        marks.highlighted = session.highlighted
        self.canvas.refresh()

    def _take_theme(self, theme: Theme) -> None:
        self.canvas.drawing.picture.set_theme(theme)
        self.canvas.refresh()

    def _describe(self) -> None:
        """Say to a screen reader how much there is."""
        canvas = self.canvas
        nodes, wires = len(canvas.drawing.geometry.nodes), len(canvas.drawing.geometry.wires)
        canvas.setAccessibleDescription(canvas.tr("{} nodes, {} wires").format(nodes, wires))
        canvas.minimap.setVisible(nodes > 0)
