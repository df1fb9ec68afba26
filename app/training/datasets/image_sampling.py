"""Images read between their pixels: sizes, and affine maps."""

from __future__ import annotations

import numpy

from app.training.datasets.dataset import Array


def sample(images: Array, rows: Array, columns: Array) -> Array:
    """Return the images' values at places between pixels, interpolated bilinearly; 0 outside.

    `images`: (images, height, width); `rows`, `columns`: (images, …) or (…), in pixels, 0 the first one's middle.
    """
    height, width = images.shape[1:]
    shape = numpy.broadcast_shapes(rows.shape, (len(images), *([1] * (rows.ndim - 1 or 1))))
    rows, columns = numpy.broadcast_to(rows, shape), numpy.broadcast_to(columns, shape)
    which = numpy.arange(len(images)).reshape(-1, *([1] * (len(shape) - 1)))
    top, left = numpy.floor(rows).astype(int), numpy.floor(columns).astype(int)
    result = numpy.zeros(shape)
    for row in (top, top + 1):
        for column in (left, left + 1):
            share = (1.0 - numpy.abs(rows - row)) * (1.0 - numpy.abs(columns - column))
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            result += share * inside * images[which, row.clip(0, height - 1), column.clip(0, width - 1)]
    return result


def enlarge(images: Array, size: int) -> Array:
    """Return (images, height, width) as (images, size, size); the outer edges stay where they are."""
    height, width = images.shape[1:]
    middle = numpy.arange(size) + 0.5
    rows = (middle * height / size - 0.5).clip(0, height - 1)[:, None] * numpy.ones((1, size))
    columns = (middle * width / size - 0.5).clip(0, width - 1)[None, :] * numpy.ones((size, 1))
    return sample(images, rows[None], columns[None])
