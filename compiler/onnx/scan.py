"""ONNX's Scan: the graph of one time step, run over sequences, its states going from step to step.

Source: onnx.ai, operator Scan (version 16 and later): states first, then what is scanned; the body sees the graph
around it, where its weights stand.
"""

from __future__ import annotations

from collections.abc import Sequence

import onnx

from compiler.onnx.emitter import Emitter
from compiler.program import Step


def scan(
    emitter: Emitter,
    step: Step,
    states: Sequence[str],
    sequences: Sequence[str],
    body: onnx.GraphProto,
    whats: Sequence[str],
    *,
    is_backward: bool = False,
) -> list[str]:
    """Add a Scan over (batch, time, …) and return what it gives, as many as `whats`: the last states, then what each
    step gave, (batch, time, …).

    `states`: what they are before the first step, (batch, …) each. `is_backward`: from the last time step to the first.
    """
    answers = len(whats) - len(states)
    return emitter.add_several(
        "Scan",
        [*states, *sequences],
        step,
        whats,
        body=body,
        num_scan_inputs=len(sequences),
        scan_input_axes=[1] * len(sequences),
        scan_output_axes=[1] * answers,
        scan_input_directions=[int(is_backward)] * len(sequences),
        scan_output_directions=[int(is_backward)] * answers,
    )
