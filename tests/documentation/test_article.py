"""The documentation as HTML and as plain text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from app.documentation import article, linked, sheet_of
from app.documentation.plain_text import WIDTH, plain_text
from app.documentation.tooltip import tooltip
from app.documentation.web_page import web_page
from graph_model import Kind, kinds
from graph_model.parameters import Text

VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Follows tags and collects ids, links and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if given.get("id"):
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        self.outside += [given[name] for name in ("src", "data") if name in given]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


class Wicked(Kind):
    """Looks <b>like</b> & a "tag".

    Takes (batch, <script>alert(1)</script>).
    """

    family = "Linear"
    formula = "a < b & c > d"
    source = "<i>nobody</i>"
    also_called = ("<u>x</u>",)
    value = Text(default="<img src=x>", meaning="Neither <b>bold</b>.")


def test_everything_from_a_declaration_is_escaped():
    sheet = sheet_of(Wicked())
    for html in (article(sheet, kinds(), "#{}".format, {"in input": "<s>"}), tooltip(Wicked()), web_page([Wicked()])):
        assert not {"<b>like", "<script>", "<i>nobody", "<u>x", "<img", "<s>"} & {
            word for word in ("<b>like", "<script>", "<i>nobody", "<u>x", "<img", "<s>") if word in html
        }
    assert 'Looks <b>like</b> & a "tag".' in Reader(article(sheet, (), str)).text


def test_the_web_page_needs_nothing_beside_itself_and_all_its_links_lead_somewhere():
    page = Reader(web_page(kinds().values()))
    assert page.open == []
    assert page.outside == []
    assert sorted(page.ids) == sorted(kinds())
    assert {link[0] for link in page.links} == {"#"}
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.links) > len(kinds()) + 50, "texts mention other kinds"


def test_links_are_made_of_names_but_not_of_words_that_begin_a_sentence():
    set_text = linked({"LSTM", "Add", "Linear"}, "#{}".format)
    assert set_text("Add it. Add more, with an Add.") == 'Add it. Add more, with an <a href="#Add">Add</a>.'
    assert set_text("LSTM, not LSTMs") == '<a href="#LSTM">LSTM</a>, not LSTMs'
    assert set_text("torch.nn.Linear") == "torch.nn.Linear"
    assert linked((), str)("a < b") == "a &lt; b"


def test_what_flows_at_a_node_stands_beside_its_ports():
    html = article(sheet_of(kinds()["Linear"]), (), str, {"in input": "(batch, 4)", "out output": "(batch, 32)"})
    text = Reader(html).text
    assert "input (now (batch, 4))" in text
    assert "output (now (batch, 32))" in text


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_its_plain_text_fits_a_terminal_and_its_html_is_well_formed(kind):
    sheet = sheet_of(kind)
    text = plain_text(sheet)
    assert all(len(line) <= WIDTH or "    " + sheet.formula == line for line in text.splitlines())
    assert all(entry.name in text for entry in sheet.parameters)
    assert Reader(article(sheet, kinds(), str)).open == []
    assert len(Reader(tooltip(kind)).text) < 400
