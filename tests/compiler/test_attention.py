"""Attention and transformers are torch.nn's own with the same weights, in training and afterwards."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from compiler import check, compile_graph, export_onnx
from graph_model import Document, Graph
from tests.drawings import single
from tests.kind_examples.example import Example, module_of

FUTURE = nn.Transformer.generate_square_subsequent_mask(5)
LAYER: dict[str, Any] = {"d_model": 6, "nhead": 2, "dim_feedforward": 7, "batch_first": True}
DRAWN: dict[str, Any] = {"nhead": 2, "dim_feedforward": 7}


def compiled(kind: str, parameters: dict[str, Any], *shapes: list[int]) -> nn.Module:
    return compile_graph(Example(kind, parameters, shapes).drawing(), seed=4)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")  # torch's own whole transformer says so of itself
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize(
    ("kind", "parameters", "theirs", "masks"),
    [
        (
            "MultiheadAttention",
            {"num_heads": 2, "need_weights": True},
            lambda **_: nn.MultiheadAttention(6, 2, batch_first=True),
            {},
        ),
        (
            "TransformerEncoderLayer",
            DRAWN | {"is_causal": True},
            lambda **given: nn.TransformerEncoderLayer(**LAYER, **given),
            {"src_mask": FUTURE},
        ),
        (
            "TransformerEncoder",
            DRAWN | {"num_layers": 3},
            lambda **given: nn.TransformerEncoder(
                nn.TransformerEncoderLayer(**LAYER, **given), 3, enable_nested_tensor=False
            ),
            {},
        ),
        (
            "TransformerDecoderLayer",
            DRAWN,
            lambda **given: nn.TransformerDecoderLayer(**LAYER, **given),
            {"tgt_mask": FUTURE},
        ),
        (
            "TransformerDecoder",
            DRAWN,
            lambda **given: nn.TransformerDecoder(nn.TransformerDecoderLayer(**LAYER, **given), 2),
            {"tgt_mask": FUTURE},
        ),
        (
            "Transformer",
            DRAWN,
            lambda **given: nn.Transformer(num_encoder_layers=2, num_decoder_layers=2, **LAYER, **given),
            {"tgt_mask": FUTURE},
        ),
    ],
)
def test_it_computes_what_torch_computes_with_the_same_weights(kind, parameters, theirs, masks, norm_first):
    given = {} if kind == "MultiheadAttention" else {"norm_first": norm_first}
    shapes = [[5, 6], [5, 6], [5, 6]] if kind == "MultiheadAttention" else [[5, 6], [5, 6]]
    shapes = shapes[:1] if "Encoder" in kind else shapes
    module = compiled(kind, parameters | given, *shapes).double().eval()
    reference = theirs(**given).double().eval()
    own = module_of(module)
    assert own is not None
    reference.load_state_dict(own.state_dict())
    inputs = [torch.randn(3, *shape, dtype=torch.float64) for shape in shapes]
    given_masks = {name: mask.double() for name, mask in masks.items()}
    with torch.no_grad():
        torch.testing.assert_close(module(*inputs), reference(*inputs, **given_masks), atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [
        ("MultiheadAttention", [[5, 8]]),
        ("TransformerEncoderLayer", [[5, 8]]),
        ("TransformerEncoder", [[5, 8]]),
        ("TransformerDecoder", [[5, 8], [4, 8]]),
        ("Transformer", [[4, 8], [5, 8]]),
    ],
)
@pytest.mark.parametrize("causal", [False, True])
def test_training_without_dropout_and_running_agree(kind, shapes, causal):
    name = "tgt_is_causal" if "Decoder" in kind or kind == "Transformer" else "is_causal"
    module = compiled(kind, {"dropout": 0.0, name: causal}, *shapes)
    inputs = [torch.randn(3, *shape) for shape in shapes]
    trained = module.train()(*inputs)
    with torch.no_grad():
        torch.testing.assert_close(module.eval()(*inputs), trained, atol=1e-5, rtol=1e-5)


def test_dropout_acts_in_training_only_and_follows_torchs_generator():
    module = compiled("TransformerEncoder", {"dropout": 0.5}, [5, 8])
    x = torch.randn(3, 5, 8)
    found = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        found.append(module.train()(x))
    assert torch.equal(found[0], found[1])
    assert not torch.allclose(found[0], found[2])
    torch.testing.assert_close(module.eval()(x), module.eval()(x))


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("MultiheadAttention", {"is_causal": True}),
        ("TransformerEncoderLayer", {"is_causal": True}),
        ("TransformerEncoder", {"is_causal": True}),
    ],
)
def test_a_causal_step_never_sees_later_ones(kind, parameters):
    module = compile_graph(single(kind, parameters, [6, 8])).eval()
    x = torch.randn(2, 6, 8)
    changed = x.clone()
    changed[:, 4:] = torch.randn(2, 2, 8)
    torch.testing.assert_close(module(x)[:, :4], module(changed)[:, :4])
    assert not torch.allclose(module(x)[:, 4:], module(changed)[:, 4:])


def test_the_layers_of_a_stack_start_with_different_weights():
    for kind, shapes in (("TransformerEncoder", [[5, 8]]), ("TransformerDecoder", [[5, 8], [5, 8]])):
        own: Any = module_of(compiled(kind, {}, *shapes))
        one, other = own.layers[0].linear1.weight, own.layers[1].linear1.weight
        assert not torch.equal(one, other)


def test_attention_that_looks_at_the_queries_themselves_needs_no_other_wire():
    alone = compiled("MultiheadAttention", {}, [5, 8])
    wired = compiled("MultiheadAttention", {}, [5, 8], [5, 8], [5, 8])
    wired.load_state_dict(alone.state_dict())
    x = torch.randn(2, 5, 8)
    torch.testing.assert_close(alone(x), wired(x, x, x))


def test_positions_make_the_order_of_steps_matter():
    x = torch.randn(1, 5, 8)
    swapped = x[:, [1, 0, 2, 3, 4]]
    blind = compile_graph(single("TransformerEncoderLayer", {}, [5, 8])).eval()
    torch.testing.assert_close(blind(x).mean(1), blind(swapped).mean(1))
    placed = compile_graph(single("PositionalEncoding", {}, [5, 8])).eval()
    assert not torch.allclose(blind(placed(x)).mean(1), blind(placed(swapped)).mean(1))


def sequence_to_sequence() -> Graph:
    """Encoder and decoder are LSTMs; at each step the decoder looks at all that the encoder gave."""
    graph = Graph("sequence to sequence")
    source, target = graph.add("Input", name="source", shape=[7, 3]), graph.add("Input", name="target", shape=[5, 4])
    encoder, decoder = (graph.add("LSTM", name=name, hidden_size=6) for name in ("encoder", "decoder"))
    look, joined = graph.add("DotAttention", name="look"), graph.add("Concat", name="joined", dim=2)
    word = graph.add("Linear", name="word", out_features=4)
    for one, other, port in (
        (source, encoder, 0),
        (target, decoder, 0),
        (decoder, look, 0),
        (encoder, look, 1),
        (look, joined, 0),
        (decoder, joined, 0),
        (joined, word, 0),
        (word, graph.add("Output", name="y"), 0),
    ):
        graph.connect(one, other, input=port)
    graph.connect(look, graph.add("Output", name="alignment"), output=1)
    return graph


def test_sequence_to_sequence_with_attention_can_be_drawn_learned_and_exported(tmp_path):
    graph = sequence_to_sequence()
    assert check(graph) == []
    module = compile_graph(graph)
    answer, alignment = module(torch.randn(2, 7, 3), torch.randn(2, 5, 4))
    assert (answer.shape, alignment.shape) == ((2, 5, 4), (2, 5, 7))
    torch.testing.assert_close(alignment.sum(2), torch.ones(2, 5))
    answer.square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in module.parameters())
    assert export_onnx(Document(graph), tmp_path / "a.onnx").max_abs_difference < 1e-5
