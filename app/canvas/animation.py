"""Nodes gliding to new places, so that the eye can follow; at once if the system asks for no motion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QStyle

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

DURATION_MS = 180
MOST_GLIDING = 500
"""More nodes than these move at once."""


@contextmanager
def glide(canvas: CanvasView, positions: Mapping[str, tuple[float, float]]) -> Iterator[None]:
    """Let the nodes that are moved by the edit in this block glide to `positions`."""
    graph = canvas.session.graph
    former = {node: graph.node(node).position for node in positions if graph.has_node(node)}
    yield
    wanted = canvas.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
    if not wanted or len(former) > MOST_GLIDING or not canvas.isVisible():
        return
    animation = QVariantAnimation(canvas)
    animation.setDuration(DURATION_MS)
    animation.setStartValue(0.0)
    animation.setEndValue(1.0)
    animation.setEasingCurve(QEasingCurve.Type.OutCubic)
    revision = graph.revision

    def show(part: float) -> None:
        if canvas.session.graph is not graph:
            animation.stop()
            return
        if graph.revision != revision:
            animation.stop()
            canvas.show_places({node: graph.node(node).position for node in former if graph.has_node(node)})
            return
        canvas.show_places(
            {
                node: (x + (positions[node][0] - x) * part, y + (positions[node][1] - y) * part)
                for node, (x, y) in former.items()
            }
        )

    animation.valueChanged.connect(show)
    animation.start(QVariantAnimation.DeletionPolicy.DeleteWhenStopped)
