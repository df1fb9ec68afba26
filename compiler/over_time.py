"""A block that is applied over time: its body is a drawing of its own, run once for each time step."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from compiler.faults import Fault
from compiler.program import OverTime, Program, Step, lower
from compiler.shapes import BATCH, Shape
from graph_model import Graph, Node, Wire
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.kind import BlockKind, block_ports
from graph_model.blocks.levels import BACKWARDS
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT, DELAY
from graph_model.values import free_name


def over_time_step(graph: Graph, step: Step) -> Step:
    """Return the step of a place that is applied over time with its shapes and what it runs, or with a fault."""
    kind = step.kind
    assert isinstance(kind, BlockKind)
    body = graph.definitions.body(step.node.kind)
    if any(arrival.shapes is None for arrival in step.arrivals):
        return replace(step, fault=Fault("waiting"))
    inputs, outputs = block_ports(body)
    sequences = tuple(bool(port.parameters["over_time"]) for port in inputs)
    shapes: list[Shape] = []
    time: int | None = None
    for arrival, is_sequence in zip(step.arrivals, sequences, strict=True):
        shape = (arrival.shapes or ((),))[0]
        if is_sequence and len(shape) < 3:
            return replace(step, fault=Fault("time", arrival.sources[0]))
        if is_sequence and time is not None and shape[1] != time:
            return replace(step, fault=Fault("times", arrival.sources[0]))
        time = int(shape[1]) if is_sequence else time
        shapes.append(shape[2:] if is_sequence else shape[1:])
    if time is None:
        return replace(step, fault=Fault("no sequence", step.sources[0] if step.sources else None))
    directions = kind.directions(step.node.parameters)
    programs = tuple(lower(_step_drawing(graph, step, shapes, direction), step.node.kind) for direction in directions)
    over_time = OverTime(
        programs,
        directions,
        sequences,
        tuple(node for node in body.nodes() if node.kind == DELAY),
        len(outputs),
        step.node.parameters["returns"] == "last",
    )
    return _with_shapes(replace(step, over_time=over_time), time)


def _with_shapes(step: Step, time: int) -> Step:
    over_time = step.over_time
    assert over_time is not None
    program = over_time.programs[0]
    if any(one.fault is not None for one in program.steps):
        return replace(step, fault=Fault("inside"))
    answers = [output.input_shapes[0] for output in program.outputs]
    found: list[Shape] = []
    for shape in answers[: over_time.outputs]:
        sizes = list(shape[1:])
        if len(over_time.directions) == 2:
            sizes[-1] = 2 * int(sizes[-1])
        found.append((BATCH, *sizes) if over_time.last else (BATCH, time, *sizes))
    given = program.inputs[len(over_time.sequences) :]
    for delay, arriving in zip(given, program.outputs[over_time.outputs :], strict=True):
        if tuple(arriving.input_shapes[0][1:]) != delay.shape:
            return replace(step, fault=Fault("delay", replace(arriving.sources[0], node=delay.steps[0].node)))
    return replace(step, output_shapes=tuple(found))


def _step_drawing(graph: Graph, step: Step, shapes: list[Shape], direction: str) -> Graph:
    """The body as a drawing of its own: ports and Delays are Inputs and Outputs. Ids begin with the owner's."""
    path = f"{step.owner}{SEPARATOR}" + (f"{BACKWARDS}{SEPARATOR}" if direction == "backward" else "")
    return _StepDrawing(graph, step, shapes, path).made


class _StepDrawing:
    """Makes that drawing."""

    def __init__(self, graph: Graph, step: Step, shapes: list[Shape], path: str) -> None:
        self.body = graph.definitions.body(step.node.kind)
        self.path = path
        self.names = f"{step.node.name}{SEPARATOR}" + path.removeprefix(f"{step.owner}{SEPARATOR}")
        self.made = Graph(step.node.name, graph.definitions)
        self.orders = itertools.count()
        self.lifted = graph.definitions.definition(step.node.kind).set_inside(step.node.parameters)
        nodes = self.body.nodes()
        for node, shape in zip((node for node in nodes if node.kind == BLOCK_INPUT), shapes, strict=True):
            self._put_input(node, [int(size) for size in shape])
        for node in nodes:
            if node.kind == DELAY:
                self._put_input(node, list(node.parameters["shape"]))
        for node in nodes:
            if node.kind not in (BLOCK_INPUT, BLOCK_OUTPUT, DELAY):
                self._put(node, node.kind, node.parameters)
        for node in nodes:
            if node.kind == BLOCK_OUTPUT:
                self._put(node, "Output", {})
        following = {node.id: self._following(node) for node in nodes if node.kind == DELAY}
        for wire in self.body.wires():
            self._wire(wire, following.get(wire.target, wire.target))

    def _put_input(self, node: Node, shape: list[int]) -> None:
        self._put(node, "Input", {"shape": shape, "dynamic_axes": ""})

    def _put(self, node: Node, kind: str, parameters: Mapping[str, Any]) -> None:
        values = dict(parameters)
        values.update(
            (name, value) for (inside, name), value in self.lifted.items() if inside == node.id and name in values
        )
        self.made.put_node(
            Node(self.path + node.id, kind, self.names + node.name, values, node.position, next(self.orders))
        )

    def _following(self, delay: Node) -> str:
        """The Output for what arrives at a Delay; return its id in the body."""
        name = free_name(f"{delay.name} next", set(self.body.names()))
        identifier = f"{delay.id}{SEPARATOR}next"
        self._put(replace(delay, id=identifier, name=name), "Output", {})
        return identifier

    def _wire(self, wire: Wire, target: str) -> None:
        self.made.put_wire(
            replace(
                wire,
                id=self.path + wire.id,
                source=self.path + wire.source,
                target=self.path + target,
                order=next(self.orders),
                tie=None if wire.tie is None else self.path + wire.tie,
            )
        )


def module_arguments(over_time: OverTime) -> dict[str, Any]:
    """Return what the module that runs a block over time is made with, beside those of its steps: plain data."""
    return {
        "sequences": list(over_time.sequences),
        "delays": over_time.delay_shapes,
        "learned": over_time.learned,
        "outputs": over_time.outputs,
        "backward": [direction == "backward" for direction in over_time.directions],
    }


def all_programs(program: Program) -> list[Program]:
    """Return a program and those of all blocks in it that are applied over time, at any depth."""
    found = [program]
    for step in program.steps:
        if step.over_time is not None:
            for inner in step.over_time.programs:
                found += all_programs(inner)
    return found
