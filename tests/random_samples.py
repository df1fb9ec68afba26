"""Random samples for the inputs of any drawing."""

from __future__ import annotations

import math

import torch

from compiler.index_limits import index_limit
from compiler.program import Program


def samples_for(program: Program, batch: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    """A tensor for each input of a drawing: whole numbers where they are looked up."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for given in program.inputs:
        limit = index_limit(program, given)
        if limit is None:
            found.append(torch.randn(batch, *given.shape, generator=generator, dtype=torch.float64).to(dtype))
        else:
            # Where an unpooling puts two values into one place either may stay: no two are the same if they can.
            count = math.prod(given.shape[1:])
            several = -(-count // limit)
            order = torch.rand(batch * given.shape[0], limit * several, generator=generator).argsort(dim=1) % limit
            found.append(order[:, :count].reshape(batch, *given.shape).to(dtype))
    return found
