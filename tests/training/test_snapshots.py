"""Snapshots of a run are few, fewer the older they are, and within a limit of memory."""

from __future__ import annotations

import numpy
import torch

from app.training.snapshots import MOST, Snapshots


def test_snapshots_are_few_and_fewer_the_older_they_are():
    module = torch.nn.Linear(10, 10)
    one = 110 * 4
    snapshots = Snapshots(module, torch.optim.SGD(module.parameters()), memory=20 * one)
    for step in range(5000):
        snapshots.keep_up(step)
    kept = snapshots.steps
    assert len(kept) == 20
    assert (kept[0], kept[-1]) == (0, 4950)
    gaps = numpy.diff(kept)
    assert gaps[:5].mean() > 2 * gaps[-5:].mean()


def test_the_first_and_the_latest_snapshot_are_kept_however_large():
    module = torch.nn.Linear(10, 10)
    snapshots = Snapshots(module, torch.optim.SGD(module.parameters()), memory=1)
    for step in range(0, 100, 10):
        snapshots.take(step)
    assert snapshots.steps == [0, 90]


def test_no_more_snapshots_are_kept_than_can_be_sifted():
    module = torch.nn.Linear(1, 1)
    snapshots = Snapshots(module, torch.optim.SGD(module.parameters()))
    for step in range(3 * MOST):
        snapshots.take(step)
    assert len(snapshots.steps) == MOST
    assert snapshots.steps[-50:] == list(range(3 * MOST - 50, 3 * MOST))
