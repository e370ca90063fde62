# SPDX-License-Identifier: GPL-3.0-or-later
"""The Qt widget of a Decision Table."""

from PyQt5.QtCore import QAbstractTableModel, QModelIndex, QSize, Qt, QTimer
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from ..records import ACCEPTED, SKIPPED, UNKNOWN, DecisionRecord
from .decision_table_rows import COLUMNS, Rows, cells_of

_LOOKS_PER_S = 10
_MEASURED_ROWS = 50  # whose texts say how wide a column is
_RIGHT = {COLUMNS.index(name) for name in ("Time", "Score", "Centre", "SNR")}
_COLOURS = {ACCEPTED: QColor("#1c7c3c"), UNKNOWN: QColor("#b3261e"), SKIPPED: QColor("#7a7f87")}
_WEAK = QColor("#8a6100")


class _Model(QAbstractTableModel):
    """Gives a table view the decisions; the texts of a row are made when it is in sight."""

    def __init__(self):
        super().__init__()
        self._records: list[DecisionRecord] = []

    def show(self, records: list[DecisionRecord]) -> None:
        self.beginResetModel()
        self._records = records
        self.endResetModel()

    def rowCount(self, parent=QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent=QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        return COLUMNS[section] if role == Qt.DisplayRole and orientation == Qt.Horizontal else None

    def data(self, index, role=Qt.DisplayRole):
        record = self._records[index.row()]
        if role == Qt.DisplayRole:
            return cells_of(record)[index.column()]
        if role == Qt.ForegroundRole:
            return _COLOURS.get(record.verdict, _WEAK)
        if role == Qt.TextAlignmentRole:
            return int((Qt.AlignRight if index.column() in _RIGHT else Qt.AlignLeft) | Qt.AlignVCenter)
        return None


class TableWidget(QWidget):
    """A table of decisions with their counts above and the last reply below. For Qt's thread only.

    Parameters
    ----------
    rows : Rows
    """

    def __init__(self, rows: Rows):
        super().__init__()
        self._rows, self._changes, self._model = rows, -1, _Model()
        self._counts, self._reply, self._table = QLabel(), QLabel(), QTableView()
        self._table.setModel(self._model)
        self._table.setSelectionBehavior(QAbstractItemView.SelectRows)
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._table.setWordWrap(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(22)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeToContents)
        self._table.horizontalHeader().setResizeContentsPrecision(_MEASURED_ROWS)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._reply.setWordWrap(True)
        self._reply.setTextFormat(Qt.PlainText)  # a name may hold what looks like HTML
        layout = QVBoxLayout(self)
        for part in (self._counts, self._table, self._reply):
            layout.addWidget(part)
        self.setMinimumSize(360, 220)
        self.setWindowTitle("Decision Table")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(1000 // _LOOKS_PER_S)
        self._look()

    def sizeHint(self) -> QSize:
        return QSize(820, 420)

    def _look(self) -> None:
        if self._rows.changes == self._changes:
            return
        self._changes = self._rows.changes
        records, counts, reply = self._rows.snapshot()
        self._model.show(records)
        self._counts.setText(counts)
        if reply is not None:
            self._reply.setText(reply.text)
            self._reply.setStyleSheet(f"color: {_COLOURS[ACCEPTED if reply.done else UNKNOWN].name()}")
