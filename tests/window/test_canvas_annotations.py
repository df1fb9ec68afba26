"""Annotations on the canvas: numbers, what stands out, what steps back, and colours by value."""

from __future__ import annotations

import pytest

from app.canvas.annotations import MOST_LABELS, Annotations
from app.canvas.hit import Hit, Part
from app.canvas.paint_annotations import MOST_LINES, shown_rows
from app.canvas.value_scale import ValueScale
from graph_model import Document, Graph

pytest_plugins = ("tests.window.canvas_fixtures",)


def column(neurons: int) -> Graph:
    """Two inputs that feed a column of neurons."""
    graph = Graph("column")
    x = graph.add("Input", name="x", shape=[2], position=(0, 0))
    for index in range(neurons):
        neuron = graph.add("Neuron", name=f"n{index}", position=(200, 120.0 * index))
        for element in range(2):
            graph.connect(x, neuron, element=element, weight=1.0)
    return graph


def numbered(canvas, session, neurons: int, **more) -> Annotations:
    session.open_document(Document(column(neurons)))
    said = Annotations(lines=lambda node: (f"a of {node}",), label=lambda wire: f"of {wire}", **more)
    canvas.set_annotations(said)
    return said


def test_a_label_stands_in_the_place_of_the_weight(canvas, session):
    numbered(canvas, session, 1)
    picture = canvas.drawing.picture
    assert picture.chips.of(0).text == "of w1"
    canvas.set_annotations(None)
    assert picture.chips.of(0).text == "1"


def test_what_is_faint_is_painted_nearer_to_the_paper(canvas, session, hand):
    numbered(canvas, session, 1)
    canvas.zoom_to_fit()
    place = (200 - 22, 0.0)
    full = distance_from_paper(canvas, hand, place)
    canvas.set_annotations(Annotations(faint_nodes=frozenset(("n0",)), faint_wires=frozenset(("w1", "w2"))))
    assert distance_from_paper(canvas, hand, place) < 0.6 * full


def distance_from_paper(canvas, hand, place) -> float:
    """How much a place of the drawing and those around it differ from paper."""
    paper = canvas.theme.colour("paper")
    image = hand.seen()
    middle = hand.pixel(place) * image.devicePixelRatio()
    return max(
        abs(image.pixelColor(middle.x() + shift, middle.y()).lightness() - paper.lightness()) for shift in range(-4, 5)
    )


@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_what_is_current_stands_out_from_near_and_from_afar(canvas, session, hand, scale):
    session.open_document(Document(column(1)))
    canvas.viewpoint.zoom_to(scale)
    before = hand.seen()
    canvas.set_annotations(Annotations(current_nodes=frozenset(("n0",)), current_wires=frozenset(("w1",))))
    accent = canvas.theme.colour("accent")
    assert count_like(hand.seen(), accent) > count_like(before, accent)


def count_like(image, colour) -> int:
    near = 0
    for x in range(image.width()):
        for y in range(image.height()):
            pixel = image.pixelColor(x, y)
            if abs(pixel.red() - colour.red()) + abs(pixel.blue() - colour.blue()) < 40:
                near += 1
    return near


def test_of_many_nodes_only_the_current_and_the_marked_ones_bear_numbers(canvas, session):
    numbered(canvas, session, MOST_LINES + 5, current_nodes=frozenset(("n3", "n4")))
    picture = canvas.drawing.picture
    rows = picture.rows(frozenset(node.id for node in session.graph.nodes()))
    session.select(["n7"])
    names = [picture.geometry.nodes.ids[row] for row in shown_rows(picture, picture.annotated, rows)]
    assert sorted(names) == ["n3", "n4", "n7"]


def test_of_many_wires_only_the_current_and_the_marked_ones_bear_labels(canvas, session):
    numbered(canvas, session, MOST_LABELS, current_wires=frozenset(("w5",)))
    picture = canvas.drawing.picture
    session.select((), ["w9"])
    rows = picture.wire_rows(frozenset(wire.id for wire in session.graph.wires()))
    labelled = picture.annotated.labelled(rows, picture)
    assert sorted(picture.geometry.wires.ids[row] for row in labelled.tolist()) == ["w5", "w9"]


def test_a_tooltip_ends_with_the_note(canvas, session):
    session.open_document(Document(column(1)))
    canvas.set_annotations(Annotations(node_note=lambda node: "z = 4", wire_note=lambda wire: "x = 1"))
    assert canvas.pointing.tooltip_text(Hit(Part.NODE, "n0")).endswith("<br>z = 4")
    assert canvas.pointing.tooltip_text(Hit(Part.WIRE, wire="w1")).endswith("\nx = 1")


def test_annotated_values_colour_nodes_before_those_of_a_run_which_come_back(canvas, session):
    session.open_document(Document(column(2)))
    canvas.set_values({"n0": 1.0, "n1": 1e-3}, "of a run")
    picture = canvas.drawing.picture
    before = picture.value_indices().tolist()
    canvas.set_annotations(Annotations(scale=ValueScale({"n0": 1e-3, "n1": 1.0}, "of a nudge")))
    assert picture.value_indices().tolist() == [before[0], before[2], before[1]]
    assert picture.scale.caption == "of a nudge"
    assert picture.written_values == {}
    canvas.set_annotations(None)
    assert picture.value_indices().tolist() == before
    assert canvas.legend.isVisible()


def test_annotations_survive_edits_of_what_they_speak_of(canvas, session, hand):
    said = numbered(canvas, session, 3, current_nodes=frozenset(("n1",)), faint_nodes=frozenset(("n2",)))
    session.graph.remove("n1")
    session.graph.remove("n2")
    session.graph.add("Neuron", name="new", position=(200, 120))
    hand.seen()
    assert canvas.drawing.picture.annotated.annotations is said
    assert canvas.drawing.picture.annotated.current_nodes.tolist() == []
