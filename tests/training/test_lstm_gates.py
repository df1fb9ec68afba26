"""The weights of an LSTM, spelled out through time: the products of all time steps add up to autograd's gradient."""

from __future__ import annotations

import numpy
import pytest
import torch

from app.training.backpropagation import Gate, trace_example
from graph_model import Document
from tests.drawings import chain
from tests.training.test_weight_terms import autograd_gradient

TIME, FEATURES, HIDDEN = 5, 3, 4
KINDS = [
    {},
    {"bias": False},
    {"bidirectional": True},
    {"num_layers": 3},
    {"num_layers": 2, "bidirectional": True},
    {"proj_size": 2},
    {"num_layers": 2, "bidirectional": True, "proj_size": 3},
]


def document_of(parameters: dict) -> Document:
    return Document(
        chain(
            ("Input", "x", {"shape": [TIME, FEATURES]}),
            ("LSTM", "tested", {"hidden_size": HIDDEN, **parameters}),
            ("Flatten", "flat", {}),
            ("Linear", "answer", {"out_features": 3}),
            ("Output", "y", {}),
        )
    )


@pytest.fixture
def x():
    return numpy.random.default_rng(1).normal(size=(TIME, FEATURES))


@pytest.mark.parametrize("parameters", KINDS, ids=str)
def test_the_terms_of_every_parameter_and_gate_add_up_to_autograds_gradient(parameters, x):
    document = document_of(parameters)
    trace = trace_example(document, x, 1)
    names = trace.layer("tested").parameters
    directions = 2 if parameters.get("bidirectional") else 1
    readings = parameters.get("num_layers", 1) * directions
    assert len(names) == readings * (2 + 2 * parameters.get("bias", True) + ("proj_size" in parameters))
    for name, values in names.items():
        expected = autograd_gradient(document, x, name)
        numpy.testing.assert_allclose(trace.layer("tested").gradients[name], expected, atol=1e-12)
        for row in range(0, len(values), 3):
            place = (row, values.shape[1] - 1) if values.ndim == 2 else (row,)
            weight = trace.weight("tested", name, place)
            assert [term.place for term in weight.terms] == [(step,) for step in range(TIME)]
            assert sum(term.product for term in weight.terms) == pytest.approx(expected[place], abs=1e-12)
            assert all(term.product == term.input * term.delta for term in weight.terms)
            assert any(term.product for term in weight.terms)


@pytest.mark.parametrize("parameters", [{}, {"num_layers": 2, "bidirectional": True, "proj_size": 3}], ids=str)
def test_they_add_up_too_where_the_states_come_from_a_layer_before_and_go_to_one_behind(parameters, x):
    graph = document_of(parameters).graph
    before = graph.add("LSTM", name="before", hidden_size=HIDDEN, **parameters)
    graph.connect("x", before)
    joined = graph.add("Concat", name="joined")
    graph.disconnect(graph.incoming(graph.node_named("answer"))[0])
    graph.connect("flat", joined)
    for port in (1, 2):
        graph.connect(before, "tested", output=port, input=port)
        graph.connect("tested", joined, output=port)
    graph.connect(joined, "answer")
    document = Document(graph)
    trace = trace_example(document, x, 1)
    assert trace.layer("tested").output.shape[0] == TIME
    for name, values in trace.layer("tested").parameters.items():
        expected = autograd_gradient(document, x, name)
        place = (len(values) - 1, 1) if values.ndim == 2 else (len(values) - 1,)
        terms = trace.weight("tested", name, place).terms
        assert sum(term.product for term in terms) == pytest.approx(expected[place], abs=1e-12)
        assert any(term.product for term in terms)


def test_each_step_multiplies_what_the_layer_reads_there_and_what_it_gave_one_step_before(x):
    trace = trace_example(document_of({"bidirectional": True}), x, 1)
    given = trace.layer("tested").output

    def inputs(parameter: str, column: int) -> list[float]:
        return [term.input for term in trace.weight("tested", parameter, (6, column)).terms]

    assert inputs("weight_ih_l0", 2) == inputs("weight_ih_l0_reverse", 2) == x[:, 2].tolist()
    assert inputs("weight_hh_l0", 1) == pytest.approx([0.0, *given[:-1, 1]], abs=1e-12)
    assert inputs("weight_hh_l0_reverse", 1) == pytest.approx([*given[1:, HIDDEN + 1], 0.0], abs=1e-12)
    assert [term.input for term in trace.weight("tested", "bias_hh_l0", (6,)).terms] == [1.0] * TIME


def test_a_further_layer_multiplies_what_the_one_before_gives_in_both_directions(x):
    document = document_of({"num_layers": 2, "bidirectional": True})
    first = torch.nn.LSTM(FEATURES, HIDDEN, batch_first=True, bidirectional=True).double()
    trace = trace_example(document, x, 1)
    values = trace.layer("tested").parameters
    first.load_state_dict({name: torch.tensor(values[name]) for name in first.state_dict()})
    between = first(torch.tensor(x)[None])[0][0].detach().numpy()
    terms = trace.weight("tested", "weight_ih_l1_reverse", (0, HIDDEN + 2)).terms
    assert [term.input for term in terms] == pytest.approx(between[:, HIDDEN + 2].tolist(), abs=1e-12)


def test_delta_of_a_gate_is_what_a_small_change_of_its_bias_at_one_step_makes_of_the_loss(x):
    """δ of a step by hand: the bias is changed at that step only, in a plain loop over torch.nn.LSTMCell."""
    document = document_of({})
    trace = trace_example(document, x, 1)
    values = {name: torch.tensor(value) for name, value in trace.layer("tested").parameters.items()}
    answer = trace.layer("answer").parameters

    @torch.no_grad()
    def loss(step: int, row: int, change: float) -> float:
        cell = torch.nn.LSTMCell(FEATURES, HIDDEN).double()
        h = c = torch.zeros(1, HIDDEN, dtype=torch.float64)
        given = []
        for index in range(TIME):
            state = {name.removesuffix("_l0"): value.clone() for name, value in values.items()}
            if index == step:
                state["bias_ih"][row] += change
            cell.load_state_dict(state)
            h, c = cell(torch.tensor(x[index])[None], (h, c))
            given.append(h)
        z = torch.cat(given).flatten() @ torch.tensor(answer["weight"]).T + torch.tensor(answer["bias"])
        return float(torch.nn.functional.cross_entropy(z[None], torch.tensor([1])))

    for row in (1, HIDDEN + 2, 2 * HIDDEN, 3 * HIDDEN + 3):
        terms = trace.weight("tested", "bias_ih_l0", (row,)).terms
        for step in (0, 2, TIME - 1):
            slope = (loss(step, row, 1e-5) - loss(step, row, -1e-5)) / 2e-5
            assert terms[step].delta == pytest.approx(slope, abs=1e-9)


def test_a_weight_names_its_gate_its_unit_its_layer_and_its_direction(x):
    trace = trace_example(document_of({"num_layers": 2, "bidirectional": True}), x, 1)
    assert trace.weight("tested", "weight_ih_l0", (HIDDEN + 2, 0)).gate == Gate("forget", 2, 0, False, "x")
    assert trace.weight("tested", "weight_hh_l1_reverse", (1, 0)).gate == Gate("input", 1, 1, True, "h")
    assert trace.weight("tested", "bias_hh_l0", (3 * HIDDEN,)).gate == Gate("output", 0, 0, False, "1")
    assert trace.weight("tested", "bias_ih_l1", (2 * HIDDEN,)).gate == Gate("cell", 0, 1, False, "1")
    assert trace.weight("answer", "bias", (0,)).gate is None


def test_a_loss_that_looks_at_the_last_step_only_hands_less_and_less_back_in_time():
    """With gates that are half shut, ∂l/∂z shrinks with every step back."""
    steps = 12
    graph = chain(
        ("Input", "x", {"shape": [steps, 1]}),
        ("LSTM", "tested", {"hidden_size": 1}),
        ("Flatten", "flat", {}),
        ("Linear", "answer", {"out_features": 2, "bias": False}),
        ("Output", "y", {}),
    )
    weights = {
        "tested.weight_ih_l0": numpy.full((4, 1), 0.1),
        "tested.weight_hh_l0": numpy.full((4, 1), 0.1),
        "tested.bias_ih_l0": numpy.zeros(4),
        "tested.bias_hh_l0": numpy.zeros(4),
        "answer.weight": numpy.array([[0.0] * (steps - 1) + [1.0], [0.0] * steps]),
    }
    trace = trace_example(Document(graph), numpy.ones((steps, 1)), 0, weights=weights)
    deltas = numpy.abs([term.delta for term in trace.weight("tested", "weight_ih_l0", (2, 0)).terms])
    assert (deltas[:-1] < deltas[1:]).all()
    assert 0 < deltas[0] < 0.01 * deltas[-1]
