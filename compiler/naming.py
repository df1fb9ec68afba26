"""The names that nodes have as attributes of a module."""

from __future__ import annotations

import re
from collections.abc import Iterable

from torch import fx, nn

RESERVED = frozenset(dir(nn.Module)) | frozenset(dir(fx.GraphModule)) | {"training", "graph"}


def free_attribute(wanted: str, taken: set[str]) -> str:
    """Return a name that no part of a module has, like the wanted one, and note it as taken."""
    name = wanted
    while name in RESERVED or name in taken:
        name += "_"
    taken.add(name)
    return name


def attribute_names(node_ids: Iterable[str]) -> dict[str, str]:
    """Return node id -> attribute name: the id itself, unless nn.Module uses that name already; of a path, its parts
    joined: "layer1/conv1" -> "layer1_conv1"."""
    identifiers = list(dict.fromkeys(node_ids))
    taken = set(identifiers)
    names: dict[str, str] = {}
    for identifier in identifiers:
        name = identifier if identifier.isidentifier() else re.sub(r"\W+", "_", identifier)
        while name in RESERVED or (name != identifier and name in taken):
            name += "_"
        names[identifier] = name
        taken.add(name)
    return names
