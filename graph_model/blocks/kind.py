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
    name="repeat",
    default=1,
    minimum=0,
    maximum=10_000,
    meaning="How many times it is stacked, one after the other; 0 leaves it out: what arrives goes on as it is.",
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
        lifted = _lifted_parameters(definition, body)
        self.lifted = tuple(parameter.name for parameter in lifted)
        """Names of the parameters that a place has on behalf of nodes inside."""
        self.parameters = {parameter.name: parameter for parameter in (*lifted, *own)}

    def declared_for(self, parameters: Mapping[str, Any]) -> Kind:
        """A place that is applied over time gives a vector at each step, be it of one number."""
        if not self.gives_scalar or self.direction(parameters) == "no":
            return self
        varied: Any = self.with_ports()
        varied.gives_scalar = False
        return varied  # type: ignore[no-any-return]

    def direction(self, parameters: Mapping[str, Any]) -> str:
        """In which direction a place is applied over time, or "no"; a block that remembers is never "no"."""
        chosen = str(parameters["over_time"])
        return "forward" if chosen == "no" and self.remembers else chosen

    def directions(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """The directions in which a place reads, each with weights of its own; ("no",) where it reads no sequence."""
        direction = self.direction(parameters)
        return ("forward", "backward") if direction == "both" else (direction,)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        """How often, in which direction, and the first of what it sets inside; a line has room for no more."""
        if parameters["repeat"] == 0:
            return "left out"
        parts = [] if parameters["repeat"] == 1 else [f"× {parameters['repeat']}"]
        arrow = {"forward": "→", "backward": "←", "both": "⇄"}.get(self.direction(parameters))
        parts += [arrow] if arrow else []
        parts += [f"= {parameters['weights']}"] if parameters["weights"] else []
        given = [f"{name} {parameters[name]}" for name in self.lifted if parameters.get(name) is not None]
        return " ".join([*parts, *given[:1]])


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


def living_lifted(definition: Definition, body: Graph) -> tuple[Lifted, ...]:
    """Return what is lifted from nodes that are still there, and still have the parameter."""
    return tuple(
        entry
        for entry in definition.lifted
        if body.has_node(entry.node) and entry.parameter in body.kind_of(entry.node).parameters
    )


def _lifted_parameters(definition: Definition, body: Graph) -> list[Parameter]:
    """The parameters that places have on behalf of nodes inside; one that sets several nodes is like the first's."""
    sets: dict[str, list[Lifted]] = {}
    for entry in living_lifted(definition, body):
        sets.setdefault(entry.name, []).append(entry)
    return [_lifted_parameter(body, entries) for entries in sets.values()]


def _lifted_parameter(body: Graph, entries: list[Lifted]) -> Parameter:
    first = entries[0]
    parameter = body.kind_of(first.node).parameters[first.parameter]
    inside = " and ".join(f"{entry.parameter} of '{body.node(entry.node).name}'" for entry in entries)
    return dataclasses.replace(
        parameter,
        name=first.name,
        default=None,
        optional=True,
        relevant_if=None,
        meaning=f"{inside} inside; empty: as it is there. {parameter.meaning}",
    )
