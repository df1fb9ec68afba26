"""Unpooling: the largest values go back to where they stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph_model.catalogue import fields
from graph_model.catalogue.fields import IMAGES, SIGNALS, VOLUMES, along, plain
from graph_model.kind import Kind, Port, TorchCall, size_text
from graph_model.objection import Insertion, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Size

ARGUMENTS = ("kernel_size", "stride", "padding")
ROOM = "compiler.modules.unpooling"


def _padding(dimensions: int) -> Size:
    return Size(
        default=0,
        dimensions=dimensions,
        minimum=0,
        meaning="The padding of the pooling that is undone, in places (steps, pixels, voxels).",
    )


def _size(dimensions: int) -> Size:
    return fields.output_size(dimensions, None, optional=True, more="; empty: as kernel_size and stride say")


class Unpooling(Kind):
    """Base of the unpoolings: the parameters of the 2-D one."""

    family = "Pooling"
    formula = "a[indices] = x, 0 elsewhere"
    source = "Zeiler, Fergus, Visualizing and Understanding Convolutional Networks (2013)"
    inputs = (
        Port("input", meaning="The values that are put back."),
        Port(
            "indices",
            indices=True,
            places=True,
            meaning="Where each of them goes: the indices of a MaxPool with return_indices.",
        ),
    )
    kernel_size = fields.kernel_size(2)
    stride = fields.stride(2)
    padding = _padding(2)
    output_size = _size(2)
    onnx = OnnxOperator(emitter="unpooling.unpool")

    def call(self, parameters: Mapping[str, Any]) -> TorchCall | None:
        """torch's own module; one that knows its size where the pooled map's cannot be computed back."""
        if parameters["output_size"] is None:
            return self.torch
        return TorchCall(f"{ROOM}.Sized{self.name}", arguments=(*ARGUMENTS, "output_size"))

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return self.written_size("kernel_size", parameters)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        values, places = shapes
        if values is None or places is None:
            return None
        if tuple(values) != tuple(places):
            filters = {"out_channels": int(places[1]), "kernel_size": 1}
            only_channels = tuple(values[2:]) == tuple(places[2:])
            return Objection(
                "each value needs one index, so both must have one shape: wire the port 'indices' to a MaxPool with "
                "return_indices that gave this shape",
                insertion=Insertion(0, f"Conv{len(values) - 2}d", filters) if only_channels else None,
            )
        return self._size_objection(parameters, values)

    def _size_objection(self, parameters: Mapping[str, Any], shape: Sequence[Any]) -> Objection | None:
        """torch takes a size that is less than one stride away from the one that it computes."""
        axes = len(shape) - 2
        kernel, padding = along(parameters["kernel_size"], axes), along(parameters["padding"], axes)
        steps = kernel if parameters["stride"] is None else along(parameters["stride"], axes)
        usual = [
            (int(size) - 1) * step + field - 2 * pad
            for size, step, field, pad in zip(shape[2:], steps, kernel, padding, strict=True)
        ]
        if min(usual) < 1:
            return Objection(f"its padding {parameters['padding']} leaves nothing of the result", {"padding": 0})
        if parameters["output_size"] is None:
            return None
        wanted = along(parameters["output_size"], axes)
        if all(abs(one - other) < step for one, other, step in zip(wanted, usual, steps, strict=True)):
            return None
        return Objection(
            f"its output_size {size_text(plain(wanted))} is a stride or more away from {size_text(plain(usual))}, "
            f"which its fields cover",
            {"output_size": None},
        )


class MaxUnpool1d(Unpooling):
    """Undoes a MaxPool1d as far as it can: each value returns to where it stood, all else becomes 0.

    Takes (batch, channels, length) and indices of the same shape; gives (batch, channels, length'). Where two
    values have the same place, either may stay.
    """

    also_called = ("unpooling",)
    kernel_size = fields.kernel_size(1)
    stride = fields.stride(1)
    padding = _padding(1)
    output_size = _size(1)
    torch = TorchCall("torch.nn.MaxUnpool1d", arguments=ARGUMENTS)
    needs = Needs(ranks=(3,), words=SIGNALS)


class MaxUnpool2d(Unpooling):
    """Undoes a MaxPool2d as far as it can: each value returns to where it stood, all else becomes 0.

    Takes (batch, channels, height, width) and indices of the same shape; gives (batch, channels, height', width').
    Decoders use it to draw sharp edges again, since it knows where in its field the largest value was. Pooling may
    drop a last row or column: then give output_size.
    """

    also_called = ("unpooling",)
    torch = TorchCall("torch.nn.MaxUnpool2d", arguments=ARGUMENTS)
    needs = Needs(ranks=(4,), words=IMAGES)


class MaxUnpool3d(Unpooling):
    """Undoes a MaxPool3d as far as it can: each value returns to where it stood, all else becomes 0.

    Takes (batch, channels, depth, height, width) and indices of the same shape; gives (batch, channels, depth',
    height', width').
    """

    also_called = ("unpooling",)
    kernel_size = fields.kernel_size(3)
    stride = fields.stride(3)
    padding = _padding(3)
    output_size = _size(3)
    torch = TorchCall("torch.nn.MaxUnpool3d", arguments=ARGUMENTS)
    needs = Needs(ranks=(5,), words=VOLUMES)
