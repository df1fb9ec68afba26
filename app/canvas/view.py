"""The canvas widget: shows the session's drawing and hands keys and pointer to those that know what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QToolTip, QWidget

from app.canvas.annotations import Annotations
from app.canvas.colouring import Colouring
from app.canvas.drawing import Drawing
from app.canvas.expansions import Expansions
from app.canvas.following import Following
from app.canvas.frames import Frames
from app.canvas.guard import guarded
from app.canvas.hit import Hit, Part, hit_at
from app.canvas.insertion import LooseEnd
from app.canvas.keyboard import Keyboard
from app.canvas.overlays import MARGIN, Legend, Minimap
from app.canvas.paint import paint_paper, paint_picture
from app.canvas.placement import Placement
from app.canvas.pointing import Pointing, wheel
from app.canvas.renaming import Renaming
from app.canvas.shelf import Shelf
from app.canvas.sprites import SpriteCache
from app.canvas.viewpoint import Viewpoint
from app.canvas.way_back import WayBack
from app.canvas.weight_editor import WeightEditing
from app.session.editor_session import EditorSession
from app.theme import Theme, ThemeSource

FARTHEST = 1.0e7
"""Half the width of the scene: room for any drawing, so that panning never meets an edge."""


class CanvasView(QGraphicsView):
    """The drawing, painted from arrays: the scene holds no items at all."""

    inspect_requested = Signal(str)
    """Enter was pressed on a node: its parameters are to be shown."""
    menu_requested = Signal(QPoint, object)
    """A right click: where on the screen, and the Hit under it."""
    zoom_changed = Signal(float)
    offered = Signal(str, str, object)
    """What could not be done, and a way out: its name, and a command that takes it and may raise GradCanvasError."""

    def __init__(self, session: EditorSession, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.theme_source = theme_source
        self.snapping = True
        self.setScene(QGraphicsScene(-FARTHEST, -FARTHEST, 2 * FARTHEST, 2 * FARTHEST, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setMinimumSize(QSize(240, 160))
        self.setAccessibleName(self.tr("Canvas"))
        self.drawing = Drawing(session.level, theme_source.theme, SpriteCache())
        self.legend, self.minimap = Legend(self), Minimap(self)
        self.viewpoint = Viewpoint(self)
        self.pointing, self.keyboard = Pointing(self), Keyboard(self)
        self.shelf, self.expansions, self.frames = Shelf(), Expansions(self), Frames(self)
        self.placement, self.renaming, self.weights = Placement(self), Renaming(self), WeightEditing(self)
        self.colouring = Colouring(self)
        self.following = Following(self)
        self.way_back = WayBack(self)

    @property
    def theme(self) -> Theme:
        """The present theme."""
        return self.theme_source.theme

    def set_values(
        self,
        values: Mapping[str, float] | None,
        caption: str = "",
        wire_values: Mapping[str, float] | None = None,
    ) -> None:
        """Colour nodes by values (path -> value) on a logarithmic scale, and wires by their own (path -> value);
        those without one have the colour of the node where they arrive. A block has the largest value in it.

        None: no longer. `caption` stands over the legend, e.g. "∂L/∂W, RMS at step 186".
        """
        self.colouring.set_values(values, caption, wire_values)

    def set_annotations(self, annotations: Annotations | None) -> None:
        """Write numbers on the drawing, by paths, and mark what is meant just now; None: no longer."""
        self.colouring.set_annotations(annotations)

    def show_scale(self) -> None:
        """Show the legend as long as colours mean something."""
        self.legend.setVisible(self.drawing.picture.scale is not None)
        self.legend.update()
        self.refresh()

    def refresh_weights(self) -> None:
        """Show the document's trained weights on neurons and their wires."""
        self.drawing.take_weights()
        self.refresh()

    def reveal(self, node_id: str) -> None:
        """Select a node of the open graph and bring it into sight."""
        if not self.session.graph.has_node(node_id):
            return
        self.session.select({node_id})
        self.bring_into_sight(node_id)

    def bring_into_sight(self, node_id: str) -> None:
        """Move the view as far as is needed to have a node well inside it; to one that is far away, it goes."""
        x, y = self.session.graph.node(node_id).position
        area = self.visible_area()
        inner = area.adjusted(area.width() / 8, area.height() / 8, -area.width() / 8, -area.height() / 8)
        if inner.contains(x, y):
            return
        across = x - min(max(x, inner.left()), inner.right())
        down = y - min(max(y, inner.top()), inner.bottom())
        is_near = abs(across) < inner.width() / 2 and abs(down) < inner.height() / 2
        self.viewpoint.look_at(area.center() + QPointF(across, down) if is_near else QPointF(x, y))

    def start_quick_search(
        self, place: tuple[float, float] | None = None, end: LooseEnd | None = None, after: str | None = None
    ) -> None:
        """Open the search at a place of the drawing (by default the pointer's, or the middle)."""
        self.placement.search(place, end, after)

    def place_kind(self, kind: str, place: tuple[float, float] | None = None, connect: bool = False) -> str | None:
        """Place a kind, by default in the middle; `connect`: after the selected node. Returns the new node's id."""
        return self.placement.place_kind(kind, place, connect)

    def announce(self, text: str) -> None:
        """Tell a screen reader."""
        self.setAccessibleDescription(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def hit(self, x: float, y: float) -> Hit:
        """What is at a point of the drawing; frames lie below everything else."""
        found = hit_at(self.drawing, x, y, self.scale_factor)
        framed = self.frames.hit(x, y, self.scale_factor)
        above = found.part in (Part.NOTHING, Part.WIRE) or (framed is not None and framed.part is Part.EXPAND)
        return framed if framed is not None and above else found

    @property
    def scale_factor(self) -> float:
        """Pixels for each scene unit."""
        return self.viewpoint.scale

    def visible_area(self) -> QRectF:
        """The part of the drawing that is in sight."""
        return self.viewpoint.area()

    def zoom_to_fit(self) -> None:
        """Show the whole drawing, at most a little enlarged."""
        self.viewpoint.fit()

    def say(self, text: str) -> None:
        """Show a sentence for a moment, and tell it to a screen reader."""
        QToolTip.showText(self.mapToGlobal(QPoint(self.width() // 3, self.height() - 40)), text, self)
        self.announce(text)

    def show_places(self, positions: Mapping[str, tuple[float, float]]) -> None:
        """Show nodes at other places while a drag or an animation lasts; the drawing itself stays."""
        self.drawing.geometry.place(positions)
        self.refresh()

    def mark_wires(self, wires: Iterable[str]) -> None:
        """Mark wires as if they were selected, while a gesture lasts."""
        self.drawing.picture.marks.selected_wires = frozenset(wires) or self.session.selected_wires
        self.refresh()

    def refresh(self) -> None:
        """Paint again soon."""
        self.viewport().update()
        self.minimap.update()

    @guarded
    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Paint the paper and the drawing."""
        area = self.visible_area()
        painter.save()
        try:
            paint_paper(painter, self.theme, area, self.scale_factor)
            self.frames.paint(painter, self.scale_factor)
            paint_picture(painter, self.drawing.picture, area, self.scale_factor)
            self.frames.paint_handles(painter, self.scale_factor)
        finally:
            painter.restore()

    @guarded
    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Paint what the present gesture shows, or what to do on an empty canvas."""
        painter.save()
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for shows in (self.pointing.gesture, self.keyboard.wiring, self.placement):
                if shows is not None:
                    shows.paint(painter, self.scale_factor)
        finally:
            painter.restore()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pointing.press(event)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointing.move(event)

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pointing.release(event)

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.pointing.double_click(event)

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self.pointing.leave()

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel(self, event)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keyboard.press(event):
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Tab goes from node to node, and out of the canvas after the last."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            forward = event.key() == Qt.Key.Key_Tab
            if (forward or event.key() == Qt.Key.Key_Backtab) and self.keyboard.step(forward):
                event.accept()
                return True
        return bool(super().event(event))

    @guarded
    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            return self.pointing.show_tooltip(event)
        is_pinch = isinstance(event, QNativeGestureEvent)
        if is_pinch and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:  # type: ignore[attr-defined]
            self.viewpoint.zoom_by(1.0 + event.value(), event.position())  # type: ignore[attr-defined]
            return True
        return bool(super().viewportEvent(event))

    def dragEnterEvent(self, event: QDragMoveEvent) -> None:
        self.placement.drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.placement.drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.placement.forget_drag()

    @guarded
    def dropEvent(self, event: QDropEvent) -> None:
        self.placement.drop(event)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        below = self.height() - MARGIN
        self.legend.move(MARGIN, below - self.legend.height())
        self.minimap.move(self.width() - MARGIN - self.minimap.width(), below - self.minimap.height())
        self.viewpoint.fit_if_untouched()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.viewpoint.fit_if_untouched()
