"""The menu of the canvas: what can be done with what was clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

GROUPS = (
    ("find_layer", "rename"),
    ("open_block", "leave_block", "group", "ungroup", "move_in", "move_out"),
    ("place_again", "make_unique", "replace", "repeat"),
    ("expand", "collapse", "save_block"),
    ("lift", "add_input_port", "add_output_port", "port_up", "port_down"),
    ("connect_all", "tie_wires", "untie_wires", "freeze_wires", "unfold", "fold"),
    ("cut", "copy", "paste", "duplicate", "duplicate_with_wires", "delete"),
    ("select_all", "arrange", "zoom_to_fit"),
)


def show_canvas_menu(window: MainWindow, place: QPoint) -> None:
    """Open the menu at a place on the screen, with the actions that are possible now."""
    table = window.actions_table
    table.refresh()
    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for group in GROUPS:
        for identifier in group:
            if table[identifier].isEnabled():
                menu.addAction(table[identifier])
        menu.addSeparator()
    menu.popup(place)
