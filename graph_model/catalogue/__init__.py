"""What can be drawn. To add a kind, write its class in the module of its family; it is found here."""

from __future__ import annotations

from functools import cache

from graph_model.catalogue import (
    activation,
    adaptive_pooling,
    arithmetic,
    attention,
    blocks,
    combine,
    convolution,
    distance,
    embedding,
    expression,
    fractional_pooling,
    gates,
    linear,
    lstm_variants,
    memory,
    neurons,
    normalization,
    padding,
    parameters_and_constants,
    parts,
    piecewise_activation,
    pooling,
    rearranging,
    recurrent,
    recurrent_cells,
    reduction,
    regularization,
    resampling,
    sequences,
    shape,
    softmax,
    spatial_transformer,
    terminals,
    transformer,
    transposed_convolution,
    tree,
    unpooling,
)
from graph_model.kind import Kind

MODULES = (
    terminals,
    neurons,
    blocks,
    linear,
    distance,
    embedding,
    convolution,
    transposed_convolution,
    pooling,
    adaptive_pooling,
    fractional_pooling,
    unpooling,
    padding,
    resampling,
    rearranging,
    spatial_transformer,
    recurrent,
    recurrent_cells,
    lstm_variants,
    sequences,
    attention,
    transformer,
    memory,
    tree,
    activation,
    piecewise_activation,
    softmax,
    gates,
    normalization,
    regularization,
    shape,
    parts,
    arithmetic,
    reduction,
    expression,
    parameters_and_constants,
    combine,
)


@cache
def _catalogue() -> dict[str, Kind]:
    declared: dict[str, Kind] = {}
    for module in MODULES:
        for value in vars(module).values():
            is_declaration = isinstance(value, type) and issubclass(value, Kind) and value.__module__ == module.__name__
            if is_declaration and not value.__subclasses__():
                declared[value.__name__] = value()
    return declared


def kinds() -> dict[str, Kind]:
    """Return the catalogue: name of the kind -> its declaration, family by family."""
    return dict(_catalogue())


def kind_named(name: str) -> Kind:
    """Return one declaration; raises KeyError if the catalogue has none of that name."""
    return _catalogue()[name]
