"""The inspector's page for one node, or for several."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.inspector.about import AboutLayer
from app.inspector.form import ParameterForm
from app.inspector.labels import label, shape_text
from app.session import EditorSession
from app.session.trained import start_anew, trained_names
from graph_model import EditError, Kind, Node
from graph_model.blocks.naming import renaming
from graph_model.typed_values import current_bias, set_parameters


class NodePage(QWidget):
    """Name, parameters, shape and documentation of a node; for several, the parameters that they share."""

    def __init__(
        self, session: EditorSession, node_ids: tuple[str, ...], about_open: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.node_ids = node_ids
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.name.editingFinished.connect(self._rename)
        self.reason = label("problem", wrap=True)
        self.kind_text = label("muted", wrap=True)
        self.form = ParameterForm(_shared_parameters([self._kind(node_id) for node_id in node_ids]))
        self.form.entered.connect(self._set)
        self.shape = label(wrap=True)
        self.lengths = label("muted", wrap=True)
        self.count = label("muted")
        self.trained = label("muted", wrap=True)
        self.trained.setText(self.tr("starts from trained weights"))
        self.anew = QPushButton(self.tr("Start anew"))
        self.anew.setToolTip(self.tr("Forget what was learned: it starts as the drawing says"))
        self.anew.clicked.connect(self._start_anew)
        self.now = label(wrap=True)
        self.about = AboutLayer(about_open)
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
            self.kind_text.setText(f"{kind.name}: {kind.formula}" if kind.formula else kind.name)
            self.about.show_kind(graph.declaration(nodes[0]), self._shapes(nodes[0]))
        else:
            self.kind_text.setText(self.tr("{0} nodes selected").format(len(nodes)))
        values = [self._values(node) for node in nodes]
        self.form.show_values(
            values[0], {name for name in values[0] if any(other.get(name) != values[0][name] for other in values)}
        )
        self._show_shape(single)
        has_learned = bool(trained_names(self.session))
        self.trained.setVisible(has_learned)
        self.anew.setVisible(has_learned)

    def _values(self, node: Node) -> dict[str, Any]:
        """A node's parameters; a bias as training left it."""
        bias = current_bias(self.session.level, node)
        return {**node.parameters, **({} if bias is None else {"bias": float(f"{bias:.7g}")})}

    def show_now(self, text: str) -> None:
        """Show what is measured at this layer."""
        self.now.setText(text)
        self.now.setVisible(bool(text))
        self.sections["now"].setVisible(bool(text))

    def _show_shape(self, single: bool) -> None:
        self.sections["shape"].setVisible(single)
        self.shape.setVisible(single)
        self.about.setVisible(single)
        total = sum(self.session.parameter_counts.get(node_id, 0) for node_id in self.node_ids)
        self.count.setText(self.tr("{0} parameters").format(f"{total:,}"))
        self.count.setVisible(total > 0)
        if not single:
            self.lengths.hide()
            return
        node_id = self.node_ids[0]
        sources = [self.session.shapes.get((wire.source, wire.output)) for wire in self.session.graph.incoming(node_id)]
        incoming = ", ".join(dict.fromkeys(shape_text(shape) for shape in sources if shape)) or "?"
        outgoing = self.session.shapes.get((node_id, 0))
        has_input = bool(self._kind(node_id).inputs)
        given = shape_text(outgoing) if outgoing else "?"
        self.shape.setText(f"{incoming} → {given}" if has_input else given)
        self._show_lengths(node_id)
        fused = self.session.live_check.runs_as(f"{self.session.level.path}{node_id}")
        if fused:
            text = self.tr("{0}\nIt computes what {1} does, and runs as fast.")
            self.shape.setText(text.format(self.shape.text(), fused))

    def _show_lengths(self, node_id: str) -> None:
        said = self.session.live_check.input_lengths(f"{self.session.level.path}{node_id}")
        self.lengths.setText("\n".join(said))
        self.lengths.setVisible(bool(said))

    def _shapes(self, node: Node) -> dict[str, str]:
        """What flows at the node's ports: "in <port>" or "out <port>" -> shape."""
        graph, shapes = self.session.graph, self.session.shapes
        declared = graph.declaration(node)
        flowing: dict[str, list[str]] = {}
        for wire in graph.incoming(node):
            shape = shapes.get((wire.source, wire.output))
            if shape:
                flowing.setdefault(f"in {declared.inputs[wire.input].name}", []).append(shape_text(shape))
        for number, port in enumerate(declared.outputs):
            shape = shapes.get((node.id, number))
            if shape:
                flowing[f"out {port.name}"] = [shape_text(shape)]
        return {port: ", ".join(dict.fromkeys(texts)) for port, texts in flowing.items()}

    def _set(self, name: str, value: Any) -> None:
        try:
            edit = set_parameters(self.session.level, self.node_ids, {name: value})
            self.session.apply(edit, self.tr("Change {0}").format(name))
        except EditError as error:
            self.form.fields[name].refuse(str(error))

    def _start_anew(self) -> None:
        try:
            start_anew(self.session)
        except EditError as error:
            self._refuse(str(error))

    def _rename(self) -> None:
        if not self.name.isModified():
            return
        self.name.setModified(False)
        try:
            edit = renaming(self.session.graph, self.node_ids[0], self.name.text())
            self.session.apply(edit, self.tr("Rename"))
        except EditError as error:
            self._refuse(str(error))

    def _refuse(self, reason: str | None) -> None:
        self.reason.setText(reason or "")
        self.reason.setVisible(bool(reason))

    def _kind(self, node_id: str) -> Kind:
        return self.session.graph.kind_of(node_id)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.name)
        layout.addWidget(self.reason)
        layout.addWidget(self.kind_text)
        layout.addWidget(self.form)
        for key, title, widgets in (
            ("shape", self.tr("Shape"), (self.shape, self.lengths, self.count, self.trained, self.anew)),
            ("now", self.tr("This layer, now"), (self.now,)),
        ):
            heading = label("section")
            heading.setText(title)
            self.sections[key] = heading
            layout.addSpacing(6)
            layout.addWidget(heading)
            for widget in widgets:
                layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(self.about)
        self.show_now("")
        layout.addStretch(1)


def _shared_parameters(declared: list[Kind]) -> dict[str, Any]:
    """Parameters that all kinds declare alike."""
    first, *others = declared
    return {
        name: parameter
        for name, parameter in first.parameters.items()
        if all(type(other.parameters.get(name)) is type(parameter) for other in others)
    }
