"""Several Inputs and Outputs: what each is fed with, which target and loss it has, and what their sum teaches."""

from __future__ import annotations

import numpy
import pytest
import torch

from app.training import train
from app.training.recording import Recording
from app.training.trainer import Trainer
from compiler import compile_graph
from graph_model import Document, Graph, TrainingError, TrainingSettings


def two_heads(**parameters) -> Document:
    """Digits, from which one Output says the digit and the other whether it has a loop."""
    graph = Graph("two heads")
    x = graph.add("Input", name="x", shape=[64])
    body = graph.add("Linear", name="body", out_features=32, activation="ReLU")
    graph.connect(x, body)
    for name, classes in (("digit", 10), ("loop", 2)):
        head = graph.add("Linear", name=f"{name}_head", out_features=classes)
        graph.connect(body, head)
        graph.connect(head, graph.add("Output", name=name, **parameters.get(name, {})))
    settings = TrainingSettings(
        dataset_options={"target": "digit and loop"}, optimizer="Adam", learning_rate=0.01, epochs=6
    )
    return Document(graph, settings)


def test_the_losses_of_all_outputs_are_weighed_and_summed(tmp_path):
    document = two_heads(loop={"loss": "multi_margin_loss", "loss_weight": 0.25})
    trainer = Trainer(document, tmp_path)
    some = trainer.data.training.take(slice(0, 50))
    digit, loop = trainer.module(*some.inputs)
    functional = torch.nn.functional
    expected = functional.cross_entropy(digit, some.targets[0]) + 0.25 * functional.multi_margin_loss(
        loop, some.targets[1]
    )
    torch.testing.assert_close(trainer.loss((digit, loop), some.targets), expected)
    trainer.close()


def test_both_heads_learn_and_the_accuracy_is_the_first_ones():
    document = two_heads()
    result = train(document)
    assert result.history.validation_accuracy[-1] > 0.85
    from app.training.datasets import load

    data = load("digits", document.training.dataset_options)
    module = compile_graph(result.document.graph, weights=result.document.weights).eval()
    _, loop = module(torch.as_tensor(data.inputs).reshape(-1, 64))
    assert float((loop.argmax(1).numpy() == data.all_targets[1]).mean()) > 0.9


def test_with_two_outputs_a_run_is_the_same_again_and_goes_back_bit_for_bit(tmp_path):
    trainer = Trainer(two_heads(), tmp_path)
    for _ in range(4):
        trainer.step()
    early = trainer.weights()
    for _ in range(5):
        trainer.step()
    late = trainer.weights()
    trainer.back(5)
    assert all(numpy.array_equal(early[name], value) for name, value in trainer.weights().items())
    for _ in range(5):
        trainer.step()
    assert all(numpy.array_equal(late[name], value) for name, value in trainer.weights().items())
    trainer.close()


def test_one_target_serves_all_outputs_as_for_classifiers_half_way_up():
    graph = Graph("deep supervision")
    x = graph.add("Input", name="x", shape=[64])
    low = graph.add("Linear", name="low", out_features=24, activation="Tanh")
    high = graph.add("Linear", name="high", out_features=24, activation="Tanh")
    graph.connect(x, low)
    graph.connect(low, high)
    for name, source, weight in (("y", high, 1.0), ("auxiliary", low, 0.3)):
        head = graph.add("Linear", name=f"{name}_head", out_features=10)
        graph.connect(source, head)
        graph.connect(head, graph.add("Output", name=name, loss_weight=weight))
    history = train(Document(graph, TrainingSettings(optimizer="Adam", learning_rate=0.01, epochs=5))).history
    assert history.validation_accuracy[-1] > 0.8


def test_an_autoencoder_with_a_term_that_the_drawing_computes(tmp_path):
    graph = Graph("autoencoder")
    x = graph.add("Input", name="x", shape=[1, 8, 8])
    flat = graph.add("Flatten", name="flat")
    code = graph.add("Linear", name="code", out_features=8)
    back = graph.add("Linear", name="back", out_features=64, activation="Sigmoid")
    active = graph.add("ReLU", name="active")
    for source, target in ((x, flat), (flat, code), (code, active), (active, back)):
        graph.connect(source, target)
    graph.connect(back, graph.add("Output", name="image"))
    graph.connect(active, graph.add("Output", name="size of the code", loss="output_itself", loss_weight=0.01))
    settings = TrainingSettings(
        dataset_options={"target": "image"}, loss="mean_squared_error", optimizer="Adam", learning_rate=0.01, epochs=3
    )
    trainer = Trainer(Document(graph, settings), tmp_path)
    some = trainer.data.training.take(slice(0, 20))
    outputs = trainer.module(*some.inputs)
    expected = ((outputs[0] - some.inputs[0].reshape(20, 64)) ** 2).mean() + 0.01 * outputs[1].mean()
    torch.testing.assert_close(trainer.loss(outputs, some.targets), expected)
    while trainer.step_number < trainer.total_steps:
        trainer.step()
    recording = Recording.open(tmp_path)
    rows = recording.row_count()
    assert recording.column("train_loss")[rows - 1] < recording.column("train_loss")[0] * 0.6
    assert numpy.isnan(recording.column("validation_accuracy")[rows - 1])
    assert recording.column("validation_loss")[rows - 1] > 0
    trainer.close()


def with_two_inputs() -> Document:
    """Sequence to sequence without time: the letters so far and the string, laid flat."""
    graph = Graph("teacher forcing")
    sources = [graph.add("Input", name=name, shape=[6]) for name in ("source", "previous")]
    hidden = []
    for source in sources:
        hidden.append(graph.add("Linear", name=f"{source.name}_hidden", out_features=54))
        graph.connect(source, hidden[-1])
    total = graph.add("Add", name="total")
    shape = graph.add("Unflatten", name="steps", dim=1, unflattened_size=[6, 9])
    for one in hidden:
        graph.connect(one, total)
    graph.connect(total, shape)
    graph.connect(shape, graph.add("Output", name="y"))
    return Document(graph, TrainingSettings(dataset="reversal", dataset_options={"samples": 500}, learning_rate=0.01))


def test_two_inputs_are_fed_in_their_order(tmp_path):
    trainer = Trainer(with_two_inputs(), tmp_path)
    first, second = trainer.data.training.take(slice(0, 5)).inputs
    wanted = trainer.data.training.take(slice(0, 5)).targets[0]
    assert torch.equal(first.flip(1).long(), wanted)
    assert torch.equal(second[:, 1:].long(), wanted[:, :-1])
    assert not second[:, 0].any()
    before = (
        trainer.module.source_hidden.weight.detach().clone(),
        trainer.module.previous_hidden.weight.detach().clone(),
    )
    trainer.step()
    assert not torch.equal(trainer.module.source_hidden.weight, before[0])
    assert not torch.equal(trainer.module.previous_hidden.weight, before[1])
    trainer.close()


@pytest.mark.parametrize(
    ("remove", "sentence"),
    [
        ("loop", "trains 2 Outputs, with the target 'digit' and 'loop', but the drawing has one Output"),
        (None, "trains one Output, with the target 'digit', but the drawing has no Output to compare with it"),
    ],
)
def test_outputs_that_are_not_as_many_as_the_targets_are_refused(remove, sentence, tmp_path):
    document = two_heads(digit={"loss": "output_itself"}, loop={"loss": "output_itself"}) if not remove else two_heads()
    if remove:
        document.graph.remove(document.graph.node_named(remove))
    else:
        document.training = TrainingSettings()
    with pytest.raises(TrainingError, match=sentence):
        Trainer(document, tmp_path)


def test_inputs_that_are_not_as_many_are_refused(tmp_path):
    document = with_two_inputs()
    document.training = TrainingSettings()
    with pytest.raises(TrainingError, match="feeds one Input, but the drawing has 2"):
        Trainer(document, tmp_path)
