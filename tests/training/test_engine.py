"""The background engine: commands, states, weights, and runs that equal those without it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
import torch

from app.training import TrainingEngine, train
from graph_model import Document, Graph
from tests.drawings import chain
from tests.training.test_trainer import digits_document

PATIENCE = 30.0


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


@pytest.fixture
def start(tmp_path: Path):
    engines = []

    def begin(document: Document) -> TrainingEngine:
        engine = TrainingEngine(document, tmp_path / f"run-{len(engines)}")
        engines.append(engine)
        return engine

    yield begin
    for engine in engines:
        engine.stop()
        assert engine.join(PATIENCE)


def test_a_run_goes_to_the_end_and_equals_one_without_the_engine(start):
    document = digits_document()
    engine = start(document)
    engine.run()
    wait_until(lambda: engine.state == "finished")
    assert engine.recording.row_count() == 30
    expected = train(document).document.weights
    for name, value in engine.weights().items():
        assert numpy.array_equal(value, expected[name])


def test_stepping_and_running_give_equal_weights(start):
    document = digits_document()
    engine = start(document)
    for count in range(1, 4):
        engine.step()
        wait_until(lambda count=count: engine.weights_version == count)
    engine.epoch()
    wait_until(lambda: engine.progress().step == 15 and engine.state == "paused")
    engine.run()
    wait_until(lambda: engine.state == "finished")
    expected = train(document).document.weights
    for name, value in engine.weights().items():
        assert numpy.array_equal(value, expected[name])


def test_commands_in_a_row_are_carried_out_one_after_the_other(start):
    engine = start(digits_document())
    for name in ("step", "step", "forward", "backward", "step", "back", "example"):
        getattr(engine, name)()
    wait_until(lambda: engine.position() is not None and engine.position().example == 1)
    assert (engine.position().step, engine.recording.row_count()) == (2, 2)


def test_pause_holds_and_run_goes_on(start):
    engine = start(digits_document(epochs=10_000))
    engine.run()
    wait_until(lambda: engine.progress().step > 5)
    engine.pause()
    wait_until(lambda: engine.state == "paused")
    held = engine.progress().step
    time.sleep(0.1)
    assert engine.progress().step == held
    assert engine.weights() is not None
    engine.run()
    wait_until(lambda: engine.progress().step > held)


def test_stop_ends_the_thread_and_publishes_weights(start):
    engine = start(digits_document(epochs=10_000))
    engine.run()
    wait_until(lambda: engine.progress().step > 5)
    engine.stop()
    assert engine.join(PATIENCE)
    assert engine.state == "stopped"
    assert set(engine.weights()) == {"hidden.weight", "hidden.bias", "last.weight", "last.bias"}


def test_the_learning_rate_changes_while_it_runs(start):
    engine = start(digits_document(epochs=10_000))
    engine.run()
    wait_until(lambda: engine.progress().step > 5)
    engine.set_learning_rate(0.025)
    wait_until(lambda: engine.recording.column("learning_rate")[-1] == 0.025)
    assert engine.recording.column("learning_rate")[0] == 0.1


def test_a_finished_run_can_go_on(start):
    engine = start(digits_document(epochs=1))
    engine.run()
    wait_until(lambda: engine.state == "finished")
    engine.run()
    wait_until(lambda: engine.progress().step == 30 and engine.state == "finished")
    assert engine.recording.row_count() == 30


def test_numbers_that_fail_pause_the_run_with_a_sentence(start):
    document = digits_document(learning_rate=1e30, epochs=5, loss="mean_squared_error")
    engine = start(document)
    engine.run()
    wait_until(lambda: bool(engine.message))
    assert engine.state == "paused"
    assert "It is the first layer that did" in engine.message or "not a finite number" in engine.message
    assert all(numpy.isfinite(value).all() for value in engine.weights().values())


def test_a_document_that_cannot_run_fails_with_its_problem(start):
    engine = start(Document(Graph()))
    engine.run()
    wait_until(lambda: engine.state == "failed")
    assert "empty" in engine.message


def test_a_node_that_raises_is_named(start):
    engine = start(digits_document(epochs=1000))
    engine.step()
    wait_until(lambda: engine.weights_version == 1)
    engine._trainer.module.last.weight.data = torch.zeros(10, 3)
    engine.run()
    wait_until(lambda: engine.state == "failed")
    assert engine.failed_node == "last"
    assert engine.message.startswith("'last' failed")


def test_editing_the_document_meanwhile_does_not_reach_the_run(start):
    document = digits_document()
    engine = start(document)
    document.graph.remove(document.graph.node_named("hidden"))
    engine.run()
    wait_until(lambda: engine.state == "finished")
    assert engine.recording.row_count() == 30


def test_batch_normalisation_survives_a_last_batch_of_one(start):
    graph = chain(
        ("Input", "x", {"shape": [2]}),
        ("Linear", "h", {}),
        ("BatchNorm1d", "norm", {}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
    document = digits_document(
        dataset="moons", dataset_options={"samples": 102}, batch_size=40, validation_fraction=0.2
    )
    document = Document(graph, document.training)
    engine = start(document)
    engine.run()
    wait_until(lambda: engine.state in ("finished", "failed"))
    assert engine.state == "finished", engine.message


def rest_after(engine: TrainingEngine, *commands: str) -> None:
    """Give commands one after the other, each when the one before has been carried out."""
    for command in commands:
        before = engine.position()
        getattr(engine, command)()
        wait_until(lambda before=before: engine.position() is not before and not engine.busy)


def test_parts_of_a_step_are_published_when_they_are_done(start):
    engine = start(digits_document(optimizer="Adam"))
    rest_after(engine, "forward")
    position = engine.position()
    assert (position.step, position.phase, position.example, len(position.examples)) == (0, "forward", 0, 100)
    assert position.loss > 0
    assert engine.state == "paused"
    assert engine.published().gradients == {}
    rest_after(engine, "backward")
    published = engine.published()
    assert published.position.phase == "backward"
    assert published.gradients["hidden.weight"].shape == (16, 64)
    assert published.optimizer_state == {}
    rest_after(engine, "update")
    published = engine.published()
    assert (published.position.step, published.position.phase) == (1, "ready")
    assert set(published.optimizer_state["last.bias"]) == {"exp_avg", "exp_avg_sq", "step"}
    assert published.gradients == {}
    assert published.position.loss is None
    assert engine.recording.row_count() == 1


def test_looking_at_examples_changes_no_weights_until_the_minibatch_is_through(start):
    engine = start(digits_document(batch_size=4))
    rest_after(engine, "example")
    assert engine.position().example == 0, "the first command of all shows the first example"
    version = engine.weights_version
    rest_after(engine, "example", "example", "example")
    assert (engine.position().example, engine.weights_version) == (3, version)
    rest_after(engine, "example")
    assert (engine.position().step, engine.position().example) == (1, 0)
    assert engine.weights_version == version + 1


def test_back_gives_the_weights_of_the_step_before_and_a_finished_run_goes_on(start):
    document = digits_document(optimizer="Adam", epochs=1)
    engine = start(document)
    rest_after(engine, "run")
    assert engine.state == "finished"
    rest_after(engine, "back")
    assert (engine.state, engine.position().step, engine.recording.row_count()) == ("paused", 14, 14)
    expected = train(document, steps=14).document.weights
    for name, value in engine.weights().items():
        assert numpy.array_equal(value, expected[name])
    rest_after(engine, "step")
    assert engine.state == "finished"
    expected = train(document).document.weights
    for name, value in engine.weights().items():
        assert numpy.array_equal(value, expected[name])


def test_a_part_out_of_order_is_refused_and_changes_nothing(start):
    engine = start(digits_document())
    rest_after(engine, "step", "update")
    assert engine.state == "paused"
    assert "The update of step 2 cannot be done now" in engine.message
    rest_after(engine, "step")
    assert engine.message == ""
    assert engine.position().step == 2
