"""Drawn recurrent blocks beside torch's own modules: forward and backward, as torch's kernel and step by step."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from compiler import compile_graph
from compiler.modules.over_time import OverTime
from graph_model import Graph
from tests.cell_drawings import gru, lstm, over_time, relu_rnn, rnn

BATCH, TIME, INPUTS, HIDDEN = 64, 50, 32, 64
ROUNDS = 15
CELLS = (
    ("RNN (tanh)", rnn, nn.RNN, {}),
    ("RNN (ReLU)", relu_rnn, nn.RNN, {"nonlinearity": "relu"}),
    ("LSTM", lstm, nn.LSTM, {}),
    ("GRU", gru, nn.GRU, {}),
)


def milliseconds(run: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> float:
    """One forward and backward pass."""
    start = time.perf_counter()
    run(x).sum().backward()
    return 1000 * (time.perf_counter() - start)


def stepwise(cell: OverTime) -> Callable[[torch.Tensor], torch.Tensor]:
    """The cell, its time steps run one by one."""
    return lambda x: OverTime.forward(cell, x)  # type: ignore[return-value]


def main() -> None:
    """Print all figures."""
    torch.set_num_threads(1)
    x = torch.randn(BATCH, TIME, INPUTS)
    print(f"batch {BATCH}, time {TIME}, {INPUTS} → {HIDDEN}, forward and backward, median of {ROUNDS}, one thread")
    for name, draw, theirs, options in CELLS:
        graph = Graph()
        draw(graph, HIDDEN)
        over_time(graph, TIME, INPUTS)
        cell = compile_graph(graph).cell
        module = theirs(INPUTS, HIDDEN, batch_first=True, **options)
        runs = (cell, stepwise(cell), lambda x, module=module: module(x)[0])
        times: list[list[float]] = [[], [], []]
        for number in range(ROUNDS + 2):
            for kept, run in zip(times, runs, strict=True):
                taken = milliseconds(run, x)
                if number >= 2:
                    kept.append(taken)
        drawn, loop, torchs = (statistics.median(one) for one in times)
        how = type(cell).__name__
        print(f"  {name:10}: {drawn:6.2f} ms ({how}), step by step {loop:6.2f} ms, torch.nn {torchs:6.2f} ms")
        print(f"{'':14}drawn / torch.nn = {drawn / torchs:.2f}, step by step / drawn = {loop / drawn:.1f}")
