"""The inspector's page for a wire, or for several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QFormLayout, QVBoxLayout, QWidget

from app.inspector.fields import BooleanField, Field, TextField
from app.inspector.labels import label, shape_text
from app.session import EditorSession
from app.session.carried import carried
from graph_model import EditError, Wire
from graph_model.edits import Edit, Sequence, SetWire
from graph_model.parameters import Boolean, Integer, Real, Text
from graph_model.typed_values import current_weight, set_weight, tie_wires
from graph_model.weight_text import read_weight, write_weight


class WeightField(TextField):
    """A line with a weight, or with one for each element of a vector. `count`: how many numbers the wire carries."""

    count: int | None = 1

    def written(self, value: Any) -> str:
        """A weight as it stands in the line."""
        return write_weight(value)

    def _finished(self) -> None:
        text = self.editor.text()  # type: ignore[attr-defined]
        if text == self._last:
            self.refuse(None)
            return
        try:
            weight = read_weight(text, self.count)
        except EditError as error:
            self.refuse(str(error))
            return
        self.refuse(None)
        self.entered.emit(weight)


class WirePage(QWidget):
    """What flows on a wire, and on wires to neurons their weight, element, tie, and whether training changes them."""

    def __init__(self, session: EditorSession, wire_ids: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.wire_ids = tuple(wire_ids)
        self.title = label("heading", wrap=True)
        self.shape = label(wrap=True)
        self.fields = self._make_fields()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(self.title)
        layout.addWidget(self.shape)
        self.form = QFormLayout()
        for name, field in self.fields.items():
            self.form.addRow(name, field)
            field.entered.connect(lambda value, name=name: self._apply(name, value))
        layout.addLayout(self.form)
        self.now_title, self.now = label("section"), label(wrap=True)
        self.now_title.setText(self.tr("This wire, now"))
        layout.addSpacing(6)
        layout.addWidget(self.now_title)
        layout.addWidget(self.now)
        layout.addStretch(1)
        self.show_now("")
        self.refresh()

    def refresh(self) -> None:
        """Show what the wires are now."""
        wires = self._wires()
        if not wires:
            return
        graph, first = self.session.graph, wires[0]
        kinds = [graph.kind_of(wire.target) for wire in wires]
        weigh, pick = all(kind.weighs_wires for kind in kinds), all(kind.picks_elements for kind in kinds)
        shape = self.session.shapes.get((first.source, first.output))
        if len(wires) == 1:
            self.title.setText(f"{graph.node(first.source).name} → {graph.node(first.target).name}")
            self.shape.setText(self.tr("carries {0}").format(shape_text(shape)) if shape else "")
        else:
            self.title.setText(self.tr("{0} wires selected").format(len(wires)))
            self.shape.setText("" if weigh else self.tr("Only wires to neurons carry weights."))
        for name, field in self.fields.items():
            self.form.setRowVisible(field, weigh or (name == "element" and pick))
        self._show(wires)

    def show_now(self, text: str) -> None:
        """Show what is measured on this wire."""
        self.now.setText(text)
        self.now.setVisible(bool(text))
        self.now_title.setVisible(bool(text))

    def _show(self, wires: list[Wire]) -> None:
        counts = {carried(self.session, wire) for wire in wires}
        weight = self.fields["weight"]
        assert isinstance(weight, WeightField)
        weight.count = counts.pop() if len(counts) == 1 else 1
        for name, field in self.fields.items():
            values = [self._value(wire, name) for wire in wires]
            if all(value == values[0] for value in values):
                field.show_value(values[0])
            else:
                field.show_different()
        completer = self.fields["tie"].editor.completer()  # type: ignore[attr-defined]
        completer.model().setStringList(sorted(self.session.graph.ties()))

    def _value(self, wire: Wire, name: str) -> Any:
        if name != "weight":
            return getattr(wire, name)
        weight = current_weight(self.session.level, wire)
        return tuple(weight.tolist()) if hasattr(weight, "tolist") else weight

    def _wires(self) -> list[Wire]:
        graph = self.session.graph
        return [graph.wire(identifier) for identifier in self.wire_ids if graph.has_wire(identifier)]

    def _apply(self, name: str, value: Any) -> None:
        drawn, chosen = self.session.level, [wire.id for wire in self._wires()]
        try:
            if name == "weight":
                edit: Any = set_weight(drawn.graph, chosen, value)
            elif name == "tie":
                edit = tie_wires(drawn, chosen, value)
            else:
                edits: list[Edit] = [SetWire(identifier, **{name: value}) for identifier in chosen]
                edit = edits[0] if len(edits) == 1 else Sequence(tuple(edits))
            self.session.apply(edit, self.tr("Change {0}").format(name))
        except EditError as error:
            self.fields[name].refuse(str(error))

    def _make_fields(self) -> dict[str, Field]:
        tie = TextField(
            Text(name="tie", optional=True, meaning=self.tr("Wires with the same label here share one weight."))
        )
        completer = QCompleter([], tie)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        tie.editor.setCompleter(completer)  # type: ignore[attr-defined]
        weight = WeightField(
            Real(
                name="weight",
                optional=True,
                meaning=self.tr("The weight w, in the place of what training left; empty: a random start."),
            )
        )
        weight.empty_text = self.tr("random")
        element = TextField(
            Integer(
                name="element",
                optional=True,
                minimum=0,
                meaning=self.tr("Which number of the source it carries, from 0, as if laid flat; empty: all."),
            )
        )
        element.empty_text = self.tr("all")
        return {
            "weight": weight,
            "element": element,
            "trainable": BooleanField(
                Boolean(name="trainable", default=True, meaning=self.tr("Whether training changes the weight."))
            ),
            "tie": tie,
        }
