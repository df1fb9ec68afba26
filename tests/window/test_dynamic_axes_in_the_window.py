"""An axis of any length in the window: it is typed in the inspector, and everything that names shapes follows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.inspector.labels import shape_text
from app.inspector.node_page import NodePage
from app.panels.problems_panel import ProblemRow
from app.window.export_dialog import ExportDialog
from graph_model import Document, TrainingSettings
from tests.drawings import chain


def sequence_network(length: int = 20) -> Document:
    graph = chain(
        ("Input", "x", {"shape": [length, 2]}),
        ("LSTM", "lstm", {"hidden_size": 8}),
        ("LastStep", "last", {}),
        ("Linear", "sum", {"out_features": 1}),
        ("Output", "y", {}),
    )
    settings = TrainingSettings(dataset="adding", loss="mean_squared_error", epochs=1, dataset_options={"steps": 12})
    return Document(graph, settings)


def flat_network() -> Document:
    return Document(
        chain(
            ("Input", "x", {"shape": [1, 32]}),
            ("MaxPool1d", "pool", {"kernel_size": 2}),
            ("Flatten", "flat", {}),
            ("Linear", "linear", {"out_features": 1}),
            ("Output", "y", {}),
        )
    )


def page_of(window, name: str) -> NodePage:
    window.session.select([window.session.graph.node_named(name).id])
    return window.inspector.findChild(NodePage)


def enter(window, qtbot, text: str) -> NodePage:
    """Type names of axes into the inspector."""
    page = page_of(window, "x")
    line = page.form.fields["dynamic_axes"].editor
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text) if text else qtbot.keyClick(line, Qt.Key.Key_Delete)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    window.session.live_check.settle()
    return page_of(window, "x")


def shapes(window) -> dict[str, str]:
    names = {node.id: node.name for node in window.session.graph.nodes()}
    return {names[node]: shape_text(shape) for (node, port), shape in window.session.shapes.items() if port == 0}


def test_every_shape_follows_the_name_another_name_and_none(window, qtbot):
    window.session.open_document(sequence_network())
    assert page_of(window, "x").form.fields["dynamic_axes"].editor.placeholderText() == "none, e.g. time"
    for text, shown in (("time", "time"), ("steps", "steps"), ("", "20")):
        page = enter(window, qtbot, text)
        assert shapes(window)["lstm"] == f"(batch, {shown}, 8)"
        assert page.shape.text() == f"(batch, {shown}, 2)"
        assert f"(batch, {shown}, 2)" in window.status.shapes.text()
        assert page.lengths.text() == (f"{text}: any length, drawn with 20" if text else "")
        assert page.lengths.isVisibleTo(page) == bool(text)


def test_what_cannot_follow_is_named_at_the_input_and_mended_among_the_problems(window, qtbot):
    window.session.open_document(flat_network())
    page = enter(window, qtbot, "-, width")
    assert page.lengths.text() == "width: only 32 so far; 'linear' cannot follow, see Problems"
    window.show_problems()
    (row,) = window.tabs.problems.findChildren(ProblemRow)
    button = row.findChild(QPushButton)
    assert button.text() == "Keep 'width' as long as it is drawn"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    window.session.live_check.settle()
    assert window.session.problems == []
    assert not page_of(window, "x").lengths.text()
    window.session.undo_stack.undo()
    window.session.live_check.settle()
    assert len(window.session.problems) == 1


def test_a_run_takes_the_length_of_the_data_and_the_drawing_stays_as_it_is(window, qtbot):
    window.session.open_document(sequence_network())
    window.control.run()
    assert window.control.state == "idle"
    enter(window, qtbot, "time")
    window.control.run()
    qtbot.waitUntil(lambda: window.control.state == "finished", timeout=60_000)
    assert window.session.graph.node_named("x").parameters["shape"] == [20, 2]


def test_the_export_says_which_sizes_are_free(window, qtbot, tmp_path):
    document = sequence_network()
    document.graph.set(document.graph.node_named("x"), dynamic_axes="time")
    for drawn, said in ((document, "Takes any batch size; 'time' of any length"), (flat_network(), "any batch size")):
        dialog = ExportDialog(drawn, tmp_path / "a.onnx", window.tasks, window)
        qtbot.waitUntil(lambda dialog=dialog: dialog.report is not None, timeout=60_000)
        assert said in dialog.text.text().splitlines()[2]
        dialog.close()
