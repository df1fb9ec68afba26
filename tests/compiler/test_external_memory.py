"""An external memory finds by content what was written to it."""

from __future__ import annotations

import torch
from torch import nn

from compiler import compile_graph
from tests.drawings import single
from tests.kind_examples.example import Example, module_of

SLOTS = torch.eye(3)[None]
"""A memory of three slots that point in different directions."""
SHARP = torch.tensor([[100.0]])


def test_a_sharp_read_gives_the_slot_that_is_like_the_key():
    module = compile_graph(Example("MemoryRead", {}, ([3, 3], [3], [1])).drawing())
    memory = SLOTS * torch.tensor([1.0, 2.0, 3.0])[:, None]
    found, weights = module(memory, torch.tensor([[0.1, 5.0, 0.0]]), SHARP)
    torch.testing.assert_close(found, torch.tensor([[0.0, 2.0, 0.0]]))
    torch.testing.assert_close(weights, torch.tensor([[0.0, 1.0, 0.0]]))


def test_a_sharp_write_erases_and_adds_where_the_key_points_and_leaves_the_rest():
    module = compile_graph(Example("MemoryWrite", {}, ([3, 3], [3], [1], [3], [3])).drawing())
    add, erase = torch.tensor([[7.0, 8.0, 9.0]]), torch.tensor([[0.0, 1.0, 0.0]])
    memory = module(SLOTS, torch.tensor([[0.0, 1.0, 0.0]]), SHARP, erase, add)
    torch.testing.assert_close(memory, torch.tensor([[[1.0, 0, 0], [7, 8, 9], [0, 0, 1]]]))


def test_a_slot_of_zeros_gives_no_nan():
    module = compile_graph(Example("MemoryRead", {}, ([3, 3], [3], None)).drawing())
    memory = torch.zeros(1, 3, 3, requires_grad=True)
    found, weights = module(memory, torch.zeros(1, 3))
    found.sum().backward()
    torch.testing.assert_close(weights, torch.full((1, 3), 1 / 3))
    assert torch.isfinite(memory.grad).all()


def test_what_comes_early_reaches_what_is_given_late():
    module = compile_graph(single("ExternalMemory", {}, [6, 3]))
    x = torch.randn(2, 6, 3, requires_grad=True)
    module(x)[:, -1].sum().backward()
    assert (x.grad[:, 0].abs() > 0).all()


def test_a_highway_begins_almost_as_its_input():
    module = compile_graph(single("Highway", {"gate_bias": -20.0}, [6]))
    x = torch.randn(4, 6)
    torch.testing.assert_close(module(x), x, atol=1e-6, rtol=1e-6)
    own = module_of(module)
    assert own is not None
    nn.init.constant_(own.gate.bias, 20.0)
    torch.testing.assert_close(module(x), torch.relu(own.transform(x)), atol=1e-6, rtol=1e-6)
