"""A loop over the time steps of a sequence, as ONNX's operator Scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from onnx import TensorProto, helper

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.components import whole_numbers
from compiler.program import Step

States = dict[str, str]
Body = Callable[[States, str], tuple[States, str]]


def over_time(
    emitter: Emitter, step: Step, sequence: str, starts: Mapping[str, Array], body: Body, what: str | None
) -> str:
    """Write a loop over (batch, time, features) and return what each step gives, (batch, time, …).

    `starts`: name of a state -> what it is before the first step, for one sample. `body`: takes the states' tensors and
    that of a step, (batch, features); adds the operators of one step; returns the new states and what the step gives.
    """
    batch = emitter.add("Shape", [sequence], step, "batch", start=0, end=1)
    first = [_started(emitter, step, batch, name, start) for name, start in starts.items()]
    given = {name: f"{step.node.name}/{name}/before" for name in starts}
    now = f"{step.node.name}/now"
    outer, emitter.nodes = emitter.nodes, []
    after, output = body(given, now)
    nodes, emitter.nodes = emitter.nodes, outer
    graph = helper.make_graph(
        nodes,
        f"{step.node.name}/one step",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in (*given.values(), now)],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            for name in (*(after[name] for name in starts), output)
        ],
    )
    loop = emitter.add_several(
        "Scan",
        [*first, sequence],
        step,
        [*(f"{name}/end" for name in starts), "every step"],
        body=graph,
        num_scan_inputs=1,
        scan_input_axes=[1],
        scan_output_axes=[1],
    )
    return emitter.add("Identity", [loop[-1]], step, what)


def _started(emitter: Emitter, step: Step, batch: str, name: str, start: Array) -> str:
    """Write a state's start for every sample of the batch."""
    sizes = whole_numbers(emitter, step, f"{name}/sizes", *start.shape)
    shape = emitter.add("Concat", [batch, sizes], step, f"{name}/shape", axis=0)
    return emitter.add("Expand", [emitter.weight(step, name, start[None]), shape], step, f"{name}/start")
