"""A drawn recurrent block that is a standard cell runs as torch's kernel, and computes what its time steps compute."""

from __future__ import annotations

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from compiler import compile_graph, to_source
from compiler.modules.over_time import FusedOverTime, OverTime
from graph_model import Document, Graph
from tests.cell_drawings import (
    HIDDEN,
    INPUTS,
    TIME,
    CellDrawing,
    cell_of,
    gru,
    gru_with,
    lstm,
    over_time,
    relu_rnn,
    rnn,
)

KERNELS = {rnn: "RNN_TANH", relu_rnn: "RNN_RELU", lstm: "LSTM", gru: "GRU"}


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
