"""What a step may and may not do to the account."""

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from sigma_engine.assembly.workshop import PaperWorkshop, first_run
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.market import Bars, Tick, Ticks
from sigma_engine.domain.order import ExitReason, Leg, Order, PositionSide, client_order_id
from sigma_engine.domain.run import Mode
from sigma_engine.events import (
    CandleClosed,
    CandleRejected,
    Event,
    OrderCancelled,
    OrderFilled,
    PositionClosed,
    PositionOpened,
)
from sigma_engine.market.generated.feed import GeneratedFeed
from sigma_engine.session.trader import Trader, warmed_readers
from sigma_engine.settings import Settings

BTC = "BTC/USDT:USDT"
MINUTE = 60_000
START_MS = 1_750_000_020_000


class Desk:
    """A trader behind a short history, and the next candle it expects."""

    def __init__(self) -> None:
        feed = GeneratedFeed.start(3, START_MS, [BTC], bars=300)
        self.workshop = PaperWorkshop(Settings(), feed.timeframe, feed.instruments)
        choice = self.workshop.strategy("sigma-fusion")
        self.run = first_run(Mode.REPLAY, choice, feed, Settings().paper_balance)
        self.trader: Trader = self.workshop.trader(self.run, (), (), choice.mandate)
        self.history = feed.history()
        self.trader.follow(self.history)
        self.trader.use(choice.mandate, warmed_readers(choice.mandate, feed.timeframe, feed.history()))
        last = feed.history()[BTC][-1]
        self.price = last.close
        self.next = Candle(last.open_ms + MINUTE, self.price, self.price + 5, self.price - 5, self.price, 1.0)

    def play(self, candle: Candle) -> list[Event]:
        return self.trader.step(Bars(candle.open_ms + MINUTE, {BTC: candle}, had_ticks=False))

    def later(self, bars: int) -> Candle:
        return replace(self.next, open_ms=self.next.open_ms + bars * MINUTE)

    def enter(self) -> None:
        """A long entry that waits for the next open."""
        bar_ms = self.next.open_ms - MINUTE
        order = Order(
            client_id=client_order_id("test", bar_ms),
            symbol=BTC,
            leg=Leg.ENTRY,
            side=PositionSide.LONG.opening,
            position_side=PositionSide.LONG,
            quantity=Decimal("0.01"),
            leverage=5,
            bar_ms=bar_ms,
            created_ms=self.next.open_ms,
            reference_price=self.price,
            stop_distance=1_000.0,
            target_distance=2_500.0,
            atr=600.0,
        )
        self.trader.venue.submit(order)


def kinds(facts: Sequence[Event]) -> set[type[Event]]:
    return {type(fact) for fact in facts}


@pytest.mark.parametrize(
    "spoiled",
    [
        {"low": 0.0},
        {"low": -5.0},
        {"high": math.inf, "close": math.inf},
        {"high": math.nan},
        {"high": 1.0},
        {"close": math.nan},
        {"volume": math.nan},
    ],
    ids=str,
)
def test_a_rejected_candle_fills_moves_and_stores_nothing(spoiled: dict[str, float]) -> None:
    desk = Desk()
    desk.enter()
    facts = desk.play(replace(desk.next, **spoiled))
    assert CandleRejected in kinds(facts)
    assert kinds(facts).isdisjoint({CandleClosed, OrderFilled, PositionOpened, PositionClosed})
    assert desk.trader.venue.pending(BTC, Leg.ENTRY) is not None


@pytest.mark.parametrize("price", [math.nan, math.inf, 0.0, -1.0, 1e9], ids=str)
def test_a_tick_that_is_no_price_of_its_candle_fills_and_shows_nothing(price: float) -> None:
    desk = Desk()
    desk.enter()
    at_ms = desk.next.open_ms + 1_000
    facts = desk.trader.step(Ticks(at_ms, (Tick(BTC, price, desk.next),)))
    assert kinds(facts) == {CandleRejected}
    assert desk.trader.forming() == {}
    facts = desk.trader.step(Ticks(at_ms + 1_000, (Tick(BTC, desk.price, desk.next),)))
    assert {OrderFilled, PositionOpened} <= kinds(facts)


def test_a_hole_is_filled_flat_and_said_and_nothing_is_entered_on_the_candle_behind_it() -> None:
    desk = Desk()
    facts = desk.play(desk.later(3))
    (rejected,) = [fact for fact in facts if isinstance(fact, CandleRejected)]
    assert rejected.reason == "3 candles are missing before it; 3 were filled flat"
    assert CandleClosed in kinds(facts)
    assert kinds(desk.play(desk.later(4))).isdisjoint({CandleRejected})


def test_a_candle_that_was_already_there_or_is_older_is_left_out() -> None:
    desk = Desk()
    desk.play(desk.next)
    for candle in (desk.next, desk.later(-1)):
        facts = desk.play(candle)
        assert CandleRejected in kinds(facts)
        assert CandleClosed not in kinds(facts)


def test_an_exit_whose_position_its_stop_closed_first_is_cancelled_for_good() -> None:
    desk = Desk()
    desk.enter()
    desk.play(desk.next)
    (held,) = desk.trader.book.positions()
    desk.trader.venue.submit(desk.trader.exit_order(held, desk.later(1).open_ms, ExitReason.MANUAL))
    low = desk.price - 2_000
    facts = desk.play(Candle(desk.later(1).open_ms, low, low, low, low, 1.0))
    assert {OrderCancelled, PositionClosed} <= kinds(facts)
    assert desk.trader.venue.pending(BTC, Leg.EXIT) is None


def test_closing_everything_leaves_no_order_waiting() -> None:
    desk = Desk()
    desk.enter()
    facts = desk.trader.close_all(ExitReason.END)
    assert OrderCancelled in kinds(facts)
    assert desk.trader.venue.pending(BTC, Leg.ENTRY) is None


def test_a_stored_exit_of_a_position_that_is_gone_is_not_taken_up_again() -> None:
    desk = Desk()
    desk.enter()
    desk.play(desk.next)
    (held,) = desk.trader.book.positions()
    exit_order = desk.trader.exit_order(held, desk.later(1).open_ms, ExitReason.MANUAL)
    mandate = desk.trader.mandate
    again = desk.workshop.trader(desk.run, (held,), (exit_order,), mandate)
    assert again.venue.pending(BTC, Leg.EXIT) == exit_order
    another = replace(held, entry_id="sganother")
    assert desk.workshop.trader(desk.run, (another,), (exit_order,), mandate).venue.pending(BTC, Leg.EXIT) is None
