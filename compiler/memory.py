"""Memory is reckoned before it is asked for: a drawing of a few lines can demand more than there is."""

from __future__ import annotations

import os

from compiler.cost.parameters import BYTES_PER_NUMBER, parameter_counts
from compiler.program import Program
from graph_model import CompileError

COPIES = 4
"""The weight, its gradient, and up to two numbers of the optimizer."""
SHARE = 0.5


def refuse_what_does_not_fit(program: Program) -> None:
    """Raise CompileError if the parameters alone would take more than half of the machine's memory."""
    counts = parameter_counts(program)
    total = sum(counts.values())
    needed = total * BYTES_PER_NUMBER * COPIES
    available = physical_memory() * SHARE
    if needed <= available:
        return
    largest = max(counts, key=counts.__getitem__)
    node = program.by_id[largest].node
    raise CompileError(
        f"The network has {total:,} parameters, most of them in {node.kind} '{node.name}'. Training it takes about "
        f"{needed / 2**30:,.0f} GB; this machine can give {available / 2**30:,.0f} GB. Make that layer smaller."
    )


def physical_memory() -> float:
    """Return the bytes of memory that this machine has."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return 16.0 * 2**30
