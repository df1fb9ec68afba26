"""What of the selection starts from trained weights, and starting it anew."""

from __future__ import annotations

from app.session.editor_session import EditorSession
from graph_model import EditError
from graph_model.blocks.levels import Copy, copies_of
from graph_model.carrying import weights_of
from graph_model.document import WithWeights
from graph_model.edits import Edit, ReplaceWires, Sequence, SetParameters


def trained_names(session: EditorSession) -> list[str]:
    """The names, in the document, of the trained weights of the selected nodes and wires; a neuron's are those on the
    wires to it too, and what is shared is shared by all that bear its label."""
    nodes, wires = _selected(session)
    document, inside = session.document, session.level.definition_id
    here = session.level.copy if inside else Copy()
    sharing = [copy for copy in copies_of(document.graph, inside) if copy.owner == here.owner]
    found: dict[str, None] = {}
    for start in dict.fromkeys(start for copy in sharing for start in (copy.owner, copy.path)):
        here_names = {name[len(start) :]: name for name in document.weights if name.startswith(start)}
        known = {local: document.weights[name] for local, name in here_names.items()}
        found |= {here_names[local]: None for local in weights_of(session.graph, known, [*nodes, *wires], own=True)}
    return list(found)


def start_anew(session: EditorSession) -> None:
    """Let the selected nodes and wires begin again with the weights that the drawing says, as one step."""
    names = trained_names(session)
    if not names:
        raise EditError("Nothing that is selected has trained weights: it starts as the drawing says already.")
    nodes, wires = _selected(session)
    graph = session.graph
    steps: list[Edit] = [SetParameters(identifier, {}) for identifier in nodes]  # the same: it tells the views
    if wires:
        steps.append(ReplaceWires(tuple(graph.wire(identifier) for identifier in wires)))
    edit = session.level.as_whole(Sequence(tuple(steps)))
    session.apply_whole(WithWeights(edit, dict.fromkeys(names)), session.tr("Start anew"))


def _selected(session: EditorSession) -> tuple[list[str], list[str]]:
    """The selected nodes, and the wires whose weights go with the selection."""
    graph = session.graph
    chosen = set(session.selected_wires)
    for node in session.selection:
        if graph.kind_of(node).weighs_wires:
            chosen |= {wire.id for wire in graph.incoming(node)}
    return sorted(session.selection), sorted(graph.with_tied(sorted(chosen)))
