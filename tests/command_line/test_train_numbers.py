"""Training on numbers from the command line: there is no accuracy, and the JSON says so."""

from __future__ import annotations

import json

from app.command_line.train_command import summary
from app.training import train
from graph_model import Document, TrainingSettings
from tests.drawings import chain


def test_where_there_are_no_classes_the_accuracy_is_null():
    graph = chain(
        ("Input", "x", {"shape": [60]}), ("Linear", "h", {"out_features": 1}), ("Output", "y", {"loss": "l1_loss"})
    )
    settings = TrainingSettings(dataset="adding", dataset_options={"samples": 100}, epochs=1, learning_rate=0.01)
    told = summary(train(Document(graph, settings)).history)
    assert json.loads(json.dumps(told, allow_nan=False))["validation_accuracy"] is None
    assert told["validation_loss"] > 0
