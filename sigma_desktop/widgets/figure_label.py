"""A number under its name, with its definition on hover."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.models.figures import Figure
from sigma_desktop.theme.tokens import Token, color, font


class FigureLabel(QWidget):
    """Paints one `Figure`, its value ``value_px`` high; repaints only when it reads differently."""

    def __init__(self, value_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure = Figure("", "", "")
        self._value_px = value_px
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def figure(self) -> Figure:
        """What is shown."""
        return self._figure

    def show_figure(self, figure: Figure) -> None:
        """Paint ``figure``."""
        if figure == self._figure:
            return
        wider = len(figure.text) != len(self._figure.text)
        self._figure = figure
        self.setToolTip(f"<p>{figure.explanation}</p>")
        self.setAccessibleName(f"{figure.title} {figure.text}")
        self.setAccessibleDescription(figure.explanation)
        if wider:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the wider of name and number."""
        name = QFontMetrics(font(11, 450)).horizontalAdvance(self._figure.title)
        number = QFontMetrics(font(self._value_px, 600)).horizontalAdvance(self._figure.text)
        return QSize(max(name, number) + 2, 16 + self._value_px + 4)

    def minimumSizeHint(self) -> QSize:
        """It may be clipped rather than push others out."""
        return QSize(20, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name above, number below."""
        painter = QPainter(self)
        painter.setFont(font(11, 450))
        painter.setPen(color(Token.T2))
        painter.drawText(QRect(0, 0, self.width(), 15), Qt.AlignmentFlag.AlignVCenter, self._name())
        painter.setFont(font(self._value_px, 600))
        painter.setPen(color(self._figure.token))
        below = QRect(0, 15, self.width(), self.height() - 15)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, self._figure.text)
        painter.end()

    def _name(self) -> str:
        long = self._figure.title
        fits = QFontMetrics(font(11, 450)).horizontalAdvance(long) <= self.width()
        return long if fits else self._figure.brief or long
