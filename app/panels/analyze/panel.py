"""What a drawing costs before it runs: a table, the predicted peak, and the largest batch that fits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.panels.backpropagation.requests import Snapshots
from app.session import EditorSession
from app.tasks import TaskRunner
from app.tasks.latest import LatestTask
from app.theme import ThemeSource
from app.theme.number_box import NumberBox
from graph_model.document import SetTraining
from graph_model.document_file.atomic import write_atomically

if TYPE_CHECKING:
    from app.panels.analyze.table_model import CostTableModel
    from app.training.cost import Analysis

MOST = 10_000_000
ROW_HEIGHT = 24


class AnalyzePanel(QWidget):
    """Computes in a thread, from a copy of the document, while it is visible and after each check of the drawing."""

    def __init__(self, session: EditorSession, theme_source: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.theme_source = theme_source
        self.analysis: Analysis | None = None
        self.model: CostTableModel | None = None
        self.tasks = TaskRunner(self)
        self.computing = LatestTask(self.tasks, self.tr("The analysis"), self)
        self.computing.finished.connect(self._show)
        self.computing.failed.connect(self._refuse)
        self._snapshots = Snapshots()
        self._due = True
        self.batch = NumberBox()
        self.batch.setRange(1, MOST)
        self.batch.setGroupSeparatorShown(True)
        self.batch.setKeyboardTracking(False)
        self.batch.setMaximumWidth(110)
        self.batch.setAccessibleName(self.tr("Batch size"))
        self.batch.setToolTip(self.tr("What if training took so many samples at once?"))
        self.batch.valueChanged.connect(self.refresh)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.export = QPushButton(self.tr("Export CSV …"))
        self.export.clicked.connect(self.ask_and_export)
        self.table = QTableView()
        self.invitation = QLabel(self.tr("Draw a network: what it costs stands here before it runs."))
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation.setProperty("muted", True)
        self.invitation.setWordWrap(True)
        self.pages = QStackedWidget()
        self._lay_out()
        self._adopt_batch()
        session.checked.connect(self.refresh)
        session.edited.connect(self._follow_settings)
        session.document_replaced.connect(self._adopt_batch)
        session.selection_changed.connect(self._follow_selection)
        theme_source.changed.connect(lambda _: self.table.viewport().update())

    def refresh(self) -> None:
        """Compute anew, as soon as the panel can be seen and shapes can be inferred."""
        self._due = True
        if not self.isVisible() or not self.session.live_check.compiler_ready:
            return
        self._due = False
        if not self.session.document.graph.nodes():
            self.computing.cancel()
            self.invitation.setText(self.tr("Draw a network: what it costs stands here before it runs."))
            self._show(None)
            return
        self.invitation.setText(self.tr("Working out what each node costs …"))
        from app.training.cost import analyze

        document, batch = self._snapshots.of(self.session.document), self.batch.value()
        self.computing.request(lambda: analyze(document, batch))

    def ask_and_export(self) -> None:
        """Ask where, then write the table as CSV."""
        start = Path.home() if self.session.path is None else self.session.path.parent
        name = f"{self.session.document.graph.name or 'network'} costs.csv"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export CSV"), str(start / name), "CSV (*.csv)")
        if chosen:
            self.export_to(Path(chosen if chosen.endswith(".csv") else f"{chosen}.csv"))

    def export_to(self, path: Path) -> None:
        """Write the table as CSV; says so, or why not."""
        if self.analysis is None:
            return
        from app.training.cost import csv_text

        try:
            write_atomically(path, csv_text(self.analysis).encode())
        except OSError as error:
            self._say(self.tr("{0} cannot be written: {1}.").format(path, error.strerror or error), problem=True)
        else:
            self._say(self.tr("Wrote {0}.").format(path))

    def close_tasks(self) -> None:
        """Wait for the thread; to be called when the window closes."""
        self.computing.cancel()
        self.tasks.close()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        if self._due:
            self.refresh()

    # Showing

    def _show(self, analysis: Analysis | None) -> None:
        self.analysis = analysis
        if analysis is not None:
            from app.training.cost.verdict import verdict

            self._table_model().show_analysis(analysis)
            self._say(verdict(analysis), problem=not analysis.fits)
            self._follow_selection()
        self.export.setEnabled(analysis is not None)
        self.pages.setCurrentIndex(0 if analysis is None else 1)
        if analysis is None:
            self._say("")

    def _refuse(self, sentence: str) -> None:
        self._show(None)
        self.invitation.setText(self.tr("What each node costs stands here as soon as the drawing can run."))
        self._say(sentence, problem=True)

    def _say(self, sentence: str, problem: bool = False) -> None:
        self.verdict.setText(sentence)
        if self.verdict.property("problem") != problem:
            self.verdict.setProperty("problem", problem)
            self.verdict.style().unpolish(self.verdict)
            self.verdict.style().polish(self.verdict)

    def _table_model(self) -> CostTableModel:
        """The table's model, made when it is first needed: its columns come with torch."""
        if self.model is None:
            from app.panels.analyze.bar_delegate import BarDelegate
            from app.panels.analyze.table_model import CostTableModel

            self.model = CostTableModel()
            self.bars = BarDelegate(self.theme_source)
            self.table.setModel(self.model)
            self.table.setItemDelegate(self.bars)
            self.table.selectionModel().selectionChanged.connect(self._choose)
            header = self.table.horizontalHeader()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
            header.setSortIndicatorClearable(True)
            self.table.setSortingEnabled(True)
        return self.model

    # Selection, here and on the canvas

    def _choose(self, *_: object) -> None:
        if self.model is None:
            return
        chosen = [self.model.node_at(index.row()) for index in self.table.selectionModel().selectedRows()]
        if len(chosen) == 1:
            self.session.show(chosen[0])
        here = [self.session.level.here(path) for path in chosen if path]
        self.session.select(node for node in here if node is not None and self.session.graph.has_node(node))

    def _follow_selection(self) -> None:
        if self.model is None or self.analysis is None:
            return
        wanted = self.session.selected_paths
        selection = QItemSelection()
        first: int | None = None
        for number, row in enumerate(self.model.rows):
            if row.node_id and row.node_id in wanted:
                place = self.model.row_of(number)
                selection.select(self.model.index(place, 0), self.model.index(place, self.model.columnCount() - 1))
                first = place if first is None else first
        chooser = self.table.selectionModel()
        with QSignalBlocker(chooser):
            chooser.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.table.viewport().update()
        if first is not None and not self.table.hasFocus():
            self.table.scrollTo(self.model.index(first, 0))

    # The batch size

    def _adopt_batch(self) -> None:
        with QSignalBlocker(self.batch):
            self.batch.setValue(self.session.document.training.batch_size)
        self.refresh()

    def _follow_settings(self, edit: Any) -> None:
        if isinstance(edit, SetTraining):
            self._adopt_batch()

    # Putting together

    def _lay_out(self) -> None:
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setFrameShape(QTableView.Shape.NoFrame)
        self.table.setAccessibleName(self.tr("Costs of each node"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.table.horizontalHeader().setHighlightSections(False)
        self.pages.addWidget(self.invitation)
        self.pages.addWidget(self.table)
        self.export.setEnabled(False)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(QLabel(self.tr("Batch:")))
        top.addWidget(self.batch)
        top.addWidget(self.verdict, 1)
        top.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 4)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)
