"""The gallery invites: every example shows its drawing, can be searched for, and is reached by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from app.theme import dark_theme
from app.window.gallery_dialog import GalleryDialog


@pytest.fixture
def dialog(qtbot) -> GalleryDialog:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = GalleryDialog(parent, dark_theme(), with_shapes=True)
    qtbot.addWidget(made)
    made.parent_kept = parent
    made.show()
    return made


def shown(dialog: GalleryDialog) -> list[str]:
    items = [dialog.list.item(row) for row in range(dialog.list.count())]
    return [item.text() for item in items if not item.isHidden()]


def test_it_opens_with_the_first_example_and_draws_it(dialog, qtbot):
    assert dialog.chosen == dialog.examples[0]
    qtbot.waitUntil(lambda: not dialog.picture.pixmap().isNull(), timeout=10_000)
    image = dialog.picture.pixmap().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert dark_theme().paper in colours
    assert len(colours) > 3


def test_each_word_of_a_search_must_be_spoken_of_and_topics_without_examples_go(dialog, qtbot):
    qtbot.keyClicks(dialog.search, "googlenet imagenet")
    assert shown(dialog) == ["Published models", "GoogLeNet (2014)"]
    assert dialog.chosen.file.stem == "googlenet"
    dialog.search.clear()
    assert len(shown(dialog)) == dialog.list.count()


def test_what_nothing_speaks_of_opens_nothing(dialog, qtbot):
    qtbot.keyClicks(dialog.search, "xyzzy")
    assert shown(dialog) == []
    assert dialog.title.text() == "No example speaks of this"
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Open).isEnabled()
    dialog.accept()
    assert dialog.isVisible()


def test_search_walk_and_open_without_the_mouse(dialog, qtbot):
    assert dialog.search.hasFocus() or dialog.focusWidget() is dialog.search
    qtbot.keyClicks(dialog.search, "vgg")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.chosen.file.stem == "vgg_16"
    assert dialog.title.text() == dialog.chosen.title
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.result() == GalleryDialog.DialogCode.Accepted


def test_a_screen_reader_hears_what_an_example_is_about(dialog):
    item = dialog.list.currentItem()
    assert item.data(Qt.ItemDataRole.AccessibleDescriptionRole) == dialog.examples[0].first_line
