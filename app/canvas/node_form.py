"""What a node is drawn as: a column of neurons, a stack of feature maps, a card, a block, or a single neuron."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from PySide6.QtGui import QFontMetricsF

from app.canvas import sizes
from app.canvas.captions import text_font
from graph_model import Kind, Node
from graph_model.blocks import is_block
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.kind import FAMILIES

Shape = tuple[Any, ...]
CHANNELS_IF_UNKNOWN = 3


class Form(IntEnum):
    """The ways to draw a node."""

    COLUMN = 0
    PLANES = 1
    CARD = 2
    NEURON = 3
    BLOCK = 4


class NodeForm(NamedTuple):
    """How a node is drawn: size in scene units; `shown` of `total` neurons or feature maps (0: unknown)."""

    form: Form
    width: float
    height: float
    shown: int
    total: int
    map_size: tuple[int, int] = (0, 0)
    """Rows and columns of a feature map; (0, 0): not known."""


def form_of(node: Node, kind: Kind, shape: Shape | None, arriving: Shape | None = None) -> NodeForm:
    """Return what a node is drawn as.

    `shape`: what it gives, if that is known; `arriving`: what the first wire brings, for a node without outputs.
    """
    if is_block(node.kind):
        ports = (tuple(port.name for port in side) for side in (kind.inputs, kind.outputs))
        return _block(*ports, node.parameters["repeat"] > 1)
    if kind.gives_scalar:
        return _neuron(sizes.SCALAR_INPUT if kind.brings_data else sizes.NEURON)
    terminal = is_terminal(kind)
    known = shape if shape is not None else (arriving if not kind.outputs else None)
    if known is None and "shape" in node.parameters and kind.brings_data:
        known = ("batch", *node.parameters["shape"])
    if kind.family in ("Convolution", "Pooling") or (terminal and len(known or ()) == 4):
        return _planes_of(node, known)
    if "out_features" in node.parameters:
        return _column(int(node.parameters["out_features"]))
    if terminal:
        size = known[-1] if known is not None and len(known) > 1 else 0
        return _column(size if isinstance(size, int) else 0)
    return _card()


def is_terminal(kind: Kind) -> bool:
    """Whether values enter or leave here: the drawing, or a block."""
    return kind.family == "Terminals" or kind.name in (BLOCK_INPUT, BLOCK_OUTPUT)


def _planes_of(node: Node, shape: Shape | None) -> NodeForm:
    if shape is not None and len(shape) == 4 and all(isinstance(size, int) for size in shape[1:]):
        channels, height, width = (int(size) for size in shape[1:])
        return _planes(channels, (height, width))
    return _planes(int(node.parameters.get("out_channels", 0)), (0, 0))


@lru_cache(maxsize=4096)
def _column(total: int) -> NodeForm:
    shown = 1 if total < 1 else total if total <= sizes.MOST_CIRCLES else sizes.SAMPLE
    height = max(shown, 2) * sizes.CIRCLE_PITCH + 2 * sizes.COLUMN_PADDING
    return NodeForm(Form.COLUMN, sizes.COLUMN_WIDTH, height, shown, max(0, total))


@lru_cache(maxsize=4096)
def _planes(channels: int, map_size: tuple[int, int]) -> NodeForm:
    aspect = min(2.0, max(0.5, map_size[1] / map_size[0])) if map_size[0] else 1.0
    shown = min(channels or CHANNELS_IF_UNKNOWN, sizes.MOST_PLANES)
    spread = (shown - 1) * sizes.PLANE_STEP + 2 * sizes.PLANES_PADDING
    width = sizes.PLANE * min(1.0, aspect) + spread
    height = sizes.PLANE / max(1.0, aspect) + spread
    return NodeForm(Form.PLANES, width, height, shown, channels, map_size)


@lru_cache(maxsize=1)
def _card() -> NodeForm:
    return NodeForm(Form.CARD, sizes.CARD_WIDTH, sizes.CARD_HEIGHT, 0, 0)


@lru_cache(maxsize=256)
def _block(inputs: tuple[str, ...], outputs: tuple[str, ...], is_repeated: bool) -> NodeForm:
    """A block is as wide as the names of its ports need, which are written where a side has several."""
    height = max(sizes.BLOCK_HEIGHT, (max(len(inputs), len(outputs)) + 1) * sizes.BLOCK_PORT_PITCH)
    named = [side for side in (inputs, outputs) if len(side) > 1]
    metrics = QFontMetricsF(text_font())
    longest = max((metrics.horizontalAdvance(name) for side in named for name in side), default=0.0)
    room = min(sizes.WIDEST_PORT_NAME, longest) + sizes.BESIDE_PORT_NAME
    least = len(named) * sizes.PORT_NAMES_WIDTH if len(named) == 2 else sizes.BLOCK_WIDTH
    width = max(least, math.ceil(len(named) * room / sizes.GRID) * sizes.GRID)
    return NodeForm(Form.BLOCK, width, height, 2 if is_repeated else 1, 0)


@lru_cache(maxsize=2)
def _neuron(size: float) -> NodeForm:
    return NodeForm(Form.NEURON, size, size, 1, 1)


FAMILY_INDEX: Mapping[str, int] = {family: index for index, family in enumerate(FAMILIES)}
