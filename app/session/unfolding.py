"""Unfolding the selected layer into neurons, and folding selected neurons into a layer; torch must be ready for it."""

from __future__ import annotations

from app.session.editor_session import EditorSession
from graph_model import EditError
from graph_model.document import WithWeights

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
    from compiler.unfolding import unfold

    _refuse_inside(session)
    if not may_unfold(session):
        raise EditError("Select one layer first: a Linear, a convolution or a pooling unfolds into its neurons.")
    (layer,) = session.selection
    unfolded = unfold(session.document, layer)
    session.apply(unfolded.edit, session.tr("Unfold into neurons"))
    session.select(unfolded.node_ids)


def fold_selected(session: EditorSession) -> None:
    """Put a layer in the place of the selected neurons and select it; raises CompileError with the reason."""
    from compiler.unfolding import fold

    _refuse_inside(session)
    if not may_fold(session):
        raise EditError("Select the neurons that are to become one layer, and nothing else.")
    chosen = [node.id for node in session.graph.nodes() if node.id in session.selection]
    folded = fold(session.document, chosen)
    session.apply(WithWeights(folded.edit, folded.weights), session.tr("Fold into a layer"))
    session.select({folded.node_id})


def _refuse_inside(session: EditorSession) -> None:
    if session.levels:
        raise EditError(
            "Layers unfold into neurons, and fold back, in the drawing itself, not inside a block: its places would "
            "have to share the weights that they start with. Ungroup the block first."
        )
