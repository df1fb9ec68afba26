"""The predicted peak of training beside the measured one, for networks of the gallery: resident memory of a fresh
process for each, with batches so large that memory matters.

The allocator stays as it is where memory is short; where there is plenty, freed blocks are kept, and more is resident.
On a GPU the same formula would be compared with torch.cuda.max_memory_allocated.
"""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

STATUS = Path("/proc/self/status")
FORGET_PEAK = "5"
"""Written to /proc/self/clear_refs, it makes the highest resident memory begin anew."""
STEPS = 3
CASES: dict[str, int] = {
    "digits_mlp": 400_000,
    "vanishing_gradients": 131_072,
    "vanishing_gradients_batch_normalization": 131_072,
    "spirals": 400_000,
    "digits_convolution": 16_384,
    "digits_lstm": 32_768,
    "lenet_5": 4_096,
    "highway": 65_536,
    "residual_blocks": 8_192,
    "maxout_over_filters": 16_384,
    "mlp_mixer": 16_384,
    "transformer_encoder": 16_384,
    "naive_rnn": 100_000,
    "gru_drawn": 50_000,
    "alexnet": 64,
    "vgg_11": 8,
    "googlenet": 16,
    "resnet_18": 16,
    "resnet_50": 8,
    "mobilenet_v2": 16,
    "densenet_121": 8,
    "mlp_mixer_s16": 16,
    # Looked at afterwards, to find what had not been predicted.
    "cldnn": 8_192,
    "deep_rnn": 65_536,
    # Not looked at while the prediction was made.
    "autoencoder": 200_000,
    "bidirectional_rnn": 40_000,
    "external_memory_drawn": 30_000,
    "grid_lstm": 20_000,
    "lstm_peepholes_drawn": 20_000,
    "pooling_three_ways": 16_384,
    "pyramidal_rnn": 8_192,
    "signals_convolution": 32_768,
    "spatial_transformer": 32_768,
    "vision_transformer": 4,
}
"""Example of the gallery -> size of the batch."""


def resident(what: str) -> int:
    """Return VmRSS or VmHWM of this process in bytes."""
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) * 1024


def run_case(name: str) -> tuple[int, int]:
    """Train in this process; return the predicted and the measured peak, beyond the loaded program and its data."""
    import torch

    from app.training import trainer as training
    from app.training.cost.memory_prediction import MemoryModel
    from app.training.data_on_device import DeviceData, Examples
    from app.training.gallery import open_example
    from app.training.published import Published, publish
    from app.training.trainer import Trainer
    from app.training.training_program import training_program

    batch = CASES[name]
    document = open_example(name)
    document.training = replace(
        document.training, batch_size=batch, learning_rate=1e-4, epochs=1, loss="cross_entropy", validation_fraction=0.0
    )
    predicted = MemoryModel(document, steps=STEPS, evaluated=1).predict(batch).peak
    program = training_program(document)
    (answer,) = (step.input_shapes[0] for step in program.outputs)
    classes = int(answer[-1])
    inputs = tuple(torch.randn(batch, *given.shape) for given in program.inputs)
    targets = (torch.randint(classes, (batch, *(int(axis) for axis in answer[1:-1]))),)
    some = Examples(inputs, targets)
    data = DeviceData(some, some.take(slice(0, 0)))
    few = DeviceData(some.take(slice(0, 2)), some.take(slice(0, 0)))
    training.training_problems = lambda _: []  # type: ignore[assignment]
    training.evaluation = lambda *_: {}  # type: ignore[assignment]
    training.keep_blocks_if_there_is_plenty = lambda: None  # as where memory is short
    with tempfile.TemporaryDirectory() as folder:
        # The first steps load what stays loaded; they are not the network's.
        training.load_for = lambda *_: few
        warm = open_example(name)
        warm.training = replace(document.training, batch_size=2)
        one = Trainer(warm, Path(folder) / "warm", steps=1)
        one.step()
        one.close()
        del one, warm
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        before = resident("VmRSS")
        Path("/proc/self/clear_refs").write_text(FORGET_PEAK)
        training.load_for = lambda *_: data
        trainer = Trainer(document, Path(folder) / "run", steps=STEPS)
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
    ratios = []
    for name, batch in CASES.items():
        command = [sys.executable, "-m", "tests.benchmarks.memory", name]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"  {name:40s} batch {batch:6d}  {done.stderr.strip().splitlines()[-1]}", flush=True)
            continue
        predicted, measured = map(int, done.stdout.split()[-2:])
        ratios.append(predicted / measured)
        print(
            f"  {name:40s} batch {batch:6d}  {predicted / 2**20:7,.0f} MiB / {measured / 2**20:7,.0f} MiB "
            f"= {ratios[-1]:5.2f}",
            flush=True,
        )
    within = sum(0.85 <= ratio <= 1.15 for ratio in ratios)
    print(f"  within 15 %: {within} of {len(ratios)}")


if __name__ == "__main__":
    print(*run_case(sys.argv[1]))
