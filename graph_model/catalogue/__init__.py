"""What can be drawn. To add a kind, write its class in the module of its family; it is found here."""

from __future__ import annotations

from functools import cache

from graph_model.catalogue import (
    activation,
    combine,
    convolution,
    linear,
    neurons,
    normalization,
    pooling,
    recurrent,
    regularization,
    shape,
    terminals,
)
from graph_model.kind import Kind

MODULES = (
    terminals,
    neurons,
    linear,
    convolution,
    pooling,
    recurrent,
    activation,
    normalization,
    regularization,
    shape,
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
