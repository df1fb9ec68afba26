"""Random drawings train as in a loop written by hand with torch.optim, and go back bit for bit."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import numpy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.chance import APART
from app.training.datasets import DatasetKind, InputPart, Target, registry
from app.training.failures import NodeFailed, NumbersFailed
from app.training.optimizers import optimizers
from app.training.readiness import training_problems
from app.training.recording import Recording
from app.training.trainer import Trainer
from compiler import compile_graph
from compiler.compiled_network import CompiledNetwork
from compiler.program import Program, lower
from compiler.weights import by_name, is_bias
from graph_model import Document, Graph, TrainingSettings
from tests.random_catalogue import drawings
from tests.random_samples import samples_for
from tests.training.stepping import assert_same, state_of

EXAMPLES = 11
STEPS = 12
Numbers = dict[str, numpy.ndarray]


def data_for(program: Program) -> DatasetKind:
    """A dataset that feeds any drawing, with numbers as the target of each of its Outputs."""
    inputs = tuple(InputPart(given.name, given.shape) for given in program.inputs)
    targets = tuple(
        Target(step.node.name, tuple(int(size) for size in step.input_shapes[0][1:])) for step in program.outputs
    )

    def make(values: Any, generator: numpy.random.Generator) -> Any:
        return (
            tuple(tensor.numpy() for tensor in samples_for(program, EXAMPLES)),
            tuple(generator.normal(size=(EXAMPLES, *one.shape)).astype(numpy.float32) for one in targets),
        )

    return DatasetKind("random", "Random", "", "", lambda values: (inputs, targets), make)


def random_settings(random: Random) -> TrainingSettings:
    """Any optimizer with any of its options."""
    name = random.choice(list(optimizers()))
    options: dict[str, Any] = {"weight_decay": random.choice((0.0, 0.0, 0.1))}
    if name in ("SGD", "RMSprop"):
        options["momentum"] = random.choice((0.0, 0.5, 0.9))
    if name == "SGD":
        options["nesterov"] = options["momentum"] > 0 and random.random() < 0.5
    else:
        options["eps"] = random.choice((1e-3, 1e-2))  # a smaller one makes steps of what is rounding alone
    if name == "RMSprop":
        options["alpha"] = random.choice((0.5, 0.99))
    if name == "Adagrad":
        options["lr_decay"] = random.choice((0.0, 0.1))
    if name.startswith("Adam"):
        options["betas"] = [random.choice((0.0, 0.5, 0.9)), random.choice((0.9, 0.999))]
    return TrainingSettings(
        dataset="random",
        loss="mean_squared_error",
        optimizer=name,
        optimizer_options=options,
        learning_rate=random.choice((0.001, 0.01)),
        batch_size=random.choice((3, 4, 11)),
        validation_fraction=0.2,
        epochs=100,
        seed=random.randint(0, 9),
    )


@dataclass(frozen=True)
class ByHand:
    """What a loop by hand gives: weights and buffers after each step, and the gradients of each."""

    weights: list[Numbers]
    gradients: list[Numbers]
    losses: list[float]


def by_hand(document: Document, trainer: Trainer, dtype: torch.dtype = torch.float32) -> ByHand:
    """Train the module of a document, with what torch offers, on the trainer's examples."""
    module = compile_graph(document.graph, document.training.seed).to(dtype).train()
    optimizer = plain_optimizer(document.training, module)
    found = ByHand([], [], [])
    for step in range(STEPS):
        some = trainer.data.training.take(trainer.minibatches.of_step(step))
        torch.manual_seed(APART + document.training.seed * 1_000_003 + step)
        optimizer.zero_grad()
        given = module(*[tensor.to(dtype) for tensor in some.inputs])
        answers = given if isinstance(given, tuple) else (given,)
        loss = sum(
            node.parameters["loss_weight"]
            * (answer.reshape(len(answer), -1) - wanted.reshape(len(wanted), -1)).square().mean()
            for node, answer, wanted in zip(outputs(document.graph), answers, some.targets, strict=True)
        )
        loss.backward()  # type: ignore[union-attr]
        found.losses.append(loss.item())  # type: ignore[union-attr]
        found.gradients.append(by_name(module, lambda tensor: tensor.grad))
        optimizer.step()
        found.weights.append(by_name(module, lambda tensor: tensor))
    return found


def outputs(graph: Graph) -> list[Any]:
    return [step.node for step in lower(graph).outputs]


def plain_optimizer(chosen: TrainingSettings, module: CompiledNetwork) -> torch.optim.Optimizer:
    """torch.optim's own, one parameter after the other; biases are not decayed."""
    options = {key: tuple(value) if key == "betas" else value for key, value in chosen.optimizer_options.items()}
    decay = options.pop("weight_decay")
    named = [(name.partition(".")[2], parameter) for name, parameter in module.named_parameters()]
    groups = [
        {
            "params": [one for name, one in named if is_bias(name) == of_biases],
            "weight_decay": 0.0 if of_biases else decay,
        }
        for of_biases in (False, True)
    ]
    kind = getattr(torch.optim, chosen.optimizer)
    made: torch.optim.Optimizer = kind(groups, lr=chosen.learning_rate, foreach=False, **options)
    return made


def largest_difference(one: Numbers, other: Numbers) -> float:
    assert one.keys() == other.keys()
    differences = [numpy.abs(value - other[name]) / (1 + numpy.abs(value)) for name, value in one.items()]
    return max((float(difference.max(initial=0.0)) for difference in differences), default=0.0)


@settings(max_examples=12)
@given(drawings(), st.randoms(use_true_random=False))
def test_training_is_a_plain_loop_and_goes_back_bit_for_bit(graph, random):
    assert_trains(graph, random)


def assert_trains(graph: Graph, random: Random) -> str:
    """Return why nothing was compared, or ""."""
    document = Document(graph, random_settings(random))
    for node in outputs(graph):
        graph.set(node, loss_weight=random.choice((1.0, 1.0, 0.25)))
    kind = data_for(lower(graph))
    with mock.patch.dict(registry._KINDS, {"random": kind}), tempfile.TemporaryDirectory() as folder:
        problems = [one for one in training_problems(document) if one.severity == "error"]
        if problems:
            return "cannot be trained"
        trainer = Trainer(document, Path(folder), device="cpu", steps=1000)
        try:
            return assert_equal_to_hand(document, trainer, random)
        finally:
            trainer.close()


def assert_equal_to_hand(document: Document, trainer: Trainer, random: Random) -> str:
    states, weights, failure = [state_of(trainer)], [], ""
    try:
        for _ in range(STEPS):
            trainer.step()
            states.append(state_of(trainer))
            weights.append(trainer.weights())
    except NumbersFailed:
        return "not finite"
    except NodeFailed as error:
        failure = str(error.__cause__)
    if failure:
        assert "does not require grad" in failure, failure
        return "learns nothing"
    hand, exact = by_hand(document, trainer), by_hand(document, trainer, torch.float64)
    recording = Recording.open(trainer.writer.path)
    losses = recording.column("train_loss")
    compared = ""
    for step in range(STEPS):
        wide = largest_difference(exact.weights[step], hand.weights[step])
        steep = largest_difference(exact.gradients[step], hand.gradients[step])
        if not (math.isfinite(wide + steep) and wide < 1e-5 and steep < 1e-4):
            compared = f"unsteady from step {step}"
            break  # the last digits of float32 decide
        assert largest_difference(hand.weights[step], weights[step]) < 1e-4, step
        assert abs(losses[step] - hand.losses[step]) <= 1e-4 * (1 + abs(hand.losses[step]))
        for name, value in recording.weight_gradients(step).items():
            expected = hand.gradients[step].get(name)
            if expected is None:
                assert numpy.isnan(value).all() or not value.any(), name  # frozen, or without effect on the loss
            else:
                numpy.testing.assert_allclose(value, expected.reshape(-1), rtol=1e-3, atol=1e-3, err_msg=name)
    for back, forward in ((random.randint(1, STEPS), 0), (random.randint(1, 3), random.randint(1, 6))):
        trainer.back(back)
        assert_same(state_of(trainer), states[trainer.step_number])
        for _ in range(min(forward, STEPS - trainer.step_number)):
            trainer.step()
            assert_same(state_of(trainer), states[trainer.step_number])
    return compared
