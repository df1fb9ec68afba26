"""A node whose ports follow from its parameters shows them as they are, also after a change."""

from __future__ import annotations

import pytest

from app.inspector.fields import field_for, read_value
from graph_model import Graph, kinds
from graph_model.edits import SetParameters

pytest_plugins = ("tests.window.canvas_fixtures",)


def drawn_ports(canvas, node) -> tuple[int, int]:
    table = canvas.drawing.geometry.nodes
    row = table.rows[table.row_of[node.id]]
    return int(row["inputs"]), int(row["outputs"])


@pytest.mark.parametrize(
    ("kind", "before", "after", "ports"),
    [
        ("Expression", {"expression": "a * b"}, {"expression": "a * b + c * z"}, [(2, 1), (4, 1)]),
        ("Split", {"parts": 3}, {"sizes": [1, 2, 3, 4, 5]}, [(1, 3), (1, 5)]),
    ],
)
def test_the_canvas_draws_the_ports_of_the_parameters(canvas, session, kind, before, after, ports):
    node = session.graph.add(kind, name="tested", **before)
    assert drawn_ports(canvas, node) == ports[0]
    session.apply(SetParameters(node.id, after), "Change")
    assert drawn_ports(canvas, node) == ports[1]
    session.undo_stack.undo()
    assert drawn_ports(canvas, node) == ports[0]


@pytest.mark.parametrize(
    ("kind", "name", "text", "value"),
    [
        ("Expression", "expression", "(1 − z) ⊙ h", "(1 − z) ⊙ h"),
        ("Permute", "dims", "0, 2, 1", [0, 2, 1]),
        ("Reshape", "shape", "3 × −1", [3, -1]),
        ("Split", "sizes", "[2, 4]", [2, 4]),
        ("Split", "sizes", "", None),
        ("Constant", "values", "0.5 1e-3", [0.5, 0.001]),
        ("Constant", "values", "2", [2.0]),
    ],
)
def test_what_is_typed_into_its_field_is_read(qtbot, kind, name, text, value):
    parameter = kinds()[kind].parameters[name]
    qtbot.addWidget(field_for(parameter))
    assert Graph().add(kind, **{name: read_value(text, parameter)}).parameters[name] == value
