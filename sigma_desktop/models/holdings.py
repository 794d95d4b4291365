"""The table of what is held: SIGMA's positions and the account's others, in as many columns as there is room for."""

from collections.abc import Callable
from dataclasses import replace

from sigma_desktop.models import externals, positions
from sigma_desktop.models.cells import Cell, Column, SortKey
from sigma_desktop.models.externals import UNKNOWN, ExternalRow
from sigma_desktop.models.positions import Guard, PositionRow, side_cell
from sigma_desktop.theme.format import local_time, quantity
from sigma_desktop.theme.tokens import Token

Row = PositionRow | ExternalRow
Columns = tuple[Column[Row], ...]

_PRICES = "Average price of the entry; below it the mark, the last price seen"
_STOP = "Where the loss is cut, and how far that is from the mark"
_TARGET = "Where the profit is taken, and how far that is from the mark"
_PROFIT = "Profit at the mark, USDT, before the costs of closing; below it as a share of the margin"
_SINCE = "Since when a stop at the exchange covers all of the position, local time"


def columns(live: bool, width: int) -> Columns:
    """Those for a table of ``width`` pixels: each fact its own where all fit, otherwise two facts in one."""
    tiers = (LIVE_ROOMY, LIVE_SNUG, LIVE_TIGHT) if live else (ROOMY, SNUG, TIGHT)
    return next((tier for tier in tiers[:-1] if _needs(tier) <= width), tiers[-1])


def _needs(tier: Columns) -> int:
    """The pixels of all but the target, which the chart shows too."""
    return sum(column.width for column in tier if column is not _TARGET_AWAY)


def _tight(snug: Columns) -> Columns:
    """What may be cut is cut before anything gives way."""
    return tuple(replace(column, width=column.least or column.width) for column in snug)


def key(row: Row) -> tuple[str, str]:
    """A symbol holds one position of SIGMA's at most, and one of others on each side."""
    return (row.position.symbol, "") if isinstance(row, PositionRow) else (row.external.symbol, row.external.side.value)


def tell(row: Row) -> str:
    """The whole story of a row, for its tooltip."""
    return positions.tell(row) if isinstance(row, PositionRow) else externals.tell(row)


def _cell(ours: Callable[[PositionRow], Cell], theirs: Callable[[ExternalRow], Cell]) -> Callable[[Row], Cell]:
    return lambda row: ours(row) if isinstance(row, PositionRow) else theirs(row)


def _key(ours: Callable[[PositionRow], SortKey]) -> Callable[[Row], SortKey]:
    return lambda row: ours(row) if isinstance(row, PositionRow) else None


def _nothing(_row: ExternalRow) -> Cell:
    return UNKNOWN


def _no_way_out(_row: ExternalRow) -> Cell:
    return Cell()


def _sized_symbol(row: PositionRow) -> Cell:
    """The side as a word and the size stand below the symbol."""
    cell, held = positions.symbol_cell(row), row.position
    below = f"{held.side.value} {quantity(held.quantity, row.quantity_decimals)}"
    return replace(cell, below=below, below_token=side_cell(held.side).token)


def _prices(row: PositionRow) -> Cell:
    mark = positions.mark_cell(row)
    return Cell(positions.entry_cell(row).text, Token.T1, below=mark.text, below_token=Token.T0)


def _guarded(row: PositionRow) -> Cell:
    """The stop with since when the exchange holds it; where it does not, that alone."""
    stop, since_ms = positions.stop_cell(row), row.position.protected_ms
    if row.guard is Guard.NOBODY_ELSE:
        return replace(stop, token=Token.WARN, below="SIGMA alone", below_token=Token.WARN)
    if since_ms is None:
        return positions.protected_cell(row)
    return replace(stop, below=f"since {local_time(since_ms)[:5]}", below_token=Token.UP)


def symbol(row: Row) -> str:
    """The market of a row."""
    return row.position.symbol if isinstance(row, PositionRow) else row.external.symbol


def _side(row: Row) -> Cell:
    return side_cell(row.position.side if isinstance(row, PositionRow) else row.external.side)


_SYMBOL: Column[Row] = Column("Symbol", _cell(positions.symbol_cell, externals.symbol_cell), symbol, 86, 5)
_MARK: Column[Row] = Column(
    "Mark", _cell(positions.mark_cell, externals.mark_cell), None, 68, 2, True, 0, "The last price seen"
)
_PROTECTED: Column[Row] = Column(
    "Protected",
    _cell(positions.protected_cell, externals.whose_cell),
    _key(lambda row: row.position.protected_ms),
    92,
    1,
    explanation=_SINCE,
)
_STOP_AWAY: Column[Row] = Column("Stop", _cell(positions.stop_cell, _nothing), None, 70, 2, True, 0, _STOP)
_GUARDED: Column[Row] = Column(
    "Protected at",
    _cell(_guarded, externals.whose_cell),
    _key(lambda row: row.position.protected_ms),
    80,
    2,
    True,
    0,
    f"{_STOP}; below it since when it waits at the exchange, local time",
)
_TARGET_AWAY: Column[Row] = Column("Target", _cell(positions.target_cell, _nothing), None, 70, 2, True, 4, _TARGET)
_GAIN: Column[Row] = Column(
    "P&L",
    _cell(positions.profit_cell, _nothing),
    _key(lambda row: row.position.unrealised),
    76,
    2,
    True,
    0,
    _PROFIT,
    least=66,
)
_OUT: Column[Row] = Column(
    "", _cell(positions.close_cell, _no_way_out), None, 24, explanation="Close this position at market", stretch=0
)
_BESIDE: Columns = (
    Column("Side", _side, lambda row: _side(row).text, 58, 1),
    Column(
        "Size",
        _cell(positions.size_cell, externals.size_cell),
        _key(lambda row: row.position.notional),
        62,
        2,
        True,
        0,
        "Coins held, and their value at the mark, USDT",
    ),
    Column(
        "Entry", _cell(positions.entry_cell, externals.entry_cell), None, 68, 2, True, 0, "Average price of the entry"
    ),
    _MARK,
)
_BELOW: Columns = (
    Column(
        "Symbol",
        _cell(_sized_symbol, externals.sized_symbol_cell),
        symbol,
        84,
        2,
        explanation="The market, and below it what is held of it",
        least=76,
    ),
    Column("Entry/Mark", _cell(_prices, externals.prices_cell), None, 74, 2, True, 2, _PRICES),
)

ROOMY: Columns = (_SYMBOL, *_BESIDE, _STOP_AWAY, _TARGET_AWAY, _GAIN, _OUT)
SNUG: Columns = (*_BELOW, replace(_STOP_AWAY, rank=3), _TARGET_AWAY, _GAIN, _OUT)
LIVE_ROOMY: Columns = (_SYMBOL, *_BESIDE, _PROTECTED, _STOP_AWAY, _TARGET_AWAY, _GAIN, _OUT)
LIVE_SNUG: Columns = (*_BELOW, _GUARDED, _TARGET_AWAY, _GAIN, _OUT)
TIGHT, LIVE_TIGHT = _tight(SNUG), _tight(LIVE_SNUG)
"""With real orders the protection stands in sight however narrow the panel is."""
