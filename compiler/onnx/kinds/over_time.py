"""A loop over the time steps of a sequence, whose body is written operator by operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from onnx import TensorProto, helper

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.components import for_each_sample
from compiler.onnx.scan import scan
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
    first = [
        for_each_sample(
            emitter, step, sequence, start.shape, emitter.weight(step, name, start[None]), f"{name}/start", f"{name}/"
        )
        for name, start in starts.items()
    ]
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
    whats = [*(f"{name}/end" for name in starts), "every step"]
    loop = scan(emitter, step, first, [sequence], graph, whats)
    return emitter.add("Identity", [loop[-1]], step, what)
