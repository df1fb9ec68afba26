"""The table of costs for Qt: the total stays on top, however it is sorted; then a row for each node and each block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from app.training.cost.analysis import Analysis
from app.training.cost.columns import COLUMNS
from compiler.cost import CostRow

Role = Qt.ItemDataRole
SHARE = Role.UserRole
"""A cell's value as a share of the largest in its column, 0 … 1; None where there is no bar."""
DOMINATES = Role.UserRole + 1
"""Whether the cell is the largest of its column."""
TEXT_COLUMNS = 2
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
TOTAL_ROW = 0


class CostTableModel(QAbstractTableModel):
    """Shows an analysis; sorts by whole numbers, not by texts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[CostRow] = []
        """What stands below the total, in the present order."""
        self._total: CostRow | None = None
        self._given: Sequence[CostRow] = ()
        self._largest: list[int] = [0] * len(COLUMNS)
        self._order: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def show_analysis(self, analysis: Analysis | None) -> None:
        """Show another analysis, or none, in the order that was chosen."""
        self.beginResetModel()
        self._given = () if analysis is None else (*analysis.rows, *analysis.blocks)
        self._total = analysis.total if analysis is not None else None
        nodes = () if analysis is None else analysis.rows
        self._largest = [max((column.read(row) for row in nodes), default=0) for column in COLUMNS]
        self.rows = self._sorted()
        self.endResetModel()

    def node_at(self, row: int) -> str:
        """Return the id of a row's node; "" for a block's and the total's."""
        return "" if row == TOTAL_ROW else self.rows[row - 1].node_id

    def row_of(self, place: int) -> int:
        """Return where in the table the entry of `rows` at a place stands."""
        return place + 1

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """The total, nodes and blocks."""
        return 0 if parent.isValid() or self._total is None else len(self.rows) + 1

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Name, kind and the figures."""
        return 0 if parent.isValid() else TEXT_COLUMNS + len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles, with their meaning as tooltip."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            titles = (self.tr("Node"), self.tr("Kind"), *(self.tr(column.title) for column in COLUMNS))
            return titles[section]
        if role == Role.ToolTipRole and section >= TEXT_COLUMNS:
            return self.tr(COLUMNS[section - TEXT_COLUMNS].meaning)
        if role == Role.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A cell's text, exact number, alignment and bar."""
        total = index.row() == TOTAL_ROW
        row = self._total if total else self.rows[index.row() - 1]
        assert row is not None
        if role == Role.TextAlignmentRole:
            return _alignment(index.column())
        if role == Role.FontRole and (total or not row.node_id):
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if index.column() < TEXT_COLUMNS:
            return self._text(row, index.column(), total) if role in (Role.DisplayRole, Role.ToolTipRole) else None
        column = COLUMNS[index.column() - TEXT_COLUMNS]
        value, largest = column.read(row), self._largest[index.column() - TEXT_COLUMNS]
        if role == Role.DisplayRole:
            return column.text(value)
        if role == Role.ToolTipRole:
            return f"{value:,}"
        is_node = bool(row.node_id) and not total
        if role == SHARE:
            return value / largest if is_node and largest else None
        if role == DOMINATES:
            return is_node and bool(value) and value == largest
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort; −1: in the order of running."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        entries = [None if one.row() == TOTAL_ROW else self.rows[one.row() - 1] for one in before]
        self._order = (column, order)
        self.rows = self._sorted()
        place_of = {id(row): self.row_of(place) for place, row in enumerate(self.rows)}
        rows = [TOTAL_ROW if entry is None else place_of[id(entry)] for entry in entries]
        self.changePersistentIndexList(
            before, [self.index(row, one.column()) for row, one in zip(rows, before, strict=True)]
        )
        self.layoutChanged.emit()

    def _sorted(self) -> list[CostRow]:
        column, order = self._order
        if column < 0:
            return list(self._given)
        return sorted(
            self._given,
            key=lambda row: self._key(row, column),
            reverse=order == Qt.SortOrder.DescendingOrder,
        )

    def _key(self, row: CostRow, column: int) -> Any:
        if column < TEXT_COLUMNS:
            return self._text(row, column, False).casefold()
        return COLUMNS[column - TEXT_COLUMNS].read(row)

    def _text(self, row: CostRow, column: int, total: bool) -> str:
        if column == 0:
            return self.tr("Total") if total else row.name
        return row.kind if row.node_id else "" if total else self.tr("block")


def _alignment(section: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if section < TEXT_COLUMNS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
