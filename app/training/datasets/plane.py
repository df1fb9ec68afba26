"""Points in the plane: sets whose classes a straight line cannot separate."""

from __future__ import annotations

from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]


def moons(samples: int, noise: float, generator: numpy.random.Generator) -> tuple[Array, Array]:
    """Two half circles that reach into each other."""
    labels = _alternating(samples)
    angle = generator.uniform(0.0, numpy.pi, samples)
    x = numpy.where(labels == 0, numpy.cos(angle), 1.0 - numpy.cos(angle)) - 0.5
    y = numpy.where(labels == 0, numpy.sin(angle), 0.5 - numpy.sin(angle)) - 0.25
    return _noisy(x, y, noise, generator), labels


def circles(samples: int, noise: float, generator: numpy.random.Generator) -> tuple[Array, Array]:
    """A ring around a ring of half its radius."""
    labels = _alternating(samples)
    angle = generator.uniform(0.0, 2.0 * numpy.pi, samples)
    radius = numpy.where(labels == 0, 1.0, 0.5)
    return _noisy(radius * numpy.cos(angle), radius * numpy.sin(angle), noise, generator), labels


def spirals(samples: int, noise: float, generator: numpy.random.Generator) -> tuple[Array, Array]:
    """Two arms that wind around each other one and three quarter times."""
    labels = _alternating(samples)
    along = numpy.sqrt(generator.uniform(0.0, 1.0, samples))
    angle = 1.75 * 2.0 * numpy.pi * along + numpy.pi * labels
    return _noisy(along * numpy.sin(angle), along * numpy.cos(angle), noise, generator), labels


def xor(samples: int, noise: float, generator: numpy.random.Generator) -> tuple[Array, Array]:
    """Four quarters of a square; the class is 1 where exactly one coordinate is positive."""
    points = generator.uniform(-1.0, 1.0, (samples, 2))
    labels = ((points[:, 0] > 0) != (points[:, 1] > 0)).astype(numpy.int64)
    return _noisy(points[:, 0], points[:, 1], noise, generator), labels


def _alternating(samples: int) -> Array:
    return numpy.arange(samples, dtype=numpy.int64) % 2


def _noisy(x: Array, y: Array, noise: float, generator: numpy.random.Generator) -> Array:
    points = numpy.stack([x, y], axis=1)
    return (points + generator.normal(0.0, noise, points.shape)).astype(numpy.float32)
