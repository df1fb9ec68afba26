"""The shapes of everything that flows in a drawing, as a person and a script see them."""

from __future__ import annotations

from functools import lru_cache

from compiler.axis_texts import NamedSize, Samples, axis_text
from compiler.dynamic_axes import DynamicAxis, Lengths
from compiler.program import Program, lower
from compiler.shapes import Axis, Shape
from graph_model import Graph


def infer_shapes(graph: Graph) -> dict[tuple[str, int], Shape]:
    """Return (node name, output port) -> shape, e.g. ("batch", 32), as far as shapes can be inferred.

    An axis that follows a dynamic one is a text, e.g. ("batch", "time/2", 32). An Output has what arrives at it under
    port 0. What is inside a block has a path for a name: "layer1/conv1".
    """
    program = lower(graph)
    found = _by_name(program, named_shapes(program, program.lengths))
    return {
        place: tuple(axis.text if isinstance(axis, NamedSize) else axis for axis in shape)
        for place, shape in found.items()
    }


def shapes_of_names(program: Program) -> dict[tuple[str, int], Shape]:
    """Return (node name, output port) -> shape as drawn."""
    return _by_name(program, shapes_of(program))


def _by_name(program: Program, shapes: dict[tuple[str, int], Shape]) -> dict[tuple[str, int], Shape]:
    names = {node.id: node.name for node in (*program.graph.nodes(), *program.drawing.nodes())}
    return {(names.get(node_id, node_id), port): shape for (node_id, port), shape in shapes.items()}


def named_shapes(program: Program, lengths: Lengths) -> dict[tuple[str, int], Shape]:
    """Return (node id, output port) -> shape, where a size that follows a dynamic axis is a NamedSize."""
    shapes = shapes_of(program)
    others = [(*key, shapes_of(other)) for key, other in lengths.samples().items()]
    for place, shape in shapes.items():
        met = tuple((name, length, found[place]) for name, length, found in others if place in found)
        if any(other != shape for _, _, other in met):
            shapes[place] = _named(shape, met, lengths.axes)
    return shapes


@lru_cache(maxsize=16_384)
def _named(shape: Shape, met: tuple[tuple[str, int, Shape], ...], axes: tuple[DynamicAxis, ...]) -> Shape:
    """A shape with the sizes that follow dynamic axes named. `met`: name, length, and the shape at that length."""
    return tuple(_named_axis(number, size, met, axes) for number, size in enumerate(shape))


def _named_axis(
    number: int, size: Axis, met: tuple[tuple[str, int, Shape], ...], axes: tuple[DynamicAxis, ...]
) -> Axis:
    if isinstance(size, str):
        return size
    samples = {}
    for axis in axes:
        points = [(length, int(shape[number])) for name, length, shape in met if name == axis.name]
        if points:
            samples[axis.name] = Samples(
                (axis.length, *(at for at, _ in points)), (size, *(found for _, found in points))
            )
    text = axis_text(size, samples)
    return size if text == str(size) else NamedSize(size, text)


def shapes_of(program: Program) -> dict[tuple[str, int], Shape]:
    """Return (node id, output port) -> shape, as drawn."""
    shapes: dict[tuple[str, int], Shape] = {}
    for step in program.steps:
        if step.fault is None and not step.kind.outputs:
            shapes.update({(step.node.id, port): shape for port, shape in enumerate(step.input_shapes)})
        for port, shape in enumerate(step.output_shapes or ()):
            shapes[step.node.id, port] = shape
        for inner in step.over_time.programs[:1] if step.over_time is not None else ():
            shapes.update(shapes_of(inner))
    for place, (node_id, port) in program.flat.leaving.items():
        if (node_id, port) in shapes:
            shapes[place] = shapes[node_id, port]
    return shapes
