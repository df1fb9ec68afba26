"""The menu Arrange: where nodes stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions import ActionSpec
from app.canvas import commands

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


def arrange_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the menu Arrange."""
    canvas, session = window.canvas, window.session

    def several() -> bool:
        return len(session.selection) > 1

    specs = [
        ActionSpec(
            "arrange",
            "Arrange",
            "Automatic &layout",
            lambda: commands.arrange(canvas),
            ("Ctrl+Shift+L",),
            "Lay the drawing out in order",
        )
    ]
    for side in ("left", "centre", "right", "top", "middle", "bottom"):
        specs.append(
            ActionSpec(
                f"align_{side}",
                "Arrange",
                f"Align {side}",
                lambda side=side: commands.align(canvas, side),
                meaning="Line the selected nodes up",
                enabled=several,
                separated=side == "left",
            )
        )
    for axis, title in (("horizontal", "Distribute horizontally"), ("vertical", "Distribute vertically")):
        specs.append(
            ActionSpec(
                f"distribute_{axis}",
                "Arrange",
                title,
                lambda axis=axis: commands.distribute(canvas, axis),
                meaning="Equal distances between the selected nodes",
                enabled=lambda: len(session.selection) > 2,
            )
        )
    return specs
