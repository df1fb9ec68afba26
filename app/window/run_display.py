"""What the run is doing, shown in the bar, on the canvas, in the panels and in the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.panels.chosen import STATISTIC_TITLES
from app.training.number_text import scientific

if TYPE_CHECKING:
    from app.training.recording import Recording
    from app.window.main_window import MainWindow


class RunDisplay(QObject):
    """Listens to the run and repaints what changed: at most once per poll, and only what is visible."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self._painted: tuple[object, ...] = ()
        window.control.state_changed.connect(self.show_state)
        window.control.progressed.connect(self.show_progress)
        window.control.recording_changed.connect(self.show_values)
        window.control.stepped.connect(self.show_state)
        window.chosen.changed.connect(self.show_values)
        window.session.selection_changed.connect(self._show_now)
        self.show_state()

    def show_state(self) -> None:
        """Buttons for the present state."""
        window = self.window
        window.bar.show_state(window.control.state, window.control.busy, window.control.can_go_back)
        if window.control.busy:
            window.tabs.show_run()
        ready = window.warm_up.is_ready
        window.bar.run.setEnabled(ready)
        if not ready:
            for button in (window.bar.step, window.bar.parts, window.bar.epoch):
                button.setEnabled(False)
            window.bar.figures.show_text(self.tr("loading PyTorch …"))
        self.show_progress()

    def show_progress(self) -> None:
        """Progress, then everything that follows the recording."""
        window = self.window
        progress = window.control.progress()
        if progress is not None:
            window.bar.show_progress(
                progress.step,
                progress.total_steps,
                progress.epoch,
                progress.epochs,
                progress.steps_per_second,
                progress.seconds_left,
                window.control.state,
                window.control.position,
            )
        elif window.warm_up.is_ready:
            window.bar.show_progress(0, 1, 0, 0, 0.0, None, "idle")
        self._follow_taken_back()
        window.tabs.refresh()
        window.status.show_accuracy()
        self.show_values()

    def _follow_taken_back(self) -> None:
        """Show the latest step if the chosen one has been taken back."""
        recording, chosen = self.window.control.recording, self.window.chosen
        if recording is not None and chosen.row is not None and chosen.row >= recording.row_count():
            chosen.choose_row(None)

    def show_values(self) -> None:
        """Colour the drawing by the chosen statistic at the chosen step."""
        recording = self.window.control.recording
        chosen = self.window.chosen
        count = recording.row_count() if recording is not None else 0
        taken_back = recording.times_taken_back() if recording is not None else 0
        painted = (id(recording), count, taken_back, chosen.statistic, chosen.row)
        if painted == self._painted:
            return
        self._painted = painted
        if recording is None or count == 0:
            self.window.canvas.set_values(None, "")
        else:
            step = count if chosen.row is None else chosen.row + 1
            quantity = STATISTIC_TITLES[chosen.statistic]
            caption = quantity if "∂" in quantity else f"∂L/∂W, {quantity}"
            values = recording.node_values(chosen.statistic, chosen.row)
            wires = recording.wire_values(chosen.statistic, chosen.row)
            self.window.canvas.set_values(values, self.tr("{0} at step {1}").format(caption, step), wires)
        self._show_now()

    def _show_now(self) -> None:
        """Figures of the layer, neuron or wire that is selected alone, for the inspector."""
        recording, row = self.window.control.recording, self.window.chosen.row
        texts: dict[str, str] = {}
        session = self.window.session
        if recording is not None and recording.row_count():
            if len(session.selection) == 1:
                (node_id,) = session.selection
                texts[node_id] = _figures(recording, session.level.path_of(node_id), row)
            if len(session.selected_wires) == 1:
                (wire_id,) = session.selected_wires
                texts[wire_id] = _wire_figure(recording, session.level.path_of(wire_id), row)
        self.window.inspector.show_now(texts)


def _figures(recording: Recording, node_id: str, row: int | None) -> str:
    lines = []
    for statistic, title in STATISTIC_TITLES.items():
        value = recording.node_values(statistic, row).get(node_id)
        if value is not None:
            label = title if "∂" in title else f"∂L/∂W, {title}"
            lines.append(f"{label}: {scientific(value)}")
    return "\n".join(lines)


def _wire_figure(recording: Recording, wire_id: str, row: int | None) -> str:
    """∂L/∂w of one wire, with its sign; of one that carries a vector, the root of the mean square."""
    gradient = recording.weight_gradients(row).get(f"{wire_id}.weight")
    if gradient is None:
        return ""
    if len(gradient) == 1:
        return "" if gradient[0] != gradient[0] else f"∂L/∂w: {scientific(float(gradient[0]))}"
    value = recording.wire_values("rms", row).get(wire_id)
    return "" if value is None else f"∂L/∂w, RMS: {scientific(value)}"
