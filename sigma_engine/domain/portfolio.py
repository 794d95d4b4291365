"""The account at one instant."""

from dataclasses import dataclass
from decimal import Decimal

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.position import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Wallet, positions and the figures every limit looks at; USDT.

    ``wallet`` is settled money; ``day_open_equity`` the equity at 00:00 UTC of the running day (or at the start,
    if later); ``peak_equity`` the highest equity so far; ``trades_today`` how many entries were filled today.
    """

    at_ms: int
    wallet: Decimal
    positions: tuple[Position, ...]
    initial: Decimal
    day_open_equity: Decimal
    peak_equity: Decimal
    trades_today: int = 0
    fees_paid: Decimal = ZERO

    @property
    def unrealised(self) -> Decimal:
        """Profit of the open positions at their marks."""
        return sum((position.unrealised for position in self.positions), ZERO)

    @property
    def equity(self) -> Decimal:
        """Wallet plus unrealised profit."""
        return self.wallet + self.unrealised

    @property
    def margin_used(self) -> Decimal:
        """Margin bound by the open positions."""
        return sum((position.margin for position in self.positions), ZERO)

    @property
    def free(self) -> Decimal:
        """What new margin may use: wallet less bound margin and open losses."""
        return self.wallet - self.margin_used + min(ZERO, self.unrealised)

    @property
    def pnl_today(self) -> Decimal:
        """Change of equity since the day opened."""
        return self.equity - self.day_open_equity

    @property
    def drawdown_fraction(self) -> float:
        """How far equity lies below its peak, 0 to 1."""
        return float(1 - self.equity / self.peak_equity) if self.peak_equity > 0 else 0.0

    @property
    def exposure_fraction(self) -> float:
        """Value of all positions over equity."""
        notional = sum((position.notional for position in self.positions), ZERO)
        return float(notional / self.equity) if self.equity > 0 else 0.0

    def position(self, symbol: str) -> Position | None:
        """The open position of ``symbol``."""
        return next((position for position in self.positions if position.symbol == symbol), None)


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """Equity at the close of a candle, USDT."""

    at_ms: int
    equity: Decimal
    wallet: Decimal
