"""The menu Blocks: grouping, opening, copies, ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QInputDialog

from app.actions import ActionSpec
from app.canvas import block_commands, commands
from app.canvas.insertion import placeable
from app.window.saying import said
from graph_model.blocks.kind import placed_as
from graph_model.blocks.naming import unused_definitions
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

MOST_REPEATS = 10_000


def blocks_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the menu Blocks."""
    return [*_making(window), *_going(window), *_changing(window), *_ports(window)]


def _making(window: MainWindow) -> list[ActionSpec]:
    canvas, session = window.canvas, window.session
    return [
        ActionSpec(
            "group",
            "Blocks",
            "&Group into block",
            said(window, lambda: block_commands.group_selected(canvas)),
            ("Ctrl+G",),
            "Make one block of the selected nodes; their weights stay",
            lambda: bool(session.selection),
        ),
        ActionSpec(
            "ungroup",
            "Blocks",
            "&Ungroup",
            said(window, lambda: block_commands.ungroup_selected(canvas)),
            ("Ctrl+Shift+G",),
            "Put what is in the block in its place",
            lambda: _has_place(window),
        ),
        ActionSpec(
            "move_in",
            "Blocks",
            "Mo&ve into block",
            said(window, lambda: block_commands.move_selected_in(canvas)),
            ("Ctrl+Shift+Right",),
            "Put the selected nodes into the block that is selected with them, at all its places",
            lambda: block_commands.block_among_selected(session) is not None,
        ),
        ActionSpec(
            "move_out",
            "Blocks",
            "&Move out of block",
            said(window, lambda: block_commands.move_selected_out(canvas)),
            ("Ctrl+Shift+Left",),
            "Take the selected nodes out of the open block, at all its places, with the ports that this needs",
            lambda: bool(session.levels and session.selection),
        ),
    ]


def _going(window: MainWindow) -> list[ActionSpec]:
    canvas, session = window.canvas, window.session
    return [
        ActionSpec(
            "open_block",
            "Blocks",
            "&Open",
            said(window, lambda: block_commands.open_selected(canvas)),
            ("Ctrl+Return", "Ctrl+Enter"),
            "Go into the selected block, to see and change what is in it",
            lambda: _has_place(window),
            separated=True,
        ),
        ActionSpec(
            "expand",
            "Blocks",
            "E&xpand here",
            said(window, lambda: block_commands.expand_selected(canvas)),
            ("Ctrl+Shift+Down",),
            "Show what is in the selected block where it stands, in a frame",
            lambda: _has_place(window),
        ),
        ActionSpec(
            "collapse",
            "Blocks",
            "&Collapse",
            said(window, lambda: block_commands.collapse_selected(canvas)),
            ("Ctrl+Shift+Up",),
            "Make one block again of what is in the frame around the selection",
            lambda: canvas.expansions.holding(session.selection) is not None,
        ),
        ActionSpec(
            "leave_block",
            "Blocks",
            "&Leave",
            session.leave,
            ("Ctrl+Backspace",),
            "Go back to where the open block is placed",
            lambda: bool(session.levels),
        ),
    ]


def _changing(window: MainWindow) -> list[ActionSpec]:
    canvas, session = window.canvas, window.session

    def has_definition() -> bool:
        return _has_place(window) or bool(session.levels)

    return [
        ActionSpec(
            "place_again",
            "Blocks",
            "Place the same block &again",
            said(window, lambda: commands.duplicate(canvas)),
            meaning="Another place of the definition: what is changed inside changes at both",
            enabled=lambda: _has_place(window),
            separated=True,
        ),
        ActionSpec(
            "make_unique",
            "Blocks",
            "Make uni&que",
            said(window, lambda: block_commands.make_selected_unique(canvas)),
            meaning="A copy of the definition for this place, so that it can be changed alone",
            enabled=lambda: _placed_elsewhere(window),
        ),
        ActionSpec(
            "replace",
            "Blocks",
            "Re&place by …",
            said(window, lambda: _ask_replacement(window)),
            meaning="Put another kind or block in the place of the selected node; wires stay where they fit",
            enabled=lambda: len(session.selection) == 1,
        ),
        ActionSpec(
            "repeat",
            "Blocks",
            "&Repeat …",
            said(window, lambda: _ask_repeat(window)),
            meaning="Stack the block several times, one after the other",
            enabled=lambda: _has_place(window),
        ),
        ActionSpec(
            "rename_block",
            "Blocks",
            "Re&name block …",
            said(window, lambda: _ask_name(window)),
            ("Shift+F2",),
            "Give the definition another name, wherever it is placed",
            has_definition,
        ),
        ActionSpec(
            "lift",
            "Blocks",
            "Li&ft a parameter …",
            said(window, lambda: _ask_lifted(window)),
            meaning="Let each place of the open block set a parameter of the selected node for itself",
            enabled=lambda: bool(session.levels) and len(session.selection) == 1,
        ),
        ActionSpec(
            "remove_unused",
            "Blocks",
            "Remove unuse&d blocks",
            said(window, lambda: block_commands.remove_unused(canvas)),
            meaning="Forget the definitions that are placed nowhere",
            enabled=lambda: bool(len(session.graph.definitions) and unused_definitions(session.graph)),
        ),
    ]


def _ports(window: MainWindow) -> list[ActionSpec]:
    canvas, session = window.canvas, window.session

    def has_block() -> bool:
        return _has_place(window) or bool(session.levels)

    def has_port() -> bool:
        return block_commands.selected_port(session) is not None

    specs = []
    for end, title, kind in (("input", "Add &input port", BLOCK_INPUT), ("output", "Add outpu&t port", BLOCK_OUTPUT)):
        specs.append(
            ActionSpec(
                f"add_{end}_port",
                "Blocks",
                title,
                said(window, lambda kind=kind: block_commands.add_port(canvas, kind)),
                meaning=f"A further {kind} in the selected or the open block",
                enabled=has_block,
                separated=end == "input",
            )
        )
    for way, title, step, place in (("up", "Move port &up", -1, "higher"), ("down", "Move port do&wn", 1, "lower")):
        specs.append(
            ActionSpec(
                f"port_{way}",
                "Blocks",
                title,
                said(window, lambda step=step: block_commands.move_port(canvas, step)),
                (f"Alt+{way.capitalize()}",),
                f"Put the selected port of the open block one place {place}; wires stay with it",
                has_port,
                scope=canvas,
            )
        )
    return specs


def _ask_lifted(window: MainWindow) -> None:
    session = window.session
    node = session.graph.node(next(iter(session.selection)))
    names = list(session.graph.kind_of(node).parameters)
    chosen, accepted = QInputDialog.getItem(
        window,
        window.tr("Lift a parameter"),
        window.tr("Parameter of '{0}' that each place of the block may set:").format(node.name),
        names,
        0,
        editable=False,
    )
    if accepted:
        block_commands.lift_parameter(window.canvas, node, chosen)


def _has_place(window: MainWindow) -> bool:
    return block_commands.selected_place(window.session) is not None


def _placed_elsewhere(window: MainWindow) -> bool:
    place = block_commands.selected_place(window.session)
    return place is not None and len(window.session.graph.definitions.places(place.kind)) > 1


def _ask_replacement(window: MainWindow) -> None:
    offered = {kind.name: placed_as(kind) for kind in reversed(placeable(window.session.graph))}
    names = list(reversed(offered))
    chosen, accepted = QInputDialog.getItem(
        window, window.tr("Replace by"), window.tr("Kind or block:"), names, 0, editable=False
    )
    if accepted:
        block_commands.replace_selected(window.canvas, offered[chosen])


def _ask_repeat(window: MainWindow) -> None:
    place = block_commands.selected_place(window.session)
    assert place is not None
    count, accepted = QInputDialog.getInt(
        window,
        window.tr("Repeat"),
        window.tr("How many times '{0}' is stacked:").format(place.name),
        place.parameters["repeat"],
        1,
        MOST_REPEATS,
    )
    if accepted:
        block_commands.repeat_selected(window.canvas, count)


def _ask_name(window: MainWindow) -> None:
    session = window.session
    identifier = block_commands.selected_definition(session)
    assert identifier is not None
    present = session.graph.definitions.definition(identifier).name
    name, accepted = QInputDialog.getText(
        window, window.tr("Rename block"), window.tr("Name of the block, wherever it is placed:"), text=present
    )
    if accepted and name.strip() != present:
        block_commands.rename_block(window.canvas, name)
