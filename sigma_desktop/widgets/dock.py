"""A dock with SIGMA's own title bar: icon, title, count, the panel's buttons, float and close."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.buttons import ToolButton

LIFT_PX = 24
TITLE_HEIGHT = 36
SMALLEST = QSize(150, 64)
FEWEST_LETTERS = 3
"""A title of which less is left is not shown: its icon and the tab below name the panel."""
_CHIP_LEFT = 12


class Caption(QWidget):
    """Icon, title and count; the title gives way where there is no room."""

    def __init__(self, title: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._icon_name = title, icon_name
        self._count: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(44)

    def show_count(self, count: int | None) -> None:
        """Show ``count`` beside the title, nothing for None."""
        if count != self._count:
            self._count = count
            self.setAccessibleName(self._title if count is None else f"{self._title}, {count}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Icon, title, count."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() // 2
        painter.drawPixmap(_CHIP_LEFT, middle - 7, icon(self._icon_name, Token.T2).pixmap(14, 14))
        text = "" if self._count is None else str(self._count)
        chip = QFontMetrics(font(11, 600)).horizontalAdvance(text) + 14 if text else 0
        left = _CHIP_LEFT + 21
        painter.setFont(font(12, 600))
        painter.setPen(color(Token.T0))
        room = max(0, self.width() - left - chip - (8 if chip else 0))
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        if len(title) < FEWEST_LETTERS:
            title = ""
        painter.drawText(left, 0, room, self.height(), Qt.AlignmentFlag.AlignVCenter, title)
        at = left + (painter.fontMetrics().horizontalAdvance(title) + 8 if title else 0)
        if text and at + chip <= self.width():
            self._paint_count(painter, QRectF(at, middle - 8.5, chip, 17), text)

    @staticmethod
    def _paint_count(painter: QPainter, area: QRectF, text: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(Token.BG3))
        painter.drawRoundedRect(area, 8, 8)
        painter.setFont(font(11, 600))
        painter.setPen(color(Token.T1))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


class Dock(QDockWidget):
    """Holds one panel; exists, and keeps its place, before the panel does."""

    settled = Signal()
    """Its place, size or visibility changed."""
    returned = Signal()
    """It floated and was put back."""

    def __init__(self, name: str, title: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName(f"dock.{name}")
        self.caption = Caption(title, icon_name)
        self._float = ToolButton("dock-window", f"Float {title}")
        self._close = ToolButton("close", f"Close {title}")
        self._tools = QHBoxLayout()
        self._tools.setSpacing(2)
        self.setTitleBarWidget(self._title_bar())
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(1, 0, 1, 6)
        self.setWidget(self._body)
        self._float.clicked.connect(self._lift_or_return)
        self._close.clicked.connect(self.close)
        for signal in (self.visibilityChanged, self.topLevelChanged, self.dockLocationChanged):
            signal.connect(lambda *_: self.settled.emit())
        self.topLevelChanged.connect(self._show_floating)

    def fill(self, panel: QWidget, tools: list[QWidget]) -> None:
        """Show ``panel``, with its own ``tools`` in the title bar."""
        panel.setMinimumSize(SMALLEST)
        self._column.addWidget(panel)
        for tool in tools:
            self._tools.addWidget(tool)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One rounded frame around title and panel."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(Token.LINE2 if self.isFloating() else Token.LINE)))
        painter.setBrush(color(Token.BG1))
        radius = 0 if self.isFloating() else 8
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _title_bar(self) -> QWidget:
        bar = QWidget()
        bar.setFixedHeight(TITLE_HEIGHT)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 1, 6, 0)
        row.setSpacing(2)
        row.addWidget(self.caption, 1)
        row.addLayout(self._tools)
        for button in (self._float, self._close):
            button.setFixedSize(28, 26)
            row.addWidget(button)
        return bar

    def _lift_or_return(self) -> None:
        """Lift it a little aside, so that one sees it float, or put it back where it was."""
        if self.isFloating():
            self.setFloating(False)
            self.returned.emit()
            return
        self.setFloating(True)
        self.move(self.pos() + QPoint(LIFT_PX, LIFT_PX))

    def _show_floating(self, floating: bool) -> None:
        tip = f"{'Dock' if floating else 'Float'} {self.windowTitle()}"
        self._float.setToolTip(tip)
        self._float.setAccessibleName(tip)
        self._float.set_icon("dock-bottom" if floating else "dock-window")
