"""A step back restores what was, bit for bit, and the way forward from there is the same again."""

from __future__ import annotations

from dataclasses import replace

import numpy
import pytest

from app.training.recording import Recording
from app.training.trainer import NumbersFailed
from graph_model import Document
from graph_model.edits import ReplaceWires
from tests.drawings import worked_example
from tests.training.stepping import assert_same, every_optimizer, noisy_document, rows_of, state_of, steps

pytest_plugins = ("tests.training.stepping_fixtures",)


@every_optimizer
def test_back_and_forward_again_is_a_straight_run(begin, optimizer):
    straight, other = begin(noisy_document(optimizer)), begin(noisy_document(optimizer))
    states = [state_of(straight)]
    for _ in range(16):
        straight.step()
        states.append(state_of(straight))
    steps(other, 14)
    for back, forward in ((1, 0), (3, 5), (9, 2), (4, 11)):
        other.back(back)
        assert_same(state_of(other), states[other.step_number])
        numpy.testing.assert_array_equal(rows_of(other), rows_of(straight, other.step_number))
        steps(other, forward)
    steps(other, 1)
    assert_same(state_of(other), states[16])
    numpy.testing.assert_array_equal(rows_of(other), rows_of(straight))


def test_a_long_way_back_starts_from_the_nearest_snapshot(begin):
    straight, other = begin(noisy_document("Adam")), begin(noisy_document("Adam"))
    steps(straight, 90)
    steps(other, 130)
    assert other.snapshots.steps == [0, 50, 100]
    other.back(40)
    assert other.snapshots.steps == [0, 50, *range(82, 90)]
    assert_same(state_of(other), state_of(straight))
    numpy.testing.assert_array_equal(rows_of(other), rows_of(straight))


def test_back_reaches_the_start_and_no_further(begin):
    trainer = begin(noisy_document("Adam"))
    start = state_of(trainer)
    trainer.back()
    assert_same(state_of(trainer), start)
    steps(trainer, 9)
    trainer.back(1000)
    assert trainer.step_number == trainer.epoch_number == 0
    assert_same(state_of(trainer), start)
    assert Recording.open(trainer.writer.path).row_count() == 0


@every_optimizer
def test_each_step_is_taken_again_with_the_learning_rate_that_it_had(begin, optimizer):
    trainer = begin(noisy_document(optimizer))
    steps(trainer, 4)
    trainer.learning_rate = 0.2
    steps(trainer, 6)
    at_ten = state_of(trainer)
    trainer.learning_rate = 0.01
    steps(trainer, 5)
    trainer.back(5)
    assert_same(state_of(trainer), at_ten)
    assert trainer.learning_rate == 0.01
    steps(trainer, 1)
    assert Recording.open(trainer.writer.path).column("learning_rate").tolist() == [0.05] * 4 + [0.2] * 6 + [0.01]


@pytest.mark.parametrize("parts", [1, 2])
def test_back_within_a_step_undoes_its_phases_first(begin, parts):
    trainer = begin(noisy_document())
    steps(trainer, 2)
    at_one = state_of(trainer)
    steps(trainer, 1)
    before = state_of(trainer)
    for part in (trainer.forward, trainer.backward)[:parts]:
        part()
    trainer.back()
    assert (trainer.step_number, trainer.phase) == (3, "ready")
    assert not trainer.module.hidden.weight.grad.any()
    assert_same(state_of(trainer), before)
    trainer.forward()
    trainer.back(2)
    assert trainer.step_number == 2
    assert_same(state_of(trainer), at_one)


def test_back_from_an_example_is_back_to_the_first_of_the_minibatch(begin):
    trainer = begin(noisy_document())
    steps(trainer, 1)
    for _ in range(3):
        trainer.next_example()
    assert (trainer.step_number, trainer.example) == (1, 3)
    trainer.back()
    assert (trainer.step_number, trainer.example) == (1, 0)
    trainer.back()
    assert (trainer.step_number, trainer.example) == (0, 0)


def test_numbers_that_fail_leave_running_statistics_as_they_were(begin):
    document = noisy_document(learning_rate=1e30, loss="mean_squared_error")
    trainer = begin(document)
    steps(trainer, 1)
    while True:
        before, number = state_of(trainer), trainer.step_number
        try:
            trainer.step()
        except NumbersFailed:
            break
        assert number < 50
    assert (trainer.step_number, trainer.phase) == (number, "ready")
    assert_same(state_of(trainer), before)
    trainer.back()
    trainer.learning_rate = 0.01
    trainer.step()
    assert trainer.step_number == number


def test_neurons_drawn_one_by_one_go_back_and_have_a_state_for_each_wire(begin):
    from app.training.optimizer_state import gradients, optimizer_state

    graph = worked_example()
    frozen, tied, other = graph.wires()[0], graph.wires()[5], graph.wires()[6]
    graph.apply(ReplaceWires((replace(frozen, trainable=False), replace(tied, tie="t"), replace(other, tie="t"))))
    settings = replace(noisy_document("Adam").training, dataset="spirals")
    straight, trainer = begin(Document(graph, settings)), begin(Document(graph, settings))
    steps(straight, 3)
    steps(trainer, 7)
    trainer.back(4)
    assert_same(state_of(trainer), state_of(straight))
    trainer.forward()
    trainer.backward()
    state, slopes = optimizer_state(trainer.module, trainer.optimizer), gradients(trainer.module)
    for wire in graph.wires():
        if graph.node(wire.source).kind == "Output" or graph.node(wire.target).kind == "Output" or wire.id == frozen.id:
            continue
        name = f"{wire.id}.weight"
        assert slopes[name].shape == state[name]["exp_avg"].shape == state[name]["step"].shape == ()
    assert slopes[f"{tied.id}.weight"] == slopes[f"{other.id}.weight"] != 0
    assert state[f"{tied.id}.weight"]["exp_avg_sq"] == state[f"{other.id}.weight"]["exp_avg_sq"]
    assert {f"{node.id}.bias" for node in graph.nodes() if node.kind == "Neuron"} <= state.keys()
    assert not slopes.get(f"{frozen.id}.weight", numpy.zeros(())).any()
