"""Backpropagation through time: a block over time, traced at each of its time steps, has autograd's numbers."""

from __future__ import annotations

import itertools

import numpy
import pytest
import torch

from app.training.backpropagation import finite_difference, rehearse_updates, trace_example
from app.training.gallery import open_example
from compiler import compile_graph
from compiler.over_time import all_programs
from compiler.program import lower
from graph_model import Document, Graph, TrainingSettings
from tests.block_drawings import between, define, everything, naive_rnn
from tests.training.test_backpropagation import assert_equals_autograd, examples_for

TIME = 5
DRAWN = ("naive_rnn", "bidirectional_rnn", "deep_rnn", "gru_drawn", "lstm_peepholes_drawn", "time_distributed")


def rnn(over_time: str = "forward", returns: str = "sequence", initial: str = "zero", **place: object) -> Document:
    """A drawn RNN of 4 units on a sequence of 3 features, and a class of 2."""
    graph = Graph("rnn")
    body = naive_rnn(graph, hidden=4)
    body.set(body.node_named("h"), initial=initial)
    between(
        graph,
        [TIME, 3],
        ("@rnn", "cell", {"over_time": over_time, "returns": returns, **place}),
        ("Flatten", "flat", {}),
        ("Linear", "answer", {"out_features": 2}),
    )
    return Document(graph)


def neurons_over_time() -> Document:
    """A neuron that remembers what it gave, beside one that shares its weight, read in both directions."""
    graph = Graph("neurons")
    body = define(graph, "unit")
    x, delay = body.add("BlockInput", name="x"), body.add("Delay", name="h", shape=[1])
    unit = body.add("Neuron", name="unit", bias=0.1, activation="Tanh", bias_tie="b")
    other = body.add("Neuron", name="other", bias=0.1, activation="PReLU", bias_tie="b")
    for element in range(2):
        body.connect(x, unit, weight=0.5, element=element, tie="both")
    body.connect(x, other, weight=0.5, element=1, tie="both")
    body.connect(delay, unit, weight=0.8, element=0)
    body.connect(unit, delay)
    answers = body.add("BlockOutput", name="y")
    body.connect(unit, answers)
    body.connect(other, answers)
    between(graph, [TIME, 2], ("@unit", "cell", {"over_time": "both"}), ("Flatten", "flat", {}))
    return Document(graph)


def nested() -> Document:
    """A block over time in a block over time: a sequence of sequences."""
    graph = Graph("nested")
    naive_rnn(graph, hidden=3)
    outer = define(graph, "outer")
    delay, total = outer.add("Delay", name="kept", shape=[3]), outer.add("Add", name="total")
    inner = outer.add("@rnn", name="inner", over_time="backward", returns="last", repeat=2, repeat_weights="own")
    outer.connect(outer.add("BlockInput", name="x"), inner)
    outer.connect(inner, total)
    outer.connect(delay, total)
    outer.connect(total, delay)
    outer.connect(total, outer.add("BlockOutput", name="y"))
    between(graph, [3, 4, 2], ("@outer", "words", {"over_time": "forward", "returns": "last"}))
    return Document(graph)


@pytest.mark.parametrize("over_time", ["forward", "backward", "both"])
@pytest.mark.parametrize("returns", ["sequence", "last"])
@pytest.mark.parametrize("initial", ["zero", "learned"])
def test_each_gradient_of_a_drawn_rnn_is_autograds(over_time, returns, initial):
    document = rnn(over_time, returns, initial)
    if initial == "learned":
        generator = numpy.random.default_rng(5)
        starts = 2 if over_time == "both" else 1
        document.weights = {
            f"cell.start_{number}": generator.normal(size=4).astype("float32") for number in range(starts)
        }
    assert_equals_autograd(document, examples_for(document.graph), 1, 1e-9)


@pytest.mark.parametrize("make", [neurons_over_time, nested], ids=lambda make: make.__name__)
def test_neurons_and_blocks_over_time_inside_have_autograds_gradients(make):
    document = make()
    assert_equals_autograd(document, examples_for(document.graph), 1, 1e-9)


@pytest.mark.parametrize(
    "shared", [{"repeat": 2, "repeat_weights": "shared"}, {"repeat": 3}, {"weights": "same"}], ids=str
)
def test_repeated_places_and_shared_weights_have_autograds_gradients(shared):
    graph = Graph("shared")
    naive_rnn(graph, hidden=3)
    cells = [("@rnn", name, {"over_time": way, **shared}) for name, way in (("one", "forward"), ("two", "forward"))]
    between(graph, [TIME, 3], *cells, ("Flatten", "flat", {}))
    document = Document(graph)
    assert_equals_autograd(document, examples_for(graph), 1, 1e-9)


def test_a_drawing_with_everything_has_autograds_gradients():
    graph = everything()
    document = Document(graph)
    assert_equals_autograd(document, examples_for(graph), 1, 1e-9)


@pytest.mark.parametrize("name", DRAWN)
def test_the_recurrent_networks_of_the_gallery_have_autograds_numbers(name):
    document = open_example(name)
    program = lower(document.graph)
    shape = [int(size) for size in program.outputs[0].input_shapes[0][1:]]
    generator = numpy.random.default_rng(2)
    target = int(generator.integers(shape[-1])) if len(shape) == 1 else generator.integers(shape[-1], size=shape[0])
    assert_equals_autograd(document, examples_for(document.graph), target, 1e-9)


# One time step


def unrolled_by_hand(document: Document, x: numpy.ndarray) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """h of every step of the drawn RNN in a plain loop, whose gradients stay; and a copy of W for every step."""
    module = compile_graph(document.graph).double()
    weights = trace_example(document, x, 1)
    w_in, b_in = (torch.tensor(weights.layer("cell/from_input").parameters[name]) for name in ("weight", "bias"))
    w_h, b_h = (torch.tensor(weights.layer("cell/from_state").parameters[name]) for name in ("weight", "bias"))
    h = torch.zeros(4, dtype=torch.float64)
    states, copies = [], []
    for now in torch.tensor(x):
        copies.append(w_h.clone().requires_grad_())
        h = torch.tanh(w_in @ now + b_in + copies[-1] @ h + b_h)
        h.retain_grad()
        states.append(h)
    answer = module.answer(torch.cat(states)[None])
    torch.nn.functional.cross_entropy(answer, torch.tensor([1])).backward()
    return states, copies


def test_each_time_step_shows_its_own_numbers():
    document = rnn()
    (x,) = examples_for(document.graph)
    trace = trace_example(document, x, 1)
    states, copies = unrolled_by_hand(document, x)
    for step, (h, copied) in enumerate(zip(states, copies, strict=True)):
        then = trace.at({"cell": step})
        numpy.testing.assert_allclose(then.layer("cell/x").output, x[step])
        numpy.testing.assert_allclose(then.layer("cell/squash").output, h.detach().numpy(), atol=1e-12)
        numpy.testing.assert_allclose(then.layer("cell/squash").upstream, h.grad.numpy(), atol=1e-12)
        numpy.testing.assert_allclose(then.layer("cell/from_state").gradients["weight"], copied.grad, atol=1e-12)
        before = numpy.zeros(4) if step == 0 else states[step - 1].detach().numpy()
        numpy.testing.assert_allclose(then.layer("cell/h").output, before, atol=1e-12)


def test_the_shares_of_the_time_steps_add_up_to_the_gradient():
    document = rnn()
    (x,) = examples_for(document.graph)
    trace = trace_example(document, x, 1)
    _, copies = unrolled_by_hand(document, x)
    shares = trace.shares("cell/from_state", "cell/from_state.weight")
    numpy.testing.assert_allclose(shares, numpy.stack([copied.grad for copied in copies]), atol=1e-12)
    numpy.testing.assert_allclose(shares.sum(axis=0), trace.gradient("cell/from_state.weight"), atol=1e-12)
    weight = trace.weight("cell/from_state", "weight", (2, 1))
    assert [term.place for term in weight.terms] == [(step,) for step in range(TIME)]
    assert [term.product for term in weight.terms] == pytest.approx(shares[:, 2, 1].tolist(), abs=1e-12)
    assert all(term.product == term.input * term.delta for term in weight.terms)


def test_what_a_delay_carries_has_its_gradient_at_each_time_step():
    document = rnn(initial="learned")
    (x,) = examples_for(document.graph)
    states, _ = unrolled_by_hand(document, x)
    trace = trace_example(document, x, 1)
    reading = trace.reading("cell/squash")
    assert (reading.place, reading.backwards, reading.time) == ("cell", False, TIME)
    (state,) = reading.states
    numpy.testing.assert_allclose(state.values, torch.stack(states).detach(), atol=1e-12)
    numpy.testing.assert_allclose(state.gradients, torch.stack([h.grad for h in states]), atol=1e-12)
    numpy.testing.assert_allclose(state.start_gradient, trace.gradient("cell.start_0"), atol=1e-12)
    assert trace.reading("answer") is None


def test_gradients_that_come_from_the_last_step_only_shrink_towards_the_first():
    graph = Graph("vanishing")
    naive_rnn(graph, hidden=2)
    between(graph, [20, 1], ("@rnn", "cell", {"returns": "last"}))
    small = {"cell/from_state.weight": numpy.array([[0.3, -0.2], [0.1, 0.3]])}
    trace = trace_example(Document(graph), numpy.ones((20, 1)), 0, weights=small)
    norms = numpy.linalg.norm(trace.reading("cell").states[0].gradients, axis=1)
    assert (norms[:-1] < norms[1:]).all()
    assert 0 < norms[0] < 1e-6 * norms[-1]


def test_both_directions_have_time_steps_of_their_own():
    document = rnn("both")
    (x,) = examples_for(document.graph)
    then = trace_example(document, x, 1).at({"cell": 1})
    numpy.testing.assert_allclose(then.layer("cell/x").output, x[1])
    numpy.testing.assert_allclose(then.layer("cell/←/x").output, x[1])
    ahead = then.at({"cell": 2})
    numpy.testing.assert_allclose(then.layer("cell/←/h").output, ahead.layer("cell/←/squash").output)
    numpy.testing.assert_allclose(ahead.layer("cell/h").output, then.layer("cell/squash").output)
    assert then.reading("cell/←/h").backwards


def test_neurons_add_up_at_each_time_step_and_wires_over_all():
    document = neurons_over_time()
    trace = trace_example(document, examples_for(document.graph)[0], 1)
    for step, unit in itertools.product(range(TIME), ("cell/unit", "cell/←/other")):
        shown = trace.at({"cell": step}).neuron(unit)
        assert shown.z == pytest.approx(sum(term.product for term in shown.incoming) + shown.bias, abs=1e-12)
        assert shown.upstream == pytest.approx(sum(term.product for term in shown.outgoing), abs=1e-12)
        assert shown.id == unit
    wire = next(wire for wire in trace.graph.wires() if (wire.source, wire.target) == ("cell/h", "cell/unit"))
    products = [trace.at({"cell": step}).wire(wire.id).gradient for step in range(TIME)]
    assert trace.shares(wire.id, f"{wire.id}.weight") == pytest.approx(products, abs=1e-12)
    assert sum(products) == pytest.approx(float(trace.gradient(f"{wire.id}.weight")), abs=1e-12)


def test_a_block_inside_another_has_time_steps_within_its_time_steps():
    document = nested()
    (x,) = examples_for(document.graph)
    trace = trace_example(document, x, 1)
    then = trace.at({"words": 1, "words/inner": 2})
    numpy.testing.assert_allclose(then.layer("words/inner/←/x").output, x[1, 2])
    numpy.testing.assert_allclose(then.at({"words": 0}).layer("words/inner/←/x").output, x[0, 0])
    name = "words/inner/←/from_input.weight"
    inner = [trace.at({"words": step}).shares("words/inner/←/from_input", name) for step in range(3)]
    numpy.testing.assert_allclose(numpy.sum(inner, axis=(0, 1)), trace.gradient(name), atol=1e-12)


def test_the_bodies_stand_beside_the_drawing_and_have_their_turn_with_the_place():
    trace = trace_example(nested(), examples_for(nested().graph)[0], 1)
    names = {node.id for node in trace.graph.nodes()}
    assert {"words/total", "words/inner/←/squash", "words/inner/2/←/squash"} <= names
    forward = trace.stages[0]
    assert forward.node_ids[0] == "words"
    assert "words/inner/2/←/squash" in forward.node_ids
    assert all(trace.knows(node) for node in trace.graph.nodes())
    assert all(trace.knows_wire(wire.id) for wire in trace.graph.wires())
    assert trace.reading("words/inner/2").time == 4


# What else is computed from the same walk


def test_weights_in_a_body_can_be_checked_and_updated():
    document = rnn(initial="learned")
    (x,) = examples_for(document.graph)
    trace = trace_example(document, x, 1)
    for name, index in (("cell/from_state.weight", (1, 2)), ("cell.start_0", (3,))):
        expected = float(trace.gradient(name)[index])
        assert finite_difference(document, x, 1, name, index) == pytest.approx(expected, abs=1e-6)
        table = rehearse_updates(document, x[None], [1], [(name, index)], 2)
        assert table.rows[0].gradient == pytest.approx(expected, abs=1e-12)
        assert table.rows[0].new_weight != table.rows[0].weight


def test_a_minibatch_goes_through_all_time_steps_at_once():
    document = rnn("both", "last")
    document.training = TrainingSettings(optimizer="SGD", learning_rate=0.5)
    (batch,) = examples_for(document.graph, count=3)
    targets = [0, 1, 1]
    table = rehearse_updates(document, batch, targets, [("cell/←/from_state.weight", (0, 1))], 1)
    alone = [trace_example(document, x, target) for x, target in zip(batch, targets, strict=True)]
    mean = numpy.mean([one.gradient("cell/←/from_state.weight")[0, 1] for one in alone])
    assert table.rows[0].gradient == pytest.approx(mean, abs=1e-12)
    assert table.losses[0] == pytest.approx(numpy.mean([one.loss for one in alone]))


def test_the_bodies_of_all_programs_are_there():
    document = Document(everything())
    trace = trace_example(document, examples_for(document.graph)[0], 0)
    inside = [step for program in all_programs(lower(document.graph))[1:] for step in program.steps]
    assert len(trace.graph.nodes()) - len(lower(document.graph).steps) == len(inside)
