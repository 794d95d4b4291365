"""Closed trades as rows of a table, newest first."""

from dataclasses import dataclass

from sigma_desktop.models.cells import Cell, Column, toned
from sigma_desktop.models.positions import side_cell
from sigma_desktop.models.story import story
from sigma_desktop.theme.format import NOTHING, clock_time, day_time, duration, money, percent, price, quantity
from sigma_desktop.theme.tokens import Token, minus
from sigma_engine import ExitReason, Trade, short

_WORDS = {
    ExitReason.STOP: "the stop was hit",
    ExitReason.TARGET: "the target was reached",
    ExitReason.TRAILING: "the trailing stop was hit",
    ExitReason.BREAKEVEN: "the stop at break-even was hit",
    ExitReason.SIGNAL: "the strategy's exit signal",
    ExitReason.TIME: "its time was up",
    ExitReason.LIQUIDATION: "it was liquidated",
    ExitReason.KILL: "the kill switch",
    ExitReason.MANUAL: "closed by hand",
    ExitReason.END: "the market data ended",
}


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A trade with the digits of its prices and quantities."""

    trade: Trade
    price_decimals: int
    quantity_decimals: int


def r_multiple(r: float | None) -> str:
    """``+1.2R``; a dash where no initial stop defines it."""
    return NOTHING if r is None or r != r else minus(f"{r:+.1f}R")


def _profit(row: TradeRow) -> Cell:
    return Cell(money(row.trade.pnl, signed=True), toned(row.trade.pnl), bold=True)


def _r(row: TradeRow) -> Cell:
    r = row.trade.r
    return Cell(r_multiple(r), Token.T2 if r is None else toned(r))


COLUMNS: tuple[Column[TradeRow], ...] = (
    Column(
        "Time",
        lambda row: Cell(clock_time(row.trade.exit_ms)[:5], Token.T1),
        lambda row: row.trade.exit_ms,
        52,
        1,
        rank=2,
    ),
    Column("Symbol", lambda row: Cell(short(row.trade.symbol), bold=True), lambda row: row.trade.symbol, 76, 3),
    Column("Side", lambda row: side_cell(row.trade.side), lambda row: row.trade.side.value, 52, 1),
    Column("Entry", lambda row: Cell(price(row.trade.entry_price, row.price_decimals), Token.T1), None, 68, 2, True, 4),
    Column("Exit", lambda row: Cell(price(row.trade.exit_price, row.price_decimals)), None, 68, 2, True, 3),
    Column(
        "P&L", _profit, lambda row: row.trade.pnl, 62, 2, True, 0, "What the trade came to after fees and funding, USDT"
    ),
    Column(
        "R",
        _r,
        lambda row: row.trade.r,
        50,
        1,
        True,
        5,
        "Profit in initial risks: 1R is what its first stop would have cost",
    ),
    Column(
        "Exit by",
        lambda row: Cell(row.trade.reason.value, Token.T1),
        lambda row: row.trade.reason.value,
        70,
        2,
        False,
        1,
    ),
)


def key(row: TradeRow) -> str:
    """Trades have ids."""
    return row.trade.trade_id


def tell(row: TradeRow) -> str:
    """The whole story of a trade, for its tooltip."""
    trade = row.trade
    size = quantity(trade.quantity, row.quantity_decimals)
    facts = (
        ("Profit", f"{money(trade.pnl, signed=True)} USDT ({r_multiple(trade.r)})"),
        ("Return on its value", percent(trade.return_pct / 100, 2, signed=True)),
        ("Entered", f"{day_time(trade.entry_ms)} at {price(trade.entry_price, row.price_decimals)}"),
        ("Left", f"{day_time(trade.exit_ms)} at {price(trade.exit_price, row.price_decimals)}"),
        ("Because", _WORDS[trade.reason]),
        ("Held for", f"{duration(trade.exit_ms - trade.entry_ms)} ({trade.bars} candles)"),
        ("Size", f"{size} at {trade.leverage}×"),
        ("Fees, funding, slippage", f"{money(trade.fees)}, {money(trade.funding)}, {money(trade.slippage)}"),
    )
    return story(f"{short(trade.symbol)} {trade.side.value}", facts, f"Why it was opened: {trade.entry_reason}")
