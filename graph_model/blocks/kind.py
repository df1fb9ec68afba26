"""A definition as a kind: what palette, inspector and wiring know of a block."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graph_model.blocks.definition import Definition, Lifted
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT, DELAY
from graph_model.kind import Kind, Port
from graph_model.parameters import Choice, Integer, Parameter, Text
from graph_model.values import Node

if TYPE_CHECKING:
    from graph_model.graph import Graph

WEIGHTS = Text(
    name="weights",
    default="",
    meaning="Places of this block that bear the same label here share their weights; empty: weights of its own.",
)
REPEAT = Integer(
    name="repeat", default=1, minimum=1, maximum=10_000, meaning="How many times it is stacked, one after the other."
)
REPEAT_WEIGHTS = Choice(
    name="repeat_weights",
    default="own",
    choices=("own", "shared"),
    meaning="Whether each repetition has weights of its own, or all share theirs.",
    relevant_if=("repeat", tuple(range(2, 10_001))),
)
OVER_TIME = Choice(
    name="over_time",
    default="no",
    choices=("no", "forward", "backward", "both"),
    meaning="Whether it is applied to each time step of a sequence (batch, time, …): from the first one on, from the "
    "last one back, or once in each direction with the results side by side.",
)
RETURNS = Choice(
    name="returns",
    default="sequence",
    choices=("sequence", "last"),
    meaning="What it gives of a sequence: its answer at every time step, or only where it has read all of it.",
    relevant_if=("over_time", ("forward", "backward", "both")),
)
OWN_PARAMETERS = tuple(parameter.name for parameter in (WEIGHTS, REPEAT, REPEAT_WEIGHTS, OVER_TIME, RETURNS))


class BlockKind(Kind):
    """A sub-network with ports of its own."""

    family = "Blocks"

    def __init__(self, definition: Definition, body: Graph) -> None:
        super().__init__()
        self.definition = definition
        self.key = definition.id
        """What a node of it has for its `kind`; a block that is not in the document yet has a name for where it is."""
        self.name = definition.name
        self.title = definition.description.partition("\n")[0] or "A block: a sub-network with ports of its own."
        self.documentation = definition.description or self.title
        ports = block_ports(body)
        values: Any = self
        values.inputs = tuple(Port(node.name) for node in ports[0])
        values.outputs = tuple(Port(node.name) for node in ports[1])
        values.gives_scalar = len(ports[1]) == 1 and _gives_scalar(body, ports[1][0])
        values.default_name = definition.name.lower()
        self.remembers = any(node.kind == DELAY for node in body.nodes())
        """Whether a Delay in its body carries something from one time step to the next."""
        over_time = dataclasses.replace(OVER_TIME, default="forward") if self.remembers else OVER_TIME
        own = (WEIGHTS, REPEAT, REPEAT_WEIGHTS, over_time, RETURNS)
        lifted = [_lifted_parameter(body, entry) for entry in definition.lifted if body.has_node(entry.node)]
        self.parameters = {parameter.name: parameter for parameter in (*lifted, *own)}

    def direction(self, parameters: Mapping[str, Any]) -> str:
        """In which direction a place is applied over time, or "no"; a block that remembers is never "no"."""
        chosen = str(parameters["over_time"])
        return "forward" if chosen == "no" and self.remembers else chosen

    def summary(self, parameters: Mapping[str, Any]) -> str:
        """How often, and in which direction."""
        parts = [] if parameters["repeat"] == 1 else [f"× {parameters['repeat']}"]
        arrow = {"forward": "→", "backward": "←", "both": "⇄"}.get(self.direction(parameters))
        parts += [arrow] if arrow else []
        parts += [f"= {parameters['weights']}"] if parameters["weights"] else []
        return " ".join(parts)


def placed_as(kind: Kind) -> str:
    """Return what a node of a kind has for its `kind`: the kind's name, or the id of a block's definition."""
    return kind.key if isinstance(kind, BlockKind) else kind.name


def block_ports(body: Graph) -> tuple[list[Node], list[Node]]:
    """Return the nodes that are a block's input ports and its output ports, each in the order of the ports."""
    nodes = body.nodes()
    return [node for node in nodes if node.kind == BLOCK_INPUT], [node for node in nodes if node.kind == BLOCK_OUTPUT]


def _gives_scalar(body: Graph, port: Node) -> bool:
    arriving = body.incoming(port)
    return len(arriving) == 1 and body.kind_of(arriving[0].source).gives_scalar


def _lifted_parameter(body: Graph, entry: Lifted) -> Parameter:
    node = body.node(entry.node)
    parameter = body.kind_of(node).parameters[entry.parameter]
    return dataclasses.replace(
        parameter,
        name=entry.name,
        default=None,
        optional=True,
        relevant_if=None,
        meaning=f"{entry.parameter} of '{node.name}' inside; empty: as it is there. {parameter.meaning}",
    )
