"""The row on top: document, run controls, progress, device, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from app.actions import ActionTable
from app.training.number_text import scientific

if TYPE_CHECKING:
    from app.training.published import Position

STATE_TEXTS = {
    "preparing": "getting ready …",
    "paused": "paused",
    "finished": "finished",
    "failed": "stopped by an error",
    "stopped": "stopped",
}


TITLE_WIDTH = 220
"""Pixels: longer titles end in an ellipsis, the tooltip has them whole."""
FIGURES_WIDTH = 300
"""Pixels."""
LEAST_FIGURES = 236
FEW_LETTERS = 90
"""Pixels: the row never makes the window wider than a small screen."""


class ElidedLabel(QLabel):
    """A label that is as wide as its text, up to a width, and shortens the text where there is less room."""

    def __init__(self, widest: int) -> None:
        super().__init__()
        self._widest = widest
        self._whole = ""

    def show_text(self, text: str) -> None:
        """Show a text, shortened if need be; the tooltip has it whole."""
        if text == self._whole:
            return
        self._whole = text
        self.setToolTip(text)
        self._shorten()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The whole text, up to the width."""
        self.ensurePolished()
        wide = self.fontMetrics().horizontalAdvance(self._whole) + 2
        return QSize(min(self._widest, wide), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(min(FEW_LETTERS, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the text to the new width."""
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        self.ensurePolished()
        room = min(self._widest, max(self.width(), self.minimumWidth()))
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))


class RunBar(QFrame):
    """Buttons and figures of the run. It only shows and asks; RunControl acts."""

    device_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel(TITLE_WIDTH)
        self.title.setProperty("heading", True)
        self.edited = QLabel(self.tr("edited"))
        self.edited.setProperty("muted", True)
        self.run = QPushButton(self.tr("Run"))
        self.run.setProperty("primary", True)
        self.run.setMinimumWidth(84)
        self.back = QPushButton(self.tr("Back"))
        self.step = QPushButton(self.tr("Step"))
        self.parts = QPushButton(self.tr("Parts"))
        self.parts.setProperty("menu", True)
        self.epoch = QPushButton(self.tr("Epoch"))
        self.stop = QPushButton(self.tr("Stop"))
        self.reset = QPushButton(self.tr("Reset"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMinimumWidth(40)
        self.progress.setMaximumWidth(200)
        self.progress.setAccessibleName(self.tr("Progress of the run"))
        self.figures = ElidedLabel(FIGURES_WIDTH)
        self.figures.setProperty("muted", True)
        self.device = QComboBox()
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.device.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.device.addItem(self.tr("Device: auto"), "auto")
        self.device.setToolTip(self.tr("Where training runs. auto: a GPU if there is one, else the processor."))
        self.device.activated.connect(lambda: self.device_chosen.emit(self.device.currentData()))
        self.export = QPushButton(self.tr("Export"))
        self.export.setProperty("menu", True)
        self._lay_out()

    def use_actions(self, table: ActionTable) -> None:
        """Let the buttons do what the actions of their names do."""
        for name in ("run", "back", "step", "epoch", "stop", "reset"):
            getattr(self, name).clicked.connect(table[name].trigger)
        menu = QMenu(self.parts)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(table.refresh)
        for name in ("forward", "backward", "update", "example"):
            menu.addAction(table[name])
        self.parts.setMenu(menu)

    def show_title(self, name: str, dirty: bool) -> None:
        """Show the document's name, and whether it has unsaved changes."""
        self.title.show_text(name)
        self.edited.setVisible(dirty)

    def show_devices(self, names: list[str]) -> None:
        """Offer the devices of this machine."""
        chosen = self.device.currentData()
        self.device.clear()
        self.device.addItem(self.tr("Device: auto ({0})").format(_device_title(names[0])), "auto")
        for name in names:
            self.device.addItem(_device_title(name), name)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))

    def show_state(self, state: str, busy: bool, can_go_back: bool) -> None:
        """Make the first button run, pause or go on, and enable what is possible."""
        text = self.tr("Pause") if busy else self.tr("Resume") if state == "paused" else self.tr("Run")
        self.run.setText(text)
        self.stop.setEnabled(state in ("running", "preparing", "paused"))
        self.reset.setEnabled(state != "idle")
        self.back.setEnabled(can_go_back)
        for button in (self.step, self.parts, self.epoch):
            button.setEnabled(not busy)

    def show_progress(
        self,
        step: int,
        total: int,
        epoch: int,
        epochs: int,
        speed: float,
        left: float | None,
        state: str,
        position: Position | None = None,
    ) -> None:
        """Show how far a run is, and where within a step it rests."""
        self.progress.setMaximum(max(1, total))
        self.progress.setValue(step)
        # Room is kept while a run shows its figures, so that the row does not move from step to step.
        self.figures.setMinimumWidth(0 if state == "idle" else LEAST_FIGURES)
        if state == "idle":
            self.figures.show_text("")
            return
        parts = [self.tr("epoch {0} of {1}").format(min(epoch + 1, epochs) if state == "running" else epoch, epochs)]
        if state == "running" and speed > 0:
            parts.append(self.tr("{0} steps/s").format(f"{speed:,.0f}" if speed >= 10 else scientific(speed)))
            if left is not None:
                parts.append(self.tr("{0} left").format(duration(left)))
        elif state == "paused" and position is not None:
            if position.phase == "ready" and position.example == 0:
                parts.append(self.tr("paused after step {0}").format(position.step))
            else:
                parts = [self._place(position)]
        elif state in STATE_TEXTS:
            parts.append(self.tr(STATE_TEXTS[state]))
        self.figures.show_text(" · ".join(parts))

    def _place(self, position: Position) -> str:
        """Where within a step the run rests; without the epoch, for there is little room."""
        done = {"ready": "", "forward": self.tr("forward done"), "backward": self.tr("backward done")}[position.phase]
        example = self.tr("example {0}/{1}").format(position.example + 1, len(position.examples))
        place = ", ".join(part for part in (done, example if position.example else "") if part)
        return self.tr("step {0}: {1}").format(position.step + 1, place)

    def _lay_out(self) -> None:
        for button, meaning in (
            (self.run, self.tr("Train the network (Ctrl+R)")),
            (self.back, self.tr("Undo the last step: weights and optimizer are exactly what they were (Shift+F10)")),
            (self.step, self.tr("Train on one minibatch, then pause (F10)")),
            (self.parts, self.tr("Parts of a step: forward, backward, update; or one example after the other")),
            (self.epoch, self.tr("Train to the end of the epoch, then pause (F11)")),
            (self.stop, self.tr("End the run; what was learned stays")),
            (self.reset, self.tr("Forget what was learned in this run")),
            (self.export, self.tr("Write the network as ONNX, PyTorch source or a picture")),
        ):
            button.setToolTip(meaning)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addSpacing(4)
        layout.addWidget(self.edited)
        layout.addStretch(2)
        for widget in (self.run, self.back, self.step, self.parts, self.epoch, self.stop, self.reset):
            layout.addWidget(widget)
        layout.addSpacing(10)
        layout.addWidget(self.progress, 1)
        layout.addSpacing(6)
        layout.addWidget(self.figures)
        layout.addStretch(2)
        layout.addWidget(self.device)
        layout.addWidget(self.export)


def duration(seconds: float) -> str:
    """Write a time: 9 s, 3 min, 2 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _device_title(name: str) -> str:
    kind, _, number = name.partition(":")
    return {"cuda": f"GPU · CUDA {number}", "mps": "GPU · Apple", "cpu": "CPU"}.get(kind, name)
