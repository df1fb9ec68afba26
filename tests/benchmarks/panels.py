"""What one refresh of the visible panel costs, with ten layers and a thousand steps."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

ROUNDS = 60
LAYERS = 10
STEPS = 1000


def main() -> None:
    """Print milliseconds for reading new rows and painting them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import numpy
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    from app.panels.chosen import ChosenStatistic
    from app.panels.gradient_panel import GradientPanel
    from app.session import EditorSession
    from app.theme import ThemeSource
    from app.training.recording import Recording, RecordingWriter
    from tests.training.test_recording import meta

    generator = numpy.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder, RecordingWriter(Path(folder), meta(STEPS, LAYERS)) as writer:
        for step in range(STEPS):
            writer.append({"train_loss": 1.0, "step": step}, 10.0 ** generator.uniform(-10, -2, (3, LAYERS)))
        panel = GradientPanel(EditorSession(), ThemeSource("light"), ChosenStatistic())
        panel.resize(1000, 300)
        panel.show()
        panel.set_recording(Recording.open(folder))
        for index, name in enumerate(("bars and curves", "bars and heat map")):
            panel.view.setCurrentIndex(index)
            times = []
            for step in range(ROUNDS):
                writer.append({"train_loss": 1.0, "step": step}, 10.0 ** generator.uniform(-10, -2, (3, LAYERS)))
                start = time.perf_counter()
                panel.refresh()
                panel.repaint()
                application.processEvents()
                times.append((time.perf_counter() - start) * 1000)
            low, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            print(f"{name:20s} median {low:5.1f} ms, 95 % {high:5.1f} ms   ({LAYERS} layers, {STEPS} steps)")
