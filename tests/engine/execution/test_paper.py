"""The paper venue by the fill table of contracts.md §4, on candles and on ticks."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.market import Bars, Tick, Ticks
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, Leg, Order, PositionSide, client_order_id
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.events import Event, OrderFilled, OrderRejected, PositionChanged, PositionClosed, PositionOpened
from sigma_engine.execution.book import Book
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.execution.paper import PaperVenue
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.costs import Costs

MINUTE = 60_000
HOUR_8 = 8 * 3_600_000
START = 10 * HOUR_8 + MINUTE
A, B = "AAA/USDT:USDT", "BBB/USDT:USDT"
FREE = Costs(0.0, 0.0)


def instrument(symbol: str) -> Instrument:
    return Instrument(symbol, Decimal("0.1"), Decimal("0.01"), Decimal("0.005"))


def venue(
    costs: Costs = FREE,
    wallet: int = 10_000,
    funding: dict[str, dict[int, float]] | None = None,
    announced: AnnouncedFunding | None = None,
) -> PaperVenue:
    money = Decimal(wallet)
    account = Portfolio(
        at_ms=START, wallet=money, positions=(), initial=money, day_open_equity=money, peak_equity=money
    )
    book = Book(account, {symbol: Arithmetic(instrument(symbol)) for symbol in (A, B)}, MINUTE)
    return PaperVenue(book, costs, MINUTE, funding, announced=announced)


def entry(
    symbol: str = A,
    side: PositionSide = PositionSide.LONG,
    bar_ms: int = START - MINUTE,
    quantity: str = "1",
    stop: float | None = 5.0,
    target: float | None = 10.0,
    leverage: int = 5,
) -> Order:
    return Order(
        client_id=client_order_id(symbol, bar_ms, Leg.ENTRY),
        symbol=symbol,
        leg=Leg.ENTRY,
        side=side.opening,
        position_side=side,
        quantity=Decimal(quantity),
        leverage=leverage,
        bar_ms=bar_ms,
        created_ms=bar_ms + MINUTE,
        reference_price=100.0,
        stop_distance=stop,
        target_distance=target,
        atr=3.0,
        reason="because",
    )


def bar(opening: float, high: float, low: float, close: float, symbol: str = A, open_ms: int = START) -> Bars:
    candle = Candle(open_ms, opening, high, low, close, 1.0)
    return Bars(open_ms + MINUTE, {symbol: candle}, had_ticks=False)


def tick(price: float, at_ms: int = START + 1, symbol: str = A) -> Ticks:
    return Ticks(at_ms, (Tick(symbol, price, Candle(START, price, price, price, price, 1.0)),))


def trades(facts: Sequence[Event]) -> list[tuple[ExitReason, Decimal]]:
    return [(fact.trade.reason, fact.trade.exit_price) for fact in facts if isinstance(fact, PositionClosed)]


def opened(paper: PaperVenue, side: PositionSide = PositionSide.LONG) -> PaperVenue:
    """A venue that holds one position entered at 100."""
    paper.submit(entry(side=side))
    paper.step(bar(100, 101, 99, 100))
    return paper


def test_an_entry_fills_at_the_next_open_with_slippage_against_us() -> None:
    paper = venue(Costs(0.0008, 0.001))
    paper.submit(entry())
    filled, position = paper.step(bar(100, 101, 99, 100.5))
    assert isinstance(filled, OrderFilled)
    assert isinstance(position, PositionOpened)
    assert (filled.fill.price, filled.fill.fee, filled.fill.slippage) == (
        Decimal("100.1"),
        Decimal("0.08008"),
        Decimal("0.1"),
    )
    assert filled.at_ms == START


def test_stop_and_target_are_measured_from_the_actual_fill() -> None:
    paper = venue(Costs(0.0, 0.001))
    paper.submit(entry())
    _, position = paper.step(bar(100, 101, 99, 100.5))
    assert isinstance(position, PositionOpened)
    assert (position.position.stop, position.position.target) == (Decimal("95.1"), Decimal("110.1"))


def test_stop_and_target_act_from_the_entry_bar_on() -> None:
    paper = venue()
    paper.submit(entry())
    assert trades(paper.step(bar(100, 101, 94, 96))) == [(ExitReason.STOP, Decimal(95))]


@pytest.mark.parametrize(
    ("candle", "expected"),
    [
        ((100, 111, 94, 100), (ExitReason.STOP, Decimal(95))),
        ((100, 111, 96, 100), (ExitReason.TARGET, Decimal(110))),
        ((93, 94, 92, 93), (ExitReason.STOP, Decimal(93))),
        ((112, 113, 111, 112), (ExitReason.TARGET, Decimal(112))),
    ],
)
def test_a_long_ends_as_the_table_says(
    candle: tuple[float, float, float, float], expected: tuple[ExitReason, Decimal]
) -> None:
    assert trades(opened(venue()).step(bar(*candle, open_ms=START + MINUTE))) == [expected]


def test_beyond_liquidation_the_loss_is_the_margin() -> None:
    paper = opened(venue())
    facts = paper.step(bar(70, 71, 69, 70, open_ms=START + MINUTE))
    (closed,) = [fact for fact in facts if isinstance(fact, PositionClosed)]
    assert (closed.trade.reason, closed.trade.pnl) == (ExitReason.LIQUIDATION, Decimal(-20))


def test_a_short_is_the_mirror_of_a_long() -> None:
    facts = opened(venue(), PositionSide.SHORT).step(bar(100, 104, 89, 90, open_ms=START + MINUTE))
    assert trades(facts) == [(ExitReason.TARGET, Decimal(90))]


def test_profit_is_net_of_both_fees_and_the_wallet_says_so() -> None:
    paper = opened(venue(Costs(0.001, 0.0)))
    (closed,) = [
        f for f in paper.step(bar(110, 111, 109, 110, open_ms=START + MINUTE)) if isinstance(f, PositionClosed)
    ]
    assert closed.trade.pnl == Decimal(10) - Decimal("0.1") - Decimal("0.11")
    assert closed.trade.fees == Decimal("0.21")
    assert closed.trade.r == pytest.approx(float(closed.trade.pnl) / 5)
    assert paper._book.wallet == Decimal(10_000) + closed.trade.pnl


def test_exits_of_all_symbols_come_before_entries() -> None:
    paper = opened(venue())
    paper.submit(entry(B, bar_ms=START))
    candles = {
        B: Candle(START + MINUTE, 100, 101, 99, 100, 1),
        A: Candle(START + MINUTE, 90, 91, 89, 90, 1),
    }
    kinds = [type(fact) for fact in paper.step(Bars(START + 2 * MINUTE, candles, had_ticks=False))]
    assert kinds == [OrderFilled, PositionClosed, OrderFilled, PositionOpened]


def test_a_waiting_exit_fills_at_the_next_open_with_its_reason() -> None:
    paper = opened(venue())
    held = paper._book.positions()[0]
    order = entry()
    exit_order = Order(
        client_id="sgexit",
        symbol=A,
        leg=Leg.EXIT,
        side=held.side.closing,
        position_side=held.side,
        quantity=held.quantity,
        leverage=order.leverage,
        bar_ms=START,
        created_ms=START + MINUTE,
        reference_price=100.0,
        exit_reason=ExitReason.SIGNAL,
    )
    paper.submit(exit_order)
    assert trades(paper.step(bar(102, 103, 101, 102, open_ms=START + MINUTE))) == [(ExitReason.SIGNAL, Decimal(102))]


def test_on_ticks_the_stop_acts_at_once_at_the_tick() -> None:
    paper = venue()
    paper.submit(entry())
    paper.step(tick(100.0))
    assert trades(paper.step(tick(94.7, START + 2))) == [(ExitReason.STOP, Decimal("94.7"))]


def test_a_candle_whose_ticks_were_traded_trades_nothing_again() -> None:
    paper = venue()
    paper.submit(entry())
    paper.step(tick(100.0))
    assert paper.step(Bars(START + MINUTE, bar(100, 100, 100, 100).candles, had_ticks=True)) == []


def test_what_a_candle_touched_between_two_ticks_counts_as_far_as_it_is_new() -> None:
    paper = opened(venue())
    low = Candle(START, 100.0, 100.0, 94.0, 99.0, 1.0)
    assert trades(paper.step(Ticks(START + 9, (Tick(A, 99.0, low),)))) == [(ExitReason.STOP, Decimal("95.0"))]
    later = opened(venue())
    later.step(Bars(START + MINUTE, {A: Candle(START, 100, 101, 99, 100, 1)}, had_ticks=True))
    assert trades(later.step(Bars(START + MINUTE, {A: Candle(START, 100, 101, 99, 100, 1)}, had_ticks=True))) == []


def test_what_a_candle_touched_before_the_entry_does_not_count() -> None:
    paper = venue()
    paper.submit(entry())
    wide = Candle(START, 100.0, 120.0, 80.0, 100.0, 1.0)
    paper.step(Ticks(START + 5, (Tick(A, 100.0, wide),)))
    assert trades(paper.step(Bars(START + MINUTE, {A: wide}, had_ticks=True))) == []


def test_a_candle_no_tick_told_of_is_gone_through_from_its_open_on() -> None:
    paper = opened(venue())
    unseen = Candle(START + MINUTE, 90.0, 91.0, 89.0, 90.0, 1.0)
    facts = paper.step(Bars(START + 2 * MINUTE, {A: unseen}, had_ticks=True))
    assert trades(facts) == [(ExitReason.STOP, Decimal("90.0"))]


def test_candles_that_were_missed_are_gone_through_before_the_one_that_came() -> None:
    paper = opened(venue())
    missed = Candles.from_rows([Candle(START + MINUTE, 100.0, 111.0, 99.0, 100.0, 1.0)])
    came = Candle(START + 2 * MINUTE, 100.0, 101.0, 80.0, 90.0, 1.0)
    facts = paper.step(Bars(START + 3 * MINUTE, {A: came}, had_ticks=True, missed={A: missed}))
    assert trades(facts) == [(ExitReason.TARGET, Decimal("110.0"))]


def test_announced_funding_is_paid_once_at_the_first_price_behind_its_stamp() -> None:
    announced = AnnouncedFunding()
    paper = opened(venue(announced=announced))
    assert paper.funding_rate(A, START) is None
    announced.announce(A, 0.0002, START + 30_000)
    announced.announce(A, 0.0001, START + 30_000)
    assert paper.funding_rate(A, START) == 0.0001
    assert paper.step(tick(100.0, START + 29_000)) == []
    (paid,) = paper.step(tick(100.0, START + 31_000))
    assert isinstance(paid, PositionChanged)
    assert paid.position.funding == Decimal("-0.01")
    assert paper.step(tick(100.0, START + 32_000)) == []


def test_an_entry_whose_candle_was_skipped_is_refused() -> None:
    paper = venue()
    paper.submit(entry())
    (refused,) = paper.step(bar(100, 101, 99, 100, open_ms=START + MINUTE))
    assert isinstance(refused, OrderRejected)
    assert "skipped" in (refused.order.refusal or "")


def test_an_entry_beyond_the_free_margin_is_refused_with_both_figures() -> None:
    paper = venue(wallet=10)
    paper.submit(entry(quantity="2"))
    (refused,) = paper.step(bar(100, 101, 99, 100))
    assert isinstance(refused, OrderRejected)
    assert refused.order.refusal == "it needs 40.00 USDT margin, 10.00 is free"


def test_funding_is_paid_by_longs_at_the_stamp_on_the_open_after_entries() -> None:
    stamp = START - MINUTE + HOUR_8
    paper = venue(funding={A: {stamp: 0.001}})
    paper.submit(entry(bar_ms=stamp - MINUTE))
    paper.step(bar(100, 101, 99, 100, open_ms=stamp))
    (held,) = paper._book.positions()
    assert held.funding == Decimal("-0.1")
    assert held.margin == Decimal("19.9")
    assert paper._book.wallet == Decimal("9999.9")


def test_at_the_end_of_the_data_everything_closes_at_its_mark() -> None:
    paper = opened(venue())
    assert trades(paper.close_all(START + MINUTE, ExitReason.END)) == [(ExitReason.END, Decimal(100))]
    assert paper._book.positions() == ()
    assert paper._book.portfolio().margin_used == ZERO


def test_the_last_funding_rate_is_known_from_its_stamp_until_the_next_one() -> None:
    stamp = 8 * 3_600_000 * 60_000
    paper = venue(funding={A: {stamp: 0.001}})
    assert paper.funding_rate(A, stamp - 1) is None
    assert paper.funding_rate(A, stamp) == 0.001
    assert paper.funding_rate(A, stamp + 8 * 3_600_000 - 1) == 0.001
    assert paper.funding_rate(A, stamp + 8 * 3_600_000) is None
    assert paper.funding_rate(B, stamp) is None


def test_a_fill_pays_half_the_spread_beside_the_slippage() -> None:
    paper = venue(Costs(0.0, 0.001, spread_fraction=0.002))
    paper.submit(entry())
    filled, _ = paper.step(bar(100, 101, 99, 100.5))
    assert isinstance(filled, OrderFilled)
    assert (filled.fill.price, filled.fill.slippage) == (Decimal("100.2"), Decimal("0.2"))
