"""Training does what a plain PyTorch loop does, and records it."""

from __future__ import annotations

from dataclasses import replace

import numpy
import pytest
import torch

from app.training import train
from app.training.optimizers import make_optimizer
from app.training.recording import Recording
from app.training.trainer import NumbersFailed, Trainer
from compiler import compile_graph
from graph_model import Document, Graph, TrainingError, TrainingSettings
from tests.drawings import chain


def digits_document(**settings) -> Document:
    graph = chain(
        ("Input", "x", {"shape": [64]}),
        ("Linear", "hidden", {"out_features": 16, "activation": "Tanh"}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    return Document(graph, TrainingSettings(**{"epochs": 2, **settings}))


def plain_loop(document: Document, trainer: Trainer, steps: int) -> tuple[torch.nn.Module, list[dict[str, float]]]:
    """The same training, written by hand."""
    settings = document.training
    module = compile_graph(document.graph, settings.seed)
    optimizer = torch.optim.SGD(module.parameters(), lr=settings.learning_rate, **settings.optimizer_options)
    data, norms = trainer.data, []
    batches: list[torch.Tensor] = []
    for epoch in range(steps):
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + epoch)
        order = torch.randperm(len(data.training_inputs), generator=generator)
        batches += list(order.split(settings.batch_size))[: trainer.steps_per_epoch]
    for batch in batches[:steps]:
        optimizer.zero_grad()
        outputs = module(data.training_inputs[batch])
        torch.nn.functional.cross_entropy(outputs, data.training_targets[batch]).backward()
        norms.append(
            {
                name: float(part.weight.grad.double().norm())
                for name, part in (("hidden", module.hidden), ("last", module.last))
            }
        )
        optimizer.step()
    return module, norms


def test_weights_and_gradients_equal_a_plain_loop(tmp_path):
    document = digits_document(optimizer_options={"momentum": 0.9})
    trainer = Trainer(document, tmp_path)
    for _ in range(20):
        trainer.step()
    module, norms = plain_loop(document, trainer, 20)
    for name, value in trainer.module.state_dict().items():
        torch.testing.assert_close(value, module.state_dict()[name], atol=1e-6, rtol=1e-5)
    recording = Recording.open(tmp_path)
    expected = numpy.array([[norm["hidden"], norm["last"]] for norm in norms])
    numpy.testing.assert_allclose(recording.gradients("norm"), expected, rtol=1e-5)
    numpy.testing.assert_allclose(recording.gradients("rms"), expected / numpy.sqrt([64 * 16, 16 * 10]), rtol=1e-5)
    trainer.close()


def test_mean_absolute_gradient_equals_autograds(tmp_path):
    trainer = Trainer(digits_document(learning_rate=1e-9), tmp_path)
    trainer.step()
    gradient = trainer.module.hidden.weight.grad
    recorded = Recording.open(tmp_path).column("gradient/hidden/mean_abs")[0]
    assert recorded == pytest.approx(float(gradient.abs().mean()), rel=1e-5)
    trainer.close()


def test_gradients_too_small_for_squares_in_float32_are_still_measured():
    layers = [("Linear", f"h{index}", {"out_features": 8, "activation": "Sigmoid"}) for index in range(25)]
    last = ("Linear", "last", {"out_features": 10})
    graph = chain(("Input", "x", {"shape": [64]}), *layers, last, ("Output", "y", {}))
    history = train(Document(graph), steps=1).history
    first = float(history.gradients["h0"]["norm"][0])
    assert 0 < first < 1e-19


def test_equal_seeds_give_equal_runs_and_the_document_stays_as_it_was():
    document = digits_document()
    one, other = train(document, steps=12), train(document, steps=12)
    for name in one.document.weights:
        assert numpy.array_equal(one.document.weights[name], other.document.weights[name])
    assert numpy.array_equal(one.history.train_loss, other.history.train_loss)
    assert document.weights == {}
    assert not numpy.array_equal(train(document, steps=12, seed=1).history.train_loss, one.history.train_loss)


def test_history_has_one_entry_a_step_and_one_evaluation_an_epoch():
    history = train(digits_document()).history
    assert history.steps == len(history.train_loss) == len(history.gradients["hidden"]["rms"]) == 30
    assert history.validation_steps.tolist() == [15, 30]
    assert len(history.validation_loss) == len(history.validation_accuracy) == 2
    assert list(history.gradients) == ["hidden", "last"]


def test_trained_weights_are_where_the_next_training_starts():
    document = digits_document()
    first = train(document, epochs=10)
    second = train(first.document, steps=1)
    assert second.history.train_loss[0] < document_loss(document) / 2


def document_loss(document: Document) -> float:
    return float(train(document, steps=1).history.train_loss[0])


@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-4}),
        ("Adam", {"betas": [0.8, 0.99]}),
        ("AdamW", {"weight_decay": 0.1}),
        ("RMSprop", {"alpha": 0.9, "momentum": 0.5}),
        ("Adagrad", {"lr_decay": 0.01}),
    ],
)
def test_every_optimizer_lowers_the_loss(optimizer, options):
    document = digits_document(optimizer=optimizer, optimizer_options=options, learning_rate=0.01, epochs=4)
    losses = train(document).history.train_loss
    assert losses[-5:].mean() < losses[:5].mean() * 0.9


def test_mean_squared_error_compares_with_one_for_the_right_class(tmp_path):
    trainer = Trainer(digits_document(loss="mean_squared_error"), tmp_path)
    outputs, targets = torch.tensor([[0.0, 1.0], [0.5, 0.5]]), torch.tensor([1, 0])
    assert float(trainer.loss(outputs, targets)) == pytest.approx(0.125)
    trainer.close()


def test_a_softmax_at_the_end_is_not_taken_twice(tmp_path):
    plain = digits_document()
    ending = digits_document()
    ending.graph.set(ending.graph.node_named("last"), activation="Softmax")
    with_softmax, without = train(ending, steps=10).history, train(plain, steps=10).history
    numpy.testing.assert_allclose(with_softmax.train_loss, without.train_loss, rtol=1e-4)


def test_weight_decay_leaves_biases_alone(tmp_path):
    trainer = Trainer(digits_document(optimizer_options={"weight_decay": 0.5}), tmp_path)
    decays = {len(group["params"]): group["weight_decay"] for group in trainer.optimizer.param_groups}
    assert sorted(group["weight_decay"] for group in trainer.optimizer.param_groups) == [0.0, 0.5]
    assert sum(decays) >= 2
    trainer.close()


@pytest.mark.parametrize(("name", "decay"), [("Adam", 0.0), ("AdamW", 0.01)])
def test_weight_decay_is_what_is_shown_also_where_torch_takes_another_for_granted(name, decay):
    weight = torch.nn.Parameter(torch.ones(3))
    (group,) = make_optimizer(name, [("layer.weight", weight)], 0.1, {"weight_decay": 0.0}).param_groups
    assert group["weight_decay"] == 0.0
    assert make_optimizer(name, [("layer.weight", weight)], 0.1, {}).param_groups[0]["weight_decay"] == decay


def test_the_biases_of_an_lstm_are_not_decayed_either():
    module = torch.nn.ModuleDict({"reader": torch.nn.LSTM(3, 2)})
    optimizer = make_optimizer("SGD", module.named_parameters(), 0.1, {"weight_decay": 0.5})
    decay_of = {id(one): group["weight_decay"] for group in optimizer.param_groups for one in group["params"]}
    decays = {name: decay_of[id(parameter)] for name, parameter in module.named_parameters()}
    assert decays == {
        "reader.weight_ih_l0": 0.5,
        "reader.weight_hh_l0": 0.5,
        "reader.bias_ih_l0": 0.0,
        "reader.bias_hh_l0": 0.0,
    }


def test_numbers_that_fail_name_the_first_layer_and_change_no_weight(tmp_path):
    document = digits_document()
    document.weights = {"hidden.weight": numpy.full((16, 64), numpy.inf, dtype=numpy.float32)}
    trainer = Trainer(document, tmp_path)
    last = trainer.module.last.weight.detach().clone()
    with pytest.raises(NumbersFailed, match="'hidden' gave"):
        trainer.step()
    assert torch.equal(trainer.module.last.weight, last)
    trainer.close()


def test_a_drawing_that_does_not_fit_the_data_is_refused_with_a_cure(tmp_path):
    from app.training.readiness import training_problems

    document = Document(chain(("Input", "x", {"shape": [3]}), ("Linear", "h", {}), ("Output", "y", {})))
    problems = training_problems(document)
    assert len(problems) == 2
    with pytest.raises(TrainingError, match="Input 'x' takes 3 numbers, but a sample of 'Handwritten digits' has 64"):
        Trainer(document, tmp_path)
    for problem in problems:
        document.apply(problem.fixes[0].edit)
    assert training_problems(document) == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"dataset": "cats"}, "There is no dataset 'cats'"),
        ({"optimizer": "Magic"}, "There is no optimizer 'Magic'"),
        ({"loss": "pain"}, "There is no loss 'pain'"),
        ({"optimizer_options": {"speed": 3}}, "has no parameter 'speed'"),
    ],
)
def test_unknown_settings_are_named(settings, sentence, tmp_path):
    document = digits_document()
    document.training = replace(document.training, **settings)
    with pytest.raises(TrainingError, match=sentence):
        Trainer(document, tmp_path)


def test_an_empty_drawing_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="empty"):
        Trainer(Document(Graph()), tmp_path)


def test_a_device_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TrainingError, match="'cuda:77' is not available here"):
        Trainer(digits_document(), tmp_path, device="cuda:77")


@pytest.mark.parametrize("largest", [0, 10**9])
def test_both_ways_of_measuring_give_the_same(tmp_path, monkeypatch, largest):
    monkeypatch.setattr("app.training.flat_weights.LARGEST", largest)
    graph = chain(
        ("Input", "x", {"shape": [1, 8, 8]}),
        ("Conv2d", "c", {"activation": "ReLU"}),
        ("BatchNorm2d", "norm", {}),
        ("Flatten", "flat", {}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    trainer = Trainer(Document(graph, TrainingSettings(learning_rate=1e-9)), tmp_path)
    assert (trainer.statistics.flat is None) == (largest == 0)
    for _ in range(3):
        trainer.step()
        recording = Recording.open(tmp_path)
        for layer in ("c", "norm", "last"):
            gradient = getattr(trainer.module, layer).weight.grad.double()
            row = recording.row_count() - 1
            for statistic, expected in (
                ("rms", gradient.square().mean().sqrt()),
                ("mean_abs", gradient.abs().mean()),
                ("norm", gradient.norm()),
            ):
                assert recording.column(f"gradient/{layer}/{statistic}")[row] == pytest.approx(
                    float(expected), rel=1e-6
                )
    trainer.close()
