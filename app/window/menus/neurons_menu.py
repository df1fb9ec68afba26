"""The menu Neurons: columns, wires among them, shared and frozen weights, unfolding and folding."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.actions import ActionSpec
from app.canvas import neuron_commands
from app.session import EditorSession, unfolding
from app.window.saying import said

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


def neurons_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the menu Neurons."""
    return [*_column_actions(window), *_wire_actions(window), *_folding_actions(window)]


def _column_actions(window: MainWindow) -> list[ActionSpec]:
    canvas, session = window.canvas, window.session

    def has_selection() -> bool:
        return bool(session.selection)

    return [
        ActionSpec(
            "connect_all",
            "Neurons",
            "&Connect all",
            said(window, lambda: neuron_commands.connect_all(canvas)),
            ("Shift+C",),
            "Wire every node of a selected column to every node of the next",
            lambda: len(session.selection) > 1,
            scope=canvas,
        ),
        ActionSpec(
            "duplicate_with_wires",
            "Neurons",
            "&Duplicate with wires",
            said(window, lambda: neuron_commands.duplicate_with_wires(canvas)),
            ("Ctrl+Shift+D",),
            "A copy of the selection that is wired as it is",
            has_selection,
        ),
        ActionSpec(
            "one_more_below",
            "Neurons",
            "One more &below",
            said(window, lambda: neuron_commands.one_more_below(canvas)),
            ("Shift+Down",),
            "Add a neuron below the selected ones, with the same wires",
            lambda: (
                bool(session.selection) and all(session.graph.kind_of(node).gives_scalar for node in session.selection)
            ),
            scope=canvas,
        ),
    ]


def _wire_actions(window: MainWindow) -> list[ActionSpec]:
    session = window.session

    def has_wires() -> bool:
        return bool(neuron_commands.weighing(session))

    return [
        ActionSpec(
            "tie_wires",
            "Neurons",
            "&Tie the selected wires",
            said(window, lambda: neuron_commands.tie_selected(session)),
            ("Ctrl+T",),
            "Let them share one weight",
            lambda: len(neuron_commands.weighing(session)) > 1,
            separated=True,
        ),
        ActionSpec(
            "untie_wires",
            "Neurons",
            "&Untie",
            said(window, lambda: neuron_commands.untie_selected(session)),
            ("Ctrl+Shift+T",),
            "Give each selected wire a weight of its own",
            lambda: any(wire.tie is not None for wire in neuron_commands.weighing(session)),
        ),
        ActionSpec(
            "freeze_wires",
            "Neurons",
            "&Freeze or train the selected wires",
            said(window, lambda: neuron_commands.freeze_or_train_selected(session)),
            ("Ctrl+Shift+F",),
            "Keep training from changing their weights, or let it again",
            has_wires,
        ),
    ]


def _folding_actions(window: MainWindow) -> list[ActionSpec]:
    canvas, session = window.canvas, window.session

    def shown(command: Callable[[EditorSession], None]) -> Callable[[], None]:
        def run() -> None:
            with canvas.way_back.remembered():
                command(session)
                canvas.viewpoint.show_nodes(session.selection)

        return said(window, run)

    return [
        ActionSpec(
            "unfold",
            "Neurons",
            "Unfold &into neurons",
            shown(unfolding.unfold_selected),
            ("Ctrl+Shift+U",),
            "See a layer as its neurons and wires, with the weights that it has now",
            lambda: window.warm_up.is_ready and unfolding.may_unfold(session),
            separated=True,
        ),
        ActionSpec(
            "fold",
            "Neurons",
            "F&old into a layer",
            shown(unfolding.fold_selected),
            ("Ctrl+Shift+I",),
            "Make one layer of the selected neurons; their weights stay",
            lambda: window.warm_up.is_ready and unfolding.may_fold(session),
        ),
    ]
