"""One line of text written in the place of a table's cell."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from sigma_desktop.theme.tokens import font
from sigma_desktop.widgets.table import Table


class CellEditor(QLineEdit):
    """Stands over a cell while it is written; Enter or looking elsewhere keeps the text, Escape does not."""

    written = Signal(object, str)
    """The row's key, and its new text."""

    def __init__(self, table: Table, name: str) -> None:
        super().__init__(table.viewport())
        self._table = table
        self._key: object = None
        self._before = ""
        self.setAccessibleName(name)
        self.setFont(font(12))
        self.setStyleSheet("border-radius: 0; padding: 0 5px")
        self.hide()
        table.verticalScrollBar().valueChanged.connect(self.keep)
        table.rows.modelAboutToBeReset.connect(self.keep)
        table.rows.layoutAboutToBeChanged.connect(self.keep)

    def begin(self, index: QModelIndex, text: str) -> None:
        """Write in the cell at ``index``, beginning with ``text``."""
        self._key, self._before = self._table.rows.key_at(index.row()), text
        self.setText(text)
        self.setGeometry(self._table.visualRect(index))
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """End, and tell the text if it is another one."""
        if self.isHidden():
            return
        self.hide()
        text = self.text().strip()
        if text != self._before:
            self.written.emit(self._key, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps, Escape gives up; neither reaches the dialog."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keep()
            self._table.setFocus()
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._table.setFocus()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Looking elsewhere keeps what was written."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.keep()
