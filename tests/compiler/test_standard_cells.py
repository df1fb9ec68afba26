"""A drawn recurrent block that is a standard cell runs as torch's kernel, and computes what its time steps compute."""

from __future__ import annotations

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from compiler import check, compile_graph, to_source
from compiler.modules.over_time import FusedOverTime, OverTime
from compiler.program import lower
from compiler.standard_cells import standard_cell
from graph_model import Document, Graph
from tests.cell_drawings import CellDrawing, gru, lstm, over_time, relu_rnn, rnn

KERNELS = {rnn: "RNN_TANH", relu_rnn: "RNN_RELU", lstm: "LSTM", gru: "GRU"}
HIDDEN, INPUTS, TIME = 4, 3, 5


def cell_of(graph: Graph) -> OverTime:
    """The module of the block, its first state away from 0 where that is learned."""
    assert check(graph) == []
    cell = compile_graph(graph).cell
    assert isinstance(cell, OverTime)
    with torch.no_grad():
        for start in cell.starts:
            start.normal_()
    return cell


def agree(cell: OverTime, dtype: torch.dtype, values: float, gradients: float) -> None:
    """Compare a fused cell with its own time steps, run one by one."""
    cell = cell.to(dtype)
    x = torch.randn(3, TIME, INPUTS, dtype=dtype, requires_grad=True)
    wanted = [x, *cell.parameters()]
    found, expected = cell(x), OverTime.forward(cell, x)
    torch.testing.assert_close(found, expected, atol=values, rtol=values)
    weigh = torch.randn_like(found)
    pairs = [
        torch.autograd.grad((answer * weigh).sum(), wanted, materialize_grads=True, allow_unused=True)
        for answer in (found, expected)
    ]
    for one, other in zip(*pairs, strict=True):
        torch.testing.assert_close(one, other, atol=gradients, rtol=gradients)


@settings(max_examples=50)
@given(
    st.data(),
    st.sampled_from(list(KERNELS)),
    st.sampled_from(["forward", "backward", "both"]),
    st.sampled_from(["sequence", "last"]),
    st.sampled_from([1, HIDDEN]),
)
def test_a_standard_cell_is_recognised_however_it_is_drawn(data, draw, direction, returns, hidden):
    graph = Graph()
    draw(graph, hidden, lambda ways: data.draw(st.sampled_from(ways)))
    over_time(graph, TIME, INPUTS, direction, returns)
    cell = cell_of(graph)
    assert isinstance(cell, FusedOverTime)
    assert cell.kernel == KERNELS[draw]
    agree(cell, torch.float32, 1e-6, 1e-5)
    agree(cell, torch.float64, 1e-9, 1e-9)


@pytest.mark.parametrize("draw", KERNELS)
def test_a_fused_cell_has_the_weights_of_the_drawing_and_its_source_too(draw):
    graph = Graph()
    draw(graph, HIDDEN)
    over_time(graph, TIME, INPUTS, "both")
    module = compile_graph(graph).eval()
    step = module.cell.steps[0]
    assert {f"cell.steps.0.{name}" for name, _ in step.named_parameters()} <= set(module.state_dict())
    namespace: dict = {"__name__": "drawn"}
    exec(compile(to_source(Document(graph)), "drawn.py", "exec"), namespace)
    network = namespace["Network"]().eval()
    assert type(network.cell).__name__ == "FusedOverTime"
    network.load_state_dict(module.state_dict())
    x = torch.randn(2, TIME, INPUTS)
    torch.testing.assert_close(network(x), module(x))


@pytest.mark.parametrize(("draw", "theirs"), [(rnn, nn.RNN), (lstm, nn.LSTM), (gru, nn.GRU)])
def test_a_fused_cell_is_torchs_module(draw, theirs):
    graph = Graph()
    draw(graph, HIDDEN)
    over_time(graph, TIME, INPUTS)
    cell = cell_of(graph)
    for start in cell.starts:
        nn.init.zeros_(start)
    expected = theirs(INPUTS, HIDDEN, batch_first=True)
    with torch.no_grad():
        for tensor, name in zip(cell._weights(), ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), strict=True):
            getattr(expected, f"{name}_l0").copy_(tensor)
    x = torch.randn(2, TIME, INPUTS)
    torch.testing.assert_close(cell(x), expected(x)[0])
    stepwise = OverTime.forward(cell, x)
    torch.testing.assert_close(stepwise, expected(x)[0], atol=1e-6, rtol=1e-6)


def test_repeated_cells_are_fused_each_with_its_own_weights():
    graph = Graph()
    gru(graph, INPUTS)
    over_time(graph, TIME, INPUTS)
    place = graph.node_named("cell")
    graph.set(place, repeat=2)
    module = compile_graph(graph)
    cells = [part for part in module.children() if isinstance(part, FusedOverTime)]
    assert len(cells) == 2
    x = torch.randn(2, TIME, INPUTS)
    expected = OverTime.forward(cells[1], OverTime.forward(cells[0], x))
    torch.testing.assert_close(module(x), expected, atol=1e-6, rtol=1e-6)


def test_a_frozen_layer_stays_frozen():
    graph = Graph()
    body = rnn(graph, HIDDEN)
    frozen = next(node for node in body.nodes() if node.kind == "Linear")
    body.set(frozen, trainable=False)
    over_time(graph, TIME, INPUTS)
    cell = cell_of(graph)
    assert isinstance(cell, FusedOverTime)
    cell(torch.randn(2, TIME, INPUTS)).sum().backward()
    learning = {name for name, value in cell.named_parameters() if value.grad is not None}
    assert len(learning) == len(list(cell.parameters())) - 2


def test_neurons_drawn_one_by_one_are_a_standard_cell_too():
    graph = Graph()
    cell = CellDrawing(graph, 3)
    neurons = [cell.body.add("Neuron", name=f"n{number}", activation="Tanh") for number in range(3)]
    gathered = cell.body.add("Identity")
    for neuron in neurons:
        cell.body.connect(cell.x, neuron)
        cell.body.connect(cell.h, neuron)
        cell.body.connect(neuron, gathered)
    cell.close(gathered)
    over_time(graph, TIME, INPUTS, "both")
    made = cell_of(graph)
    assert isinstance(made, FusedOverTime)
    assert made.kernel == "RNN_TANH"
    agree(made, torch.float32, 1e-6, 1e-5)


@pytest.mark.parametrize("unit_by_unit", [False, True])
def test_an_lstm_drawn_from_neurons_is_a_standard_cell(unit_by_unit):
    graph = Graph()
    cell = CellDrawing(graph, HIDDEN)
    c = cell.delay("c")
    gates = {}
    places = [(unit, gate) for unit in range(HIDDEN) for gate in "ifgo"]
    for unit, gate in places if unit_by_unit else sorted(places, key=lambda place: place[1]):
        neuron = cell.body.add("Neuron", activation="Tanh" if gate == "g" else "Sigmoid")
        cell.body.connect(cell.x, neuron)
        cell.body.connect(cell.h, neuron)
        gates[unit, gate] = neuron
    memory = cell.drawn("Concat")
    for unit in range(HIDDEN):
        held = cell.drawn("Slice", c, start=unit, stop=unit + 1)
        kept = cell.drawn("Multiply", gates[unit, "f"], held)
        cell.body.connect(cell.drawn("Add", kept, cell.drawn("Multiply", gates[unit, "i"], gates[unit, "g"])), memory)
    outgates = cell.body.add("Identity")
    for unit in range(HIDDEN):
        cell.body.connect(gates[unit, "o"], outgates)
    cell.close(cell.times(outgates, cell.drawn("Tanh", memory)), (c, memory))
    over_time(graph, TIME, INPUTS)
    made = cell_of(graph)
    assert isinstance(made, FusedOverTime)
    agree(made, torch.float32, 1e-6, 1e-5)


LEAVES = st.sampled_from(["h", "i", "z", "(1 - z)", "1", "0.5", "z * h", "z * i"])
MIXTURES = st.recursive(
    LEAVES,
    lambda parts: st.tuples(parts, st.sampled_from("+-*"), parts).map("({0[0]} {0[1]} {0[2]})".format),
    max_leaves=4,
)
CANDIDATES = st.sampled_from(
    ["a + r * b", "a - r * b + 1", "r * (b + 2) + a * 0.5", "a + b", "r * a + b", "a + r * b + r * r"]
)


@given(CANDIDATES, MIXTURES)
@example("a - r * b + 1", "(((1 - z) * i) + (z * h))")
@example("r * (b + 2) + a * 0.5", "(((1 - z) * h) + (z * i))")
def test_what_is_taken_for_a_standard_cell_always_computes_the_same(candidate, mixture):
    graph = Graph()
    gru_with(f"{candidate} + 0 * r", f"{mixture} + 0 * (h + i + z)")(CellDrawing(graph, HIDDEN))
    over_time(graph, TIME, INPUTS)
    cell = cell_of(graph)
    if isinstance(cell, FusedOverTime):
        agree(cell, torch.float64, 1e-9, 1e-9)


# What is almost a standard cell


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


def gru_with(candidate: str = "", mixture: str = "(1 - z) * i + z * h"):
    def draw(cell: CellDrawing) -> None:
        r, z = (cell.gate("Sigmoid", cell.x, cell.h) for _ in range(2))
        if candidate == "reset first":
            total = cell.plus(cell.linear(cell.x), cell.linear(cell.times(r, cell.h)))
        else:
            total = cell.drawn("Expression", cell.linear(cell.x), cell.linear(cell.h), r, expression=candidate)
        following = cell.drawn("Expression", cell.h, cell.drawn("Tanh", total), z, expression=mixture)
        cell.close(following)

    return draw


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
