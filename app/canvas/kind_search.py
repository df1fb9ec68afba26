"""Finding kinds by a few letters."""

from __future__ import annotations

from collections.abc import Iterable

from graph_model import Kind

NO_MATCH = 9


def matching_kinds(query: str, offered: Iterable[Kind]) -> list[Kind]:
    """Return the kinds that a query may mean, the likeliest first; all of them for an empty query.

    Letters at the start of a name count most, then within it, then scattered over it, then in its family or its
    one-line description.
    """
    wanted = query.strip().lower().replace(" ", "")
    ranked = [(_rank(wanted, kind), len(kind.name) if wanted else 0, kind) for kind in offered]
    found = [entry for entry in ranked if entry[0] < NO_MATCH]
    return [kind for _, _, kind in sorted(found, key=lambda entry: entry[:2])]


def _rank(wanted: str, kind: Kind) -> int:
    name = kind.name.lower()
    if name.startswith(wanted):
        return 0
    if wanted in name:
        return 1
    if _scattered(wanted, name):
        return 2
    if wanted in kind.family.lower():
        return 3
    return 4 if len(wanted) > 2 and wanted in kind.title.lower().replace(" ", "") else NO_MATCH


def _scattered(wanted: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in wanted)
