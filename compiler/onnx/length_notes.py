"""Dynamic axes in ONNX files: a dimension with a name in place of a size. How long it is drawn stands in a note.

Other programs pass over the note, and a file without it is as good: its axes are drawn at a length that is taken for
granted.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import onnx

from compiler.dynamic_axes import Lengths
from compiler.program import Program
from graph_model import DocumentError
from graph_model.parameters import BATCH_NAME, NAMELESS

KEY = "gradcanvas.lengths"
UNKNOWN_LENGTH = 16
"""How long an axis is drawn of which a file says no more than a name."""
LONGEST = 2**20

Sizes = dict[str, list[int]]


def write_lengths(model: onnx.ModelProto, program: Program, lengths: Lengths) -> None:
    """Note the shapes that Inputs with dynamic axes are drawn with."""
    if not lengths.axes:
        return
    dynamic = {identifier for axis in lengths.axes for identifier, _ in axis.places}
    shapes = {given.name: list(given.shape) for given in program.inputs if given.steps[0].node.id in dynamic}
    entry = model.metadata_props.add()
    entry.key, entry.value = KEY, msgspec.json.encode(shapes).decode()


def read_lengths(model: onnx.ModelProto) -> Sizes:
    """Return name of an input -> shape of a sample as it was drawn; nothing if there is no note, or what is there is
    none."""
    for entry in model.metadata_props:
        if entry.key == KEY:
            try:
                return msgspec.json.decode(entry.value, type=Sizes)
            except msgspec.MsgspecError:
                return {}
    return {}


def drawn_sizes(name: str, dimensions: Sequence[onnx.TensorShapeProto.Dimension], drawn: Sizes) -> list[int]:
    """Return the shape with which an input is drawn. Raises DocumentError for an axis with neither size nor name."""
    sizes = [dimension.dim_value for dimension in dimensions][1:]
    noted = drawn.get(name, [])
    if len(noted) != len(sizes) or not all(0 < size <= LONGEST for size in noted):
        noted = [UNKNOWN_LENGTH] * len(sizes)
    for number, axis in enumerate(_names(dimensions)):
        if axis != NAMELESS:
            sizes[number] = noted[number]
    if not sizes or any(size < 1 for size in sizes):
        raise DocumentError(
            f"The input '{name}' has an axis beside its batch with neither a size nor a name: it cannot be drawn."
        )
    return sizes


def names_of_axes(dimensions: Sequence[onnx.TensorShapeProto.Dimension]) -> str:
    """Return the dynamic axes of an input beside its batch, as the kind Input has them."""
    names = _names(dimensions)
    return ", ".join(names) if any(name != NAMELESS for name in names) else ""


def _names(dimensions: Sequence[onnx.TensorShapeProto.Dimension]) -> list[str]:
    names: list[str] = []
    for dimension in list(dimensions)[1:]:
        text = "".join(sign if sign.isalnum() else "_" for sign in dimension.dim_param)
        name = text if text.isidentifier() and text != BATCH_NAME else f"axis_{text}" if text else NAMELESS
        names.append(NAMELESS if dimension.dim_value > 0 or name in names else name)
    return names
