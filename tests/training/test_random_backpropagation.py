"""Of random drawings from the whole catalogue, with blocks, each number of one example is autograd's."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.backpropagation.targets import Target
from app.training.losses import LossKind, losses
from compiler import compile_graph
from compiler.program import lower
from graph_model import Document, Graph, TrainingSettings
from tests.random_catalogue import drawings
from tests.random_samples import samples_for
from tests.training.random_networks import networks
from tests.training.test_backpropagation import assert_equals_autograd, assert_recursion_holds, examples_for

LOSSES = [kind for kind in losses().values() if kind.ending == "any"]


def with_outputs(graph: Graph, count: int, random: Random) -> Graph:
    """The same drawing with so many Outputs: those that are there, and more on what random nodes give."""
    changed = graph.copy()
    for step in lower(changed).outputs[count:]:
        changed.remove(step.node)
    steps = [step for step in lower(changed).steps if step.kind.outputs and not step.kind.brings_data]
    giving = [step.node.id for step in steps if changed.has_node(step.node.id)]
    while len(lower(changed).outputs) < count:
        changed.connect(random.choice(giving), changed.add("Output"))
    return changed


def with_losses(graph: Graph, random: Random) -> tuple[Document, tuple[Target, ...]]:
    """A document whose Outputs have random losses and weights, the first that of the document, and a target for each
    that is compared with any."""
    document = Document(graph, TrainingSettings(loss="mean_squared_error"))
    targets: list[Target] = []
    for number, step in enumerate(lower(graph).outputs):
        shape = tuple(int(axis) for axis in step.input_shapes[0][1:])
        kind = random.choice([kind for kind in LOSSES if number and takes(kind, shape)] or [losses()["l1_loss"]])
        graph.set(step.node, loss=kind.name, loss_weight=random.choice((0.25, 1.0, 3.0)))
        if not number:
            kind = losses()["mean_squared_error"]
            graph.set(step.node, loss="document")
        if kind.targets:
            targets.append(target_for(kind, shape, random))
    return document, tuple(targets)


def takes(kind: LossKind, shape: tuple[int, ...]) -> bool:
    """Whether an Output of this shape can have a loss."""
    if "values" in kind.targets or not kind.targets:
        return bool(shape) and shape[-1] % kind.outputs_per_value == 0
    return len(shape) == 1 and shape[0] > 1


def target_for(kind: LossKind, shape: tuple[int, ...], random: Random) -> Target:
    if "values" not in kind.targets:
        return random.randrange(shape[0])
    size = (*shape[:-1], shape[-1] // kind.outputs_per_value) if shape else shape
    chance = numpy.random.default_rng(random.randrange(1000))
    return chance.uniform(max(kind.lowest, 0.0), min(kind.highest, 2.0), size=size)


@settings(max_examples=25)
@given(drawings(), st.integers(1, 3), st.randoms(use_true_random=False))
def test_numbers_of_random_drawings_are_autograds(graph, outputs, random):
    assert_traced(with_outputs(graph, outputs, random), random)


@settings(max_examples=40, deadline=None)
@given(networks(), st.integers(2, 3), st.randoms(use_true_random=False))
def test_numbers_of_random_neurons_before_several_outputs_are_autograds(drawn, outputs, random):
    document, targets = with_losses(with_outputs(drawn.graph, outputs, random), random)
    trace = assert_equals_autograd(document, examples_for(document.graph), targets, tolerance=1e-9)
    assert_recursion_holds(document, trace)


def assert_traced(graph: Graph, random: Random) -> None:
    document, targets = with_losses(graph, random)
    samples = samples_for(lower(graph), 1, dtype=torch.float64)
    answers: Any = compile_graph(graph).double().eval()(*samples)
    several = answers if isinstance(answers, tuple) else (answers,)
    if not all(answer.isfinite().all() and answer.abs().max() < 100 for answer in several if math.prod(answer.shape)):
        return
    assert_equals_autograd(document, [tensor[0].numpy() for tensor in samples], targets, tolerance=1e-9)
