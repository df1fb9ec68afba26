"""Commands whose refusals are said across the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from graph_model import GradCanvasError

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


def say_offers(window: MainWindow) -> None:
    """Say across the window what the canvas could not do, with a button for the way out that it offers."""

    def say(sentence: str, label: str, command: Callable[[], str | None]) -> None:
        window.messages.tell(sentence, offer=(label, said(window, command)))

    window.canvas.offered.connect(say)


def said(window: MainWindow, command: Callable[[], str | None]) -> Callable[[], None]:
    """The command, with what it refuses or leaves out said across the window, in the place of what was said before."""

    def run() -> None:
        window.messages.hide()
        try:
            sentence = command()
        except GradCanvasError as error:
            sentence = str(error)
        if sentence:
            window.tell(sentence)

    return run
