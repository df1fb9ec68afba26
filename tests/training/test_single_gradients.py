"""The gradient of each wire and each neuron is recorded, beside that of their column."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from app.training.recording import Recording
from app.training.recording.weights_ring import KEPT_STEPS
from app.training.single_gradients import MOST_NUMBERS, SingleGradients
from app.training.statistics import GradientStatistics
from app.training.trainer import Trainer
from compiler import compile_graph
from compiler.layers import learnable_layers
from compiler.weights import by_name
from graph_model import Document, Graph, TrainingSettings
from tests.drawings import worked_example

SETTINGS = TrainingSettings(dataset="xor", loss="mean_squared_error", learning_rate=0.1, batch_size=20, epochs=1000)


@pytest.fixture
def graph() -> Graph:
    """The worked example with one wire frozen, two tied, and a neuron that sees a whole vector."""
    graph = worked_example()
    wires = graph.wires()
    graph.set(wires[0], trainable=False)
    graph.set(wires[5], tie="pair")
    graph.set(wires[6], tie="pair")
    extra = graph.add("Neuron", name="extra", activation="Tanh")
    graph.connect(graph.node_named("x"), extra)
    graph.connect(extra, graph.node_named("n20"))
    return graph


def trained(graph: Graph, folder: Path, steps: int) -> tuple[Trainer, Recording]:
    trainer = Trainer(Document(graph, SETTINGS), folder)
    for _ in range(steps):
        trainer.step()
    return trainer, Recording.open(folder)


@pytest.mark.parametrize("largest_buffer", [100_000, 0])
def test_they_are_autograds(graph, tmp_path, monkeypatch, largest_buffer):
    monkeypatch.setattr("app.training.flat_weights.LARGEST", largest_buffer)
    trainer, recording = trained(graph, tmp_path, 3)
    expected = by_name(trainer.module, lambda tensor: tensor.grad)
    found = recording.weight_gradients()
    assert set(found) == set(expected) | {f"{graph.wires()[0].id}.weight"}
    for name, value in expected.items():
        numpy.testing.assert_allclose(found[name], numpy.reshape(value, -1), rtol=1e-6)
    assert numpy.isnan(found[f"{graph.wires()[0].id}.weight"]).all()
    trainer.close()


def test_a_neuron_has_the_gradient_of_its_own_wires_and_a_wire_its_own(graph, tmp_path):
    trainer, recording = trained(graph, tmp_path, 2)
    gradients = recording.weight_gradients()
    node = graph.node_named("n21")
    own = numpy.concatenate([gradients[f"{wire.id}.weight"] for wire in graph.incoming(node)])
    values = recording.node_values("rms")
    assert values[node.id] == pytest.approx(numpy.sqrt((own**2).mean()), rel=1e-6)
    assert recording.node_values("norm")[node.id] == pytest.approx(numpy.linalg.norm(own), rel=1e-6)
    wires = recording.wire_values("rms")
    assert wires[graph.wires()[1].id] == pytest.approx(abs(float(gradients[f"{graph.wires()[1].id}.weight"][0])))
    assert graph.wires()[0].id not in wires
    trainer.close()


def test_only_the_latest_steps_are_kept_and_older_ones_fall_back_on_their_column(graph, tmp_path):
    trainer, recording = trained(graph, tmp_path, KEPT_STEPS + 3)
    assert recording.wire_values("rms", 0) == {}
    assert recording.wire_values("rms", 3)
    column = next(layer for layer in recording.layers if len(layer.node_ids) > 1)
    assert len({recording.node_values("rms", 0)[node_id] for node_id in column.node_ids}) == 1
    assert len({recording.node_values("rms")[node_id] for node_id in column.node_ids}) > 1
    trainer.close()


def test_a_run_that_goes_back_and_on_records_what_the_straight_run_would(graph, tmp_path):
    trainer, recording = trained(graph, tmp_path / "straight", 6)
    other, again = trained(graph, tmp_path / "back", 6)
    other.back(4)
    for _ in range(4):
        other.step()
    for row in range(6):
        for name, value in recording.weight_gradients(row).items():
            numpy.testing.assert_array_equal(again.weight_gradients(row)[name], value)
    trainer.close()
    other.close()


def test_of_too_many_neurons_only_columns_are_recorded():
    graph = Graph("many")
    x = graph.add("Input", name="x", shape=[100])
    y = graph.add("Output", name="y")
    for _ in range(MOST_NUMBERS // 100):
        neuron = graph.add("Neuron")
        graph.connect(x, neuron)
        graph.connect(neuron, y)
    module = compile_graph(graph)
    single = SingleGradients(module, GradientStatistics(module, learnable_layers(module, graph)))
    assert single.weights == []
    assert len(single.measure()) == 0
