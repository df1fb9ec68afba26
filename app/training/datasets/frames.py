"""Frame classification: a class for each time step, which depends on what was before and a little on what comes."""

from __future__ import annotations

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import IGNORED, Arrays, DatasetKind, InputPart, Target, Values

AHEAD = 2
"""Time steps that a label looks ahead."""
FEATURES = 3


def _layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    steps, labels = values["steps"], values["steps"] // values["every"]
    return (InputPart("frames", (steps, FEATURES)),), (Target("labels", (labels,), ("A0", "A1", "B0", "B1")),)


def _make(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """Features: cue A, cue B, a bit. The label is the last cue so far (A or B) with the bit of two steps later.

    What would need frames beyond the end has no label. With a delay, labels move later.
    """
    count, steps, delay = values["samples"], values["steps"], values["delay"]
    bits = generator.integers(0, 2, (count, steps))
    cues = numpy.where(generator.random((count, steps)) < values["cues"], generator.integers(0, 2, (count, steps)), -1)
    cues[:, 0] = generator.integers(0, 2, count)
    last_place = numpy.maximum.accumulate(numpy.where(cues >= 0, numpy.arange(steps), 0), axis=1)
    last_cue = numpy.take_along_axis(cues, last_place, axis=1)
    labels = numpy.full((count, steps), IGNORED, dtype=numpy.int64)
    labels[:, : steps - AHEAD] = 2 * last_cue[:, : steps - AHEAD] + bits[:, AHEAD:]
    if delay:
        labels = numpy.concatenate([numpy.full((count, delay), IGNORED), labels[:, : steps - delay]], axis=1)
    labels = labels[:, values["every"] - 1 :: values["every"]].copy()
    features = numpy.stack([cues == 0, cues == 1, bits], axis=2) + generator.normal(
        0.0, values["noise"], (count, steps, FEATURES)
    )
    return (features.astype(numpy.float32),), (labels,)


FRAMES = DatasetKind(
    "frames",
    "Frames",
    "Sequences of 30 frames with 3 features each; every frame has one of 4 classes. A frame's class is which of two "
    "cues "
    "came last, and a bit that shows only two frames later: a network that sees one frame cannot know either, a "
    "forward one only the cue, one in both directions both. A delay of 2 gives a forward network the same view. Its "
    "output is (batch, 30, 4).",
    "Generated from the seed; after the frame classification of Hung-yi Lee, Deep Learning.",
    _layout,
    _make,
    {
        **options.samples(600, "sequences"),
        **options.whole("steps", 30, 4, 1000, "Frames in a sequence."),
        **options.noise(0.1, "Standard deviation of the noise on every feature."),
        **options.real(
            "cues", 0.15, 1.0, "How likely a frame bears a cue: the rarer they are, the longer to remember."
        ),
        **options.whole("delay", 0, 0, 3, "Time steps by which the labels come later (target delay)."),
        **options.whole(
            "every", 1, 1, 4, "Frames to a label, that of the last of them: a pyramidal network gives fewer."
        ),
    },
)
