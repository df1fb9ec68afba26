"""How weights start: by torch.nn.init's names, from a seed of each node's own.

A node's first weights depend on the seed and on its id only, so that adding a node changes no other's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy
import torch
from torch import nn


def seed_of(seed: int, node_id: str) -> int:
    """Return a node's own seed."""
    digest = hashlib.sha256(f"{seed}/{node_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def random_weights(count: int, seed: int, node_id: str) -> numpy.ndarray[Any, Any]:
    """Draw what the weights of a neuron with `count` inputs start with: as torch.nn.Linear does, within ±1/√count."""
    generator = torch.Generator().manual_seed(seed_of(seed, node_id))
    bound = 1.0 / max(1, count) ** 0.5
    return torch.empty(count).uniform_(-bound, bound, generator=generator).numpy().astype(numpy.float64)


@contextmanager
def seeded(seed: int, node_id: str) -> Iterator[None]:
    """Seed torch's CPU generator for one node; afterwards the generator is as it was."""
    generator = (
        torch.default_generator
    )  # torch.manual_seed asks every kind of device, which takes a hundred times as long
    state = generator.get_state()
    generator.manual_seed(seed_of(seed, node_id))
    try:
        yield
    finally:
        generator.set_state(state)


def initialise(module: nn.Module, parameters: Mapping[str, Any]) -> None:
    """Give a module's `weight` the start that the node asks for; its bias then starts at 0.

    "default" leaves PyTorch's own start. xavier: Glorot, Bengio 2010; kaiming: He et al. 2015, for ReLU.
    """
    method = parameters.get("weight_init", "default")
    weight = getattr(module, "weight", None)
    if method == "default" or not isinstance(weight, nn.Parameter):
        return
    if method == "normal":
        nn.init.normal_(weight, std=parameters["weight_init_std"])
    elif method == "constant":
        nn.init.constant_(weight, parameters["weight_init_value"])
    elif method == "zeros":
        nn.init.zeros_(weight)
    elif method.startswith("kaiming_"):
        getattr(nn.init, f"{method}_")(weight, nonlinearity="relu")
    else:
        getattr(nn.init, f"{method}_")(weight)
    bias = getattr(module, "bias", None)
    if isinstance(bias, nn.Parameter):
        nn.init.zeros_(bias)
