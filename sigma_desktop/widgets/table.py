"""The one table of the window: fixed rows, columns that give way, sorting, keys, copying, a menu and a quiet word
where there is nothing yet."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHeaderView, QMenu, QTableView, QWidget

from sigma_desktop.models.cells import Kind, fitted
from sigma_desktop.models.rows import RowModel
from sigma_desktop.widgets.delegates import CellDelegate
from sigma_desktop.widgets.quiet import paint_quiet_word
from sigma_desktop.widgets.table_header import HEADER_HEIGHT, Header

ROW_HEIGHT = 30
TWO_LINES_HEIGHT = 38
TALL_ROW_HEIGHT = 44
QWIDGETSIZE_MAX = (1 << 24) - 1
"""Qt's own name for no limit; PySide does not carry it."""

MenuActions = Callable[[Any], Sequence[QAction]]


class Table(QTableView):
    """Shows a `RowModel`; ``opened`` tells a row by double click or Enter, ``pressed`` one whose icon was pressed."""

    opened = Signal(object)
    pressed = Signal(object, int)
    chosen = Signal(object)
    """Another row is current, by mouse or keys."""

    def __init__(
        self, model: RowModel[Any], name: str, row_height: int = ROW_HEIGHT, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rows = model
        self.empty_title, self.empty_hint = "", ""
        self.menu_actions: MenuActions = lambda row: ()
        self._chosen: Hashable = None
        model.setParent(self)
        self.setModel(model)
        self.setAccessibleName(name)
        self._painter = CellDelegate(model, self)
        self.setItemDelegate(self._painter)
        self._dress(row_height)
        self._listen()

    def selected(self) -> Any | None:
        """The current row, or None."""
        index = self.currentIndex()
        return self.rows.row(index.row()) if index.isValid() else None

    def choose(self, key: Hashable) -> None:
        """Make the row known by ``key`` the current one, if there is one."""
        at = self.rows.place(key)
        if at is not None and at != self.currentIndex().row():
            self.setCurrentIndex(self.rows.index(at, 0))

    def say_when_empty(self, title: str, hint: str) -> None:
        """What stands in the place of rows while there are none."""
        if (title, hint) != (self.empty_title, self.empty_hint):
            self.empty_title, self.empty_hint = title, hint
            self.setAccessibleDescription(f"{title}. {hint}")
            self.viewport().update()

    def full_height(self) -> int:
        """The height at which every row is seen."""
        return HEADER_HEIGHT + self.rows.rowCount() * self.verticalHeader().defaultSectionSize()

    def copy_selected(self) -> None:
        """Put the current row on the clipboard, columns parted by tabs."""
        if self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self.rows.line(self.currentIndex().row()))

    def copy_all(self) -> None:
        """Put every row with the titles on the clipboard, ready for a spreadsheet."""
        titles = "\t".join(column.title for column in self.rows.columns if column.title)
        lines = (self.rows.line(at) for at in range(self.rows.rowCount()))
        QGuiApplication.clipboard().setText("\n".join((titles, *lines)))

    def menu(self, row: Any) -> QMenu:
        """What can be done with ``row``."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self.menu_actions(row)))
        menu.addSeparator()
        menu.addAction("Copy row", QKeySequence.StandardKey.Copy, self.copy_selected)
        menu.addAction("Copy table", self.copy_all)
        return menu

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies, Enter opens; the arrows are Qt's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.selected())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The row's own menu, at the mouse or, from the keyboard, at the row."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            at = self.visualRect(index).center() if by_key else event.pos()
            self.menu(self.rows.row(index.row())).popup(self.viewport().mapToGlobal(at))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The whole row under the mouse is lit; an icon has a hand."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Put the light out when the mouse leaves."""
        if event.type() == QEvent.Type.Leave:
            self._hover(QModelIndex())
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or the quiet word."""
        super().paintEvent(event)
        if self.rows.rowCount() == 0 and self.empty_title:
            painter = QPainter(self.viewport())
            paint_quiet_word(painter, self.viewport().rect(), self.empty_title, self.empty_hint)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths for the columns."""
        super().resizeEvent(event)
        self.share_out()

    def share_out(self) -> None:
        """Give each column its width, or none where it gives way; also after the model got other columns."""
        for at, width in enumerate(fitted(self.rows.columns, self.viewport().width())):
            self.setColumnHidden(at, not width)
            if width:
                self.setColumnWidth(at, width)

    def sizeHint(self) -> QSize:
        """Room for a few rows; docks decide."""
        return QSize(320, HEADER_HEIGHT + 4 * self.verticalHeader().defaultSectionSize())

    def _dress(self, row_height: int) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(row_height)
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.setHorizontalHeader(Header(self.rows, self))

    def _listen(self) -> None:
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows.row(index.row())))
        self.clicked.connect(self._click)
        self.rows.modelAboutToBeReset.connect(self._keep_choice)
        self.rows.modelReset.connect(self._restore_choice)
        self.selectionModel().currentRowChanged.connect(self._choice_moved)

    def _click(self, index: QModelIndex) -> None:
        if self.rows.cell(index.row(), index.column()).kind is Kind.ICON:
            self.pressed.emit(self.rows.row(index.row()), index.column())

    def _choice_moved(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.rows.row(current.row()))

    def _keep_choice(self) -> None:
        index = self.currentIndex()
        self._chosen = self.rows.key_at(index.row()) if index.isValid() else None

    def _restore_choice(self) -> None:
        if self._chosen is not None:
            self.choose(self._chosen)

    def _hover(self, index: QModelIndex) -> None:
        at = index.row() if index.isValid() else -1
        is_icon = index.isValid() and self.rows.cell(at, index.column()).kind is Kind.ICON
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_icon else Qt.CursorShape.ArrowCursor)
        if at != self._painter.hovered:
            before, self._painter.hovered = self._painter.hovered, at
            for row in (before, at):
                self._repaint_row(row)

    def _repaint_row(self, at: int) -> None:
        top = self.rowViewportPosition(at) if 0 <= at < self.rows.rowCount() else -1
        if top >= 0 or at >= 0:
            self.viewport().update(QRect(0, top, self.viewport().width(), self.rowHeight(at)))
