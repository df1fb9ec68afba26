"""How each ONNX operator becomes a node: by the catalogue's declarations, and by a function where these do not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy
import onnx

from compiler.onnx.attributes import from_onnx
from compiler.onnx.import_activations import activation, clip, takes_activation
from compiler.onnx.import_arithmetic import HANDLERS as ARITHMETIC
from compiler.onnx.import_arithmetic import reduced, shifted
from compiler.onnx.import_embedding import cast_indices, embedding
from compiler.onnx.import_maps import filters, global_pool, pad, refuse_unknown
from compiler.onnx.import_neurons import gathered, is_single, maxout_groups, neurons, numbers_of
from compiler.onnx.import_normalization import (
    instance_normalization,
    layer_normalization,
    local_response_normalization,
)
from compiler.onnx.import_recurrent import join_directions, recurrent, squeeze, transpose
from compiler.onnx.imported import Constant, Gathered, Picked, Rearranged, Result, Value
from compiler.onnx.read_activations import activation_operators
from graph_model import Kind, kinds

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer

Handler = Callable[["Importer", onnx.NodeProto, dict[str, Any]], Value]
BATCH_NORMS = {2: "BatchNorm1d", 3: "BatchNorm1d", 4: "BatchNorm2d", 5: "BatchNorm3d"}


def _gemm(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A fully connected layer; a neuron if single numbers come and one goes."""
    weight = importer.constant(node, 1)
    if weight is None or attributes.get("transA"):
        raise ValueError("its matrix is not a constant")
    weight = weight if attributes.get("transB") else weight.T
    weight = weight * attributes.get("alpha", 1.0)
    bias = importer.constant(node, 2)
    if bias is not None:
        bias = bias.reshape(-1) * attributes.get("beta", 1.0)
    source = importer.input(node, 0)
    note = importer.note_of(node)
    if note is not None and note.fits(weight.shape):
        return neurons(importer, node, source, weight, bias, note)
    if isinstance(source, Picked) or is_single(source) or (isinstance(source, Gathered) and not source.is_all_neurons):
        return neurons(importer, node, source, weight, bias, None)
    linear = importer.add("Linear", node, [source], out_features=int(weight.shape[0]), bias=bias is not None)
    importer.set_weight(linear, "weight", weight)
    if bias is not None:
        importer.set_weight(linear, "bias", numpy.broadcast_to(bias, (weight.shape[0],)))
    return Result(linear)


def _matmul(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    weight = importer.constant(node, 1)
    if weight is None or weight.ndim != 2:
        raise ValueError("its second factor is not a constant matrix")
    linear = importer.add("Linear", node, [importer.input(node, 0)], out_features=int(weight.shape[1]), bias=False)
    importer.set_weight(linear, "weight", weight.T)
    return Result(linear)


def _add(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A sum; or the bias of the product before it, or a shift by one number."""
    for index, other in ((0, 1), (1, 0)) if len(node.input) == 2 else ():
        bias, source = importer.constant(node, index), importer.input(node, other)
        if bias is not None and isinstance(source, Result) and importer.only_used_here(node.input[other]):
            linear = importer.graph.node(source.node)
            values = linear.parameters
            if linear.kind == "Linear" and not values["bias"] and bias.size in (1, values["out_features"]):
                importer.graph.set(linear, bias=True)
                importer.set_weight(linear, "bias", numpy.broadcast_to(bias.reshape(-1), (values["out_features"],)))
                return Result(importer.graph.node(linear))
    with_number = shifted(importer, node)
    if with_number is not None:
        return with_number
    return Result(importer.add("Add", node, [importer.input(node, index) for index in range(len(node.input))]))


def _concat(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """Single numbers laid side by side are gathered where they arrive; vectors are joined by a Concat."""
    values = [importer.input(node, index) for index in range(len(node.input))]
    axis = int(attributes["axis"])
    if axis == 1 and any(isinstance(value, (Picked, Gathered)) or is_single(value) for value in values):
        parts = [value.parts if isinstance(value, Gathered) else (value,) for value in values]
        return Gathered(tuple(part for some in parts for part in some if isinstance(part, (Picked, Result))))
    return Result(importer.add("Concat", node, values, dim=axis))


def _gather(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """Picks some numbers of a vector."""
    source, index = importer.input(node, 0), importer.constant(node, 1)
    if isinstance(source, Constant) and index is None:
        return embedding(importer, node, source.array, attributes)
    if isinstance(source, Constant) or index is None or attributes.get("axis", 0) != 1 or index.ndim > 1:
        raise ValueError("only elements of a vector can be picked")
    numbers = numbers_of(importer, source)
    if index.size == 0 or index.min() < 0 or index.max() >= len(numbers):
        raise ValueError(f"it picks an element that there is not among {len(numbers)}")
    return gathered([numbers[int(number)] for number in index.reshape(-1)])


def _declared(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A kind whose declaration names the operator, with its weights."""
    kind = _kind_of(importer, node, attributes)
    refuse_unknown(node, attributes)
    if attributes.pop("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID", b""):
        raise ValueError("its padding is left to the runtime (auto_pad)")
    assert kind.onnx is not None
    parameters = from_onnx(kind, {key: _text(value) for key, value in attributes.items()})
    if "stride" in kind.parameters and "stride" not in parameters:
        parameters["stride"] = 1
    weights = [importer.constant(node, index) for index in range(1, len(node.input))]
    present = dict(zip(kind.onnx.weights, weights, strict=False))
    if any(present.get(name) is None for name in kind.onnx.weights[:1]):
        raise ValueError("its weights are not constants")
    if kind.family == "Convolution":
        parameters["out_channels"] = filters(node, present["weight"], attributes)  # type: ignore[arg-type]
        parameters["bias"] = present.get("bias") is not None
        parameters.setdefault("kernel_size", [int(size) for size in present["weight"].shape[2:]])  # type: ignore[union-attr]
    if kind.name == "PReLU" and _learns_slopes(importer, node, present["weight"]):
        return importer.input(node, 0)
    if kind.name == "PReLU":
        parameters["num_parameters"] = int(present["weight"].size)  # type: ignore[union-attr]
        present["weight"] = present["weight"].reshape(-1)  # type: ignore[union-attr]
    parameters.pop("momentum", None)
    added = importer.add(kind.name, node, [importer.input(node, 0)], **parameters)
    for name, value in present.items():
        if value is not None:
            importer.set_weight(added, name, value)
    return Result(added)


def _learns_slopes(importer: Importer, node: onnx.NodeProto, slopes: Any) -> bool:
    """Give neurons the learned slopes that follow them as their own; False where something else comes before."""
    source = importer.input(node, 0)
    parts = source.parts if isinstance(source, Gathered) else (source,)
    if not importer.only_used_here(node.input[0]) or slopes.size not in (1, len(parts)):
        return False
    if not all(is_single(part) and takes_activation(importer, part.node, kinds()["PReLU"]) for part in parts):  # type: ignore[union-attr]
        return False
    for part, slope in zip(parts, numpy.broadcast_to(slopes.reshape(-1), (len(parts),)), strict=True):
        importer.graph.set(part.node, activation="PReLU")  # type: ignore[union-attr]
        importer.set_weight(part.node, "activation.weight", numpy.array([slope]))  # type: ignore[union-attr]
    return True


def _kind_of(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Kind:
    if node.op_type != "BatchNormalization":
        found = [kind for kind in kinds().values() if kind.onnx is not None and kind.onnx.operator == node.op_type]
        return found[0] if len(found) == 1 else _of_axes(found, importer, node, attributes)
    source = importer.input(node, 0)
    rank = importer.rank(source) if isinstance(source, Result) else 2
    if rank not in BATCH_NORMS:
        raise ValueError(f"its input has {rank} axes")
    return kinds()[BATCH_NORMS[rank]]


def _of_axes(found: list[Kind], importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Kind:
    """Of kinds that differ by the number of axes of their fields, the one that fits."""
    weight = importer.constant(node, 1)
    axes = (
        len(attributes["kernel_shape"]) if "kernel_shape" in attributes else (0 if weight is None else weight.ndim - 2)
    )
    for kind in found:
        if getattr(kind.parameters["kernel_size"], "dimensions", 0) == axes:
            return kind
    raise ValueError(f"fields of {axes} axes cannot be drawn")


def _flatten(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    if attributes.get("axis", 1) != 1:
        raise ValueError("it mixes the examples of a batch")
    return Result(importer.add("Flatten", node, [importer.input(node, 0)]))


def _reshape(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A reshape to (batch, everything) is a Flatten; to more axes, an Unflatten of what lies flat."""
    target = importer.constant(node, 1)
    if target is None:
        raise ValueError("its shape is not a constant")
    source, note = importer.input(node, 0), importer.note_of(node)
    if note is not None and note.group_size:
        return maxout_groups(importer, source, note)
    shape = [int(size) for size in target.reshape(-1)]
    if isinstance(source, Rearranged):
        return join_directions(importer, source, shape)
    if len(shape) == 2:
        return Result(importer.add("Flatten", node, [source]))
    return _reshaped(importer, node, source, shape)


def _reshaped(importer: Importer, node: onnx.NodeProto, source: Value, shape: list[int]) -> Value:
    """What comes behind axes that stay, whose size is 0 here: one axis folded, all that follow laid flat, or else other
    sizes of all the numbers."""
    kept = next((axis for axis, size in enumerate(shape) if size != 0), len(shape))
    rest = shape[kept:]
    rank = importer.rank(source) if isinstance(source, Result) else 2
    if kept and rest == [-1]:
        return Result(importer.add("Flatten", node, [source], start_dim=kept))
    if kept and rank == kept + 1 and all(size > 0 for size in rest):
        return Result(importer.add("Unflatten", node, [source], dim=kept, unflattened_size=rest))
    if kept == 1 and rest.count(-1) == 1 and 0 not in rest:
        return Result(importer.add("Reshape", node, [source], shape=rest))
    if len(shape) < 2 or shape[0] not in (0, -1) or any(size < 1 for size in shape[1:]):
        raise ValueError(f"a reshape to {shape} has no counterpart")
    if isinstance(source, Result) and rank > 2:
        source = Result(importer.add("Flatten", node, [source]))
    return Result(importer.add("Unflatten", node, [source], unflattened_size=shape[1:]))


def _largest(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """The largest of each group; drawn where the groups were formed. Without groups, the largest along an axis."""
    note = importer.note_of(node)
    if note is None or not note.group_size:
        return reduced(importer, node, attributes)
    return importer.input(node, 0)


def _dropout(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    ratio = importer.constant(node, 1)
    p = float(ratio.reshape(-1)[0]) if ratio is not None and ratio.size else float(attributes.get("ratio", 0.5))
    return Result(importer.add("Dropout", node, [importer.input(node, 0)], p=p))


def _identity(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    return importer.input(node, 0)


def _constant(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    from onnx import numpy_helper

    if "value" in attributes:
        return Constant(numpy_helper.to_array(attributes["value"]))
    for name in ("value_float", "value_floats", "value_int", "value_ints"):
        if name in attributes:
            return Constant(numpy.array(attributes[name]))
    raise ValueError("it holds no numbers")


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


HANDLERS: dict[str, Handler] = {
    **ARITHMETIC,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Sum": _add,
    "Concat": _concat,
    "Gather": _gather,
    "Cast": cast_indices,
    "Conv": _declared,
    "ConvTranspose": _declared,
    "MaxPool": _declared,
    "LpPool": _declared,
    "DepthToSpace": _declared,
    "Pad": pad,
    "AveragePool": _declared,
    "BatchNormalization": _declared,
    "LayerNormalization": layer_normalization,
    "InstanceNormalization": instance_normalization,
    "LRN": local_response_normalization,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "RNN": recurrent,
    "GRU": recurrent,
    "LSTM": recurrent,
    "Transpose": transpose,
    "Squeeze": squeeze,
    "ReduceMax": _largest,
    "GlobalAveragePool": global_pool,
    "GlobalMaxPool": global_pool,
    "Dropout": _dropout,
    "Identity": _identity,
    "Constant": _constant,
    **dict.fromkeys(activation_operators(), activation),
    "Clip": clip,
    "PRelu": _declared,
}
