"""The inspector says where a drawn cell is one of torch's own."""

from __future__ import annotations

from app.inspector.node_page import NodePage
from app.session import EditorSession
from graph_model import Document, Graph
from tests.block_drawings import between, naive_rnn, residual_block


def test_a_drawn_rnn_is_said_to_run_as_torchs_and_other_blocks_are_not(qtbot):
    graph = Graph()
    naive_rnn(graph, hidden=6)
    residual_block(graph)
    between(graph, [4, 6], ("@rnn", "cell", {"returns": "last"}), ("@residual", "skip", {}))
    session = EditorSession()
    session.live_check.use_compiler()
    session.open_document(Document(graph))
    for name, expected in (("cell", True), ("skip", False)):
        page = NodePage(session, [graph.node_named(name).id])
        qtbot.addWidget(page)
        assert ("It computes what nn.RNN does" in page.shape.text()) == expected
