"""How often the outcome lay inside each band, against what the band promised."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sigma_desktop.models.calibration import band_words, kept_token, kept_words, sharpness_words
from sigma_desktop.theme.format import percent
from sigma_desktop.theme.tokens import Token, color, font
from sigma_engine import BandScore

TITLE_PX, ROW_PX, LOW_ROW_PX = 18, 48, 29
LABEL_PX, SHARE_PX = 34, 46
TRACK_PX = 6
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class BandBars(QWidget):
    """A bar a band from nothing to all, a tick where it should end; below it the test and the sharpness in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bands: tuple[BandScore, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_bands(self, bands: tuple[BandScore, ...]) -> None:
        """Draw ``bands``."""
        if bands == self.bands:
            return
        self.bands = bands
        self.setAccessibleName("Bands: promised and kept")
        self.setAccessibleDescription(" ".join(map(band_words, bands)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for every band with its words."""
        return QSize(240, TITLE_PX + ROW_PX * max(3, len(self.bands)))

    def minimumSizeHint(self) -> QSize:
        """The sharpness may give way, the test may not."""
        return QSize(140, TITLE_PX + LOW_ROW_PX * max(3, len(self.bands)))

    def event(self, event: QEvent) -> bool:
        """A band tells itself in full on hover."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.bands:
            at = min(len(self.bands) - 1, max(0, (event.pos().y() - TITLE_PX) // self._row_px()))
            QToolTip.showText(event.globalPos(), f"<p>{band_words(self.bands[at])}</p>", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A title, then the bands."""
        painter = QPainter(self)
        painter.setFont(font(11, 600))
        painter.setPen(color(Token.T1))
        title = "Bands: promised and kept"
        painter.drawText(QRect(0, 0, self.width(), TITLE_PX), Qt.AlignmentFlag.AlignTop, title)
        for at, band in enumerate(self.bands):
            self._paint_band(painter, QRect(0, TITLE_PX + at * self._row_px(), self.width(), self._row_px()), band)
        painter.end()

    def _row_px(self) -> int:
        room = (self.height() - TITLE_PX) // max(1, len(self.bands))
        return max(LOW_ROW_PX, min(ROW_PX, room))

    def _paint_band(self, painter: QPainter, row: QRect, band: BandScore) -> None:
        line = QRect(row.left(), row.top(), row.width(), 16)
        painter.setFont(font(12, 600))
        painter.setPen(color(Token.T0))
        painter.drawText(line, LEFT, percent(band.coverage, 0))
        painter.drawText(line, RIGHT, percent(band.share))
        self._paint_track(painter, line.adjusted(LABEL_PX, 0, -SHARE_PX - 6, 0), band)
        self._paint_words(painter, row.adjusted(LABEL_PX, 16, 0, 0), band)

    def _paint_track(self, painter: QPainter, line: QRect, band: BandScore) -> None:
        top = line.center().y() - TRACK_PX // 2 + 1
        painter.fillRect(QRect(line.left(), top, line.width(), TRACK_PX), color(Token.BG3))
        if band.share == band.share:
            filled = QRectF(line.left(), top, line.width() * min(1.0, max(0.0, band.share)), TRACK_PX)
            painter.fillRect(filled, color(Token.ACCENT))
        promised = line.left() + round(line.width() * band.coverage)
        painter.fillRect(QRect(promised - 1, top - 4, 2, TRACK_PX + 8), color(Token.T0))

    def _paint_words(self, painter: QPainter, room: QRect, band: BandScore) -> None:
        """The test in one line, the sharpness in the next or, where it is low, behind it."""
        painter.setFont(font(11, 500))
        metrics = painter.fontMetrics()
        kept, sharp = kept_words(band, self._is_brief(metrics, room.width())), sharpness_words(band)
        first = QRect(room.left(), room.top(), room.width(), 15)
        self._paint_line(painter, first, kept, kept_token(band))
        painter.setFont(font(11, 450))
        if room.height() >= 30:
            self._paint_line(painter, first.translated(0, 14), sharp, Token.T1)
        elif (left := metrics.horizontalAdvance(kept) + 12) + metrics.horizontalAdvance(sharp) <= room.width():
            self._paint_line(painter, first.adjusted(left, 0, 0, 0), sharp, Token.T1)

    def _is_brief(self, metrics: QFontMetrics, room_px: int) -> bool:
        """Whether any band's words are too long: then all are told in the short form."""
        return any(metrics.horizontalAdvance(kept_words(band)) > room_px for band in self.bands)

    @staticmethod
    def _paint_line(painter: QPainter, line: QRect, text: str, token: Token) -> None:
        metrics: QFontMetrics = painter.fontMetrics()
        painter.setPen(color(token))
        painter.drawText(line, LEFT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width()))
