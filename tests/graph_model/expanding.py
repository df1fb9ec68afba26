"""What tests do with blocks: shown as their nodes, and put back."""

from __future__ import annotations

from collections.abc import Sequence

from graph_model import Document, Graph
from graph_model.blocks import is_block
from graph_model.blocks.collapsing import collapse
from graph_model.blocks.expanding import Expansion, expand
from tests.block_drawings import between, residual_block


def shown(document: Document, place: str, others: Sequence[Expansion] = ()) -> Expansion:
    """Show a block as its nodes."""
    made, expansion = expand(document.graph, place, others)
    document.apply(made.with_weights(document))
    return expansion


def put_back(document: Document, expansion: Expansion, *further: str, others: Sequence[Expansion] = ()) -> None:
    """Make its nodes a block again, and of `further` ones as well."""
    made = collapse(document.graph, expansion, further, others)
    document.apply(made.with_weights(document))


def places(document: Document) -> list[str]:
    """The blocks that stand in the drawing."""
    return [node.id for node in document.graph.nodes() if is_block(node.kind)]


def two_residuals() -> Document:
    """x → a → b → y, two places of one block."""
    graph = Graph("two")
    residual_block(graph)
    nodes = between(graph, [6], ("@residual", "a", {}), ("@residual", "b", {}))
    for number, node in enumerate(nodes):
        graph.move(node, (160.0 * number, 0.0))
    return Document(graph)
