"""A recurrent block that is almost a standard cell runs step by step, as it is drawn."""

from __future__ import annotations

import pytest

from compiler.modules.over_time import OverTime
from compiler.program import lower
from compiler.standard_cells import standard_cell
from graph_model import Graph
from tests.cell_drawings import (
    HIDDEN,
    INPUTS,
    TIME,
    CellDrawing,
    cell_of,
    gru_with,
    over_time,
)


def peephole(cell: CellDrawing) -> None:
    c = cell.delay("c")
    i, g, o = (cell.gate(kind, cell.x, cell.h) for kind in ("Sigmoid", "Tanh", "Sigmoid"))
    sees = cell.plus(cell.plus(cell.linear(cell.x), cell.linear(cell.h)), cell.linear(c))
    memory = cell.plus(cell.times(cell.function("Sigmoid", sees), c), cell.times(i, g))
    cell.close(cell.times(o, cell.function("Tanh", memory)), (c, memory))


def coupled(cell: CellDrawing) -> None:
    c = cell.delay("c")
    f, g, o = (cell.gate(kind, cell.x, cell.h) for kind in ("Sigmoid", "Tanh", "Sigmoid"))
    memory = cell.drawn("Expression", c, f, g, expression="f * c + (1 - f) * g")
    cell.close(cell.times(o, cell.function("Tanh", memory)), (c, memory))


def lstm_with(kinds: tuple[str, str, str, str], squash: str, way: str = "f * c + i * g"):
    def draw(cell: CellDrawing) -> None:
        c = cell.delay("c")
        i, f, g, o = (cell.gate(kind, cell.x, cell.h) for kind in kinds)
        memory = cell.drawn("Expression", c, f, g, i, expression=way)
        cell.close(cell.times(o, cell.drawn(squash, memory)), (c, memory))

    return draw


def memory_as_well(cell: CellDrawing) -> None:
    c = cell.delay("c")
    i, f, g, o = (cell.gate(kind, cell.x, cell.h) for kind in ("Sigmoid", "Sigmoid", "Tanh", "Sigmoid"))
    memory = cell.plus(cell.times(f, c), cell.times(i, g))
    body = cell.close(cell.times(o, cell.function("Tanh", memory)), (c, memory))
    body.connect(memory, body.add("BlockOutput", name="memory"))


def shared_gate(cell: CellDrawing) -> None:
    z = cell.gate("Sigmoid", cell.x, cell.h)
    total = cell.plus(cell.linear(cell.x), cell.times(z, cell.linear(cell.h)))
    cell.close(cell.drawn("Expression", cell.h, cell.drawn("Tanh", total), z, expression="(1 - z) * i + z * h"))


def rnn_with(*kinds: str, **parameters: object):
    def draw(cell: CellDrawing) -> None:
        value = cell.plus(cell.linear(cell.x), cell.linear(cell.h))
        for kind in kinds:
            value = cell.drawn(kind, value, **parameters)
        cell.close(value)

    return draw


def residual(cell: CellDrawing) -> None:
    cell.close(cell.plus(cell.gate("Tanh", cell.x, cell.h), cell.h))


def last_answer(cell: CellDrawing) -> None:
    cell.body.connect(cell.gate("Tanh", cell.x, cell.h), cell.h)
    cell.body.connect(cell.h, cell.body.add("BlockOutput", name="y"))


def no_memory_of_h(cell: CellDrawing) -> None:
    cell.close(cell.drawn("Expression", cell.linear(cell.x), cell.h, expression="tanh(a + 0 * h)"))


def pruned(cell: CellDrawing) -> None:
    total = cell.plus(cell.linear(cell.x, pruned=[[0, 1]]), cell.linear(cell.h))
    cell.close(cell.drawn("Tanh", total))


def half_of_h(cell: CellDrawing) -> None:
    part = cell.drawn("Slice", cell.h, stop=HIDDEN // 2)
    cell.close(cell.drawn("Tanh", cell.plus(cell.linear(cell.x), cell.linear(part))))


SIGMOIDS = ("Sigmoid", "Sigmoid", "Tanh", "Sigmoid")
NEAR_MISSES = {
    "peephole": peephole,
    "coupled gates": coupled,
    "hard sigmoid": lstm_with(("Hardsigmoid", "Sigmoid", "Tanh", "Sigmoid"), "Tanh"),
    "ReLU of c": lstm_with(SIGMOIDS, "ReLU"),
    "sigmoid candidate": lstm_with(("Sigmoid",) * 4, "Tanh"),
    "c counts twice": lstm_with(SIGMOIDS, "Tanh", "2 * f * c + i * g"),
    "gates subtracted": lstm_with(SIGMOIDS, "Tanh", "f * c - i * g"),
    "gate squared": lstm_with(SIGMOIDS, "Tanh", "f * f * c + i * g"),
    "c is given too": memory_as_well,
    "reset before the weights": gru_with("reset first"),
    "reset outside": gru_with("r * (a + b)"),
    "no reset": gru_with("a + b + 0 * r"),
    "GRU forgets": gru_with("a + r * b", "(1 - z) * i + z + 0 * h"),
    "GRU mixes otherwise": gru_with("a + r * b", "(1 - z) * i + z * h * 0.5"),
    "one gate for both": shared_gate,
    "sigmoid RNN": rnn_with("Sigmoid"),
    "softplus RNN": rnn_with("Softplus"),
    "two functions": rnn_with("Tanh", "Tanh"),
    "dropout": rnn_with("Tanh", "Dropout"),
    "linear": rnn_with("Identity"),
    "residual": residual,
    "the answer before": last_answer,
    "no memory": no_memory_of_h,
    "pruned": pruned,
    "part of h": half_of_h,
}


@pytest.mark.parametrize("draw", NEAR_MISSES.values(), ids=NEAR_MISSES)
def test_what_is_almost_a_standard_cell_runs_step_by_step(draw):
    graph = Graph()
    draw(CellDrawing(graph, HIDDEN))
    over_time(graph, TIME, INPUTS)
    assert type(cell_of(graph)) is OverTime


def test_a_value_that_is_the_same_at_every_step_keeps_the_loop():
    graph = Graph()
    cell = CellDrawing(graph, HIDDEN)
    same = cell.body.add("BlockInput", name="same", over_time=False)
    cell.close(cell.drawn("Tanh", cell.plus(cell.linear(cell.x), cell.plus(cell.linear(cell.h), same))))
    over_time(graph, TIME, INPUTS)
    graph.connect(graph.add("Input", name="s", shape=[HIDDEN]), graph.node_named("cell"), input=1)
    assert type(cell_of(graph)) is OverTime


def test_a_long_body_is_looked_at_quickly_and_keeps_the_loop():
    graph = Graph()
    cell = CellDrawing(graph, HIDDEN)
    value = cell.plus(cell.linear(cell.x), cell.linear(cell.h))
    for _ in range(40):
        value = cell.times(cell.plus(value, cell.h), cell.drawn("Tanh", value))
    cell.close(value)
    over_time(graph, TIME, INPUTS)
    (step,) = [step for step in lower(graph).steps if step.over_time is not None]
    assert standard_cell(step.over_time) is None
