"""Open positions as rows of a table: what is held, what it is worth, how far its exits are, why it is held."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from sigma_desktop.models.cells import Cell, Kind, toned
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


def symbol_cell(row: PositionRow) -> Cell:
    """The market, and who holds it at which leverage."""
    return Cell(short(row.position.symbol), bold=True, below=f"{row.position.leverage}× {row.strategy}")


def size_cell(row: PositionRow) -> Cell:
    """Coins held, and what they are worth."""
    return Cell(quantity(row.position.quantity, row.quantity_decimals), below=money(row.position.notional, decimals=0))


def entry_cell(row: PositionRow) -> Cell:
    """The average price of the entry."""
    return Cell(row.price(row.position.entry_price), Token.T1)


def mark_cell(row: PositionRow) -> Cell:
    """The last price seen."""
    return Cell(row.price(row.position.mark))


def stop_cell(row: PositionRow) -> Cell:
    """Where the loss is cut, and how far that is from the mark."""
    level = row.position.stop
    return Cell(row.price(level) or "none", Token.T1 if level else Token.WARN, below=row.away(level))


def target_cell(row: PositionRow) -> Cell:
    """Where the profit is taken, and how far that is from the mark."""
    level = row.position.target
    return Cell(row.price(level) or "none", Token.T1 if level else Token.T2, below=row.away(level))


def protected_cell(row: PositionRow) -> Cell:
    """Since when the exchange guards it, or that it does not."""
    if row.guard is Guard.NOBODY_ELSE:
        return Cell("not protected", Token.WARN, below="on exchange", below_token=Token.WARN)
    since_ms = row.position.protected_ms
    if since_ms is None:
        return Cell("not yet", Token.WARN, below=f"for {duration(row.exposed_ms)}", below_token=Token.WARN, bold=True)
    return Cell("protected", Token.UP, below=f"since {local_time(since_ms)}")


def profit_cell(row: PositionRow) -> Cell:
    """What it would come to now, in USDT and as a share of the margin."""
    amount = row.position.unrealised
    token, share = toned(amount), percent(row.on_margin, 2, signed=True)
    return Cell(money(amount, signed=True), token, below=share, below_token=token, bold=True)


def close_cell(row: PositionRow) -> Cell:
    """The way out, or that it is being taken."""
    return Cell("timer-sand" if row.closing else CLOSE_ICON, Token.T2, Kind.ICON)


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
