"""How the profit before costs became what was left: a bar a step, each from where the last ended."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sigma_desktop.models.cells import toned
from sigma_desktop.models.parts import CostStep
from sigma_desktop.theme.format import money
from sigma_desktop.theme.tokens import Token, color, font

ROW_PX, NAME_PX, AMOUNT_PX, BAR_PX = 26, 88, 84, 10


class CostBars(QWidget):
    """Draws `CostStep`s below each other: name, bar, amount in USDT."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: Sequence[CostStep] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, steps: Sequence[CostStep]) -> None:
        """Draw ``steps``."""
        self._steps = steps
        self.setAccessibleName("From the profit before costs to what was left")
        said = (f"{step.title} {money(step.amount, signed=True)} USDT" for step in steps)
        self.setAccessibleDescription(", ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row a step."""
        return QSize(300, ROW_PX * len(self._steps))

    def event(self, event: QEvent) -> bool:
        """A step explains itself on hover."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._steps:
            at = min(len(self._steps) - 1, max(0, event.pos().y() // ROW_PX))
            QToolTip.showText(event.globalPos(), f"<p>{self._steps[at].explanation}</p>", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Row by row."""
        painter = QPainter(self)
        spans = _spans(self._steps)
        low = min((min(span) for span in spans), default=0.0)
        high = max((max(span) for span in spans), default=0.0)
        track = QRect(NAME_PX, 0, max(1, self.width() - NAME_PX - AMOUNT_PX), ROW_PX)
        scale = track.width() / ((high - low) or 1.0)
        zero = track.left() - round(low * scale)
        painter.fillRect(QRect(zero, 0, 1, self.height()), color(Token.LINE2))
        for at, (step, (begin, end)) in enumerate(zip(self._steps, spans, strict=True)):
            row = QRect(0, at * ROW_PX, self.width(), ROW_PX)
            self._paint_words(painter, row, step)
            left, right = sorted((round(zero + begin * scale), round(zero + end * scale)))
            bar = QRect(left, row.center().y() - BAR_PX // 2, max(1, right - left), BAR_PX)
            painter.fillRect(bar, color(toned(round(step.amount, 2)), 255 if step.total else 150))
        painter.end()

    @staticmethod
    def _paint_words(painter: QPainter, row: QRect, step: CostStep) -> None:
        painter.setFont(font(12, 600 if step.total else 450))
        painter.setPen(color(Token.T0 if step.total else Token.T1))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, step.title)
        painter.setPen(color(toned(round(step.amount, 2))))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(row, right, money(step.amount, signed=True))


def _spans(steps: Sequence[CostStep]) -> list[tuple[float, float]]:
    """Where each bar begins and ends; a total from nothing, the others from where the one before ended."""
    spans, reached = [], 0.0
    for step in steps:
        begin, reached = (0.0, step.amount) if step.total else (reached, reached + step.amount)
        spans.append((begin, reached))
    return spans
