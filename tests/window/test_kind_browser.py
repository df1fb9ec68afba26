"""The documentation in the inspector, and in a window of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl

from app.inspector.about import AboutLayer
from graph_model import Document, kinds
from tests.drawings import chain


def sequences() -> Document:
    return Document(
        chain(
            ("Input", "x", {"shape": [20, 4]}),
            ("LSTM", "memory", {"hidden_size": 8}),
            ("LastStep", "last", {}),
            ("Output", "y", {}),
        )
    )


def about(window) -> AboutLayer:
    return window.inspector.page.about


def select(window, name: str) -> None:
    window.session.select([window.session.graph.node_named(name).id])


def test_the_inspector_tells_all_of_a_layer_with_its_shapes(window):
    window.session.open_document(sequences())
    select(window, "memory")
    window.session.live_check.settle()
    text = about(window).text.text()
    for part in ("Reads a sequence step by step", "initial memory", "hidden_size", "Hochreiter", "torch.nn.LSTM"):
        assert part in text
    assert "now (batch, 20, 4)" in text
    assert "now (batch, 20, 8)" in text
    assert "now (batch, 8)" in text


def test_the_section_folds_and_stays_folded_for_the_next_layer_and_the_next_start(window, qtbot):
    window.session.open_document(sequences())
    select(window, "memory")
    assert about(window).text.isVisibleTo(window)
    qtbot.mouseClick(about(window).heading, Qt.MouseButton.LeftButton)
    assert not about(window).text.isVisibleTo(window)
    select(window, "last")
    assert not about(window).text.isVisibleTo(window)
    assert window.settings.about_open is False


def test_help_opens_at_the_selected_layer_and_a_link_in_the_inspector_at_its_kind(window):
    window.session.open_document(sequences())
    select(window, "last")
    window.actions_table["layers_and_blocks"].trigger()
    browser = window.documentation.browser
    assert browser.isVisible()
    assert browser.shown == "LastStep"
    assert browser.text.toPlainText().startswith("LastStep\nRecurrent")
    about(window).text.linkActivated.emit("kind:MeanOverTime")
    assert browser.shown == "MeanOverTime"
    assert window.documentation.browser is browser


def test_the_browser_is_searched_read_and_left_by_the_keyboard(window, qtbot):
    window.actions_table["layers_and_blocks"].trigger()
    browser = window.documentation.browser
    qtbot.keyClicks(browser.search, "lstm")
    assert browser.shown == "LSTM"
    qtbot.keyClick(browser.search, Qt.Key.Key_Down)
    assert browser.shown == "LSTMCell"
    qtbot.keyClick(browser, Qt.Key.Key_Escape)
    assert not browser.isVisible()


def test_links_lead_to_other_kinds_and_back(window):
    window.documentation.show_kind("LSTMCell")
    browser = window.documentation.browser
    browser.text.anchorClicked.emit(QUrl("#LSTM"))
    assert browser.shown == "LSTM"
    assert browser.list.currentItem().text(0) == "LSTM"
    browser.go_back()
    assert browser.shown == "LSTMCell"


def test_every_kind_can_be_read_even_one_that_cannot_be_placed_here(window):
    window.documentation.show_kind("Delay")
    browser = window.documentation.browser
    for name in kinds():
        browser.show_kind(name)
        assert browser.text.toPlainText().startswith(name)
        assert not browser.list.items[name].isHidden()


def test_the_text_takes_the_colours_of_the_theme(window):
    window.documentation.show_kind("Linear")
    browser = window.documentation.browser
    light = browser.text.toHtml()
    window.theme_source.set_mode("dark")
    assert window.theme_source.theme.muted_text in browser.text.toHtml()
    assert browser.text.toHtml() != light
