"""Changes of shape that leave every value as it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from graph_model.agreement import axis_objection, batch_objection, new_axis_objection
from graph_model.kind import Kind, TorchCall
from graph_model.number_lists import Integers
from graph_model.objection import CAME, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer, Shape


class Flatten(Kind):
    """Lays all values of a sample in one row: (batch, 16, 4, 4) becomes (batch, 256).

    Takes (batch, …) and gives (batch, n). Stands between feature maps and a fully connected layer.
    """

    also_called = ("to vector", "vectorize")
    family = "Shape"
    formula = "(batch, …) → (batch, product of …)"
    start_dim = Integer(default=1, minimum=-6, maximum=6, meaning="First axis that is laid flat; 0 is the batch.")
    end_dim = Integer(default=-1, minimum=-6, maximum=6, meaning="Last axis that is laid flat; −1 is the last.")
    torch = TorchCall("torch.nn.Flatten", arguments=("start_dim", "end_dim"))
    onnx = OnnxOperator(emitter="shapes.flatten")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        rank, names = len(shapes[0] or ()), ("start_dim", "end_dim")
        dims = [parameters[name] for name in names]
        for name, dim in zip(names, dims, strict=True):
            if not -rank <= dim < rank:
                words = f"receives {CAME}, which has no axis {dim} for its {name}"
                return Objection(words, {name: 1 if name == "start_dim" else -1})
        first, last = (dim % rank for dim in dims)
        if first == 0:
            return batch_objection({"start_dim": 1} if last else {"start_dim": 1, "end_dim": -1})
        if first <= last:
            return None
        words = f"start_dim = {dims[0]} must not stand behind end_dim = {dims[1]}"
        return Objection(words, {"start_dim": max(last, 1), "end_dim": first})


class Unflatten(Kind):
    """Folds one axis into several: (batch, 32) becomes (batch, 2, 4, 4).

    Takes (batch, …) and gives it with more axes. Neurons that are wired here are laid side by side in the order of
    connecting, then row after row, map after map.
    """

    also_called = ("to image", "fold axis")
    family = "Shape"
    formula = "(batch, product of …) → (batch, …)"
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis that is folded; 0 is the batch.")
    unflattened_size = Shape(default=[1, 8, 8], meaning="The axes that it becomes, e.g. [2, 4, 4].")
    torch = TorchCall("torch.nn.Unflatten", arguments=("dim", "unflattened_size"))
    onnx = OnnxOperator(emitter="shapes.unflatten")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape, dim, sizes = shapes[0] or (), parameters["dim"], parameters["unflattened_size"]
        wrong = axis_objection(shapes, dim)
        if wrong is not None or int(shape[dim]) == math.prod(sizes):
            return wrong
        words = f"axis {dim} has {shape[dim]} numbers, which do not fill the unflattened_size {sizes}"
        return Objection(words, {"unflattened_size": _nearest(sizes, int(shape[dim]))})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return "×".join(str(size) for size in parameters["unflattened_size"])


class Reshape(Kind):
    """Gives the numbers of a sample another shape: (batch, 6, 4) becomes (batch, 3, 8).

    Takes (batch, …) and gives (batch, shape). The numbers stay in their order, the last axis running fastest. One size
    may be −1: it is found from the others.
    """

    also_called = ("view",)
    family = "Shape"
    formula = "(batch, …) → (batch, shape)"
    shape = Integers(
        default=[-1],
        minimum=-1,
        example="[3, 8] or [-1, 8]",
        meaning="The new shape of a sample, without the batch; one size may be −1.",
    )
    torch = TorchCall("compiler.modules.shape.Reshape", arguments=("shape",))
    onnx = OnnxOperator(emitter="shapes.reshape")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        sizes, count = parameters["shape"], _count(shapes[0])
        if 0 in sizes or sizes.count(-1) > 1:
            words = f"its shape {sizes} must have sizes of at least 1, and −1 at most once"
            return Objection(words, {"shape": [-1]})
        known = math.prod(size for size in sizes if size != -1)
        if count == known if -1 not in sizes else count % known == 0:
            return None
        words = f"a sample has {count} numbers, which do not fill the shape {sizes}"
        return Objection(words, {"shape": _nearest(sizes, count)})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return "×".join(str(size) for size in parameters["shape"])


class Permute(Kind):
    """Puts the axes into another order: (batch, time, features) becomes (batch, features, time).

    Takes (batch, …) and gives the same numbers with their axes in the order of dims. The batch, axis 0, stays
    first.
    """

    also_called = ("transpose", "swap axes")
    family = "Shape"
    formula = "yᵢⱼ = xⱼᵢ"
    dims = Integers(
        default=[0, 2, 1],
        minimum=-6,
        maximum=6,
        most=7,
        example="[0, 2, 1]",
        meaning="The axes of the input in their new order, all of them; the first is 0, the batch.",
    )
    torch = TorchCall(function="torch.permute", arguments=("dims",))
    onnx = OnnxOperator("Transpose", attributes={"perm": "dims"})

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        dims, rank = parameters["dims"], len(shapes[0] or ())
        if dims[0] == 0 and sorted(dims) == list(range(rank)):
            return None
        words = f"dims = {dims} must name each of its axes 0 to {rank - 1} once, and begin with 0, the batch"
        return Objection(words, {"dims": [0, *range(2, rank), 1] if rank > 1 else [0]})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return ", ".join(str(axis) for axis in parameters["dims"])


class Squeeze(Kind):
    """Takes an axis of size 1 away: (batch, 1, 64) becomes (batch, 64).

    Takes (batch, …) with size 1 at the axis dim, and gives it without that axis.
    """

    also_called = ("remove axis",)
    family = "Shape"
    formula = "(batch, 1, …) → (batch, …)"
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis of size 1 that goes away; 0 is the batch.")
    torch = TorchCall(function="torch.squeeze", arguments=("dim",))
    onnx = OnnxOperator(emitter="shapes.squeeze")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape, dim = shapes[0] or (), parameters["dim"]
        ones = [axis for axis in range(1, len(shape)) if shape[axis] == 1]
        wrong = axis_objection(shapes, dim, ones[0] if ones else None)
        if wrong is not None:
            return wrong
        if len(shape) == 2:
            return Objection("nothing but the batch would be left, so this axis must stay")
        if shape[dim] == 1:
            return None
        words = f"axis {dim} has size {shape[dim]}, and only an axis of size 1 can go away"
        return Objection(words, {"dim": ones[0]} if ones else {})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"axis {parameters['dim']}"


class Unsqueeze(Kind):
    """Puts in an axis of size 1: (batch, 64) becomes (batch, 1, 64).

    Takes (batch, …) and gives it with an axis of size 1 at the place dim.
    """

    also_called = ("add axis", "expand dims")
    family = "Shape"
    formula = "(batch, …) → (batch, 1, …)"
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The place of the new axis; 0 is the batch.")
    torch = TorchCall(function="torch.unsqueeze", arguments=("dim",))
    onnx = OnnxOperator(emitter="shapes.unsqueeze")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return new_axis_objection(shapes, parameters["dim"])

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"axis {parameters['dim']}"


def _count(shape: Sequence[Any] | None) -> int:
    """How many numbers a sample has."""
    return math.prod(int(size) for size in (shape or ())[1:])


def _nearest(sizes: Sequence[int], count: int) -> list[int]:
    """A shape with so many numbers: the first of these sizes as far as they divide it, then the rest."""
    kept: list[int] = []
    for size in sizes[:-1]:
        if size < 1 or count % size:
            break
        kept.append(size)
        count //= size
    return [*kept, count]
