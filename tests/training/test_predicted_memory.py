"""What a training step keeps and takes, beside what was predicted of it: counted from torch's own tensors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from app.training.allocator import LARGE
from app.training.cost.loss_memory import loss_cost
from app.training.cost.memory_prediction import MemoryModel
from app.training.gallery import open_example
from app.training.trainer import Trainer
from app.training.training_program import training_program
from compiler.cost import NO_LOSS, activation_peak, flow_of
from compiler.cost.ledger import Ledger, key_of
from compiler.program import lower
from graph_model import Document, TrainingSettings
from tests.drawings import chain

BATCH = 48
FLOAT = 4
NETWORKS = (
    "digits_mlp",
    "vanishing_gradients_batch_normalization",
    "digits_convolution",
    "lenet_5",
    "highway",
    "residual_blocks",
    "maxout_over_filters",
    "autoencoder",
    "mlp_mixer",
    "transformer_encoder",
    "gru_drawn",
    "lstm_peepholes_drawn",
    "u_net",
    "naive_rnn",
    "deep_rnn",
)


@pytest.fixture(params=NETWORKS)
def trainer(request, tmp_path) -> Iterator[Trainer]:
    """Stands before the first step of an example; `document` is what it trains."""
    document = open_example(request.param)
    document.training = replace(document.training, batch_size=BATCH)
    trainer = Trainer(document, tmp_path / "run", device="cpu", steps=1)
    trainer.document = document
    yield trainer
    trainer.close()


def test_autograd_keeps_what_was_predicted(trainer):
    own = {key_of(one) for one in (*trainer.module.parameters(), *trainer.module.buffers())}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if key_of(tensor) not in own:
            kept[key_of(tensor)] = tensor.untyped_storage().nbytes()
        return tensor

    inputs = trainer.data.training.take(trainer.minibatches.of_step(0)).inputs
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        outputs = trainer.module(*inputs)
    assert outputs is not None
    peak = activation_peak(flow_of(training_program(trainer.document)), BATCH)
    assert peak.kept == pytest.approx(sum(kept.values()), rel=0.01)


def test_a_step_takes_what_was_predicted(trainer):
    trainer.snapshots.keep_up(0)
    trainer.minibatches.of_step(0)
    with Ledger() as ledger:
        loss = trainer._compute_loss()
        loss.backward()
    weights = sum(one.nbytes for one in trainer.module.parameters())
    predicted = MemoryModel(trainer.document, "cpu", steps=1).predict(BATCH)
    # A small network adds each gradient to a buffer at once, a large one has them all in the end.
    assert predicted.step == pytest.approx(ledger.peak, rel=0.03, abs=weights)


def classifier(**settings) -> Document:
    graph = chain(
        ("Input", "x", {"shape": [64]}),
        ("Linear", "hidden", {"out_features": 32, "activation": "Tanh"}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    return Document(graph, TrainingSettings(**{"dataset": "digits", "loss": "cross_entropy", **settings}))


def test_cross_entropy_keeps_its_logarithms_and_squares_keep_the_outputs():
    document = classifier()
    entropy = loss_cost(lower(document.graph), document.training)
    assert entropy.targets.per_sample == 8, "a class number"
    assert entropy.kept.per_sample == 10 * FLOAT
    assert not entropy.keeps_outputs
    assert entropy.backward.per_sample == 2 * 10 * FLOAT, "of the logarithms and of the outputs"
    squares = loss_cost(lower(document.graph), replace(document.training, loss="mean_squared_error"))
    assert squares.keeps_outputs


def test_a_loss_that_cannot_be_computed_costs_nothing_and_the_rest_is_still_predicted():
    document = classifier(dataset="no such dataset")
    assert loss_cost(lower(document.graph), document.training) == NO_LOSS
    assert MemoryModel(document).predict(100).step > 0


def test_what_is_predicted_is_training_at_the_lengths_of_the_data():
    document = open_example("frames_rnn")
    long = MemoryModel(document).predict(BATCH)
    given = document.graph.node_named("frames")
    features = given.parameters["shape"][1]
    document.graph.set(given, shape=[20, features], dynamic_axes="time")
    assert lower(document.graph).inputs[0].shape == (20, features)
    assert MemoryModel(document).predict(BATCH) == long
    document.graph.set(given, dynamic_axes="")
    assert MemoryModel(document).predict(BATCH).step < long.step, "an axis that is not dynamic stays as it is drawn"


@pytest.mark.skipif(sys.platform != "linux", reason="only the C library of Linux keeps large blocks in its heap")
def test_large_blocks_are_given_back_while_others_still_lie_behind_them():
    """Two processes: left alone, the C library keeps every other block, between which the rest was freed."""
    script = """
import sys, torch
from tests.benchmarks.memory import resident
from app.training.allocator import LARGE, give_large_blocks_back
if sys.argv[1] == "ours":
    give_large_blocks_back()
size = 4 * LARGE // 4
del_first = [torch.ones(7 * size)]
del_first.clear()
blocks = [torch.ones(size) for _ in range(32)]
before = resident("VmRSS")
del blocks[::2]
print(before - resident("VmRSS"))
"""
    freed = {
        who: int(subprocess.run([sys.executable, "-c", script, who], capture_output=True, text=True, check=True).stdout)
        for who in ("ours", "left alone")
    }
    assert freed["ours"] > 15 * 4 * LARGE
    assert freed["left alone"] < freed["ours"] / 2
