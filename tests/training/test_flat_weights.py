"""Weights that lie end to end learn exactly what they learn apart from each other."""

from __future__ import annotations

import numpy
import pytest
import torch
from torch import nn

from app.training.backward_pass import BackwardPass
from app.training.flat_update import FlatUpdate
from app.training.flat_weights import ALIGNMENT, FlatWeights, flat_weights
from app.training.optimizers import make_optimizer, optimizers
from app.training.statistics import GradientStatistics
from compiler import compile_graph
from compiler.layers import learnable_layers
from graph_model import Graph
from tests.drawings import chain

OPTIONS = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}],
    "Adam": [{}, {"betas": [0.5, 0.9], "eps": 1e-4, "weight_decay": 0.1}],
    "AdamW": [{}, {"weight_decay": 0.1}],
    "RMSprop": [{}, {"momentum": 0.5, "alpha": 0.9, "weight_decay": 0.1}],
    "Adagrad": [{}, {"lr_decay": 0.1, "weight_decay": 0.1}],
}
every_choice = pytest.mark.parametrize(
    ("name", "options"), [(name, options) for name, several in OPTIONS.items() for options in several]
)


def network() -> nn.Module:
    """Two layers and a slope, with a frozen layer between."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        module = nn.Sequential(nn.Linear(3, 5), nn.PReLU(), nn.Linear(5, 5), nn.Tanh(), nn.Linear(5, 2))
    module[2].requires_grad_(False)
    return module


def learn(module: nn.Module, optimizer: torch.optim.Optimizer, update, start: int, stop: int) -> None:
    """Take steps, each with a learning rate of its own."""
    for number in range(start, stop):
        x = torch.randn(8, 3, generator=torch.Generator().manual_seed(number))
        for parameter in module.parameters():
            if parameter.grad is not None:
                parameter.grad.zero_()
        module(x).square().mean().backward()
        for group in optimizer.param_groups:
            group["lr"] = 0.1 / (1 + number)
        update()


def state_of(module: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    return {
        f"{name}/{key}": value.clone()
        for name, parameter in module.named_parameters()
        for key, value in (("value", parameter.detach()), *optimizer.state.get(parameter, {}).items())
        if isinstance(value, torch.Tensor)
    }


def test_every_optimizer_is_tried():
    assert set(OPTIONS) == set(optimizers())


@every_choice
def test_steps_and_state_are_those_of_torch_optim(name, options):
    apart, together = network(), network()
    theirs = make_optimizer(name, apart.named_parameters(), 0.1, options)
    ours = make_optimizer(name, together.named_parameters(), 0.1, options)
    flat = flat_weights(together.parameters())
    update = FlatUpdate(ours, flat)
    learn(apart, theirs, theirs.step, 0, 6)
    learn(together, ours, update.step, 0, 6)
    expected, found = state_of(apart, theirs), state_of(together, ours)
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        torch.testing.assert_close(found[key], value, atol=1e-6, rtol=1e-5, msg=key)


@every_choice
def test_a_state_that_is_emptied_begins_anew(name, options):
    module = network()
    flat = flat_weights(module.parameters())
    optimizer = make_optimizer(name, module.named_parameters(), 0.1, options)
    update = FlatUpdate(optimizer, flat)
    start = flat.weights.clone()
    learn(module, optimizer, update.step, 0, 4)
    first = state_of(module, optimizer)
    flat.weights.copy_(start)
    optimizer.state.clear()
    learn(module, optimizer, update.step, 0, 4)
    again = state_of(module, optimizer)
    assert again.keys() == first.keys()
    assert all(torch.equal(again[key], value) for key, value in first.items())


@every_choice
def test_weights_without_effect_on_the_loss_stay_as_in_torch_optim(name, options):
    """Not decayed, and not divided by an eps of 0."""
    module = nn.ModuleDict({"used": network(), "unused": nn.Linear(2, 3), "last": nn.Linear(2, 2)})
    given = {**options, "weight_decay": 0.5, **({} if name == "SGD" else {"eps": 0.0})}
    optimizer = make_optimizer(name, module.named_parameters(), 0.1, given)
    flat, backward = flat_weights(module.parameters()), BackwardPass()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    update = FlatUpdate(optimizer, flat, backward.reached)
    for _ in range(3):
        flat.gradients.zero_()
        backward(module["last"](module["used"](torch.randn(8, 3))).square().mean())
        update.step()
    after = module.state_dict()
    changed = {key.partition(".")[0] for key, value in before.items() if not torch.equal(after[key], value)}
    assert changed == {"used", "last"}
    assert all(value.isfinite().all() for value in after.values())


def test_parameters_are_views_and_start_where_torch_would_let_them():
    module, expected = network(), network().state_dict()
    flat = flat_weights(module.parameters())
    assert [parameter.shape for parameter in flat.parameters] == [(5, 3), (5,), (1,), (2, 5), (2,)]
    assert all(start % ALIGNMENT == 0 for start in flat.starts)
    assert all(torch.equal(value, expected[name]) for name, value in module.state_dict().items())
    flat.weights.fill_(2.0)
    flat.gradients.fill_(3.0)
    assert (module[0].weight == 2.0).all()
    assert (module[0].weight.grad == 3.0).all()
    assert not (module[2].weight == 2.0).any()
    assert module[2].weight.grad is None


def test_only_what_is_small_and_in_float32_lies_end_to_end(monkeypatch):
    assert flat_weights(network().double().parameters()) is None
    assert flat_weights([]) is None
    assert isinstance(flat_weights(network().parameters()), FlatWeights)
    monkeypatch.setattr("app.training.flat_weights.LARGEST", 32)
    assert flat_weights(network().parameters()) is None


def test_the_backward_pass_is_that_of_a_tensor():
    one, other = network(), network()
    x, backward = torch.randn(8, 3), BackwardPass()
    for _ in range(2):
        one(x).square().mean().backward()
        backward(other(x).square().mean())
    for parameter, same in zip(one.parameters(), other.parameters(), strict=True):
        if parameter.requires_grad:
            assert torch.equal(parameter.grad, same.grad)
    with pytest.raises(RuntimeError, match="does not require grad"):
        backward(torch.tensor(1.0))


def layers_of_three_sizes() -> Graph:
    return chain(
        ("Input", "x", {"shape": [6]}),
        ("Linear", "first", {"out_features": 50, "activation": "Tanh"}),
        ("BatchNorm1d", "norm", {}),
        ("Linear", "second", {"out_features": 70}),
        ("Linear", "last", {"out_features": 3, "bias": False}),
        ("Output", "y", {}),
    )


@pytest.mark.parametrize("scale", [1.0, 1e-20, 1e-36, 1e18])
@pytest.mark.parametrize("long", [1, 10**9])
def test_statistics_are_right_however_small_or_large_a_gradient_is(monkeypatch, scale, long):
    monkeypatch.setattr("app.training.statistics.LONG", long)
    module = compile_graph(layers_of_three_sizes(), seed=1)
    layers = learnable_layers(module, layers_of_three_sizes())
    statistics = GradientStatistics(module, layers)
    for parameter in statistics.flat.parameters:
        parameter.grad.copy_(torch.randn(parameter.shape) * scale)
    rms, mean_abs, norm = statistics.measure()
    for number, layer in enumerate(layers):
        wide = torch.cat([module.get_parameter(name).grad.double().flatten() for name in layer.parameters])
        assert norm[number] == pytest.approx(float(wide.norm()), rel=1e-6)
        assert mean_abs[number] == pytest.approx(float(wide.abs().mean()), rel=1e-6)
        assert rms[number] == pytest.approx(float(wide.square().mean().sqrt()), rel=1e-6)


@pytest.mark.parametrize("bad", [numpy.nan, numpy.inf])
@pytest.mark.parametrize("long", [1, 10**9])
def test_a_gradient_that_is_no_number_is_seen_in_its_layer(monkeypatch, bad, long):
    monkeypatch.setattr("app.training.statistics.LONG", long)
    module = compile_graph(layers_of_three_sizes(), seed=1)
    layers = learnable_layers(module, layers_of_three_sizes())
    statistics = GradientStatistics(module, layers)
    module.second.weight.grad[3, 5] = bad
    finite = numpy.isfinite(statistics.measure()).all(axis=0)
    assert [layer.name for layer, is_finite in zip(layers, finite, strict=True) if not is_finite] == ["second"]
