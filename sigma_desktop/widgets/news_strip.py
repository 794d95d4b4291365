"""One line of news with a bar under it while something long is going on."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.theme.format import duration, percent
from sigma_desktop.theme.tokens import Token, color, font
from sigma_engine import Progress

HEIGHT, BAR_PX, MARGIN_PX = 30, 3, 10


class NewsStrip(QWidget):
    """Says ``what`` is going on, how far it has come and how long it takes; or, without a bar, a sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._side, self._token = "", "", Token.T1
        self._share: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_progress(self, what: str, progress: Progress | None) -> None:
        """``what`` is going on and has come as far as ``progress`` says."""
        self._share = progress.share if progress else 0.0
        side = percent(self._share, 0)
        if progress is not None and progress.left_s is not None:
            side = f"{side} · {duration(max(1000, round(progress.left_s * 1000)))} left"
        self._show(progress.text if progress and progress.text else what, side, Token.T1)

    def show_sentence(self, sentence: str, token: Token = Token.WARN) -> None:
        """Say ``sentence``; nothing is going on."""
        self._share = None
        self._show(sentence, "", token)

    def sizeHint(self) -> QSize:
        """One line, or as many as the sentence needs."""
        return QSize(200, self.heightForWidth(self.width()))

    def hasHeightForWidth(self) -> bool:
        """A sentence wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as its words."""
        if self._share is not None:
            return HEIGHT
        return max(HEIGHT, self._bounds(width).height() + 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, the figures at the right, the bar below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(Token.BG2))
        painter.setFont(font(12, 500))
        painter.setPen(color(self._token))
        room = self.rect().adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
        if self._share is None:
            painter.fillRect(QRect(0, 0, 2, self.height()), color(self._token))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self._text)
        else:
            self._paint_progress(painter, room.adjusted(0, 0, 0, -BAR_PX), self._share)
        painter.end()

    def _paint_progress(self, painter: QPainter, room: QRect, share: float) -> None:
        metrics = painter.fontMetrics()
        words = room.width() - metrics.horizontalAdvance(self._side) - 12
        text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, max(0, words))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(color(Token.T0))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._side)
        track = QRect(0, self.height() - BAR_PX, self.width(), BAR_PX)
        painter.fillRect(track, color(Token.LINE2))
        track.setWidth(round(self.width() * min(1.0, max(0.0, share))))
        painter.fillRect(track, color(Token.ACCENT))

    def _bounds(self, width: int) -> QRect:
        self.setFont(font(12, 500))
        room = QRect(0, 0, max(1, width - 2 * MARGIN_PX), 1000)
        return self.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._text)

    def _show(self, text: str, side: str, token: Token) -> None:
        longer = text != self._text
        self._text, self._side, self._token = text, side, token
        self.setAccessibleName(f"{text} {side}".strip())
        self.show()
        if longer:
            self.updateGeometry()
        self.update()
