"""What all panels that show a recording have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.theme import Theme, ThemeSource
from app.training.recording import Recording


class RecordingPanel(QWidget):
    """A sentence until there is something to show, then the content. Draws only what is new, and only while visible.

    A panel writes its `invitation`, calls `show_content` with its widget, and says in `draw` how a recording is drawn,
    in `restyle` how a theme is put on, and in `shown_state` what besides recording and theme makes it draw anew.
    """

    def __init__(self, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme_source = theme_source
        self.recording: Recording | None = None
        self._seen: tuple[object, ...] = ()
        self.invitation = QLabel()
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation.setProperty("muted", True)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.invitation)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 4)
        layout.addWidget(self.pages)
        theme_source.changed.connect(self._change_theme)

    def show_content(self, content: QWidget) -> None:
        """Take the widget that is shown once there is a recording."""
        self.pages.addWidget(content)
        self._change_theme(self.theme_source.theme)

    def set_recording(self, recording: Recording | None) -> None:
        """Show another recording, or none."""
        self.recording = recording
        self._seen = ()
        self.refresh()

    def refresh(self) -> None:
        """Draw what is new; to be called when the recording may have grown."""
        count = self.recording.row_count() if self.recording is not None else 0
        taken_back = self.recording.times_taken_back() if self.recording is not None else 0
        seen = (count, taken_back, self.theme_source.theme.name, self.shown_state())
        if seen == self._seen or not self.isVisible():
            return
        self._seen = seen
        self.pages.setCurrentIndex(1 if count else 0)
        if self.recording is not None and count:
            self.draw(self.recording, count)

    def shown_state(self) -> object:
        """What is shown besides the recording: when it differs, the panel is drawn anew."""
        return None

    def draw(self, recording: Recording, count: int) -> None:
        """Draw a recording of so many rows (at least one)."""
        raise NotImplementedError

    def restyle(self, theme: Theme) -> None:
        """Put a theme on."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._seen = ()
        self.refresh()

    def _change_theme(self, theme: Theme) -> None:
        self.restyle(theme)
        self._seen = ()
        self.refresh()
