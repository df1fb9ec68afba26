"""What a neuron sees: its pixels on the feature map, its wires in front of the others, and the ties of its weights."""

from __future__ import annotations

import numpy
import pytest

from app.canvas.annotations import Annotations
from app.canvas.feature_maps import pixel_rectangles
from app.canvas.value_scale import ValueScale
from app.canvas.wire_layout import WireStyle
from graph_model import Document, Graph

pytest_plugins = ("tests.window.canvas_fixtures",)
FIELDS = {"left": (0, 1, 6, 7), "right": (4, 5, 10, 11)}


@pytest.fixture
def drawn(canvas, session):
    """A map of 6 × 6, and two neurons that see a corner of it each, with tied weights."""
    graph = Graph("field")
    x = graph.add("Input", name="x", shape=[1, 6, 6], position=(-150, 0))
    for row, (name, elements) in enumerate(FIELDS.items()):
        neuron = graph.add("Neuron", name=name, position=(120, 160 * row - 80))
        for tap, element in enumerate(elements):
            graph.connect(x, neuron, element=element, weight=0.5, tie=f"tap {tap}")
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(2.0)
    return session


def pixel(canvas, element: int) -> tuple[float, float]:
    geometry = canvas.drawing.geometry
    node = geometry.nodes.rows[[geometry.nodes.row_of["x"]]]
    left, top, width, height = pixel_rectangles(node, numpy.array([element]))[0].tolist()
    return (left + width / 2, top + height / 2)


def near(one, other) -> bool:
    return all(abs(a - b) <= 8 for a, b in zip(one.getRgb(), other.getRgb(), strict=True))


def test_a_wire_starts_at_the_pixel_that_it_picks(canvas, drawn):
    layout, rows = canvas.drawing.geometry.layout, canvas.drawing.geometry.wires.row_of
    for wire, element in zip(("w1", "w2", "w3", "w4"), FIELDS["left"], strict=True):
        row = rows[wire]
        assert (layout.x1[row], layout.y1[row]) == pytest.approx(pixel(canvas, element))
        assert layout.style[row] == WireStyle.LINE
        assert layout.weighed[row]


def test_pixels_of_further_channels_lie_on_the_planes_behind(canvas, session):
    graph = Graph("channels")
    graph.add("Input", name="x", shape=[8, 2, 3])
    session.open_document(Document(graph))
    geometry = canvas.drawing.geometry
    nodes = geometry.nodes.rows[numpy.zeros(4, int)]
    rectangles = pixel_rectangles(nodes, numpy.array([0, 5, 6, 42]))
    assert rectangles[1][0] - rectangles[0][0] == pytest.approx(2 * rectangles[0][2])
    assert rectangles[2][0] > rectangles[0][0]
    assert rectangles[2][1] < rectangles[0][1]
    shown = canvas.drawing.form("x").shown
    assert rectangles[3][0] - rectangles[0][0] == pytest.approx((shown - 1) * (rectangles[2][0] - rectangles[0][0]))


def test_hovering_a_neuron_marks_its_field_in_the_colours_of_the_ties(canvas, hand, drawn):
    plain = {element: hand.colour_at(pixel(canvas, element)) for element in range(36)}
    hand.point_at((120, -80))
    colours = {element: hand.colour_at(pixel(canvas, element)) for element in range(36)}
    theme, ties = canvas.theme, canvas.drawing.geometry.wires["tie"].tolist()
    for element in FIELDS["left"]:
        assert not near(colours[element], plain[element])
    assert near(colours[0], theme.tie_colour(ties[0]))
    for element in (*FIELDS["right"], 35):
        assert near(colours[element], plain[element])
    hand.point_at((0, 140))
    assert near(hand.colour_at(pixel(canvas, 0)), plain[0])


def test_hovering_a_neuron_fades_the_wires_of_the_others(canvas, hand, drawn):
    def on_wire(wire: str):
        row = canvas.drawing.geometry.wires.row_of[wire]
        (x, y) = canvas.drawing.geometry.layout.paths(numpy.array([row]), numpy.array([0.9]))[0, 0].tolist()
        return hand.colour_at((x, y))

    paper = canvas.theme.colour("paper").lightnessF()
    before = abs(on_wire("w5").lightnessF() - paper)
    hand.point_at((120, -80))
    assert abs(on_wire("w5").lightnessF() - paper) < before / 2
    assert abs(on_wire("w1").lightnessF() - paper) > before / 2


def test_hovering_a_wire_marks_all_that_share_its_weight(canvas, hand, drawn):
    row = canvas.drawing.geometry.wires.row_of["w5"]
    (place,) = canvas.drawing.geometry.layout.paths(numpy.array([row]), numpy.array([0.85]))[0].tolist()
    hand.point_at(place)
    hovered = canvas.drawing.picture.marks.hovered_wire
    assert hovered in ("w5", "w6", "w7", "w8")
    expected = drawn.graph.with_tied([hovered])
    assert len(expected) == 2
    ids = canvas.drawing.geometry.wires.ids
    assert {ids[wire] for wire in canvas.drawing.picture.watched_wires().tolist()} == expected


def test_small_maps_show_their_pixels_once_neurons_pick_from_them(canvas, hand, drawn, session):
    left, top = pixel(canvas, 14)
    between = (left + (pixel(canvas, 15)[0] - left) / 2, top)
    with_grid = hand.colour_at(between)
    graph = drawn.graph
    for wire in list(graph.wires()):
        graph.disconnect(wire)
    assert with_grid != hand.colour_at(between)


def test_a_tie_has_one_colour_and_frozen_wires_are_dashed(canvas, hand, session):
    graph = Graph("dashes")
    one = graph.add("Neuron", name="one", position=(-200, 0))
    two = graph.add("Neuron", name="two", position=(200, 0))
    graph.connect(one, two, weight=1.0)
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(1.0)

    def gaps() -> int:
        image, colours = hand.seen(), []
        for x in range(40, 160):
            colours.append(image.pixelColor(hand.pixel((x, 0))).lightnessF() > 0.9)
        return sum(colours)

    solid = gaps()
    graph.set("w1", trainable=False)
    assert gaps() > solid + 10
    graph.set("w1", tie="a")
    chip = canvas.drawing.picture.chips.of(0)
    tag = hand.colour_at((chip.x - chip.width / 2 + 8, chip.y))
    assert near(tag, canvas.theme.tie_colour(0))


def test_crowded_neurons_keep_their_texts_for_when_they_are_pointed_at(canvas, hand, session):
    graph = Graph("crowd")
    for row in range(4):
        for column in range(4):
            graph.add("Neuron", name=f"neuron {row},{column}", position=(56 * column - 80, 56 * row - 80))
    graph.add("Neuron", name="apart", position=(300, 0))
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(1.0)
    hand.seen()
    room = canvas.drawing.picture.text_room
    rows = numpy.arange(17)
    assert room.of(rows).tolist() == [0] * 16 + [2]
    assert hand.hit((300, -40)).node == "apart"
    hand.point_at((-80 + 56, -80))
    assert room.of(rows)[1] == 3


def test_in_a_column_the_numbers_that_are_measured_come_before_bias_and_activation(canvas, hand, session):
    graph = Graph("column")
    for row, y in enumerate((0, 104, 400)):
        graph.add("Neuron", name=f"n{row}", position=(0, y))
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(0.6)
    room = canvas.drawing.picture.text_room

    def subtitles() -> list[int]:
        hand.seen()
        return [room.subtitles(row) for row in range(3)]

    assert subtitles() == [2, 2, 2]
    canvas.set_annotations(Annotations(lines=lambda node: ("z = 1  a = 0.7",)))
    assert subtitles() == [1, 1, 2]
    canvas.set_annotations(Annotations(lines=lambda node: ("z = 1  a = 0.7", "∂l/∂z = 0.1")))
    assert subtitles() == [0, 0, 2]
    canvas.set_annotations(None)
    canvas.drawing.picture.set_scale(ValueScale({"n0": 0.5}))
    assert subtitles() == [1, 2, 2]


def test_among_hundreds_of_wires_a_selected_neuron_keeps_its_own_in_front(canvas, session):
    graph = Graph("many")
    graph.add("Input", name="x", shape=[30], position=(-300, 0))
    for row in range(8):
        graph.add("Neuron", name=f"n{row}", position=(60, 60 * row - 210))
        for element in range(30):
            graph.connect("x", f"n{row}", element=element)
    session.open_document(Document(graph))
    session.select({"n3"})
    picture = canvas.drawing.picture
    assert picture.watched_neuron == picture.geometry.nodes.row_of["n3"]
    picture.marks.hovered = "n5"
    assert picture.watched_neuron == picture.geometry.nodes.row_of["n5"]
    session.select({"n3", "n4"})
    picture.marks.hovered = None
    assert picture.watched_neuron is None
