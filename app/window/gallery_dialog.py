"""The examples, each with what a person will see."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.training.gallery import Example, gallery


class GalleryDialog(QDialog):
    """A list by topics on the left, the chosen example's description on the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Examples"))
        self.resize(760, 560)
        self.examples: list[Example] = gallery()
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Examples"))
        self._fill()
        self.list.currentItemChanged.connect(self._describe)
        self.list.itemActivated.connect(lambda _: self.accept())
        self.title = QLabel()
        self.title.setProperty("heading", True)
        self.title.setWordWrap(True)
        self.description = QLabel()
        self.description.setWordWrap(True)
        self.description.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        text = QVBoxLayout()
        text.addWidget(self.title)
        text.addWidget(self.description, 1)
        columns = QHBoxLayout()
        columns.addWidget(self.list, 4)
        columns.addSpacing(16)
        columns.addLayout(text, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addLayout(columns)
        layout.addWidget(buttons)
        self.list.setCurrentRow(1)  # The first is the heading of a topic.

    def _fill(self) -> None:
        """The examples, under the headings of their topics, which cannot be chosen."""
        topic = None
        for example in self.examples:
            if example.topic != topic:
                topic = example.topic
                heading = QListWidgetItem(topic)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                font = heading.font()
                font.setBold(True)
                heading.setFont(font)
                self.list.addItem(heading)
            item = QListWidgetItem(example.title)
            item.setData(Qt.ItemDataRole.UserRole, example)
            self.list.addItem(item)

    @property
    def chosen(self) -> Example:
        """The example that is marked."""
        example = self.list.currentItem().data(Qt.ItemDataRole.UserRole)
        assert isinstance(example, Example)
        return example

    def _describe(self) -> None:
        self.title.setText(self.chosen.title)
        self.description.setText(self.chosen.description)
