"""The line at the bottom: counts, shapes, accuracy, problems."""

from __future__ import annotations

import numpy
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar

from app.panels.problems_panel import ProblemsPanel
from app.session import EditorSession
from app.window.run_control import RunControl
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT


class StatusLine(QObject):
    """Keeps the status bar up to date."""

    problems_requested = Signal()

    def __init__(self, session: EditorSession, control: RunControl, panel: ProblemsPanel, bar: QStatusBar) -> None:
        super().__init__(bar)
        self.panel = panel
        self.session = session
        self.control = control
        self.counts = QLabel()
        self.parameters = QLabel()
        self.shapes = QLabel()
        self.accuracy = QLabel()
        self.problems = QPushButton()
        self.problems.setProperty("quiet", True)
        self.problems.setCursor(Qt.CursorShape.PointingHandCursor)
        self.problems.clicked.connect(self.problems_requested)
        for label in (self.counts, self.parameters, self.shapes):
            label.setContentsMargins(8, 0, 8, 0)
            bar.addWidget(label)
        bar.addPermanentWidget(self.accuracy)
        bar.addPermanentWidget(self.problems)
        bar.setSizeGripEnabled(False)
        session.edited.connect(lambda _: self.refresh())
        session.checked.connect(self.refresh)
        panel.listed.connect(self.refresh)
        session.level_changed.connect(self.refresh)
        session.document_replaced.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what the drawing is now."""
        network = self.session.graph.network
        nodes, wires = network.number_of_nodes(), network.number_of_edges()
        self.counts.setText(self.tr("{0} nodes · {1} wires").format(f"{nodes:,}", f"{wires:,}"))
        total = sum(self.session.parameter_counts.values())
        self.parameters.setText(self.tr("{0} parameters").format(f"{total:,}") if total else "")
        ends = []
        for kind in (BLOCK_INPUT, BLOCK_OUTPUT) if self.session.levels else ("Input", "Output"):
            found = [data["node"].id for _, data in network.nodes(data=True) if data["node"].kind == kind]
            shapes = [self.session.shapes.get((node_id, 0)) for node_id in found]
            ends.append(", ".join("(" + ", ".join(map(str, shape)) + ")" for shape in shapes if shape))
        self.shapes.setText(" → ".join(ends) if all(ends) else "")
        count = len(self.panel.problems)
        words = self.tr("no problems") if not count else self.tr("1 problem") if count == 1 else f"{count} problems"
        self.problems.setText(words if nodes else "")
        if self.problems.property("problem") != bool(count):
            self.problems.setProperty("problem", bool(count))
            self.problems.style().unpolish(self.problems)
            self.problems.style().polish(self.problems)

    def show_accuracy(self) -> None:
        """Show the last validation accuracy of the run."""
        recording = self.control.recording
        text = ""
        if recording is not None and (count := recording.row_count()):
            values = numpy.asarray(recording.column("validation_accuracy", max(0, count - 5000), count))
            known = values[~numpy.isnan(values)]
            if len(known):
                text = self.tr("validation accuracy {0} %").format(f"{known[-1] * 100:.1f}")
        if text != self.accuracy.text():
            self.accuracy.setText(text)
