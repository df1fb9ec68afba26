"""The most that a node takes, at any size of the batch: moments, layouts, casts, workspaces."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from compiler.cost import scratch, short_runs
from compiler.cost.flow import flow_of
from compiler.cost.ledger import Ledger
from compiler.cost.measuring import Amount, Peak, measure
from compiler.cost.part import Part
from compiler.cost.workspace import FILLED_BACKWARD, FILLED_FORWARD, is_workspace, per_sample
from compiler.program import lower
from tests.drawings import chain

FLOAT = 4


def test_which_moment_is_the_highest_depends_on_the_batch():
    peak = Peak.among([Amount(1000, 1), Amount(0, 50), Amount(500, 1), Amount(10, 2)])
    assert peak.moments == (Amount(0, 50), Amount(10, 2), Amount(1000, 1))
    assert peak.of(2) == 1002
    assert peak.of(100) == 5000
    assert Peak().of(7) == 0
    assert Peak().beyond(Amount(3, 1)).of(2) == 5


def test_a_large_batch_sees_the_activations_backward_and_a_small_one_the_gradients_of_the_weights():
    graph = chain(
        ("Input", "x", {"shape": [50]}),
        ("Linear", "a", {"out_features": 50}),
        ("Linear", "b", {"out_features": 50, "activation": "Tanh"}),
        ("Output", "y", {}),
    )
    backward = flow_of(lower(graph)).figures[graph.node_named("b").id].backward_peak
    assert backward.of(1) == pytest.approx(50 * 50 * FLOAT, rel=0.1)
    assert backward.of(10_000) == pytest.approx(10_000 * 50 * FLOAT, rel=0.01)


@pytest.mark.parametrize(("capability", "padded"), [("AVX512", 16), ("AVX2", 8), ("DEFAULT", 6)])
def test_channels_are_padded_to_a_register(capability, padded, monkeypatch):
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    images, filters = torch.zeros(5, 1, 28, 28, device="meta"), torch.zeros(6, 1, 5, 5, device="meta")
    with Ledger() as ledger:
        maps = torch.nn.functional.conv2d(images, filters)
    copied_input = 0 if capability != "DEFAULT" else images.numel()
    assert ledger.peak == (maps.numel() + 5 * padded * 24 * 24 + copied_input) * FLOAT


def test_a_mask_is_cast_before_it_is_multiplied_and_a_number_is_not():
    values, mask = torch.zeros(100, device="meta"), torch.zeros(100, dtype=torch.bool, device="meta")
    multiply, add_up = torch.ops.aten.mul, torch.ops.aten.sum
    assert scratch.scratch_of(multiply, [values, mask], [values]) == 100 * FLOAT
    assert scratch.scratch_of(multiply, [values, torch.zeros((), dtype=torch.long)], [values]) == 0
    assert scratch.scratch_of(add_up, [mask], [torch.zeros((), dtype=torch.long)]) == 100 * 8
    assert scratch.scratch_of(torch.ops.aten.tanh, [mask], [values]) == 0


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="only oneDNN has a workspace")
@pytest.mark.parametrize(("length", "size", "layers"), [(8, 16, 1), (5, 64, 2)])
def test_the_workspace_of_an_lstm_follows_from_short_runs(length, size, layers):
    module = nn.LSTM(8, size, layers, batch_first=True)

    def sizes(time: int, batch: int) -> list[int]:
        found = []

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            if is_workspace(tensor):
                found.append(tensor.nbytes)
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            module(torch.zeros(batch, time, 8))
        return found

    batch = 256
    found = sizes(length, batch)
    assert len(found) == layers
    assert [one * batch for one in per_sample(sizes, length)] == pytest.approx(found, rel=0.01)


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="only oneDNN has a workspace")
def test_the_rest_of_a_workspace_is_taken_backward():
    graph = chain(("Input", "x", {"shape": [8, 8]}), ("LSTM", "r", {"hidden_size": 16}), ("Output", "y", {}))
    own = flow_of(lower(graph)).figures[graph.node_named("r").id]
    workspace = 8320
    assert own.inner.per_sample > FILLED_FORWARD * workspace - 1
    assert own.backward_peak.of(1000) > FILLED_BACKWARD * workspace * 999


SEQUENCES = {
    "RNN": {"hidden_size": 16},
    "GRU": {"hidden_size": 16, "bidirectional": True},
    "LSTM": {"hidden_size": 16},
    "LSTMVariant": {"hidden_size": 16},
    "GridLSTM": {"hidden_size": 16},
}


@pytest.mark.parametrize("kind", SEQUENCES)
def test_short_runs_find_what_a_long_one_shows(kind, monkeypatch):
    graph = chain(("Input", "x", {"shape": [40, 6]}), (kind, "r", SEQUENCES[kind]), ("Output", "y", {}))
    node = graph.node_named("r").id
    measure.cache_clear()
    short = flow_of(lower(graph)).figures[node]
    monkeypatch.setattr(short_runs, "LONG", 1000)
    measure.cache_clear()
    whole = flow_of(lower(graph)).figures[node]
    measure.cache_clear()
    assert (short.inner, short.outputs, short.multiply_adds) == (whole.inner, whole.outputs, whole.multiply_adds)
    for batch in (1, 10, 1000):
        assert short.forward_peak.of(batch) == pytest.approx(whole.forward_peak.of(batch), rel=0.01)
        assert short.backward_peak.of(batch) == pytest.approx(whole.backward_peak.of(batch), rel=0.01)


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="only oneDNN takes a sequence at once")
def test_a_long_sequence_runs_for_a_few_time_steps_only(monkeypatch):
    lengths: list[int] = []
    called = Part._call

    def watched(part: Part, inputs: list[torch.Tensor | None]) -> list[torch.Tensor]:
        lengths.extend(one.shape[1] for one in inputs if one is not None)
        return called(part, inputs)

    monkeypatch.setattr(Part, "_call", watched)
    measure.cache_clear()
    flow_of(lower(chain(("Input", "x", {"shape": [500, 6]}), ("LSTM", "r", {"hidden_size": 9}), ("Output", "y", {}))))
    assert lengths
    assert max(lengths) <= max(short_runs.LENGTHS)


def test_attention_over_a_long_sequence_runs_at_its_length_for_it_grows_with_the_square():
    long = chain(
        ("Input", "x", {"shape": [40, 8]}),
        ("TransformerEncoderLayer", "t", {"nhead": 2, "dim_feedforward": 8}),
        ("Output", "y", {}),
    )
    own = flow_of(lower(long)).figures[long.node_named("t").id]
    assert own.forward_peak.of(1) > 2 * 40 * 40 * FLOAT


def test_what_an_rnn_leaves_time_step_after_time_step_another_reads_and_a_linear_copies():
    graph = chain(
        ("Input", "x", {"shape": [8, 6]}),
        ("RNN", "first", {"hidden_size": 16}),
        ("RNN", "second", {"hidden_size": 16}),
        ("Linear", "last", {"out_features": 3}),
        ("Output", "y", {}),
    )
    figures = flow_of(lower(graph)).figures
    first, second, last = (figures[graph.node_named(name).id] for name in ("first", "second", "last"))
    sequence = 8 * 16 * FLOAT
    assert second.keeps_inputs[0]
    assert second.inner.per_sample == first.inner.per_sample - 8 * 6 * FLOAT, "the first lays its input anew"
    assert last.inner.per_sample == sequence
    assert last.keeps_inputs == (False,)
