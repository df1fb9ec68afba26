"""Where the planes of a stack of feature maps are, and where on them each pixel is."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.canvas import sizes

Array = np.ndarray[Any, np.dtype[Any]]
LARGEST_GRID = 12
"""Maps of up to so many rows and columns show their pixels."""


def plane_rectangle(nodes: Any, plane: Any = 0) -> tuple[Any, Any, Any, Any]:
    """Left, top, width and height of a plane, given rows of the geometry's nodes; plane 0 is the front one."""
    spread = (nodes["shown"].astype(np.float64) - 1.0) * sizes.PLANE_STEP
    width = nodes["width"] - spread - 2 * sizes.PLANES_PADDING
    height = nodes["height"] - spread - 2 * sizes.PLANES_PADDING
    left = nodes["x"] - nodes["width"] / 2 + sizes.PLANES_PADDING + plane * sizes.PLANE_STEP
    bottom = nodes["y"] + nodes["height"] / 2 - sizes.PLANES_PADDING - plane * sizes.PLANE_STEP
    return left, bottom - height, width, height


def pixel_rectangles(nodes: Array, elements: Array) -> Array:
    """Left, top, width and height of the pixel that each element is, given the rows of the nodes that they are of.

    Elements count through channel, row and column. Channels beyond the planes that are shown lie on the last one.
    """
    rows, columns = (np.maximum(nodes[side].astype(np.int64), 1) for side in ("map_rows", "map_columns"))
    channel, pixel = np.divmod(np.maximum(elements, 0), rows * columns)
    left, top, width, height = plane_rectangle(nodes, np.minimum(channel, np.maximum(nodes["shown"], 1) - 1))
    row, column = np.divmod(pixel, columns)
    return np.column_stack([left + column * width / columns, top + row * height / rows, width / columns, height / rows])
