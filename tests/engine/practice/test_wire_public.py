"""What everybody may ask, through the unmodified ccxt client."""

import asyncio
from typing import Any

import pytest
from ccxt.base.errors import BadRequest, BadSymbol

from tests.servers.practice import BTC, ETH, NOW_MS, Practice, on_practice, parts, practice

MINUTE_MS, HOUR_MS = 60_000, 3_600_000


def test_markets_have_the_grid_and_the_limits_of_their_listings() -> None:
    async def act(stand: Practice) -> None:
        market = stand.client.market(BTC)
        assert market["swap"]
        assert market["linear"]
        assert market["contractSize"] == 0.0001
        assert market["precision"] == {"amount": 0.0001, "price": 0.1}
        assert market["limits"]["amount"] == {"min": 0.0001, "max": 1_000_000.0}
        assert market["limits"]["leverage"] == {"min": 1.0, "max": 400.0}
        assert (market["maker"], market["taker"]) == (0.0002, 0.0008)
        assert market["info"]["buyLimitPriceRatio"] == "0.2"
        assert market["info"]["delivery"] == ["00:00:00", "08:00:00", "16:00:00"]
        assert "BTC/USDT" in stand.client.markets
        assert (await stand.client.fetch_currencies())["BTC"]["id"] == "BTC"

    on_practice(act)


def test_spot_markets_of_the_same_names_do_not_disturb_and_may_be_absent() -> None:
    async def act(stand: Practice) -> None:
        assert set(stand.client.markets) == {BTC, ETH}
        assert (await stand.client.fetch_position(BTC)) is None

    on_practice(act, lists_spot=False)


def test_the_clock_and_the_state_are_told() -> None:
    async def act(stand: Practice) -> None:
        assert await stand.client.fetch_time() == NOW_MS
        assert await stand.client.fetch_time({"type": "spot"}) == NOW_MS
        assert (await stand.client.fetch_status())["status"] == "ok"

    on_practice(act)


def test_a_client_whose_clock_is_wrong_measures_the_difference() -> None:
    async def run() -> None:
        async with practice() as stand:
            stand.client.milliseconds = lambda: NOW_MS + 90_000
            stand.client.options["adjustForTimeDifference"] = True
            await stand.client.load_markets()
            assert stand.client.options["timeDifference"] == 90_000
            assert (await stand.client.fetch_balance())["USDT"]["total"] == 10_000

    asyncio.run(run())


def test_tickers_tell_the_last_day_and_the_prices_of_the_moment() -> None:
    async def act(stand: Practice) -> None:
        ticker = await stand.client.fetch_ticker(BTC)
        assert (ticker["last"], ticker["high"], ticker["low"]) == (60_000, 61_000, 49_000)
        assert (ticker["change"], ticker["percentage"]) == (10_000, 20)
        assert (ticker["open"], ticker["timestamp"]) == (50_000, NOW_MS)
        assert ticker["markPrice"] == float(stand.exchange.quote("BTCUSDT").mark / 10**8)
        assert set(await stand.client.fetch_tickers()) == {BTC, ETH}
        assert set(await stand.client.fetch_tickers([ETH])) == {ETH}
        both = await stand.client.fetch_bids_asks()
        assert both[BTC]["bid"] < 60_000 < both[BTC]["ask"]
        assert set(await stand.client.fetch_bids_asks([ETH])) == {ETH}
        assert (await stand.client.fetch_mark_price(BTC))["markPrice"] == 60_000
        assert (await stand.client.fetch_mark_price(BTC, {"priceType": "INDEX"}))["indexPrice"] == 60_000
        assert set(await stand.client.fetch_mark_prices()) == {BTC, ETH}

    on_practice(act)


@pytest.mark.parametrize(("limit", "levels"), [(None, 15), (10, 15), (15, 15), (16, 200), (200, 200)])
def test_the_book_has_fifteen_or_two_hundred_levels(limit: int | None, levels: int) -> None:
    async def act(stand: Practice) -> None:
        book = await stand.client.fetch_order_book(BTC, limit)
        assert (len(book["bids"]), len(book["asks"])) == (levels, levels)
        assert book["bids"][0][0] < book["asks"][0][0]
        assert book["nonce"] == NOW_MS

    on_practice(act)


def test_other_depths_are_refused() -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(BadRequest, match="-1140"):
            await stand.client.contractGetCapiV3MarketDepth({"symbol": "BTCUSDT", "limit": 50})

    on_practice(act)


def test_trades_of_the_market_come_in_their_order() -> None:
    async def act(stand: Practice) -> None:
        stand.exchange.move("BTCUSDT", parts("60000.5"), parts("0.25"))
        stand.exchange.move("BTCUSDT", parts("59999.9"), parts("0.5"))
        trades = await stand.client.fetch_trades(BTC, None, 2)
        assert {(trade["price"], trade["amount"], trade["side"]) for trade in trades} == {
            (60_000.5, 0.25, "buy"),
            (59_999.9, 0.5, "sell"),
        }

    on_practice(act)


def test_the_newest_candles_end_with_the_forming_one() -> None:
    async def act(stand: Practice) -> None:
        candles = await stand.client.fetch_ohlcv(BTC, "1m", None, 3)
        assert [row[0] for row in candles] == [
            NOW_MS // MINUTE_MS * MINUTE_MS + offset for offset in (-120_000, -60_000, 0)
        ]
        open_ms = candles[0][0]
        middle = 100 + open_ms // MINUTE_MS % 97
        assert candles[0][1:] == [middle, middle + 2, middle - 1, middle + 1, 3.25]
        mark = await stand.client.fetch_ohlcv(BTC, "1m", None, 1, {"price": "mark"})
        index = await stand.client.fetch_ohlcv(BTC, "1m", None, 1, {"price": "index"})
        assert index[0][1] - mark[0][1] == 1_000
        assert len(await stand.client.fetch_ohlcv(BTC, "1h", None, 1_500)) == 1_000
        assert len(await stand.client.fetch_ohlcv(BTC, "1h")) == 100

    on_practice(act)


def test_the_past_comes_in_hundreds_and_the_newest_of_a_span() -> None:
    async def act(stand: Practice) -> None:
        newest_ms = NOW_MS // HOUR_MS * HOUR_MS
        since_ms = newest_ms - 300 * HOUR_MS
        page = await stand.client.fetch_ohlcv(BTC, "1h", since_ms, 50, {"historical": True})
        assert [row[0] for row in page] == [since_ms + hour * HOUR_MS for hour in range(50)]
        rows = await stand.client.contractGetCapiV3MarketHistoryKlines(
            {"symbol": "BTCUSDT", "interval": "1h", "startTime": since_ms, "endTime": newest_ms}
        )
        assert [int(row[0]) for row in rows] == [newest_ms - hour * HOUR_MS for hour in range(99, -1, -1)]

    on_practice(act)


def test_ccxts_own_paging_walks_the_past_up_to_the_forming_candle() -> None:
    async def act(stand: Practice) -> None:
        newest_ms = NOW_MS // HOUR_MS * HOUR_MS
        since_ms = newest_ms - 249 * HOUR_MS
        rows = await stand.client.fetch_ohlcv(BTC, "1h", since_ms, 250, {"paginate": True})
        # Its windows hold 101 candles, both ends included, of which the exchange gives the newest hundred.
        assert [row[0] for row in rows] == [since_ms + hour * HOUR_MS for hour in range(1, 250)]

    on_practice(act)


@pytest.mark.parametrize("interval", ["3m", "2h", "6h", "8h", "1M"])
def test_intervals_contracts_do_not_have_are_refused(interval: str) -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(BadRequest, match="-1142"):
            await stand.client.fetch_ohlcv(BTC, interval)

    on_practice(act)


def test_funding_is_forecast_and_remembered() -> None:
    async def act(stand: Practice) -> None:
        stand.exchange.set_funding_rate("BTCUSDT", parts("0.0001"))
        await stand.wait(8 * HOUR_MS)
        stand.exchange.set_funding_rate("BTCUSDT", parts("-0.0003"))
        rate = await stand.client.fetch_funding_rate(BTC)
        assert (rate["fundingRate"], rate["nextFundingRate"], rate["interval"]) == (0.0001, -0.0003, "8h")
        assert rate["nextFundingTimestamp"] == NOW_MS // (8 * HOUR_MS) * 8 * HOUR_MS + 16 * HOUR_MS
        assert set(await stand.client.fetch_funding_rates()) == {BTC, ETH}
        history: list[Any] = await stand.client.fetch_funding_rate_history(BTC)
        assert [(row["fundingRate"], row["timestamp"]) for row in history] == [
            (0.0001, NOW_MS // (8 * HOUR_MS) * 8 * HOUR_MS + 8 * HOUR_MS)
        ]
        assert (await stand.client.fetch_open_interest(BTC))["openInterestAmount"] == 1234.5

    on_practice(act)


def test_an_unknown_market_is_a_bad_symbol() -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(BadSymbol, match="-1121"):
            await stand.client.contractGetCapiV3MarketDepth({"symbol": "NOPEUSDT"})

    on_practice(act)
