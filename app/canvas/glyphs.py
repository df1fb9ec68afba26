"""Small drawings inside cards and neurons: the curve of an activation, what a kind does to its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

BELLS = (
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "GroupNorm",
    "LayerNorm", "RMSNorm", "LocalResponseNorm",
)  # fmt: skip
DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")
SOFTMAXES = ("Softmax", "Softmin", "LogSoftmax", "Softmax2d")
CURVES: Mapping[str, Callable[[float], float]] = {
    "Sigmoid": lambda z: 1 / (1 + math.exp(-2.2 * z)) * 2 - 1,
    "Tanh": lambda z: math.tanh(1.8 * z),
    "ReLU": lambda z: max(0.0, z) * 1.2 - 0.3,
    "LeakyReLU": lambda z: (z if z > 0 else 0.15 * z) * 1.1 - 0.2,
    "PReLU": lambda z: (z if z > 0 else 0.3 * z) * 1.1 - 0.1,
    "ELU": lambda z: (z if z > 0 else 0.45 * (math.exp(3 * z) - 1)) * 1.0,
    "GELU": lambda z: z * 0.5 * (1 + math.erf(2.2 * z)) * 1.2 - 0.2,
    "CELU": lambda z: z if z > 0 else 0.45 * (math.exp(3 * z) - 1),
    "SELU": lambda z: z if z > 0 else 0.6 * (math.exp(3 * z) - 1),
    "SiLU": lambda z: 1.2 * z / (1 + math.exp(-4 * z)) - 0.2,
    "Mish": lambda z: 1.2 * z * math.tanh(math.log1p(math.exp(4 * z))) - 0.2,
    "Softplus": lambda z: math.log1p(math.exp(4 * z)) / 4 - 0.3,
    "LogSigmoid": lambda z: 0.6 - math.log1p(math.exp(-4 * z)) / 4,
    "Softsign": lambda z: 1.4 * z / (0.4 + abs(z)),
    "Tanhshrink": lambda z: 1.6 * (z - math.tanh(2 * z) / 2),
    "Hardsigmoid": lambda z: max(-0.9, min(0.9, 1.8 * z)),
    "Hardtanh": lambda z: max(-0.6, min(0.6, 1.8 * z)),
    "ReLU6": lambda z: max(0.0, min(0.9, 1.8 * z)) - 0.4,
    "Hardswish": lambda z: 1.2 * z * max(0.0, min(1.0, z + 0.5)) - 0.2,
    "Hardshrink": lambda z: z if abs(z) > 0.45 else 0.0,
    "Softshrink": lambda z: 1.6 * (z - max(-0.4, min(0.4, z))),
    "Threshold": lambda z: z if z > 0.3 else -0.3,
    "RReLU": lambda z: (z if z > 0 else 0.22 * z) * 1.1 - 0.15,
    "Identity": lambda z: z,
    **dict.fromkeys(BELLS, lambda z: 1.7 * math.exp(-5 * z * z) - 0.8),
}
WORDS = {"Delay": "t−1"}
POINTS = 25
BLOCK_GLYPH = "a block"
NUMBER = "number "
"""What the glyph's name of a single number of the sample begins with."""


def glyph_text(name: str) -> str:
    """The word or number that is written instead of a drawing; empty for most."""
    if name in WORDS:
        return WORDS[name]
    return "max" if name == "MaxoutGroup" else name.removeprefix(NUMBER) if name.startswith(NUMBER) else ""


@lru_cache(maxsize=256)
def glyph(name: str) -> QPainterPath:
    """The drawing for a kind or an activation, between −1 and 1 in both directions; empty if there is none."""
    path = QPainterPath()
    if name in CURVES:
        for step in range(POINTS):
            z = -1 + 2 * step / (POINTS - 1)
            point = QPointF(z, -max(-1.0, min(1.0, CURVES[name](z))))
            path.moveTo(point) if step == 0 else path.lineTo(point)
    elif name in SOFTMAXES:
        for index, height in enumerate((0.5, 1.8, 0.8, 0.25)):
            path.addRect(QRectF(-0.95 + index * 0.52, 0.9 - height, 0.34, height))
    elif name == "Flatten":
        for index in range(3):
            path.addRect(QRectF(-0.95 + 0.28 * index, -0.95 + 0.22 * index, 0.8, 0.6))
        path.addRect(QRectF(-0.95, 0.6, 1.9, 0.3))
    elif name == "Unflatten":
        path.addRect(QRectF(-0.95, -0.9, 1.9, 0.3))
        for index in range(3):
            path.addRect(QRectF(-0.95 + 0.28 * index, -0.25 + 0.22 * index, 0.8, 0.6))
    elif name in ("RNN", "GRU", "LSTM", "LSTMVariant"):
        for x in (-0.68, 0.0, 0.68):
            path.addRect(QRectF(x - 0.2, -0.2, 0.4, 0.4))
            for start, stop in ((0.2, 0.75), (-0.2, -0.75)):
                path.moveTo(x, start)
                path.lineTo(x, stop)
        for x in (-0.34, 0.34):
            path.moveTo(x - 0.14, 0.0)
            path.lineTo(x + 0.14, 0.0)
    elif name in DROPOUTS:
        for index in range(9):
            x, y = -0.7 + 0.7 * (index % 3), -0.7 + 0.7 * (index // 3)
            if index in (1, 5, 6):
                path.moveTo(x - 0.16, y - 0.16)
                path.lineTo(x + 0.16, y + 0.16)
                path.moveTo(x - 0.16, y + 0.16)
                path.lineTo(x + 0.16, y - 0.16)
            else:
                path.addEllipse(QPointF(x, y), 0.18, 0.18)
    elif name == BLOCK_GLYPH:
        for x, y in ((-0.95, -0.3), (0.45, -0.9), (0.45, 0.3)):
            path.addRoundedRect(QRectF(x, y, 0.6, 0.6), 0.12, 0.12)
        for y in (-0.6, 0.6):
            path.moveTo(-0.35, 0.0)
            path.cubicTo(0.05, 0.0, 0.05, y, 0.45, y)
    elif name == "Add":
        for start, stop in (((-0.7, 0.0), (0.7, 0.0)), ((0.0, -0.7), (0.0, 0.7))):
            path.moveTo(*start)
            path.lineTo(*stop)
    elif name == "Concat":
        for index in range(3):
            path.addRect(QRectF(-0.5, -0.95 + 0.66 * index, 1.0, 0.56))
    return path
