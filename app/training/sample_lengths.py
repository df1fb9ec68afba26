"""Which shapes a sample may have where some axes of an Input may have any length. No torch: the window asks as well."""

from __future__ import annotations

from collections.abc import Sequence

from graph_model.parameters import axis_names


def takes_lengths(drawn: Sequence[int], dynamic_axes: str, shape: Sequence[int]) -> bool:
    """Whether a sample differs from an Input in the lengths of its dynamic axes only.

    `drawn`, `dynamic_axes`: the Input's parameters; `shape`: of the sample.
    """
    if len(shape) != len(drawn):
        return False
    names = [*axis_names(dynamic_axes), *[""] * len(drawn)]
    return all(name or one == other for name, one, other in zip(names, drawn, shape, strict=False))
