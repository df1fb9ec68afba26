"""The menu Run: training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions import ActionSpec

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


def run_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the menu Run."""
    control = window.control

    def ready() -> bool:
        return window.warm_up.is_ready

    def idle() -> bool:
        return ready() and not control.busy

    return [
        ActionSpec("run", "Run", "&Run or pause", control.toggle, ("Ctrl+R", "F5"), "Train the network", ready),
        ActionSpec("step", "Run", "One &step", control.step, ("F10",), "Train on one minibatch", idle),
        ActionSpec("epoch", "Run", "One &epoch", control.epoch, ("F11",), "Train to the end of the epoch", idle),
        ActionSpec(
            "stop",
            "Run",
            "S&top",
            control.stop,
            ("Shift+F5",),
            "End the run; what was learned stays",
            lambda: control.state in ("preparing", "running", "paused"),
        ),
        ActionSpec(
            "reset",
            "Run",
            "Rese&t",
            control.reset,
            ("Ctrl+Shift+R",),
            "Forget what was learned in this run",
            lambda: control.engine is not None,
        ),
        ActionSpec(
            "analyze",
            "Run",
            "&Analyze costs",
            window.show_analysis,
            ("Ctrl+Shift+A",),
            "Parameters, multiply-adds and memory of each node; the largest batch that fits",
            separated=True,
        ),
        ActionSpec(
            "export_costs",
            "Run",
            "Export &costs as CSV …",
            window.tabs.analyze.ask_and_export,
            meaning="The table of costs with raw numbers",
            enabled=lambda: window.tabs.analyze.analysis is not None,
        ),
        ActionSpec("show_problems", "Run", "Show &problems", window.show_problems, ("Ctrl+Shift+M",), "What is wrong"),
    ]
