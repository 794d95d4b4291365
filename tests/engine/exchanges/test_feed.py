"""A venue's market as a feed over real sockets, and everything that can be wrong with a stream (W) or a candle (D)."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.feed_way import FeedWay
from sigma_engine.domain.market import Bars, MarketStep, Tick, Ticks
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.exchanges.feed import ExchangeFeed
from sigma_engine.exchanges.market_data import MarketData
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.market import quality
from sigma_engine.practice.data_faults import (
    Absurd,
    DataFault,
    DataFaults,
    Delayed,
    Gap,
    Partial,
    Repeated,
    Revised,
    Torn,
)
from sigma_engine.practice.faults import MAINTENANCE, Fault, slowed
from sigma_engine.practice.weights import Form
from tests.servers.candle_market import CandleMarket
from tests.servers.practice import BTC, ETH
from tests.servers.watching import MINUTE, START_MS, Stand, standing

WEEX = venue_named("weex")
KLINES = "*/market/klines"


class Watch:
    """A feed that is listened to."""

    def __init__(self, stand: Stand, feed: ExchangeFeed) -> None:
        self.stand, self.feed = stand, feed
        self.steps: list[MarketStep] = []

    async def listen(self) -> None:
        async for step in self.feed.steps():
            self.steps.append(step)

    def bars(self) -> list[Bars]:
        return [step for step in self.steps if isinstance(step, Bars)]

    def candles(self, symbol: str) -> list[Candle]:
        return [bars.candles[symbol] for bars in self.bars() if symbol in bars.candles]

    def ticks(self, symbol: str) -> list[Tick]:
        return [t for step in self.steps if isinstance(step, Ticks) for t in step.ticks if t.symbol == symbol]

    def doubts(self) -> list[dict[str, str]]:
        return [dict(step.doubts) for step in self.steps if isinstance(step, Ticks) and step.doubts]

    def ways(self) -> list[tuple[FeedWay, FeedWay]]:
        """How BTC and ETH came, each time that was told."""
        told = [step.ways for step in self.steps if isinstance(step, Ticks) and step.ways]
        return [(ways[BTC], ways[ETH]) for ways in told]

    def revised(self) -> list[tuple[str, Candle]]:
        return [pair for step in self.steps if isinstance(step, Ticks) for pair in step.revised]

    def is_true(self, symbol: str, minutes: int) -> bool:
        """Whether the first ``minutes`` candles were told once each, in order, as the market had them."""
        wanted = [self.stand.truth(symbol, START_MS + n * MINUTE) for n in range(minutes)]
        return self.candles(symbol)[:minutes] == wanted


@asynccontextmanager
async def watching(faults: DataFaults | None = None, *, streams: bool = True, **more: Any) -> AsyncIterator[Watch]:
    """A feed that begins at the first second of a minute."""
    async with standing(lambda clock: CandleMarket(clock, faults=faults), **more) as stand:
        market = MarketData(WEEX, stand.clock, stand.url)
        await stand.until(asyncio.create_task(market.measure_clock()))
        instruments = await stand.until(asyncio.create_task(market.instruments((BTC, ETH))))
        before = {symbol: Candles.from_rows([stand.truth(symbol, START_MS - MINUTE)]) for symbol in (BTC, ETH)}
        feed = ExchangeFeed(
            market, "weex", Timeframe.M1, instruments, before, quality.check, AnnouncedFunding(), streams=streams
        )
        watch = Watch(stand, feed)
        stand.moved = lambda: len(watch.steps)
        listening = asyncio.create_task(watch.listen())
        try:
            yield watch
        finally:
            await feed.close()
            listening.cancel()
            await asyncio.wait((listening,))


def watched(act: Callable[[Watch], Awaitable[None]], faults: DataFaults | None = None, **more: Any) -> None:
    async def run() -> None:
        async with watching(faults, **more) as watch:
            await act(watch)

    asyncio.run(run())


def asked(watch: Watch, path: str = "klines") -> int:
    return sum(heard.path.endswith(path) for heard in watch.stand.server.requests)


# What it does while nothing is wrong


def test_prices_come_as_they_are_told_and_candles_close_together_as_the_market_had_them() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(3 * MINUTE + 10_000)
        assert watch.is_true(BTC, 3)
        assert watch.is_true(ETH, 3)
        assert [list(bars.candles) for bars in watch.bars()] == [[BTC, ETH]] * 3
        assert all(bars.had_ticks and not bars.doubts and not bars.missed for bars in watch.bars())
        assert len(watch.ticks(BTC)) == 3 * 12 + 2
        assert watch.doubts() == []
        assert watch.stand.market.connected == 2, "a connection for each symbol, and none twice"
        assert watch.ways() == [(FeedWay.STREAM, FeedWay.STREAM)]

    watched(act)


def test_the_venue_is_asked_at_each_close_and_every_30_seconds_and_no_more() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(10 * MINUTE)
        per_symbol_and_minute = asked(watch) / 2 / 10
        assert 1 <= per_symbol_and_minute <= 3

    watched(act)


def test_a_candle_is_out_within_two_seconds_and_a_half_of_its_close() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait_until(START_MS + MINUTE + 2_500)
        assert [bars.at_ms for bars in watch.bars()] == [START_MS + MINUTE]

    watched(act)


def test_what_may_be_traded_is_what_the_venue_lists() -> None:
    async def act(watch: Watch) -> None:
        instrument = watch.feed.instruments[BTC]
        assert (str(instrument.tick), str(instrument.step), instrument.max_leverage) == ("0.1", "0.0001", 20)

    watched(act)


def test_the_funding_the_venue_announces_is_known_for_its_stamp() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(1_000)
        assert watch.feed.funding.last(BTC) is not None
        stamp_ms = watch.stand.exchange.next_funding_ms("BTCUSDT")
        assert [stamp for stamp, _ in watch.feed.funding.due(BTC, 0, stamp_ms)] == [stamp_ms]

    watched(act)


def test_a_venue_without_streams_is_asked_all_the_time_instead() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(3 * MINUTE + 10_000)
        assert watch.is_true(BTC, 3)
        assert watch.is_true(ETH, 3)
        assert len(watch.ticks(BTC)) > 3 * 10
        assert watch.stand.market.connected == 0
        assert watch.ways() == [(FeedWay.ASKED, FeedWay.ASKED)]

    watched(act, streams=False)


# Streams


def test_w1_a_stream_that_falls_silent_is_built_anew_and_the_market_asked_meanwhile() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(MINUTE + 10_000)
        watch.stand.market.silent = True
        await watch.stand.wait(2 * MINUTE)
        rebuilt = watch.stand.market.connected
        assert rebuilt > 2
        assert watch.is_true(BTC, 3)
        assert watch.doubts() == [], "prices went on coming"
        watch.stand.market.silent = False
        await watch.stand.wait(2 * MINUTE)
        assert watch.is_true(BTC, 5)
        assert watch.stand.market.connected <= rebuilt + 2

    watched(act)


def test_how_prices_come_is_told_when_streams_fall_silent_are_lost_and_come_back() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(MINUTE + 10_000)
        watch.stand.market.silent = True
        await watch.stand.wait(2 * MINUTE)
        during = list(watch.ways())
        watch.stand.market.silent = False
        await watch.stand.wait(MINUTE)
        for place in (0, 1):
            told = [ways[place] for ways in watch.ways()]
            changes = [way for way, before in zip(told, [None, *told], strict=False) if way is not before]
            assert changes == [FeedWay.STREAM, FeedWay.ASKED, FeedWay.REBUILDING, FeedWay.STREAM]
        assert during[-1] == (FeedWay.REBUILDING, FeedWay.REBUILDING)

    watched(act)


def test_w1_while_neither_stream_nor_answers_come_it_is_told_once_and_what_closes_late_opens_nothing() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(MINUTE + 10_000)
        watch.stand.market.silent = True
        watch.stand.server.faults.add(Fault(what=MAINTENANCE, path=KLINES, times=None))
        await watch.stand.wait(3 * MINUTE)
        assert [set(doubts) for doubts in watch.doubts()] == [{BTC, ETH}]
        assert "no new price for 1" in watch.doubts()[0][BTC]
        assert len(watch.bars()) == 1
        watch.stand.market.silent = False
        watch.stand.server.faults.heal()
        await watch.stand.wait(2 * MINUTE)
        assert watch.is_true(BTC, 6)
        assert watch.is_true(ETH, 6)
        late = [set(bars.doubts) for bars in watch.bars()]
        assert late == [set(), {BTC, ETH}, {BTC, ETH}, {BTC, ETH}, set(), set()]

    watched(act)


def test_w2_a_stream_that_repeats_itself_is_found_out_by_comparing_and_built_anew() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(20_000)
        watch.stand.market.frozen = True
        await watch.stand.wait(2 * MINUTE)
        assert watch.stand.market.connected > 2
        assert watch.is_true(BTC, 2)
        watch.stand.market.frozen = False
        await watch.stand.wait(MINUTE)
        assert watch.is_true(BTC, 3)
        assert watch.doubts() == []

    watched(act)


def test_w2_frozen_data_is_stale_though_it_keeps_coming() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(20_000)
        watch.stand.market.frozen = True
        watch.stand.server.faults.add(Fault(what=MAINTENANCE, path=KLINES, times=None))
        await watch.stand.wait(MINUTE)
        assert [set(doubts) for doubts in watch.doubts()] == [{BTC, ETH}]
        assert watch.bars() == []

    watched(act)


def test_w3_frames_that_come_twice_or_in_a_wrong_order_change_nothing() -> None:
    async def act(watch: Watch) -> None:
        watch.stand.market.twice = watch.stand.market.shuffled = True
        await watch.stand.wait(3 * MINUTE + 10_000)
        assert watch.is_true(BTC, 3)
        assert watch.is_true(ETH, 3)
        volumes = [(tick.forming.open_ms, tick.forming.volume) for tick in watch.ticks(BTC)]
        assert volumes == sorted(set(volumes)), "a price never goes back to an older one"

    watched(act)


def test_w4_a_storm_of_reconnects_loses_no_candle_and_slows_down() -> None:
    async def act(watch: Watch) -> None:
        for _ in range(40):
            await watch.stand.wait(4_500)
            await watch.stand.market.hang_up()
        await watch.stand.wait(10_000)
        assert watch.is_true(BTC, 3)
        assert watch.is_true(ETH, 3)
        assert watch.stand.market.connected <= 2 * 45

    watched(act)


def test_w4_a_stream_that_is_back_at_once_is_not_worth_a_word() -> None:
    async def act(watch: Watch) -> None:
        for _ in range(5):
            await watch.stand.wait(22_000)
            await watch.stand.market.hang_up()
        await watch.stand.wait(10_000)
        assert watch.stand.market.connected == 2 * 6
        assert watch.ways() == [(FeedWay.STREAM, FeedWay.STREAM)]

    watched(act)


def test_one_symbol_the_stream_does_not_know_leaves_the_other_alone() -> None:
    async def act(watch: Watch) -> None:
        watch.stand.market.refused = "ETHUSDT"
        await watch.stand.wait(2 * MINUTE + 10_000)
        assert watch.is_true(BTC, 2)
        assert watch.is_true(ETH, 2), "it is asked for instead"
        assert len(watch.ticks(BTC)) == 2 * 12 + 2

    watched(act)


# Candles


def faulty(what: Any, minute: int = 1, symbol: str = "BTCUSDT") -> DataFaults:
    from_ms = START_MS + minute * MINUTE
    return DataFaults(DataFault(what=what, symbol=symbol, from_ms=from_ms, until_ms=from_ms + MINUTE))


def test_d1_a_candle_the_venue_has_nowhere_is_a_hole_of_one_symbol() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(3 * MINUTE + 10_000)
        assert watch.is_true(ETH, 3)
        assert watch.candles(BTC) == [watch.stand.truth(BTC, START_MS + n * MINUTE) for n in (0, 2)]
        assert [list(bars.candles) for bars in watch.bars()] == [[BTC, ETH], [ETH], [BTC, ETH]]

    watched(act, faulty(Gap()))


def test_d1_a_gap_of_the_stream_is_filled_by_asking() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(MINUTE)
        watch.stand.market.silent = True
        await watch.stand.wait(MINUTE)
        watch.stand.market.silent = False
        await watch.stand.wait(MINUTE + 10_000)
        assert watch.is_true(BTC, 3)

    watched(act)


def test_d2_a_candle_told_twice_is_handed_out_once() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(3 * MINUTE + 10_000)
        assert watch.is_true(BTC, 3)
        assert len(watch.candles(BTC)) == 3

    watched(act, faulty(Repeated()))


def test_d3_a_candle_that_comes_too_late_is_kept_and_never_handed_out() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(5 * MINUTE)
        truth = [watch.stand.truth(BTC, START_MS + n * MINUTE) for n in range(4)]
        assert watch.candles(BTC) == [truth[0], *truth[2:]]
        assert watch.revised() == [(BTC, truth[1])]
        assert watch.is_true(ETH, 4)

    watched(act, faulty(Delayed(by_ms=100_000)))


def test_d3_a_candle_that_is_a_little_late_comes_along_with_the_next_one() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(4 * MINUTE)
        truth = [watch.stand.truth(BTC, START_MS + n * MINUTE) for n in range(3)]
        assert watch.candles(BTC)[:2] == [truth[0], truth[2]]
        (step,) = [bars for bars in watch.bars() if bars.missed]
        assert list(step.missed[BTC]) == [truth[1]]

    watched(act, faulty(Delayed(by_ms=30_000)))


def test_d4_a_candle_put_right_later_is_told_as_such_and_not_handed_out_again() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(4 * MINUTE)
        truth = watch.stand.truth(BTC, START_MS + MINUTE)
        (decided,) = [candle for candle in watch.candles(BTC) if candle.open_ms == truth.open_ms]
        assert decided != truth
        assert watch.revised() == [(BTC, truth)]

    watched(act, faulty(Revised(after_ms=20_000)))


def test_d5_what_the_stream_tells_of_half_a_candle_is_completed_by_asking() -> None:
    async def act(watch: Watch) -> None:
        def half(row: dict[str, Any]) -> dict[str, Any]:
            spoilt = {**row, "c": row["o"], "h": row["o"], "l": row["o"], "v": "0.5"}
            return spoilt if row["n"] > 6 else row

        watch.stand.market.spoil = half
        await watch.stand.wait(3 * MINUTE + 10_000)
        assert watch.is_true(BTC, 3)
        assert watch.is_true(ETH, 3)

    watched(act)


def test_d5_a_candle_that_stays_partial_everywhere_is_what_the_venue_says() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(3 * MINUTE + 10_000)
        assert [candle.open_ms for candle in watch.candles(BTC)] == [START_MS + n * MINUTE for n in range(3)]
        assert watch.revised() == []

    watched(act, faulty(Partial()))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-1", "0", "1e308"])
@pytest.mark.parametrize("field", ["o", "h", "l", "c", "v"])
def test_d6_no_absurd_number_of_the_stream_gets_through(text: str, field: str) -> None:
    async def act(watch: Watch) -> None:
        spoilt = []

        def absurd(row: dict[str, Any]) -> dict[str, Any]:
            if row["n"] not in (4, 5, 12):
                return row
            spoilt.append(row)
            return {**row, field: text}

        watch.stand.market.spoil = absurd
        await watch.stand.wait(MINUTE + 10_000)
        assert len(spoilt) >= 2 * 3
        assert watch.is_true(BTC, 1)
        assert watch.is_true(ETH, 1)
        told = [*watch.ticks(BTC), *watch.ticks(ETH)]
        assert all(quality.check(None, tick.forming, Timeframe.M1) is None for tick in told)

    watched(act)


@pytest.mark.parametrize(
    "what", [*(Absurd(text=text) for text in ("NaN", "inf", "-1", "0", "1e308")), Torn(), Absurd(fields=(5,))]
)
def test_d6_what_the_answers_spoil_the_stream_still_knows(what: Any) -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(3 * MINUTE + 10_000)
        assert watch.is_true(BTC, 3)
        assert watch.is_true(ETH, 3)

    watched(act, faulty(what))


# Answers


def test_while_the_venue_wants_silence_it_is_not_asked_and_the_stream_decides() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(MINUTE + 10_000)
        watch.stand.server.faults.add(Fault(what=slowed(Form.JSON, 120_000), path=KLINES, times=1))
        await watch.stand.wait(30_000)
        before = asked(watch)
        await watch.stand.wait(70_000)
        assert asked(watch) == before
        assert watch.is_true(BTC, 2), "the stream's own candles are taken"
        await watch.stand.wait(2 * MINUTE)
        assert asked(watch) > before

    watched(act)


def test_closing_it_leaves_nothing_open() -> None:
    async def act(watch: Watch) -> None:
        await watch.stand.wait(10_000)
        await watch.feed.close()
        await watch.feed.close()

    watched(act)


@pytest.mark.parametrize("turns", range(0, 16, 2))
def test_closed_at_any_moment_of_losing_a_stream_it_leaves_nothing_nobody_asks_for(turns: int) -> None:
    complaints: list[str] = []

    async def act(watch: Watch) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
        await watch.stand.wait(7_000)
        await watch.stand.market.hang_up()
        for _ in range(turns):
            await asyncio.sleep(0)
        await watch.feed.close()

    watched(act)
    gc.collect()
    assert complaints == []
