"""Finding kinds by a few letters: the one order of what the palette, the canvas and the documentation find."""

from __future__ import annotations

from collections.abc import Iterable

from graph_model.kind import Kind

SCATTERED, NO_MATCH = 5, 9


def matching_kinds(query: str, offered: Iterable[Kind]) -> list[Kind]:
    """Return the kinds that a query may mean, the likeliest first; all of them, in their order, for an empty query.

    A whole name counts most, then another name for the same (`Kind.also_called`), then letters at the start of a name,
    within it, at the start of a word of another name, and, if nothing better is found, scattered over it from its first
    one on; last come kinds whose names, family and one-line description hold every word of the query. Equal ones stay
    in their order.
    """
    words = query.casefold().split()
    if not words:
        return list(offered)
    ranked = [(_rank(words, kind), kind) for kind in offered]
    is_clear = any(rank < SCATTERED for rank, _ in ranked)
    found = [entry for entry in ranked if entry[0] < NO_MATCH and not (is_clear and entry[0] == SCATTERED)]
    return [kind for _, kind in sorted(found, key=lambda entry: entry[0])]


def _rank(words: list[str], kind: Kind) -> int:
    joined, spaced = "".join(words), " ".join(words)
    name, others = kind.name.casefold(), [other.casefold() for other in kind.also_called]
    tests = (
        name == joined,
        spaced in others,
        name.startswith(joined),
        joined in name,
        any(f" {spaced}" in f" {other}" for other in others),
        _scattered(joined, name),  # at place SCATTERED
        all(word in f"{name} {kind.family} {' '.join(others)}".casefold() for word in words),
        len(joined) > 2 and all(word in _everything(kind) for word in words),
    )
    return next((place for place, passed in enumerate(tests) if passed), NO_MATCH)


def _everything(kind: Kind) -> str:
    return f"{kind.name} {kind.family} {kind.title} {' '.join(kind.also_called)}".casefold()


def _scattered(wanted: str, name: str) -> bool:
    letters = iter(name)
    return name[:1] == wanted[:1] and all(letter in letters for letter in wanted)
