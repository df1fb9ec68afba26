"""A small picture of an example's drawing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from app.canvas.render import drawing_of, picture_image
from app.theme import Theme
from app.training.gallery import Example
from graph_model import DocumentError, load_document

WIDTH, HEIGHT = 440, 210
WAIT_MS = 80
"""So long an example must be marked until it is drawn: who walks through the list by keys waits for none."""


class ExamplePicture(QLabel):
    """Shows the last example that was asked for. `with_shapes`: whether shapes may be inferred, for which PyTorch must
    be there."""

    def __init__(self, theme: Theme, with_shapes: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme, self.with_shapes = theme, with_shapes
        self.example: Example | None = None
        self.setFixedSize(WIDTH, HEIGHT)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(self.tr("Picture of the drawing"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._draw)

    def show_example(self, example: Example | None) -> None:
        """Draw an example soon; nothing for None."""
        self.example = example
        self.clear()
        self._timer.start()

    def _draw(self) -> None:
        if self.example is None:
            return
        try:
            document = load_document(self.example.file)
        except DocumentError as error:
            self.setText(str(error))
            return
        ratio = self.devicePixelRatio()
        size = QSize(round(WIDTH * ratio), round(HEIGHT * ratio))
        image = picture_image(drawing_of(document, self.theme, self.with_shapes), size)
        image.setDevicePixelRatio(ratio)
        self.setPixmap(QPixmap.fromImage(image))
