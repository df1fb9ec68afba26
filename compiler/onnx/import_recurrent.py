"""Recurrent layers out of an ONNX model, with the changes of axes around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy
import onnx

from compiler.onnx.imported import Constant, Rearranged, Result, Value
from compiler.onnx.kinds.recurrent import GRU_GATES, TORCH_GATES, reordered
from graph_model import Node

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer

AXES = ("batch", "time", "features")
"""Of a sequence in a drawing."""
TIME_FIRST = ("time", "batch", "features")
GATES = {"RNN": (0,), "GRU": GRU_GATES, "LSTM": TORCH_GATES}
"""Where in ONNX's order torch's gates are."""
FUNCTIONS = {
    "RNN": ([b"Tanh"], [b"Relu"]),
    "GRU": ([b"Sigmoid", b"Tanh"],),
    "LSTM": ([b"Sigmoid", b"Tanh", b"Tanh"],),
}
"""What torch applies in each direction: to gates, new content or cell, and output."""
INITIAL = {5: "initial_h", 6: "initial_c"}


def recurrent(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """One layer of an RNN, a GRU or an LSTM, in one direction or in both; raises ValueError for what torch's does not
    have."""
    batch_first = bool(attributes.get("layout", 0))
    sequence = importer.input(node, 0)
    axes = AXES if isinstance(sequence, Result) else sequence.axes if isinstance(sequence, Rearranged) else ()
    if axes != (AXES if batch_first else TIME_FIRST):
        wanted = ", ".join(AXES if batch_first else TIME_FIRST)
        raise ValueError(f"its axes must come as ({wanted})")
    directions = _checked_directions(importer, node, attributes)
    weights = [importer.constant(node, index) for index in (1, 2)]
    biases = importer.constant(node, 3)
    hidden = int(attributes["hidden_size"])
    if isinstance(sequence, Rearranged):
        sequence = Result(sequence.node)
    parameters: dict[str, Any] = {"hidden_size": hidden, "bias": biases is not None, "bidirectional": directions == 2}
    if node.op_type == "RNN":
        parameters["nonlinearity"] = attributes.get("activations", [b"Tanh"])[0].decode().lower()
    drawn = importer.add(node.op_type, node, [sequence], **parameters)
    gates = GATES[node.op_type]
    for number, suffix in enumerate(("_l0", "_l0_reverse")[:directions]):
        for name, array in zip(("weight_ih", "weight_hh"), weights, strict=True):
            if array is None or array.shape[:2] != (directions, len(gates) * hidden):
                raise ValueError("its weights are not constants of its hidden_size")
            importer.set_weight(drawn, f"{name}{suffix}", reordered(array[number], gates))
        if biases is not None:
            for name, part in zip(("bias_ih", "bias_hh"), numpy.split(biases[number], 2), strict=True):
                importer.set_weight(drawn, f"{name}{suffix}", reordered(part, gates))
    own = ("direction", "features")
    return Rearranged(drawn, ("batch", "time", *own) if batch_first else ("time", "direction", "batch", "features"))


def _checked_directions(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> int:
    """Return in how many directions a layer reads; raises ValueError for what cannot be drawn."""
    direction = attributes.get("direction", b"forward")
    directions = {b"forward": 1, b"bidirectional": 2}.get(direction)
    if directions is None:
        raise ValueError(f"it reads in the direction '{direction.decode()}' only")
    known = FUNCTIONS[node.op_type]
    functions = [name.lower() for name in attributes.get("activations", known[0] * directions)]
    if functions not in [[name.lower() for name in one * directions] for one in known]:
        own = "its states have other functions than tanh or relu"
        raise ValueError(own if node.op_type == "RNN" else "its gates have other functions than sigmoid and tanh")
    if node.op_type == "GRU" and not attributes.get("linear_before_reset"):
        raise ValueError("its reset gate comes before the weights of the state; in torch's it comes after them")
    if attributes.get("clip") or attributes.get("input_forget"):
        raise ValueError("its values are clipped, or its input and forget gate are coupled")
    given = list(node.input)
    if any(index < len(given) and given[index] for index in (4, 7)):
        raise ValueError("it has sequences of several lengths, or peepholes")
    for index, name in INITIAL.items():
        start = importer.constant(node, index)
        if index < len(given) and given[index] and (start is None or numpy.any(start)):
            raise ValueError(f"its {name} is not 0")
    if any(importer.uses[name] for name in node.output[1:] if name):
        raise ValueError("its last state is used elsewhere; only h of all time steps can be read")
    return directions


def transpose(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """Another order of a sequence's axes, which only a recurrent layer can undo."""
    source = importer.input(node, 0)
    if isinstance(source, Constant):
        return Constant(numpy.transpose(source.array, attributes.get("perm")))
    axes: tuple[str, ...] = ()
    if isinstance(source, Rearranged):
        axes = source.axes
    elif isinstance(source, Result) and importer.rank(source) == len(AXES):
        axes = AXES
    order = [int(axis) for axis in attributes.get("perm", range(len(axes))[::-1])]
    if sorted(order) != list(range(len(axes))) or not isinstance(source, (Result, Rearranged)):
        raise ValueError("axes can be exchanged only around a recurrent layer")
    return arranged(source.node, tuple(axes[axis] for axis in order))


def squeeze(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """Drops an axis of size 1, such as that of the directions where there is one."""
    source = importer.input(node, 0)
    which = importer.constant(node, 1)
    dropped = attributes.get("axes", []) if which is None else [int(axis) for axis in which.reshape(-1)]
    if isinstance(source, Rearranged) and not _is_bidirectional(importer, source):
        names = [source.axes[axis] for axis in dropped if -len(source.axes) <= axis < len(source.axes)]
        if names == ["direction"]:
            return arranged(source.node, tuple(axis for axis in source.axes if axis != "direction"))
    if isinstance(source, Result):
        if len(dropped) != 1:
            raise ValueError("only one axis can be dropped at once")
        return Result(importer.add("Squeeze", node, [source], dim=int(dropped[0])))
    raise ValueError("an axis can be dropped only behind a recurrent layer of one direction")


def join_directions(importer: Importer, source: Rearranged, shape: list[int]) -> Value:
    """A reshape that lays the numbers of both directions side by side, and leaves the other axes as they are."""
    width = int(importer.graph.node(source.node).parameters["hidden_size"])
    width *= 2 if _is_bidirectional(importer, source) else 1
    sizes: dict[str, Any] = dict(zip(AXES, importer.shape(Result(source.node)), strict=False))
    is_joining = source.axes[2:] == ("direction", "features") and len(shape) == 3
    left = [axis for axis, size in zip(source.axes[:2], shape, strict=False) if size not in (0, sizes.get(axis))]
    if not is_joining or shape[2] not in (width, -1) or len(left) > 1 or (left and -1 not in shape[:2]):
        raise ValueError(f"a reshape of ({', '.join(source.axes)}) to {shape} has no counterpart")
    return arranged(source.node, (*source.axes[:2], "features"))


def arranged(node: Node, axes: tuple[str, ...]) -> Value:
    """Return what a node gives with its axes in some order."""
    return Result(node) if axes == AXES else Rearranged(node, axes)


def _is_bidirectional(importer: Importer, source: Rearranged) -> bool:
    return bool(importer.graph.node(source.node).parameters.get("bidirectional"))
