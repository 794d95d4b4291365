"""Entries of one candle share the margin and the places there are; own fills are learnt from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sigma_engine.assembly.workshop import PaperWorkshop, first_run
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.decision import Approved, Decision
from sigma_engine.domain.market import Bars
from sigma_engine.domain.order import ExitReason
from sigma_engine.domain.run import Mode
from sigma_engine.domain.symbol import PAIRS
from sigma_engine.events import (
    DecisionMade,
    Event,
    OrderFilled,
    OrderRejected,
    OrderSubmitted,
    PositionClosed,
    PositionOpened,
)
from sigma_engine.market.generated.feed import GeneratedFeed
from sigma_engine.risk.costs import Slippage
from sigma_engine.session.trader import Trader, warmed_readers
from sigma_engine.settings import Settings
from sigma_engine.strategy.spec import read_spec

SYMBOLS = PAIRS[:5]
MINUTE = 60_000
START_MS = 1_750_000_020_000
ALWAYS_LONG = {
    "version": 1,
    "name": "Always long",
    "entry_long": ["price > 0.001"],
    "stop_loss": {"type": "percent", "value": 0.1},
    "take_profit": {"type": "rr", "value": 2.5},
    "position_size": {"type": "percent_equity", "value": 25.0},
    "leverage": 5,
    "max_positions": 8,
}
SMALL = {"type": "percent_equity", "value": 0.5}


class Market:
    """A trader in five markets whose prices stand still, and whose every candle asks for an entry."""

    def __init__(self, **spec: Any) -> None:
        settings = Settings()
        feed = GeneratedFeed.start(3, START_MS, list(SYMBOLS), bars=300)
        self.workshop = PaperWorkshop(settings, feed.timeframe, feed.instruments)
        choice = self.workshop._choice("always", read_spec(ALWAYS_LONG | spec))
        self.run = first_run(Mode.REPLAY, choice, feed, settings.paper_balance)
        self.trader: Trader = self.workshop.trader(self.run, (), (), choice.mandate)
        self.trader.follow(feed.history())
        self.trader.use(choice.mandate, warmed_readers(choice.mandate, feed.timeframe, feed.history()))
        self._prices = {symbol: candles[-1].close for symbol, candles in feed.history().items()}
        self._open_ms = feed.history()[SYMBOLS[0]][-1].open_ms

    def play(self, move: float = 0.0, *, had_ticks: bool = False) -> list[Event]:
        """The next candle of every market, ``move`` (a fraction) away; orders are sent on.

        With ``had_ticks`` the venue has already acted on its prices: what waits there goes on waiting.
        """
        self._open_ms += MINUTE
        prices = {symbol: price * (1 + move) for symbol, price in self._prices.items()}
        candles = {s: Candle(self._open_ms, p, p * 1.0001, p * 0.9999, p, 1.0) for s, p in prices.items()}
        facts = self.trader.step(Bars(self._open_ms + MINUTE, candles, had_ticks=had_ticks))
        for fact in facts:
            if isinstance(fact, OrderSubmitted):
                self.trader.venue.submit(fact.order)
        return facts


def decisions(facts: Sequence[Event]) -> list[Decision]:
    return [fact.decision for fact in facts if isinstance(fact, DecisionMade)]


def test_a_later_entry_of_the_same_candle_is_sized_down_to_what_the_earlier_ones_leave() -> None:
    market = Market()
    plans = [made.plan for made in decisions(market.play()) if isinstance(made, Approved)]
    assert [plan.binding_cap for plan in plans] == ["position size"] * 3 + ["free margin"] * 2
    facts = market.play()
    assert not [fact for fact in facts if isinstance(fact, OrderRejected)]
    assert len([fact for fact in facts if isinstance(fact, PositionOpened)]) == 5
    account = market.trader.book.portfolio()
    assert account.margin_used > 9_800
    assert account.margin_used <= account.wallet


def test_an_entry_that_waits_at_the_venue_keeps_its_margin() -> None:
    market = Market()
    (order,) = [fact.order for fact in market.play() if isinstance(fact, OrderSubmitted)][:1]
    again = Market()
    again.trader.venue.submit(order)
    (held_back, second, *_) = decisions(again.play(had_ticks=True))
    assert held_back.reason == "an entry in BTC/USDT is on its way"
    assert isinstance(second, Approved)
    (free,) = [cap for cap in second.plan.caps if cap.name == "free margin"]
    margin = float(order.quantity) * order.reference_price / order.leverage
    reserved = float(free.note.removesuffix(" USDT reserved by entries on their way"))
    assert reserved == pytest.approx(margin, rel=0.01)
    assert reserved > margin, "the fee is paid from it too"


def test_entries_of_one_candle_share_the_places_there_are() -> None:
    market = Market(max_positions=2, position_size=SMALL)
    made = decisions(market.play())
    assert [isinstance(decision, Approved) for decision in made] == [True, True, False, False, False]
    assert made[2].reason == "2 of 2 positions are open"


def test_own_fills_replace_the_assumed_slippage_once_there_are_enough() -> None:
    market = Market(position_size=SMALL)
    fills, moves = 0, 0
    while fills < len(SYMBOLS) * 30:
        moves += 1
        facts = market.play(0.004 if moves % 2 else 0.0)
        fills += len([fact for fact in facts if isinstance(fact, OrderFilled)])
    parts = {part.name: part for part in decisions(market.play())[0].breakeven.parts}
    assert parts["slippage"].source.startswith("measured over ")
    assert parts["slippage"].fraction == pytest.approx(0.0002, rel=0.05), "the paper venue takes what it was set to"


def test_what_was_measured_survives_a_restart() -> None:
    """From closed trades and open positions, fill for fill, up to the order in which floats are added."""
    market = Market(position_size=SMALL)
    trades = [
        fact.trade
        for moves in range(40)
        for fact in market.play(0.004 if moves % 2 else 0.0)
        if isinstance(fact, PositionClosed)
    ]
    market.play(0.004)
    positions = market.trader.book.positions()
    assert trades
    assert positions
    again = market.workshop.trader(market.run, positions, (), market.trader.mandate)
    again.use(market.trader.mandate, {}, trades)
    assert {symbol: slip.fills for symbol, slip in again.slippage.items()} == {
        symbol: slip.fills for symbol, slip in market.trader.slippage.items()
    }
    for symbol, slip in market.trader.slippage.items():
        assert again.slippage[symbol].cost == pytest.approx(slip.cost, rel=1e-12)
        assert again.slippage[symbol].value == pytest.approx(slip.value, rel=1e-12)


def test_a_liquidation_says_nothing_about_slippage() -> None:
    market = Market(position_size=SMALL)
    market.play()
    market.play()
    (closed, *_) = [fact.trade for fact in market.play(0.01) if isinstance(fact, PositionClosed)]
    assert Slippage().after_trade(closed).fills == 2
    assert Slippage().after_trade(replace(closed, reason=ExitReason.LIQUIDATION)).fills == 0
