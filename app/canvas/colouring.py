"""Values and annotations, which are known by paths, as they are shown in the graph that is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from app.canvas.annotations import Annotations
from app.canvas.value_scale import ValueScale
from app.session.open_level import OpenLevel

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

Values = Mapping[str, float]
Said = TypeVar("Said")


class Colouring:
    """Keeps what was last to be shown, so that another level shows it too."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self._values: tuple[Values | None, str, Values | None] = (None, "", None)
        self._annotations: Annotations | None = None

    def set_values(self, values: Values | None, caption: str, wire_values: Values | None) -> None:
        """Colour by these values of nodes and wires, by path."""
        self._values = (values, caption, wire_values)
        self._show_values()
        self.canvas.show_scale()

    def set_annotations(self, annotations: Annotations | None) -> None:
        """Write and mark, by path."""
        self._annotations = annotations
        self._show_annotations()
        self.canvas.show_scale()

    def forget(self) -> None:
        """The document is another one."""
        self._values, self._annotations = (None, "", None), None

    def show_again(self) -> None:
        """Show the same in a new drawing."""
        self._show_values()
        self._show_annotations()
        self.canvas.show_scale()

    def _show_values(self) -> None:
        values, caption, wires = self._values
        level, drawing = self.canvas.session.level, self.canvas.drawing
        drawing.set_values(_here(level, values), caption, _here(level, wires))

    def _show_annotations(self) -> None:
        said = self._annotations
        local = None if said is None else local_annotations(self.canvas.session.level, said)
        self.canvas.drawing.picture.set_annotations(local)


def local_annotations(level: OpenLevel, said: Annotations) -> Annotations:
    """Annotations in the ids of the open graph: a block is marked where something in it is."""
    if not level.places and not level.graph.places():
        return said
    scale = said.scale
    if scale is not None:
        wires = scale.wire_values
        scale = ValueScale(_here(level, scale.values) or {}, scale.caption, _here(level, wires))
    return replace(
        said,
        lines=_by_path(level, said.lines),
        label=_by_path(level, said.label),
        node_note=_by_path(level, said.node_note),
        wire_note=_by_path(level, said.wire_note),
        current_nodes=_known(level, said.current_nodes),
        current_wires=_known(level, said.current_wires),
        faint_nodes=_known(level, said.faint_nodes) - _known(level, said.current_nodes),
        faint_wires=_known(level, said.faint_wires),
        scale=scale,
    )


def _by_path(level: OpenLevel, says: Callable[[str], Said]) -> Callable[[str], Said]:
    return lambda identifier: says(level.path_of(identifier))


def _known(level: OpenLevel, paths: Iterable[str]) -> frozenset[str]:
    return frozenset(identifier for path in paths if (identifier := level.here(path)) is not None)


def _here(level: OpenLevel, values: Values | None) -> Values | None:
    """The largest value of all that a node of the open graph stands for."""
    if values is None or (not level.places and not level.graph.places()):
        return values
    found: dict[str, float] = {}
    for path, value in values.items():
        identifier = level.here(path)
        if identifier is not None and not found.get(identifier, float("-inf")) >= value:
            found[identifier] = value
    return found
