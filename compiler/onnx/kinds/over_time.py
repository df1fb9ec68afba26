"""A loop over the time steps of a sequence, as ONNX's operator Scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from onnx import TensorProto, helper

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.lengths import shape_of, sizes_of
from compiler.program import Step

States = dict[str, str]
Body = Callable[[States, str], tuple[States, str]]


def over_time(
    emitter: Emitter,
    step: Step,
    sequence: str,
    starts: Mapping[str, str],
    body: Body,
    part: str = "",
    is_backward: bool = False,
) -> tuple[str, States]:
    """Write a loop over (batch, time, features); return what each step gives, (batch, time, …), and the last states.

    `starts`: name of a state -> what it is before the first step. `body`: takes the states' tensors and that of a step,
    (batch, features); adds the operators of one step; returns the new states and what the step gives. `part`: what the
    names of all this begin with; `is_backward`: the last time step is read first, and all stays in the order of time.
    """
    given = {name: f"{step.node.name}/{part}{name}/before" for name in starts}
    now = f"{step.node.name}/{part}now"
    outer, emitter.nodes = emitter.nodes, []
    after, output = body(given, now)
    nodes, emitter.nodes = emitter.nodes, outer
    graph = helper.make_graph(
        nodes,
        f"{step.node.name}/{part}one step",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in (*given.values(), now)],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            for name in (*(after[name] for name in starts), output)
        ],
    )
    *ends, every = emitter.add_several(
        "Scan",
        [*starts.values(), sequence],
        step,
        [*(f"{part}{name}/end" for name in starts), f"{part}every step"],
        body=graph,
        num_scan_inputs=1,
        scan_input_axes=[1],
        scan_output_axes=[1],
        scan_input_directions=[int(is_backward)],
        scan_output_directions=[int(is_backward)],
    )
    return every, dict(zip(starts, ends, strict=True))


def started(emitter: Emitter, step: Step, sequence: str, name: str, start: Array) -> str:
    """Write a state's learned start for every sample of a sequence's batch."""
    shape = _start_shape(emitter, step, sequence, name, start.shape)
    return emitter.add("Expand", [emitter.weight(step, name, start[None]), shape], step, f"{name}/start")


def zeros(emitter: Emitter, step: Step, sequence: str, name: str, *sizes: int) -> str:
    """Write a state that starts at 0 for every sample of a sequence's batch."""
    return emitter.add("ConstantOfShape", [_start_shape(emitter, step, sequence, name, sizes)], step, f"{name}/start")


def _start_shape(emitter: Emitter, step: Step, sequence: str, name: str, sizes: tuple[int, ...]) -> str:
    batch = sizes_of(emitter, step, sequence, f"{name}/batch", 0, 1)
    return shape_of(emitter, step, f"{name}/shape", batch, *sizes)
