"""Live checking: after edits, shapes are inferred and problems found anew, as soon as torch is there."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from graph_model import Graph, Problem
from graph_model.structure import structural_problems

DELAY_MS = 30


class LiveCheck(QObject):
    """Keeps shapes, problems and parameter counts of a graph up to date.

    Until `use_compiler` is called (importing torch takes seconds), only the structure is checked.
    """

    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shapes: dict[tuple[str, int], tuple[Any, ...]] = {}
        self.problems: list[Problem] = []
        self.parameter_counts: dict[str, int] = {}
        self.counts_within: dict[str, dict[str, int]] = {}
        """The same inside each block that is applied over time, by what the paths there begin with."""
        self.serial = 0
        """Counts the checks."""
        self._graph: Graph | None = None
        self._program: Any = None
        self._lengths: Any = None
        self._program_of: Graph | None = None
        """What the drawing was lowered to last; what an edit leaves as it is need not be lowered again."""
        self._compiler_ready = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._settle)
        self._due = False

    @property
    def compiler_ready(self) -> bool:
        """Whether shapes can be inferred."""
        return self._compiler_ready

    def use_compiler(self) -> None:
        """Check shapes from now on; to be called once torch can be imported without a pause."""
        self._compiler_ready = True
        self.check_soon()

    def runs_as(self, path: str) -> str:
        """Return what a block that is applied over time is recognised as, e.g. "nn.LSTM", or "" for none."""
        step = None if self._program is None else self._program.by_id.get(path)
        if step is None or step.over_time is None:
            return ""
        from compiler.standard_cells import standard_cell

        cell = standard_cell(step.over_time)
        return cell.name if cell is not None else ""

    def input_lengths(self, path: str) -> list[str]:
        """Say which lengths the dynamic axes of an Input may have, one sentence an axis."""
        if self._lengths is None:
            return []
        from compiler.length_words import input_lengths

        return input_lengths(self._lengths, path)

    def watch(self, graph: Graph) -> None:
        """Check another graph from now on."""
        self._graph = graph
        self.check_now()

    def check_soon(self) -> None:
        """Check once the present run of edits is over."""
        self._due = True
        self._timer.start()

    def confirm_soon(self) -> None:
        """Say once the present run of edits is over that what was found still holds."""
        self._timer.start()

    def settle(self) -> None:
        """Check at once if a check is due."""
        if self._timer.isActive():
            self._settle()

    def _settle(self) -> None:
        if self._due:
            self.check_now()
        else:
            self._timer.stop()
            self.finished.emit()

    def check_now(self) -> None:
        """Check at once."""
        self._timer.stop()
        self._due = False
        self.serial += 1
        graph = self._graph
        if graph is None:
            return
        if self._compiler_ready:
            from compiler.checks import problems_of
            from compiler.cost import counts_within, parameter_counts
            from compiler.dynamic_axes import NO_LENGTHS, lengths_of
            from compiler.inferring import named_shapes
            from compiler.program import lower

            is_known = self._program_of is graph
            program = lower(graph, known=self._program if is_known else None)
            lengths = lengths_of(program, self._lengths if is_known else NO_LENGTHS)
            self._program, self._lengths, self._program_of = program, lengths, graph
            self.shapes = named_shapes(program, lengths)
            self.problems = problems_of(program, lengths)
            self.parameter_counts = parameter_counts(program)
            self.counts_within = counts_within(program)
        else:
            self.shapes, self.parameter_counts, self.counts_within = {}, {}, {}
            self.problems = structural_problems(graph)
        self.finished.emit()
