"""Formulas that are easily remembered wrongly are those that PyTorch computes."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from graph_model import kinds


def documented(kind: str, words: str) -> bool:
    """Whether the formula or the text of a kind says this."""
    return words in kinds()[kind].formula or words in kinds()[kind].documentation


@pytest.mark.parametrize(("length", "fields"), [(6, 3), (7, 3), (6, 4), (3, 5), (10, 10), (9, 1)])
def test_the_fields_of_adaptive_pooling_reach_from_where_to_where_it_says(length, fields):
    assert documented("AdaptiveAvgPool1d", "from i·n/m (rounded down) to (i+1)·n/m − 1 (rounded up)")
    assert documented("AdaptiveMaxPool1d", "from i·n/m (rounded down) to (i+1)·n/m − 1 (rounded up)")
    x = torch.randn(length)
    parts = [x[i * length // fields : math.ceil((i + 1) * length / fields)] for i in range(fields)]
    mean, largest = (pool(fields)(x[None, None])[0, 0] for pool in (nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d))
    torch.testing.assert_close(mean, torch.stack([part.mean() for part in parts]))
    assert torch.equal(largest, torch.stack([part.max() for part in parts]))


def test_pixel_shuffle_puts_each_channel_where_it_says():
    assert documented("PixelShuffle", "c · r² + i · r + j becomes row i, column j of each square of channel c")
    x, r = torch.randn(1, 18, 2, 4), 3
    result = nn.PixelShuffle(r)(x)
    for c, i, j in torch.cartesian_prod(torch.arange(2), torch.arange(r), torch.arange(r)).tolist():
        assert torch.equal(result[0, c, i::r, j::r], x[0, c * r**2 + i * r + j])


def test_local_response_normalization_takes_a_mean_with_zeros_beyond_the_channels():
    assert documented("LocalResponseNorm", "a = x / (k + alpha · mean of x² over size channels)^beta")
    x = torch.randn(2, 7, 3, dtype=torch.float64)
    squares = nn.functional.pad(x**2, (0, 0, 2, 2))
    mean = sum(squares[:, start : start + 7] for start in range(5)) / 5
    torch.testing.assert_close(nn.LocalResponseNorm(5, alpha=2.0, k=1.5)(x), x / (1.5 + 2.0 * mean) ** 0.75)


def test_a_gru_resets_behind_the_weights():
    assert documented("GRU", "h = z⊙h⁻ + (1−z)⊙h̃,  h̃ = tanh(Wx + r⊙Uh⁻)")
    cell, x, h = nn.GRUCell(3, 4), torch.randn(2, 3), torch.randn(2, 4)
    from_x = (x @ cell.weight_ih.T + cell.bias_ih).chunk(3, dim=1)
    from_h = (h @ cell.weight_hh.T + cell.bias_hh).chunk(3, dim=1)
    r, z = (torch.sigmoid(one + other) for one, other in zip(from_x[:2], from_h[:2], strict=True))
    new = torch.tanh(from_x[2] + r * from_h[2])
    torch.testing.assert_close(cell(x, h), z * h + (1 - z) * new)


def test_alpha_dropout_has_the_factor_and_the_shift_that_it_says():
    assert documented("AlphaDropout", "α′ = −1.7581,  s = ((1 − p)(1 + p α′²))^(−1/2),  t = −s p α′")
    p, alpha = 0.3, -1.7581
    s = ((1 - p) * (1 + p * alpha**2)) ** -0.5
    found = nn.AlphaDropout(p)(torch.full((4000,), 2.0, dtype=torch.float64)).unique()
    expected = torch.tensor([s * alpha - s * p * alpha, s * 2.0 - s * p * alpha], dtype=torch.float64)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0.0)


def test_the_running_mean_follows_by_the_momentum():
    meaning = kinds()["BatchNorm1d"].parameters["momentum"].meaning
    assert "(1 − momentum) of themselves and momentum of the batch's" in meaning
    layer, x = nn.BatchNorm1d(3, momentum=0.3), torch.randn(8, 3)
    torch.nn.init.constant_(layer.running_mean, 2.0)
    layer(x)
    torch.testing.assert_close(layer.running_mean, 0.7 * torch.full((3,), 2.0) + 0.3 * x.mean(dim=0))
    torch.testing.assert_close(layer.running_var, 0.7 * torch.ones(3) + 0.3 * x.var(dim=0, correction=1))
