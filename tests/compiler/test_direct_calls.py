"""Calling a compiled network directly computes what the module computes, and follows it."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import compile_graph
from compiler.build import compile_program
from compiler.direct_calls import direct_calls
from compiler.program import lower
from graph_model import Graph
from tests.compiler.random_neurons import neuron_drawings
from tests.compiler.test_random_catalogue import assert_equal, run
from tests.drawings import chain
from tests.random_catalogue import drawings
from tests.random_samples import samples_for


def mixed() -> Graph:
    """Layers with and without an activation of their own, one that is random, and one that remembers."""
    return chain(
        ("Input", "x", {"shape": [6]}),
        ("Linear", "first", {"out_features": 5, "activation": "Tanh"}),
        ("BatchNorm1d", "norm", {}),
        ("Linear", "second", {"out_features": 4, "activation": "Sigmoid", "bias": False}),
        ("Dropout", "drop", {"p": 0.5}),
        ("Linear", "last", {"out_features": 3}),
        ("Output", "y", {}),
    )


@pytest.mark.parametrize("learning", [True, False])
def test_results_gradients_and_buffers_are_the_modules(learning):
    one, other = compile_graph(mixed(), seed=3).train(learning), compile_graph(mixed(), seed=3).train(learning)
    x = torch.randn(8, 6)
    torch.manual_seed(1)
    expected = one(x)
    torch.manual_seed(1)
    found = direct_calls(other)(x)
    assert torch.equal(found, expected)
    expected.square().sum().backward()
    found.square().sum().backward()
    for parameter, same in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(parameter.grad, same.grad)
    for buffer, same in zip(one.buffers(), other.buffers(), strict=True):
        assert torch.equal(buffer, same)


@settings(max_examples=60)
@given(st.one_of(neuron_drawings(), drawings()))
def test_any_drawing_gives_what_its_module_gives(graph):
    program = lower(graph)
    module, inputs = compile_program(program, seed=3), samples_for(program, 4)
    for part in (module.train(), module.eval()):
        state = copy.deepcopy(part.state_dict())
        expected = run(part, inputs)
        part.load_state_dict(state)
        assert_equal(run(direct_calls(part), inputs), expected)


def test_new_weights_and_another_mode_are_followed():
    module = compile_graph(mixed(), seed=3)
    call, x = direct_calls(module), torch.randn(8, 6)
    with torch.no_grad():
        module.first.weight.mul_(2.0)
    module.last.weight.data = torch.randn(3, 4)
    module.eval()
    assert torch.equal(call(x), module(x))


def test_whoever_watches_a_layers_calls_is_told():
    module = compile_graph(mixed(), seed=3)
    seen: list[torch.Size] = []
    module.last.register_forward_hook(lambda layer, given, result: seen.append(result.shape))
    direct_calls(module)(torch.randn(8, 6))
    assert seen == [torch.Size([8, 3])]
