"""What the session and the theme say, taken over into what the canvas shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF

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
        self._former_places: tuple[str, ...] = ()
        self._viewpoints: dict[tuple[str, ...], tuple[float, QPointF]] = {}
        session.document_replaced.connect(self._take_document)
        session.level_changed.connect(self._take_level)
        session.edited.connect(self._take_edit)
        session.checked.connect(self._take_checks)
        for marked in (session.selection_changed, session.highlight_changed):
            marked.connect(self._take_selection)
        canvas.theme_source.changed.connect(self._take_theme)
        self._take_document()

    def _take_document(self) -> None:
        canvas = self.canvas
        canvas.colouring.forget()
        self._viewpoints, self._former_places = {}, ()
        self._draw_anew()
        canvas.viewpoint.fits_whole = True
        canvas.viewpoint.fit_if_untouched()

    def _take_level(self) -> None:
        """Show another graph, from where it was last looked at."""
        canvas, viewpoint, places = self.canvas, self.canvas.viewpoint, self.canvas.session.levels
        middle = canvas.mapToScene(canvas.viewport().rect().center())
        self._viewpoints[self._former_places] = (viewpoint.scale, middle)
        self._former_places = places
        self._draw_anew()
        if places in self._viewpoints:
            scale, middle = self._viewpoints[places]
            viewpoint.zoom_to(scale)
            viewpoint.look_at(middle)
        else:
            viewpoint.fit()
        graph = canvas.session.graph
        name = graph.name if not places else graph.definitions.definition(graph.definition_id or "").name
        canvas.announce(canvas.tr("{} is open").format(name))

    def _draw_anew(self) -> None:
        """Make the drawing from the open graph, with all that is shown on it."""
        canvas = self.canvas
        canvas.pointing.cancel()
        canvas.drawing = Drawing(canvas.session.level, canvas.theme, SpriteCache())
        canvas.colouring.show_again()
        self._take_checks()
        self._take_selection()

    def _take_edit(self, edit: object) -> None:
        if isinstance(edit, Edit):
            here = self.canvas.session.level.as_here(edit)
            if here is None:
                self._draw_anew()
            else:
                self.canvas.drawing.take_edit(here)
            # Somebody works at what is in sight: it must not jump when a message or the inspector takes some room.
            self.canvas.viewpoint.fits_whole = False
            self._describe()
            self.canvas.refresh()

    def _take_checks(self) -> None:
        session, drawing = self.canvas.session, self.canvas.drawing
        drawing.take_shapes(session.shapes, session.parameter_counts)
        drawing.take_problems(session.problems_here)
        self._describe()
        self.canvas.refresh()

    def _take_selection(self) -> None:
        marks, session = self.canvas.drawing.picture.marks, self.canvas.session
        marks.selected, marks.selected_wires = session.selection, session.selected_wires
        marks.highlighted = None if session.highlighted is None else session.level.here(session.highlighted)
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
