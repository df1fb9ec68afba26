"""Points in the plane: sets whose classes a straight line cannot separate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import Array, DatasetKind, InputPart, Target

Points = Callable[[int, float, numpy.random.Generator], tuple[Array, Array]]

WORKED_EXAMPLE = ((1.0, -1.0), (0.0, 0.0))
"""Hung-yi Lee, Deep Learning, lecture 1."""

LAYOUT = (InputPart("point", (2,)),), (Target("class", (), ("0", "1")),)


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


def _worked_example(values: Any, generator: numpy.random.Generator) -> tuple[tuple[Array], tuple[Array]]:
    return (numpy.array(WORKED_EXAMPLE, dtype=numpy.float32),), (numpy.arange(len(WORKED_EXAMPLE)),)


def _kind(name: str, title: str, meaning: str, points: Points) -> DatasetKind:
    def make(values: Any, generator: numpy.random.Generator) -> tuple[tuple[Array], tuple[Array]]:
        inputs, targets = points(values["samples"], values["noise"], generator)
        return (inputs,), (targets,)

    return DatasetKind(
        name,
        title,
        meaning,
        "Generated from the seed.",
        lambda values: LAYOUT,
        make,
        {
            **options.samples(500, "points"),
            **options.noise(0.05, "Standard deviation of the points' scatter."),
        },
    )


PLANE = (
    DatasetKind(
        "worked_example",
        "Worked example",
        "The two points of the lectures' worked example, (1, −1) and (0, 0), a class each.",
        "Hung-yi Lee, Deep Learning, lecture 1.",
        lambda values: LAYOUT,
        _worked_example,
    ),
    _kind("moons", "Two moons", "Points on two half circles that reach into each other.", moons),
    _kind("circles", "Circles", "Points on a ring, and on a smaller ring inside it.", circles),
    _kind("spirals", "Spirals", "Points on two arms that wind around each other.", spirals),
    _kind("xor", "XOR", "Points in a square; class 1 where exactly one coordinate is positive.", xor),
)
