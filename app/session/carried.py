"""How much a wire carries."""

from __future__ import annotations

from app.session.editor_session import EditorSession
from graph_model import Wire


def carried(session: EditorSession, wire: Wire) -> int | None:
    """How many numbers a wire to a neuron carries for each sample; None if that is not known."""
    graph = session.graph
    if wire.element is not None or graph.kind_of(wire.source).gives_scalar:
        return 1
    shape = session.shapes.get((wire.source, wire.output))
    if shape is None:
        given = graph.node(wire.source).parameters
        if given.get("out_features") is not None:
            return int(given["out_features"])
        return int(given["shape"][-1]) if len(given.get("shape", ())) == 1 else None
    return int(shape[-1]) if len(shape) == 2 and isinstance(shape[-1], int) else None
