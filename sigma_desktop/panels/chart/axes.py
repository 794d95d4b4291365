"""The price axis with its tags and the time axis, painted only where their labels are."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from sigma_desktop.panels.chart.exposure import Exposure
from sigma_desktop.panels.chart.layers.levels import Level
from sigma_desktop.panels.chart.scale import PriceScale, spread
from sigma_desktop.panels.chart.ticks import Tick
from sigma_desktop.panels.chart.window import TimeWindow
from sigma_desktop.theme.tokens import Token, color, font

PRICE_AXIS_PX, TIME_AXIS_PX = 66, 24
TAG_WIDTH_PX, TAG_HEIGHT_PX = 62, 19
_LABEL_LEFT_PX = 8
_LABEL_HALF_PX = 8
_TIME_LABEL_PX = 60
_TIME_EDGE_PX = 18


class _Axis(QGraphicsItem):
    """A strip beside the plot area."""

    def __init__(self, exposure: Exposure) -> None:
        super().__init__()
        self._exposure = exposure
        self.rect = QRectF()
        self.ticks: tuple[Tick, ...] = ()

    def place(self, rect: QRectF) -> None:
        """Take up ``rect``, in scene pixels."""
        self.prepareGeometryChange()
        self.rect = rect

    def boundingRect(self) -> QRectF:
        """The strip."""
        return self.rect


class PriceAxis(_Axis):
    """Round prices, and a tag for every level; a label gives way to a tag."""

    def __init__(self, exposure: Exposure) -> None:
        super().__init__(exposure)
        self.prices = PriceScale()
        self.levels: tuple[Level, ...] = ()

    def tags(self) -> list[tuple[Level, QRectF]]:
        """Every level in view with the place of its tag; the last level's is true, the others make room."""
        seen = [level for level in self.levels if level.tag and self.prices.shows(level.price)]
        rows = spread([self.prices.y(level.price) for level in seen], TAG_HEIGHT_PX + 1)
        left = self.rect.left() + 1
        top = self.rect.top() - TAG_HEIGHT_PX // 2
        return [
            (level, QRectF(left, top + int(row), TAG_WIDTH_PX, TAG_HEIGHT_PX))
            for level, row in zip(seen, rows, strict=True)
        ]

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint labels, then tags."""
        tags = self.tags()
        painter.setFont(font(11, 450))
        painter.setPen(color(Token.T2))
        for tick in self.ticks:
            self._paint_label(painter, tick, tags)
        for level, box in tags:
            if self._exposure.touches(box):
                paint_tag(painter, box, level.tag, level.token, level.tag_text_token)

    def _paint_label(self, painter: QPainter, tick: Tick, tags: list[tuple[Level, QRectF]]) -> None:
        middle = self.rect.top() + self.prices.y(tick.at)
        box = QRectF(
            self.rect.left() + _LABEL_LEFT_PX, round(middle) - _LABEL_HALF_PX, PRICE_AXIS_PX, 2 * _LABEL_HALF_PX
        )
        is_inside = self.rect.top() <= box.top() and box.bottom() <= self.rect.bottom()
        if is_inside and self._exposure.touches(box) and not any(box.intersects(tag) for _, tag in tags):
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, tick.label)


class TimeAxis(_Axis):
    """Round times; the beginnings of days, months and years stand out."""

    def __init__(self, exposure: Exposure) -> None:
        super().__init__(exposure)
        self.seen = TimeWindow()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the labels that have room."""
        if not self._exposure.touches(self.rect):
            return
        for tick in self.ticks:
            middle = self.rect.left() + (tick.at - self.seen.left) * self.seen.bar_px
            if not self.rect.left() + _TIME_EDGE_PX <= middle <= self.rect.right():
                continue
            box = QRectF(round(middle) - _TIME_LABEL_PX // 2, self.rect.top(), _TIME_LABEL_PX, self.rect.height() - 2)
            if not self._exposure.touches(box):
                continue
            painter.setFont(font(11, 600 if tick.strong else 450))
            painter.setPen(color(Token.T1 if tick.strong else Token.T2))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick.label)


def paint_tag(painter: QPainter, box: QRectF, text: str, ground: Token, ink: Token) -> None:
    """A small filled plate with ``text``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(ground))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font(11, 650))
    painter.setPen(color(ink))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
