"""A drawing with blocks on a canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from graph_model import Document, Graph
from tests.block_drawings import between, residual_block


@pytest.fixture
def drawing(canvas, session) -> Graph:
    """x → a → b → after → y: two places of one block, and a layer; torch checks it."""
    graph = Graph("drawing")
    residual_block(graph, 6)
    nodes = between(
        graph,
        [6],
        ("@residual", "a", {}),
        ("@residual", "b", {"repeat": 3}),
        ("Linear", "after", {"out_features": 6}),
    )
    for number, node in enumerate(nodes):
        graph.move(node, (160.0 * number - 320.0, 0.0))
    session.live_check.use_compiler()
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(1.0)
    canvas.viewpoint.look_at(QPointF(0, 0))
    return graph
