"""The panel of costs: what it lists, how it sorts, that it follows the drawing, and that it and the canvas point at
each other."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtCore import Qt

from app.panels.analyze.table_model import DOMINATES, SHARE
from app.training.cost.columns import COLUMNS
from app.window.main_window import MainWindow
from graph_model import Document, TrainingSettings
from graph_model.document import SetTraining
from graph_model.edits import SetParameters
from tests.drawings import chain

PARAMETERS, FORWARD = 2, 4


@pytest.fixture
def panel(window: MainWindow, qtbot):
    graph = chain(
        ("Input", "x", {"shape": [64]}),
        ("Linear", "small", {"out_features": 20, "activation": "ReLU"}),
        ("Linear", "wide", {"out_features": 500, "activation": "ReLU"}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    window.flow.open_document(Document(graph, TrainingSettings(batch_size=30)))
    window.actions_table["analyze"].trigger()
    made = window.tabs.analyze
    qtbot.waitUntil(lambda: made.analysis is not None and len(made.analysis.rows) == 5)
    return made


def names(panel) -> list[str]:
    return [panel.model.index(row, 0).data() for row in range(panel.model.rowCount())]


def node_id(window: MainWindow, name: str) -> str:
    return window.session.graph.node_named(name).id


def click(panel, qtbot, row: int) -> None:
    place = panel.table.visualRect(panel.model.index(row, 0)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_it_lists_the_total_and_the_nodes_in_the_order_of_running(panel):
    assert names(panel) == ["Total", "x", "small", "wide", "last", "y"]
    assert panel.model.index(0, PARAMETERS).data() == "16.8 k"
    assert panel.model.index(3, PARAMETERS).data() == "10.5 k"
    assert panel.model.index(3, PARAMETERS).data(Qt.ItemDataRole.ToolTipRole) == "10,500"
    assert "batches of 30" in panel.verdict.text()


def test_a_click_on_a_heading_sorts_by_number_and_the_total_stays_on_top(panel, qtbot):
    header = panel.table.horizontalHeader()
    place = header.sectionViewportPosition(PARAMETERS) + header.sectionSize(PARAMETERS) // 2
    seen = []
    for _ in range(2):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=header.rect().center().__class__(place, 5))
        seen.append(names(panel))
    assert ["Total", "wide", "last", "small", "x", "y"] in seen
    assert any(one[-1] == "wide" and one[0] == "Total" for one in seen)


def test_the_largest_of_a_column_is_marked_and_bars_are_shares_of_it(panel):
    rows = {name: row for row, name in enumerate(names(panel))}
    wide, small = panel.model.index(rows["wide"], PARAMETERS), panel.model.index(rows["small"], PARAMETERS)
    assert wide.data(DOMINATES)
    assert wide.data(SHARE) == 1
    assert not small.data(DOMINATES)
    assert small.data(SHARE) == pytest.approx(1300 / 10_500)
    assert panel.model.index(rows["Total"], PARAMETERS).data(SHARE) is None


def test_a_bar_is_painted_as_long_as_its_share(panel, window):
    window.session.select([])
    colour = window.theme_source.theme.colour("surface").rgb()
    picture = panel.table.viewport().grab().toImage()

    def painted(name: str) -> int:
        cell = panel.table.visualRect(panel.model.index(names(panel).index(name), PARAMETERS))
        grounds = {colour, window.theme_source.theme.colour("paper").rgb()}
        return sum(picture.pixel(x, cell.bottom() - 4) not in grounds for x in range(cell.left() + 1, cell.right() - 1))

    assert painted("wide") > 3 * painted("small") > 0
    assert painted("x") == 0


def test_a_row_selects_its_node_and_a_node_its_row(panel, window, qtbot):
    click(panel, qtbot, 3)
    assert window.session.selection == {node_id(window, "wide")}
    window.session.select([node_id(window, "small"), node_id(window, "last")])
    chosen = {panel.model.node_at(index.row()) for index in panel.table.selectionModel().selectedRows()}
    assert chosen == {node_id(window, "small"), node_id(window, "last")}
    assert window.session.selection == chosen


def test_the_selection_stays_with_its_node_when_the_order_changes(panel, window, qtbot):
    click(panel, qtbot, 3)
    panel.table.sortByColumn(FORWARD, Qt.SortOrder.AscendingOrder)
    (index, *_) = panel.table.selectionModel().selectedRows()
    assert panel.model.node_at(index.row()) == node_id(window, "wide")


def test_another_batch_is_computed_without_changing_the_document(panel, window, qtbot):
    before = panel.analysis.total.forward
    panel.batch.setValue(300)
    qtbot.waitUntil(lambda: panel.analysis.batch == 300)
    assert panel.analysis.total.forward == 10 * before
    assert window.session.document.training.batch_size == 30


def test_it_follows_edits_and_the_training_settings(panel, window, qtbot):
    window.session.apply(SetParameters(node_id(window, "wide"), {"out_features": 600}), "wider")
    qtbot.waitUntil(lambda: panel.analysis.total.parameters == 1300 + 12_600 + 6010)
    window.session.apply(SetTraining(TrainingSettings(batch_size=44, optimizer="Adam")), "Adam")
    qtbot.waitUntil(lambda: panel.analysis.batch == 44)
    assert panel.analysis.total.optimizer == 2 * panel.analysis.total.gradients


def test_it_computes_nothing_while_it_is_hidden(panel, window, qtbot):
    window.tabs.show_problems()
    window.session.apply(SetParameters(node_id(window, "wide"), {"out_features": 600}), "wider")
    window.session.live_check.settle()
    assert not panel.computing.busy
    window.show_analysis()
    qtbot.waitUntil(lambda: panel.analysis.total.parameters == 1300 + 12_600 + 6010)


def test_an_empty_drawing_says_what_to_do(panel, window, qtbot):
    window.session.new()
    qtbot.waitUntil(lambda: panel.analysis is None)
    assert panel.pages.currentWidget() is panel.invitation
    assert "Draw a network" in panel.invitation.text()
    assert not panel.export.isEnabled()


def test_settings_that_cannot_be_are_said_in_a_sentence(panel, window, qtbot):
    window.session.apply(SetTraining(TrainingSettings(optimizer="Nadam")), "Nadam")
    qtbot.waitUntil(lambda: "no optimizer 'Nadam'" in panel.verdict.text())
    assert panel.verdict.property("problem")


def test_what_does_not_fit_is_said_as_a_problem(panel, qtbot, monkeypatch):
    assert not panel.verdict.property("problem")
    monkeypatch.setattr("app.training.cost.analysis.free_memory", lambda _: 1000)
    panel.refresh()
    qtbot.waitUntil(lambda: panel.analysis.free == 1000)
    assert panel.verdict.property("problem")
    assert "Not even a batch of 1 fits" in panel.verdict.text()


def test_the_table_is_written_as_csv(panel, tmp_path):
    panel.export_to(tmp_path / "costs.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "costs.csv").read_text())))
    assert [row["node"] for row in rows] == ["x", "small", "wide", "last", "y", "total"]
    assert {column.name for column in COLUMNS} <= rows[0].keys()
    assert "Wrote" in panel.verdict.text()


def test_a_file_that_cannot_be_written_is_said_to_be_so(panel, tmp_path):
    panel.export_to(tmp_path / "missing" / "costs.csv")
    assert "cannot be written" in panel.verdict.text()
