"""The program as it is started by hand: seen and touched from outside only, by window titles, keys and files."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy
import pytest

from graph_model import load_document
from tests.end_to_end.display import PATIENCE, ROOT, display

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs an X server"),
]


class Program:
    """`python -m app` on a display of its own."""

    def __init__(self, name: str, folder: Path, *arguments: str) -> None:
        self.environment = {
            **os.environ,
            "DISPLAY": name,
            "QT_QPA_PLATFORM": "xcb",
            "QT_QPA_PLATFORMTHEME": "",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
        }
        self.said = folder / "said.txt"
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", *arguments], cwd=folder, env=self.environment, stdout=said, stderr=said
            )

    def title(self) -> str:
        """The title of the window that has the keyboard."""
        command = ["xdotool", "getactivewindow", "getwindowname"]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout.strip()

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        subprocess.run(["xdotool", "key", "--delay", "40", *keys], env=self.environment, check=True)

    def type(self, text: str) -> None:
        """Type a text."""
        subprocess.run(["xdotool", "type", "--delay", "15", text], env=self.environment, check=True)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"it did not happen; title {self.title()!r}, said {self.said.read_text()!r}"
            time.sleep(0.05)

    def has_ended(self) -> bool:
        """Whether it has closed."""
        return self.process.poll() is not None


@pytest.fixture
def screen() -> Iterator[str]:
    with display() as name:
        yield name


@pytest.fixture
def program(screen: str, tmp_path: Path) -> Iterator[Program]:
    one = Program(screen, tmp_path, "Vanishing gradients")
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()


EXAMPLE = "Vanishing gradients – GradCanvas"
CHANGED = "Vanishing gradients* – GradCanvas"


def train_an_epoch(program: Program) -> None:
    """Press the key for one epoch until there is one: training is offered once PyTorch has been loaded."""
    program.wait(lambda: program.title() == EXAMPLE)

    def trained() -> bool:
        program.press("F11")
        time.sleep(0.3)
        return program.title() == CHANGED

    program.wait(trained)


def test_open_the_example_train_it_save_it_and_leave(program, tmp_path):
    train_an_epoch(program)
    program.press("ctrl+s")
    program.wait(lambda: program.title().startswith("Save"))
    program.press("ctrl+a")
    program.type(str(tmp_path / "trained.gradcanvas"))
    program.press("Return")
    program.wait(lambda: program.title() == EXAMPLE)
    weights = load_document(tmp_path / "trained.gradcanvas").weights
    assert len(weights) == 20
    assert all(numpy.isfinite(array).all() for array in weights.values())
    program.press("ctrl+q")
    program.wait(program.has_ended)
    assert program.process.returncode == 0
    assert program.said.read_text() == ""


def test_leaving_work_that_is_not_saved_asks_first(program):
    train_an_epoch(program)
    program.press("ctrl+q")
    program.wait(lambda: program.title() not in ("", EXAMPLE, CHANGED))
    program.press("Escape")
    program.wait(lambda: program.title() == CHANGED)
    assert not program.has_ended()


def test_a_bad_file_is_said_without_a_window(screen, tmp_path):
    (tmp_path / "bad.gradcanvas").write_bytes(b"nonsense")
    program = Program(screen, tmp_path, "bad.gradcanvas")
    assert program.process.wait(PATIENCE) == 1
    assert program.said.read_text() == "gradcanvas: bad.gradcanvas cannot be opened. It is not a GradCanvas document.\n"
