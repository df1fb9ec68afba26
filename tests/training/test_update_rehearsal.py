"""The table of an optimizer's steps is torch.optim's, number by number, and its formulas hold."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
import torch

from app.training.backpropagation import rehearse_updates, trace_example
from app.training.backpropagation.update_texts import WeightStep, update_text
from app.training.losses import loss_function
from app.training.optimizers import make_optimizer
from compiler import compile_graph
from compiler.weights import by_name
from graph_model import Document, Graph, TrainingError, TrainingSettings
from tests.drawings import chain, worked_example

X = numpy.array([[1.0, -1.0], [0.5, 2.0], [-1.5, 0.25]])
TARGETS = [0, 1, 1]

OPTIMIZERS = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.8, "nesterov": True, "weight_decay": 0.05}),
    ("Adam", {}),
    ("Adam", {"betas": [0.7, 0.95], "eps": 1e-3, "weight_decay": 0.1}),
    ("AdamW", {"weight_decay": 0.3}),
    ("RMSprop", {"alpha": 0.9}),
    ("RMSprop", {"alpha": 0.8, "momentum": 0.5, "weight_decay": 0.02}),
    ("Adagrad", {}),
    ("Adagrad", {"lr_decay": 0.2, "weight_decay": 0.1}),
]


def mixed_graph() -> Graph:
    """A layer, neurons with a tie and a frozen wire and a frozen bias, and a frozen layer."""
    graph = Graph("mixed")
    x = graph.add("Input", name="x", shape=[2])
    hidden = graph.add("Linear", name="hidden", out_features=3, activation="Tanh")
    graph.connect(x, hidden)
    first = graph.add("Neuron", name="first", activation="Tanh", bias=0.25)
    second = graph.add("Neuron", name="second", activation="Sigmoid", bias=-0.5, bias_trainable=False)
    graph.connect(hidden, first)
    graph.connect(hidden, second, element=1, weight=0.75, tie="t")
    graph.connect(first, second, weight=0.75, tie="t")
    graph.connect(x, second, element=0, weight=1.5, trainable=False)
    last = graph.add("Linear", name="last", out_features=2, trainable=False)
    graph.connect(first, last)
    graph.connect(second, last)
    graph.connect(last, graph.add("Output", name="y"))
    return graph


KEYS: list[Any] = [
    ("hidden.weight", (2, 1)),
    ("hidden.bias", 0),
    ("w2.weight", (1,)),
    "w3.weight",
    "w4.weight",
    "first.bias",
]
FROZEN: list[Any] = ["w5.weight", "second.bias", ("last.weight", (0, 0))]


def torch_steps(
    document: Document, steps: int
) -> tuple[list[float], list[dict[str, Any]], list[dict[str, Any]], list[Any]]:
    """The same steps with torch.optim on the compiled module in float64: losses, weights, gradients, states by name."""
    chosen = document.training
    module = compile_graph(document.graph, chosen.seed, document.weights).double().eval()
    optimizer = make_optimizer(
        chosen.optimizer, module.named_parameters(), chosen.learning_rate, chosen.optimizer_options
    )
    loss_of = loss_function(chosen.loss, document.graph)
    losses, weights, gradients, states = [], [by_name(module, lambda tensor: tensor)], [], []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(module(torch.tensor(X)), torch.tensor(TARGETS))
        loss.backward()
        losses.append(loss.item())
        gradients.append(by_name(module, lambda tensor: tensor.grad))
        optimizer.step()
        weights.append(by_name(module, lambda tensor: tensor))
        kept = ("momentum_buffer", "exp_avg", "exp_avg_sq", "square_avg", "sum")
        states.append({key: by_name(module, lambda tensor, key=key: optimizer.state[tensor].get(key)) for key in kept})
    losses.append(loss_of(module(torch.tensor(X)), torch.tensor(TARGETS)).item())
    return losses, weights, gradients, states


@pytest.mark.parametrize(("optimizer", "options"), OPTIMIZERS)
def test_every_row_is_what_torch_does_to_the_module(optimizer, options):
    document = Document(
        mixed_graph(), TrainingSettings(optimizer=optimizer, optimizer_options=options, learning_rate=0.05)
    )
    table = rehearse_updates(document, X, TARGETS, KEYS, steps=4)
    losses, weights, gradients, states = torch_steps(document, 4)
    assert table.losses == pytest.approx(losses, abs=1e-12)
    assert len(table.rows) == 4 * len(KEYS)
    for row in table.rows:
        before, after = weights[row.step - 1][row.name], weights[row.step][row.name]
        assert row.weight == pytest.approx(before[row.index], abs=1e-10)
        assert row.new_weight == pytest.approx(after[row.index], abs=1e-10)
        assert row.gradient == pytest.approx(gradients[row.step - 1][row.name][row.index], abs=1e-10)
        assert row.change == row.new_weight - row.weight
        for key, by_weight in states[row.step - 1].items():
            if row.name in by_weight:
                assert row.internals[key] == pytest.approx(by_weight[row.name][row.index], abs=1e-10)
        is_decayed = options.get("weight_decay") and not row.name.endswith("bias")
        assert (row.decay != 0) == bool(is_decayed)


@pytest.mark.parametrize(("optimizer", "options"), OPTIMIZERS)
def test_a_formula_gives_what_it_says(optimizer, options):
    document = Document(
        mixed_graph(), TrainingSettings(optimizer=optimizer, optimizer_options=options, learning_rate=0.05)
    )
    for row in rehearse_updates(document, X, TARGETS, KEYS, steps=3).rows:
        for line in (*[line.partition(" = ")[2] for line in row.working], row.formula):
            left, _, right = line.rpartition(" = ")
            assert evaluated(left) == pytest.approx(evaluated(right), rel=0.01, abs=1e-3)
        assert evaluated(row.formula.rpartition(" = ")[2]) == pytest.approx(row.new_weight, rel=1e-3)


def evaluated(text: str) -> float:
    """The value of an expression as it is written for people."""
    import re

    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda power: f"**{power[0].translate(digits)}", text)
    text = re.sub(r"√(\([^)]*\)|[\d.]+)", r"(\1)**0.5", text)
    assert re.fullmatch(r"[\d.\s+\-*/()·−]*", text), text
    return float(eval(text.replace("·", "*").replace("−", "-")))


def test_the_lectures_table_is_spelled_with_its_numbers():
    known = {"decay_rate": 0.0, "options": {}, "before": {}, "after": {}, "learning_rate": 0.1}
    table = [
        (0.2, 0.5, 0.15, "0.2 − 0.1 · 0.5 = 0.15"),
        (0.15, 0.6, 0.09, "0.15 − 0.1 · 0.6 = 0.09"),
        (-0.1, -1.5, 0.05, "−0.1 − 0.1 · (−1.5) = 0.05"),
        (0.05, -1.0, 0.15, "0.05 − 0.1 · (−1) = 0.15"),
        (0.3, 1.0, 0.2, "0.3 − 0.1 · 1 = 0.2"),
    ]
    for weight, gradient, new_weight, formula in table:
        at = WeightStep(weight=weight, gradient=gradient, new_weight=new_weight, **known)
        assert update_text("SGD", at).formula == formula
        assert update_text("SGD", at).working == ()


def test_a_change_too_small_for_four_digits_is_still_seen():
    row = rehearse_updates(
        Document(worked_example(), TrainingSettings(learning_rate=1e-5)), X, TARGETS, ["w5.weight"], 1
    ).rows[0]
    first, last = row.formula.partition(" ")[0], row.formula.rpartition(" ")[2]
    assert first != last


def test_what_is_frozen_stays_and_says_so():
    document = Document(mixed_graph(), TrainingSettings(optimizer="Adam", optimizer_options={"weight_decay": 0.1}))
    for row in rehearse_updates(document, X, TARGETS, FROZEN, steps=3).rows:
        assert row.change == 0
        assert not row.trainable
        assert row.gradient != 0
        assert row.formula.endswith("is not trained and stays.")


def test_the_gradient_is_the_mean_over_the_examples_and_the_document_stays():
    document = Document(mixed_graph())
    table = rehearse_updates(document, X, TARGETS, KEYS, steps=1)
    traces = [trace_example(document, x, target) for x, target in zip(X, TARGETS, strict=True)]
    for row in table.rows:
        mean = numpy.mean([trace.gradients()[row.name][row.index] for trace in traces])
        assert row.gradient == pytest.approx(mean, abs=1e-12)
    assert table.losses[0] == pytest.approx(numpy.mean([trace.loss for trace in traces]), abs=1e-12)
    assert document.weights == {}
    assert [row.step for row in table.rows_of("hidden.weight", (2, 1))] == [1]


@pytest.mark.parametrize(("optimizer", "options"), OPTIMIZERS)
def test_a_rehearsal_goes_on_from_what_the_optimizer_knows(optimizer, options):
    settings = TrainingSettings(optimizer=optimizer, optimizer_options=options, learning_rate=0.05)
    document = Document(mixed_graph(), settings)
    _, weights, _, states = torch_steps(document, 2)
    state: dict[str, dict[str, Any]] = {}
    for key, by_weight in states[-1].items():
        for name, array in by_weight.items():
            state.setdefault(name, {})[key] = array
    if optimizer != "SGD":
        for known in state.values():
            known["step"] = 2
    going_on = Document(document.graph.copy(), settings, weights={name: weights[-1][name] for name in weights[-1]})
    whole = rehearse_updates(document, X, TARGETS, KEYS, steps=4)
    rest = rehearse_updates(going_on, X, TARGETS, KEYS, steps=2, optimizer_state=state)
    for row, expected in zip(rest.rows, whole.rows[2 * len(KEYS) :], strict=True):
        assert row.new_weight == pytest.approx(expected.new_weight, abs=1e-10)
        assert row.internals == pytest.approx(expected.internals, abs=1e-10)


def test_what_cannot_be_rehearsed_is_refused_in_words():
    document = Document(worked_example())
    with pytest.raises(TrainingError, match=r"There is no weight 'w99\.weight'"):
        rehearse_updates(document, X, TARGETS, ["w99.weight"], 1)
    with pytest.raises(TrainingError, match="the example has 1"):
        rehearse_updates(document, X[:, :1], TARGETS, ["w1.weight"], 1)
    norm = Document(
        chain(("Input", "x", {"shape": [2]}), ("BatchNorm1d", "norm", {}), ("Output", "y", {})),
    )
    with pytest.raises(TrainingError, match="is not learned from a gradient"):
        rehearse_updates(norm, X, TARGETS, [("norm.running_mean", 0)], 1)
    frozen = chain(
        ("Input", "x", {"shape": [2]}), ("Linear", "h", {"out_features": 2, "trainable": False}), ("Output", "y", {})
    )
    with pytest.raises(TrainingError, match="No weight of the drawing is trained"):
        rehearse_updates(Document(frozen), X, TARGETS, [("h.bias", 0)], 1)
