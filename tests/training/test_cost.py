"""The prediction of memory, and the table around it."""

from __future__ import annotations

import csv
import io

import pytest
import torch

from app.training.cost import analyze, csv_text
from app.training.cost import free_memory as free
from app.training.cost.memory_prediction import LARGEST_BATCH, MemoryModel
from app.training.cost.optimizer_memory import counts_steps, optimizer_numbers
from app.training.cost.size_text import bytes_text, count_text
from app.training.cost.verdict import verdict
from app.training.evaluation_batch import evaluation_batch
from app.training.gallery import open_example
from app.training.optimizers import make_optimizer, optimizers
from app.training.snapshots import INTERVAL, Snapshots, kept_bytes
from graph_model import Document, Graph, TrainingError, TrainingSettings
from tests.drawings import chain

FLOAT = 4
MEBI = 2**20


def network(width: int = 50) -> Graph:
    return chain(
        ("Input", "x", {"shape": [64]}),
        ("Linear", "hidden", {"out_features": width, "activation": "ReLU"}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )


def document(width: int = 50, **settings) -> Document:
    return Document(network(width), TrainingSettings(**settings))


@pytest.mark.parametrize(
    ("name", "options", "numbers"),
    [
        ("SGD", {}, 0),
        ("SGD", {"momentum": 0.9}, 1),
        ("Adam", {}, 2),
        ("AdamW", {}, 2),
        ("RMSprop", {}, 1),
        ("RMSprop", {"momentum": 0.5}, 2),
        ("Adagrad", {}, 1),
    ],
)
def test_an_optimizer_remembers_so_many_numbers_of_each_weight(name, options, numbers):
    assert optimizer_numbers(name, options) == numbers


def test_adam_counts_its_steps_and_momentum_does_not():
    assert counts_steps("Adam", {})
    assert not counts_steps("SGD", {"momentum": 0.9})


def test_every_optimizer_that_is_offered_can_be_asked():
    assert all(optimizer_numbers(name, {}) >= 0 for name in optimizers())
    with pytest.raises(TrainingError, match="no optimizer 'Nadam'"):
        optimizer_numbers("Nadam", {})


@pytest.mark.parametrize("steps", [1, INTERVAL, INTERVAL + 1, 5 * INTERVAL + 1, 40 * INTERVAL + 1])
def test_the_bytes_of_snapshots_are_those_that_a_run_keeps(steps):
    module = torch.nn.Linear(100, 100)
    optimizer = make_optimizer("Adam", module.named_parameters(), 0.1, {})
    memory = 800_000
    snapshots = Snapshots(module, optimizer, memory)
    for step in range(steps):
        snapshots.keep_up(step)
        if not optimizer.state:
            module(torch.ones(1, 100)).sum().backward()
            optimizer.step()
    kept = sum(one.size for one in snapshots._kept)
    weights = sum(one.numel() for one in module.parameters()) * FLOAT
    assert kept_bytes(weights, 3 * weights, steps, memory) == pytest.approx(kept, abs=1000)


def test_the_predicted_peak_counts_weights_copies_gradients_and_the_optimizer():
    weights = (64 * 50 + 50 + 50 * 10 + 10) * FLOAT
    prediction = MemoryModel(document(optimizer="Adam"), steps=2).predict(1)
    assert prediction.weights == prediction.gradients == prediction.copies == weights
    assert prediction.optimizer == 2 * weights
    assert prediction.peak >= 5 * weights
    plain = MemoryModel(document(optimizer="SGD"), steps=2).predict(1)
    assert plain.optimizer == 0
    assert plain.peak < prediction.peak


def test_a_larger_batch_takes_more_and_the_largest_that_fits_does_fit():
    model = MemoryModel(document(400))
    assert model.predict(64).peak < model.predict(20_000).peak
    free = 300 * MEBI
    largest = model.largest_batch(free)
    assert model.predict(largest).peak <= free < model.predict(largest + 1).peak


@pytest.mark.parametrize("name", ["resnet_18", "frames_lstm", "xor"])
@pytest.mark.parametrize("free", [100 * MEBI, 1000 * MEBI, 10_000 * MEBI])
def test_one_more_than_the_largest_batch_does_not_fit_and_a_few_predictions_find_it(name, free, monkeypatch):
    model = MemoryModel(open_example(name))
    asked: list[int] = []
    predict = model.predict
    monkeypatch.setattr(model, "predict", lambda batch: asked.append(batch) or predict(batch))
    largest = model.largest_batch(free)
    assert largest in (0, LARGEST_BATCH) or predict(largest).peak <= free
    assert largest == LARGEST_BATCH or predict(largest + 1).peak > free
    assert len(asked) <= 20


def test_where_nothing_fits_the_largest_batch_is_none_and_the_sentence_says_so():
    analysis = analyze(document(), free=1000)
    assert analysis.largest_batch == 0
    assert not analysis.fits
    assert "Not even a batch of 1 fits" in verdict(analysis)


def test_free_memory_is_what_the_machine_says_and_not_more_than_a_container_may_take(tmp_path, monkeypatch):
    (tmp_path / "meminfo").write_text("MemTotal:       2000 kB\nMemAvailable:   1000 kB\n")
    monkeypatch.setattr(free, "MEMORY_INFORMATION", tmp_path / "meminfo")
    monkeypatch.setattr(free, "CONTROL_GROUP", tmp_path)
    assert free.free_memory() == 1000 * 1024
    (tmp_path / "memory.max").write_text("500000\n")
    (tmp_path / "memory.current").write_text("100000\n")
    assert free.free_memory() == 400_000
    (tmp_path / "memory.max").write_text("max\n")
    assert free.free_memory() == 1000 * 1024


def test_large_samples_are_evaluated_a_few_at_once():
    assert evaluation_batch(64) == 1024
    assert evaluation_batch(3 * 224 * 224) == 6
    assert evaluation_batch(2**30) == 1


def test_an_analysis_has_a_row_for_each_node_and_names_what_it_cannot_count():
    analysis = analyze(document(batch_size=30))
    assert [row.name for row in analysis.rows] == ["x", "hidden", "last", "y"]
    assert analysis.batch == 30
    assert analysis.total.parameters == 64 * 50 + 50 + 50 * 10 + 10
    assert analysis.fits
    assert "The largest batch that fits is" in verdict(analysis)
    wrong = network()
    wrong.set(wrong.node_named("x"), shape=[1, 8, 8])
    analysis = analyze(Document(wrong))
    assert analysis.uncounted == ("hidden", "last", "y")
    assert "Not counted, for their shapes are not known: 'hidden', 'last', 'y'." in verdict(analysis)


def test_csv_has_raw_numbers():
    graph = network()
    analysis = analyze(Document(graph), batch=7)
    rows = list(csv.DictReader(io.StringIO(csv_text(analysis))))
    assert [row["kind"] for row in rows] == ["Input", "Linear", "Linear", "Output", "total"]
    assert int(rows[1]["parameters"]) == 64 * 50 + 50
    assert int(rows[1]["multiply_adds"]) == 64 * 50
    assert int(rows[1]["forward_bytes"]) == 7 * 50 * FLOAT
    assert int(rows[-1]["parameters"]) == sum(int(row["parameters"]) for row in rows[:-1])
    assert rows[0]["batch"] == "7"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (1000, "1.00 k"), (61_100_840, "61.1 M"), (999_600, "1.00 M")]
)
def test_counts_have_three_digits_and_a_unit(count, text):
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1023, "1.00 KiB"), (1024, "1.00 KiB"), (12 * MEBI, "12.0 MiB"), (2**40, "1.00 TiB")],
)
def test_memory_has_binary_units(size, text):
    assert bytes_text(size) == text
