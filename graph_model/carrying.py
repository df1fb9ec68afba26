"""Trained weights that go along with a part of a drawing: into a copy, through the clipboard, out of a library."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graph_model.blocks.definition import is_block
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.levels import owner_of
from graph_model.errors import EditError
from graph_model.graph import Graph
from graph_model.values import Node

if TYPE_CHECKING:
    import numpy

    Weights = Mapping[str, numpy.ndarray[Any, Any]]

MOST_BYTES = 8 * 2**20
"""More than so many bytes of weights are not put on the clipboard: whatever watches it reads all of it."""


def weights_of(
    graph: Graph, weights: Weights, identifiers: Iterable[str], own: bool = False
) -> dict[str, numpy.ndarray[Any, Any]]:
    """Return the weights of nodes and wires of a graph, by names that begin with their ids: so also those that a place
    shares with others.

    `weights`: those of the graph, as a document or an open block has them. `own`: names stay as they are there.
    """
    starts: dict[str, list[str]] = {identifier: [identifier] for identifier in identifiers}
    for place in graph.places():
        if place.id in starts and owner_of(place) != place.id:
            starts.setdefault(owner_of(place), []).append(place.id)
    found: dict[str, numpy.ndarray[Any, Any]] = {}
    for name, array in weights.items():
        first, rest = _first(name)
        if own and first in starts:
            found[name] = array
        elif not own:
            found |= {start + rest: array for start in starts.get(first, ())}
    return found


def inside(body: Graph, weights: Weights, place: Node | None = None) -> dict[str, numpy.ndarray[Any, Any]]:
    """Return the weights of a block as they are named in its body: of those of the body itself, or of the graph in
    which it is placed, at `place`."""
    start = "" if place is None else f"{place.id}{SEPARATOR}"
    held = {name[len(start) :]: array for name, array in weights.items() if name.startswith(start)}
    return {
        name: array for name, array in held.items() if body.has_node(_first(name)[0]) or body.has_wire(_first(name)[0])
    }


def renamed(weights: Weights, names: Mapping[str, str], nodes: Iterable[Node]) -> dict[str, numpy.ndarray[Any, Any]]:
    """Return weights under the names that they have in a copy. `names`: id -> id in the copy; `nodes`: those of the
    copy, of which places may share their weights under a label."""
    sharing = {node.id: owner_of(node) for node in nodes if is_block(node.kind)}
    found: dict[str, numpy.ndarray[Any, Any]] = {}
    for name, array in weights.items():
        first, rest = _first(name)
        if first in names:
            after = names[first]
            found |= {start + rest: array for start in {after, sharing.get(after, after)}}
    return found


def _first(name: str) -> tuple[str, str]:
    """The id in the drawing with which a weight's name begins, and the rest of the name."""
    first = name.partition(".")[0].partition(SEPARATOR)[0]
    return first, name[len(first) :]


def as_text(weights: Weights) -> str | None:
    """Return weights as text, or None if there are too many for the clipboard."""
    from safetensors.numpy import save

    if sum(array.nbytes for array in weights.values()) > MOST_BYTES:
        return None
    whole = {name: array.copy(order="C") for name, array in weights.items()}
    return base64.b64encode(save(whole)).decode() if whole else ""


def from_text(text: str) -> dict[str, numpy.ndarray[Any, Any]]:
    """Return the weights that a text holds; raises EditError if it holds none. Nothing in it is ever executed."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(base64.b64decode(text, validate=True))) if text else {}
    except (SafetensorError, binascii.Error, ValueError, KeyError, TypeError):
        raise EditError("The weights on the clipboard are damaged: copy the nodes again.") from None
