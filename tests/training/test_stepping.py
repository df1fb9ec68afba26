"""Stepping at every grain and running are the same training; a step back restores what was, bit for bit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.training.recording import Recording
from app.training.trainer import NumbersFailed, Trainer
from graph_model import Document, TrainingError, TrainingSettings
from graph_model.edits import ReplaceWires
from tests.drawings import chain, worked_example

OPTIMIZERS = {
    "SGD": {"momentum": 0.9, "weight_decay": 1e-3},
    "Adam": {},
    "RMSprop": {"momentum": 0.5},
    "Adagrad": {"lr_decay": 0.01},
}
every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS)


def noisy_document(optimizer: str = "SGD", **changes) -> Document:
    """Batch normalisation, which remembers, and dropout, which is random: 6 minibatches an epoch."""
    graph = chain(
        ("Input", "x", {"shape": [2]}),
        ("Linear", "hidden", {"out_features": 6, "activation": "Tanh"}),
        ("BatchNorm1d", "norm", {}),
        ("Dropout", "drop", {"p": 0.3}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
    values = {
        "dataset": "moons",
        "dataset_options": {"samples": 60},
        "batch_size": 8,
        "validation_fraction": 0.2,
        "learning_rate": 0.05,
        "optimizer": optimizer,
        "optimizer_options": OPTIMIZERS[optimizer],
        "epochs": 100,
    }
    return Document(graph, TrainingSettings(**{**values, **changes}))


class Trainers:
    """Makes trainers, each with a recording of its own, and closes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Trainer] = []

    def __call__(self, document: Document) -> Trainer:
        self.made.append(Trainer(document, self.folder / f"run-{len(self.made)}", device="cpu"))
        return self.made[-1]

    def close(self) -> None:
        for trainer in self.made:
            trainer.close()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Trainers]:
    trainers = Trainers(tmp_path)
    yield trainers
    trainers.close()


def state_of(trainer: Trainer) -> dict[str, torch.Tensor]:
    """Copies of all that was learned: parameters, buffers and the optimizer's state, by name."""
    found = {name: tensor.clone() for name, tensor in trainer.module.state_dict().items()}
    for name, parameter in trainer.module.named_parameters():
        for quantity, value in trainer.optimizer.state.get(parameter, {}).items():
            if isinstance(value, torch.Tensor):
                found[f"{name}/{quantity}"] = value.clone()
    return found


def assert_same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


def rows_of(trainer: Trainer, count: int | None = None) -> numpy.ndarray:
    """The recorded rows, but for the times."""
    recording = Recording.open(trainer.writer.path)
    names = [name for name in recording.columns if name != "time"]
    return numpy.stack([recording.column(name, 0, count) for name in names])


def steps(trainer: Trainer, count: int) -> None:
    for _ in range(count):
        trainer.step()


# Forwards, at every grain


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


# Back


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


# Names of a document


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
