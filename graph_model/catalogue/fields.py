"""Fields that slide over a signal, an image or a volume: their parameters, and what does not fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph_model.kind import size_text
from graph_model.objection import Objection
from graph_model.parameters import Boolean, Size

SIGNALS = "signals: (batch, channels, length)"
IMAGES = "feature maps: (batch, channels, height, width)"
VOLUMES = "volumes: (batch, channels, depth, height, width)"
WORDS = {1: SIGNALS, 2: IMAGES, 3: VOLUMES}
SIDES = {1: "Length", 2: "Height and width", 3: "Depth, height and width"}
UNITS = {1: "in steps", 2: "in pixels", 3: "in voxels"}
NOUNS = {1: "signal", 2: "image", 3: "volume"}


def kernel_size(dimensions: int, default: int = 2) -> Size:
    """How large a field is."""
    meaning = f"{SIDES[dimensions]} of a field, {UNITS[dimensions]}."
    return Size(default=default, dimensions=dimensions, meaning=meaning)


def stride(dimensions: int) -> Size:
    """How far it is from one field to the next; by default their size, so that they tile the map."""
    meaning = f"Step between fields, {UNITS[dimensions]}; empty: the kernel size."
    return Size(default=None, dimensions=dimensions, optional=True, meaning=meaning)


def pooling_padding(dimensions: int, what: str) -> Size:
    """What is added around a map that is pooled."""
    meaning = f"{what} added on each side, {UNITS[dimensions]}: at most half the kernel."
    return Size(default=0, dimensions=dimensions, minimum=0, meaning=meaning)


def dilation(dimensions: int) -> Size:
    """How far the values of a field are apart."""
    meaning = f"Distance between the values of a field, {UNITS[dimensions]}."
    return Size(default=1, dimensions=dimensions, meaning=meaning)


def ceil_mode() -> Boolean:
    """Whether the border's rest counts."""
    return Boolean(default=False, meaning="Whether a last, incomplete field at the border still gives a value.")


def return_indices() -> Boolean:
    """Whether the places of the largest values are given too."""
    return Boolean(
        default=False,
        meaning="Whether a second output says where in its map each largest value stood, as a MaxUnpool needs it.",
    )


def output_size(dimensions: int, default: int | None = 1, *, optional: bool = False, more: str = "") -> Size:
    """How large the result is."""
    meaning = f"{SIDES[dimensions]} of the result, {UNITS[dimensions]}{more}."
    return Size(default=default, dimensions=dimensions, optional=optional, meaning=meaning)


def along(value: int | Sequence[int], axes: int) -> list[int]:
    """A size along each of some axes."""
    return [value] * axes if isinstance(value, int) else list(value)


def plain(sizes: Sequence[int]) -> int | list[int]:
    """A size in a parameter's canonical form: one number where all axes agree."""
    return sizes[0] if len(set(sizes)) == 1 else list(sizes)


def field_objection(
    parameters: Mapping[str, Any], shape: Sequence[Any], *, in_padding: bool = True
) -> Objection | None:
    """A field that is larger than the map with its padding.

    `in_padding`: whether it may reach into the padding, or with ceil_mode over the border.
    """
    axes = len(shape) - 2
    padding = along(parameters.get("padding", 0) if in_padding else 0, axes)
    kernel, apart = along(parameters["kernel_size"], axes), along(parameters.get("dilation", 1), axes)
    room = [int(size) + 2 * pad for size, pad in zip(shape[2:], padding, strict=True)]
    extents = [distance * (size - 1) + 1 for size, distance in zip(kernel, apart, strict=True)]
    steps = kernel if parameters["stride"] is None else along(parameters["stride"], axes)
    spare = steps if in_padding and parameters.get("ceil_mode") else [1] * axes
    if all(extent < space + step for extent, space, step in zip(extents, room, spare, strict=True)):
        return None
    covers = "" if max(apart) == 1 else f" with dilation {size_text(apart)}"
    with_padding = " with its padding" if max(padding) else ""
    fitting = [min(size, space) for size, space in zip(kernel, room, strict=True)]
    change = {"kernel_size": plain(fitting)} | ({} if max(apart) == 1 else {"dilation": 1})
    return Objection(
        f"its kernel_size {parameters['kernel_size']}{covers} is larger than that {NOUNS[axes]}{with_padding}", change
    )


def half_kernel_objection(parameters: Mapping[str, Any], axes: int) -> Objection | None:
    """A padding so large that a field could lie almost wholly in it."""
    most = [size // 2 for size in along(parameters["kernel_size"], axes)]
    padding = along(parameters["padding"], axes)
    if all(pad <= limit for pad, limit in zip(padding, most, strict=True)):
        return None
    fitting = [min(pad, limit) for pad, limit in zip(padding, most, strict=True)]
    return Objection(
        f"its padding is {parameters['padding']}, and it can be at most half of kernel_size "
        f"{parameters['kernel_size']}",
        {"padding": plain(fitting)},
    )


def border_objection(
    mode: str, padding: Sequence[int], shape: Sequence[Any], name: str = "padding"
) -> Objection | None:
    """A border that is larger than the map that it is copied from.

    `mode`: "reflect" or "circular" ask for it; `padding`: the larger of both sides, axis by axis.
    """
    if mode not in ("reflect", "circular"):
        return None
    most = [int(size) - (mode == "reflect") for size in shape[2:]]
    if all(pad <= limit for pad, limit in zip(padding, most, strict=True)):
        return None
    how = "mirrors" if mode == "reflect" else "repeats"
    return Objection(
        f"a border that {how} the {NOUNS[len(most)]} can be at most {size_text(most)} wide here, and {name} asks for "
        f"{max(padding)}",
        {name: min(most)},
    )


def groups_objection(parameters: Mapping[str, Any], shape: Sequence[Any]) -> Objection | None:
    """Groups of unequal numbers of channels."""
    groups, filters = parameters["groups"], parameters["out_channels"]
    if int(shape[1]) % groups == 0 and filters % groups == 0:
        return None
    return Objection(
        f"groups = {groups} must divide both the channels that come and out_channels = {filters}", {"groups": 1}
    )
