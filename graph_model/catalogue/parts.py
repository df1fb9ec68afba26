"""Parts of what arrives: a range, one index, several pieces; and one part several times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import axis_objection, enlarging
from graph_model.kind import Kind, Port, TorchCall
from graph_model.number_lists import Integers
from graph_model.objection import Insertion, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer

FURTHEST = 1_000_000


class Slice(Kind):
    """Keeps a range along one axis: from start up to, and without, stop, each step-th entry.

    Takes (batch, …) and gives it with fewer entries along dim. Negative numbers count from the end, as in Python:
    start −3 keeps the last three.
    """

    also_called = ("crop", "range", "narrow")
    family = "Shape"
    formula = "y = x[start : stop : step]"
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis along which the range lies; 0 is the batch.")
    start = Integer(
        default=0, minimum=-FURTHEST, maximum=FURTHEST, meaning="The first entry that is kept, counted from 0."
    )
    stop = Integer(
        default=None,
        optional=True,
        minimum=-FURTHEST,
        maximum=FURTHEST,
        meaning="The entry before which it ends; empty: it goes to the end.",
    )
    step = Integer(default=1, minimum=1, maximum=FURTHEST, meaning="How far it is from one kept entry to the next.")
    torch = TorchCall("compiler.modules.shape.Slice", arguments=("dim", "start", "stop", "step"))
    onnx = OnnxOperator(emitter="parts.sliced")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        wrong = axis_objection(shapes, parameters["dim"])
        if wrong is not None:
            return wrong
        size = int((shapes[0] or ())[parameters["dim"]])
        kept = range(size)[parameters["start"] : parameters["stop"] : parameters["step"]]
        if kept:
            return None
        shown = self.summary(parameters)
        words = f"axis {parameters['dim']} has the entries 0 to {size - 1}, and the range {shown} keeps none of them"
        return Objection(words, {"start": 0, "stop": None})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        stop = "" if parameters["stop"] is None else parameters["stop"]
        step = "" if parameters["step"] == 1 else f":{parameters['step']}"
        return f"{parameters['start']}:{stop}{step}"


class Select(Kind):
    """Picks one entry along one axis, which goes away: the last time step is dim 1, index −1.

    Takes (batch, …) with at least two axes beside the batch and gives it without the axis dim.
    """

    also_called = ("pick", "gather", "index")
    family = "Shape"
    formula = "y = x[index]"
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis along which one entry is picked; 0 is the batch.")
    index = Integer(
        default=-1, minimum=-FURTHEST, maximum=FURTHEST, meaning="The entry, counted from 0; −1 is the last."
    )
    torch = TorchCall(function="torch.select", arguments=("dim", "index"))
    onnx = OnnxOperator(emitter="parts.selected")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        shape, index = shapes[0] or (), parameters["index"]
        wrong = axis_objection(shapes, parameters["dim"])
        if wrong is not None:
            return wrong
        if len(shape) == 2:
            return Objection("nothing but the batch would be left; a Slice keeps the axis, with size 1")
        size = int(shape[parameters["dim"]])
        if -size <= index < size:
            return None
        words = f"axis {parameters['dim']} has the entries 0 to {size - 1}, and there is no entry {index}"
        return Objection(words, {"index": -1})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"axis {parameters['dim']}: {parameters['index']}"


def piece(number: int) -> Port:
    """The port of a piece, counted from 1."""
    return Port(f"piece {number}", meaning=f"Piece {number} along the axis.")


class Split(Kind):
    """Cuts an axis into pieces, one at each output port.

    Takes (batch, …) and gives as many pieces as parts, equally large, or pieces of the given sizes. Laid side by side
    with a Concat they are the input again.
    """

    also_called = ("chunk", "divide axis")
    family = "Shape"
    formula = "x = [y₁, y₂, …]"
    parts = Integer(default=2, minimum=2, maximum=64, meaning="Number of equally large pieces.")
    sizes = Integers(
        default=None,
        optional=True,
        minimum=1,
        fewest=2,
        most=64,
        example="[10, 6]",
        meaning="The size of each piece, in the place of parts; empty: equally large pieces.",
    )
    dim = Integer(default=1, minimum=-6, maximum=6, meaning="The axis that is cut; 0 is the batch.")
    outputs = (piece(1), piece(2))
    torch = TorchCall("compiler.modules.shape.Split", arguments=("parts", "sizes", "dim"))
    onnx = OnnxOperator(emitter="parts.split")

    def declared_for(self, parameters: Mapping[str, Any]) -> Kind:
        """An output port for each piece."""
        count = len(parameters["sizes"]) if parameters["sizes"] else parameters["parts"]
        return self.with_ports(outputs=tuple(piece(number) for number in range(1, count + 1)))

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        wrong = axis_objection(shapes, parameters["dim"])
        if wrong is not None:
            return wrong
        size, sizes, parts = int((shapes[0] or ())[parameters["dim"]]), parameters["sizes"], parameters["parts"]
        if sizes is not None and sum(sizes) != size:
            rest = size - sum(sizes[:-1])
            words = f"its sizes {sizes} add up to {sum(sizes)}, but axis {parameters['dim']} has {size}"
            fitting = [*sizes[:-1], rest] if rest > 0 else _pieces(size, len(sizes))
            return self._uneven(words, fitting, parameters, shapes, sum(sizes))
        if sizes is None and size % parts:
            words = f"axis {parameters['dim']} has size {size}, which {parts} equally large pieces do not fill"
            return self._uneven(words, _pieces(size, parts), parameters, shapes, parts)
        return None

    def _uneven(
        self, words: str, sizes: list[int], parameters: Mapping[str, Any], shapes: Shapes, wanted: int
    ) -> Objection:
        """Pieces of other sizes, or more to cut where there are too few."""
        if 0 not in sizes:
            return Objection(words, {"sizes": sizes})
        return Objection(words, insertion=enlarging(shapes[0] or (), parameters["dim"], wanted))

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return (
            " + ".join(str(size) for size in parameters["sizes"]) if parameters["sizes"] else f"÷ {parameters['parts']}"
        )


def _pieces(size: int, count: int) -> list[int]:
    """So many pieces, as equal as they can be."""
    even, more = divmod(size, count)
    return [even + 1] * more + [even] * (count - more)


class Expand(Kind):
    """Repeats what has size 1 along an axis: (batch, 1, 64) becomes (batch, 10, 64).

    Takes (batch, …) and gives (batch, sizes). A vector of the whole sequence is so laid beside every time step.
    """

    also_called = ("broadcast", "repeat", "tile")
    family = "Shape"
    formula = "(batch, 1, …) → (batch, n, …)"
    sizes = Integers(
        default=[-1],
        minimum=-1,
        example="[10, -1]",
        meaning="The size of each axis of a sample, without the batch; −1 leaves it as it is.",
    )
    torch = TorchCall("compiler.modules.shape.Expand", arguments=("sizes",))
    onnx = OnnxOperator(emitter="parts.expanded")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        given, sizes = list((shapes[0] or ())[1:]), parameters["sizes"]
        fits = len(given) == len(sizes) and all(
            new == -1 or new == old or (old == 1 and new > 0) for old, new in zip(given, sizes, strict=True)
        )
        if fits:
            return None
        words = (
            f"sizes = {sizes} needs an entry for each axis but the batch, where only an axis of size 1 can grow and "
            f"−1 leaves one as it is"
        )
        kept = [*sizes, *[-1] * len(given)][: len(given)]
        change = [new if old == 1 and new > 0 else -1 for old, new in zip(given, kept, strict=True)]
        if not change:  # one number for each sample has no axis that could grow
            return Objection(words, insertion=Insertion(0, "Unsqueeze", {"dim": 1}))
        return Objection(words, {"sizes": change})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return "×".join("·" if size == -1 else str(size) for size in parameters["sizes"])
