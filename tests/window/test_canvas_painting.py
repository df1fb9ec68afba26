"""What is painted: the colours of values, marks, levels of detail, and that errors in painting are not lost."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip

from app.canvas import commands
from app.canvas.annotations import Annotations
from app.canvas.far_texts import Label, far_labels
from app.canvas.hit import Part
from app.canvas.render import render_document
from app.canvas.wire_layout import WireStyle
from graph_model import Document, EditError, GradCanvasError, Graph
from graph_model.edits import AddNodes, AddWires, RemoveNodes, RemoveWires, Rename, SetParameters
from tests.window.rebuilt import same_as_rebuilt

pytest_plugins = ("tests.window.canvas_fixtures",)

CIRCLE_OF_HIDDEN = (0.0, 11.0)


def difference(one: QColor, other: QColor) -> int:
    return max(abs(one.red() - other.red()), abs(one.green() - other.green()), abs(one.blue() - other.blue()))


@pytest.mark.parametrize(("value", "part"), [(1e-2, 1.0), (1e-8, 0.0), (1e-5, 0.5)])
def test_a_neuron_has_the_colour_of_its_value(canvas, hand, value, part):
    canvas.set_values({"x": 1e-8, "hidden": value, "out": 1e-2}, "∂L/∂W, RMS")
    expected = canvas.theme.value_colour(part)
    assert difference(hand.colour_at(CIRCLE_OF_HIDDEN), expected) <= 3


def test_wires_have_the_colour_of_the_value_where_they_arrive(canvas, hand, session):
    canvas.set_values({"hidden": 1e-2, "out": 1e-8}, "∂L/∂W")
    image, height = hand.seen(), range(-30, 30)
    darkest = [min(image.pixelColor(hand.pixel((x, y))).lightnessF() for y in height) for x in (-80, 80)]
    assert darkest[0] < 0.45
    assert darkest[1] > 0.8


def test_without_values_neurons_are_neutral_again_and_the_legend_goes(canvas, hand):
    canvas.set_values({"hidden": 1.0}, "x")
    assert canvas.legend.isVisible()
    canvas.set_values(None)
    assert not canvas.legend.isVisible()
    assert difference(hand.colour_at(CIRCLE_OF_HIDDEN), canvas.theme.colour("neuron")) <= 3


@pytest.mark.parametrize("value", [0.0, float("nan"), float("inf"), -3.0, 1e-320])
def test_any_number_can_be_a_value(canvas, hand, value):
    canvas.set_values({"hidden": value, "out": 1.0}, "odd")
    hand.seen()


def test_far_out_columns_become_bars_with_the_same_colours(canvas, hand):
    canvas.set_values({"hidden": 1e-2, "x": 1e-8}, "x")
    canvas.viewpoint.zoom_to(0.2)
    assert difference(hand.colour_at((0, 0)), canvas.theme.value_colour(1.0)) <= 3


@pytest.mark.parametrize("scale", [0.02, 0.1, 0.3, 0.5, 0.9, 1.5, 4.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_level_of_detail_is_painted_in_both_themes(canvas, hand, session, scale, theme):
    canvas.theme_source.set_mode(theme)
    session.select({"hidden"}, {"w1"})
    session.highlight("out")
    canvas.viewpoint.zoom_to(scale)
    image = hand.seen()
    assert difference(image.pixelColor(6, 6), canvas.theme.colour("paper")) <= 60
    assert len({image.pixelColor(x, image.height() // 2).rgb() for x in range(image.width())}) >= 3


def test_a_theme_changes_all_colours_at_once(canvas, hand):
    canvas.theme_source.set_mode("dark")
    assert hand.seen().pixelColor(3, 3) == canvas.theme.colour("paper")
    assert canvas.theme.dark


def test_the_selected_node_is_outlined_in_the_accent(canvas, hand, session):
    session.select({"hidden"})
    assert difference(hand.colour_at((-20, 30)), canvas.theme.colour("accent")) < 60


def test_a_node_with_a_problem_is_marked_and_says_it(canvas, hand, session):
    session.graph.disconnect("w1")
    session.live_check.check_now()
    assert canvas.drawing.picture.marks.problems["hidden"] == "error"
    row = canvas.drawing.form("hidden")
    corner = (row.width / 2 - 4, -row.height / 2 - 4)
    assert difference(hand.colour_at(corner), canvas.theme.colour("problem")) <= 3
    sentence = next(problem.message for problem in session.problems if problem.node_id == "hidden")
    assert sentence.replace("'", "&#x27;") in tooltip_at(canvas, hand.pixel((0, 20)))


def test_tooltips_say_everything_about_nodes_and_wires(canvas, hand, session):
    session.live_check.use_compiler()
    session.live_check.check_now()
    text = tooltip_at(canvas, hand.pixel((0, 20)))
    for part in ("<b>hidden</b>", "out_features = 4", "(batch, 4)", "20 parameters"):
        assert part in text
    assert "x → hidden" in tooltip_at(canvas, hand.pixel((-80, 0)))
    assert canvas.pointing.tooltip_text(hand.hit((0, -280))) == ""


def tooltip_at(canvas, pixel: QPoint) -> str:
    event = QHelpEvent(QHelpEvent.Type.ToolTip, pixel, canvas.viewport().mapToGlobal(pixel))
    QApplication.sendEvent(canvas.viewport(), event)
    return QToolTip.text()


def test_an_error_while_painting_is_not_lost(canvas, hand, qtbot, monkeypatch):
    monkeypatch.setattr(canvas.drawing.captions, "of", lambda identifier: 1 / 0)
    caught = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(error))
    hand.seen()
    hand.seen()
    assert len(caught) == 1
    assert isinstance(caught[0], ZeroDivisionError)


def test_ports_nodes_names_and_wires_are_hit(hand):
    assert hand.hit(hand.port("hidden", True)).part is Part.OUTPUT
    assert hand.hit(hand.port("hidden", False)).part is Part.INPUT
    assert hand.hit((0, 20)).part is Part.NODE
    assert hand.hit((0, -85)).part is Part.NAME
    assert hand.hit((80, 25)).wire == "w2"
    assert hand.hit((0, 280)).part is Part.NOTHING


def test_wires_are_bundles_lines_or_curves(canvas, session):
    graph = session.graph
    far = graph.add("Linear", name="far", position=(900, 0))
    graph.connect("hidden", far)
    neuron = graph.add("Neuron", name="n", position=(0, 200))
    graph.connect("x", neuron, element=2, weight=1.5)
    layout, rows = canvas.drawing.geometry.layout, canvas.drawing.geometry.wires.row_of
    assert layout.style[rows["w1"]] == WireStyle.BUNDLE
    assert layout.style[rows["w3"]] == WireStyle.CURVE
    assert layout.style[rows["w4"]] == WireStyle.LINE
    assert layout.weighed[rows["w4"]]


def test_large_layers_show_a_sample(canvas, session):
    session.graph.set("hidden", out_features=512)
    assert (canvas.drawing.form("hidden").shown, canvas.drawing.form("hidden").total) == (8, 512)
    assert "8 of 512" in [line.text.text() for line in canvas.drawing.captions.of("hidden").details]


def test_the_drawing_follows_every_edit_without_being_built_anew(canvas, session):
    commands.select_all(canvas)
    session.duplicate()
    commands.delete_selection(canvas)
    session.apply(SetParameters("hidden", {"out_features": 7}), "Set")
    session.apply(RemoveNodes(("x",)), "Remove")
    same_as_rebuilt(canvas)
    for _ in range(2):
        session.undo_stack.undo()
    same_as_rebuilt(canvas)


def test_after_random_edits_and_undos_the_arrays_equal_those_of_a_fresh_canvas(canvas, session):
    chance = random.Random(5)
    for _ in range(300):
        graph = session.graph
        nodes, wires = graph.nodes(), graph.wires()
        choice = chance.random()
        try:
            if choice < 0.3 or len(nodes) < 2:
                kind = chance.choice(["Linear", "Neuron", "Output", "Conv2d", "ReLU", "Add"])
                session.apply(AddNodes((graph.new_node(kind),)), "add")
            elif choice < 0.65:
                wire = graph.new_wire(chance.choice(nodes), chance.choice(nodes))
                session.apply(AddWires((wire,)), "connect")
            elif choice < 0.72:
                session.apply(RemoveNodes((chance.choice(nodes).id,)), "remove")
            elif choice < 0.78 and wires:
                session.apply(RemoveWires((chance.choice(wires).id,)), "disconnect")
            elif choice < 0.9:
                session.undo_stack.undo()
            else:
                session.undo_stack.redo()
        except EditError:
            pass
    same_as_rebuilt(canvas)


def worked_example() -> Graph:
    graph = Graph("worked")
    x = graph.add("Input", name="x", shape=[2], position=(0, 0))
    first = [graph.add("Neuron", name=f"n{index}", position=(160, -80 + 160 * index)) for index in range(2)]
    for element in range(2):
        for index, neuron in enumerate(first):
            graph.connect(x, neuron, element=element, weight=1.0 if element == index else -2.0)
    y = graph.add("Output", name="y", position=(320, 0))
    for neuron in first:
        graph.connect(neuron, y)
    return graph


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_drawing_is_rendered_to_a_file(qapp, tmp_path: Path, theme):
    size = render_document(Document(worked_example()), tmp_path / "a.png", theme)
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == size
    assert len({image.pixel(x, image.height() // 2) for x in range(image.width())}) > 5


def test_rendering_needs_no_display(tmp_path: Path):
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    program = (
        "import sys; from graph_model import Document, Graph; from app.canvas.render import render_document\n"
        "graph = Graph(); graph.add('Input'); render_document(Document(graph), sys.argv[1], size=(300, 200))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "b.png")],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert QImage(str(tmp_path / "b.png")).width() == 300


def test_a_picture_that_cannot_be_written_is_said(qapp, tmp_path: Path):
    with pytest.raises(GradCanvasError, match="cannot be written"):
        render_document(Document(worked_example()), tmp_path / "missing" / "a.png")


def test_names_are_written_from_afar_whole_and_none_covers_another(canvas, session):
    graph = Graph("far")
    for number in range(12):
        graph.add("Linear", name=f"layer number {number}", position=(number * 110.0, 0.0), out_features=4)
    session.open_document(Document(graph))
    canvas.viewpoint.zoom_to(0.4)
    geometry = canvas.drawing.geometry
    bodies = [Label("", 300 + 0.4 * x - 8, 100, 300 + 0.4 * x + 8, 140) for x in geometry.nodes["x"].tolist()]
    canvas.set_values({node.id: 1e-3 for node in graph.nodes()}, "∂L/∂W")
    labels = far_labels(canvas.drawing.picture, np.arange(12), bodies)
    written = [label.text for label in labels]
    assert written.count("1.0·10⁻³") == 12
    assert "layer number 0" in written
    everything = [*bodies, *labels]
    for one, other in itertools.combinations(everything, 2):
        assert one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top


def test_the_name_of_a_layer_is_seen_at_every_scale(canvas, session, hand):
    (node,) = [node for node in session.graph.nodes() if node.name == "hidden"]
    for scale in (1.0, 0.5, 0.35, 0.2):
        canvas.viewpoint.zoom_to(scale)
        canvas.viewpoint.look_at(QPointF(*node.position))
        named = hand.seen()
        session.apply(Rename(node.id, "other"), "Rename")
        assert hand.seen() != named, scale
        session.undo_stack.undo()


def test_numbers_that_are_written_on_the_drawing_are_written_from_afar_too(canvas, session):
    lines = {"hidden": ("z = 0.48  a = 0.62", "∂l/∂z = −0.09", "third line"), "out": ("y = 3",)}
    canvas.set_annotations(Annotations(lines=lambda node: lines.get(node, ())))
    canvas.viewpoint.zoom_to(0.4)
    picture = canvas.drawing.picture
    bodies = [Label("", 100.0 + 250 * row, 100, 116.0 + 250 * row, 140) for row in range(3)]
    written = [label.text for label in far_labels(picture, np.arange(3), bodies)]
    assert sorted(written) == sorted(["x", "hidden", "out", *lines["hidden"], *lines["out"]])
