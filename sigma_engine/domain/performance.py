"""What closed trades came to, as the database adds them up."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What closed trades came to, USDT; ``pnl`` is net of ``fees``, ``best`` and ``worst`` are single trades.

    A trade that came to more than nothing is a win. Without trades ``best`` and ``worst`` are None.
    """

    trades: int
    wins: int
    pnl: Decimal
    fees: Decimal
    best: Decimal | None
    worst: Decimal | None

    @property
    def win_rate(self) -> float | None:
        """Wins over trades, 0 to 1, or None without trades."""
        return self.wins / self.trades if self.trades else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceSummary(Result):
    """The result of a run since ``since_ms`` (None: since its start), in all and by symbol."""

    since_ms: int | None
    by_symbol: dict[str, Result]
