"""The inspector's page for one node, or for several."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.inspector.form import ParameterForm
from app.session import EditorSession
from graph_model import EditError, Kind, kinds
from graph_model.edits import Rename, Sequence, SetParameters


class NodePage(QWidget):
    """Name, parameters, shape and documentation of a node; for several, the parameters that they share."""

    def __init__(self, session: EditorSession, node_ids: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.node_ids = node_ids
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.name.editingFinished.connect(self._rename)
        self.reason = _label("problem", wrap=True)
        self.kind_text = _label("muted", wrap=True)
        self.form = ParameterForm(_shared_parameters([self._kind(node_id) for node_id in node_ids]))
        self.form.entered.connect(self._set)
        self.shape = _label(wrap=True)
        self.count = _label("muted")
        self.now = _label(wrap=True)
        self.documentation = _label("muted", wrap=True)
        self.sections: dict[str, QLabel] = {}
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Show what the nodes are now."""
        graph = self.session.graph
        nodes = [graph.node(node_id) for node_id in self.node_ids if graph.has_node(node_id)]
        if not nodes:
            return
        single = len(nodes) == 1
        self.name.setVisible(single)
        self._refuse(None)
        if single:
            kind = self._kind(nodes[0].id)
            if not self.name.hasFocus() or not self.name.isModified():
                self.name.setText(nodes[0].name)
            self.kind_text.setText(f"{kind.name}: {kind.formula}")
            self.documentation.setText(kind.documentation + (f"\n\nSource: {kind.source}." if kind.source else ""))
        else:
            self.kind_text.setText(self.tr("{0} nodes selected").format(len(nodes)))
        self.form.show_values(nodes[0].parameters)
        self._show_shape(single)

    def show_now(self, text: str) -> None:
        """Show what is measured at this layer."""
        self.now.setText(text)
        self.now.setVisible(bool(text))
        self.sections["now"].setVisible(bool(text))

    def _show_shape(self, single: bool) -> None:
        self.sections["shape"].setVisible(single)
        self.shape.setVisible(single)
        self.sections["documentation"].setVisible(single)
        total = sum(self.session.parameter_counts.get(node_id, 0) for node_id in self.node_ids)
        self.count.setText(self.tr("{0} parameters").format(f"{total:,}"))
        self.count.setVisible(total > 0)
        if not single:
            return
        node_id = self.node_ids[0]
        sources = [self.session.shapes.get((wire.source, wire.output)) for wire in self.session.graph.incoming(node_id)]
        incoming = ", ".join(dict.fromkeys(_shape_text(shape) for shape in sources if shape)) or "?"
        outgoing = self.session.shapes.get((node_id, 0))
        has_input = bool(self._kind(node_id).inputs)
        given = _shape_text(outgoing) if outgoing else "?"
        self.shape.setText(f"{incoming} → {given}" if has_input else given)

    def _set(self, name: str, value: Any) -> None:
        edits = [SetParameters(node_id, {name: value}) for node_id in self.node_ids]
        edit = edits[0] if len(edits) == 1 else Sequence(tuple(edits))
        try:
            self.session.apply(edit, self.tr("Change {0}").format(name))
        except EditError as error:
            self.form.fields[name].refuse(str(error))

    def _rename(self) -> None:
        if not self.name.isModified():
            return
        self.name.setModified(False)
        try:
            self.session.apply(Rename(self.node_ids[0], self.name.text()), self.tr("Rename"))
        except EditError as error:
            self._refuse(str(error))

    def _refuse(self, reason: str | None) -> None:
        self.reason.setText(reason or "")
        self.reason.setVisible(bool(reason))

    def _kind(self, node_id: str) -> Kind:
        return kinds()[self.session.graph.node(node_id).kind]

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.name)
        layout.addWidget(self.reason)
        layout.addWidget(self.kind_text)
        layout.addWidget(self.form)
        for key, title, widgets in (
            ("shape", self.tr("Shape"), (self.shape, self.count)),
            ("now", self.tr("This layer, now"), (self.now,)),
            ("documentation", self.tr("What it does"), (self.documentation,)),
        ):
            heading = _label("section")
            heading.setText(title)
            self.sections[key] = heading
            layout.addSpacing(6)
            layout.addWidget(heading)
            for widget in widgets:
                layout.addWidget(widget)
        self.show_now("")
        layout.addStretch(1)


class WirePage(QWidget):
    """The inspector's page for a wire: what flows on it, and on a wire to a neuron its weight and element."""

    def __init__(self, session: EditorSession, wire_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from app.inspector.fields import TextField
        from graph_model.edits import SetWire
        from graph_model.parameters import Integer, Real

        self.session = session
        self.wire_id = wire_id
        self.title = _label("heading", wrap=True)
        self.shape = _label(wrap=True)
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
        self.shape.setText(self.tr("carries {0}").format(_shape_text(shape)) if shape else "")
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


def _shared_parameters(declared: list[Kind]) -> dict[str, Any]:
    """Parameters that all kinds declare alike."""
    first, *others = declared
    return {
        name: parameter
        for name, parameter in first.parameters.items()
        if all(type(other.parameters.get(name)) is type(parameter) for other in others)
    }


def _shape_text(shape: tuple[Any, ...] | None) -> str:
    return "?" if shape is None else "(" + ", ".join(str(axis) for axis in shape) + ")"


def _label(style: str | None = None, wrap: bool = False) -> QLabel:
    label = QLabel()
    label.setWordWrap(wrap)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if style:
        label.setProperty(style, True)
    return label
