"""Kept candles: what there is of them, a span of them, and taking them away."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.history import Coverage, Gap, Series
from sigma_engine.domain.order import ExitReason, Leg, OrderSide
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.session.ports import Batch
from sigma_engine.storage import history
from sigma_engine.storage.history import SLICE
from sigma_engine.storage.store import SqliteStore
from sigma_engine.storage.summaries import OwnFills
from tests.engine.storage.storage_samples import BAR_MS, RUN, START_MS, batch, candle, candles, fill, opened, trade

BTC = Series("import", "BTC/USDT:USDT", Timeframe.M1)
ETH = Series("import", "ETH/USDT:USDT", Timeframe.M1)


def with_candles(tmp_path, kept, scenario):
    """What ``scenario`` of a store with the series ``kept`` returns."""

    async def run():
        async with opened(tmp_path / "sigma.db") as store:
            for series, block in kept.items():
                await store.add_candles(series, block)
            return await scenario(store)

    return asyncio.run(run())


def columns(block):
    return [column.tolist() for column in block.columns()]


def without(block, missing):
    """``block`` without the candles of these numbers."""
    there = ~np.isin(np.arange(len(block)), list(missing))
    return type(block)(*(column[there] for column in block.columns()))


def test_nothing_is_covered_by_an_empty_store(tmp_path):
    assert with_candles(tmp_path, {}, lambda store: store.coverage()) == ()


def test_coverage_names_every_series_and_its_holes(tmp_path):
    venue = Series("binance", "BTC/USDT:USDT", Timeframe.M1)
    kept = {ETH: without(candles(50), {10, 11, 12, 40}), BTC: candles(20), venue: candles(1)}
    holes = (Gap(START_MS + 9 * BAR_MS, 3), Gap(START_MS + 39 * BAR_MS, 1))
    assert with_candles(tmp_path, kept, lambda store: store.coverage()) == (
        Coverage(series=venue, candles=1, first_ms=START_MS, last_ms=START_MS, gaps=()),
        Coverage(series=BTC, candles=20, first_ms=START_MS, last_ms=START_MS + 19 * BAR_MS, gaps=()),
        Coverage(series=ETH, candles=46, first_ms=START_MS, last_ms=START_MS + 49 * BAR_MS, gaps=holes),
    )


@given(there=st.sets(st.integers(0, 60), min_size=1))
def test_gaps_and_candles_together_are_the_whole_span(there):
    stamps = np.array(sorted(there), np.int64) * BAR_MS
    gaps = history._gaps(stamps, Timeframe.M1)
    lacking = {gap.after_ms // BAR_MS + number for gap in gaps for number in range(1, gap.missing + 1)}
    assert there | lacking == set(range(min(there), max(there) + 1))
    assert not there & lacking


@pytest.mark.parametrize(
    ("first", "behind", "numbers"),
    [(None, None, range(30)), (10, None, range(10, 30)), (None, 10, range(10)), (5, 7, range(5, 7)), (7, 7, ())],
)
def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(tmp_path, first, behind, numbers):
    from_ms, to_ms = (None if at is None else START_MS + at * BAR_MS for at in (first, behind))
    kept = {BTC: candles(30), ETH: candles(3)}
    found = with_candles(tmp_path, kept, lambda store: store.candles_between(BTC, from_ms, to_ms))
    assert list(found) == [candle(number) for number in numbers]
    assert found.open_ms.dtype == np.int64
    assert all(column.flags.c_contiguous for column in found.columns())


def test_a_block_longer_than_a_slice_is_kept_whole_and_deleted_whole(tmp_path):
    async def scenario(store):
        found = await store.candles_between(BTC)
        return found, await store.delete_series(BTC), await store.delete_series(BTC), await store.coverage()

    long = candles(2 * SLICE + 7)
    found, gone, again, left = with_candles(tmp_path, {BTC: long, ETH: candles(3)}, scenario)
    assert columns(found) == columns(long)
    assert (gone, again) == (2 * SLICE + 7, 0)
    assert [one.series for one in left] == [ETH]


def test_a_session_commits_between_two_slices(tmp_path):
    """Deleting three slices beside a commit: the commit is durable before the last slice is gone."""

    async def scenario(store):
        deleting = asyncio.create_task(store.delete_series(BTC))
        await store.commit(batch(0))
        waiting = not deleting.done()
        await deleting
        return waiting

    assert with_candles(tmp_path, {BTC: candles(3 * SLICE)}, scenario)


def test_two_stores_on_one_file_take_turns(tmp_path):
    """A session and the laboratory beside it write at the same time, and nothing is lost or refused."""

    async def run():
        async with opened(tmp_path / "sigma.db") as one, opened(tmp_path / "sigma.db") as other:
            await asyncio.gather(
                *(one.commit(batch(number)) for number in range(60)),
                *(other.add_candles(ETH, candles(400)) for _ in range(60)),
            )
            return await other.latest_run("demo", 100), await one.candles_between(ETH)

    run, found = asyncio.run(run())
    assert len(run.candles["BTC/USDT:USDT"]) == 60
    assert columns(found) == columns(candles(400))


def test_two_that_find_no_file_make_one(tmp_path):
    async def run():
        opening = (asyncio.to_thread(SqliteStore.open, tmp_path / "sigma.db") for _ in range(4))
        stores = await asyncio.gather(*opening)
        found = [await store.coverage() for store in stores]
        for store in stores:
            await store.close()
        return found

    assert asyncio.run(run()) == [()] * 4


def test_own_fills_are_counted_but_for_liquidations(tmp_path):
    bought = fill(1)
    lost = replace(trade(2), reason=ExitReason.LIQUIDATION)
    seized = replace(fill(2), at_ms=lost.exit_ms, leg=Leg.EXIT, side=OrderSide.SELL, slippage=Decimal(900))

    async def scenario(store):
        await store.commit(Batch(run=RUN, positions=(), fills=[bought, seized], trades=[lost]))
        return await store.own_fills()

    found = with_candles(tmp_path, {}, scenario)
    assert found == OwnFills(1, bought.slippage, bought.price * bought.quantity)


def test_without_fills_nothing_is_known_of_slippage(tmp_path):
    assert with_candles(tmp_path, {}, lambda store: store.own_fills()) == OwnFills(0, Decimal(0), Decimal(0))
