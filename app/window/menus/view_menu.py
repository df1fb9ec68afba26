"""The menu View: zoom, parts of the window, theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions import ActionSpec
from app.canvas import commands

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

Key = QKeySequence.StandardKey


def view_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the menu View."""
    canvas = window.canvas
    specs = [
        ActionSpec("zoom_in", "View", "Zoom &in", lambda: commands.zoom_in(canvas), (Key.ZoomIn, "Ctrl+="), "Larger"),
        ActionSpec("zoom_out", "View", "Zoom &out", lambda: commands.zoom_out(canvas), (Key.ZoomOut,), "Smaller"),
        ActionSpec("zoom_to_100", "View", "&Actual size", lambda: commands.zoom_to_100(canvas), ("Ctrl+0",), "100 %"),
        ActionSpec(
            "zoom_to_fit",
            "View",
            "Zoom to &fit",
            lambda: commands.zoom_to_fit(canvas),
            ("Ctrl+1", "Home"),
            "See the whole drawing",
            scope=canvas,
        ),
    ]
    for key, title, part, shortcut in (
        ("palette", "&Palette", window.palette, "Ctrl+Alt+1"),
        ("inspector", "I&nspector", window.inspector, "Ctrl+Alt+2"),
        ("panels", "Pa&nels", window.tabs, "Ctrl+Alt+3"),
    ):
        specs.append(
            ActionSpec(
                f"show_{key}",
                "View",
                title,
                lambda part=part: part.setVisible(part.isHidden()),
                (shortcut,),
                "Show or hide it",
                checked=lambda part=part: not part.isHidden(),
                separated=key == "palette",
            )
        )
    for mode, title in (("system", "Theme: as the &system"), ("light", "Theme: &light"), ("dark", "Theme: &dark")):
        specs.append(
            ActionSpec(
                f"theme_{mode}",
                "View",
                title,
                lambda mode=mode: window.use_theme(mode),
                meaning="Colours of the program",
                checked=lambda mode=mode: window.theme_source.mode == mode,
                separated=mode == "system",
            )
        )
    return specs
