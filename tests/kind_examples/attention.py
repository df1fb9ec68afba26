"""Examples of the family Attention."""

from __future__ import annotations

import math
from typing import Any

import torch

from tests.kind_examples.example import Example


def multihead(
    module: Any, query: torch.Tensor, key: torch.Tensor | None = None, value: torch.Tensor | None = None
) -> Any:
    """Head by head: each has its rows of the maps; then the joined results are mapped."""
    key = query if key is None else key
    value = key if value is None else value
    size = query.shape[-1] // module.num_heads
    maps = (
        (module.q_proj_weight, module.k_proj_weight, module.v_proj_weight)
        if module.in_proj_weight is None
        else module.in_proj_weight.split(query.shape[-1])
    )
    biases = [0.0] * 3 if module.in_proj_bias is None else module.in_proj_bias.split(query.shape[-1])
    q, k, v = (x @ w.T + b for x, w, b in zip((query, key, value), maps, biases, strict=True))
    if module.bias_k is not None:
        k = torch.cat([k, module.bias_k.expand(len(k), -1, -1)], 1)
        v = torch.cat([v, module.bias_v.expand(len(v), -1, -1)], 1)
    if module.add_zero_attn:
        k, v = (torch.cat([x, torch.zeros_like(x[:, :1])], 1) for x in (k, v))
    heads, tables = [], []
    for head in range(module.num_heads):
        rows = slice(head * size, (head + 1) * size)
        scores = torch.einsum("bqd,bkd->bqk", q[..., rows], k[..., rows]) / math.sqrt(size)
        if module.is_causal:
            for step in range(scores.shape[1]):
                scores[:, step, step + 1 : key.shape[1]] = -torch.inf
        tables.append(scores.softmax(-1))
        heads.append(tables[-1] @ v[..., rows])
    output = torch.cat(heads, -1) @ module.out_proj.weight.T
    output = output if module.out_proj.bias is None else output + module.out_proj.bias
    if not module.need_weights:
        return output
    return output, torch.stack(tables, 1).mean(1) if module.average_attn_weights else torch.stack(tables, 1)


def one_by_one(module: Any, score: Any, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor | None) -> Any:
    """Each query by itself: a score for each key, their softmax, and the sum."""
    queries = query[:, None] if query.dim() == 2 else query
    outputs, tables = [], []
    for step in range(queries.shape[1]):
        scores = torch.stack([score(queries[:, step], keys[:, time]) for time in range(keys.shape[1])], 1)
        exponentials = scores.exp()
        if module.is_causal:
            exponentials = exponentials * (torch.arange(keys.shape[1]) <= step)
        weights = exponentials / exponentials.sum(1, keepdim=True)
        tables.append(weights)
        outputs.append(((keys if values is None else values) * weights[..., None]).sum(1))
    output, weights = torch.stack(outputs, 1), torch.stack(tables, 1)
    return (output[:, 0], weights[:, 0]) if query.dim() == 2 else (output, weights)


def dot(module: Any, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor | None = None) -> Any:
    return one_by_one(module, lambda q, k: (q * k).sum(-1), query, keys, values)


def scaled(module: Any, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor | None = None) -> Any:
    scale = query.shape[-1] ** -0.5 if module.scale is None else module.scale
    return one_by_one(module, lambda q, k: (q * k).sum(-1) * scale, query, keys, values)


def additive(module: Any, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor | None = None) -> Any:
    def score(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(q @ module.query.weight.T + k @ module.key.weight.T)
        return hidden @ module.score.weight[0]

    return one_by_one(module, score, query, keys, values)


HEADS = {"num_heads": 2}

EXAMPLES = [
    Example("MultiheadAttention", {}, ([5, 8], None, None), reference=multihead, comes_back=False),
    Example(
        "MultiheadAttention", {**HEADS, "is_causal": True}, ([5, 6], None, None), reference=multihead, comes_back=False
    ),
    Example(
        "MultiheadAttention",
        {**HEADS, "bias": False, "dropout": 0.3},
        ([3, 6], [5, 6], None),
        reference=multihead,
        comes_back=False,
    ),
    Example(
        "MultiheadAttention",
        {**HEADS, "need_weights": True},
        ([3, 6], [5, 4], [5, 7]),
        reference=multihead,
        comes_back=False,
    ),
    Example(
        "MultiheadAttention",
        {"num_heads": 3, "need_weights": True, "average_attn_weights": False, "is_causal": True},
        ([5, 6], [4, 6], None),
        reference=multihead,
        comes_back=False,
    ),
    Example(
        "MultiheadAttention",
        {**HEADS, "add_bias_kv": True, "add_zero_attn": True, "is_causal": True},
        ([5, 6], None, None),
        reference=multihead,
        comes_back=False,
    ),
    Example("DotAttention", {}, ([6], [5, 6], None), reference=dot, comes_back=False),
    Example("DotAttention", {"is_causal": True}, ([4, 6], [5, 6], [5, 3]), reference=dot, comes_back=False),
    Example("ScaledDotProductAttention", {}, ([4, 6], [5, 6], [5, 3]), reference=scaled, comes_back=False),
    Example(
        "ScaledDotProductAttention", {"is_causal": True}, ([5, 6], [5, 6], None), reference=scaled, comes_back=False
    ),
    Example("ScaledDotProductAttention", {"scale": 0.3}, ([6], [5, 6], None), reference=scaled, comes_back=False),
    Example("AdditiveAttention", {}, ([6], [5, 4], None), reference=additive, comes_back=False),
    Example(
        "AdditiveAttention",
        {"hidden_size": 3, "is_causal": True},
        ([4, 6], [5, 4], [5, 3]),
        reference=additive,
        comes_back=False,
    ),
]
