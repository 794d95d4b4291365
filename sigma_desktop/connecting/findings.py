"""What a test of keys found, line by line: a sign, the finding, and the next step where there is one."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.note import Note
from sigma_desktop.widgets.wrapping import hug
from sigma_engine import KeyLine, KeyReport, KeyVerdict

_SIGNS = {
    KeyVerdict.GOOD: ("check-circle-outline", Token.UP),
    KeyVerdict.NOTE: ("information-outline", Token.WARN),
    KeyVerdict.BAD: ("close-circle-outline", Token.DOWN),
}
_ICON_PX, _LEFT, _BAR_PX = 16, 24, 10
_MOST_PX = 200


class Finding(QWidget):
    """One line of the report."""

    def __init__(self, line: KeyLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._token = _SIGNS[line.verdict]
        self.setAccessibleName(f"{line.verdict.value}: {line.text} {line.next_step}".strip())
        column = QVBoxLayout(self)
        column.setContentsMargins(_LEFT, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(Note(line.text, Token.T0, 12, 450))
        if line.next_step:
            column.addWidget(Note(line.next_step, Token.T1, 12))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign beside the first line."""
        painter = QPainter(self)
        icon(self._icon_name, self._token).paint(painter, QRect(0, 0, _ICON_PX, _ICON_PX), Qt.AlignmentFlag.AlignCenter)


class Findings(QScrollArea):
    """A report, which scrolls where it is long; without one it takes no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[KeyLine, ...] = ()
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 4, _BAR_PX, 4)
        self._column.setSpacing(7)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What the test of the keys found")
        self.hide()

    def show_report(self, report: KeyReport | None) -> None:
        """Show the lines of ``report``, or nothing."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.lines = report.lines if report is not None else ()
        for line in self.lines:
            self._column.addWidget(Finding(line))
        self.setVisible(bool(self.lines))

    def fit(self, width_px: int) -> None:
        """Be as high as the report at ``width_px``, up to a bound."""
        if self.lines:
            hug(self._inside, width_px)
            self.setFixedHeight(min(_MOST_PX, self._inside.minimumHeight()))
