"""The command search: type a few letters, press Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.actions.table import ActionTable


class CommandSearch(QDialog):
    """Lists the actions that match what is typed, with their shortcuts; an empty search lists all."""

    def __init__(self, table: ActionTable, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Find a command"))
        self.resize(520, 420)
        self.table = table
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("What do you want to do?"))
        self.field.setAccessibleName(self.tr("Command"))
        self.field.textChanged.connect(self._list)
        self.field.installEventFilter(self)
        self.results = QListWidget()
        self.results.itemActivated.connect(self._trigger)
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.results)
        self._list("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter act on the list while the field has the focus."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if key == Qt.Key.Key_Down else -1
                row = max(0, min(self.results.count() - 1, self.results.currentRow() + step))
                self.results.setCurrentRow(row)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self.results.currentItem()
                if item is not None:
                    self._trigger(item)
                return True
        return super().eventFilter(watched, event)

    def _list(self, text: str) -> None:
        self.results.clear()
        wanted = text.casefold().split()
        for identifier, spec in self.table.specs.items():
            title = spec.text.replace("&", "")
            searched = f"{spec.menu} {title} {spec.meaning}".casefold()
            if not all(word in searched for word in wanted):
                continue
            action = self.table[identifier]
            keys = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
            item = QListWidgetItem(f"{spec.menu}: {title}" + (f"      {keys}" if keys else ""))
            item.setData(Qt.ItemDataRole.UserRole, identifier)
            if not action.isEnabled():
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.results.addItem(item)
        self.results.setCurrentRow(0)

    def _trigger(self, item: QListWidgetItem) -> None:
        identifier = item.data(Qt.ItemDataRole.UserRole)
        self.accept()
        self.table[identifier].trigger()
