"""The examples, each with its drawing and what a person will see."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.theme import Theme, light_theme
from app.training.gallery import Example, gallery
from app.window.example_list import ExampleList
from app.window.example_picture import ExamplePicture

LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class GalleryDialog(QDialog):
    """Search and a list by topics on the left; the chosen example's drawing and description on the right.

    `theme`: in whose colours it is drawn. `with_shapes`: whether PyTorch is there, so that layers are drawn as large as
    they are.
    """

    def __init__(self, parent: QWidget, theme: Theme | None = None, with_shapes: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Examples"))
        self.resize(900, 600)
        self.examples: list[Example] = gallery()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search examples, e.g. LSTM"))
        self.search.setAccessibleName(self.tr("Search examples"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.list = ExampleList(self.examples)
        self.picture = ExamplePicture(theme or light_theme(), with_shapes)
        self.title = QLabel()
        self.title.setProperty("heading", True)
        self.title.setWordWrap(True)
        self.topic = QLabel()
        self.topic.setProperty("muted", True)
        self.description = QLabel()
        self.description.setWordWrap(True)
        self.description.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.description.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self.search.textChanged.connect(self.list.search)
        self.list.currentItemChanged.connect(self._describe)
        self.list.itemActivated.connect(lambda _: self.accept())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)
        self.list.search("")
        self.search.setFocus()

    @property
    def chosen(self) -> Example:
        """The example that is marked."""
        example = self.list.chosen
        assert example is not None
        return example

    def accept(self) -> None:
        """Open what is marked; nothing while nothing is."""
        if self.list.chosen is not None:
            super().accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that walk through the list do so from the search field too."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in LIST_KEYS:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _describe(self) -> None:
        example = self.list.chosen
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(example is not None)
        self.picture.show_example(example)
        self.title.setText(example.title if example else self.tr("No example speaks of this"))
        self.topic.setText(example.topic if example else "")
        self.description.setText(example.description if example else self.tr("Search for fewer or other words."))

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scrolled.setWidget(self.description)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self.picture)
        right.addSpacing(6)
        right.addWidget(self.title)
        right.addWidget(self.topic)
        right.addWidget(scrolled, 1)
        columns = QHBoxLayout()
        columns.addLayout(left, 1)
        columns.addSpacing(16)
        columns.addLayout(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addLayout(columns)
        layout.addWidget(self.buttons)
