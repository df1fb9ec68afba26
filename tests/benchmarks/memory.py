"""The predicted peak of training beside the measured one: resident memory of a fresh process for each network.

On a GPU the same formula would be compared with torch.cuda.max_memory_allocated.
"""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph_model import Document, Graph, TrainingSettings
from tests.drawings import chain

CLASSES = 10
STATUS = Path("/proc/self/status")
FORGET_PEAK = "5"
"""Written to /proc/self/clear_refs, it makes the highest resident memory begin anew."""
Spec = tuple[str, str, dict[str, Any]]


def mlp(width: int, depth: int, activation: str = "ReLU") -> Graph:
    """Layers of one width on 784 numbers."""
    layers = [("Linear", f"h{index}", {"out_features": width, "activation": activation}) for index in range(depth)]
    return ending(("Input", "x", {"shape": [784]}), *layers)


def convolutions(size: int, *widths: int, normalised: bool = False, kernel: int = 3) -> Graph:
    """Convolutions that keep the size, each followed by a pooling."""
    specs: list[Spec] = [("Input", "x", {"shape": [3, size, size]})]
    for index, width in enumerate(widths):
        own = {"out_channels": width, "kernel_size": kernel, "padding": kernel // 2}
        specs.append(("Conv2d", f"c{index}", own if normalised else {**own, "activation": "ReLU"}))
        if normalised:
            specs += [("BatchNorm2d", f"n{index}", {}), ("ReLU", f"r{index}", {})]
        specs.append(("MaxPool2d", f"p{index}", {"kernel_size": 2}))
    return ending(*specs, ("Flatten", "flat", {}))


def strided(size: int, *widths: int) -> Graph:
    """Convolutions that halve the size."""
    own = {"kernel_size": 3, "padding": 1, "stride": 2, "activation": "Tanh"}
    layers = [("Conv2d", f"c{index}", {**own, "out_channels": width}) for index, width in enumerate(widths)]
    return ending(("Input", "x", {"shape": [3, size, size]}), *layers, ("Flatten", "flat", {}))


def lstm(time: int, features: int, hidden: int, layers: int) -> Graph:
    """LSTM layers over a sequence."""
    own = {"hidden_size": hidden, "num_layers": layers}
    return ending(("Input", "x", {"shape": [time, features]}), ("LSTM", "r", own), ("Flatten", "flat", {}))


def residual(size: int, width: int, depth: int) -> Graph:
    """Sums around pairs of convolutions."""
    graph = Graph("residual")
    own = {"out_channels": width, "kernel_size": 3, "padding": 1}
    last = graph.add("Conv2d", name="first", **own)
    graph.connect(graph.add("Input", name="x", shape=[3, size, size]), last)
    for index in range(depth):
        one = graph.add("Conv2d", name=f"a{index}", activation="ReLU", **own)
        two = graph.add("Conv2d", name=f"b{index}", **own)
        total = graph.add("Add", name=f"sum{index}")
        for source, target in ((last, one), (one, two), (last, total), (two, total)):
            graph.connect(source, target)
        last = total
    for kind, name, parameters in (
        ("Flatten", "flat", {}),
        ("Linear", "last", {"out_features": CLASSES}),
        ("Output", "y", {}),
    ):
        node = graph.add(kind, name=name, **parameters)
        graph.connect(last, node)
        last = node
    return graph


def ending(*specs: Spec) -> Graph:
    """A chain that ends in ten classes."""
    return chain(*specs, ("Linear", "last", {"out_features": CLASSES}), ("Output", "y", {}))


CASES: dict[str, tuple[Callable[[], Graph], int, str, dict[str, Any]]] = {
    "MLP 784-3×4096, SGD": (lambda: mlp(4096, 3), 1024, "SGD", {}),
    "MLP 784-3×4096, Adam": (lambda: mlp(4096, 3), 1024, "Adam", {}),
    "MLP 784-30×512, momentum": (lambda: mlp(512, 30), 4096, "SGD", {"momentum": 0.9}),
    "MLP 784-8×1024, tanh, RMSprop": (lambda: mlp(1024, 8, "Tanh"), 8192, "RMSprop", {}),
    "ConvNet 64², 32-64-128": (lambda: convolutions(64, 32, 64, 128), 128, "SGD", {}),
    "ConvNet 64², 5×5, 16-32": (lambda: convolutions(64, 16, 32, kernel=5), 256, "Adam", {}),
    "ConvNet 96², normalised, 32-64-64": (lambda: convolutions(96, 32, 64, 64, normalised=True), 64, "SGD", {}),
    "ConvNet 128², 16-32-64-64": (lambda: convolutions(128, 16, 32, 64, 64), 64, "Adam", {}),
    "ConvNet 224², 16-32-32": (lambda: convolutions(224, 16, 32, 32), 24, "SGD", {"momentum": 0.9}),
    "strided 224², 32-64-128-128": (lambda: strided(224, 32, 64, 128, 128), 64, "Adam", {}),
    "residual 64², 32 channels, 4 sums": (lambda: residual(64, 32, 4), 64, "SGD", {}),
    "LSTM 100 steps, 128": (lambda: lstm(100, 64, 128, 1), 512, "Adam", {}),
    "LSTM 50 steps, 2×256": (lambda: lstm(50, 64, 256, 2), 256, "SGD", {}),
}
STEPS = 3


def resident(what: str) -> int:
    """Return VmRSS or VmHWM of this process in bytes."""
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) * 1024


def run_case(name: str) -> tuple[int, int]:
    """Train in this process; return the predicted and the measured peak, beyond the loaded program and its data."""
    import torch

    from app.training import trainer as training
    from app.training.cost.memory_prediction import MemoryModel
    from app.training.data_on_device import DeviceData
    from app.training.published import Published, publish
    from app.training.trainer import Trainer

    make, batch, optimizer, options = CASES[name]
    graph = make()
    settings = TrainingSettings(
        optimizer=optimizer, optimizer_options=options, batch_size=batch, learning_rate=1e-4, epochs=1
    )
    document = Document(graph, settings)
    predicted = MemoryModel(document, steps=STEPS, evaluated=1).predict(batch).peak
    shape = graph.node_named("x").parameters["shape"]
    inputs, targets = torch.randn(batch, *shape), torch.randint(CLASSES, (batch,))
    data = DeviceData(inputs, targets, inputs[:0], targets[:0])
    training.training_problems = lambda _: []  # type: ignore[assignment]
    training.load_for = lambda *_: data
    training.evaluation = lambda *_: {}  # type: ignore[assignment]
    warm = Document(make(), settings)
    with tempfile.TemporaryDirectory() as folder:
        one = Trainer(warm, Path(folder))
        one.data = DeviceData(inputs[:2], targets[:2], inputs[:0], targets[:0])
        one.minibatches = training.Minibatches(2, 2, 0, one.device)
        one.step()
        one.close()
        del one
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        before = resident("VmRSS")
        Path("/proc/self/clear_refs").write_text(FORGET_PEAK)
        trainer = Trainer(document, Path(folder), steps=STEPS)
        for _ in range(STEPS):
            trainer.step()
        published = publish(trainer, Published())
        trainer.close()
    assert published.weights
    return predicted, resident("VmHWM") - before


def main() -> None:
    """Print predicted and measured peaks and their ratio."""
    print(
        f"peak memory of {STEPS} steps beyond the loaded program and its data, on the processor: predicted / measured"
    )
    for name in CASES:
        command = [sys.executable, "-m", "tests.benchmarks.memory", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        predicted, measured = map(int, done.stdout.split()[-2:])
        print(
            f"  {name:36s} batch {CASES[name][1]:5d}  {predicted / 2**20:7,.0f} MiB / {measured / 2**20:7,.0f} MiB "
            f"= {predicted / measured:5.2f}",
            flush=True,
        )


if __name__ == "__main__":
    print(*run_case(sys.argv[1]))
