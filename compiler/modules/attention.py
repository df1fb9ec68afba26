"""Attention that gives its weights away beside its result, and that needs no mask drawn.

The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

import math

import torch
from torch import nn


def seen_by_step(queries: int, keys: int, device: torch.device) -> torch.Tensor:
    """Return which keys each query may look at when it must not see later ones, (queries, keys), True where it may."""
    return torch.ones(queries, keys, dtype=torch.bool, device=device).tril()


class MaskedMultiheadAttention(nn.MultiheadAttention):
    """torch.nn.MultiheadAttention with the batch first, and with the causal mask and the weights chosen beforehand.

    Its parameters are called as in torch.nn. Without keys it attends to the queries, without values to the keys.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        is_causal: bool = False,
        need_weights: bool = False,
        average_attn_weights: bool = True,
    ) -> None:
        super().__init__(
            embed_dim,
            num_heads,
            dropout=dropout,
            bias=bias,
            add_bias_kv=add_bias_kv,
            add_zero_attn=add_zero_attn,
            kdim=kdim,
            vdim=kdim if vdim is None else vdim,
            batch_first=True,
        )
        self.is_causal = is_causal
        self.need_weights = need_weights
        self.average_attn_weights = average_attn_weights

    def forward(  # type: ignore[override]
        self, query: torch.Tensor, key: torch.Tensor | None = None, value: torch.Tensor | None = None
    ) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        """Return (batch, queries, embed_dim), and the weights (batch, queries, keys) if they are wanted."""
        key = query if key is None else key
        value = key if value is None else value
        mask = ~seen_by_step(query.shape[1], key.shape[1], query.device) if self.is_causal else None
        output, weights = super().forward(
            query,
            key,
            value,
            need_weights=self.need_weights,
            attn_mask=mask,
            average_attn_weights=self.average_attn_weights,
        )
        return output if weights is None else (output, weights)


class ScoredAttention(nn.Module):
    """Base: each key gets a score for each query; softmax makes weights of the scores, and the weights a mean.

    Shapes: query (batch, queries, features), or (batch, features) for one; keys (batch, keys, features); values
    (batch, keys, value features), by default the keys. Gives the mean and the weights, without the axis of queries if
    there is one query only.
    """

    def __init__(self, is_causal: bool = False) -> None:
        super().__init__()
        self.is_causal = is_causal

    def scores(self, query: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        """Return (batch, queries, keys)."""
        raise NotImplementedError

    def forward(
        self, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the mean of the values and the weights that it was taken with."""
        queries = query.unsqueeze(1) if query.dim() == 2 else query
        scores = self.scores(queries, keys)
        if self.is_causal:
            seen = seen_by_step(scores.shape[1], scores.shape[2], scores.device)
            scores = scores.masked_fill(~seen, -torch.inf)
        weights = torch.softmax(scores, dim=-1)
        output = torch.matmul(weights, keys if values is None else values)
        return (output.squeeze(1), weights.squeeze(1)) if query.dim() == 2 else (output, weights)


class DotAttention(ScoredAttention):
    """The score is the product of query and key, times `scale`."""

    def __init__(self, is_causal: bool = False, scale: float | None = 1.0) -> None:
        super().__init__(is_causal)
        self.scale = scale

    def scores(self, query: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        """Return (batch, queries, keys); without a scale given it is 1/√features."""
        scale = 1.0 / math.sqrt(query.shape[-1]) if self.scale is None else self.scale
        return torch.matmul(query, keys.transpose(1, 2)) * scale


class ScaledDotProductAttention(DotAttention):
    """The score is the product of query and key over √features, unless another scale is given."""

    def __init__(self, is_causal: bool = False, scale: float | None = None) -> None:
        super().__init__(is_causal, scale)


class AdditiveAttention(ScoredAttention):
    """The score comes from a small network with one hidden layer: vᵀ tanh(W query + U key)."""

    def __init__(self, query_size: int, key_size: int, hidden_size: int, is_causal: bool = False) -> None:
        super().__init__(is_causal)
        self.query = nn.Linear(query_size, hidden_size, bias=False)
        self.key = nn.Linear(key_size, hidden_size, bias=False)
        self.score = nn.Linear(hidden_size, 1, bias=False)

    def scores(self, query: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        """Return (batch, queries, keys)."""
        hidden = torch.tanh(self.query(query).unsqueeze(2) + self.key(keys).unsqueeze(1))
        return torch.as_tensor(self.score(hidden)).squeeze(-1)
