"""Names on the canvas: what has no room is shortened where it matters least, and blocks make room for their ports."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF

from app.canvas import sizes
from app.canvas.captions import LONGEST_TEXT, line, text_font
from app.canvas.node_form import form_of
from graph_model import Graph
from tests.block_drawings import define


def test_names_that_differ_at_their_ends_can_be_told_apart(qapp):
    one, other = (line(f"the last convolution of stage {number}", True) for number in (1, 2))
    assert one.text.text().startswith("the last")
    assert one.text.text().endswith("1")
    assert one.text.text() != other.text.text()
    assert one.width <= LONGEST_TEXT + 1
    assert line("hidden 1", True).text.text() == "hidden 1"


def block_with_ports(*names: str):
    """How a block is drawn whose inputs have these names."""
    graph = Graph("ports")
    body = define(graph, "joined")
    added = body.add("Add", name="sum")
    for name in names:
        body.connect(body.add("BlockInput", name=name), added)
    body.connect(added, body.add("BlockOutput", name="y"))
    place = graph.add("@joined", name="place")
    return form_of(place, graph.kind_of(place), None)


@pytest.mark.parametrize("longest", ["b", "hidden state", "encoder state"])
def test_a_block_is_as_wide_as_the_names_of_its_ports_need(qapp, longest):
    form = block_with_ports("a", longest)
    assert form.width - sizes.BESIDE_PORT_NAME >= QFontMetricsF(text_font()).horizontalAdvance(longest)
    assert form.width % 2 == 0
    assert form.width >= sizes.BLOCK_WIDTH


def test_a_very_long_name_of_a_port_does_not_push_other_nodes_aside(qapp):
    assert block_with_ports("a", "a name that nobody would write " * 3).width <= 96
    assert block_with_ports("a name that is not written, for it is the only port").width == sizes.BLOCK_WIDTH
