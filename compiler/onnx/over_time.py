"""A block that is applied over time, as ONNX's Scan: its body is a graph, its Delays are the states.

Source: onnx.ai, operator Scan (version 16 and later): states first, then what is scanned; the body sees the graph
around it, where its weights stand.
"""

from __future__ import annotations

import numpy
import onnx
from onnx import TensorProto, helper

from compiler.onnx.emitter import Emitter
from compiler.onnx.program import emit_program
from compiler.program import OverTime, Program, Step
from compiler.shapes import BATCH
from graph_model.blocks.flattening import SEPARATOR


def emit_over_time(emitter: Emitter, step: Step, over_time: OverTime, inputs: list[str]) -> list[str]:
    """Write one Scan for each direction and return what leaves each port."""
    directions = [_scan(emitter, step, over_time, number, inputs) for number in range(len(over_time.programs))]
    if len(directions) == 1:
        return directions[0]
    return [
        emitter.add("Concat", list(parts), step, f"port {port}", axis=-1)
        for port, parts in enumerate(zip(*directions, strict=True))
    ]


def _scan(emitter: Emitter, step: Step, over_time: OverTime, number: int, inputs: list[str]) -> list[str]:
    program = over_time.programs[number]
    direction = over_time.directions[number]
    body = _body(emitter, step, over_time, program, inputs, direction)
    states = [_first(emitter, step, over_time, number, index, inputs[0]) for index in range(len(over_time.delays))]
    scanned = [tensor for tensor, each in zip(inputs, over_time.sequences, strict=True) if each]
    backward = int(direction == "backward")
    whats = [f"{direction}/last {index}" for index in range(len(states))]
    whats += [f"{direction}/answer {port}" for port in range(over_time.outputs)]
    found = emitter.add_several(
        "Scan",
        [*states, *scanned],
        step,
        whats,
        body=body,
        num_scan_inputs=len(scanned),
        scan_input_axes=[1] * len(scanned),
        scan_output_axes=[1] * over_time.outputs,
        scan_input_directions=[backward] * len(scanned),
        scan_output_directions=[backward] * over_time.outputs,
    )
    answers = found[len(states) :]
    if not over_time.last:
        return answers
    name = emitter.constant(
        f"{step.node.name}/{direction}/where all is read", numpy.array(0 if backward else -1, dtype=numpy.int64)
    )
    return [
        emitter.add("Gather", [answer, name], step, f"{direction}/port {port}", axis=1)
        for port, answer in enumerate(answers)
    ]


def _body(
    emitter: Emitter, step: Step, over_time: OverTime, program: Program, inputs: list[str], direction: str
) -> object:
    """The graph of one time step: what the Delays hold and what is scanned -> what they hold next, and the answers."""
    path = f"{step.node.name}{SEPARATOR}{direction}{SEPARATOR}"
    inner = Emitter(program, emitter.weights, emitter, path)
    ports, held = program.inputs[: len(over_time.sequences)], program.inputs[len(over_time.sequences) :]
    for given, tensor, each in zip(ports, inputs, over_time.sequences, strict=True):
        if not each:
            inner.nodes.append(helper.make_node("Identity", [tensor], [given.name], name=given.name))
    emit_program(inner)
    answers, following = program.outputs[: over_time.outputs], program.outputs[over_time.outputs :]
    scanned = [given for given, each in zip(ports, over_time.sequences, strict=True) if each]
    return helper.make_graph(
        inner.nodes,
        f"{path}step",
        [_any_size(given.name, 1 + len(given.shape)) for given in (*held, *scanned)],
        [_any_size(one.node.name, len(one.input_shapes[0])) for one in (*following, *answers)],
    )


def _any_size(name: str, axes: int) -> onnx.ValueInfoProto:
    """An input or output of a body. Its sizes follow from what the Scan is given, where an axis may have any length."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [BATCH, *[None] * (axes - 1)])


def _first(emitter: Emitter, step: Step, over_time: OverTime, number: int, index: int, like: str) -> str:
    """What a Delay holds at the first time step, for each sample."""
    shape, learns = over_time.delay_shapes[index], over_time.learned[index]
    name = f"{over_time.directions[number]}/state {index}"
    rest = emitter.constant(f"{step.node.name}/{name}/shape", numpy.array(shape, dtype=numpy.int64))
    batch = emitter.add("Shape", [like], step, f"{name}/batch", start=0, end=1)
    target = emitter.add("Concat", [batch, rest], step, f"{name}/whole shape", axis=0)
    if not learns:
        return emitter.add("ConstantOfShape", [target], step, name)
    start = number * sum(over_time.learned) + sum(over_time.learned[:index])
    return emitter.add("Expand", [emitter.weight(step, f"start_{start}"), target], step, name)
