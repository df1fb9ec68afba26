"""Padding: a border around a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from graph_model.catalogue.fields import IMAGES, NOUNS, SIGNALS, VOLUMES, along, border_objection
from graph_model.kind import Kind, TorchCall, size_text
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Real, Size

SIDES = {
    1: "Steps added at the start and at the end; a list gives each.",
    2: "Pixels added at the left, right, top and bottom; a list gives each.",
    3: "Voxels added at the left, right, top, bottom, front and back; a list gives each.",
}
MOST_CROPPED = -65_536


def _padding(dimensions: int, *, crops: bool = False) -> Size:
    meaning = SIDES[dimensions].removesuffix(".") + (", and less than 0 cuts off." if crops else ".")
    return Size(default=1, dimensions=2 * dimensions, minimum=MOST_CROPPED if crops else 0, meaning=meaning)


class Padding(Kind):
    """Base of the paddings."""

    family = "Resampling"
    mode: ClassVar[str] = ""
    """What torch.nn.functional.pad calls it."""
    onnx = OnnxOperator(emitter="padding.pad")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        padding = parameters["padding"]
        return str(padding) if isinstance(padding, int) else ", ".join(str(side) for side in padding)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape = shapes[0]
        if shape is None:
            return None
        before, after = sides(parameters["padding"], len(shape) - 2)
        left = [
            int(size) + min(one, 0) + min(other, 0) for size, one, other in zip(shape[2:], before, after, strict=True)
        ]
        if min(left) < 1:
            noun = NOUNS[len(left)]
            return Objection(
                f"its padding {size_text(parameters['padding'])} cuts off the whole {noun}", {"padding": 0}
            )
        widest = [max(pair) for pair in zip(before, after, strict=True)]
        return border_objection(self.mode, widest, shape)


def sides(padding: int | Sequence[int], axes: int) -> tuple[list[int], list[int]]:
    """What is added before and after each axis, first axis first; torch lists the last axis first."""
    given = along(padding, 2 * axes)
    return given[0::2][::-1], given[1::2][::-1]


class ReflectionPadding(Padding):
    """Base: the border mirrors the map."""

    also_called = ("mirror padding",)
    mode = "reflect"
    formula = "a = x mirrored at its edges"


class ReflectionPad1d(ReflectionPadding):
    """Mirrors a signal at both ends, without repeating its first and last value.

    Takes (batch, channels, length) and gives (batch, channels, length + both sides).
    """

    padding = _padding(1)
    torch = TorchCall("torch.nn.ReflectionPad1d", arguments=("padding",))
    needs = Needs(ranks=(3,), words=SIGNALS)


class ReflectionPad2d(ReflectionPadding):
    """Mirrors an image at its edges, without repeating the edge itself.

    Takes (batch, channels, height, width) and gives it with larger sides. A convolution behind it sees no black
    frame, so that images have no seam at their border.
    """

    padding = _padding(2)
    torch = TorchCall("torch.nn.ReflectionPad2d", arguments=("padding",))
    needs = Needs(ranks=(4,), words=IMAGES)


class ReflectionPad3d(ReflectionPadding):
    """Mirrors a volume at its faces, without repeating the face itself.

    Takes (batch, channels, depth, height, width) and gives it with larger sides.
    """

    padding = _padding(3)
    torch = TorchCall("torch.nn.ReflectionPad3d", arguments=("padding",))
    needs = Needs(ranks=(5,), words=VOLUMES)


class ReplicationPadding(Padding):
    """Base: the border repeats the edge."""

    also_called = ("edge padding",)
    mode = "replicate"
    formula = "a = x with its edge repeated"


class ReplicationPad1d(ReplicationPadding):
    """Repeats the first and the last value of a signal.

    Takes (batch, channels, length) and gives (batch, channels, length + both sides).
    """

    padding = _padding(1)
    torch = TorchCall("torch.nn.ReplicationPad1d", arguments=("padding",))
    needs = Needs(ranks=(3,), words=SIGNALS)


class ReplicationPad2d(ReplicationPadding):
    """Repeats the edge of an image outwards.

    Takes (batch, channels, height, width) and gives it with larger sides.
    """

    padding = _padding(2)
    torch = TorchCall("torch.nn.ReplicationPad2d", arguments=("padding",))
    needs = Needs(ranks=(4,), words=IMAGES)


class ReplicationPad3d(ReplicationPadding):
    """Repeats the faces of a volume outwards.

    Takes (batch, channels, depth, height, width) and gives it with larger sides.
    """

    padding = _padding(3)
    torch = TorchCall("torch.nn.ReplicationPad3d", arguments=("padding",))
    needs = Needs(ranks=(5,), words=VOLUMES)


class ZeroPadding(Padding):
    """Base: the border is 0."""

    also_called = ("zero padding", "crop", "frame")
    mode = "constant"
    formula = "a = x within, 0 around"


class ZeroPad1d(ZeroPadding):
    """Puts zeros at both ends of a signal.

    Takes (batch, channels, length) and gives (batch, channels, length + both sides).
    """

    padding = _padding(1, crops=True)
    torch = TorchCall("torch.nn.ZeroPad1d", arguments=("padding",))
    needs = Needs(ranks=(3,), words=SIGNALS)


class ZeroPad2d(ZeroPadding):
    """Puts a frame of zeros around an image, or cuts some of it off.

    Takes (batch, channels, height, width) and gives it with larger sides. Unlike a convolution's own padding, each
    side can be chosen.
    """

    padding = _padding(2, crops=True)
    torch = TorchCall("torch.nn.ZeroPad2d", arguments=("padding",))
    needs = Needs(ranks=(4,), words=IMAGES)


class ZeroPad3d(ZeroPadding):
    """Puts zeros around a volume, or cuts some of it off.

    Takes (batch, channels, depth, height, width) and gives it with larger sides.
    """

    padding = _padding(3, crops=True)
    torch = TorchCall("torch.nn.ZeroPad3d", arguments=("padding",))
    needs = Needs(ranks=(5,), words=VOLUMES)


class ConstantPadding(Padding):
    """Base: the border is one value."""

    also_called = ("constant padding",)
    mode = "constant"
    formula = "a = x within, value around"
    padding = _padding(2, crops=True)
    value = Real(default=0.0, meaning="The value of the border.")


class ConstantPad1d(ConstantPadding):
    """Puts one value at both ends of a signal.

    Takes (batch, channels, length) and gives (batch, channels, length + both sides).
    """

    padding = _padding(1, crops=True)
    torch = TorchCall("torch.nn.ConstantPad1d", arguments=("padding", "value"))
    needs = Needs(ranks=(3,), words=SIGNALS)


class ConstantPad2d(ConstantPadding):
    """Puts a frame of one value around an image, or cuts some of it off.

    Takes (batch, channels, height, width) and gives it with larger sides.
    """

    torch = TorchCall("torch.nn.ConstantPad2d", arguments=("padding", "value"))
    needs = Needs(ranks=(4,), words=IMAGES)


class ConstantPad3d(ConstantPadding):
    """Puts one value around a volume, or cuts some of it off.

    Takes (batch, channels, depth, height, width) and gives it with larger sides.
    """

    padding = _padding(3, crops=True)
    torch = TorchCall("torch.nn.ConstantPad3d", arguments=("padding", "value"))
    needs = Needs(ranks=(5,), words=VOLUMES)


class CircularPadding(Padding):
    """Base: the border goes on at the opposite side."""

    also_called = ("periodic padding", "wrap")
    mode = "circular"
    formula = "a = x going round"


class CircularPad1d(CircularPadding):
    """Continues a signal at each end with its other end, as if it were a ring.

    Takes (batch, channels, length) and gives (batch, channels, length + both sides).
    """

    padding = _padding(1)
    torch = TorchCall("torch.nn.CircularPad1d", arguments=("padding",))
    needs = Needs(ranks=(3,), words=SIGNALS)


class CircularPad2d(CircularPadding):
    """Continues an image at each side with its opposite side, as for a panorama.

    Takes (batch, channels, height, width) and gives it with larger sides.
    """

    padding = _padding(2)
    torch = TorchCall("torch.nn.CircularPad2d", arguments=("padding",))
    needs = Needs(ranks=(4,), words=IMAGES)


class CircularPad3d(CircularPadding):
    """Continues a volume at each face with its opposite face.

    Takes (batch, channels, depth, height, width) and gives it with larger sides.
    """

    padding = _padding(3)
    torch = TorchCall("torch.nn.CircularPad3d", arguments=("padding",))
    needs = Needs(ranks=(5,), words=VOLUMES)
