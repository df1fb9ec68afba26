"""What can be done with neurons and their wires by menu and keys.

A refusal is an EditError; a sentence that is returned tells what was left out.
"""

from __future__ import annotations

from app.canvas import sizes
from app.canvas.commands import offset_below
from app.canvas.gestures.column import add_below
from app.canvas.view import CanvasView
from app.session import EditorSession
from graph_model import EditError, Wire
from graph_model.connecting import columns, connect_columns
from graph_model.copying import column_pitch, duplicate
from graph_model.edits import Sequence, SetWire
from graph_model.typed_values import tie_wires
from graph_model.values import free_name

TIE_NAME = "tie"


def connect_all(canvas: CanvasView) -> str | None:
    """Wire every node of a selected column to every node of the next."""
    session = canvas.session
    found = connect_columns(session.graph, columns(session.graph, session.selection))
    session.apply(found.edit, canvas.tr("Connect all"))
    drawn = canvas.tr("{} wires drawn.").format(len(found.edit.wires))
    return f"{drawn} {found.refusals[0]}" if found.refusals else None


def duplicate_with_wires(canvas: CanvasView) -> str | None:
    """Copy the selected nodes with all their wires, also those from and to the rest of the drawing."""
    session = canvas.session
    chosen = [node.id for node in session.graph.nodes() if node.id in session.selection]
    copies = duplicate(session.graph, chosen, offset_below(canvas))
    edit = copies.with_weights(session.document, session.level.definition_id)
    session.apply_whole(edit, canvas.tr("Duplicate with wires"))
    session.select(node.id for node in copies.edit.nodes)
    return copies.left_out[0] if copies.left_out else None


def one_more_below(canvas: CanvasView) -> None:
    """Add one neuron below the selected ones, with the same wires."""
    graph, column = canvas.session.graph, sorted(canvas.session.selection)
    if not column:
        raise EditError("Select a neuron first: the new one is placed below it, with the same wires.")
    add_below(canvas, column, 1, column_pitch(graph, column, sizes.NEURON_PITCH))


def tie_selected(session: EditorSession) -> None:
    """Let the selected wires share one weight: the first one's."""
    chosen = weighing(session)
    if len(chosen) < 2:
        raise EditError("Select at least two wires to neurons first (Shift and click): they will share one weight.")
    tie = free_name(TIE_NAME, session.graph.ties())
    session.apply(tie_wires(session.level, [wire.id for wire in chosen], tie), session.tr("Tie wires"))


def untie_selected(session: EditorSession) -> None:
    """Give each selected wire a weight of its own again."""
    chosen = [wire.id for wire in weighing(session) if wire.tie is not None]
    if not chosen:
        raise EditError("None of the selected wires shares its weight with others.")
    session.apply(tie_wires(session.level, chosen, None), session.tr("Untie wires"))


def freeze_or_train_selected(session: EditorSession) -> None:
    """Keep training from changing the selected wires' weights; if all are frozen already, let it again."""
    chosen = weighing(session)
    if not chosen:
        raise EditError("Select wires to neurons first: only they carry weights that can be frozen.")
    trainable = not any(wire.trainable for wire in chosen)
    edits = tuple(SetWire(wire.id, trainable=trainable) for wire in chosen)
    session.apply(Sequence(edits), session.tr("Train wires") if trainable else session.tr("Freeze wires"))


def weighing(session: EditorSession) -> list[Wire]:
    """The selected wires that carry weights, in the order of connecting."""
    graph = session.graph
    wires = sorted((graph.wire(identifier) for identifier in session.selected_wires), key=lambda wire: wire.order)
    return [wire for wire in wires if graph.kind_of(wire.target).weighs_wires]
