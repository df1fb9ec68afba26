"""A real X display with real mouse and keys, ended by process id."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SIZE = "1280x800x24"
PATIENCE = 60.0


@contextmanager
def display() -> Iterator[str]:
    """Start an X server on a free display, with a window manager that is ready; yield its name.

    A window that is shown before the manager is ready never gets the keyboard. The server must outlive its last
    client: else the first short visit of xdotool makes it start anew, and whoever connects meanwhile is thrown out.
    """
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        name = f":{pipe.readline().strip()}"
    environment = {**os.environ, "DISPLAY": name}
    manager = subprocess.Popen(["openbox"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_managed(manager, environment)
        yield name
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


def _wait_until_managed(manager: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
    """Wait until the window manager answers: only then does the display have desktops."""
    end = time.monotonic() + PATIENCE
    while subprocess.run(["xdotool", "get_num_desktops"], env=environment, capture_output=True, check=False).returncode:
        assert manager.poll() is None, f"the window manager has ended with {manager.returncode}"
        assert time.monotonic() < end, "the window manager does not answer"
        time.sleep(0.02)


class Hand:
    """Moves the mouse and types, and asks the program where things are."""

    def __init__(self, name: str, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "DISPLAY": name,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "tests.end_to_end.driver", str(folder / "settings.ini")]
        self.program = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, what: str, *about: Any) -> Any:
        """Return the program's answer."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        print(json.dumps({"ask": what, "about": about}), file=self.program.stdin, flush=True)
        return json.loads(self.program.stdout.readline())

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Wait until something holds, and return it."""
        end = time.monotonic() + PATIENCE
        while not (value := condition()):
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.05)
        return value

    def do(self, *words: object) -> None:
        """Let xdotool act."""
        subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=True, capture_output=True)

    def drag(self, start: list[int], end: list[int]) -> None:
        """Press at one place, move in steps, release at another."""
        self.do("mousemove", *start)
        time.sleep(0.1)
        self.do("mousedown", 1)
        for part in (0.02, 0.06, 0.2, 0.4, 0.6, 0.8, 1.0, 1.0):
            self.do("mousemove", *(round(a + (b - a) * part) for a, b in zip(start, end, strict=True)))
            time.sleep(0.05)
        self.do("mouseup", 1)
        time.sleep(0.1)

    def click(self, place: list[int]) -> None:
        """Click with the left button."""
        self.do("mousemove", *place, "click", 1)

    def export(self, target: Path) -> None:
        """Export the network as ONNX by keys, and wait until the program says that it is done."""
        self.do("key", "ctrl+shift+e")
        self.wait(lambda: self.ask("file_dialog"))
        self.do("key", "ctrl+a")
        self.do("type", "--delay", 15, str(target))
        self.do("key", "Return")
        self.wait(lambda: self.ask("export") == f"Exported {target.name}")

    def close(self) -> None:
        """End the program."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.close()
        try:
            self.program.wait(20)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
        self.program.stdout.close()
