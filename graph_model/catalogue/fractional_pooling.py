"""Pooling that shrinks a map by any factor, not only by whole ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from graph_model.catalogue import fields
from graph_model.catalogue.fields import IMAGES, NOUNS, VOLUMES, along, plain
from graph_model.catalogue.pooling import GivesIndices
from graph_model.kind import TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Real

ARGUMENTS = ("kernel_size", "output_size", "output_ratio", "return_indices")


class FractionalMaxPooling(GivesIndices):
    """Base of the fractional poolings: the parameters of the 2-D one."""

    family = "Pooling"
    spare: ClassVar[int] = 1
    """How much larger than the map kernel_size and output_size together may be, as torch wants it."""
    formula = "a = max over fields at irregular steps"
    source = "Graham, Fractional Max-Pooling (2014)"
    kernel_size = fields.kernel_size(2)
    output_size = fields.output_size(2, None, optional=True, more="; empty: as output_ratio says")
    output_ratio = Real(
        default=0.5,
        optional=True,
        minimum=0.0,
        exclusive_minimum=True,
        maximum=0.999999,
        meaning="The size of the result as a share of the map's, between 0 and 1; empty: output_size is given.",
    )
    return_indices = fields.return_indices()
    onnx = OnnxOperator(emitter="fractional_pooling.largest")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        size = parameters["output_size"]
        return (
            f"× {parameters['output_ratio']:g}" if size is None else f"→ {self.written_size('output_size', parameters)}"
        )

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape, size, ratio = shapes[0], parameters["output_size"], parameters["output_ratio"]
        if size is None and ratio is None:
            return Objection("it needs an output_size or an output_ratio", {"output_ratio": 0.5})
        if size is not None and ratio is not None:
            return Objection("it has an output_size and an output_ratio, and only one can hold", {"output_ratio": None})
        if shape is None:
            return None
        axes = len(shape) - 2
        sizes = [int(entry) for entry in shape[2:]]
        given = [int(entry * ratio) for entry in sizes] if size is None else along(size, axes)
        one_each = {"output_size": 1, "output_ratio": None}
        if min(given) < 1:
            return Objection(f"its output_ratio {ratio:g} leaves nothing of that {NOUNS[axes]}", one_each)
        most = [entry - result + self.spare for entry, result in zip(sizes, given, strict=True)]
        kernel = along(parameters["kernel_size"], axes)
        if all(one <= limit for one, limit in zip(kernel, most, strict=True)):
            return None
        results = "×".join(str(result) for result in given)
        words = (
            f"its kernel_size {parameters['kernel_size']} is too large for {results} results from that {NOUNS[axes]}: "
            f"kernel_size and the number of results together may be {'1 more than' if self.spare else 'no more than'} "
            f"its size"
        )
        fitting = [min(one, limit) for one, limit in zip(kernel, most, strict=True)]
        if min(fitting) >= 1:
            return Objection(words, {"kernel_size": plain(fitting)})
        return Objection(words, {} if set(given) == {1} else one_each)


class FractionalMaxPool2d(FractionalMaxPooling):
    """Keeps the largest value of fields whose steps differ by a pixel, now shorter, now longer, at random.

    Takes (batch, channels, height, width) and gives (batch, channels, height', width'). So a map can shrink by any
    factor, also by less than 2: with output_ratio 0.7 the steps are one or two pixels long. Each step of training sees
    another choice. Once trained, the fields stand as evenly as they can, so that
    one input always gives one answer.
    """

    also_called = ("random pooling",)
    torch = TorchCall("compiler.modules.fractional_pooling.FractionalPooling2d", arguments=ARGUMENTS)
    needs = Needs(ranks=(4,), words=IMAGES)


class FractionalMaxPool3d(FractionalMaxPooling):
    """Keeps the largest value of blocks whose steps differ by a voxel, now shorter, now longer, at random.

    Takes (batch, channels, depth, height, width) and gives (batch, channels, depth', height', width'). Once trained,
    the blocks stand as evenly as they can, so that one input always gives one answer.
    """

    also_called = ("random pooling",)
    spare = 0
    kernel_size = fields.kernel_size(3)
    output_size = fields.output_size(3, None, optional=True, more="; empty: as output_ratio says")
    torch = TorchCall("compiler.modules.fractional_pooling.FractionalPooling3d", arguments=ARGUMENTS)
    needs = Needs(ranks=(5,), words=VOLUMES)
