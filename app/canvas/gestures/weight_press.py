"""A press on the field with a wire's weight: a click opens it for typing, a drag is one of the wire."""

from __future__ import annotations

from app.canvas.gestures.gesture import Pointer
from app.canvas.gestures.rubber_band import RubberBandGesture


class WeightPressGesture(RubberBandGesture):
    """A click edits the weight; with the keys that add to the selection, it selects the wire."""

    def end(self, at: Pointer) -> None:
        if self.dragging or self.start.adds or self.wire is None:
            super().end(at)
        else:
            self.canvas.weights.start(self.wire)
