"""A backtest's trades as rows of a table, in the order they were closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sigma_desktop.models import trades
from sigma_desktop.models.cells import Cell, Column, toned
from sigma_desktop.models.positions import side_cell
from sigma_desktop.models.trades import r_multiple
from sigma_desktop.theme.format import NOTHING, day_time, duration, money, price, quantity
from sigma_desktop.theme.tokens import Token
from sigma_engine import BacktestResult, Regime, Trade, short

_MOST_DIGITS = 8


@dataclass(frozen=True, slots=True)
class TrialTrade:
    """Trade ``number`` of the run, from 1, with the regime of its signal and the digits of its market."""

    number: int
    trade: Trade
    regime: Regime | None
    price_decimals: int
    quantity_decimals: int

    @property
    def costs(self) -> Decimal:
        """Fees, slippage and funding paid, USDT."""
        return self.trade.fees + self.trade.slippage - self.trade.funding


def rows(result: BacktestResult) -> list[TrialTrade]:
    """All trades of ``result``."""
    digits = {symbol: decimals(result.trades, symbol) for symbol in {trade.symbol for trade in result.trades}}
    pairs = zip(result.trades, result.regimes, strict=True)
    return [TrialTrade(at, trade, regime, *digits[trade.symbol]) for at, (trade, regime) in enumerate(pairs, 1)]


def decimals(closed: Iterable[Trade], symbol: str) -> tuple[int, int]:
    """The digits behind the point of prices and of quantities of ``symbol``, as its trades were written; 2 and 4
    without any."""
    own = [trade for trade in closed if trade.symbol == symbol]
    prices = _digits((value for trade in own for value in (trade.entry_price, trade.exit_price)), 2)
    return prices, _digits((trade.quantity for trade in own), 4)


def _digits(values: Iterable[Decimal], otherwise: int) -> int:
    digits = (len(f"{value:f}".partition(".")[2].rstrip("0")) for value in values)
    return min(_MOST_DIGITS, max(digits, default=otherwise))


def _regime(row: TrialTrade) -> Cell:
    return Cell(row.regime.value if row.regime else NOTHING, Token.T1)


def _price(value: Decimal, row: TrialTrade, token: Token) -> Cell:
    return Cell(price(value, row.price_decimals), token)


def _result(row: TrialTrade) -> Cell:
    return Cell(money(row.trade.pnl, signed=True), toned(row.trade.pnl), bold=True)


def _r(row: TrialTrade) -> Cell:
    r = row.trade.r
    return Cell(r_multiple(r), Token.T2 if r is None else toned(r))


def _held_ms(row: TrialTrade) -> int:
    return row.trade.exit_ms - row.trade.entry_ms


COLUMNS: tuple[Column[TrialTrade], ...] = (
    Column("#", lambda row: Cell(str(row.number), Token.T2), lambda row: row.number, 38, 0, False, 9),
    Column("Entered", lambda row: Cell(day_time(row.trade.entry_ms), Token.T1), lambda row: row.trade.entry_ms, 100, 1),
    Column(
        "Symbol", lambda row: Cell(short(row.trade.symbol), bold=True), lambda row: row.trade.symbol, 86, 1, False, 1
    ),
    Column("Side", lambda row: side_cell(row.trade.side), lambda row: row.trade.side.value, 56, 1, rank=2),
    Column("P&L", _result, lambda row: row.trade.pnl, 70, 1, True, 0, "After fees and funding, USDT"),
    Column("R", _r, lambda row: row.trade.r, 52, 1, True, 3, "Profit in initial risks: what the first stop would cost"),
    Column(
        "Exit by", lambda row: Cell(row.trade.reason.value, Token.T1), lambda row: row.trade.reason.value, 72, 1, rank=4
    ),
    Column("Held", lambda row: Cell(duration(_held_ms(row)), Token.T1), _held_ms, 70, 1, True, 5),
    Column(
        "Entry",
        lambda row: _price(row.trade.entry_price, row, Token.T1),
        lambda row: row.trade.entry_price,
        84,
        1,
        True,
        5,
    ),
    Column(
        "Exit",
        lambda row: _price(row.trade.exit_price, row, Token.T0),
        lambda row: row.trade.exit_price,
        84,
        1,
        True,
        5,
    ),
    Column(
        "Size",
        lambda row: Cell(quantity(row.trade.quantity, row.quantity_decimals), Token.T1),
        lambda row: row.trade.quantity * row.trade.entry_price,
        78,
        1,
        True,
        8,
        "In the coin; sorted by its value",
    ),
    Column(
        "Costs",
        lambda row: Cell(money(row.costs), Token.T1),
        lambda row: row.costs,
        60,
        1,
        True,
        6,
        "Fees, slippage and funding paid, USDT",
    ),
    Column("Regime", _regime, lambda row: row.regime.value if row.regime else None, 72, 1, False, 7),
)


def key(row: TrialTrade) -> int:
    """Rows are known by their number."""
    return row.number


def tell(row: TrialTrade) -> str:
    """The whole story of a trade, for its tooltip."""
    return trades.tell(trades.TradeRow(row.trade, row.price_decimals, row.quantity_decimals))
