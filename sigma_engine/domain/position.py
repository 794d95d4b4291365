"""What is held, and what it came to once it was closed."""

from dataclasses import dataclass
from decimal import Decimal

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, PositionSide


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """An open position; prices in USDT on the tick, ``quantity`` in base coin, isolated margin.

    ``entry_price`` of several executions is their average, which lies between ticks.
    ``mark`` is the last price seen, ``stop`` and ``target`` are where it closes, ``initial_stop`` is the stop it
    began with (its distance is 1 R), ``stop_kind`` names what the stop has become (stop, trailing, breakeven),
    ``extreme`` the best price since entry, ``entry_reason`` why it was opened.

    ``closed_quantity`` was closed already, for ``closed_value`` USDT in all and a profit before costs of ``realised``.
    ``protected_ms`` is since when a stop at the exchange is known to cover all of it; None where none does.
    """

    symbol: str
    side: PositionSide
    quantity: Decimal
    leverage: int
    entry_price: Decimal
    entry_ms: int
    mark: Decimal
    stop: Decimal | None
    target: Decimal | None
    initial_stop: Decimal | None
    stop_kind: ExitReason
    liquidation: Decimal
    margin: Decimal
    fees: Decimal
    funding: Decimal
    slippage: Decimal
    extreme: float
    atr: float
    bars: int
    entry_id: str
    entry_reason: str
    unrealised: Decimal
    closed_quantity: Decimal = ZERO
    closed_value: Decimal = ZERO
    realised: Decimal = ZERO
    protected_ms: int | None = None

    @property
    def notional(self) -> Decimal:
        """Value at the mark, USDT."""
        return self.quantity * self.mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A closed position (contracts.md §7); ``pnl`` is net of fees and funding, ``r`` is in initial risks."""

    trade_id: str
    symbol: str
    side: PositionSide
    entry_ms: int
    exit_ms: int
    entry_price: Decimal
    exit_price: Decimal
    quantity: Decimal
    leverage: int
    fees: Decimal
    funding: Decimal
    slippage: Decimal
    pnl: Decimal
    return_pct: float
    r: float | None
    bars: int
    reason: ExitReason
    entry_reason: str
