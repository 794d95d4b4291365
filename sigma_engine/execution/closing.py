"""What a position came to once it is closed: one way to work it out, for the ledger and for compiled runs."""

from dataclasses import dataclass
from decimal import Decimal

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.domain.position import Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """All that is known at the close; ``gross`` is the profit before costs, the whole margin lost in a liquidation."""

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
    gross: Decimal
    initial_stop: Decimal | None
    reason: ExitReason
    entry_reason: str


def closed_trade(closing: Closing, interval_ms: int) -> Trade:
    """The trade, net of fees and funding, in percent of its value and in initial risks; ``bars`` are whole candles."""
    c = closing
    pnl = c.gross - c.fees + c.funding
    risk = abs(c.entry_price - c.initial_stop) * c.quantity if c.initial_stop else ZERO
    return Trade(
        trade_id=c.trade_id,
        symbol=c.symbol,
        side=c.side,
        entry_ms=c.entry_ms,
        exit_ms=c.exit_ms,
        entry_price=c.entry_price,
        exit_price=c.exit_price,
        quantity=c.quantity,
        leverage=c.leverage,
        fees=c.fees,
        funding=c.funding,
        slippage=c.slippage,
        pnl=pnl,
        return_pct=float(pnl / (c.entry_price * c.quantity)) * 100,
        r=float(pnl / risk) if risk else None,
        bars=c.exit_ms // interval_ms - c.entry_ms // interval_ms,
        reason=c.reason,
        entry_reason=c.entry_reason,
    )
