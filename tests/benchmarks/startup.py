"""From the start of Python to a painted window, beside a bare Qt window, as a ratio within one run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 7

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1280, 720)
window.show()
window.grab()
"""

OURS = """
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
application = QApplication([])
from app.window.settings import WindowSettings
from app.window.start import make_window, open_named
window = make_window(application, WindowSettings(QSettings("/dev/null", QSettings.Format.IniFormat)))
window.session.open_document(open_named("vanishing_gradients")[0])
window.show()
window.grab()
"""


def seconds(script: str) -> float:
    """Time one fresh process until its window is painted."""
    start = time.perf_counter()
    ending = "\nimport os, sys; sys.stdout.write('painted'); sys.stdout.flush(); os._exit(0)"
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    subprocess.run([sys.executable, "-c", script + ending], check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def main() -> None:
    """Print both times and their ratio."""
    pairs = [(seconds(BARE), seconds(OURS)) for _ in range(ROUNDS)]
    bare, ours = (statistics.median(pair[index] for pair in pairs) for index in (0, 1))
    ratio = statistics.median(one / other for other, one in pairs)
    print(
        f"bare Qt window {bare * 1000:.0f} ms, the editor on its first example {ours * 1000:.0f} ms: {ratio:.1f} times"
    )
