"""Everything that is needed to paint the drawing: geometry, theme, texts, values and what is marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtGui import QColor

from app.canvas.annotations import AnnotatedRows, Annotations
from app.canvas.captions import CaptionBook
from app.canvas.geometry import Geometry
from app.canvas.node_texts import flow_text
from app.canvas.primitives import mixed
from app.canvas.sprites import SpriteCache
from app.canvas.text_room import TextRoom
from app.canvas.value_scale import ValueScale
from app.canvas.weight_chips import WeightChips
from app.theme import Theme
from graph_model import Graph
from graph_model.kind import FAMILIES

Array = np.ndarray[Any, np.dtype[Any]]
RAMP = 256
"""Indices below it are the theme's colours for values; those of families follow, then single ones."""
PLAIN_WIRE = RAMP + len(FAMILIES)
FAINT = 0.28
"""How much is left of what steps back."""
BUNDLED_WIRE, SELECTED_WIRE, POSITIVE_WIRE, NEGATIVE_WIRE, FADED_WIRE, TIED_WIRE = range(PLAIN_WIRE + 1, PLAIN_WIRE + 7)
"""Beginning with the last, one for each colour of ties."""

MANY_WIRES = 200


@dataclass
class Marks:
    """What stands out at the moment."""

    selected: frozenset[str] = frozenset()
    selected_wires: frozenset[str] = frozenset()
    highlighted: str | None = None
    hovered: str | None = None
    hovered_wire: str | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    """Node id -> "error" or "warning"."""
    open_ports: Mapping[str, bool] = field(default_factory=dict)
    """While a wire is drawn: node id -> whether the wire may end there."""
    hidden_wire: str | None = None
    """A wire that is being plugged in elsewhere."""


class Picture:
    """The drawing as it is to be painted. Painting it needs no view and no window."""

    def __init__(
        self,
        graph: Graph,
        geometry: Geometry,
        theme: Theme,
        captions: CaptionBook,
        shapes: Mapping[tuple[str, int], tuple[Any, ...]],
        weights: Mapping[str, Any],
    ) -> None:
        self.graph = graph
        self.geometry = geometry
        self.captions = captions
        self.shapes = shapes
        self.weights = weights
        self.sample_numbers: Mapping[str, int] = {}
        """Node id of a scalar input -> which number of the sample it takes, from 1."""
        self.chips = WeightChips(self)
        self.text_room = TextRoom(self)
        self.annotated: AnnotatedRows | None = None
        self._run_scale: ValueScale | None = None
        self.marks = Marks()
        self.sprites: SpriteCache | None = None
        """Where a view keeps painted nodes; None paints every node anew."""
        self.set_theme(theme)
        self._value_key: tuple[Any, ...] | None = None
        self._value_index: Array = np.empty(0, np.int64)
        self._wire_value_index: Array = np.empty(0, np.int64)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colours."""
        self.theme = theme
        if self.sprites is not None:
            self.sprites.clear()
        paper, wire = theme.colour("paper"), theme.colour("wire")
        self.colours: list[QColor] = [QColor(*map(int, rgb)) for rgb in theme.value_colours]
        self.colours += [theme.family_colour(family) for family in FAMILIES]
        self.colours += [wire, mixed(paper, wire, 0.55)]
        self.colours += [theme.colour(name) for name in ("accent", "positive", "negative")]
        self.colours.append(mixed(paper, wire, 0.28))
        self.colours += [theme.tie_colour(number) for number in range(len(theme.ties))]
        self.bar_colours = self.colours[:RAMP] + [
            mixed(theme.colour("neuron"), theme.family_colour(family), 0.55) for family in FAMILIES
        ]
        self._faint = [mixed(paper, colour, FAINT) for colour in self.colours]
        self._faint_bars = [mixed(paper, colour, FAINT) for colour in self.bar_colours]

    @property
    def scale(self) -> ValueScale | None:
        """By what nodes are coloured: the annotations' values, else those of a run."""
        own = None if self.annotated is None else self.annotated.annotations.scale
        return own or self._run_scale

    @property
    def written_values(self) -> Mapping[str, float]:
        """The values that stand below nodes; annotations write theirs themselves."""
        return self._run_scale.values if self._run_scale is not None and self.scale is self._run_scale else {}

    def annotated_lines(self, node_id: str) -> tuple[str, ...]:
        """The numbers that annotations write below a node."""
        return self.annotated.annotations.lines(node_id) if self.annotated is not None else ()

    @contextmanager
    def faint_colours(self) -> Iterator[None]:
        """Paint wires and bars faintly, for as long as this lasts: mixed with paper, for clear pens are slow."""
        full = self.colours, self.bar_colours
        self.colours, self.bar_colours = self._faint, self._faint_bars
        try:
            yield
        finally:
            self.colours, self.bar_colours = full

    def set_scale(self, scale: ValueScale | None) -> None:
        """Colour by values, or not at all."""
        self._run_scale = scale
        self._value_key = None

    def set_annotations(self, annotations: Annotations | None) -> None:
        """Write numbers on the drawing and mark a part of it, or no longer."""
        self.annotated = None if annotations is None else AnnotatedRows(annotations, self.geometry)
        self._value_key = None

    def value_indices(self) -> Array:
        """For each row of nodes, the index of its value's colour; −1 for those without a value."""
        key = (self.geometry.revision, len(self.geometry.nodes), len(self.geometry.wires))
        if key != self._value_key:
            self._value_key, scale, nodes, wires = key, self.scale, self.geometry.nodes, self.geometry.wires
            self._value_index = np.full(len(nodes), -1, np.int64)
            self._wire_value_index = np.full(len(wires), -1, np.int64)
            if scale is not None:
                _put_places(self._value_index, nodes.row_of, scale.values, scale.places)
                _put_places(self._wire_value_index, wires.row_of, scale.wire_values, scale.wire_places)
        return self._value_index

    def wire_value_indices(self, rows: Array) -> Array:
        """For these rows of wires, the index of the colour of their value, else of the node where they end; or −1."""
        of_targets = self.value_indices()[self.geometry.wires["target"][rows]]
        own = self._wire_value_index[rows]
        return np.where(own >= 0, own, of_targets)

    def rows(self, identifiers: frozenset[str] | Mapping[str, Any]) -> Array:
        """Rows of the nodes with these ids."""
        row_of = self.geometry.nodes.row_of
        found = [row_of[identifier] for identifier in identifiers if identifier in row_of]
        return np.array(found, np.int64)

    def wire_rows(self, identifiers: frozenset[str]) -> Array:
        """Rows of the wires with these ids."""
        row_of = self.geometry.wires.row_of
        found = [row_of[identifier] for identifier in identifiers if identifier in row_of]
        return np.array(found, np.int64)

    def flow(self, wire_id: str) -> str:
        """What flows on a wire, as text; empty if it is not known."""
        wire = self.graph.wire(wire_id)
        if wire.element is not None:
            return f"element {wire.element}"
        shape = self.shapes.get((wire.source, wire.output))
        return "" if shape is None else flow_text(shape)

    @property
    def watched_neuron(self) -> int | None:
        """The row of the neuron whose wires stand out: the one under the pointer, or among hundreds of wires the one
        that is selected alone."""
        watched = self.marks.hovered
        if not self._picks(watched) and len(self.marks.selected) == 1 and len(self.geometry.wires) > MANY_WIRES:
            (watched,) = self.marks.selected
        return self.geometry.nodes.row_of[watched] if watched is not None and self._picks(watched) else None

    def _picks(self, identifier: str | None) -> bool:
        row = self.geometry.nodes.row_of.get(identifier or "")
        return row is not None and bool(self.geometry.nodes["picks"][row])

    def watched_wires(self) -> Array:
        """Rows of the wires that arrive at that neuron, and of those that share the weight of the wire under the
        pointer."""
        neuron, hovered = self.watched_neuron, self.marks.hovered_wire
        found = np.empty(0, np.int64)
        if neuron is not None:
            found = np.flatnonzero(self.geometry.wires["target"] == neuron)
        if hovered is not None and self.graph.has_wire(hovered):
            found = np.union1d(found, self.wire_rows(frozenset(self.graph.with_tied((hovered,)))))
        return found

    def chosen_wires(self) -> set[int]:
        """Rows of the wires that are selected or under the pointer."""
        marks = self.marks
        chosen = marks.selected_wires | ({marks.hovered_wire} if marks.hovered_wire else set())
        return set(self.wire_rows(frozenset(chosen)).tolist())

    def marked_weights(self) -> Array:
        """Rows of the wires whose weights are shown in any case, in the order of importance."""
        marks, wires = self.marks, self.geometry.wires
        rows = [np.array(sorted(self.chosen_wires()), np.int64), self.watched_wires()]
        if len(marks.selected) == 1:
            rows += [np.flatnonzero(wires["target"] == row) for row in self.rows(marks.selected)]
        found = np.array(list(dict.fromkeys(np.concatenate(rows).tolist())), np.int64)
        return found[self.geometry.layout.carries[found]]


def _put_places(index: Array, row_of: Mapping[str, int], values: Mapping[str, float], places: Array) -> None:
    """Write the colours of values at the rows of those that have them."""
    rows = np.array([row_of.get(identifier, -1) for identifier in values], np.int64)
    known = (rows >= 0) & ~np.isnan(places)
    index[rows[known]] = np.rint(places[known] * (RAMP - 1)).astype(np.int64)
