"""The market's ways through its candles, its candles of every interval, and what goes wrong with them."""

import asyncio
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.practice.data_faults import (
    Absurd,
    DataFault,
    DataFaults,
    Defect,
    Delayed,
    Gap,
    Partial,
    Repeated,
    Revised,
    Torn,
)
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.generated import generated
from sigma_engine.practice.listings import listing_of, usual_listings
from sigma_engine.practice.market import Market
from sigma_engine.practice.market_port import INTERVALS_MS, Candle, PriceKind
from sigma_engine.practice.nouns import UNIT
from sigma_engine.practice.paths import Row, ticks_of
from sigma_engine.practice.sources import FileRow, Source, replayed, replayed_ticks
from tests.servers.practice import BTC, listing, parts
from tests.servers.streaming import BTC_ROWS, MINUTE_MS, START_MS, Stage, on_stage, raw

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
BTC_LISTING = listing("BTC")


class Hand:
    """A clock set by hand."""

    def __init__(self, at_ms: int = START_MS) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        return self.at_ms

    def turn(self, at_ms: int) -> None:
        self.at_ms = max(self.at_ms, at_ms)


def market_of(source: Source, faults: DataFaults | None = None, hand: Hand | None = None) -> Market:
    hand = hand or Hand()
    exchange = Exchange((BTC_LISTING,), hand.now_ms, 0)
    return Market(exchange, [source], hand.now_ms, turn=hand.turn, faults=faults)


def btc(rows: Sequence[FileRow] = BTC_ROWS, interval_ms: int = MINUTE_MS, **options: Any) -> Source:
    return replayed(BTC_LISTING, rows, interval_ms, START_MS, **options)


def told(market: Market, interval: str, limit: int = 1_000, kind: PriceKind = PriceKind.LAST) -> Sequence[Candle]:
    return market.candles("BTCUSDT", interval, 2**60, limit, kind)


@st.composite
def rows_on_the_grid(draw: st.DrawFn) -> Row:
    first, last = draw(st.integers(1, 10**6)), draw(st.integers(1, 10**6))
    high = max(first, last) + draw(st.integers(0, 10**4))
    low = max(1, min(first, last) - draw(st.integers(0, 10**4)))
    tick = BTC_LISTING.tick
    volume = draw(st.integers(0, 10**6)) * BTC_LISTING.step
    return START_MS, first * tick, high * tick, low * tick, last * tick, volume


@given(rows_on_the_grid(), st.sampled_from([1_000, 5_000, 20_000, 60_000]), st.integers(0, 99))
def test_a_way_goes_from_open_over_high_and_low_to_close_and_nowhere_else(row: Row, step_ms: int, seed: int) -> None:
    ticks = list(ticks_of(row, MINUTE_MS, BTC_LISTING, step_ms, seed))
    stamps, prices, quantities = zip(*ticks, strict=True)
    _, first, high, low, last, volume = row
    assert (prices[0], max(prices), min(prices), prices[-1]) == (first, high, low, last)
    assert all(price % BTC_LISTING.tick == 0 for price in prices)
    assert stamps[0] == START_MS
    assert list(stamps) == sorted(set(stamps))
    assert stamps[-1] < START_MS + MINUTE_MS
    assert sum(quantities) == max(volume, len(ticks) * BTC_LISTING.step)
    assert min(quantities) >= BTC_LISTING.step
    assert ticks == list(ticks_of(row, MINUTE_MS, BTC_LISTING, step_ms, seed))


def test_which_extreme_comes_first_is_a_matter_of_chance() -> None:
    def is_high_first(open_ms: int) -> bool:
        row = (open_ms, parts(100), parts(120), parts(80), parts(101), parts(1))
        prices = [price for _, price, _ in ticks_of(row, MINUTE_MS, BTC_LISTING, 5_000, 0)]
        return prices.index(parts(120)) < prices.index(parts(80))

    share = sum(is_high_first(START_MS + at * MINUTE_MS) for at in range(400)) / 400
    assert 0.4 < share < 0.6


@pytest.mark.parametrize("step_ms", [5_000, 20_000])
def test_replayed_candles_come_out_exactly_as_they_went_in(step_ms: int) -> None:
    market = market_of(btc(step_ms=step_ms))
    market.advance_to(START_MS + 2 * HOUR_MS)
    again = [
        (each.open_ms, *(figure / UNIT for figure in (each.open, each.high, each.low, each.close, each.volume)))
        for each in told(market, "1m")
    ]
    assert np.array(again) == pytest.approx(np.array(BTC_ROWS), rel=1e-12)
    assert market.next_ms() is None


@pytest.mark.parametrize("interval", list(INTERVALS_MS))
@pytest.mark.parametrize("at_ms", [START_MS, START_MS + 37 * MINUTE_MS + 17_000])
def test_candles_of_every_interval_are_those_of_pandas(interval: str, at_ms: int) -> None:
    chance = np.random.default_rng(5)
    closes = 60_000 + np.cumsum(chance.integers(-40, 41, 15_000))
    rows: list[FileRow] = [
        (START_MS + (at - 14_000) * MINUTE_MS, first, max(first, last) + 7, min(first, last) - 3, last, at % 9 + 1.0)
        for at, (first, last) in enumerate(pairwise(closes.astype(float).tolist()))
        if at % 50 != 7
    ]
    market = market_of(btc(rows))
    market.advance_to(at_ms)
    whole = [row for row in rows if row[0] + MINUTE_MS <= at_ms]
    trades = market._exchange.trades("BTCUSDT", 10_000)
    forming = [(each.at_ms, each.price / UNIT, each.quantity / UNIT) for each in reversed(trades)]
    forming = [each for each in forming if each[0] >= at_ms // MINUTE_MS * MINUTE_MS]
    frame = pd.DataFrame(
        [*whole, *((at, price, price, price, price, quantity) for at, price, quantity in forming)],
        columns=["at", "open", "high", "low", "close", "volume"],
    )
    rule = {"1w": "W-MON"}.get(interval, interval.replace("m", "min").replace("d", "D"))
    expected = (
        frame.set_index(pd.to_datetime(frame["at"], unit="ms"))
        .resample(rule, label="left", closed="left")
        .agg({"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"})
        .dropna()
    )
    candles = told(market, interval, 20_000)
    assert [each.open_ms for each in candles] == (expected.index.astype("datetime64[ms]").astype("int64")).tolist()
    for name in ("open", "high", "low", "close", "volume"):
        assert [getattr(each, name) / UNIT for each in candles] == pytest.approx(expected[name].tolist()), name


def test_shorter_candles_of_a_longer_past_fit_into_it_and_long_ones_go_on_from_it() -> None:
    rows: list[FileRow] = [
        (START_MS + at * 5 * MINUTE_MS, 60_000, 60_100 + at, 59_900 - at, 60_010, 12.0) for at in range(-60, 20)
    ]
    market = market_of(btc(rows, 5 * MINUTE_MS))
    minutes = told(market, "1m")
    assert len(minutes) == 301
    for at, row in enumerate(rows[:60]):
        inside = minutes[at * 5 : at * 5 + 5]
        assert [each.open_ms for each in inside] == [row[0] + each * MINUTE_MS for each in range(5)]
        assert max(each.high for each in inside) / UNIT == row[2]
        assert min(each.low for each in inside) / UNIT == row[3]
    market.advance_to(START_MS + 100 * MINUTE_MS)
    hours = told(market, "1h")
    assert hours[-1].volume == sum(each.volume for each in told(market, "5m") if each.open_ms >= hours[-1].open_ms)


def test_the_newest_candles_are_given_up_to_the_end_that_is_asked_for() -> None:
    market = market_of(btc())
    end_ms = START_MS - 30 * MINUTE_MS
    rows = market.candles("BTCUSDT", "1m", end_ms, 10, PriceKind.LAST)
    assert [each.open_ms for each in rows] == [end_ms - at * MINUTE_MS for at in range(9, -1, -1)]


def test_mark_candles_follow_the_mark_and_index_candles_the_last_price() -> None:
    market = market_of(btc())
    market._exchange.diverge("BTCUSDT", UNIT // 100)
    market.advance_to(START_MS + 10 * MINUTE_MS)
    last, mark, index = (told(market, "1m", 5, kind) for kind in (PriceKind.LAST, PriceKind.MARK, PriceKind.INDEX))
    assert [each.close for each in mark] == pytest.approx([each.close * 1.01 for each in last], rel=1e-5)
    assert index == last


def test_replayed_trades_happen_at_their_time_and_price() -> None:
    ticks = [(START_MS + 100, 60_000.1, 0.5), (START_MS + 61_000, 60_010.2, 0.25), (START_MS + 61_500, 59_990.0, 1.0)]
    market = market_of(replayed_ticks(BTC_LISTING, ticks))
    market.advance_to(START_MS + HOUR_MS)
    trades = market._exchange.trades("BTCUSDT", 10)[::-1]
    assert [(each.at_ms, each.price / UNIT, each.quantity / UNIT) for each in trades] == ticks
    assert [each.trades for each in told(market, "1m")] == [1, 2]


def test_a_market_that_somebody_else_moves_has_those_trades_in_its_candles() -> None:
    market = market_of(btc())
    market._exchange.move("BTCUSDT", parts(70_000), parts(1))
    assert told(market, "1m")[-1].high == parts(70_000)
    assert market.day("BTCUSDT").high == parts(70_000)


def test_the_day_is_what_happened_in_24_hours() -> None:
    rows: list[FileRow] = [
        (START_MS + at * MINUTE_MS, 100.0, 101.0 + (at == -1_500) * 50 + (at == -10) * 9, 99.0, 100.5, 1.0)
        for at in range(-2_000, 0)
    ]
    market = market_of(btc(rows))
    day = market.day("BTCUSDT")
    assert (day.high, day.low) == (parts(110), parts(99))
    assert (day.close_ms - day.open_ms, day.close_ms) == (DAY_MS, START_MS)
    assert day.volume / UNIT == pytest.approx(1_440, abs=6)


def test_running_on_a_clock_gives_the_same_market_as_advancing_by_hand() -> None:
    by_hand = market_of(btc())
    by_hand.advance_to(START_MS + 20 * MINUTE_MS)
    found: list[Candle] = []

    async def act(here: Stage) -> None:
        await here.wait(20 * MINUTE_MS)
        found.extend(told(here.market, "1m"))

    on_stage(act)
    assert found == list(told(by_hand, "1m"))


# Generated markets


def _closes(seed: int, minutes: int = 5_000) -> dict[str, list[float]]:
    sources = generated(usual_listings(), START_MS, seed=seed, history_minutes=minutes)
    return {source.symbol: [row[4] / UNIT for row in source.past] for source in sources}


def test_a_generated_market_is_its_seeds_alone_and_possible() -> None:
    sources = generated(usual_listings(), START_MS, seed=3, history_minutes=2_000)
    assert len(sources) == 8
    assert _closes(3, 500) == _closes(3, 500) != _closes(4, 500)
    for source, market in zip(sources, usual_listings(), strict=True):
        stamps = [row[0] for row in source.past]
        assert stamps == list(range(START_MS - 2_000 * MINUTE_MS, START_MS, MINUTE_MS))
        for _, first, high, low, last, volume in source.past:
            assert high >= max(first, last) >= min(first, last) >= low > 0
            assert not any(price % market.tick for price in (first, high, low, last))
            assert volume > 0
            assert volume % market.step == 0


def test_a_generated_market_has_clusters_company_and_jumps() -> None:
    closes = _closes(1, 20_000)
    returns = {symbol: np.diff(np.log(prices)) for symbol, prices in closes.items()}
    sizes = np.abs(returns["BTCUSDT"])
    assert np.corrcoef(sizes[:-1], sizes[1:])[0, 1] > 0.05
    assert np.corrcoef(returns["BTCUSDT"], returns["ETHUSDT"])[0, 1] > 0.5
    yearly = float(np.std(returns["BTCUSDT"])) * math.sqrt(525_600)
    assert 0.4 < yearly < 1.5
    (btc_source, *_) = generated(usual_listings(), START_MS, seed=1, history_minutes=20_000)
    gaps = [abs(after[1] / before[4] - 1) for before, after in pairwise(btc_source.past)]
    assert 10 < sum(gap > 0.003 for gap in gaps) < 80


def test_a_generated_market_goes_on_where_its_past_ended() -> None:
    hand = Hand()
    exchange = Exchange(usual_listings(), hand.now_ms, 0)
    market = Market(exchange, generated(usual_listings(), START_MS, history_minutes=300), hand.now_ms, turn=hand.turn)
    market.advance_to(START_MS + HOUR_MS)
    for each in usual_listings():
        rows = market.candles(each.symbol, "1m", 2**60, 400, PriceKind.LAST)
        assert [row.open_ms for row in rows] == [START_MS + at * MINUTE_MS for at in range(-300, 61)]
        assert abs(rows[300].open / rows[299].close - 1) < 0.02


def test_the_tick_of_a_replayed_market_holds_every_price_of_its_file() -> None:
    assert listing_of("BTCUSDT", [64_000.0, 64_000.25]).price_decimals == 2
    assert listing_of("DOGEUSDT", [0.1]).price_decimals == 5
    pepe = listing_of("PEPEUSDT", [0.0000123])
    assert (pepe.price_decimals, pepe.quantity_decimals) == (8, 0)
    assert listing_of("YFIUSDT", [8_000.0]).quantity_decimals == 3


# What goes wrong with candles

BAD_MS = START_MS - 5 * MINUTE_MS


def _with(defect: Defect, **more: Any) -> DataFaults:
    return DataFaults(DataFault(what=defect, from_ms=BAD_MS, until_ms=BAD_MS + MINUTE_MS, **more))


def _rows(defect: Defect, **more: Any) -> list[Candle]:
    market = market_of(btc(), _with(defect, **more))
    return [each for each in told(market, "1m") if BAD_MS - MINUTE_MS <= each.open_ms <= BAD_MS + MINUTE_MS]


def test_d1_a_gap_is_told_nowhere_and_only_there() -> None:
    assert [row.open_ms for row in _rows(Gap())] == [BAD_MS - MINUTE_MS, BAD_MS + MINUTE_MS]
    assert len(_rows(Gap(), interval="5m")) == len(_rows(Gap(), symbol="ETH*")) == 3


def test_d2_a_repeated_candle_is_told_twice() -> None:
    rows = _rows(Repeated())
    assert [row.open_ms for row in rows] == [BAD_MS - MINUTE_MS, BAD_MS, BAD_MS, BAD_MS + MINUTE_MS]
    assert rows[1] == rows[2]


def test_d3_a_delayed_candle_is_told_when_its_time_has_come() -> None:
    faults, hand = _with(Delayed(by_ms=6 * MINUTE_MS)), Hand()
    market = market_of(btc(), faults, hand)
    assert BAD_MS not in [row.open_ms for row in told(market, "1m")]
    market.advance_to(BAD_MS + 7 * MINUTE_MS)
    assert BAD_MS in [row.open_ms for row in told(market, "1m")]


def test_d4_a_revised_candle_is_first_told_wrong_and_then_right() -> None:
    hand = Hand()
    market = market_of(btc(), _with(Revised(after_ms=10 * MINUTE_MS)), hand)
    wrong = next(row for row in told(market, "1m") if row.open_ms == BAD_MS)
    market.advance_to(BAD_MS + 11 * MINUTE_MS)
    right = next(row for row in told(market, "1m") if row.open_ms == BAD_MS)
    assert (wrong.open, right.open) == (parts(59_950), parts(59_950))
    assert (right.close, right.high, right.volume) == (parts(59_960), parts(59_975), parts(125))
    assert (wrong.close, wrong.high) == (parts(59_955), parts("59962.5"))


def test_d5_a_partial_candle_never_has_its_last_trades() -> None:
    row = _rows(Partial(share=0.2))[1]
    assert (row.close, row.low) == (parts(59_952), parts(59_948))
    assert row.high >= max(row.open, row.close) >= min(row.open, row.close) >= row.low


def test_defects_of_chance_are_the_same_wherever_the_candle_is_told() -> None:
    faults = DataFaults(DataFault(what=Gap(), probability=0.3), seed=7)
    market = market_of(btc(), faults)
    stamps = [row.open_ms for row in told(market, "1m")]
    assert stamps == [row.open_ms for row in told(market, "1m")]
    assert 60 < len(stamps) < 110
    faults.heal()
    assert len(told(market, "1m")) == 121


@pytest.mark.parametrize("text", ["NaN", "Infinity", "0", "-1", "1e308"])
def test_d6_absurd_figures_come_over_the_wire(text: str) -> None:
    async def act(here: Stage) -> None:
        rows = await here.client.fetch_ohlcv(BTC, "1m", None, 10)
        bad = next(row for row in rows if row[0] == BAD_MS)
        assert repr(bad[4]) == repr(float(text))
        history = await here.client.fetch_ohlcv(BTC, "1m", BAD_MS, 3, {"historical": True, "until": START_MS - 1})
        assert repr(history[0][4]) == repr(float(text))

    on_stage(act, data=_with(Absurd(text=text)))


def test_d5_a_torn_row_comes_over_the_wire() -> None:
    async def act(here: Stage) -> None:
        rows = (
            await here.client.capi_v3_market_klines({"symbol": "BTCUSDT", "interval": "1m", "limit": 10})
            if False
            else (await here.client.contractGetCapiV3MarketKlines({"symbol": "BTCUSDT", "interval": "1m", "limit": 10}))
        )
        assert [len(row) for row in rows] == [11] * 4 + [4] + [11] * 5

    on_stage(act, data=_with(Torn(fields=4)))


def test_streams_tell_candles_with_the_same_defects() -> None:
    at_ms = START_MS + MINUTE_MS
    spans = [(Gap(), 0), (Repeated(), 1), (Delayed(by_ms=90_000), 2), (Revised(after_ms=30_000), 3), (Torn(), 5)]
    faults = DataFaults(
        *(
            DataFault(what=what, from_ms=at_ms + place * MINUTE_MS, until_ms=at_ms + (place + 1) * MINUTE_MS)
            for what, place in spans
        )
    )

    async def act(here: Stage) -> None:
        async with raw(here) as socket:
            await socket.send("SUBSCRIBE", "BTCUSDT@kline_1m_LAST_PRICE")
            for _ in range(8):
                await here.wait(MINUTE_MS)
                await socket.send("PONG")
            rows = [(frame["E"], row) for frame in socket.of("kline") for row in frame["d"]]
            by_place = [[(at, row) for at, row in rows if row["t"] == at_ms + place * MINUTE_MS] for place in range(6)]
            assert by_place[0] == []
            assert by_place[1][0] == by_place[1][1]
            assert {at for at, _ in by_place[2]} == {at_ms + 3 * MINUTE_MS + 90_000}
            closes = [row["c"] for at, row in by_place[3] if at >= at_ms + 4 * MINUTE_MS]
            assert closes == ["60045", "60050"]
            assert all("h" not in row or "c" not in row for _, row in by_place[5])
            assert all("c" in row for _, row in by_place[4])

    on_stage(act, data=faults)


def test_asyncio_is_not_needed_to_move_a_market() -> None:
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    market = market_of(btc())
    market.advance_to(START_MS + HOUR_MS)
    assert market._exchange.quote("BTCUSDT").last == parts(60_600)
