"""Fractional pooling is torch's while it trains, and always the same once it is trained."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from compiler import compile_graph
from tests.drawings import single


@pytest.mark.parametrize(("kind", "shape"), [("FractionalMaxPool2d", [2, 9, 8]), ("FractionalMaxPool3d", [2, 6, 5, 7])])
def test_it_is_torchs_in_training_and_settled_in_evaluation(kind, shape):
    values = torch.randn(3, *shape)
    module = compile_graph(single(kind, {"output_ratio": 0.6}, shape)).train()
    torch.manual_seed(4)
    found = module(values)
    torch.manual_seed(4)
    torch.testing.assert_close(found, getattr(nn, kind)(2, output_ratio=0.6)(values))
    assert any(not torch.equal(module(values), found) for _ in range(5))
    module.eval()
    torch.testing.assert_close(module(values), module(values))
