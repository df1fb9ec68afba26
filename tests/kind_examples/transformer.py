"""Examples of the transformers."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from tests.kind_examples.attention import multihead
from tests.kind_examples.example import Example


def attended(module: Any, query: torch.Tensor, memory: torch.Tensor, is_causal: bool) -> torch.Tensor:
    """What one of the layer's attentions gives, head by head."""
    module.is_causal, module.need_weights = is_causal, False
    return multihead(module, query, memory)


def layer(module: Any, x: torch.Tensor, memory: torch.Tensor | None, is_causal: bool) -> torch.Tensor:
    """One layer by its formulas; without a memory an encoder's."""
    activation = functional.gelu if module.activation is functional.gelu else torch.relu
    parts: list[Any] = [lambda x: attended(module.self_attn, x, x, is_causal)]
    if memory is not None:
        parts.append(lambda x: attended(module.multihead_attn, x, memory, False))
    parts.append(lambda x: module.linear2(activation(module.linear1(x))))
    for number, part in enumerate(parts, start=1):
        norm = getattr(module, f"norm{number}")
        x = x + part(normed(norm, x)) if module.norm_first else normed(norm, x + part(x))
    return x


def normed(norm: nn.LayerNorm | None, x: torch.Tensor) -> torch.Tensor:
    """Mean 0 and variance 1 along the last axis, then the learned scale and shift."""
    if norm is None:
        return x
    centred = x - x.mean(-1, keepdim=True)
    scaled = centred / (centred.square().mean(-1, keepdim=True) + norm.eps).sqrt() * norm.weight
    return scaled if norm.bias is None else scaled + norm.bias


def encoder_layer(module: Any, x: torch.Tensor) -> torch.Tensor:
    return layer(module, x, None, module.is_causal)


def decoder_layer(module: Any, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
    return layer(module, x, memory, module.tgt_is_causal)


def encoder(module: Any, x: torch.Tensor) -> torch.Tensor:
    for one in module.layers:
        x = encoder_layer(one, x)
    return normed(module.norm, x)


def decoder(module: Any, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
    for one in module.layers:
        x = decoder_layer(one, x, memory)
    return normed(module.norm, x)


def transformer(module: Any, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return decoder(module.decoder, target, encoder(module.encoder, source))


def waves(module: Any, x: torch.Tensor) -> torch.Tensor:
    result, features = x.clone(), x.shape[2]
    for time in range(x.shape[1]):
        for place in range(features):
            angle = time / 10_000 ** ((place - place % 2) / features)
            result[:, time, place] += math.cos(angle) if place % 2 else math.sin(angle)
    return result


SMALL = {"nhead": 2, "dim_feedforward": 5}
OTHERWISE = {**SMALL, "norm_first": True, "feedforward_activation": "gelu", "bias": False, "layer_norm_eps": 1e-3}
ONE, TWO = ([3, 6],), ([3, 6], [4, 6])

EXAMPLES = [
    Example("TransformerEncoderLayer", {}, ([5, 8],), reference=encoder_layer, comes_back=False),
    Example("TransformerEncoderLayer", OTHERWISE, ONE, reference=encoder_layer, comes_back=False),
    Example("TransformerEncoderLayer", {**SMALL, "is_causal": True}, ONE, reference=encoder_layer, comes_back=False),
    Example("TransformerDecoderLayer", SMALL, TWO, reference=decoder_layer, comes_back=False),
    Example(
        "TransformerDecoderLayer", {**OTHERWISE, "tgt_is_causal": False}, TWO, reference=decoder_layer, comes_back=False
    ),
    Example("TransformerEncoder", SMALL, ONE, reference=encoder, comes_back=False),
    Example(
        "TransformerEncoder",
        {**OTHERWISE, "num_layers": 3, "final_norm": True, "is_causal": True},
        ONE,
        reference=encoder,
        comes_back=False,
    ),
    Example("TransformerDecoder", SMALL, TWO, reference=decoder, comes_back=False),
    Example("TransformerDecoder", {**OTHERWISE, "final_norm": True}, TWO, reference=decoder, comes_back=False),
    Example("Transformer", SMALL, TWO, reference=transformer, comes_back=False),
    Example("Transformer", {**OTHERWISE, "num_encoder_layers": 1}, TWO, reference=transformer, comes_back=False),
    Example("PositionalEncoding", {}, ([5, 7],), reference=waves, comes_back=False),
    Example(
        "LearnedPositionalEmbedding", {}, ([5, 7],), reference=lambda module, x: x + module.weight, comes_back=False
    ),
    Example(
        "LearnedPositionalEmbedding",
        {"max_length": 90},
        ([5, 7],),
        reference=lambda module, x: x + module.weight[:5],
        comes_back=False,
    ),
]
