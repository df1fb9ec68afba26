"""Training with recording beside the same training written by hand without any, as ratios within one run.

Both take turns every few whole epochs, so that what else the machine does meets both.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import torch
from torch import nn

from app.training.trainer import Trainer
from compiler import compile_graph
from graph_model import Document, TrainingSettings
from tests.drawings import chain

ROUNDS = 31
STEPS = 120
"""Whole epochs of each of the networks."""


def document(width: int, depth: int, shape: int, classes: int, batch: int, dataset: str) -> Document:
    """A chain of tanh layers."""
    layers = [("Linear", f"hidden {index}", {"out_features": width, "activation": "Tanh"}) for index in range(depth)]
    last = ("Linear", "last", {"out_features": classes})
    graph = chain(("Input", "x", {"shape": [shape]}), *layers, last, ("Output", "y", {}))
    return Document(graph, TrainingSettings(dataset=dataset, batch_size=batch, epochs=10_000, learning_rate=0.01))


def hand_written(subject: Document, trainer: Trainer) -> float:
    """Seconds for STEPS steps of nn.Sequential with torch.optim.SGD, nothing recorded, validated each epoch."""
    modules: list[nn.Module] = []
    for node in subject.graph.topological_order():
        if node.kind == "Linear":
            modules.append(getattr(compile_graph(subject.graph), node.id))
            if node.parameters["activation"] == "Tanh":
                modules.append(nn.Tanh())
    network = nn.Sequential(*modules)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    inputs, targets = trainer.data.training_inputs, trainer.data.training_targets
    batches = list(torch.split(torch.randperm(len(inputs)), trainer.batch_size))[: trainer.steps_per_epoch]
    start = time.perf_counter()
    for step in range(STEPS):
        batch = batches[step % len(batches)]
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs[batch]), targets[batch]).backward()
        optimizer.step()
        if (step + 1) % len(batches) == 0:
            with torch.no_grad():
                outputs = network(trainer.data.validation.inputs[0])
                nn.functional.cross_entropy(outputs, trainer.data.validation.targets[0]).item()
    return time.perf_counter() - start


def ours(trainer: Trainer) -> float:
    """Seconds for STEPS steps with every layer's statistics recorded."""
    start = time.perf_counter()
    for _ in range(STEPS):
        trainer.step()
    return time.perf_counter() - start


def stop_recording(trainer: Trainer) -> None:
    """From now on, measure and write nothing."""
    former = trainer.statistics.measure().copy()
    trainer.statistics.measure = lambda: former  # type: ignore[method-assign]
    trainer.single_gradients.measure = lambda: None  # type: ignore[method-assign, assignment, return-value]
    trainer.writer.append = lambda *values: None  # type: ignore[method-assign]
    trainer.writer.amend_last = lambda values: None  # type: ignore[method-assign]


def main() -> None:
    """Print the speed of each network as a multiple of the hand-written loop's, and what recording costs."""
    cases = {
        "spiral, 2-8-8-8-2, batch 10": document(8, 3, 2, 2, 10, "spirals"),
        "digits, 64-256-256-10, batch 128": document(256, 2, 64, 10, 128, "digits"),
        "digits, ten layers of 32, batch 100": document(32, 9, 64, 10, 100, "digits"),
    }
    print(f"speed with recording / hand-written loop without (median of {ROUNDS} rounds of {STEPS} steps)")
    for name, subject in cases.items():
        with tempfile.TemporaryDirectory() as folder:
            trainer, silent = Trainer(subject, Path(folder) / "one"), Trainer(subject, Path(folder) / "two")
            stop_recording(silent)
            rounds = [(hand_written(subject, trainer), ours(trainer), ours(silent)) for _ in range(ROUNDS)]
            trainer.close()
            silent.close()
        ratio = statistics.median(plain / recorded for plain, recorded, _ in rounds)
        speed = statistics.median(STEPS / recorded for _, recorded, _ in rounds)
        cost = statistics.median(recorded / without for _, recorded, without in rounds) - 1
        print(f"  {name:38s} {ratio:5.2f}   ({speed:,.0f} steps/s; recording takes {cost:.0%})")
