"""What a backtest may ask of the paper venue beyond the plain table: range, resting targets, latency, minutes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.market import Bars
from sigma_engine.domain.order import ExitReason, Fill, Leg, Order, PositionSide
from sigma_engine.events import OrderCancelled, OrderFilled, OrderRejected, PositionClosed
from sigma_engine.execution.book import Book
from sigma_engine.execution.orders import entry_margin, exit_order
from sigma_engine.execution.paper import PaperVenue
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.costs import Costs
from tests.engine.execution.test_paper import (
    FREE,
    MINUTE,
    START,
    A,
    B,
    bar,
    entry,
    instrument,
    opened,
    tick,
    trades,
    venue,
)

WIDE = Costs(0.0, 0.001, slippage_range_share=0.1)
"""With the ATR of 3 that `entry` carries, a fill at 100 is 0.1 % + 0.1 * 3 % = 0.4 % worse."""

RESTING = Costs(0.001, 0.002, maker_rate=0.0002)


def of_minutes(count: int) -> PaperVenue:
    """A venue without costs whose candles hold ``count`` minutes."""
    account = venue()._book.portfolio()
    book = Book(account, {symbol: Arithmetic(instrument(symbol)) for symbol in (A, B)}, count * MINUTE)
    return PaperVenue(book, FREE, count * MINUTE)


def late(bars: int, wallet: int = 10_000) -> PaperVenue:
    """A venue without costs whose orders arrive ``bars`` candles late."""
    account = venue(wallet=wallet)._book.portfolio()
    book = Book(account, {symbol: Arithmetic(instrument(symbol)) for symbol in (A, B)}, MINUTE)
    return PaperVenue(book, FREE, MINUTE, latency_bars=bars)


def fills(paper: PaperVenue, step: Bars) -> list[Fill]:
    return [fact.fill for fact in paper.step(step) if isinstance(fact, OrderFilled)]


def later(bars: int, opening: float = 100, high: float = 101, low: float = 99, close: float = 100) -> Bars:
    return bar(opening, high, low, close, open_ms=START + bars * MINUTE)


def leaving(paper: PaperVenue, at_ms: int) -> Order:
    """An exit of the one position by signal, submitted at ``at_ms``."""
    (held,) = paper._book.positions()
    order = exit_order(held, ExitReason.SIGNAL, at_ms, MINUTE, 100.0)
    paper.submit(order)
    return order


@pytest.mark.parametrize(("side", "price"), [(PositionSide.LONG, "100.4"), (PositionSide.SHORT, "99.6")])
def test_an_entry_slips_by_its_share_of_the_range_beside_the_fixed_part(side: PositionSide, price: str) -> None:
    paper = venue(WIDE)
    paper.submit(entry(side=side))
    (fill,) = fills(paper, bar(100, 101, 99, 100))
    assert (fill.price, fill.slippage) == (Decimal(price), Decimal("0.4"))


@pytest.mark.parametrize(
    ("candle", "reason", "price"),
    [
        ((100, 101, 90, 95), ExitReason.STOP, "95.0"),  # stop 95.4 x (1 - 0.001 - 0.1 x 3 / 95.4) = 95.0046
        ((100, 115, 99, 110), ExitReason.TARGET, "110.0"),  # target 110.4: 109.9896
        ((80.5, 81, 80.5, 81), ExitReason.LIQUIDATION, "80.7"),  # at the level, free of costs
    ],
)
def test_every_exit_slips_by_the_range_of_its_entry_except_a_liquidation(
    candle: tuple[float, float, float, float], reason: ExitReason, price: str
) -> None:
    paper = opened(venue(WIDE))
    assert trades(paper.step(bar(*candle, open_ms=START + MINUTE))) == [(reason, Decimal(price))]


def test_an_exit_by_signal_and_the_end_of_the_data_slip_by_the_range_too() -> None:
    paper = opened(venue(WIDE))
    leaving(paper, START + MINUTE)
    assert trades(paper.step(later(1))) == [(ExitReason.SIGNAL, Decimal("99.6"))]
    assert trades(opened(venue(WIDE)).close_all(START + MINUTE, ExitReason.END)) == [(ExitReason.END, Decimal("99.6"))]


def test_the_margin_an_entry_needs_is_that_of_the_price_it_slips_to() -> None:
    arithmetic = Arithmetic(instrument(A))
    assert entry_margin(entry(), 100.0, WIDE, arithmetic) == Decimal("20.08")
    assert entry_margin(replace(entry(), atr=None), 100.0, WIDE, arithmetic) == Decimal("20.02")
    paper = venue(WIDE, wallet=20)
    paper.submit(entry())
    (refused,) = paper.step(bar(100, 101, 99, 100))
    assert isinstance(refused, OrderRejected)
    assert refused.order.refusal == "it needs 20.08 USDT margin, 20.00 is free"


@pytest.mark.parametrize(
    ("candle", "price"), [((100, 111, 99, 105), "110.2"), ((112, 113, 111, 112), "112"), ((100, 120, 99, 105), "110.2")]
)
def test_a_resting_target_fills_at_its_level_or_a_better_open_at_the_makers_fee(
    candle: tuple[float, float, float, float], price: str
) -> None:
    paper = opened(venue(RESTING))  # entered at 100.2, so the target lies at 110.2
    (fill,) = fills(paper, bar(*candle, open_ms=START + MINUTE))
    assert (fill.price, fill.slippage) == (Decimal(price), Decimal(0))
    assert fill.fee == Decimal(price) * Decimal("0.0002")


def test_entries_and_stops_take_even_where_targets_rest() -> None:
    paper = venue(RESTING)
    paper.submit(entry())
    (bought,) = fills(paper, bar(100, 101, 99, 100))
    (sold,) = fills(paper, later(1, 100, 101, 90, 95))
    assert (bought.price, bought.fee) == (Decimal("100.2"), Decimal("0.1002"))
    assert (sold.price, sold.fee) == (Decimal("95"), Decimal("0.095"))  # 95.2 less 0.2 %


def test_a_maker_rate_of_nothing_is_a_rate() -> None:
    paper = opened(venue(replace(RESTING, maker_rate=0.0)))
    (fill,) = fills(paper, later(1, 100, 111, 99, 105))
    assert (fill.price, fill.fee) == (Decimal("110.2"), Decimal(0))


@pytest.mark.parametrize("bars", [0, 1, 3])
def test_an_entry_fills_as_many_candles_later_as_its_latency_says(bars: int) -> None:
    paper = late(bars)
    paper.submit(entry())
    for early in range(bars):
        assert paper.step(later(early)) == []
        assert paper.pending(A, Leg.ENTRY) is not None
    (fill,) = fills(paper, later(bars, opening=100.5))
    assert (fill.price, fill.at_ms) == (Decimal("100.5"), START + bars * MINUTE)
    assert paper.pending(A, Leg.ENTRY) is None


@pytest.mark.parametrize("bars", [0, 2])
def test_an_entry_whose_late_candle_was_skipped_is_refused(bars: int) -> None:
    paper = late(bars)
    paper.submit(entry())
    (refused,) = paper.step(later(bars + 1))
    assert isinstance(refused, OrderRejected)
    assert refused.order.refusal == "the market skipped the candle it was meant for"


def test_an_exit_waits_for_its_latency_and_then_fills_at_the_next_open_there_is() -> None:
    paper = late(2)
    paper.submit(entry())
    for bars in range(3):
        paper.step(later(bars))
    leaving(paper, START + 3 * MINUTE)
    assert paper.step(later(3)) == []
    assert paper.step(later(4)) == []
    assert trades(paper.step(later(6, opening=102, high=103))) == [(ExitReason.SIGNAL, Decimal(102))]


def test_a_stop_acts_at_once_while_an_exit_is_on_its_way_and_takes_it_back() -> None:
    paper = late(2)
    paper.submit(entry())
    for bars in range(3):
        paper.step(later(bars))
    waiting = leaving(paper, START + 3 * MINUTE)
    facts = paper.step(later(3, 100, 101, 90, 95))
    assert trades(facts) == [(ExitReason.STOP, Decimal(95))]
    (cancelled,) = [fact.order for fact in facts if isinstance(fact, OrderCancelled)]
    assert cancelled.client_id == waiting.client_id
    assert paper.pending(A, Leg.EXIT) is None


def test_what_is_on_its_way_at_the_end_is_cancelled() -> None:
    paper = late(2)
    paper.submit(entry())
    paper.step(later(0))
    (cancelled,) = paper.close_all(START + MINUTE, ExitReason.END)
    assert isinstance(cancelled, OrderCancelled)
    assert paper.pending(A, Leg.ENTRY) is None


def test_ticks_know_no_latency() -> None:
    paper = late(3)
    paper.submit(entry())
    paper.step(tick(100.0))
    leaving(paper, START + 1)
    assert trades(paper.step(tick(101.0, START + 2))) == [(ExitReason.SIGNAL, Decimal(101))]


def test_an_entry_whose_candle_was_skipped_is_refused_on_ticks_whatever_the_latency() -> None:
    paper = late(3)
    paper.submit(entry())
    (refused,) = paper.step(tick(100.0, START + MINUTE))
    assert isinstance(refused, OrderRejected)


def minutes(*ranges: tuple[float, float], from_ms: int = START) -> Candles:
    """Minutes of these highs and lows; only those are looked at."""
    return Candles.from_rows(
        [Candle(from_ms + at * MINUTE, low, high, low, high, 1.0) for at, (high, low) in enumerate(ranges)]
    )


def with_inside(step: Bars, inside: Candles, symbol: str = A) -> Bars:
    return replace(step, inside={symbol: inside})


BOTH = (100, 112, 93, 100)
"""A candle that touches the stop at 95 and the target at 110."""


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ([(101, 99), (111, 99), (100, 93)], (ExitReason.TARGET, Decimal(110))),
        ([(101, 99), (100, 93), (111, 99)], (ExitReason.STOP, Decimal(95))),
        ([(101, 99), (112, 93)], (ExitReason.STOP, Decimal(95))),  # one minute holds both: the stop comes first
        ([(101, 99), (102, 98)], (ExitReason.STOP, Decimal(95))),  # minutes that know less than the candle
        ([(101, 70), (111, 99)], (ExitReason.STOP, Decimal(95))),
    ],
)
def test_minutes_settle_whether_stop_or_target_came_first(
    inside: list[tuple[float, float]], expected: tuple[ExitReason, Decimal]
) -> None:
    step = with_inside(bar(*BOTH, open_ms=START + MINUTE), minutes(*inside))
    assert trades(opened(of_minutes(len(inside))).step(step)) == [expected]


def test_minutes_with_a_hole_settle_nothing_for_it_may_hide_the_stop() -> None:
    step = with_inside(bar(*BOTH, open_ms=START + MINUTE), minutes((101, 99), (111, 99)))
    assert trades(opened(of_minutes(3)).step(step)) == [(ExitReason.STOP, Decimal(95))]


def test_a_short_is_settled_by_minutes_as_the_mirror() -> None:
    paper = opened(of_minutes(2), PositionSide.SHORT)
    step = with_inside(bar(100, 106, 89, 100, open_ms=START + MINUTE), minutes((101, 89), (106, 99)))
    assert trades(paper.step(step)) == [(ExitReason.TARGET, Decimal(90))]


def test_a_position_entered_at_the_open_of_the_candle_is_settled_by_its_minutes_too() -> None:
    paper = of_minutes(2)
    paper.submit(entry())
    step = with_inside(bar(*BOTH), minutes((111, 99), (100, 93)))
    (closed,) = [fact for fact in paper.step(step) if isinstance(fact, PositionClosed)]
    assert (closed.trade.reason, closed.trade.exit_ms) == (ExitReason.TARGET, START)


def test_a_liquidation_within_the_minutes_comes_before_a_target_after_it() -> None:
    paper = of_minutes(2)
    paper.submit(entry(stop=None))
    paper.step(bar(100, 101, 99, 100))
    step = with_inside(bar(100, 112, 75, 100, open_ms=START + MINUTE), minutes((100, 75), (112, 99)))
    assert [reason for reason, _ in trades(paper.step(step))] == [ExitReason.LIQUIDATION]


def test_minutes_of_another_market_settle_nothing() -> None:
    step = with_inside(bar(*BOTH, open_ms=START + MINUTE), minutes((111, 99), (100, 93)), B)
    assert trades(opened(venue()).step(step)) == [(ExitReason.STOP, Decimal(95))]
