"""What a kind needs, as sentences of its documentation."""

from __future__ import annotations

from collections.abc import Iterator

from graph_model.objection import Needs


def needs_sentences(needs: Needs) -> Iterator[str]:
    """Give what an input must be, sentence by sentence; nothing if anything will do."""
    if needs.words:
        yield f"Needs {needs.words}."
    elif needs.ranks:
        counts = " or ".join(str(rank) for rank in needs.ranks)
        yield f"Needs {counts} {'axis' if needs.ranks == (1,) else 'axes'}, the batch included."
