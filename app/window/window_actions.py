"""The actions of the main window: one table for menus, shortcuts and the command search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions import ActionSpec
from app.window.menus.arrange_menu import arrange_actions
from app.window.menus.backpropagation_menu import backpropagation_actions
from app.window.menus.blocks_menu import blocks_actions
from app.window.menus.edit_menu import edit_actions
from app.window.menus.file_menu import file_actions
from app.window.menus.help_menu import help_actions
from app.window.menus.library_menu import library_actions
from app.window.menus.neurons_menu import neurons_actions
from app.window.menus.run_menu import run_actions
from app.window.menus.step_menu import step_actions
from app.window.menus.view_menu import view_actions

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

MENUS = ("File", "Edit", "View", "Arrange", "Blocks", "Neurons", "Run", "Help")


def window_actions(window: MainWindow) -> list[ActionSpec]:
    """Return all actions, menu by menu."""
    return [
        *file_actions(window),
        *edit_actions(window),
        *view_actions(window),
        *arrange_actions(window),
        *blocks_actions(window),
        *library_actions(window),
        *neurons_actions(window),
        *run_actions(window),
        *step_actions(window),
        *backpropagation_actions(window),
        *help_actions(window),
    ]
