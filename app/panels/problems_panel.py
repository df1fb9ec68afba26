"""What is wrong with the drawing, with buttons that mend it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.session import EditorSession
from graph_model import EditError, Fix, Problem


class ProblemRow(QFrame):
    """One problem: its severity, its sentence, its fixes. A click or Enter jumps to the node."""

    jumped = Signal()

    def __init__(self, problem: Problem, apply: Callable[[Fix], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = problem
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if problem.node_id else Qt.CursorShape.ArrowCursor)
        severity = QLabel(self.tr("Problem") if problem.severity == "error" else self.tr("Note"))
        severity.setProperty("problem", problem.severity == "error")
        severity.setMinimumWidth(64)
        sentence = QLabel(problem.message)
        sentence.setWordWrap(True)
        sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(problem.message)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(severity)
        layout.addWidget(sentence, 1)
        for fix in problem.fixes:
            button = QPushButton(fix.label)
            button.clicked.connect(lambda _=False, fix=fix: apply(fix))
            layout.addWidget(button)

    def mousePressEvent(self, event: object) -> None:
        """Jump."""
        self.jumped.emit()

    def keyPressEvent(self, event: object) -> None:
        """Jump with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # type: ignore[attr-defined]
            self.jumped.emit()
        else:
            super().keyPressEvent(event)


class ProblemsPanel(QScrollArea):
    """The list of problems; `extra` are those with the training settings, found when Run was pressed."""

    jump_requested = Signal(str)
    listed = Signal()
    """Other problems are listed than before."""

    def __init__(self, session: EditorSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._extra: list[Problem] = []
        self._shown: list[Problem] | None = None
        self.setWidgetResizable(True)
        session.checked.connect(self.refresh)
        session.edited.connect(self._forget_extra)
        session.document_replaced.connect(self._forget_extra)
        self.refresh()

    @property
    def problems(self) -> list[Problem]:
        """Everything that is listed."""
        known = self.session.problems
        return [*known, *(problem for problem in self._extra if problem not in known)]

    def show_extra(self, problems: list[Problem]) -> None:
        """List problems that only a run can have."""
        self._extra = problems
        self.refresh()

    def refresh(self) -> None:
        """List what is wrong now."""
        problems = self.problems
        if problems == self._shown:
            return
        self._shown = problems
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(2)
        for problem in problems:
            row = ProblemRow(problem, self._apply)
            if problem.node_id:
                row.jumped.connect(lambda node_id=problem.node_id: self.jump_requested.emit(node_id))
            layout.addWidget(row)
        if not problems:
            none = QLabel(self.tr("No problems: the drawing can run."))
            none.setProperty("muted", True)
            none.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(none)
        layout.addStretch(1)
        self.setWidget(content)
        self.listed.emit()

    def _apply(self, fix: Fix) -> None:
        try:
            self.session.apply_whole(fix.edit, fix.label)
        except EditError as error:
            self._extra = [Problem("error", None, str(error))]
            self.refresh()

    def _forget_extra(self, *_: object) -> None:
        if self._extra:
            self._extra = []
            self.refresh()
