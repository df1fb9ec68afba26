"""How each ONNX operator becomes a node: by the catalogue's declarations, and by a function where these do not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy
import onnx

from compiler.onnx.attributes import from_onnx
from compiler.onnx.imported import Constant, Gathered, Picked, Result, Value
from compiler.onnx.operators import ACTIVATION_OPERATORS
from graph_model import Kind, kinds

if TYPE_CHECKING:
    from compiler.onnx.importing import Importer

Handler = Callable[["Importer", onnx.NodeProto, dict[str, Any]], Value]
BATCH_NORMS = {2: "BatchNorm1d", 3: "BatchNorm1d", 4: "BatchNorm2d"}


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
    if weight.shape[0] == 1 and (isinstance(source, (Picked, Gathered)) or _is_neuron(source)):
        return _neuron(importer, node, source, weight[0], bias)
    linear = importer.add("Linear", node, [source], out_features=int(weight.shape[0]), bias=bias is not None)
    importer.set_weight(linear, "weight", weight)
    if bias is not None:
        importer.set_weight(linear, "bias", numpy.broadcast_to(bias, (weight.shape[0],)))
    return Result(linear)


def _neuron(importer: Importer, node: onnx.NodeProto, source: Value, weight: Any, bias: Any) -> Value:
    parts = source.parts if isinstance(source, Gathered) else (source,)
    start = 0.0 if bias is None else float(bias[0])
    neuron = importer.add("Neuron", node, [], bias=start, activation="Identity")
    importer.set_weight(neuron, "bias", numpy.array(start))
    first = 0
    for part in parts:
        assert isinstance(part, (Picked, Result))
        numbers = weight[first : first + importer.width(part)].astype(numpy.float32)
        first += len(numbers)
        is_single = isinstance(part, Picked) or _is_neuron(part)
        carried = float(numbers[0]) if is_single else [float(number) for number in numbers]
        element = part.element if isinstance(part, Picked) else None
        wire = importer.graph.connect(part.node, neuron, element=element, weight=carried)
        importer.weights[f"{wire.id}.weight"] = numbers[0] if is_single else numbers
    return Result(neuron)


def _matmul(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    weight = importer.constant(node, 1)
    if weight is None or weight.ndim != 2:
        raise ValueError("its second factor is not a constant matrix")
    linear = importer.add("Linear", node, [importer.input(node, 0)], out_features=int(weight.shape[1]), bias=False)
    importer.set_weight(linear, "weight", weight.T)
    return Result(linear)


def _add(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A sum; or the bias of the product before it."""
    for index, other in ((0, 1), (1, 0)) if len(node.input) == 2 else ():
        bias, source = importer.constant(node, index), importer.input(node, other)
        if bias is not None and isinstance(source, Result) and importer.only_used_here(node.input[other]):
            linear = importer.graph.node(source.node)
            values = linear.parameters
            if linear.kind == "Linear" and not values["bias"] and bias.size in (1, values["out_features"]):
                importer.graph.set(linear, bias=True)
                importer.set_weight(linear, "bias", numpy.broadcast_to(bias.reshape(-1), (values["out_features"],)))
                return Result(importer.graph.node(linear))
    return Result(importer.add("Add", node, [importer.input(node, index) for index in range(len(node.input))]))


def _concat(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """Single numbers laid side by side are gathered where they arrive; vectors are joined by a Concat."""
    values = [importer.input(node, index) for index in range(len(node.input))]
    axis = int(attributes["axis"])
    if axis == 1 and any(isinstance(value, Picked) or _is_neuron(value) for value in values):
        return Gathered(tuple(value for value in values if isinstance(value, (Picked, Result))))
    return Result(importer.add("Concat", node, values, dim=axis))


def _gather(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    source, index = importer.input(node, 0), importer.constant(node, 1)
    if not isinstance(source, Result) or index is None or index.size != 1 or attributes.get("axis", 0) != 1:
        raise ValueError("only one element of a vector can be picked")
    return Picked(source.node, int(index.reshape(-1)[0]))


def _activation(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """An activation: part of the layer before it where that has none yet, else a node of its own."""
    source = importer.input(node, 0)
    kind = next(kind for kind in kinds().values() if kind.onnx is not None and kind.onnx.operator == node.op_type)
    parameters = from_onnx(kind, {key: _text(value) for key, value in attributes.items()})
    if isinstance(source, Result) and importer.only_used_here(node.input[0]) and _is_standard(kind, parameters):
        layer = importer.graph.node(source.node)
        declared = importer.graph.kind_of(layer).parameters.get("activation")
        if declared is not None and layer.parameters["activation"] == "Identity" and kind.name in declared.choices:  # type: ignore[attr-defined]
            importer.graph.set(layer, activation=kind.name)
            return Result(importer.graph.node(layer))
    return Result(importer.add(kind.name, node, [source], **parameters))


def _is_standard(kind: Kind, parameters: dict[str, Any]) -> bool:
    """Whether an activation is as a layer's own activation would be."""
    _, standard = ACTIVATION_OPERATORS.get(kind.name, ("", {}))
    if kind.name == "Softmax":
        return bool(parameters.get("dim", -1) == -1)
    given = {name: value for name, value in parameters.items() if value != kind.parameters[name].default}
    return kind.name in ACTIVATION_OPERATORS and all(abs(value - 0.01) < 1e-7 for value in given.values() if standard)


def _declared(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A kind whose declaration names the operator, with its weights."""
    kind = _kind_of(importer, node)
    if attributes.pop("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID", b""):
        raise ValueError("its padding is left to the runtime (auto_pad)")
    assert kind.onnx is not None
    parameters = from_onnx(kind, {key: _text(value) for key, value in attributes.items()})
    if "kernel_shape" in attributes and len(attributes["kernel_shape"]) != 2:
        raise ValueError("only two-dimensional fields can be drawn")
    if "stride" in kind.parameters and "stride" not in parameters:
        parameters["stride"] = 1
    weights = [importer.constant(node, index) for index in range(1, len(node.input))]
    present = dict(zip(kind.onnx.weights, weights, strict=False))
    if any(present.get(name) is None for name in kind.onnx.weights[:1]):
        raise ValueError("its weights are not constants")
    if kind.name == "Conv2d":
        parameters["out_channels"] = int(present["weight"].shape[0])  # type: ignore[union-attr]
        parameters["bias"] = present.get("bias") is not None
        parameters.setdefault("kernel_size", [int(size) for size in present["weight"].shape[2:]])  # type: ignore[union-attr]
    if kind.name == "PReLU":
        parameters["num_parameters"] = int(present["weight"].size)  # type: ignore[union-attr]
        present["weight"] = present["weight"].reshape(-1)  # type: ignore[union-attr]
    parameters.pop("momentum", None)
    added = importer.add(kind.name, node, [importer.input(node, 0)], **parameters)
    for name, value in present.items():
        if value is not None:
            importer.set_weight(added, name, value)
    return Result(added)


def _kind_of(importer: Importer, node: onnx.NodeProto) -> Kind:
    if node.op_type != "BatchNormalization":
        return next(kind for kind in kinds().values() if kind.onnx is not None and kind.onnx.operator == node.op_type)
    from compiler.checks import infer_shapes

    source = importer.input(node, 0)
    shape: tuple[Any, ...] = ()
    if isinstance(source, Result):
        shape = infer_shapes(importer.graph).get((source.node.name, 0), ())
    if len(shape) not in BATCH_NORMS:
        raise ValueError(f"its input has {len(shape)} axes")
    return kinds()[BATCH_NORMS[len(shape)]]


def _flatten(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    if attributes.get("axis", 1) != 1:
        raise ValueError("it mixes the examples of a batch")
    return Result(importer.add("Flatten", node, [importer.input(node, 0)]))


def _reshape(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    """A reshape to (batch, everything) is a Flatten; others have no counterpart."""
    target = importer.constant(node, 1)
    if target is None:
        raise ValueError("its shape is not a constant")
    shape = [int(size) for size in target.reshape(-1)]
    if len(shape) == 2:
        return Result(importer.add("Flatten", node, [importer.input(node, 0)]))
    raise ValueError(f"a reshape to {shape} has no counterpart")


def _global_pool(importer: Importer, node: onnx.NodeProto, attributes: dict[str, Any]) -> Value:
    return Result(importer.add("AdaptiveAvgPool2d", node, [importer.input(node, 0)], output_size=1))


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


def _is_neuron(value: Value) -> bool:
    return isinstance(value, Result) and kinds()[value.node.kind].gives_scalar


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


HANDLERS: dict[str, Handler] = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Sum": _add,
    "Concat": _concat,
    "Gather": _gather,
    "Conv": _declared,
    "MaxPool": _declared,
    "AveragePool": _declared,
    "BatchNormalization": _declared,
    "PRelu": _declared,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "GlobalAveragePool": _global_pool,
    "Dropout": _dropout,
    "Identity": _identity,
    "Constant": _constant,
    **{operator: _activation for operator, _ in ACTIVATION_OPERATORS.values()},
}
