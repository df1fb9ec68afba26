"""Interpolation by the nearest value where ONNX's Resize rounds in another way than torch: each place is computed in
torch's order of operations, and what stands there gathered.

Source: torch, aten/src/ATen/native/UpSample.h, nearest_idx and nearest_neighbor_compute_source_index.
"""

from __future__ import annotations

from typing import Any

import numpy
from onnx import TensorProto

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.components import number
from compiler.onnx.kinds.lengths import sizes_of
from compiler.program import Step

SEVERAL = (*range(1, 65), 4096)
"""Lengths of a side that stand for all."""


def is_rounded_alike(mode: str, before: int, after: int, factor: float | None, is_image: bool) -> bool:
    """Whether Resize takes the same values as torch where a side of the map becomes longer or shorter.

    `factor`: what both go by, or None where that is how much longer the side becomes.
    """
    single = numpy.float32
    each = numpy.arange(after).astype(single)
    times = single(before) / single(after) if factor is None else single(1.0 / factor)
    scale = single(after) / single(before) if factor is None else single(factor)
    if mode == "nearest-exact":
        ours = numpy.floor((each + single(0.5)) * times)
        theirs = numpy.floor(((each + single(0.5)) / scale - single(0.5)).astype(numpy.float64) + 0.5)
    else:
        ours, theirs = numpy.floor(each * times), numpy.floor(each / scale)
        if factor is not None and is_image and after in (before, 2 * before):
            ours = numpy.floor(each * single(before / after))
    if factor is not None and after == before and not numpy.array_equal(ours, each):
        return False  # onnxruntime hands a map on whose size stays, whatever the factor
    return bool(numpy.array_equal(ours.clip(0, before - 1), theirs.clip(0, before - 1)))


def larger_side(emitter: Emitter, step: Step, side: str, factor: float, name: str) -> str:
    """Write how long a side becomes, as torch counts: in double precision, rounded down."""
    wide = emitter.add("Cast", [side], step, f"{name}/before", to=TensorProto.DOUBLE)
    by = emitter.constant(f"{step.node.name}/{name}/factor", numpy.array(factor, dtype=numpy.float64))
    product = emitter.add("Mul", [wide, by], step, f"{name}/exact")
    return emitter.add(
        "Cast", [emitter.add("Floor", [product], step, f"{name}/whole")], step, name, to=TensorProto.INT64
    )


class NearestAlong:
    """One side of the map: which of its values each value of the result is. `side`: the number of the side."""

    def __init__(self, emitter: Emitter, step: Step, tensor: str, side: int) -> None:
        self.emitter = emitter
        self.step = step
        self.part = f"side {side}"
        sides = sizes_of(emitter, step, tensor, f"{self.part}/sizes", 2)
        self.before = self._add("Gather", [sides, self._whole("number", side)], "before")

    def places(self, mode: str, after: int | None, factor: float | None, by_factor: bool) -> str:
        """Write the places, one for each value of the result.

        `after`: how many there are, or None where the factor says it. `by_factor`: whether torch goes by the factor
        itself; else by how much longer the side becomes.
        """
        if after is not None:
            end = self._whole("after", after)
        else:
            assert factor is not None
            end = larger_side(self.emitter, self.step, self.before, factor, f"{self.part}/after")
        each = self._add("Range", [self._whole("first", 0), end, self._whole("one", 1)], "each")
        if by_factor:
            assert factor is not None
            apart = number(self.emitter, self.step, f"{self.part}/apart", 1.0 / factor)
        else:
            apart = self._add("Div", [self._single(self.before, "before"), self._single(end, "after")], "apart")
        looked = self._single(each, "each")
        if mode == "nearest-exact":
            looked = self._add("Add", [looked, number(self.emitter, self.step, f"{self.part}/half", 0.5)], "middle")
        found = self._add("Floor", [self._add("Mul", [looked, apart], "found/exact")], "found/whole")
        found = self._add("Cast", [found], "found", to=TensorProto.INT64)
        last = self._add("Sub", [self.before, self._whole("one less", 1)], "last")
        if by_factor and mode == "nearest" and len(self.step.input_shapes[0]) == 4:
            found = self._without_factor(found, each, end)
        return self._add("Min", [found, last], "places")

    def _without_factor(self, found: str, each: str, end: str) -> str:
        """In an image whose side stays as long or becomes twice as long, torch leaves the factor aside."""
        two = self._whole("two", 2)
        is_twice = self._add("Equal", [end, self._add("Mul", [self.before, two], "twice")], "is twice")
        halves = self._add("Div", [each, two], "halves")
        found = self._add("Where", [is_twice, halves, found], "found or halves")
        return self._add("Where", [self._add("Equal", [end, self.before], "stays"), each, found], "found or all")

    def _single(self, whole: str, name: str) -> str:
        return self._add("Cast", [whole], f"{name}/single", to=TensorProto.FLOAT)

    def _whole(self, name: str, value: int) -> str:
        return self.emitter.constant(f"{self.step.node.name}/{self.part}/{name}", numpy.array(value, dtype=numpy.int64))

    def _add(self, operator: str, inputs: list[str], what: str, **attributes: Any) -> str:
        return self.emitter.add(operator, inputs, self.step, f"{self.part}/{what}", **attributes)
