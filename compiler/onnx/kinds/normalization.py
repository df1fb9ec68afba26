"""Normalizations that no single operator of ONNX expresses."""

from __future__ import annotations

import numpy

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.lengths import reshaped, sizes_of
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
    rank = len(step.input_shapes[0])
    together = reshaped(emitter, step, inputs[0], "grouped", 0, groups, -1)
    neutral = [_constant(emitter, step, name, [value] * groups) for name, value in (("ones", 1.0), ("zeros", 0.0))]
    normalized = emitter.add(
        "InstanceNormalization", [together, *neutral], step, "groups normalized", epsilon=step.node.parameters["eps"]
    )
    back = [normalized, sizes_of(emitter, step, inputs[0], "shape", 0)]
    if not emitter.has_weight(step, "weight"):
        return emitter.add("Reshape", back, step, what)
    along = (-1, *[1] * (rank - 2))
    scale, shift = (
        emitter.weight(step, name, emitter.weights[f"{step.owner}.{name}"].reshape(along))
        for name in ("weight", "bias")
    )
    scaled = emitter.add("Mul", [emitter.add("Reshape", back, step, "normalized"), scale], step, "scaled")
    return emitter.add("Add", [scaled, shift], step, what)


def local_response_norm(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """LRN for images, an odd size and positive numbers, as runtimes know it; else an average pooling along channels: of
    the neighbours ⌊size/2⌋ lie before one, as torch counts, and the rest from it on."""
    values, rank = step.node.parameters, len(step.input_shapes[0])
    size = values["size"]
    if size % 2 and rank == 4 and values["alpha"] > 0 and values["beta"] > 0:
        attributes = {"size": size, "alpha": values["alpha"], "beta": values["beta"], "bias": values["k"]}
        return emitter.add("LRN", inputs, step, what, **attributes)
    squares = emitter.add("Mul", [*inputs, *inputs], step, "squares")
    first = emitter.constant(f"{step.node.name}/first", numpy.array([1], dtype=numpy.int64))
    maps = emitter.add("Unsqueeze", [squares, first], step, "squares/map")
    flat = reshaped(emitter, step, maps, "squares/flat", 0, 0, 0, -1)
    attributes = {"kernel_shape": [size, 1], "pads": [size // 2, 0, (size - 1) // 2, 0], "count_include_pad": 1}
    near = emitter.add("AveragePool", [flat], step, "neighbours", **attributes)
    shape = sizes_of(emitter, step, inputs[0], "shape", 0)
    back = emitter.add("Reshape", [near, shape], step, "mean square")
    share = emitter.add("Mul", [back, _constant(emitter, step, "alpha", values["alpha"])], step, "share")
    total = emitter.add("Add", [share, _constant(emitter, step, "k", values["k"])], step, "share and k")
    power = emitter.add("Pow", [total, _constant(emitter, step, "beta", values["beta"])], step, "size")
    return emitter.add("Div", [*inputs, power], step, what)


def _normalized_shape(step: Step) -> list[int]:
    given = step.node.parameters["normalized_shape"]
    return [int(step.input_shapes[0][-1])] if given is None else list(given)


def _weight_or(emitter: Emitter, step: Step, name: str, neutral: Array) -> str:
    return emitter.weight(step, name, None if emitter.has_weight(step, name) else neutral)


def _constant(emitter: Emitter, step: Step, name: str, value: float | list[float]) -> str:
    return emitter.constant(f"{step.node.name}/{name}", numpy.array(value, dtype=numpy.float32))
