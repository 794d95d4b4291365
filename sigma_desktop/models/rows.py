"""A Qt table model over typed columns: rows go in as values, only what reads differently is painted again."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from sigma_desktop.models.cells import Cell, Column, Kind, SortKey

R = TypeVar("R")
CELL = Qt.ItemDataRole.UserRole
ROLES = [Qt.ItemDataRole.DisplayRole, CELL]
NOWHERE = QModelIndex()
AnyIndex = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractTableModel, Generic[R]):
    """Rows ``R``, each known by ``key``; cells are formatted when first looked at and kept until the row changes.

    ``story`` is a row's tooltip. Sorting is asked for by the person and otherwise the rows stand as given.
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        story: Callable[[R], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key, self._story = key, story
        self._given: list[R] = []
        self._rows: list[R] = []
        self._cells: list[tuple[Cell, ...] | None] = []
        self._places: dict[Hashable, int] = {}
        self._dirty: set[int] = set()
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    # what there is

    def rowCount(self, parent: AnyIndex = NOWHERE) -> int:
        """How many rows; tables have no branches."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = NOWHERE) -> int:
        """How many columns, hidden ones too."""
        return 0 if parent.isValid() else len(self.columns)

    def row(self, at: int) -> R:
        """The row shown at ``at``."""
        return self._rows[at]

    def place(self, key: Hashable) -> int | None:
        """Where the row known by ``key`` is shown."""
        return self._places.get(key)

    def key_at(self, at: int) -> Hashable:
        """What the row shown at ``at`` is known by."""
        return self._key(self._rows[at])

    def cell(self, at: int, column: int) -> Cell:
        """The formatted cell; what a delegate paints."""
        return self._formatted(at)[column]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tooltip and words for a screen reader; a delegate asks `cell` instead."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._story(self._rows[index.row()])
        cell = self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if cell.kind is Kind.ICON else cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.columns[index.column()].title} {cell.text} {cell.below}".strip()
        return cell if role == CELL else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return self.columns[section].explanation if role == Qt.ItemDataRole.ToolTipRole else None

    def line(self, at: int) -> str:
        """The row as text, its columns parted by tabs; for the clipboard."""
        texts = (f"{cell.text} {cell.below}".strip() for cell in self._formatted(at) if cell.kind is not Kind.ICON)
        return "\t".join(texts)

    # what changes it

    def use(self, columns: Sequence[Column[R]]) -> None:
        """Have other columns from now on; the rows stay, no longer sorted by one of the old ones."""
        self.beginResetModel()
        self.columns, self._sorted_by = tuple(columns), None
        self._dirty.clear()
        self._arrange()
        self.endResetModel()

    def show(self, rows: Sequence[R]) -> None:
        """Show ``rows``: changed ones are updated in place, new ones before the known ones inserted, else anew."""
        keys = [self._key(row) for row in rows]
        known = [self._key(row) for row in self._given]
        added = len(keys) - len(known)
        if added < 0 or keys[added:] != known:
            self._begin_anew(rows)
            return
        for row in rows[added:]:
            self.put(row)
        if added:
            self._insert(list(rows[:added]))
        self.flush()

    def put(self, row: R) -> None:
        """Replace the row of the same key; it is painted with the next `flush`. Unknown keys are ignored."""
        at = self._places.get(self._key(row))
        if at is None or self._rows[at] is row or self._rows[at] == row:
            return
        if self._sorted_by is not None:
            self._given[self._given.index(self._rows[at])] = row
        else:
            self._given[at] = row
        self._rows[at] = row
        self._dirty.add(at)

    def flush(self) -> None:
        """Tell the views which cells read differently, row by row."""
        for at in sorted(self._dirty):
            before, self._cells[at] = self._cells[at], None
            changed = self._changed_columns(at, before)
            if changed:
                self.dataChanged.emit(self.index(at, changed[0]), self.index(at, changed[-1]), ROLES)
        self._dirty.clear()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by ``column``, or with -1 as given; undefined values stand last either way."""
        sortable = 0 <= column < len(self.columns) and self.columns[column].key is not None
        self._sorted_by = (column, order) if sortable else None
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self.key_at(index.row())) for index in self.persistentIndexList()]
        self._arrange()
        for index, key in kept:
            self.changePersistentIndex(index, self.index(self._places[key], index.column()))
        self.layoutChanged.emit()

    def _begin_anew(self, rows: Sequence[R]) -> None:
        self.beginResetModel()
        self._given = list(rows)
        self._dirty.clear()
        self._arrange()
        self.endResetModel()

    def _insert(self, new: list[R]) -> None:
        if self._sorted_by is not None:
            self._begin_anew(new + self._given)
            return
        self.flush()
        self.beginInsertRows(NOWHERE, 0, len(new) - 1)
        self._given = new + self._given
        self._rows, self._cells = list(self._given), [*(None for _ in new), *self._cells]
        self._places = {self._key(row): at for at, row in enumerate(self._rows)}
        self.endInsertRows()

    def _arrange(self) -> None:
        self._rows = list(self._given) if self._sorted_by is None else self._ordered(*self._sorted_by)
        self._cells = [None] * len(self._rows)
        self._places = {self._key(row): at for at, row in enumerate(self._rows)}

    def _ordered(self, column: int, order: Qt.SortOrder) -> list[R]:
        key = self.columns[column].key
        assert key is not None
        pairs: list[tuple[SortKey, R]] = [(key(row), row) for row in self._given]
        defined = [pair for pair in pairs if pair[0] is not None and pair[0] == pair[0]]
        undefined = [row for value, row in pairs if value is None or value != value]
        defined.sort(key=lambda pair: pair[0], reverse=order is Qt.SortOrder.DescendingOrder)  # type: ignore[arg-type, return-value]
        return [row for _, row in defined] + undefined

    def _formatted(self, at: int) -> tuple[Cell, ...]:
        cells = self._cells[at]
        if cells is None:
            row = self._rows[at]
            cells = self._cells[at] = tuple(column.cell(row) for column in self.columns)
        return cells

    def _changed_columns(self, at: int, before: tuple[Cell, ...] | None) -> list[int]:
        if before is None:  # never looked at, so nothing shows it
            return list(range(len(self.columns)))
        pairs = zip(before, self._formatted(at), strict=True)
        return [column for column, (old, new) in enumerate(pairs) if old != new]
