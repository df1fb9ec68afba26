"""Every example of a recurrent structure does what its description says a person will see."""

from __future__ import annotations

import dataclasses
import functools

import numpy
import pytest
import torch
from torch import nn

from app.training import train
from app.training.data_on_device import load_for
from app.training.gallery import TOPICS, open_example
from app.training.history import History
from app.training.trainer import Trainer
from compiler import compile_graph, export_onnx, to_source
from graph_model import Document

ACCURACY = {
    "naive_rnn": 0.93,
    "deep_rnn": 0.88,
    "bidirectional_rnn": 0.93,
    "pyramidal_rnn": 0.97,
    "frames_lstm": 0.47,
    "frames_bidirectional_lstm": 0.95,
    "frames_target_delay": 0.93,
    "lstm_peepholes_drawn": 0.93,
    "lstm_coupled_gates": 0.95,
    "gru_drawn": 0.85,
    "grid_lstm": 0.88,
    "recursive_tree": 0.95,
    "external_memory": 0.93,
    "external_memory_drawn": 0.90,
    "seq2seq_attention": 0.97,
    "time_distributed": 0.85,
    "cldnn": 0.90,
}
QUICK = (
    "naive_rnn",
    "deep_rnn",
    "bidirectional_rnn",
    "lstm_peepholes_drawn",
    "recursive_tree",
    "seq2seq_attention",
    "time_distributed",
    "cldnn",
)
"""What trains in some 3 seconds of a processor, and is tried every time."""
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in (1, 2))]


@functools.cache
def history(name: str, seed: int = 0) -> History:
    return train(open_example(name), seed=seed).history


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        pytest.param(name, seed, marks=[pytest.mark.nightly] if seed or name not in QUICK else [])
        for name in ACCURACY
        for seed in (0, 1, 2)
    ],
)
def test_it_learns_as_described(name, seed):
    assert f"more than {ACCURACY[name] * 100:.0f} %" in open_example(name).description
    assert history(name, seed).validation_accuracy[-1] > ACCURACY[name]


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_frames_are_classified_the_better_the_more_of_them_is_known(seed):
    """Feed-forward < RNN < LSTM < both directions. The RNN learns something, but cannot hold it."""
    feed_forward, naive, lstm, both = (
        history(f"frames_{name}", seed).validation_accuracy
        for name in ("feed_forward", "rnn", "lstm", "bidirectional_lstm")
    )
    assert feed_forward.max() < 0.30
    assert naive.max() > 0.32
    assert naive[-1] < 0.46
    assert lstm[-1] > 0.47
    assert both[-1] > 0.95
    assert "less than 30 %" in open_example("frames_feed_forward").description
    assert all(words in open_example("frames_rnn").description for words in ("above 32 %", "less than 46 %"))


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_forget_gate_is_missed_as_described(seed):
    without, coupled = history("lstm_no_forget_gate", seed), history("lstm_coupled_gates", seed)
    description = open_example("lstm_no_forget_gate").description
    assert "more than twice" in description
    assert without.validation_loss[-1] > 2 * coupled.validation_loss[-1]
    assert "less than 94 %" in description
    assert without.validation_accuracy[-1] < 0.94


@pytest.mark.nightly
@pytest.mark.parametrize("gates", ["no input gate", "no output gate"])
def test_the_other_gates_are_missed_less(gates):
    document = open_example("lstm_coupled_gates")
    document.graph.set(document.graph.node_named("LSTM"), gates=gates)
    assert train(document).history.validation_accuracy[-1] > 0.95


def test_a_large_forget_bias_helps_as_described():
    document = open_example("lstm_forget_bias")
    assert "below 0.02" in document.description
    assert history("lstm_forget_bias").validation_loss[-1] < 0.02
    document.graph.set(document.graph.node_named("LSTM"), forget_bias=None)
    assert "above 0.1" in document.description
    assert train(document).history.validation_loss[-1] > 0.1


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_lstm_adds_what_a_naive_rnn_cannot(seed):
    assert "below 0.02" in open_example("adding_lstm").description
    assert history("adding_lstm", seed).validation_loss[-1] < 0.02
    assert "above 0.05, more than 10 times" in open_example("adding_rnn").description
    naive = history("adding_rnn", seed).validation_loss[-1]
    assert naive > max(0.05, 10 * history("adding_lstm", seed).validation_loss[-1])


@pytest.mark.parametrize("seed", SEEDS)
def test_without_attention_more_letters_are_wrong(seed):
    plain, attentive = history("seq2seq_plain", seed), history("seq2seq_attention", seed)
    description = open_example("seq2seq_plain").description
    assert "more than 5 times" in description
    assert plain.validation_loss[-1] > 5 * attentive.validation_loss[-1]
    assert "less than 97 %" in description
    assert plain.validation_accuracy[-1] < 0.97


def test_with_both_rnns_in_one_direction_at_best_half_of_the_frames_are_right():
    document = open_example("bidirectional_rnn")
    document.graph.set(document.graph.node_named("f₂ backwards"), over_time="forward")
    assert train(document).history.validation_accuracy.max() < 0.56
    assert "at best half" in document.description


@pytest.mark.nightly
def test_without_a_target_delay_half_of_the_frames_are_right():
    document = open_example("frames_target_delay")
    assert document.training.dataset_options == {**open_example("frames_lstm").training.dataset_options, "delay": 2}
    assert "Set delay to 0 and run: about half" in document.description
    assert history("frames_lstm").validation_accuracy.max() < 0.55


def test_the_drawn_gru_computes_what_the_layer_does():
    document = open_example("gru_drawn")
    body = document.graph.definitions.body("@gru_step")
    gru, symbol = nn.GRU(9, 32, batch_first=True), nn.Linear(32, 8)
    weights = {"symbol.weight": symbol.weight, "symbol.bias": symbol.bias}
    for suffix, names in (("ih", ("Wʳ x", "Wᶻ x", "W x")), ("hh", ("Uʳ h", "Uᶻ h", "U h"))):
        for part in ("weight", "bias"):
            gates = getattr(gru, f"{part}_{suffix}_l0").chunk(3)
            weights |= {f"GRU/{body.node_named(name).id}.{part}": gate for name, gate in zip(names, gates, strict=True)}
    drawn = compile_graph(document.graph, weights={name: tensor.detach().numpy() for name, tensor in weights.items()})
    x = torch.randn(3, 12, 9)
    torch.testing.assert_close(drawn(x), symbol(gru(x)[0]), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", TOPICS["Sequences"])
def test_it_leaves_as_onnx_and_as_source(name, tmp_path):
    document = open_example(name)
    assert export_onnx(document, tmp_path / "network.onnx").max_abs_difference <= 1e-5
    module = compile_graph(document.graph).eval()
    namespace: dict[str, type[nn.Module]] = {"__name__": "drawn"}  # type: ignore[dict-item]
    exec(compile(to_source(document), "drawn.py", "exec"), namespace)
    network = namespace["Network"]().eval()
    network.load_state_dict(module.state_dict())
    inputs = load_for(document, torch.device("cpu")).validation.take(slice(0, 5)).inputs
    torch.testing.assert_close(network(*inputs), module(*inputs))


@pytest.mark.parametrize("name", ["naive_rnn", "bidirectional_rnn", "lstm_peepholes_drawn", "external_memory_drawn"])
def test_a_run_with_blocks_over_time_can_go_back_bit_for_bit(name, tmp_path):
    trainer = Trainer(_short(open_example(name)), tmp_path)
    for _ in range(3):
        trainer.step()
    before = trainer.weights()
    trainer.step()
    trainer.step()
    trainer.forward()
    trainer.back(3)
    after = trainer.weights()
    trainer.close()
    assert trainer.step_number == 3
    assert all(numpy.array_equal(before[key], after[key]) for key in before)


def _short(document: Document) -> Document:
    options = {**document.training.dataset_options, "samples": 100}
    document.training = dataclasses.replace(document.training, dataset_options=options)
    return document
