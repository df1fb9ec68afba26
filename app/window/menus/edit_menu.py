"""The menu Edit: undo, clipboard, selection, search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions import ActionSpec
from app.canvas import commands
from app.session import clipboard
from app.session.trained import start_anew
from app.window.saying import said

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

Key = QKeySequence.StandardKey


def edit_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the menu Edit."""
    session, canvas, stack = window.session, window.canvas, window.session.undo_stack

    def has_selection() -> bool:
        return bool(session.selection)

    def has_anything() -> bool:
        return bool(session.selection or session.selected_wires)

    return [
        ActionSpec("undo", "Edit", "&Undo", stack.undo, (Key.Undo,), "Take the last edit back", stack.canUndo),
        ActionSpec("redo", "Edit", "&Redo", stack.redo, (Key.Redo,), "Do it again", stack.canRedo),
        ActionSpec(
            "cut",
            "Edit",
            "Cu&t",
            said(window, session.cut),
            (Key.Cut,),
            "Copy the selection and remove it",
            has_selection,
            separated=True,
        ),
        ActionSpec(
            "copy",
            "Edit",
            "&Copy",
            said(window, session.copy),
            (Key.Copy,),
            "Copy the selected nodes and their wires",
            has_selection,
        ),
        ActionSpec(
            "paste",
            "Edit",
            "&Paste",
            lambda: commands.paste(canvas),
            (Key.Paste,),
            "Paste what was copied",
            clipboard.has_fragment,
        ),
        ActionSpec(
            "duplicate",
            "Edit",
            "&Duplicate",
            lambda: commands.duplicate(canvas),
            ("Ctrl+D",),
            "A copy below the selection",
            has_selection,
        ),
        ActionSpec(
            "start_anew",
            "Edit",
            "Start weights &anew",
            said(window, lambda: start_anew(session)),
            meaning="Forget what the selected nodes and wires have learned: they start as the drawing says",
            enabled=lambda: has_anything() and bool(session.document.weights),
        ),
        ActionSpec(
            "delete",
            "Edit",
            "De&lete",
            session.delete_selection,
            (Key.Delete, "Backspace"),
            "Remove what is selected",
            has_anything,
            scope=canvas,
        ),
        ActionSpec(
            "select_all",
            "Edit",
            "Select &all",
            lambda: commands.select_all(canvas),
            (Key.SelectAll,),
            "All nodes",
            separated=True,
            scope=canvas,
        ),
        ActionSpec(
            "rename",
            "Edit",
            "Re&name",
            lambda: commands.rename_selected(canvas),
            ("F2",),
            "Give a node another name",
            has_selection,
            scope=canvas,
        ),
        ActionSpec(
            "find_layer",
            "Edit",
            "&Add a layer …",
            lambda: commands.start_quick_search(canvas),
            ("Space",),
            "Search a layer and place it",
            scope=canvas,
        ),
        ActionSpec(
            "find_in_palette",
            "Edit",
            "Search in the pa&lette",
            window.focus_palette,
            ("Ctrl+L",),
            "Go to the search field",
        ),
    ]
