"""Which wires may be drawn: ports, how many wires they take, and no loops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from graph_model.blocks.definition import is_block
from graph_model.catalogue.blocks import DELAY
from graph_model.errors import EditError
from graph_model.kind import Port
from graph_model.values import Node, Wire

if TYPE_CHECKING:
    from graph_model.network import Network

FEW_WIRES = 8


def refusal(
    graph: Network,
    source: Node,
    target: Node,
    *,
    output: int,
    input: int,
    ignored: str | None = None,
    strict: bool = True,
) -> str | None:
    """Return why no wire can be drawn, or None; `ignored` is a wire that is taken away meanwhile; `strict` as in
    `crowding_refusal`."""
    reason = port_refusal(graph, source, target, output, input)
    if reason is not None:
        return reason
    reason = _loop_refusal(graph, source, target)
    if reason is not None:
        return reason
    arriving = [wire for wire in graph.incoming(target, input) if wire.id != ignored]
    return crowding_refusal(graph, source, target, input, arriving, strict=strict)


def port_refusal(graph: Network, source: Node, target: Node, output: int, input: int) -> str | None:
    """Return why the two ports cannot be the ends of a wire, or None."""
    if source.id == target.id and target.kind != DELAY:
        return f"'{source.name}' cannot feed itself."
    outputs, inputs = graph.declaration(source).outputs, graph.declaration(target).inputs
    if not outputs:
        return f"Nothing leaves '{source.name}': {_article(graph.declaration(source).name)} has no output port."
    if not inputs:
        return f"Nothing enters '{target.name}': {_article(graph.declaration(target).name)} has no input port."
    if not _is_index(output, outputs):
        return f"'{source.name}' has no output port {output!r}; its ports are 0 to {len(outputs) - 1}."
    if not _is_index(input, inputs):
        return f"'{target.name}' has no input port {input!r}; its ports are 0 to {len(inputs) - 1}."
    return None


def crowding_refusal(
    graph: Network, source: Node, target: Node, input: int, arriving: Iterable[Wire], strict: bool = True
) -> str | None:
    """Return why the port cannot take one more wire beside those that arrive there, or None.

    What a block gives changes with what is in it: not `strict`, its wires are let be, and checks tell what is wrong.
    """
    port = graph.declaration(target).inputs[input]
    others = list(arriving)
    if not others or port.variadic:
        return None
    # Where several arrive already, all of them give scalars: one of them stands for the rest.
    present = graph.node(others[0].source)
    if port.gathers and all(_may_give_scalar(graph, giver, strict) for giver in (source, present)):
        return None
    return (
        f"'{target.name}' takes one wire, and '{present.name}' is wired to it already. "
        f"Remove that wire first, or join both with an Add or a Concat."
    )


def _may_give_scalar(graph: Network, giver: Node, strict: bool) -> bool:
    kind = graph.declaration(giver)
    return kind.gives_scalar or kind.passes_through or (not strict and is_block(giver.kind))


def check_weighing(graph: Network, source: Node, target: Node, wire: Wire) -> None:
    """Raise EditError if a wire picks an element or carries a weight where that means nothing."""
    target_kind, source_kind = graph.declaration(target), graph.declaration(source)
    if not target_kind.weighs_wires:
        for given, word in (
            (wire.element is not None and not target_kind.picks_elements, "pick an element"),
            (wire.weight is not None, "carry a weight"),
            (not wire.trainable, "be frozen"),
            (wire.tie is not None, "be tied"),
        ):
            if given:
                raise EditError(
                    f"The wire from '{source.name}' to '{target.name}' cannot {word}: only wires to a neuron can."
                )
    if is_block(source.kind):
        return  # what it gives changes with what is in it
    if source_kind.gives_scalar and wire.element is not None:
        raise EditError(f"The wire from '{source.name}' cannot pick an element: it gives a single number.")
    if isinstance(wire.weight, tuple) and (wire.element is not None or source_kind.gives_scalar):
        raise EditError(f"The wire from '{source.name}' to '{target.name}' carries one number, so it takes one weight.")


def check_ports_stay(graph: Network, node: Node, changed: Node) -> None:
    """Raise EditError if a node would lose a port that a wire is plugged into."""
    former, declaration = graph.declaration(node), graph.declaration(changed)
    if (former.inputs, former.outputs) == (declaration.inputs, declaration.outputs):
        return
    used = [wire.input for wire in graph.incoming(node) if wire.input >= len(declaration.inputs)]
    used += [wire.output for wire in graph.outgoing(node) if wire.output >= len(declaration.outputs)]
    if used:
        raise EditError(
            f"'{node.name}' would lose its port {max(used)}, and a wire is plugged into it. Remove that wire first."
        )


def check_tie(graph: Network, wire: Wire) -> None:
    """Raise EditError if a wire would share a weight with others that have another one."""
    other = graph.one_tied(wire.tie) if wire.tie is not None else None
    if other is not None and (other.weight, other.trainable) != (wire.weight, wire.trainable):
        raise EditError(
            f"Wires that are tied as '{wire.tie}' share one weight, {_weight_words(other)}; the wire from "
            f"'{graph.node(wire.source).name}' to '{graph.node(wire.target).name}' has {_weight_words(wire)}."
        )


def _weight_words(wire: Wire) -> str:
    value = "a random one" if wire.weight is None else f"{wire.weight}"
    return value if wire.trainable else f"{value} (frozen)"


def loop_sentence(graph: Network, identifiers: Iterable[str]) -> str:
    """Name the nodes of a loop: 'a' → 'b' → 'a'."""
    names = [f"'{graph.node(identifier).name}'" for identifier in identifiers]
    shown = names if len(names) <= 8 else [*names[:4], "…", *names[-3:]]
    return " → ".join([*shown, names[0]])


def _loop_refusal(graph: Network, source: Node, target: Node) -> str | None:
    import networkx

    if target.id not in graph.network or source.id not in graph.network:
        return None
    if target.kind == DELAY or graph.network.out_degree(target.id) == 0 or graph.network.in_degree(source.id) == 0:
        return None
    network = graph.within_step()
    if not networkx.has_path(network, target.id, source.id):
        return None
    path = networkx.shortest_path(network, target.id, source.id)
    return (
        f"A wire from '{source.name}' to '{target.name}' would close a loop: {loop_sentence(graph, path)}. "
        f"A value cannot depend on itself."
    )


def _is_index(number: object, ports: tuple[Port, ...]) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(ports)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "AEIOUaeiou" else f"a {kind}"


def put_wires(graph: Network, wires: tuple[Wire, ...]) -> None:
    """Put wires in, all or none; raises EditError with the reason."""
    placed: list[Wire] = []
    try:
        for wire in wires:
            _check_ends(graph, wire, check_loop=len(wires) <= FEW_WIRES)
            check_tie(graph, wire)
            graph.put_wire(wire)
            placed.append(wire)
        if len(wires) > FEW_WIRES:
            _refuse_loops(graph)
    except EditError:
        for wire in placed:
            graph.drop_wire(wire.id)
        raise


def _check_ends(graph: Network, wire: Wire, *, check_loop: bool) -> None:
    if graph.has_wire(wire.id) or graph.has_node(wire.id):
        raise EditError(f"There is a wire with the id '{wire.id}' already.")
    for end in (wire.source, wire.target):
        if not graph.has_node(end):
            raise EditError(f"The wire '{wire.id}' is dangling: there is no node with the id '{end}'.")
    source, target = graph.node(wire.source), graph.node(wire.target)
    if check_loop:
        reason = refusal(graph, source, target, output=wire.output, input=wire.input, strict=False)
    else:
        reason = port_refusal(graph, source, target, wire.output, wire.input)
        if reason is None and not graph.declaration(target).inputs[wire.input].variadic:
            present = graph.one_incoming(target, wire.input)
            reason = crowding_refusal(graph, source, target, wire.input, () if present is None else (present,), False)
    if reason is not None:
        raise EditError(reason)
    check_weighing(graph, source, target, wire)


def _refuse_loops(graph: Network) -> None:
    import networkx

    network = graph.within_step()
    if networkx.is_directed_acyclic_graph(network):
        return
    cycle = networkx.find_cycle(network)
    raise EditError(
        f"The wires close a loop: {loop_sentence(graph, [edge[0] for edge in cycle])}. A value cannot depend on itself."
    )
