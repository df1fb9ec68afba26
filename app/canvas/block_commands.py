"""What a person can do with blocks: plain functions of the canvas, to be registered as actions.

Each raises EditError with the reason if it cannot be done.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from app.session import EditorSession
from graph_model import EditError, Node
from graph_model.blocks import InDefinition, Lifted, RemoveDefinition, ReorderPorts, SetDefinition, is_block
from graph_model.blocks.grouping import group
from graph_model.blocks.kind import OWN_PARAMETERS, block_ports
from graph_model.blocks.moving_in import move_in
from graph_model.blocks.moving_out import move_out
from graph_model.blocks.naming import unused_definitions
from graph_model.blocks.other_places import SeveralPlaces
from graph_model.blocks.regrouping import Regrouping
from graph_model.blocks.replacing import replace_node
from graph_model.blocks.ungrouping import ungroup
from graph_model.blocks.unique import make_unique
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.edits import AddNodes, Edit, Sequence, SetParameters

if TYPE_CHECKING:
    from app.canvas.view import CanvasView

PORT_DISTANCE = 96.0


def selected_place(session: EditorSession) -> Node | None:
    """The block that is selected alone."""
    if len(session.selection) != 1:
        return None
    node = session.graph.node(next(iter(session.selection)))
    return node if is_block(node.kind) else None


def selected_port(session: EditorSession) -> Node | None:
    """The port of the open block that is selected alone."""
    if len(session.selection) != 1:
        return None
    node = session.graph.node(next(iter(session.selection)))
    return node if node.kind in (BLOCK_INPUT, BLOCK_OUTPUT) else None


def selected_definition(session: EditorSession) -> str | None:
    """The definition of the block that is selected alone, else of the one that is open."""
    place = selected_place(session)
    return place.kind if place is not None else session.level.definition_id


def group_selected(canvas: CanvasView) -> None:
    """Put the selected nodes into a block, and let its name be typed."""
    session = canvas.session
    made = group(session.graph, session.selection)
    _regroup(session, made, canvas.tr("Group into block"))
    assert made.place is not None
    session.select({made.place.id})
    canvas.renaming.start(made.place.id)


def ungroup_selected(canvas: CanvasView) -> None:
    """Put what is in the selected block in its place."""
    session = canvas.session
    place = _place(session)
    made = ungroup(session.graph, place)
    canvas.expansions.forget(place.id)
    _regroup(session, made, canvas.tr("Ungroup"))
    session.select(node.id for node in made.nodes)
    canvas.viewpoint.show_nodes(session.selection)


def expand_selected(canvas: CanvasView) -> None:
    """Show what is in the selected block in the place of it."""
    canvas.expansions.expand(_place(canvas.session))


def collapse_selected(canvas: CanvasView) -> str | None:
    """Make one block again of the nodes in the frame that holds the selection; return what is to be said."""
    return canvas.expansions.collapse(canvas.expansions.selected())


def open_selected(canvas: CanvasView) -> None:
    """Enter the selected block."""
    canvas.session.enter(_place(canvas.session).id)


def make_selected_unique(canvas: CanvasView) -> None:
    """Give the selected place a copy of its definition."""
    session = canvas.session
    place = _place(session)
    _regroup(session, make_unique(session.graph, place), canvas.tr("Make unique"))
    session.select({place.id})


def replace_selected(canvas: CanvasView, kind: str) -> None:
    """Put another kind or block in the place of the selected node."""
    session = canvas.session
    if len(session.selection) != 1:
        raise EditError("Select one node first: it is the one that is replaced.")
    edit, made = replace_node(session.graph, next(iter(session.selection)), kind)
    name = session.graph.kind_named(kind).name
    session.apply(edit, canvas.tr("Replace by {}").format(name))
    session.select({made.id})


def repeat_selected(canvas: CanvasView, count: int) -> None:
    """Stack the selected block so many times."""
    session = canvas.session
    edit = SetParameters(_place(session).id, {"repeat": count})
    session.apply(edit, canvas.tr("Repeat {} times").format(count))


def rename_block(canvas: CanvasView, name: str) -> None:
    """Give the selected block's definition, or that of the open block, another name."""
    session = canvas.session
    definition = session.graph.definitions.definition(_definition_id(session))
    session.apply(SetDefinition(replace(definition, name=name)), canvas.tr("Rename block"))


def add_port(canvas: CanvasView, kind: str) -> None:
    """Add a port below the others, to the block that is open, or to the selected one."""
    session = canvas.session
    identifier = _definition_id(session)
    body = session.graph.definitions.body(identifier)
    side = block_ports(body)[0 if kind == BLOCK_INPUT else 1]
    others = [node.position for node in side or body.nodes()]
    x, y = max(others, key=lambda place: place[1]) if others else (0.0, 0.0)
    port = body.new_node(kind, position=(x, y + PORT_DISTANCE))
    session.apply_whole(InDefinition(identifier, AddNodes((port,))), canvas.tr("Add port"))
    if session.graph is body:
        session.select({port.id})
        canvas.bring_into_sight(port.id)


def move_port(canvas: CanvasView, step: int) -> None:
    """Put the selected port of the open block before the one above it (step −1), or after the one below (1)."""
    session = canvas.session
    port = selected_port(session)
    if port is None:
        raise EditError("Select a BlockInput or a BlockOutput first.")
    side = [node.id for node in session.graph.nodes() if node.kind == port.kind]
    place = side.index(port.id)
    if not 0 <= place + step < len(side):
        end = "first" if step < 0 else "last"
        raise EditError(f"'{port.name}' is the {end} port of its side already.")
    side[place], side[place + step] = side[place + step], side[place]
    session.apply(ReorderPorts(tuple(side)), canvas.tr("Move port"))
    canvas.announce(canvas.tr("{} is port {} of {}").format(port.name, place + step + 1, len(side)))


def move_selected_in(canvas: CanvasView) -> None:
    """Move the selected nodes into the one block that is selected with them."""
    session = canvas.session
    place = block_among_selected(session)
    if place is None:
        raise EditError("Select the nodes that are to go in, and with them the one block that they go into.")
    move_into(canvas, session.selection, place.id)


def block_among_selected(session: EditorSession) -> Node | None:
    """The only block in a selection of several nodes."""
    places = [node for node in session.graph.places() if node.id in session.selection]
    return places[0] if len(places) == 1 < len(session.selection) else None


def move_into(canvas: CanvasView, node_ids: Collection[str], place_id: str) -> None:
    """Move nodes into a block. Where other places stand in the way, a copy of the block is offered that has none."""
    session, chosen = canvas.session, set(node_ids)
    try:
        made = move_in(session.graph, chosen, place_id)
    except SeveralPlaces as error:
        name = session.graph.node(place_id).name
        label = canvas.tr("Make '{}' a block of its own, and move them in").format(name)
        canvas.announce(str(error))
        canvas.offered.emit(str(error), label, lambda: _move_into_unique(canvas, chosen, place_id))
        return
    _regroup(session, made, canvas.tr("Move into block"))
    session.select({place_id})


def _move_into_unique(canvas: CanvasView, node_ids: set[str], place_id: str) -> None:
    session = canvas.session
    graph = session.graph
    if not all(map(graph.has_node, (place_id, *node_ids))):
        raise EditError("What was to be moved is not there any more: select the nodes and the block again.")
    _regroup(session, make_unique(graph, place_id), canvas.tr("Make unique"))
    move_into(canvas, node_ids, place_id)


def move_selected_out(canvas: CanvasView) -> None:
    """Move the selected nodes out of the open block, and go there."""
    session = canvas.session
    if not session.levels:
        raise EditError("No block is open: open one and select the nodes in it that are to go out.")
    place, chosen = session.levels[-1], session.selection
    outer = session.outer
    made = move_out(outer.graph, place, chosen)
    edit = made.with_weights(session.document, outer.definition_id)
    session.apply_whole(edit, canvas.tr("Move out of block"))
    session.open_level(outer.places)
    session.select(node.id for node in made.nodes)
    canvas.viewpoint.show_nodes(session.selection)


def lift_parameter(canvas: CanvasView, node: Node, parameter: str) -> None:
    """Let each place of the open block set a parameter of one of its nodes for itself."""
    session = canvas.session
    definition = session.graph.definitions.definition(session.level.definition_id or "")
    if any((entry.node, entry.parameter) == (node.id, parameter) for entry in definition.lifted):
        raise EditError(f"{parameter} of '{node.name}' is lifted already.")
    taken = {*OWN_PARAMETERS, *(entry.name for entry in definition.lifted)}
    name = parameter if parameter not in taken else f"{node.id}_{parameter}"
    lifted = (*definition.lifted, Lifted(name, node.id, parameter))
    session.apply(SetDefinition(replace(definition, lifted=lifted)), canvas.tr("Lift {}").format(parameter))


def remove_unused(canvas: CanvasView) -> str:
    """Remove the definitions that are placed nowhere; return what was done, in words."""
    session = canvas.session
    unused = unused_definitions(session.graph)
    if not unused:
        raise EditError("Every block of this document is placed somewhere.")
    names = ", ".join(session.graph.definitions.definition(identifier).name for identifier in unused)
    steps: tuple[Edit, ...] = tuple(RemoveDefinition(identifier) for identifier in unused)
    session.apply_whole(Sequence(steps), canvas.tr("Remove unused blocks"))
    return canvas.tr("Removed: {}.").format(names)


def _regroup(session: EditorSession, made: Regrouping, text: str) -> None:
    session.apply_whole(made.with_weights(session.document, session.level.definition_id), text)


def _place(session: EditorSession) -> Node:
    place = selected_place(session)
    if place is None:
        raise EditError("Select one block first.")
    return place


def _definition_id(session: EditorSession) -> str:
    identifier = selected_definition(session)
    if identifier is None:
        raise EditError("Select a block first, or open one.")
    return identifier
