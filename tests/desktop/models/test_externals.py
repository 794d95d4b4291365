"""What the account holds beside SIGMA's positions is told as somebody else's, with no way out."""

from decimal import Decimal

import pytest

from sigma_desktop.models.cells import Cell, Kind
from sigma_desktop.models.externals import ExternalRow
from sigma_desktop.models.holdings import LIVE_ROOMY, LIVE_SNUG, Columns, tell
from sigma_engine import ExternalPosition, PositionSide
from tests.desktop.market import SOL

HELD = ExternalPosition(symbol=SOL, side=PositionSide.SHORT, quantity=Decimal("12.50"), entry_price=Decimal("191.2"))
SHARED = ExternalPosition(symbol=SOL, side=PositionSide.SHORT, quantity=Decimal("0.00300"), entry_price=None)


def read(row: ExternalRow, columns: Columns) -> dict[str, Cell]:
    return {column.title: column.cell(row) for column in columns}


def test_it_says_what_is_known_and_whose_it_is_not() -> None:
    cells = read(ExternalRow(HELD, 2, 2, 188.0), LIVE_ROOMY)
    assert (cells["Symbol"].text, cells["Symbol"].below) == ("SOL/USDT", "external")
    assert (cells["Side"].text, cells["Size"].text) == ("SHORT", "12.50")
    assert (cells["Entry"].text, cells["Mark"].text) == ("191.20", "188.00")
    assert (cells["Protected"].text, cells["Protected"].below) == ("external", "not SIGMA's")


def test_where_it_is_narrow_it_says_the_same() -> None:
    cells = read(ExternalRow(HELD, 2, 2, 188.0), LIVE_SNUG)
    assert (cells["Symbol"].text, cells["Symbol"].below) == ("SOL/USDT", "short 12.50")
    assert (cells["Entry/Mark"].text, cells["Entry/Mark"].below) == ("191.20", "188.00")
    assert (cells["Protected at"].text, cells["Protected at"].below) == ("external", "not SIGMA's")


@pytest.mark.parametrize("columns", [LIVE_ROOMY, LIVE_SNUG])
def test_there_is_no_way_out_and_no_figure_that_sigma_does_not_know(columns: Columns) -> None:
    cells = read(ExternalRow(HELD), columns)
    assert all(cell.kind is not Kind.ICON for cell in cells.values())
    assert cells["P&L"].text == "–"


def test_of_a_market_that_is_not_followed_it_says_as_many_digits_as_the_exchange() -> None:
    cells = read(ExternalRow(SHARED), LIVE_ROOMY)
    assert (cells["Size"].text, cells["Entry"].text, cells["Mark"].text) == ("0.003", "–", "–")


def test_its_story_says_that_sigma_never_trades_it() -> None:
    told = tell(ExternalRow(HELD, 2, 2, 188.0))
    for part in ("SOL/USDT short, not SIGMA&#x27;s", "12.50", "191.20", "never trades it"):
        assert part in told
