"""The inspector's page inside a block while nothing is selected: what the block is called, and what its places set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.inspector.labels import label
from app.session import EditorSession
from graph_model import EditError
from graph_model.blocks import Definition, Lifted, SetDefinition


class BlockPage(QWidget):
    """Name, colour, description and lifted parameters of the definition that is open."""

    def __init__(self, session: EditorSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.name, self.colour = QLineEdit(), QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the block"))
        self.colour.setAccessibleName(self.tr("Colour of the block"))
        self.colour.setPlaceholderText(self.tr("the colour of all blocks; or like #e8590c"))
        self.reason = label("problem", wrap=True)
        self.places = label("muted", wrap=True)
        self.description = QPlainTextEdit()
        self.description.setPlaceholderText(self.tr("What this block does"))
        self.description.setMinimumHeight(110)
        self.description.setTabChangesFocus(True)
        self.lifted = QVBoxLayout()
        self.name.editingFinished.connect(lambda: self._set_line(self.name, "name"))
        self.colour.editingFinished.connect(lambda: self._set_line(self.colour, "colour"))
        self.description.textChanged.connect(self._describe)
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Show what the definition is now."""
        definition = self._definition()
        if definition is None:
            return
        count = len(self.session.graph.definitions.places(definition.id))
        self.places.setText(self.tr("placed once") if count == 1 else self.tr("placed {0} times").format(count))
        for line, value in ((self.name, definition.name), (self.colour, definition.colour)):
            if not line.isModified():
                line.setText(value)
        if self.description.toPlainText() != definition.description:
            blocked = self.description.blockSignals(True)
            self.description.setPlainText(definition.description)
            self.description.blockSignals(blocked)
        self._show_lifted(definition)

    def _show_lifted(self, definition: Definition) -> None:
        while (item := self.lifted.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        body = self.session.graph
        for entry in definition.lifted:
            if body.has_node(entry.node):
                self.lifted.addWidget(self._row(entry, body.node(entry.node).name))
        if not definition.lifted:
            hint = label("muted", wrap=True)
            hint.setText(self.tr("None yet: select a node in the block, then Blocks, Lift a parameter."))
            self.lifted.addWidget(hint)

    def _row(self, entry: Lifted, node: str) -> QWidget:
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(0, 0, 0, 0)
        text = QLabel(self.tr("{0}: {1} of '{2}'").format(entry.name, entry.parameter, node))
        text.setWordWrap(True)
        lower = QPushButton(self.tr("Remove"))
        lower.setAccessibleName(self.tr("Remove {0}").format(entry.name))
        lower.clicked.connect(lambda: self._remove(entry))
        inside.addWidget(text, 1)
        inside.addWidget(lower)
        return row

    def _remove(self, entry: Lifted) -> None:
        definition = self._definition()
        if definition is not None:
            left = tuple(other for other in definition.lifted if other != entry)
            self._apply(replace(definition, lifted=left), self.tr("Remove {0}").format(entry.name))

    def _set_line(self, line: QLineEdit, what: str) -> None:
        definition = self._definition()
        if definition is not None and line.isModified():
            line.setModified(False)
            changed: dict[str, Any] = {what: line.text().strip()}
            self._apply(replace(definition, **changed), self.tr("Change {0} of block").format(what))

    def _describe(self) -> None:
        definition = self._definition()
        if definition is not None:
            changed = replace(definition, description=self.description.toPlainText())
            self._apply(changed, self.tr("Change description"), f"description of {definition.id}")

    def _apply(self, definition: Definition, text: str, merge_id: str | None = None) -> None:
        self.reason.hide()
        try:
            self.session.apply_whole(SetDefinition(definition), text, merge_id)
        except EditError as error:
            self.reason.setText(str(error))
            self.reason.show()

    def _definition(self) -> Definition | None:
        identifier = self.session.level.definition_id
        return None if identifier is None else self.session.graph.definitions.definition(identifier)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for widget in (self.name, self.reason, self.places, self.description):
            layout.addWidget(widget)
        for title, part in ((self.tr("Colour"), self.colour), (self.tr("Parameters of its places"), self.lifted)):
            heading = label("section")
            heading.setText(title)
            layout.addSpacing(6)
            layout.addWidget(heading)
            if isinstance(part, QVBoxLayout):
                layout.addLayout(part)
            else:
                layout.addWidget(part)
        layout.addStretch(1)
        self.reason.hide()
