"""What a drawing costs before it runs: learned numbers, multiply-adds, memory."""

from compiler.cost.flow import Flow, flow_of
from compiler.cost.parameters import counts_within, parameter_count, parameter_counts
from compiler.cost.passing import NO_LOSS, ActivationPeak, LossCost, activation_peak
from compiler.cost.rows import CostRow, block_of, by_block, cost_rows, totals

__all__ = [
    "NO_LOSS",
    "ActivationPeak",
    "CostRow",
    "Flow",
    "LossCost",
    "activation_peak",
    "block_of",
    "by_block",
    "cost_rows",
    "counts_within",
    "flow_of",
    "parameter_count",
    "parameter_counts",
    "totals",
]
