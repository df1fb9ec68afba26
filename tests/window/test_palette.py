"""The palette: families that open and close, and the search."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt

from app.palette import Palette
from app.palette.kind_list import OPEN_AT_FIRST
from app.theme import ThemeSource
from app.window.settings import WindowSettings
from graph_model import Graph, kinds
from graph_model.kind_search import matching_kinds
from tests.block_drawings import residual_block


@pytest.fixture
def palette(qtbot):
    made = Palette(ThemeSource("light"))
    qtbot.addWidget(made)
    made.resize(200, 500)
    made.show()
    return made


def shown(palette: Palette) -> list[str]:
    """What stands in the list, from above, families included."""
    tree, rows = palette.tree, []
    for index in range(tree.topLevelItemCount()):
        item = tree.topLevelItem(index)
        if item.isHidden():
            continue
        rows.append(item.text(0))
        if item.isExpanded():
            rows += [item.child(row).text(0) for row in range(item.childCount()) if not item.child(row).isHidden()]
    return rows


def click(qtbot, palette, item):
    place = palette.tree.visualItemRect(item).center()
    qtbot.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_all_families_are_seen_and_few_are_open_at_first(palette):
    headings = palette.tree.headings
    assert {family for family, heading in headings.items() if heading.isExpanded()} == OPEN_AT_FIRST
    assert set(headings) - set(shown(palette)) == {"Blocks"}, "there is no block yet"
    assert "Linear" in shown(palette)
    assert "Conv2d" not in shown(palette)


def test_a_click_and_the_keyboard_open_and_close_a_family(palette, qtbot):
    heading = palette.tree.headings["Convolution"]
    with qtbot.waitSignal(palette.tree.open_changed):
        click(qtbot, palette, heading)
    assert "Conv2d" in shown(palette)
    palette.tree.setCurrentItem(heading)
    qtbot.keyClick(palette.tree, Qt.Key.Key_Return)
    assert "Conv2d" not in shown(palette)
    qtbot.keyClick(palette.tree, Qt.Key.Key_Right)
    assert "Conv2d" in shown(palette)
    assert "Convolution" in palette.tree.open_families


def test_the_search_shows_the_best_matches_first_and_its_end_brings_the_families_back(palette, qtbot):
    before = shown(palette)
    qtbot.keyClicks(palette.search, "max pooling")
    assert shown(palette) == [kind.name for kind in matching_kinds("max pooling", kinds().values())]
    assert palette.tree.first_match() == "MaxPool1d"
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.search.text() == ""
    assert shown(palette) == before
    for family, heading in palette.tree.headings.items():
        members = [heading.child(row).text(0) for row in range(heading.childCount())]
        assert members == [name for name, kind in kinds().items() if kind.family == family]


def test_other_names_are_found_and_what_is_not_there_is_said(palette, qtbot):
    chosen = []
    palette.chosen.connect(chosen.append)
    qtbot.keyClicks(palette.search, "fully connected")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert chosen == ["Linear"]
    palette.search.setText("zzzz")
    assert palette.nothing.isVisible()
    assert palette.tree.first_match() is None
    palette.search.clear()
    assert not palette.nothing.isVisible()


def test_what_cannot_be_placed_here_is_not_found(palette):
    palette.search.setText("delay")
    assert "Delay" not in shown(palette)
    assert "TargetDelay" in shown(palette)


def test_blocks_of_the_document_are_listed_and_found(palette):
    graph = Graph("drawing")
    residual_block(graph)
    palette.follow(graph)
    assert "residual" in shown(palette)
    palette.search.setText("resid")
    assert shown(palette)[0] == "residual"
    palette.follow(Graph("other"))
    assert "residual" not in shown(palette)


def test_resting_the_mouse_says_formula_and_one_line(palette):
    tip = palette.items["Softshrink"].toolTip(0)
    assert "z &lt; −lambd" in tip
    assert "Turns small values into 0" in tip


def test_open_families_are_remembered(window, tmp_path):
    tree = window.palette.tree
    tree.headings["Pooling"].setExpanded(True)
    tree.headings["Linear"].setExpanded(False)
    again = WindowSettings(QSettings(window.settings._store.fileName(), QSettings.Format.IniFormat))
    assert again.open_families == OPEN_AT_FIRST - {"Linear"} | {"Pooling"}
    for heading in tree.headings.values():
        heading.setExpanded(False)
    assert window.settings.open_families == set()
