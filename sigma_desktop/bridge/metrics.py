"""The account in figures: what was won and lost, how smoothly, and at what cost; free of Qt.

Kept up point by point, so that a curve of a hundred thousand points costs no more than its newest.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sigma_desktop.bridge.trail import Trail
from sigma_engine import EquityPoint, Trade

DAY_MS = 86_400_000
DAYS_A_YEAR = 365
ENOUGH_DAYS = 10
"""Complete days of returns below which no Sharpe ratio is shown."""
COURSE_POINTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What the cards show; money in USDT, ratios None while they are undefined, drawdowns 0 to 1.

    ``sharpe`` and ``sortino`` are of ``days`` complete days' returns, a year of 365; ``volume`` is the value
    bought and sold; the courses are samples over the run, oldest first.
    """

    trades: int
    wins: int
    profit_factor: float | None
    expectancy: Decimal | None
    sharpe: float | None
    sortino: float | None
    days: int
    max_drawdown: float
    volume: Decimal
    equity_course: tuple[float, ...]
    drawdown_course: tuple[float, ...]
    win_course: tuple[float, ...]

    @property
    def win_rate(self) -> float | None:
        """Won trades over all, 0 to 1."""
        return self.wins / self.trades if self.trades else None


class Scoreboard:
    """Adds up closed trades and the equity curve of one run."""

    def __init__(self, initial: Decimal) -> None:
        self._initial = initial
        self._gains = self._losses = self._volume = Decimal(0)
        self._wins: list[int] = []
        self._closes: list[float] = []
        self._day = -1
        self._peak = float(initial)
        self._max_drawdown = 0.0
        self._seen_equity = 0

    def update(self, trades: Trail[Trade], equity: Trail[EquityPoint]) -> Metrics:
        """Take in what was appended to ``trades`` and ``equity`` since the last time."""
        for trade in trades.since(len(self._wins)):
            self._add_trade(trade)
        for point in equity.since(self._seen_equity):
            self._add_point(point)
        self._seen_equity = equity.added
        return self._metrics(equity)

    def _add_trade(self, trade: Trade) -> None:
        won = trade.pnl > 0
        self._gains += max(trade.pnl, Decimal(0))
        self._losses -= min(trade.pnl, Decimal(0))
        self._volume += trade.quantity * (trade.entry_price + trade.exit_price)
        self._wins.append((self._wins[-1] if self._wins else 0) + won)

    def _add_point(self, point: EquityPoint) -> None:
        value, day = float(point.equity), (point.at_ms - 1) // DAY_MS
        self._peak = max(self._peak, value)
        self._max_drawdown = max(self._max_drawdown, 1 - value / self._peak)
        if day == self._day:
            self._closes[-1] = value
        else:
            self._day = day
            self._closes.append(value)

    def _metrics(self, equity: Trail[EquityPoint]) -> Metrics:
        count, wins = len(self._wins), self._wins[-1] if self._wins else 0
        sharpe, sortino, days = self._ratios()
        course = tuple(float(equity[at].equity) for at in _samples(len(equity)))
        return Metrics(
            trades=count,
            wins=wins,
            profit_factor=float(self._gains / self._losses) if self._losses else None,
            expectancy=(self._gains - self._losses) / count if count else None,
            sharpe=sharpe,
            sortino=sortino,
            days=days,
            max_drawdown=self._max_drawdown,
            volume=self._volume,
            equity_course=course,
            drawdown_course=_drawdowns(course),
            win_course=tuple(self._wins[at] / (at + 1) for at in _samples(count)),
        )

    def _ratios(self) -> tuple[float | None, float | None, int]:
        """Sharpe and Sortino of complete days, and how many those are; the running day is left out."""
        closes = np.array([float(self._initial), *self._closes[:-1]])
        if len(closes) - 1 < ENOUGH_DAYS:
            return None, None, len(closes) - 1
        returns = closes[1:] / closes[:-1] - 1
        mean, deviation = float(returns.mean()), float(returns.std(ddof=1))
        downside = math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
        year = math.sqrt(DAYS_A_YEAR)
        sharpe = mean / deviation * year if deviation > 0 else None
        sortino = mean / downside * year if downside > 0 else None
        return sharpe, sortino, len(returns)


def _samples(count: int) -> list[int]:
    """Positions of at most `COURSE_POINTS` of ``count`` values, the first and the last among them."""
    if count <= COURSE_POINTS:
        return list(range(count))
    return [round(at * (count - 1) / (COURSE_POINTS - 1)) for at in range(COURSE_POINTS)]


def _drawdowns(course: Sequence[float]) -> tuple[float, ...]:
    if not course:
        return ()
    values = np.asarray(course)
    return tuple((values / np.maximum.accumulate(values) - 1).tolist())
