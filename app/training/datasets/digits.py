"""Handwritten digits, as they are and distorted."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy

from app.training.datasets import options
from app.training.datasets.dataset import Array, Arrays, DatasetKind, InputPart, Target, Values
from app.training.datasets.image_sampling import enlarge, sample
from graph_model import DataError
from graph_model.parameters import Choice

DIGITS_FILE = Path(__file__).parents[3] / "resources" / "digits.npz"
DARKEST_PIXEL = 16.0
EDGE = 8
WITH_A_LOOP = (0, 6, 8, 9)
SOURCE = (
    "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository (1998), as "
    "carried by scikit-learn; CC BY 4.0."
)

DIGIT = Target("digit", (), tuple("0123456789"))
LOOP = Target("loop", (), ("without a loop", "with a loop"))


def _digits_layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    shape = (1, values["size"], values["size"])
    image = Target("image", shape, lowest=0.0, highest=1.0)
    targets = {"digit": (DIGIT,), "image": (image,), "digit and loop": (DIGIT, LOOP), "digit and image": (DIGIT, image)}
    return (InputPart("image", shape),), targets[values["target"]]


def _digits(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    images, labels = _read()
    if values["size"] != EDGE:
        images = enlarge(images, values["size"]).astype(numpy.float32)
    inputs = images[:, None].copy()
    loops = numpy.isin(labels, WITH_A_LOOP).astype(numpy.int64)
    found = {"digit": labels, "image": inputs, "loop": loops}
    return (inputs,), tuple(found[name].copy() for name in values["target"].split(" and "))


@lru_cache(maxsize=1)
def _read() -> tuple[Array, Array]:
    """Images float32 (examples, 8, 8) from 0 to 1, and their digits, int64 (examples,)."""
    try:
        with numpy.load(DIGITS_FILE, allow_pickle=False) as archive:
            images, labels = archive["images"], archive["labels"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"The digits cannot be read from {DIGITS_FILE}: {error}. Install GradCanvas anew.") from error
    return images.astype(numpy.float32) / DARKEST_PIXEL, labels.astype(numpy.int64)


def _distorted_layout(values: Values) -> tuple[tuple[InputPart, ...], tuple[Target, ...]]:
    return (InputPart("image", (1, values["size"], values["size"])),), (DIGIT,)


def _distorted(values: Values, generator: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """Each digit turned, scaled and moved by chance, within a larger image: its places are mapped back to the digit's.

    Scale 1 fills the image as far as the digit's own edge does.
    """
    images, labels = _read()
    chosen = generator.integers(0, len(images), values["samples"])
    size, count = values["size"], values["samples"]
    angle = numpy.radians(generator.uniform(-values["rotation"], values["rotation"], count))
    scale = generator.uniform(1.0 - values["shrinking"], 1.0, count) * size / EDGE
    room = values["shift"] * size
    moved = generator.uniform(-room, room, (2, count))
    across = numpy.arange(size) - (size - 1) / 2
    rows = across[None, :, None] - moved[0][:, None, None]
    columns = across[None, None, :] - moved[1][:, None, None]
    cosine, sine = ((function(angle) / scale)[:, None, None] for function in (numpy.cos, numpy.sin))
    middle = (EDGE - 1) / 2
    result = sample(images[chosen], cosine * rows + sine * columns + middle, cosine * columns - sine * rows + middle)
    return (result[:, None].astype(numpy.float32),), (labels[chosen],)


_EDGE = "Height and width of the images, in pixels."

DIGITS = DatasetKind(
    "digits",
    "Handwritten digits",
    "1,797 handwritten digits of 8×8 pixels; the class is the digit. As an image (1, 8, 8) or 64 numbers. They can be "
    "enlarged, as LeNet-5 wants 32×32. The target can also be the image itself (an autoencoder), or there can be two, "
    "each for an Output.",
    SOURCE,
    _digits_layout,
    _digits,
    {
        **options.whole("size", EDGE, 2, 64, _EDGE),
        "target": Choice(
            name="target",
            default="digit",
            choices=("digit", "image", "digit and loop", "digit and image"),
            meaning="digit: its class. image: the image itself, numbers from 0 to 1. With two, the first Output is "
            "compared with the first and the second Output with the second; loop: whether it is 0, 6, 8 or 9.",
        ),
    },
)

DISTORTED_DIGITS = DatasetKind(
    "distorted_digits",
    "Distorted digits",
    "Handwritten digits that are turned, made smaller and moved by chance, in images (1, 16, 16); the class is the "
    "digit. A spatial transformer learns to put them straight.",
    SOURCE + " The distortions are generated from the seed.",
    _distorted_layout,
    _distorted,
    {
        **options.samples(3000, "images"),
        **options.whole("size", 16, 8, 64, _EDGE),
        **options.real("rotation", 60.0, 180.0, "Each is turned by up to this angle, in degrees, either way."),
        **options.real("shrinking", 0.5, 0.9, "Each is made smaller by up to this share."),
        **options.real("shift", 0.15, 0.5, "Each is moved by up to this share of the image's size, each way."),
    },
)
