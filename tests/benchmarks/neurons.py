"""Neurons drawn one by one beside the same network of layers, as ratios; and how long compiling takes."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy
import torch
from torch import nn

from app.training.trainer import Trainer
from compiler import compile_graph
from compiler.columns import Planner
from compiler.program import lower
from graph_model import Document, Graph, Node, TrainingSettings
from graph_model.edits import AddNodes
from tests.drawings import chain

WIDTH, DEPTH, INPUTS, CLASSES = 100, 10, 64, 10
ROUNDS, STEPS = 15, 40
BATCH = 100


def neurons(density: float, width: int = WIDTH, depth: int = DEPTH, wires_each: int | None = None) -> Graph:
    """Columns of tanh neurons, each fed by a share of the column before it, and a Linear of ten at the end."""
    generator = numpy.random.default_rng(0)
    graph = Graph("neurons")
    x = graph.new_node("Input", name="x", shape=[INPUTS])
    nodes, wires, feeding = [x], [], [(x, element) for element in range(INPUTS)]
    for column in range(depth):
        made: list[Node] = []
        for row in range(width):
            neuron = graph.new_node(
                "Neuron", name=f"{column}.{row}", position=(column, row), activation="Tanh", besides=nodes[:1]
            )
            made.append(neuron)
            count = max(1, round(density * len(feeding))) if wires_each is None else wires_each
            for index in sorted(generator.choice(len(feeding), min(count, len(feeding)), replace=False)):
                source, element = feeding[index]
                wires.append(graph.new_wire(source, neuron, element=element))
        nodes += made
        feeding = [(neuron, None) for neuron in made]
    last, y = graph.new_node("Linear", name="last", out_features=CLASSES), graph.new_node("Output", name="y")
    nodes += [last, y]
    wires += [graph.new_wire(neuron, last) for neuron, _ in feeding] + [graph.new_wire(last, y)]
    graph.apply(AddNodes(tuple(nodes), tuple(wires)))
    return graph


def layers() -> Graph:
    """The fully connected network of the same size, drawn as layers."""
    hidden = [("Linear", f"h{index}", {"out_features": WIDTH, "activation": "Tanh"}) for index in range(DEPTH)]
    last = ("Linear", "last", {"out_features": CLASSES})
    return chain(("Input", "x", {"shape": [INPUTS]}), *hidden, last, ("Output", "y", {}))


def by_hand() -> nn.Module:
    """The same, written as nn.Linear layers."""
    modules: list[nn.Module] = []
    for index in range(DEPTH):
        modules += [nn.Linear(INPUTS if index == 0 else WIDTH, WIDTH), nn.Tanh()]
    return nn.Sequential(*modules, nn.Linear(WIDTH, CLASSES))


def plain_steps(module: nn.Module) -> Callable[[], None]:
    """Training written by hand: forward, backward, SGD."""
    optimizer = torch.optim.SGD(module.parameters(), lr=0.01)
    inputs, targets = torch.randn(BATCH, INPUTS), torch.randint(0, CLASSES, (BATCH,))

    def run() -> None:
        for _ in range(STEPS):
            optimizer.zero_grad()
            nn.functional.cross_entropy(module(inputs), targets).backward()
            optimizer.step()

    return run


def compare(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Return the median ratio of the times of `one` to `other`, run in turns, and milliseconds a step of `one`."""
    one(), other()
    ratios, times = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        one()
        middle = time.perf_counter()
        other()
        ratios.append((middle - start) / (time.perf_counter() - middle))
        times.append((middle - start) / STEPS)
    return statistics.median(ratios), 1000 * statistics.median(times)


def forms(graph: Graph) -> str:
    """How the columns of a drawing are held."""
    columns = Planner(lower(graph), ()).plan().columns
    return ", ".join(sorted({column.form for column in columns}))


def recorded(graph: Graph, folder: Path) -> Trainer:
    """A trainer with everything recorded."""
    settings = replace(TrainingSettings(dataset="digits", learning_rate=0.01), batch_size=BATCH, epochs=10_000)
    return Trainer(Document(graph, settings), folder)


def compiling() -> None:
    """Print how long 10,000 neurons with 100,000 wires take from drawing to module."""
    graph = neurons(0.0, width=1000, depth=10, wires_each=10)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        module = compile_graph(graph)
        times.append(time.perf_counter() - start)
    wires = len(graph.wires())
    count = sum(parameter.numel() for parameter in module.parameters())
    print(
        f"  {len(graph.nodes()):,} nodes, {wires:,} wires, {count:,} parameters ({forms(graph)}): "
        f"{statistics.median(times):.2f} s (median of 5; must be under 2 s)"
    )


def main() -> None:
    """Print all figures."""
    torch.set_num_threads(1)
    print(f"1,000 neurons in {DEPTH} columns, batch {BATCH}: time per step / the same network of nn.Linear by hand")
    for density, must in ((1.0, 1.1), (0.9, None), (0.5, None), (0.1, 1.5), (0.01, None)):
        graph = neurons(density)
        ratio, milliseconds = compare(plain_steps(compile_graph(graph)), plain_steps(by_hand()))
        limit = f"; must be at most {must}" if must else ""
        print(f"  density {density:4.0%} ({forms(graph)}): {ratio:5.2f}   ({milliseconds:.2f} ms a step{limit})")
    print("the same with this program's trainer, everything recorded: neurons drawn / layers drawn")
    for density in (1.0, 0.1):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            trainers = recorded(neurons(density), Path(one)), recorded(layers(), Path(other))
            runs = [lambda trainer=trainer: [trainer.step() for _ in range(STEPS)] for trainer in trainers]
            ratio, milliseconds = compare(*runs)
            for trainer in trainers:
                trainer.close()
        print(f"  density {density:4.0%}: {ratio:5.2f}   ({milliseconds:.2f} ms a step)")
    print("compiling")
    compiling()
