"""How weights start."""

from __future__ import annotations

import math

import pytest
import torch

from compiler import compile_graph
from tests.drawings import chain, single


def linear(seed: int = 0, **parameters: object) -> torch.nn.Linear:
    layer = ("Linear", "h", {"out_features": 300, **parameters})
    graph = chain(("Input", "x", {"shape": [400]}), layer, ("Output", "y", {}))
    return compile_graph(graph, seed=seed).h


def test_equal_seeds_give_equal_weights_and_others_do_not():
    assert torch.equal(linear(3).weight, linear(3).weight)
    assert not torch.equal(linear(3).weight, linear(4).weight)


def test_adding_a_node_changes_no_other_nodes_weights(small_network):
    before = compile_graph(small_network).hidden.weight
    extra = small_network.add("Linear", name="extra", out_features=2)
    small_network.connect(small_network.node_named("x"), extra)
    small_network.connect(extra, small_network.add("Output"))
    assert torch.equal(compile_graph(small_network).hidden.weight, before)


def test_compiling_leaves_the_global_generator_alone(small_network):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    compile_graph(small_network)
    assert torch.equal(torch.rand(3), expected)


def test_default_is_pytorchs_own():
    bound = 1 / math.sqrt(400)
    assert linear().weight.abs().max().item() == pytest.approx(bound, rel=1e-3)


@pytest.mark.parametrize(
    ("method", "deviation"),
    [
        ("xavier_uniform", math.sqrt(2 / 700)),
        ("xavier_normal", math.sqrt(2 / 700)),
        ("kaiming_uniform", math.sqrt(2 / 400)),
        ("kaiming_normal", math.sqrt(2 / 400)),
    ],
)
def test_named_methods_have_their_standard_deviation_and_no_bias(method, deviation):
    module = linear(weight_init=method)
    assert module.weight.std().item() == pytest.approx(deviation, rel=0.02)
    assert not module.bias.any()


def test_normal_constant_and_zeros_do_as_they_say():
    assert linear(weight_init="normal", weight_init_std=0.3).weight.std().item() == pytest.approx(0.3, rel=0.02)
    assert set(linear(weight_init="constant", weight_init_value=0.25).weight.flatten().tolist()) == {0.25}
    assert not linear(weight_init="zeros").weight.any()


def test_the_forget_gates_of_an_lstm_start_with_their_own_bias():
    parameters = {"hidden_size": 3, "num_layers": 2, "bidirectional": True}
    plain = compile_graph(single("LSTM", parameters, [5, 4])).tested.state_dict()
    module = compile_graph(single("LSTM", {**parameters, "forget_bias": 2.0}, [5, 4])).tested
    for name, value in module.state_dict().items():
        if name.startswith("bias"):
            assert value[3:6].tolist() == [2.0 if name.startswith("bias_ih") else 0.0] * 3
            value[3:6] = plain[name][3:6]
        assert torch.equal(value, plain[name]), name
