"""A network whose time may have any length trains at the length of its data, and then at another."""

from __future__ import annotations

from dataclasses import replace

import numpy

from app.training import train
from app.training.data_on_device import input_shapes
from app.training.gallery import open_example
from app.training.readiness import training_problems
from compiler import export_onnx
from graph_model import Document


def adding(length: int, axes: str = "time") -> Document:
    """A recurrent network that is drawn for sequences of 5 numbers, and data of another length."""
    from tests.drawings import chain

    graph = chain(
        ("Input", "x", {"shape": [5, 2], "dynamic_axes": axes}),
        ("LSTM", "lstm", {"hidden_size": 6}),
        ("LastStep", "last", {}),
        ("Linear", "sum", {"out_features": 1}),
        ("Output", "y", {}),
    )
    document = Document(graph)
    document.training = replace(
        document.training,
        dataset="adding",
        dataset_options={"steps": length, "samples": 200},
        loss="mean_squared_error",
        epochs=1,
    )
    return document


def test_data_of_another_length_fit_where_the_axis_is_dynamic():
    assert [problem for problem in training_problems(adding(9)) if problem.severity == "error"] == []
    assert input_shapes(adding(9)) == [(9, 2)]
    (problem,) = [problem for problem in training_problems(adding(9, "")) if problem.severity == "error"]
    assert "takes 10 numbers" in problem.message


def test_a_network_trains_at_one_length_and_goes_on_at_another(tmp_path):
    short, long = adding(6), adding(12)
    weights = train(short, recording_path=tmp_path / "short").document.weights
    long.weights = dict(weights)
    after = train(long, recording_path=tmp_path / "long").document.weights
    assert after.keys() == weights.keys()
    assert any(not numpy.array_equal(after[name], weights[name]) for name in weights)


def test_it_is_exported_for_samples_of_its_data(tmp_path):
    document = adding(9)
    samples = numpy.random.default_rng(0).random((4, 9, 2), dtype=numpy.float32)
    assert export_onnx(document, tmp_path / "a.onnx", check_inputs=[samples]).max_abs_difference < 1e-5


def test_a_drawn_rnn_that_learned_10_bits_knows_20_as_well():
    document = train(open_example("naive_rnn")).document
    options = {**document.training.dataset_options, "bits": 20}
    document.training = replace(document.training, dataset_options=options, learning_rate=1e-9)
    assert input_shapes(document) == [(20, 1)], "a pattern of 20 bits is a sequence of 20 steps"
    assert train(document, steps=1).history.validation_accuracy[-1] > 0.9
