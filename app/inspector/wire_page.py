"""The inspector's page for a wire."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from app.inspector.fields import TextField
from app.inspector.labels import label, shape_text
from app.session import EditorSession
from graph_model import EditError
from graph_model.edits import SetWire
from graph_model.parameters import Integer, Real


class WirePage(QWidget):
    """The inspector's page for a wire: what flows on it, and on a wire to a neuron its weight and element."""

    def __init__(self, session: EditorSession, wire_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.wire_id = wire_id
        self.title = label("heading", wrap=True)
        self.shape = label(wrap=True)
        self.fields = {
            "weight": TextField(
                Real(name="weight", optional=True, meaning=self.tr("The weight w at the start; empty: random."))
            ),
            "element": TextField(
                Integer(
                    name="element",
                    optional=True,
                    minimum=0,
                    meaning=self.tr("Which number of the vector it carries, from 0; empty: all."),
                )
            ),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(self.title)
        layout.addWidget(self.shape)
        self.form = QFormLayout()
        for name, field in self.fields.items():
            self.form.addRow(name, field)
            field.entered.connect(lambda value, name=name: self._apply(SetWire(wire_id, **{name: value}), name))
        layout.addLayout(self.form)
        layout.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Show what the wire is now."""
        graph = self.session.graph
        if not graph.has_wire(self.wire_id):
            return
        wire = graph.wire(self.wire_id)
        source, target = graph.node(wire.source), graph.node(wire.target)
        self.title.setText(f"{source.name} → {target.name}")
        shape = self.session.shapes.get((wire.source, wire.output))
        self.shape.setText(self.tr("carries {0}").format(shape_text(shape)) if shape else "")
        weighs = graph.kind_of(target).weighs_wires
        for name, field in self.fields.items():
            value = getattr(wire, name)
            self.form.setRowVisible(field, weighs)
            field.show_value(list(value) if isinstance(value, tuple) else value)

    def _apply(self, edit: Any, name: str) -> None:
        try:
            self.session.apply(edit, self.tr("Change {0}").format(name))
        except EditError as error:
            self.fields[name].refuse(str(error))
