"""The editor's session: undo, dirty mark, selection, clipboard and live checks, without any widget."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from app.session import EditorSession
from graph_model import Document, DocumentError, EditError, TrainingSettings
from graph_model.document import SetGraphName, SetTraining
from graph_model.document_file import structure_text
from graph_model.edits import AddNodes, Move, Rename, SetParameters, SetWire
from tests.drawings import worked_example


@pytest.fixture
def session(qtbot) -> EditorSession:
    return EditorSession()


def place(session: EditorSession, kind: str, **parameters) -> str:
    node = session.graph.new_node(kind, **parameters)
    session.apply(AddNodes((node,)), f"Add {kind}")
    return node.id


def test_every_edit_is_undone_and_redone_to_the_same_document(session):
    texts = [structure_text(session.document)]
    first = place(session, "Input")
    texts.append(structure_text(session.document))
    second = place(session, "Linear")
    texts.append(structure_text(session.document))
    session.apply(AddNodes((), (session.graph.new_wire(*map(session.graph.node, (first, second))),)), "Connect")
    texts.append(structure_text(session.document))
    session.apply(Rename(second, "hidden"), "Rename")
    texts.append(structure_text(session.document))
    session.apply(SetTraining(TrainingSettings(learning_rate=0.5)), "Change training")
    texts.append(structure_text(session.document))
    session.apply(SetGraphName("mine"), "Rename drawing")
    texts.append(structure_text(session.document))
    for expected in reversed(texts[:-1]):
        session.undo_stack.undo()
        assert structure_text(session.document) == expected
    for expected in texts[1:]:
        session.undo_stack.redo()
        assert structure_text(session.document) == expected


def test_a_number_typed_on_a_wire_is_said_to_be_checked_without_a_new_check(session, qtbot, monkeypatch):
    session.open_document(Document(worked_example()))
    checks: list[bool] = []
    check = session.live_check.check_now
    monkeypatch.setattr(session.live_check, "check_now", lambda: (checks.append(True), check()))
    with qtbot.waitSignal(session.checked, timeout=2000):
        session.apply(SetWire("w1", weight=3.0), "Change weight")
    assert checks == []
    with qtbot.waitSignal(session.checked, timeout=2000):
        session.apply(SetWire("w1", tie="pair"), "Tie")
    assert checks == [True]


def test_edits_with_one_merge_id_are_one_step(session):
    node = place(session, "Linear", out_features=1)
    for size in (2, 3, 4):
        session.apply(SetParameters(node, {"out_features": size}), "Change out_features", f"{node}.out_features")
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert session.graph.node(node).parameters["out_features"] == 1
    session.undo_stack.redo()
    assert session.graph.node(node).parameters["out_features"] == 4


def test_merged_training_settings_return_to_the_first_value(session):
    for rate in (0.2, 0.3, 0.4):
        session.apply(SetTraining(TrainingSettings(learning_rate=rate)), "Change rate", "rate")
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.document.training.learning_rate == TrainingSettings().learning_rate
    session.undo_stack.redo()
    assert session.document.training.learning_rate == 0.4


def test_a_refused_edit_leaves_document_and_history_alone(session):
    node = place(session, "Linear")
    before = structure_text(session.document)
    with pytest.raises(EditError, match="out_features must be a whole number of at least 1, not 0"):
        session.apply(SetParameters(node, {"out_features": 0}), "Change")
    assert structure_text(session.document) == before
    assert session.undo_stack.count() == 1


def test_dirty_follows_edits_undo_saving_and_weights(session, tmp_path: Path):
    assert not session.dirty
    node = place(session, "Linear")
    assert session.dirty
    session.undo_stack.undo()
    assert not session.dirty
    session.undo_stack.redo()
    session.save(tmp_path / "a.gradcanvas")
    assert not session.dirty
    session.set_weights({f"{node}.weight": numpy.ones((2, 2), dtype=numpy.float32)})
    assert session.dirty
    session.save(tmp_path / "a.gradcanvas")
    assert not session.dirty


def test_a_file_that_cannot_be_opened_leaves_the_document_open(session, tmp_path: Path):
    place(session, "Linear")
    document = session.document
    (tmp_path / "bad.gradcanvas").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(DocumentError, match=r"bad\.gradcanvas cannot be opened"):
        session.open(tmp_path / "bad.gradcanvas")
    assert session.document is document
    assert session.undo_stack.canUndo()


def test_pasting_gives_fresh_names_and_keeps_the_wires_among_the_copies(session):
    source, target = place(session, "Input", name="x"), place(session, "Linear", name="h")
    graph = session.graph
    session.apply(AddNodes((), (graph.new_wire(graph.node(source), graph.node(target)),)), "Connect")
    session.select([source, target])
    session.copy()
    session.paste()
    assert sorted(graph.names()) == ["h", "h 2", "x", "x 2"]
    assert len(graph.wires()) == 2
    pasted = {graph.node(identifier).name for identifier in session.selection}
    assert pasted == {"x 2", "h 2"}


def test_a_fragment_can_be_pasted_into_another_session(session, qtbot):
    place(session, "Conv2d", name="eyes")
    session.select([session.graph.node_named("eyes").id])
    session.copy()
    other = EditorSession()
    other.paste((100.0, 50.0))
    assert other.graph.node_named("eyes").position == (100.0, 50.0)


def test_pasting_what_is_no_drawing_is_refused_in_words(session, qapp):
    qapp.clipboard().setText("hello")
    with pytest.raises(EditError, match="no part of a drawing on the clipboard"):
        session.paste()


def test_cut_removes_and_undo_brings_nodes_and_wires_back(session):
    source, target = place(session, "Input"), place(session, "Linear")
    graph = session.graph
    session.apply(AddNodes((), (graph.new_wire(graph.node(source), graph.node(target)),)), "Connect")
    before = structure_text(session.document)
    session.select([target])
    session.cut()
    assert not graph.has_node(target)
    assert not graph.wires()
    assert session.selection == frozenset()
    session.undo_stack.undo()
    assert structure_text(session.document) == before


def test_the_structure_is_checked_after_edits_without_torch(session, qtbot):
    assert [problem.message for problem in session.problems] == ["The drawing is empty: place an Input to begin."]
    with qtbot.waitSignal(session.checked):
        place(session, "Linear", name="hidden")
    assert any("'hidden' has nothing wired to it" in problem.message for problem in session.problems)


def test_moving_does_not_check_anew(session, qtbot):
    node = place(session, "Linear")
    session.live_check.settle()
    with qtbot.assertNotEmitted(session.checked, wait=100):
        session.apply(Move({node: (5.0, 5.0)}), "Move")


def test_shapes_and_counts_come_with_the_compiler(session):
    graph = session.graph
    x, h, y = (graph.node(place(session, kind)) for kind in ("Input", "Linear", "Output"))
    session.apply(AddNodes((), (graph.new_wire(x, h), graph.new_wire(h, y))), "Connect")
    session.live_check.use_compiler()
    session.live_check.settle()
    assert session.shapes[h.id, 0] == ("batch", 32)
    assert session.parameter_counts[h.id] == 64 * 32 + 32
    assert session.problems == []


def test_another_document_clears_history_and_selection(session):
    session.select([place(session, "Linear")])
    session.open_document(Document())
    assert session.selection == frozenset()
    assert not session.undo_stack.canUndo()
    assert not session.dirty


def test_who_hears_of_the_selection_has_heard_of_the_edit_that_took_it_away(session):
    node = place(session, "Neuron")
    session.select([node])
    session.highlight(node)
    heard = []
    session.edited.connect(lambda _: heard.append(("edited", session.selection, session.highlighted)))
    session.selection_changed.connect(lambda: heard.append("selection"))
    session.highlight_changed.connect(lambda: heard.append("highlight"))
    session.delete_selection()
    assert heard == [("edited", frozenset(), None), "selection", "highlight"]
