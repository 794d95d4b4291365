"""The feed on the practice exchange's own streams, with every fault of a stream at once, by seed."""

import asyncio

import pytest

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.market import Bars, Ticks
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.exchanges.feed import ExchangeFeed
from sigma_engine.exchanges.market_data import MarketData
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.market import quality
from sigma_engine.practice.stream_faults import (
    Doubled,
    Dropped,
    Frozen,
    Silent,
    Skipped,
    StreamFault,
    StreamFaults,
    Swapped,
)
from tests.servers.practice import BTC, ETH
from tests.servers.streaming import BTC_ROWS, ETH_ROWS, MINUTE_MS, START_MS, Stage, stage

FAULTS = (Silent(), Frozen(), Frozen(repeats=True), Doubled(), Swapped(), Skipped(), Dropped(), Dropped(status=None))
ROWS = {BTC: BTC_ROWS, ETH: ETH_ROWS}
MINUTES = 6
TICK = 0.1
"""The market brings what its file says onto this grid."""


async def watch(here: Stage) -> tuple[list[Bars], list[Ticks]]:
    """All steps of six minutes and a little."""
    market = MarketData(venue_named("weex"), here.clock, here.url)
    opening = asyncio.ensure_future(market.instruments((BTC, ETH)))
    while not opening.done():
        await _wait(here, 50)
    first_ms = here.clock.now_ms() // MINUTE_MS * MINUTE_MS
    before = {symbol: Candles.from_rows([_truth(symbol, first_ms - MINUTE_MS)]) for symbol in (BTC, ETH)}
    gate, funding = quality.check, AnnouncedFunding()
    feed = ExchangeFeed(market, "weex", Timeframe.M1, opening.result(), before, gate, funding)
    bars: list[Bars] = []
    ticks: list[Ticks] = []

    async def listen() -> None:
        async for step in feed.steps():
            if isinstance(step, Bars):
                bars.append(step)
            else:
                ticks.append(step)

    listening = asyncio.ensure_future(listen())
    await _wait(here, MINUTES * MINUTE_MS + 10_000)
    await feed.close()
    listening.cancel()
    await asyncio.wait((listening,))
    return bars, ticks


async def _wait(here: Stage, milliseconds: int) -> None:
    async def settle() -> None:
        for _ in range(4):
            await asyncio.sleep(0.001)
            for _ in range(30):
                await asyncio.sleep(0)

    await here.clock.run_to(here.clock.now_ms() + milliseconds, settle)


def _truth(symbol: str, open_ms: int) -> Candle:
    (row,) = [row for row in ROWS[symbol] if row[0] == open_ms]
    return Candle(int(row[0]), *(float(figure) for figure in row[1:]))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_goes_wrong_with_the_streams_each_candle_comes_once_as_the_market_had_it(seed: int) -> None:
    faults = StreamFaults(
        *(StreamFault(what=what, channel="*kline*", times=None, probability=0.03) for what in FAULTS), seed=seed
    )

    async def run() -> None:
        async with stage(faults) as here:
            bars, ticks = await watch(here)
            first_ms = START_MS
            for symbol in (BTC, ETH):
                told = [step.candles[symbol] for step in bars]
                assert [candle.open_ms for candle in told] == [first_ms + n * MINUTE_MS for n in range(MINUTES)]
                for candle in told:
                    assert _prices(candle) == pytest.approx(
                        _prices(_truth(symbol, candle.open_ms)), abs=TICK / 2 + 1e-9
                    )
            assert not any(step.revised or step.doubts for step in ticks)
            assert not any(step.doubts for step in bars)
            assert faults.met, "something did go wrong"

    asyncio.run(run())


def _prices(candle: Candle) -> tuple[float, float, float, float]:
    return candle.open, candle.high, candle.low, candle.close
