"""Normalizations that no single operator of ONNX expresses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy

from compiler.onnx.emitter import Array, Emitter
from compiler.program import Step

SMALLEST_STEP = float(numpy.finfo(numpy.float32).eps)
"""What torch's RMSNorm adds where no eps is given."""


def layer_norm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """LayerNormalization, which always has a scale: the neutral one where the layer has none."""
    sizes = _normalized_shape(step)
    scale = _weight_or(emitter, step, "weight", numpy.ones(sizes, dtype=numpy.float32))
    shift = [emitter.weight(step, "bias")] if emitter.has_weight(step, "bias") else []
    return emitter.add(
        "LayerNormalization",
        [*inputs, scale, *shift],
        step,
        what,
        axis=-len(sizes),
        epsilon=step.node.parameters["eps"],
    )


def rms_norm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """The values over their root mean square, times the scale."""
    given = step.node.parameters["eps"]
    axes = emitter.constant(f"{step.node.name}/axes", numpy.arange(-len(_normalized_shape(step)), 0, dtype=numpy.int64))
    squares = emitter.add("Mul", [*inputs, *inputs], step, "squares")
    mean = emitter.add("ReduceMean", [squares, axes], step, "mean square", keepdims=1)
    eps = _constant(emitter, step, "eps", SMALLEST_STEP if given is None else given)
    size = emitter.add("Sqrt", [emitter.add("Add", [mean, eps], step, "mean square and eps")], step, "size")
    if not emitter.has_weight(step, "weight"):
        return emitter.add("Div", [*inputs, size], step, what)
    normalized = emitter.add("Div", [*inputs, size], step, "normalized")
    return emitter.add("Mul", [normalized, emitter.weight(step, "weight")], step, what)


def instance_norm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """InstanceNormalization; with running statistics, what a batch normalization does with them."""
    channels, eps = int(step.input_shapes[0][1]), step.node.parameters["eps"]
    scale = _weight_or(emitter, step, "weight", numpy.ones(channels, dtype=numpy.float32))
    shift = _weight_or(emitter, step, "bias", numpy.zeros(channels, dtype=numpy.float32))
    if not emitter.has_weight(step, "running_mean"):
        return emitter.add("InstanceNormalization", [*inputs, scale, shift], step, what, epsilon=eps)
    running = [emitter.weight(step, name) for name in ("running_mean", "running_var")]
    return emitter.add("BatchNormalization", [*inputs, scale, shift, *running], step, what, epsilon=eps)


def group_norm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Each group as a channel of an InstanceNormalization, back in its shape, then scale and shift for each channel.

    GroupNormalization of this version of ONNX scales group by group instead of channel by channel.
    """
    groups = step.node.parameters["num_groups"]
    sizes = [int(axis) for axis in step.input_shapes[0][1:]]
    together = emitter.add("Reshape", [*inputs, _shape(emitter, step, "groups", (0, groups, -1))], step, "grouped")
    neutral = [_constant(emitter, step, name, [value] * groups) for name, value in (("ones", 1.0), ("zeros", 0.0))]
    normalized = emitter.add(
        "InstanceNormalization", [together, *neutral], step, "groups normalized", epsilon=step.node.parameters["eps"]
    )
    back = [normalized, _shape(emitter, step, "shape", (-1, *sizes))]
    if not emitter.has_weight(step, "weight"):
        return emitter.add("Reshape", back, step, what)
    along = (sizes[0], *[1] * (len(sizes) - 1))
    scale, shift = (
        emitter.weight(step, name, emitter.weights[f"{step.owner}.{name}"].reshape(along))
        for name in ("weight", "bias")
    )
    scaled = emitter.add("Mul", [emitter.add("Reshape", back, step, "normalized"), scale], step, "scaled")
    return emitter.add("Add", [scaled, shift], step, what)


def local_response_norm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """LRN for images, an odd size and positive numbers, as runtimes know it; else the sum over neighbours as a product
    with a matrix."""
    values, shape = step.node.parameters, step.input_shapes[0]
    size = values["size"]
    if size % 2 and len(shape) == 4 and values["alpha"] > 0 and values["beta"] > 0:
        attributes = {"size": size, "alpha": values["alpha"], "beta": values["beta"], "bias": values["k"]}
        return emitter.add("LRN", inputs, step, what, **attributes)
    sizes = [int(axis) for axis in shape[1:]]
    squares = emitter.add("Mul", [*inputs, *inputs], step, "squares")
    flat = emitter.add("Reshape", [squares, _shape(emitter, step, "flat", (0, sizes[0], -1))], step, "squares flat")
    matrix = emitter.constant(f"{step.node.name}/matrix", neighbours(sizes[0], size) * (values["alpha"] / size))
    near = emitter.add("MatMul", [matrix, flat], step, "neighbours")
    back = emitter.add("Reshape", [near, _shape(emitter, step, "shape", (-1, *sizes))], step, "mean square")
    total = emitter.add("Add", [back, _constant(emitter, step, "k", values["k"])], step, "mean square and k")
    power = emitter.add("Pow", [total, _constant(emitter, step, "beta", values["beta"])], step, "size")
    return emitter.add("Div", [*inputs, power], step, what)


def neighbours(channels: int, size: int) -> Array:
    """Return the matrix (channels, channels) that is 1 where one channel is among the `size` neighbours of another:
    ⌊size/2⌋ before it, as torch counts, and the rest from it on."""
    distance = numpy.arange(channels)[None, :] - numpy.arange(channels)[:, None]
    return ((distance >= -(size // 2)) & (distance <= (size - 1) // 2)).astype(numpy.float32)


def _normalized_shape(step: Step) -> list[int]:
    given = step.node.parameters["normalized_shape"]
    return [int(step.input_shapes[0][-1])] if given is None else list(given)


def _weight_or(emitter: Emitter, step: Step, name: str, neutral: Array) -> str:
    return emitter.weight(step, name, None if emitter.has_weight(step, name) else neutral)


def _shape(emitter: Emitter, step: Step, name: str, sizes: Sequence[int]) -> str:
    return emitter.constant(f"{step.node.name}/{name}", numpy.array(sizes, dtype=numpy.int64))


def _constant(emitter: Emitter, step: Step, name: str, value: float | list[float]) -> str:
    return emitter.constant(f"{step.node.name}/{name}", numpy.array(value, dtype=numpy.float32))
