"""What a block is, beside its body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_model.errors import EditError
from graph_model.values import LONGEST_NAME, clean_name, identifier_from_name, is_usable_identifier

DEFINITION_SIGN = "@"
"""What the id of a definition begins with; no kind of the catalogue is called so."""
LONGEST_DESCRIPTION = 10_000


@dataclass(frozen=True)
class Lifted:
    """A parameter of a node inside that each place of the block may set for itself.

    `name`: what it is called at the place. `node`: the id of the node in the body. `parameter`: its parameter there.
    Several of one name are one parameter of the place, which sets all of them.
    """

    name: str
    node: str
    parameter: str


@dataclass(frozen=True)
class Definition:
    """A block's name and look. `id`: begins with DEFINITION_SIGN and never changes. `colour`: "#rrggbb", or "" for the
    hue of all blocks. `lifted`: parameters that its places offer, in their order."""

    id: str
    name: str
    colour: str = ""
    description: str = ""
    lifted: tuple[Lifted, ...] = ()

    def set_inside(self, values: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
        """Return what a place with these parameters sets in the body: (id of a node, its parameter) -> value."""
        return {
            (entry.node, entry.parameter): values[entry.name]
            for entry in self.lifted
            if values.get(entry.name) is not None
        }


def is_block(kind: str) -> bool:
    """Whether a node of this kind is the place of a block."""
    return kind.startswith(DEFINITION_SIGN)


def clean_definition(definition: Definition) -> Definition:
    """Return a definition whose texts are fit; raises EditError with the reason otherwise."""
    if not is_block(definition.id) or not is_usable_identifier(definition.id[1:]) or len(definition.id) > 200:
        raise EditError(f"The block id {definition.id[:40]!r} is not one that can be used.")
    if definition.colour and not re.fullmatch(r"#[0-9a-fA-F]{6}", definition.colour):
        raise EditError(f"A block's colour must be like #4c6ef5, not {definition.colour[:20]!r}.")
    if len(definition.description) > LONGEST_DESCRIPTION:
        raise EditError(f"A block's description can have at most {LONGEST_DESCRIPTION} characters.")
    return Definition(
        definition.id,
        clean_name(definition.name),
        definition.colour,
        definition.description,
        _clean_lifted(definition.lifted),
    )


def _clean_lifted(lifted: Sequence[Lifted]) -> tuple[Lifted, ...]:
    from graph_model.blocks.kind import OWN_PARAMETERS

    lifted_before: set[tuple[str, str]] = set()
    for entry in lifted:
        if not entry.name.isidentifier() or len(entry.name) > LONGEST_NAME:
            raise EditError(f"A lifted parameter needs a name of letters, digits and _, not {entry.name[:40]!r}.")
        if entry.name in OWN_PARAMETERS:
            raise EditError(
                f"Every block has a parameter '{entry.name}' already: choose another name for the lifted one."
            )
        if (entry.node, entry.parameter) in lifted_before:
            raise EditError(f"'{entry.name}' is lifted already: a parameter inside can be lifted once only.")
        lifted_before.add((entry.node, entry.parameter))
    return tuple(lifted)


def definition_id(name: str, taken: Sequence[str] | set[str]) -> str:
    """Return a free id for a new definition that reads like its name."""
    base = DEFINITION_SIGN + identifier_from_name(name)
    identifier, number = base, 2
    while identifier in taken:
        identifier, number = f"{base}_{number}", number + 1
    return identifier
