"""Open positions as rows of a table: what is held, what it is worth, how far its exits are, why it is held."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto

from sigma_desktop.models.cells import Cell, Column, Kind, toned
from sigma_desktop.models.story import story
from sigma_desktop.theme.format import day_time, duration, local_time, money, percent, price, quantity
from sigma_desktop.theme.tokens import Token
from sigma_engine import Position, PositionSide, short

CLOSE_ICON = "close"


class Guard(Enum):
    """Who closes a position at its stop."""

    HERE = auto()
    """SIGMA, as in every simulation; nothing needs to be said of it."""
    EXCHANGE = auto()
    """A stop at the exchange, which acts also while SIGMA does not."""
    NOBODY_ELSE = auto()
    """SIGMA alone, because the exchange takes no stops."""


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A position with what is needed to write it: its strategy and the digits of its prices and quantities."""

    position: Position
    strategy: str
    price_decimals: int
    quantity_decimals: int
    closing: bool = False
    """Its closing was asked for and is on its way."""
    guard: Guard = Guard.HERE
    exposed_ms: int = 0
    """How long it has been held without a stop at the exchange, whole seconds; 0 where it has one or needs none."""

    @property
    def on_margin(self) -> Decimal:
        """Profit over the margin it binds, as a fraction."""
        margin = self.position.margin
        return self.position.unrealised / margin if margin else Decimal(0)

    def price(self, value: Decimal | None) -> str:
        """A price of this market, empty where there is none."""
        return "" if value is None else price(value, self.price_decimals)

    def away(self, level: Decimal | None) -> str:
        """How far ``level`` is from the mark, in percent of the mark, signed; empty where there is none."""
        mark = self.position.mark
        return "" if level is None or not mark else percent((level - mark) / mark, 2, signed=True)


def side_cell(side: PositionSide) -> Cell:
    """LONG or SHORT on its colour."""
    return Cell(side.value.upper(), Token.UP if side is PositionSide.LONG else Token.DOWN, Kind.PILL)


def _symbol(row: PositionRow) -> Cell:
    return Cell(short(row.position.symbol), bold=True, below=f"{row.position.leverage}× {row.strategy}")


def size_cell(row: PositionRow) -> Cell:
    """Coins held, and what they are worth."""
    return Cell(quantity(row.position.quantity, row.quantity_decimals), below=money(row.position.notional, decimals=0))


def _entry(row: PositionRow) -> Cell:
    return Cell(row.price(row.position.entry_price), Token.T1)


def _mark(row: PositionRow) -> Cell:
    return Cell(row.price(row.position.mark))


def _stop(row: PositionRow) -> Cell:
    level = row.position.stop
    return Cell(row.price(level) or "none", Token.T1 if level else Token.WARN, below=row.away(level))


def _target(row: PositionRow) -> Cell:
    level = row.position.target
    return Cell(row.price(level) or "none", Token.T1 if level else Token.T2, below=row.away(level))


def _protected(row: PositionRow) -> Cell:
    if row.guard is Guard.NOBODY_ELSE:
        return Cell("not protected", Token.WARN, below="on exchange", below_token=Token.WARN)
    since_ms = row.position.protected_ms
    if since_ms is None:
        return Cell("not yet", Token.WARN, below=f"for {duration(row.exposed_ms)}", below_token=Token.WARN, bold=True)
    return Cell("protected", Token.UP, below=f"since {local_time(since_ms)}")


def _profit(row: PositionRow) -> Cell:
    amount = row.position.unrealised
    token, share = toned(amount), percent(row.on_margin, 2, signed=True)
    return Cell(money(amount, signed=True), token, below=share, below_token=token, bold=True)


def _close(row: PositionRow) -> Cell:
    return Cell("timer-sand" if row.closing else CLOSE_ICON, Token.T2, Kind.ICON)


COLUMNS: tuple[Column[PositionRow], ...] = (
    Column("Symbol", _symbol, lambda row: row.position.symbol, 86, 6),
    Column("Side", lambda row: side_cell(row.position.side), lambda row: row.position.side.value, 58, 1),
    Column(
        "Size",
        size_cell,
        lambda row: row.position.notional,
        58,
        2,
        True,
        1,
        "Coins held, and their value at the mark, USDT",
    ),
    Column("Entry", _entry, None, 66, 2, True, 2, "Average price of the entry"),
    Column("Mark", _mark, None, 66, 2, True, 0, "The last price seen"),
    Column("Stop", _stop, None, 74, 2, True, 3, "Where the loss is cut, and how far that is from the mark"),
    Column("Target", _target, None, 74, 2, True, 4, "Where the profit is taken, and how far that is from the mark"),
    Column(
        "P&L",
        _profit,
        lambda row: row.position.unrealised,
        66,
        2,
        True,
        0,
        "Profit at the mark, USDT, before the costs of closing; below it as a share of the margin",
    ),
    Column("", _close, None, 26, 0, False, 0, "Close this position at market"),
)


def _live_symbol(row: PositionRow) -> Cell:
    """The size, negative for a short, stands below the symbol: its own column may give way to the protection."""
    held = row.position
    sign = "+" if held.side is PositionSide.LONG else "\u2212"
    size = f"{sign}{quantity(held.quantity, row.quantity_decimals)}"
    return Cell(short(held.symbol), bold=True, below=size, below_token=side_cell(held.side).token)


PROTECTED: Column[PositionRow] = Column(
    "Protected",
    _protected,
    lambda row: row.position.protected_ms,
    92,
    1,
    explanation="Since when a stop at the exchange covers all of the position, local time",
)
_YIELDS = {"Side": 1, "Mark": 2, "Size": 3, "Entry": 4, "Stop": 5, "Target": 6}
_SYMBOL, _SIDE, *_OTHERS = (replace(column, rank=_YIELDS.get(column.title, column.rank)) for column in COLUMNS)
LIVE_COLUMNS = (replace(_SYMBOL, cell=_live_symbol, least=76), _SIDE, PROTECTED, *_OTHERS)
"""With real orders the protection stands in sight however narrow the panel is."""


def key(row: PositionRow) -> str:
    """A symbol holds one position at most."""
    return row.position.symbol


def tell(row: PositionRow) -> str:
    """The whole story of a position, for its tooltip."""
    held = row.position
    facts = (
        ("Value at the mark", f"{money(held.notional)} USDT"),
        ("Margin", f"{money(held.margin)} USDT at {held.leverage}×"),
        ("Profit", f"{money(held.unrealised, signed=True)} USDT ({percent(row.on_margin, 2, signed=True)} on margin)"),
        (f"Stop ({held.stop_kind.value})", _level(row, held.stop)),
        ("Target", _level(row, held.target)),
        *_protection(row),
        ("Liquidation", _level(row, held.liquidation)),
        ("Fees, funding, slippage", f"{money(held.fees)}, {money(held.funding)}, {money(held.slippage)}"),
        ("Entered", f"{day_time(held.entry_ms)} at {row.price(held.entry_price)}"),
    )
    return story(f"{short(held.symbol)} {held.side.value}", facts, f"Why: {held.entry_reason}")


def _protection(row: PositionRow) -> tuple[tuple[str, str], ...]:
    if row.guard is Guard.HERE:
        return ()
    if row.guard is Guard.NOBODY_ELSE:
        return (("Protected", "not on the exchange: SIGMA closes it itself, and only while it runs"),)
    since_ms = row.position.protected_ms
    if since_ms is None:
        return (("Protected", f"not yet, for {duration(row.exposed_ms)}"),)
    return (("Protected", f"since {local_time(since_ms)} local time, by a stop at the exchange"),)


def _level(row: PositionRow, level: Decimal | None) -> str:
    return "none" if level is None else f"{row.price(level)} ({row.away(level)})"
