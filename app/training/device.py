"""Where training runs: a CUDA GPU, else Apple's MPS, else the processor."""

from __future__ import annotations

import os

import torch

from graph_model import TrainingError


def available_devices() -> list[str]:
    """Return the names of the devices of this machine, the fastest first."""
    names = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        names.append("mps")
    return [*names, "cpu"]


def choose_device(wanted: str = "auto") -> torch.device:
    """Return the device of a name; "auto" is the fastest there is. Raises TrainingError if it is not there."""
    devices = available_devices()
    if wanted == "auto":
        return torch.device(devices[0])
    name = "cuda:0" if wanted == "cuda" else wanted
    if name not in devices:
        raise TrainingError(f"The device '{wanted}' is not available here. There is {', '.join(devices)}.")
    return torch.device(name)


def use_fitting_threads() -> None:
    """Leave one processor core to whoever looks on: with all cores taken, a window's painting stutters."""
    torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))
