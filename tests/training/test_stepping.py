"""Stepping at every grain and running are the same training, whatever the commands."""

from __future__ import annotations

import itertools

import numpy
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.training.recording import Recording
from graph_model import TrainingError
from tests.training.stepping import OPTIMIZERS, assert_same, every_optimizer, noisy_document, rows_of, state_of, steps

pytest_plugins = ("tests.training.stepping_fixtures",)


@every_optimizer
def test_running_phases_and_examples_are_the_same_training(begin, optimizer):
    document = noisy_document(optimizer)
    run, phases, examples = begin(document), begin(document), begin(document)
    steps(run, 8)
    for _ in range(8):
        for part in (phases.forward, phases.backward, phases.update):
            part()
    while examples.step_number < 8:
        examples.next_example()
    assert_same(state_of(run), state_of(phases))
    assert_same(state_of(run), state_of(examples))
    numpy.testing.assert_array_equal(rows_of(run), rows_of(phases))
    numpy.testing.assert_array_equal(rows_of(run), rows_of(examples))


def test_a_step_completes_what_has_begun(begin):
    run, other = begin(noisy_document()), begin(noisy_document())
    steps(run, 3)
    other.forward()
    other.step()
    other.forward()
    other.backward()
    other.step()
    other.step()
    assert_same(state_of(run), state_of(other))


def test_a_phase_changes_only_what_it_is_for(begin):
    trainer = begin(noisy_document())
    weight, running = trainer.module.hidden.weight, trainer.module.norm.running_mean
    before, mean = weight.detach().clone(), running.clone()
    trainer.forward()
    assert trainer.phase == "forward"
    assert not torch.equal(running, mean)
    assert not weight.grad.any()
    trainer.backward()
    assert weight.grad.any()
    assert torch.equal(weight, before)
    assert Recording.open(trainer.writer.path).row_count() == 0
    trainer.update()
    assert not torch.equal(weight, before)
    assert (trainer.phase, trainer.step_number) == ("ready", 1)


def test_phases_out_of_order_are_refused_with_the_order(begin):
    trainer = begin(noisy_document())
    for part in (trainer.backward, trainer.update):
        with pytest.raises(TrainingError, match="of step 1 cannot be done now, for nothing of it is done yet"):
            part()
    trainer.forward()
    with pytest.raises(TrainingError, match="for its forward pass is done last"):
        trainer.forward()


def test_examples_of_an_epoch_are_all_examples_once(begin):
    trainer = begin(noisy_document())
    seen = []
    while trainer.epoch_number == 0:
        seen.append(int(trainer.batch_examples()[trainer.example]))
        trainer.next_example()
    assert sorted(seen) == list(range(len(trainer.data.training_inputs)))


def test_who_draws_random_numbers_between_steps_changes_nothing(begin):
    run, disturbed = begin(noisy_document()), begin(noisy_document())
    for _ in range(4):
        run.step()
    for _ in range(4):
        torch.rand(17)
        disturbed.step()
    assert_same(state_of(run), state_of(disturbed))


PARTS = ("step", "forward", "backward", "update", "example", "back 1", "back 3", "back 8", "rate")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    optimizer=st.sampled_from(sorted(OPTIMIZERS)), commands=st.lists(st.sampled_from(PARTS), min_size=5, max_size=40)
)
def test_whatever_the_commands_the_state_is_that_of_a_plain_run(begin, optimizer, commands):
    trainer = begin(noisy_document(optimizer))
    new_rates = itertools.count(1)
    for command in commands:
        name, _, number = command.partition(" ")
        if name == "back":
            trainer.back(int(number))
        elif name == "rate":
            trainer.learning_rate = 0.05 / next(new_rates)
        elif name == "example":
            trainer.next_example()
        elif name == "step" or {"ready": "forward", "forward": "backward", "backward": "update"}[trainer.phase] == name:
            getattr(trainer, name)()
    if trainer.phase != "ready":
        trainer.step()
    plain = begin(noisy_document(optimizer))
    for rate in Recording.open(trainer.writer.path).column("learning_rate"):
        plain.learning_rate = float(rate)
        plain.step()
    assert plain.step_number == trainer.step_number
    assert_same(state_of(trainer), state_of(plain))
    numpy.testing.assert_array_equal(rows_of(trainer), rows_of(plain))


def test_the_optimizers_state_has_the_documents_names(begin):
    from app.training.optimizer_state import gradients, optimizer_state

    trainer = begin(noisy_document("Adam"))
    assert optimizer_state(trainer.module, trainer.optimizer) == {}
    steps(trainer, 3)
    state = optimizer_state(trainer.module, trainer.optimizer)
    learned = {"hidden.weight", "hidden.bias", "norm.weight", "norm.bias", "last.weight", "last.bias"}
    assert state.keys() == learned
    inside = trainer.optimizer.state[trainer.module.hidden.weight]
    numpy.testing.assert_array_equal(state["hidden.weight"]["exp_avg"], inside["exp_avg"].numpy())
    assert state["hidden.weight"]["step"] == 3
    trainer.forward()
    trainer.backward()
    found = gradients(trainer.module)
    assert found.keys() == learned
    numpy.testing.assert_array_equal(found["last.bias"], trainer.module.last.bias.grad.numpy())
