"""Palette, inspector, menus and theme of the main window, used as a person uses them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.inspector.document_page import DocumentPage
from app.inspector.node_page import NodePage
from app.inspector.wire_page import WirePage
from graph_model import Document
from tests.drawings import chain, worked_example
from tests.window.window_hand import press, small_digits


def test_a_chain_is_built_by_double_clicks_in_the_palette(window):
    for kind in ("Input", "Linear", "Linear", "Output"):
        window.palette.tree.itemActivated.emit(window.palette.items[kind], 0)
    graph = window.session.graph
    assert [node.kind for node in graph.topological_order()] == ["Input", "Linear", "Linear", "Output"]
    assert len(graph.wires()) == 3
    window.session.live_check.settle()
    assert window.session.problems == []


def test_the_palette_is_searched_and_enter_places_the_first_match(window, qtbot):
    press(window, "find_in_palette")
    qtbot.keyClicks(window.palette.search, "batchnorm2")
    assert [name for name, item in window.palette.items.items() if not item.isHidden()] == ["BatchNorm2d"]
    qtbot.keyClick(window.palette.search, Qt.Key.Key_Return)
    assert [node.kind for node in window.session.graph.nodes()] == ["BatchNorm2d"]


def test_the_inspector_edits_refuses_with_the_reason_and_follows_undo(window, qtbot):
    window.session.open_document(small_digits())
    node = window.session.graph.node_named("hidden")
    window.session.select([node.id])
    page = window.inspector.page
    assert isinstance(page, NodePage)
    spin = page.form.fields["out_features"].editor
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "24")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert window.session.graph.node(node).parameters["out_features"] == 24
    page = window.inspector.page
    page.form.fields["out_features"].offer(-1)
    assert "at least 1" in page.form.fields["out_features"].reason.text()
    assert window.session.graph.node(node).parameters["out_features"] == 24
    press(window, "undo")
    assert page.form.fields["out_features"].editor.value() == 8


def test_irrelevant_parameters_are_hidden(window):
    window.session.open_document(small_digits())
    window.session.select([window.session.graph.node_named("hidden").id])
    form = window.inspector.page.form
    assert form.fields["weight_init_std"].isHidden()
    form.fields["weight_init"].offer("normal")
    assert not window.inspector.page.form.fields["weight_init_std"].isHidden()


def test_a_wire_to_a_neuron_has_its_weight_edited(window):
    window.session.open_document(Document(worked_example()))
    wire = window.session.graph.wires()[0]
    window.session.select((), [wire.id])
    page = window.inspector.page
    assert isinstance(page, WirePage)
    page.fields["weight"].editor.setText("0.75")
    page.fields["weight"].editor.editingFinished.emit()
    assert window.session.graph.wire(wire).weight == 0.75


def test_with_nothing_selected_the_document_is_edited(window):
    window.session.open_document(small_digits())
    page = window.inspector.page
    assert isinstance(page, DocumentPage)
    page.general.fields["optimizer"].offer("Adam")
    training = window.session.document.training
    assert (training.optimizer, training.learning_rate) == ("Adam", 0.001)
    page = window.inspector.page
    assert "betas" in page._options["optimizer_options"][1].fields
    press(window, "undo")
    assert window.session.document.training.optimizer == "SGD"


def test_every_action_has_words_and_shortcuts_are_used_once(window):
    seen: dict[str, str] = {}
    for identifier, spec in window.actions_table.specs.items():
        assert spec.text.strip()
        assert spec.meaning.strip(), identifier
        for sequence in window.actions_table[identifier].shortcuts():
            key = sequence.toString()
            assert key not in seen, f"{key}: {identifier} and {seen.get(key)}"
            seen[key] = identifier


def test_every_action_stands_in_a_menu(window):
    listed = {action.objectName() for menu in window.menuBar().actions() for action in menu.menu().actions()}
    assert set(window.actions_table.specs) <= listed


def test_a_command_is_found_by_typing(window, qtbot):
    from app.actions.search import CommandSearch

    search = CommandSearch(window.actions_table, window)
    qtbot.keyClicks(search.field, "zoom fit")
    assert search.results.count() == 1
    window.session.open_document(small_digits())
    search.field.setText("select all")
    qtbot.keyClick(search.field, Qt.Key.Key_Return)
    assert len(window.session.selection) == 4


def test_the_theme_changes_live_and_is_remembered(window):
    press(window, "theme_dark")
    assert window.theme_source.theme.dark
    assert QApplication.instance().palette().window().color().lightness() < 60
    assert window.settings.theme_mode == "dark"
    press(window, "theme_light")
    assert not window.theme_source.theme.dark


def test_a_problem_is_mended_by_its_button(window):
    graph = chain(("Input", "image", {"shape": [1, 8, 8]}), ("Linear", "h", {"out_features": 10}), ("Output", "y", {}))
    window.session.open_document(Document(graph))
    panel = window.tabs.problems
    assert window.status.problems.text() == "1 problem"
    from PySide6.QtWidgets import QPushButton

    from app.panels.problems_panel import ProblemRow

    (row,) = panel.widget().findChildren(ProblemRow)
    row.findChildren(QPushButton)[0].click()
    window.session.live_check.settle()
    assert window.status.problems.text() == "no problems"


def test_copy_and_paste_between_documents(window):
    window.session.open_document(small_digits())
    press(window, "select_all")
    press(window, "copy")
    window.session.open_document(Document())
    press(window, "paste")
    assert len(window.session.graph.nodes()) == 4
    assert len(window.session.graph.wires()) == 3
