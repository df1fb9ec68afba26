"""Transformers with the batch first, and with the causal mask chosen beforehand instead of given with the input.

The classes stand alone, on torch only: exported source carries their text. Parts and parameters are called as in
torch.nn, so that weights can be taken over from there.
"""

from __future__ import annotations

import math

import torch
from torch import nn


def causal_mask(sequence: torch.Tensor) -> torch.Tensor:
    """Return which steps a step must not see, (time, time), True where it must not; `sequence`: (batch, time, …)."""
    steps = sequence.shape[1]
    return torch.ones(steps, steps, dtype=torch.bool, device=sequence.device).triu(1)


class MaskedEncoderLayer(nn.TransformerEncoderLayer):
    """torch.nn.TransformerEncoderLayer; with `is_causal` each step sees itself and those before it only."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        feedforward_activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        is_causal: bool = False,
    ) -> None:
        super().__init__(
            d_model,
            nhead,
            dim_feedforward,
            dropout,
            feedforward_activation,
            layer_norm_eps,
            batch_first=True,
            norm_first=norm_first,
            bias=bias,
        )
        self.is_causal = is_causal

    def forward(self, src: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """Take and return (batch, time, d_model)."""
        mask = causal_mask(src) if self.is_causal else None
        return super().forward(src, src_mask=mask, is_causal=self.is_causal)


class MaskedDecoderLayer(nn.TransformerDecoderLayer):
    """torch.nn.TransformerDecoderLayer; with `tgt_is_causal` each step of the target sees itself and earlier ones."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        feedforward_activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        tgt_is_causal: bool = True,
    ) -> None:
        super().__init__(
            d_model,
            nhead,
            dim_feedforward,
            dropout,
            feedforward_activation,
            layer_norm_eps,
            batch_first=True,
            norm_first=norm_first,
            bias=bias,
        )
        self.tgt_is_causal = tgt_is_causal

    def forward(self, tgt: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """Take (batch, time, d_model) and the memory, (batch, steps, d_model); return (batch, time, d_model)."""
        mask = causal_mask(tgt) if self.tgt_is_causal else None
        return super().forward(tgt, memory, tgt_mask=mask, tgt_is_causal=self.tgt_is_causal)


class EncoderStack(nn.Module):
    """Encoder layers one after the other, each with a start of its own, as torch.nn.TransformerEncoder runs them.

    `final_norm`: a LayerNorm follows the last one.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        num_layers: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        feedforward_activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        is_causal: bool = False,
        final_norm: bool = False,
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            MaskedEncoderLayer(
                d_model,
                nhead,
                dim_feedforward,
                dropout,
                feedforward_activation,
                layer_norm_eps,
                norm_first,
                bias,
                is_causal,
            )
            for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(d_model, eps=layer_norm_eps, bias=bias) if final_norm else None

    def forward(self, src: torch.Tensor) -> torch.Tensor:
        """Take and return (batch, time, d_model)."""
        for layer in self.layers:
            src = layer(src)
        return src if self.norm is None else torch.as_tensor(self.norm(src))


class DecoderStack(nn.Module):
    """Decoder layers one after the other, each with a start of its own, as torch.nn.TransformerDecoder runs them.

    `final_norm`: a LayerNorm follows the last one.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        num_layers: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        feedforward_activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        tgt_is_causal: bool = True,
        final_norm: bool = False,
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            MaskedDecoderLayer(
                d_model,
                nhead,
                dim_feedforward,
                dropout,
                feedforward_activation,
                layer_norm_eps,
                norm_first,
                bias,
                tgt_is_causal,
            )
            for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(d_model, eps=layer_norm_eps, bias=bias) if final_norm else None

    def forward(self, tgt: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        """Take (batch, time, d_model) and (batch, steps, d_model); return (batch, time, d_model)."""
        for layer in self.layers:
            tgt = layer(tgt, memory)
        return tgt if self.norm is None else torch.as_tensor(self.norm(tgt))


class EncoderDecoder(nn.Module):
    """What torch.nn.Transformer computes: the source is encoded, the target decoded with a look at it."""

    def __init__(
        self,
        d_model: int,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        feedforward_activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        src_is_causal: bool = False,
        tgt_is_causal: bool = True,
    ) -> None:
        super().__init__()
        each = (dim_feedforward, dropout, feedforward_activation, layer_norm_eps, norm_first, bias)
        self.encoder = EncoderStack(d_model, nhead, num_encoder_layers, *each, src_is_causal, final_norm=True)
        self.decoder = DecoderStack(d_model, nhead, num_decoder_layers, *each, tgt_is_causal, final_norm=True)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(self, src: torch.Tensor, tgt: torch.Tensor) -> torch.Tensor:
        """Take (batch, steps, d_model) and (batch, time, d_model); return (batch, time, d_model)."""
        return torch.as_tensor(self.decoder(tgt, self.encoder(src)))


def wave_rates(d_model: int) -> torch.Tensor:
    """By how much the angle of each pair of waves grows from step to step: (pairs,), float64."""
    even = torch.arange(0, d_model, 2, dtype=torch.float64)
    return torch.exp(even * (-math.log(10_000.0) / d_model))


class PositionalEncoding(nn.Module):
    """Adds to each step a vector of sines and cosines that tells where it stands, for any number of steps.

    Source: Vaswani et al., Attention Is All You Need (2017), 3.5.
    """

    encoding: torch.Tensor

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.register_buffer("encoding", torch.empty(0, d_model), persistent=False)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        """Take and return (batch, time, d_model)."""
        time = sequence.shape[1]
        if time > len(self.encoding):
            position = torch.arange(time, dtype=torch.float64).unsqueeze(1)
            angle = position * wave_rates(self.d_model).to(position.device)
            waves = torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1)[:, : self.d_model]
            self.encoding = waves.to(self.encoding)
        return sequence + self.encoding[:time]


class LearnedPositionalEmbedding(nn.Module):
    """Adds to each step a learned vector of its place; there are vectors for `max_length` places."""

    def __init__(self, d_model: int, max_length: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, d_model))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        """Take and return (batch, time, d_model)."""
        return sequence + self.weight[: sequence.shape[1]]
