"""Waves in two channels, as a sensor with two microphones gives them."""

from __future__ import annotations

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import Arrays, DatasetKind, InputPart, Target, Values

CHANNELS = 2
FORMS = ("sine", "square", "sawtooth")


def _layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    return (InputPart("signal", (CHANNELS, values["steps"])),), (Target("form", (), FORMS),)


def _make(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """Two to five periods from any phase; the second channel hears the same later and softer. Both are noisy."""
    count, steps = values["samples"], values["steps"]
    forms = numpy.arange(count) % len(FORMS)
    periods = generator.uniform(2.0, 5.0, (count, 1, 1))
    start = generator.random((count, 1, 1)) + numpy.array([0.0, 1.0])[:, None] * generator.uniform(
        0, 0.25, (count, 1, 1)
    )
    phase = (periods * numpy.arange(steps) / steps - start) % 1.0
    sine = numpy.sin(2.0 * numpy.pi * phase)
    waves = numpy.choose(forms[:, None, None], [sine, numpy.where(phase < 0.5, 1.0, -1.0), 2.0 * phase - 1.0])
    loudness = numpy.array([1.0, 0.6])[:, None] * generator.uniform(0.7, 1.3, (count, 1, 1))
    noise = generator.normal(0.0, values["noise"], waves.shape)
    return ((loudness * waves + noise).astype(numpy.float32),), (forms.astype(numpy.int64),)


SIGNALS = DatasetKind(
    "signals",
    "Signals",
    "Noisy waves of 64 time steps in two channels, which hear the same at different times; the class is the form: "
    "sine, square or sawtooth. A sample is (2, 64), as Conv1d takes it.",
    "Generated from the seed.",
    _layout,
    _make,
    {
        **options.samples(900, "signals"),
        **options.whole("steps", 64, 8, 10_000, "Time steps of a signal."),
        **options.noise(0.4, "Standard deviation of the noise."),
    },
)
