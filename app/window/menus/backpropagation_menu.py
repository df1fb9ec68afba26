"""Actions of the panel Backpropagation: show it, go through its stages, nudge a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions import ActionSpec
from app.panels.backpropagation.page_tabs import EXPLAIN, NUDGE

if TYPE_CHECKING:
    from app.panels.backpropagation.panel import BackpropagationPanel
    from app.window.main_window import MainWindow


def backpropagation_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions, for the menu Run."""

    def show(page: int) -> BackpropagationPanel | None:
        window.tabs.show()
        panel = window.tabs.show_backpropagation()
        if panel is not None:
            panel.show_page(page)
            panel.setFocus()
        return panel

    def step(forth: bool) -> None:
        panel = show(EXPLAIN)
        if panel is not None:
            (panel.controls.next if forth else panel.controls.previous).click()

    def ready() -> bool:
        return window.warm_up.is_ready

    return [
        ActionSpec(
            "show_backpropagation",
            "Run",
            "Show &backpropagation",
            lambda: show(EXPLAIN),
            ("Ctrl+B",),
            "Every number of the forward and the backward pass of one example",
            separated=True,
        ),
        ActionSpec(
            "next_stage",
            "Run",
            "&Next step of backpropagation",
            lambda: step(True),
            ("Ctrl+Alt+Right",),
            "One column of neurons further, forwards and then backwards",
            ready,
        ),
        ActionSpec(
            "previous_stage",
            "Run",
            "Pre&vious step of backpropagation",
            lambda: step(False),
            ("Ctrl+Alt+Left",),
            "One column of neurons back",
            ready,
        ),
        ActionSpec(
            "nudge",
            "Run",
            "N&udge the selected weight",
            lambda: show(NUDGE),
            ("Ctrl+Alt+N",),
            "Change one weight and watch how far the change comes",
            ready,
        ),
    ]
