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
    """A list on the left, the chosen example's description on the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Examples"))
        self.resize(760, 440)
        self.examples: list[Example] = gallery()
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Examples"))
        for example in self.examples:
            self.list.addItem(QListWidgetItem(example.title))
        self.list.currentRowChanged.connect(self._describe)
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
        self.list.setCurrentRow(0)

    @property
    def chosen(self) -> Example:
        """The example that is marked."""
        return self.examples[self.list.currentRow()]

    def _describe(self, row: int) -> None:
        self.title.setText(self.examples[row].title)
        self.description.setText(self.examples[row].description)
