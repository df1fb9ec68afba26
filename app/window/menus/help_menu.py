"""The menu Help: finding a command, what each layer does, about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions import ActionSpec

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


def help_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the menu Help."""
    return [
        ActionSpec(
            "commands",
            "Help",
            "&Find a command …",
            window.find_command,
            ("Ctrl+K", "F1"),
            "All commands and their keys",
        ),
        ActionSpec(
            "layers_and_blocks",
            "Help",
            "&Layers and blocks",
            window.documentation.show,
            ("Shift+F1",),
            "What each layer does: formula, shapes, parameters, source",
        ),
        ActionSpec("about", "Help", "&About GradCanvas", window.show_about, meaning="Version and licence"),
    ]
