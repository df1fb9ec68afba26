"""Frame classification, as the lecture orders it: what a network can know of the frames around decides how good it "
"is."""

from __future__ import annotations

import functools

import pytest

from app.training import train
from graph_model import Document, TrainingSettings
from tests.drawings import chain

FORWARD = ("LSTM", "reader", {"hidden_size": 24})
BOTH_WAYS = ("LSTM", "reader", {"hidden_size": 24, "bidirectional": True})
FRAME_BY_FRAME = ("Linear", "reader", {"out_features": 24, "activation": "ReLU"})


@functools.cache
def accuracy(which: str, delay: int = 0) -> float:
    reader = {"forward": FORWARD, "both ways": BOTH_WAYS, "frame by frame": FRAME_BY_FRAME}[which]
    graph = chain(
        ("Input", "x", {"shape": [30, 3]}), reader, ("Linear", "last", {"out_features": 4}), ("Output", "y", {})
    )
    settings = TrainingSettings(
        dataset="frames",
        dataset_options={"delay": delay},
        optimizer="Adam",
        learning_rate=0.02,
        batch_size=50,
        epochs=8,
    )
    return float(train(Document(graph, settings)).history.validation_accuracy[-1])


@pytest.mark.parametrize(("better", "worse"), [("both ways", "forward"), ("forward", "frame by frame")])
def test_who_sees_more_of_the_frames_around_is_better(better, worse):
    assert accuracy(better) > accuracy(worse) + 0.1


def test_a_target_delay_shows_a_forward_network_the_frames_to_come():
    assert accuracy("forward", delay=2) > accuracy("forward") + 0.2
