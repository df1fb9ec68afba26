"""Copies compute like their originals, however they are made: beside, through the clipboard, in another document."""

from __future__ import annotations

import numpy
import pytest
from PySide6.QtCore import QPointF

from app.canvas import neuron_commands
from app.session import EditorSession
from app.session.trained import start_anew, trained_names
from graph_model import Document, EditError, Graph, carrying
from graph_model.document_file import structure_text
from graph_model.fragment import copy_fragment, paste_edit
from tests.block_drawings import between, residual_block

pytest_plugins = ("tests.window.canvas_fixtures",)


@pytest.fixture(autouse=True)
def drawn(canvas):
    graph = Graph("copies")
    residual_block(graph, 4)
    between(
        graph,
        [4],
        ("@residual", "a", {}),
        ("@residual", "b", {"weights": "w"}),
        ("Linear", "h", {"out_features": 4}),
    )
    names = ("a/layer.weight", "a/layer.bias", "@residual=w/layer.weight", "h.weight", "h.bias")
    weights = {name: numpy.full((4, 4) if "weight" in name else 4, number) for number, name in enumerate(names)}
    canvas.session.open_document(Document(graph, weights=weights))


def test_a_duplicate_has_the_trained_weights_and_undo_takes_them_away(session):
    before = dict(session.document.weights)
    session.select({"a", "h"})
    session.duplicate()
    weights = session.document.weights
    assert weights["a_2/layer.weight"] is weights["a/layer.weight"]
    assert weights["h_2.bias"] is weights["h.bias"]
    session.undo_stack.undo()
    assert session.document.weights == before
    session.undo_stack.redo()
    assert session.document.weights["h_2.bias"] is weights["h.bias"]


def test_a_block_that_is_duplicated_with_its_wires_keeps_what_is_inside(session, canvas):
    session.select({"a"})
    neuron_commands.duplicate_with_wires(canvas)
    assert session.document.weights["a_2/layer.weight"] is session.document.weights["a/layer.weight"]


def test_a_duplicate_inside_a_block_is_like_its_original_at_every_place(session):
    weights = session.document.weights
    session.enter("a")
    session.select({"layer"})
    session.duplicate()
    assert weights["a/layer_2.weight"] is weights["a/layer.weight"]
    assert weights["@residual=w/layer_2.weight"] is weights["@residual=w/layer.weight"]


def test_what_is_pasted_into_another_document_brings_its_weights(session):
    session.select({"a", "b", "h"})
    assert session.copy() is None
    other = EditorSession()
    other.new()
    other.paste()
    graph, weights = other.graph, other.document.weights
    places = {node.name: node.id for node in graph.nodes()}
    for name in ("a/layer.weight", "a/layer.bias", "h.weight", "@residual=w/layer.weight"):
        numpy.testing.assert_array_equal(weights[name], session.document.weights[name])
    assert set(places) == {"a", "b", "h"}
    assert other.document.living_weights().keys() >= session.document.weights.keys()
    other.undo_stack.undo()
    assert not other.document.weights


def test_what_is_pasted_into_a_block_has_its_weights_at_every_place(session):
    session.select({"h"})
    session.copy()
    session.enter("a")
    session.paste()
    (pasted,) = session.selection
    for owner in ("a", "@residual=w"):
        numpy.testing.assert_array_equal(session.document.weights[f"{owner}/{pasted}.weight"], numpy.full((4, 4), 3))


def test_neurons_and_their_wires_keep_their_weights_too(session):
    graph = session.graph
    neurons = [graph.add("Neuron", name=name) for name in ("m", "n")]
    wire = graph.connect(*neurons)
    session.document.weights |= {f"{wire.id}.weight": numpy.array(7.0), "n.bias": numpy.array(2.0)}
    session.select(node.id for node in neurons)
    session.copy()
    session.paste()
    copied = next(one for one in graph.wires() if one.source in session.selection and one.target in session.selection)
    assert float(session.document.weights[f"{copied.id}.weight"]) == 7.0
    assert float(session.document.weights[f"{copied.target}.bias"]) == 2.0


def test_weights_that_are_too_many_for_the_clipboard_are_left_out_with_a_word(session, monkeypatch):
    monkeypatch.setattr(carrying, "MOST_BYTES", 100)
    session.select({"h"})
    assert "Copied without trained weights" in (session.copy() or "")
    session.paste()
    (pasted,) = session.selection
    assert f"{pasted}.weight" not in session.document.weights
    session.select({"h"})
    assert "Copied without trained weights" in (session.cut() or "")
    assert not session.graph.has_node("h")


@pytest.mark.parametrize("text", ["not base64 at all!", "AAAA", "////////"])
def test_damaged_weights_on_the_clipboard_are_refused(session, text):
    fragment = copy_fragment(session.graph, ["h"], session.document.weights)
    before = structure_text(session.document)
    with pytest.raises(EditError, match="The weights on the clipboard are damaged"):
        paste_edit(session.graph, {**fragment, "weights": text})
    assert structure_text(session.document) == before


def test_a_fragment_of_the_version_before_still_comes_in(session):
    fragment = copy_fragment(session.graph, ["h"])
    del fragment["weights"]
    assert paste_edit(session.graph, {**fragment, "version": 2}).nodes[0].kind == "Linear"


def test_a_wire_that_is_plugged_in_elsewhere_keeps_what_it_learned(canvas, session, hand):
    graph = Graph("plugging")
    first = graph.add("Neuron", name="first", position=(-100.0, -50.0))
    target = graph.add("Neuron", name="target", position=(100.0, -50.0))
    graph.add("Neuron", name="other", position=(100.0, 50.0))
    wire = graph.connect(first, target)
    session.open_document(Document(graph, weights={f"{wire.id}.weight": numpy.array(3.0)}))
    canvas.viewpoint.look_at(QPointF(0, 0))
    layout = canvas.drawing.geometry.layout
    place = (float(layout.x2[0] * 0.85 + layout.x1[0] * 0.15), float(layout.y2[0] * 0.85 + layout.y1[0] * 0.15))
    hand.drag(place, hand.port("other", output=False))
    (plugged,) = [one for one in graph.incoming("other") if one.source == "first"]
    assert float(session.document.weights[f"{plugged.id}.weight"]) == 3.0
    session.undo_stack.undo()
    assert f"{plugged.id}.weight" not in session.document.weights


def test_what_is_selected_starts_anew_and_nothing_else(session):
    before = dict(session.document.weights)
    session.select({"b"})
    start_anew(session)
    assert session.document.weights.keys() == before.keys() - {"@residual=w/layer.weight"}
    session.enter("a")
    session.select({"layer"})
    assert trained_names(session) == ["a/layer.weight", "a/layer.bias"]
    start_anew(session)
    assert session.document.weights.keys() == {"h.weight", "h.bias"}
    with pytest.raises(EditError, match="starts as the drawing says already"):
        start_anew(session)
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert session.document.weights == before


def test_a_neuron_starts_anew_with_the_wires_to_it_and_those_that_are_tied_to_them(session):
    graph = session.graph
    source, neuron, other = (graph.add("Neuron", name=name) for name in ("source", "n", "other"))
    wires = [graph.connect(source, target, tie="t") for target in (neuron, other)]
    session.set_weights({f"{wire.id}.weight": numpy.array(2.0) for wire in wires} | {"n.bias": numpy.array(1.0)})
    session.select({"n"})
    start_anew(session)
    assert not session.document.weights
    session.undo_stack.undo()
    session.select((), {wires[1].id})
    assert trained_names(session) == [f"{wire.id}.weight" for wire in wires]


def test_a_neuron_put_into_a_wire_leaves_what_it_learned_behind_it(canvas, session):
    graph = Graph("inserting")
    first = graph.add("Neuron", name="first", position=(-160.0, 0.0))
    wire = graph.connect(first, graph.add("Neuron", name="last", position=(160.0, 0.0)))
    session.open_document(Document(graph, weights={f"{wire.id}.weight": numpy.array(3.0)}))
    before = structure_text(session.document)
    middle = canvas.place_kind("Neuron", (0.0, 0.0))
    (behind,) = graph.incoming("last")
    assert behind.source == middle
    assert float(session.document.weights[f"{behind.id}.weight"]) == 3.0
    (ahead,) = graph.incoming(middle)
    assert f"{ahead.id}.weight" not in session.document.weights
    session.undo_stack.undo()
    assert structure_text(session.document) == before
