"""The sockets as the unmodified ccxt.pro client lives with them: every watch that works, acks, pings, reconnects."""

import asyncio
import itertools
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from ccxt.base.errors import BadRequest, NetworkError

from sigma_engine.practice.nouns import Hold, Kind, Side
from sigma_engine.practice.stream_faults import Side as Socket
from tests.servers.practice import BTC, ETH, READER, parts, settle, weex
from tests.servers.streaming import BTC_ROWS, MINUTE_MS, START_MS, Stage, on_stage, raw


def test_a_ticker_is_told_at_once_and_with_every_move() -> None:
    async def act(here: Stage) -> None:
        first = await here.soon(here.client.watch_ticker(BTC))
        assert (first["last"], first["info"]["c"]) == (60_000, "60000")
        second = await here.soon(here.client.watch_ticker(BTC))
        assert second["last"] != first["last"]
        rest = await here.client.fetch_ticker(BTC)
        for name in ("last", "high", "low", "open", "baseVolume", "quoteVolume", "percentage"):
            assert second[name] == pytest.approx(rest[name]), name

    on_stage(act)


def test_several_tickers_come_over_one_socket() -> None:
    async def act(here: Stage) -> None:
        for _ in range(6):
            await here.soon(here.client.watch_tickers([BTC, ETH]))
        await settle()
        assert len(here.streams.lines) == 1
        for symbol, name in ((BTC, "BTCUSDT"), (ETH, "ETHUSDT")):
            assert parts(str(here.client.tickers[symbol]["last"])) == here.exchange.quote(name).last

    on_stage(act)


def test_trades_begin_with_a_snapshot_and_go_on_without_a_hole() -> None:
    async def act(here: Stage) -> None:
        first = await here.soon(here.client.watch_trades(BTC))
        assert [trade["price"] for trade in first] == [60_000]
        for _ in range(30):
            await here.soon(here.client.watch_trades(BTC))
        told = [(trade["id"], trade["price"], trade["amount"]) for trade in here.client.trades[BTC]]
        rest = await here.client.fetch_trades(BTC, None, len(told))
        assert told == [(trade["id"], trade["price"], trade["amount"]) for trade in rest]

    on_stage(act)


def test_candles_come_as_they_form_and_end_as_they_were() -> None:
    async def act(here: Stage) -> None:
        await here.soon(here.client.watch_ohlcv(BTC, "1m"))
        for _ in range(40):
            await here.soon(here.client.watch_ohlcv(BTC, "1m"))
        told = [tuple(row) for row in here.client.ohlcvs[BTC]["1m"]]
        known = {row[0]: row for row in BTC_ROWS}
        assert len(told) > 3
        assert all(row == pytest.approx(known[row[0]]) for row in told[:-1])

    on_stage(act)


def test_a_candle_has_every_field_and_closes_where_the_next_one_opens() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as socket:
            await socket.send("SUBSCRIBE", "BTCUSDT@kline_5m_LAST_PRICE", "BTCUSDT@kline_1m_MARK_PRICE")
            (last, mark) = socket.of("klineSnapshot")
            assert (last["p"], last["s"], mark["p"]) == ("LAST_PRICE", "BTCUSDT", "MARK_PRICE")
            row = last["d"][0]
            assert set(row) == set("tTsiochlvnqVQ")
            assert (row["t"], row["T"], row["i"]) == (START_MS - 5 * MINUTE_MS, START_MS, "5m")
            assert (row["o"], row["c"], row["h"], row["l"]) == ("59950", "60000", "60015", "59940")

    on_stage(act)


def test_candles_of_several_markets_share_a_watch() -> None:
    async def act(here: Stage) -> None:
        for _ in range(8):
            await here.soon(here.client.watch_ohlcv_for_symbols([[BTC, "1m"], [ETH, "5m"]]))
        await settle()
        assert {(symbol, interval) for symbol, rows in here.client.ohlcvs.items() for interval in rows} == {
            (BTC, "1m"),
            (ETH, "5m"),
        }
        assert [row[0] for row in here.client.ohlcvs[ETH]["5m"]] == [START_MS - 5 * MINUTE_MS, START_MS]

    on_stage(act)


@pytest.mark.parametrize("depth", ["15", "200"])
def test_the_book_of_the_stream_stays_the_book_of_the_exchange(depth: str) -> None:
    async def act(here: Stage) -> None:
        nonces = []
        for _ in range(12):
            book = await here.soon(here.client.watch_order_book(BTC, None, {"depth": depth}))
            nonces.append(book["nonce"])
        assert nonces == sorted(set(nonces))
        bids, asks = here.exchange.depth("BTCUSDT", int(depth))
        assert [parts(str(price)) for price, _ in book["bids"]] == [price for price, _ in bids]
        assert [parts(str(price)) for price, _ in book["asks"]] == [price for price, _ in asks]
        assert book["bids"][0][0] < book["asks"][0][0]

    on_stage(act)


def test_every_change_of_the_book_is_numbered_behind_the_last() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as socket:
            await socket.send("SUBSCRIBE", "BTCUSDT@depth15")
            await here.wait(2 * MINUTE_MS)
            await socket.read()
            first, *changes = [frame for frame in socket.frames if "U" in frame]
            assert (first["e"], first["d"], first["l"]) == ("depthSnapshot", "SNAPSHOT", 15)
            assert {(frame["e"], frame["d"]) for frame in changes} == {("depth", "CHANGED")}
            assert len(changes) > 10
            assert all(after["U"] == before["u"] + 1 for before, after in itertools.pairwise([first, *changes]))

    on_stage(act)


def test_a_second_listener_gets_the_book_where_the_first_one_has_it() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as early, raw(here) as late:
            await early.send("SUBSCRIBE", "BTCUSDT@depth15")
            await here.wait(MINUTE_MS)
            await late.send("SUBSCRIBE", "BTCUSDT@depth15")
            await here.wait(MINUTE_MS)
            await early.read()
            await late.read()
            assert late.of("depth") == early.of("depth")[-len(late.of("depth")) :]
            assert late.of("depthSnapshot")[0]["u"] + 1 == late.of("depth")[0]["U"]

    on_stage(act)


def test_an_order_is_told_from_its_arrival_to_its_fill() -> None:
    async def act(here: Stage) -> None:
        here.client.options["watchPositions"]["awaitPositionsSnapshot"] = False
        watches = [
            asyncio.ensure_future(watch)
            for watch in (
                here.client.watch_orders(),
                here.client.watch_my_trades(),
                here.client.watch_positions(),
            )
        ]
        await here.wait(1_000)
        here.trade()
        (orders, trades, positions) = [await here.soon(watch) for watch in map(_waited, watches)]
        await settle()
        assert [order["status"] for order in here.client.orders] == ["closed"]
        order, trade = orders[0], trades[0]
        assert Decimal(order["info"]["size"]) == Decimal("0.01")
        assert Decimal(trade["info"]["fillValue"]) / Decimal(trade["info"]["fillSize"]) == Decimal("60006")
        assert (positions[0]["side"], positions[0]["contracts"]) == ("long", 0.01)

    on_stage(act)


async def _waited(work: "asyncio.Task[Any]") -> Any:
    return await work


def test_the_balance_is_told_with_what_is_free() -> None:
    async def act(here: Stage) -> None:
        watching = asyncio.ensure_future(here.client.watch_balance())
        await here.wait(1_000)
        here.trade()
        balance = await here.soon(_waited(watching))
        rest = await here.client.fetch_balance()
        assert balance["USDT"]["total"] == rest["USDT"]["total"] < 10_000
        assert balance["USDT"]["free"] < balance["USDT"]["total"]

    on_stage(act)


def test_a_fill_is_told_as_order_fill_position_account_and_a_closed_position_has_size_zero() -> None:
    async def act(here: Stage) -> None:
        async with raw(here, "private") as socket:
            await socket.send("SUBSCRIBE", "orders", "fill", "positions", "account")
            here.trade()
            await socket.read()
            events = [frame["e"] for frame in socket.frames if "e" in frame]
            assert events[-4:] == ["orders", "fill", "positions", "account"]
            statuses = [frame["d"][0]["status"] for frame in socket.of("orders")]
            assert (statuses[0], statuses[-1]) == ("PENDING", "FILLED")
            here.trade(side=Side.SELL, reduces=True)
            await socket.read()
            assert [frame["d"][0]["size"] for frame in socket.of("positions")] == ["0.01", "0"]
            numbers = [frame["v"] for frame in socket.frames if "v" in frame]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            assert all(len(frame["d"]) == 1 for frame in socket.frames if "d" in frame)

    on_stage(act)


def test_a_resting_order_is_told_as_pending_new_canceled_and_a_trigger_as_untriggered() -> None:
    async def act(here: Stage) -> None:
        async with raw(here, "private") as socket:
            await socket.send("SUBSCRIBE", "orders")
            order = here.trade(kind=Kind.LIMIT, price=parts(59_000))
            here.exchange.cancel(order.order_id)
            await socket.read()
            rows = [frame["d"][0] for frame in socket.of("orders")]
            assert [row["status"] for row in rows] == ["PENDING", "NEW", "CANCELED"]
            assert {(row["id"], row["price"], row["timeInForce"]) for row in rows} == {
                (str(order.order_id), "59000", "GTC")
            }
            here.trade(side=Side.SELL, kind=Kind.STOP_MARKET, trigger=parts(58_000), reduces=True)
            await socket.read()
            row = socket.of("orders")[-1]["d"][0]
            assert (row["status"], row["type"], row["triggerPrice"]) == ("UNTRIGGERED", "STOP_MARKET", "58000")
            assert (row["reduceOnly"], row["positionSide"], row["triggerPriceType"]) == (True, "LONG", "CONTRACT_PRICE")

    on_stage(act)


def test_a_key_that_only_reads_may_listen_and_an_unknown_one_may_not() -> None:
    async def act(here: Stage) -> None:
        async with raw(here, "private", READER) as socket:
            await socket.send("SUBSCRIBE", "orders")
            here.trade()
            await socket.read()
            assert socket.of("orders")
        with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
            async with raw(here, "private", **{"ACCESS-SIGN": "bm90IHRoaXM="}):
                pass
        with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
            async with raw(here, "private", **{"ACCESS-TIMESTAMP": str(START_MS - 60_000)}):
                pass

    on_stage(act)


def test_a_client_with_a_wrong_secret_gets_a_network_error_with_401() -> None:
    async def act(here: Stage) -> None:
        other = weex(here.url, here.clock.now_ms)
        other.secret = "guessed"
        try:
            with pytest.raises(NetworkError, match="401"):
                await here.soon(other.watch_orders())
        finally:
            await other.close()

    on_stage(act)


def test_a_bad_symbol_is_denied_and_takes_every_waiting_watch_of_the_socket_with_it() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as socket:
            asked = await socket.send("SUBSCRIBE", "BTCUSDT@ticker", "NOPEUSDT@ticker")
            assert socket.frames == [
                {"result": False, "id": asked, "msg": "INVALID_ARGUMENT: invalid symbol : NOPEUSDT"}
            ]
            await here.wait(20_000)
            assert len(await socket.read()) == 1
        here.client.markets[ETH]["id"] = "NOPEUSDT"
        await here.soon(here.client.watch_trades(BTC))
        waiting = asyncio.ensure_future(here.client.watch_trades(BTC))
        await asyncio.sleep(0)
        for watch in (here.client.watch_ticker(ETH), _waited(waiting)):
            with pytest.raises(BadRequest, match="invalid symbol"):
                await watch

    on_stage(act)


@pytest.mark.parametrize(
    "channel", ["BTCUSDT@kline_3m_LAST_PRICE", "BTCUSDT@depth20", "BTCUSDT@bookTicker", "orders", "BTCUSDT"]
)
def test_channels_there_are_not_are_denied(channel: str) -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as socket:
            await socket.send("SUBSCRIBE", channel)
            assert socket.frames[0]["result"] is False
            assert channel.partition("@")[0] in socket.frames[0]["msg"]

    on_stage(act)


def test_a_repeated_subscription_changes_nothing_and_an_ended_one_is_quiet() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as socket:
            await socket.send("SUBSCRIBE", "BTCUSDT@trade")
            await socket.send("SUBSCRIBE", "BTCUSDT@trade", "ETHUSDT@trade")
            assert [frame.get("result") for frame in socket.frames if "id" in frame] == [True, True]
            assert [frame["s"] for frame in socket.of("tradeSnapshot")] == ["BTCUSDT", "ETHUSDT"]
            await here.wait(MINUTE_MS)
            await socket.send("UNSUBSCRIBE", "BTCUSDT@trade")
            ids = [row["t"] for frame in socket.of("trade") if frame["s"] == "BTCUSDT" for row in frame["d"]]
            assert len(ids) == len(set(ids)) == 12
            before = len(socket.frames)
            await here.wait(MINUTE_MS)
            await socket.read()
            assert {frame["s"] for frame in socket.frames[before:] if "s" in frame} == {"ETHUSDT"}
            await socket.send("SUBSCRIBE", "BTCUSDT@trade")
            assert socket.of("tradeSnapshot")[-1]["s"] == "BTCUSDT"

    on_stage(act)


def test_the_client_may_end_a_watch() -> None:
    async def act(here: Stage) -> None:
        await here.soon(here.client.watch_ticker(BTC))
        await here.soon(here.client.un_watch_ticker(BTC))
        assert [list(line.channels) for line in here.streams.lines] == [[]]

    on_stage(act)


def test_pings_come_in_both_forms_and_the_client_answers_them() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as public, raw(here, "private") as private:
            await here.wait(31_000)
            await public.read()
            await private.read()
            assert public.frames == [{"event": "ping", "time": str(START_MS + 30_000)}]
            assert private.frames == [{"type": "ping", "time": str(START_MS + 30_000)}]
            await public.send("PONG")
            assert public.frames[-1] == {"id": "1", "method": "PONG"}
        await here.soon(here.client.watch_ticker(BTC))
        await here.wait(20 * MINUTE_MS)
        assert [line.unanswered for line in here.streams.lines] == [0]
        assert (await here.soon(here.client.watch_ticker(BTC)))["last"] > 60_100

    on_stage(act, step_ms=15_000)


@pytest.mark.parametrize("side", ["public", "private"])
def test_pings_of_the_protocol_are_answered_with_what_they_carry_and_the_stream_stays(side: str) -> None:
    async def act(here: Stage) -> None:
        async with raw(here, side) as plain:
            for carried in (b"", b"1", b"a ping of 125 bytes at most"):
                await plain.socket.ping(carried)
                message = await plain.socket.receive()
                assert (message.type, bytes(message.data)) == (aiohttp.WSMsgType.PONG, carried)

    on_stage(act)


def test_the_client_keeps_a_stream_alive_with_pings_of_its_own_and_stays_connected() -> None:
    async def act(here: Stage) -> None:
        # Ten milliseconds instead of thirty seconds; that an answer is late on a busy machine is no matter here.
        here.client.streaming |= {"keepAlive": 10, "maxPingPongMisses": 100_000}
        await here.soon(here.client.watch_ticker(BTC))
        (connection,) = here.client.clients.values()
        pongs: asyncio.Queue[Any] = asyncio.Queue()
        handle = connection.handle_message

        def heard(message: Any) -> None:
            handle(message)
            if message.type is aiohttp.WSMsgType.PONG:
                pongs.put_nowait(message)

        connection.handle_message = heard
        (line,) = here.streams.lines
        waiting = asyncio.ensure_future(here.client.watch_ticker(BTC))
        for _ in range(5):
            answer = asyncio.ensure_future(pongs.get())
            await asyncio.wait((waiting, answer), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                answer.cancel()
                pytest.fail(f"the stream was lost: {waiting.exception()}")
        assert here.streams.lines == [line]
        assert (await here.soon(_waited(waiting)))["last"] > 60_000

    on_stage(act)


def test_who_never_answers_a_ping_is_let_go() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as socket:
            await here.wait(4 * MINUTE_MS)
            await socket.read()
            assert [frame["event"] for frame in socket.frames] == ["ping"] * 6
            assert socket.closed_with == 1008

    on_stage(act, step_ms=15_000)


@pytest.mark.parametrize("status", [1001, 1011, None])
def test_a_broken_connection_fails_every_watch_and_the_next_one_comes_back_with_the_book(status: int | None) -> None:
    async def act(here: Stage) -> None:
        for _ in range(3):
            await here.soon(here.client.watch_order_book(BTC))
        await here.soon(here.client.watch_trades(ETH))
        await settle()
        waiting = [
            asyncio.ensure_future(watch) for watch in (here.client.watch_order_book(BTC), here.client.watch_trades(ETH))
        ]
        await settle()
        here.streams.drop(Socket.PUBLIC, status)
        for watch in waiting:
            with pytest.raises(NetworkError):
                await here.soon(_waited(watch))
        here.exchange.move("BTCUSDT", parts(61_000))
        await here.client.watch_order_book(BTC)
        book = await here.soon(here.client.watch_order_book(BTC))
        bids, _ = here.exchange.depth("BTCUSDT", 200)
        assert [parts(str(price)) for price, _ in book["bids"]] == [price for price, _ in bids]

    on_stage(act)


def test_an_injected_text_reaches_everybody_as_it_is() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as public, raw(here, "private") as private:
            here.streams.inject('{"anything":1}', Socket.PUBLIC)
            assert await public.read() == [{"anything": 1}]
            assert await private.read() == []

    on_stage(act)


def test_long_and_short_of_one_market_are_told_apart() -> None:
    async def act(here: Stage) -> None:
        async with raw(here, "private") as socket:
            await socket.send("SUBSCRIBE", "positions")
            here.trade()
            here.trade(side=Side.SELL, hold=Hold.SHORT)
            await socket.read()
            rows = [frame["d"][0] for frame in socket.of("positions")]
            assert [(row["side"], row["size"]) for row in rows] == [("LONG", "0.01"), ("SHORT", "0.01")]
            assert len({row["id"] for row in rows}) == 2

    on_stage(act)
