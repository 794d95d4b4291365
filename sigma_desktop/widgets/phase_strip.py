"""The nine phases of a decision in one line: which way each leans and how far."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sigma_desktop.models.cells import toned
from sigma_desktop.models.why import vote_text
from sigma_desktop.theme.tokens import Token, color, font
from sigma_engine import Phase

HEIGHT = 34
NAMES = {
    Phase.DATA_QUALITY: "Data",
    Phase.TREND: "Trend",
    Phase.MOMENTUM: "Mom.",
    Phase.VOLATILITY: "Volat.",
    Phase.VOLUME: "Vol.",
    Phase.MEAN_REVERSION: "Revert",
    Phase.MICRO_TREND: "Micro",
    Phase.PROBABILITY: "Prob.",
    Phase.REWARD_COST: "Cost",
}
GATED = (Phase.DATA_QUALITY, Phase.REWARD_COST)
"""Phases that answer yes or no instead of voting."""


class PhaseStrip(QWidget):
    """A small centred bar for each voting phase, a word for the two that only permit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._votes: Mapping[Phase, float] = {}
        self._permits: Mapping[Phase, bool | None] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_votes(self, votes: Mapping[Phase, float], permits: Mapping[Phase, bool | None]) -> None:
        """``votes`` -1 to +1 of the phases that vote; ``permits`` of the others, None for unknown or not asked."""
        if (votes, permits) == (self._votes, self._permits):
            return
        self._votes, self._permits = dict(votes), dict(permits)
        self.setAccessibleName("; ".join(self._told(phase) for phase in Phase))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        return QSize(360, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nine cells of one width."""
        painter = QPainter(self)
        for at, phase in enumerate(Phase):
            self._cell(painter, self._place(at), phase)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Each phase tells its own vote on hover."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = min(len(Phase) - 1, max(0, event.pos().x() * len(Phase) // max(1, self.width())))
            QToolTip.showText(event.globalPos(), self._told(list(Phase)[at]), self)
            return True
        return super().event(event)

    def _place(self, at: int) -> QRect:
        left, right = (self.width() * edge // len(Phase) for edge in (at, at + 1))
        return QRect(left, 0, right - left - 3, HEIGHT)

    def _cell(self, painter: QPainter, rect: QRect, phase: Phase) -> None:
        painter.fillRect(rect, color(Token.BG2))
        painter.setFont(font(10, 500))
        painter.setPen(color(Token.T1))
        painter.drawText(
            rect.adjusted(0, 3, 0, 0), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, NAMES[phase]
        )
        if phase in GATED:
            self._permit(painter, rect, self._permits.get(phase))
        else:
            self._vote(painter, rect, self._votes.get(phase))

    def _vote(self, painter: QPainter, rect: QRect, vote: float | None) -> None:
        centre, base = rect.center().x() + 0.5, rect.bottom() - 8
        painter.fillRect(QRectF(rect.left() + 4, base, rect.width() - 8, 4), color(Token.LINE2))
        if vote is not None:
            reach = (rect.width() / 2 - 4) * vote
            painter.fillRect(QRectF(min(centre, centre + reach), base, abs(reach), 4), color(toned(vote)))
            painter.fillRect(QRectF(centre - 0.5, base - 2, 1, 8), color(Token.T2))

    def _permit(self, painter: QPainter, rect: QRect, permit: bool | None) -> None:
        word, token = {True: ("yes", Token.UP), False: ("no", Token.DOWN), None: ("\u2013", Token.T2)}[permit]
        painter.setFont(font(10, 650))
        painter.setPen(color(token))
        painter.drawText(rect.adjusted(0, 0, 0, -3), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, word)

    def _told(self, phase: Phase) -> str:
        if phase in GATED:
            word = {True: "yes", False: "no", None: "not asked"}[self._permits.get(phase)]
            return f"{phase.value.capitalize()}: {word}"
        vote = self._votes.get(phase)
        return f"{phase.value.capitalize()}: {'no vote' if vote is None else vote_text(vote)}"
