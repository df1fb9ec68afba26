"""Unfolding the selected layer into neurons, and folding selected neurons into a layer; torch must be ready for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.session.editor_session import EditorSession
from graph_model import EditError
from graph_model.document import WithWeights

if TYPE_CHECKING:
    from compiler.unfolding import Opened

UNFOLDABLE = ("Linear", "Convolution", "Pooling")
"""Families among whose kinds are some that unfold; what of them does not, says so."""


def may_unfold(session: EditorSession) -> bool:
    """Whether one layer is selected that could be unfolded, going by its kind."""
    kinds = [session.graph.kind_of(node) for node in session.selection]
    return len(kinds) == 1 and kinds[0].family in UNFOLDABLE


def may_fold(session: EditorSession) -> bool:
    """Whether nothing but neurons is selected."""
    kinds = [session.graph.kind_of(node) for node in session.selection]
    return bool(kinds) and all(kind.gives_scalar and kind.inputs for kind in kinds)


def unfold_selected(session: EditorSession) -> None:
    """Put neurons and wires in the place of the selected layer and select them; raises CompileError with the reason."""
    from compiler.unfolding import unfold, unfold_inside

    if not may_unfold(session):
        raise EditError("Select one layer first: a Linear, a convolution or a pooling unfolds into its neurons.")
    (layer,) = session.selection
    text = session.tr("Unfold into neurons")
    if session.levels:
        changed = unfold_inside(session.document, _opened(session), layer)
        session.apply_whole(changed.edit, text)
        session.select(changed.node_ids)
        return
    unfolded = unfold(session.document, layer)
    session.apply(unfolded.edit, text)
    session.select(unfolded.node_ids)


def fold_selected(session: EditorSession) -> None:
    """Put a layer in the place of the selected neurons and select it; raises CompileError with the reason."""
    from compiler.unfolding import fold, fold_inside

    if not may_fold(session):
        raise EditError("Select the neurons that are to become one layer, and nothing else.")
    chosen = [node.id for node in session.graph.nodes() if node.id in session.selection]
    text = session.tr("Fold into a layer")
    if session.levels:
        changed = fold_inside(session.document, _opened(session), chosen)
        session.apply_whole(changed.edit, text)
        session.select(changed.node_ids)
        return
    folded = fold(session.document, chosen)
    session.apply(WithWeights(folded.edit, folded.weights), text)
    session.select({folded.node_id})


def _opened(session: EditorSession) -> Opened:
    """The block that is open, with what arrives at its ports."""
    from compiler.unfolding import Opened

    session.live_check.settle()
    place = session.outer.graph.node(session.levels[-1])
    shapes = {node: shape for (node, port), shape in session.shapes.items() if port == 0}
    return Opened(place, session.level.copy, shapes)
