import time
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from sigma_desktop.models.cells import Cell, Kind, fitted
from sigma_desktop.models.holdings import LIVE_ROOMY, LIVE_SNUG, LIVE_TIGHT, ROOMY, SNUG, TIGHT, Columns, columns
from sigma_desktop.models.positions import Guard, PositionRow, tell
from sigma_desktop.theme.format import local_time
from sigma_desktop.theme.tokens import Token, font
from sigma_desktop.widgets.delegates import EDGE, PADDING
from sigma_engine import Position, PositionSide
from tests.desktop.market import ETH, position

HELD = replace(
    position(),
    quantity=Decimal("0.4200"),
    entry_price=Decimal("96861.0"),
    mark=Decimal("97000.0"),
    stop=Decimal("96030.0"),
    target=Decimal("98940.0"),
    liquidation=Decimal("77600.0"),
    margin=Decimal("8136.324"),
    unrealised=Decimal("58.38"),
    leverage=5,
)


def cells(held: Position, closing: bool = False) -> dict[str, Cell]:
    row = PositionRow(held, "sigma-fusion", 1, 4, closing)
    return {column.title: column.cell(row) for column in ROOMY}


def test_a_position_reads_as_a_trader_writes_it() -> None:
    read = cells(HELD)
    assert (read["Symbol"].text, read["Symbol"].below) == ("BTC/USDT", "5× sigma-fusion")
    assert (read["Side"].text, read["Side"].token, read["Side"].kind) == ("LONG", Token.UP, Kind.PILL)
    assert (read["Size"].text, read["Size"].below) == ("0.4200", "40,740")
    assert (read["Entry"].text, read["Mark"].text) == ("96,861.0", "97,000.0")


def test_profit_is_money_and_its_share_of_the_margin() -> None:
    profit = cells(HELD)["P&L"]
    assert (profit.text, profit.below, profit.token) == ("+58.38", "+0.72%", Token.UP)


def test_a_loss_has_a_sign_and_a_colour() -> None:
    loss = cells(replace(HELD, unrealised=Decimal("-23.02")))["P&L"]
    assert (loss.text, loss.below, loss.token, loss.below_token) == ("−23.02", "−0.28%", Token.DOWN, Token.DOWN)


def test_exits_tell_how_far_they_are_from_the_mark() -> None:
    read = cells(HELD)
    assert (read["Stop"].text, read["Stop"].below) == ("96,030.0", "−1.00%")
    assert (read["Target"].text, read["Target"].below) == ("98,940.0", "+2.00%")


def test_a_position_without_a_stop_says_so_loudly() -> None:
    assert cells(replace(HELD, stop=None))["Stop"] == Cell("none", Token.WARN)


def test_a_position_whose_closing_is_on_its_way_shows_an_hourglass() -> None:
    assert cells(HELD)[""].text == "close"
    assert cells(HELD, closing=True)[""].text == "timer-sand"


def test_the_story_holds_distances_costs_and_the_reason() -> None:
    told = tell(PositionRow(HELD, "sigma-fusion", 1, 4))
    for part in ("BTC/USDT long", "77,600.0 (−20.00%)", "96,030.0 (−1.00%)", "1.60, 0.00, 0.20", HELD.entry_reason):
        assert part in told


def test_a_story_cannot_smuggle_markup() -> None:
    told = tell(PositionRow(replace(HELD, entry_reason="<img src=x> & more"), "s", 1, 4))
    assert "<img" not in told
    assert "&lt;img src=x&gt; &amp; more" in told


def test_shorts_are_named_and_coloured_as_shorts() -> None:
    side = cells(position(ETH, PositionSide.SHORT))["Side"]
    assert (side.text, side.token) == ("SHORT", Token.DOWN)


def protection(held: Position, guard: Guard, exposed_ms: int = 0) -> tuple[Cell, str]:
    row = PositionRow(held, "sigma-fusion", 1, 4, guard=guard, exposed_ms=exposed_ms)
    (column,) = [column for column in LIVE_ROOMY if column.title == "Protected"]
    return column.cell(row), tell(row)


@pytest.mark.parametrize(("zone", "clock"), [("UTC", "12:03:05"), ("Asia/Tokyo", "21:03:05")])
def test_a_position_with_a_stop_at_the_exchange_says_since_when_by_the_clock_on_the_wall(
    monkeypatch: pytest.MonkeyPatch, zone: str, clock: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    noon_ms = 1_763_899_385_000  # 23 November 2025, 12:03:05 UTC
    cell, story = protection(replace(HELD, protected_ms=noon_ms), Guard.EXCHANGE)
    monkeypatch.undo()
    time.tzset()
    assert (cell.text, cell.below) == ("protected", f"since {clock}")
    assert f"since {clock} local time" in story


def test_a_position_that_has_none_yet_says_so_loudly_and_for_how_long() -> None:
    cell, story = protection(HELD, Guard.EXCHANGE, 12_000)
    assert (cell.text, cell.below, cell.token, cell.below_token) == ("not yet", "for 12 s", Token.WARN, Token.WARN)
    assert "not yet, for 12 s" in story


def test_where_the_exchange_takes_no_stops_nothing_is_called_protected() -> None:
    cell, story = protection(HELD, Guard.NOBODY_ELSE)
    assert (cell.text, cell.below, cell.token) == ("not protected", "on exchange", Token.WARN)
    assert "not on the exchange: SIGMA closes it itself, and only while it runs" in story


def test_a_simulation_has_no_word_on_protection() -> None:
    assert "Protected" not in [column.title for column in (*ROOMY, *SNUG)]
    assert "Protected" not in tell(PositionRow(HELD, "s", 1, 4))


def snug(row: PositionRow, titles: Columns = LIVE_SNUG) -> dict[str, Cell]:
    return {column.title: column.cell(row) for column in titles}


@pytest.mark.parametrize("width", [324, 346, 400, 460, 594, 900])
def test_with_real_orders_what_matters_is_in_sight_at_every_width_of_the_dock(width: int) -> None:
    chosen = columns(True, width)
    widths = dict(zip([column.title for column in chosen], fitted(chosen, width), strict=True))
    roomy = {"Symbol", "Side", "Size", "Entry", "Mark", "Protected", "Stop", "P&L", ""}
    wanted = {"Symbol", "Entry/Mark", "Protected at", "P&L", ""} if chosen is not LIVE_ROOMY else roomy
    assert wanted <= {title for title, room in widths.items() if room}
    assert sum(widths.values()) == width


@pytest.mark.parametrize("width", [230, 262, 300])
def test_in_a_very_narrow_dock_protection_and_profit_stay(width: int) -> None:
    widths = dict(zip([column.title for column in LIVE_TIGHT], fitted(LIVE_TIGHT, width), strict=True))
    assert widths["Protected at"] >= 78
    assert widths["P&L"] >= 66


@pytest.mark.parametrize("chosen", [ROOMY, SNUG, TIGHT, LIVE_ROOMY, LIVE_SNUG, LIVE_TIGHT])
def test_no_heading_is_cut(chosen: Columns, app: QApplication) -> None:
    for column in chosen:
        assert column.width >= QFontMetrics(font(11, 500)).horizontalAdvance(column.title) + EDGE + PADDING


@pytest.mark.parametrize("side", PositionSide)
def test_where_it_is_narrow_side_and_size_stand_below_the_symbol_and_the_mark_below_the_entry(
    side: PositionSide,
) -> None:
    read = snug(PositionRow(replace(HELD, side=side), "s", 1, 4))
    token = Token.UP if side is PositionSide.LONG else Token.DOWN
    assert (read["Symbol"].below, read["Symbol"].below_token) == (f"{side.value} 0.4200", token)
    assert (read["Entry/Mark"].text, read["Entry/Mark"].below) == ("96,861.0", "97,000.0")


def test_where_it_is_narrow_the_stop_tells_since_when_it_waits_at_the_exchange() -> None:
    held = replace(HELD, protected_ms=1_763_899_385_000)
    cell = snug(PositionRow(held, "s", 1, 4, guard=Guard.EXCHANGE))["Protected at"]
    assert (cell.text, cell.below) == ("96,030.0", f"since {local_time(1_763_899_385_000)[:5]}")
    bare = snug(PositionRow(HELD, "s", 1, 4, guard=Guard.EXCHANGE, exposed_ms=12_000))["Protected at"]
    assert (bare.text, bare.below, bare.token) == ("not yet", "for 12 s", Token.WARN)
    alone = snug(PositionRow(HELD, "s", 1, 4, guard=Guard.NOBODY_ELSE))["Protected at"]
    assert (alone.text, alone.below, alone.token) == ("96,030.0", "SIGMA alone", Token.WARN)
