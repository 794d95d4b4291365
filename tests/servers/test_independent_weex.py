"""The independent exchange serves the unmodified ccxt client, and its books are sound whatever its habits."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import ccxt.pro
import pytest

from tests.servers.independent.habits import Duplicates, Lags, Limiting, Refusing
from tests.servers.independent.nouns import Status
from tests.servers.independent_weex import Habits, IndependentWeex
from tests.servers.virtual_clock import VirtualClock

START_MS = 1_764_504_000_000  # 2025-11-30 12:00:00 UTC
BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
PLAIN = Habits(fill_ms=(0, 0), parts=(1, 1), slippage_ticks=0, fills_before_answer=1, attached_after_ms=0)


def client_of(server: IndependentWeex, clock: VirtualClock, **changes: str) -> Any:
    """The unmodified client with nothing but its addresses, its key and its clock set."""
    base, keys = server.url, server.credentials
    hosts = {"public": base, "private": base, "contract": base, "contractPrivate": base}
    streams = {"spot": base.replace("http", "ws") + "/spot/v3/ws", "contract": server.stream_url}
    config: dict[str, Any] = {
        "apiKey": keys.key,
        "secret": keys.secret,
        "password": keys.passphrase,
        "enableRateLimit": False,
        "options": {"defaultType": "swap", "watchPositions": {"awaitPositionsSnapshot": False}},
        "urls": {"api": hosts | {"ws": streams}, "test": hosts},
    }
    client = ccxt.pro.weex(config | changes)
    client.milliseconds = clock.now_ms
    return client


@dataclass
class Scene:
    clock: VirtualClock
    server: IndependentWeex
    client: Any

    async def settle(self) -> None:
        for _ in range(60):
            await asyncio.sleep(0)
        await self.server.settle()
        for _ in range(60):
            await asyncio.sleep(0)

    async def wait(self, milliseconds: int) -> None:
        await self.clock.run_to(self.clock.now_ms() + milliseconds, self.settle)

    async def order(self, kind: str, side: str, amount: float, price: float | None = None, **params: Any) -> Any:
        return await self.client.create_order(BTC, kind, side, amount, price, params)

    async def buy(self, amount: float, **params: Any) -> Any:
        order = await self.order("market", "buy", amount, **params)
        await self.wait(10_000)
        return order


@asynccontextmanager
async def scene(habits: Habits | None = None, **more: Any) -> AsyncIterator[Scene]:
    clock = VirtualClock(START_MS)
    server = IndependentWeex(clock, symbols={"BTCUSDT": 60_000, "ETHUSDT": 3_000}, habits=habits, **more)
    await server.start()
    client = client_of(server, clock)
    try:
        yield Scene(clock, server, client)
    finally:
        await client.close()
        await server.stop()


def play(act: Callable[[Scene], Awaitable[None]], habits: Habits | None = None, **more: Any) -> None:
    async def run() -> None:
        async with scene(habits, **more) as here:
            await act(here)

    asyncio.run(run())


def exact(value: object) -> Decimal:
    return Decimal(str(value))


async def refused(call: Awaitable[Any]) -> Exception:
    with pytest.raises(ccxt.BaseError) as caught:
        await call
    error: Exception = caught.value
    return error


# The market


def test_every_public_call_of_the_client_is_answered() -> None:
    async def act(here: Scene) -> None:
        client, server = here.client, here.server
        markets = await client.load_markets()
        assert {BTC, ETH, "BTC/USDT"} <= set(markets)
        assert (markets[BTC]["precision"]["price"], markets[BTC]["precision"]["amount"]) == (0.1, 0.0001)
        assert markets[BTC]["contractSize"] == 0.0001
        assert await client.fetch_time() == START_MS
        await client.fetch_status()
        await client.fetch_currencies()
        server.set_price("BTCUSDT", "60123.4")
        ticker = (await client.fetch_tickers())[BTC]
        assert ticker["last"] == 60123.4
        assert (await client.fetch_ticker(BTC))["last"] == 60123.4
        assert (await client.fetch_bids_asks())[BTC]["bid"] < 60123.4
        book = await client.fetch_order_book(BTC, 200)
        assert book["bids"][0][0] < 60123.4 < book["asks"][0][0]
        assert [trade["price"] for trade in await client.fetch_trades(BTC)] == [60_000, 60123.4]
        assert (await client.fetch_funding_rate(BTC))["fundingRate"] == 0.0001
        assert len(await client.fetch_funding_rates()) == 2
        assert await client.fetch_funding_rate_history(BTC)
        assert (await client.fetch_mark_price(BTC))["markPrice"] == 60123.4
        assert (await client.fetch_open_interest(BTC))["openInterestAmount"] > 0

    play(act)


@pytest.mark.parametrize("oldest", [True, False])
def test_candles_follow_the_prices_that_were_set_and_reach_back_into_the_past(oldest: bool) -> None:
    async def act(here: Scene) -> None:
        here.server.set_price("BTCUSDT", 61_000)
        await here.wait(120_000)
        here.server.set_price("BTCUSDT", 60_500)
        opened, idle, forming = await here.client.fetch_ohlcv(BTC, "1m", None, 3)
        assert opened[:5] == [START_MS, 60_000, 61_000, 60_000, 61_000]
        assert idle == [START_MS + 60_000, 61_000, 61_000, 61_000, 61_000, 0]
        assert forming[1:5] == [61_000, 61_000, 60_500, 60_500]
        since = START_MS - 250 * 60_000
        past = await here.client.fetch_ohlcv(BTC, "1m", since, 250, {"paginate": True})
        first = since if oldest else since + 60_000  # the client's windows hold 101 bars, both ends included
        assert [row[0] for row in past][: START_MS // 60_000 - first // 60_000] == list(range(first, START_MS, 60_000))
        assert len(await here.client.fetch_ohlcv(BTC, "5m", since, 1_000, {"historical": True})) == 51
        for hour in await here.client.fetch_ohlcv(BTC, "1h", None, 4):
            minutes = await here.client.fetch_ohlcv(BTC, "1m", hour[0], 60, {"historical": True})
            assert hour[2] == max(row[2] for row in minutes)
        assert isinstance(await refused(here.client.fetch_ohlcv(BTC, "2h")), ccxt.BadRequest)

    play(act, Habits(past_keeps_oldest=oldest))


def test_the_market_is_pushed_with_a_picture_first() -> None:
    async def act(here: Scene) -> None:
        client, server = here.client, here.server
        await client.load_markets()
        watched = [
            asyncio.ensure_future(watch)
            for watch in (
                client.watch_ticker(BTC),
                client.watch_ohlcv(BTC, "1m"),
                client.watch_order_book(BTC, 200),
            )
        ]
        ticker, bars, book = await asyncio.gather(*watched)
        assert ticker["last"] == 60_000
        assert bars[-1][4] == 60_000
        first_id = book["nonce"]
        assert (await client.watch_trades(BTC))[-1]["price"] == 60_000
        trades = asyncio.ensure_future(client.watch_trades(BTC))
        await here.settle()
        server.set_price("BTCUSDT", "60010.5")
        assert (await trades)[-1]["price"] == 60010.5
        await here.settle()  # the client's book is the same object all the while
        assert book["nonce"] > first_id
        bids, asks = server._tapes["BTCUSDT"].depth()
        assert [[exact(price), exact(size)] for price, size in book["bids"]] == bids
        assert [[exact(price), exact(size)] for price, size in book["asks"]] == asks
        await client.un_watch_ticker(BTC)

    play(act)


# The door


@pytest.mark.parametrize("status", [200, 400])
def test_strangers_and_wrong_clocks_are_turned_away(status: int) -> None:
    async def act(here: Scene) -> None:
        for change, reason in (({"apiKey": "x"}, "-1044"), ({"password": "x"}, "-1049"), ({"secret": "x"}, "-1047")):
            stranger = client_of(here.server, here.clock, **change)
            error = await refused(stranger.fetch_balance())
            assert isinstance(error, ccxt.AuthenticationError)
            assert reason in str(error)
            with pytest.raises(ccxt.NetworkError, match="401"):
                await stranger.watch_orders()
            await stranger.close()
        here.client.milliseconds = lambda: here.clock.now_ms() - 31_000
        error = await refused(here.client.fetch_balance())
        assert type(error) is ccxt.BadRequest
        assert "-1046" in str(error)

    play(act, Habits(refusal_status=status))


@pytest.mark.parametrize(
    ("limiting", "error"), [(Limiting.JSON, ccxt.ExchangeError), (Limiting.TEXT, ccxt.RateLimitExceeded)]
)
def test_too_many_requests_are_refused_until_the_window_has_passed(limiting: Limiting, error: type) -> None:
    async def act(here: Scene) -> None:
        await here.client.load_markets()
        for _ in range(33):
            await here.client.fetch_positions()
        assert type(await refused(here.client.fetch_positions())) is error
        await here.wait(10_001)
        assert await here.client.fetch_positions() == []

    play(act, Habits(limiting=limiting))


# Orders


@pytest.mark.parametrize("seed", range(6))
def test_a_market_order_fills_later_in_parts_and_every_reading_agrees_with_the_books(seed: int) -> None:
    async def act(here: Scene) -> None:
        client, server = here.client, here.server
        ack = await here.order("market", "buy", 0.05, clientOrderId=f"entry-{seed}")
        assert server.ledger.orders[int(ack["id"])].filled == 0
        await here.wait(10_000)
        order = server.ledger.orders[int(ack["id"])]
        assert order.status is Status.FILLED
        assert 1 <= len(server.fills) <= 4
        fetched = await client.fetch_order(ack["id"], BTC)
        assert (fetched["status"], fetched["clientOrderId"]) == ("closed", f"entry-{seed}")
        assert exact(fetched["info"]["executedQty"]) == order.filled == Decimal("0.05")
        trades = await client.fetch_order_trades(ack["id"], BTC)
        assert sum(exact(trade["amount"]) for trade in trades) == Decimal("0.05")
        assert sum(exact(trade["fee"]["cost"]) for trade in trades) == order.fee
        assert {trade["id"] for trade in trades} == {fill.id for fill in server.fills}
        position = await client.fetch_position(BTC)
        assert exact(position["info"]["openValue"]) == order.quote
        assert server.wallet == 10_000 - order.fee
        assert exact((await client.fetch_balance())["USDT"]["total"]) == server.wallet
        await client.close_position(BTC)
        await here.wait(10_000)
        assert server.positions == []
        assert all(not row["contracts"] for row in await client.fetch_positions())

    play(act, Habits(seed=seed, fills_before_answer=0))


def test_reads_lag_behind_where_that_is_the_habit() -> None:
    async def act(here: Scene) -> None:
        await here.wait(5_000)
        ack = await here.order("market", "buy", 0.01)
        assert "-3200" in str(await refused(here.client.fetch_order(ack["id"], BTC)))
        assert len(await here.client.fetch_positions()) == 1
        assert await here.client.fetch_my_trades(BTC) == []
        await here.wait(3_000)
        assert (await here.client.fetch_order(ack["id"], BTC))["status"] == "closed"
        assert await here.client.fetch_my_trades(BTC) == []
        await here.wait(2_000)
        assert len(await here.client.fetch_my_trades(BTC)) == 1

    play(act, replace(PLAIN, lags=Lags(orders=3_000, fills=5_000)))


def test_what_is_attached_appears_after_the_fill_and_goes_off_under_another_id() -> None:
    async def act(here: Scene) -> None:
        client, server = here.client, here.server
        loss, gain = {"triggerPrice": 59_000}, {"triggerPrice": 62_000}
        entry = await here.order("market", "buy", 0.05, stopLoss=loss, takeProfit=gain)
        assert await client.fetch_open_orders(BTC, params={"trigger": True}) == []
        await here.wait(2_400)
        algos = await client.fetch_open_orders(BTC, params={"trigger": True})
        assert {exact(algo["info"]["quantity"]) for algo in algos} == {Decimal("0.05")}
        stop = next(algo for algo in algos if algo["stopLossPrice"] == 59_000)
        assert (await client.fetch_order(stop["id"], BTC))["status"] == "open"
        server.set_price("BTCUSDT", 58_990)
        await here.wait(10_000)
        assert server.positions == []
        closing = [fill for fill in server.fills if fill.pnl]
        assert {fill.order_id for fill in closing}.isdisjoint({int(stop["id"]), int(entry["id"])})
        ended = {order["id"]: order for order in await client.fetch_canceled_and_closed_orders(BTC)}
        assert ended[stop["id"]]["status"] == "closed"
        assert server.ledger.algos[int(stop["id"])].actual_id in {int(each) for each in ended}
        left = await client.fetch_open_orders(BTC, params={"trigger": True})
        assert [algo["takeProfitPrice"] for algo in left] == [62_000]

    play(act, replace(PLAIN, attached_after_ms=2_400))


def test_orders_of_every_kind_can_be_placed_and_taken_back() -> None:
    async def act(here: Scene) -> None:
        client, server = here.client, here.server
        await here.buy(0.02)
        limit = await here.order("limit", "buy", 0.01, 59_900, clientOrderId="resting")
        post = await here.order("limit", "buy", 0.01, 60_001, timeInForce="POST_ONLY")
        stop = await here.order("market", "sell", 0.02, stopLossPrice=58_000)
        target = await here.order("market", "sell", 0.02, takeProfitPrice=63_000)
        entry = await here.order("market", "buy", 0.01, triggerPrice=61_000)
        assert server.ledger.orders[int(post["id"])].status is Status.CANCELED
        assert {order["id"] for order in await client.fetch_open_orders(BTC)} == {limit["id"]}
        algos = await client.fetch_open_orders(BTC, params={"trigger": True})
        assert {algo["id"] for algo in algos} == {stop["id"], target["id"], entry["id"]}
        await client.cancel_order(None, BTC, {"clientOrderId": "resting"})
        await client.cancel_order(stop["id"], BTC, {"trigger": True})
        assert isinstance(await refused(client.cancel_order(limit["id"], BTC)), ccxt.OrderNotFound)
        more = [await here.order("limit", "buy", 0.01, 59_900) for _ in range(3)]
        await client.cancel_orders([order["id"] for order in more[:2]], BTC)
        await client.cancel_all_orders(BTC)
        await client.cancel_all_orders(BTC, {"trigger": True})
        assert not server.ledger.live_orders()
        assert not server.ledger.live_algos()
        assert len(await client.fetch_canceled_orders(BTC)) == 8
        await here.order("market", "sell", 0.02, reduceOnly=True)
        await here.wait(10_000)
        assert server.positions == []

    play(act)


def test_both_sides_live_together_and_a_position_is_closed_by_its_own_side() -> None:
    async def act(here: Scene) -> None:
        await here.buy(0.02)
        await here.order("market", "sell", 0.01)
        sides = {row["side"]: row["contracts"] for row in await here.client.fetch_positions()}
        assert sides == {"long": 0.02, "short": 0.01}
        await here.client.close_all_positions()
        await here.wait(1)
        assert here.server.positions == []

    play(act, PLAIN)


def test_a_close_that_is_too_large_is_trimmed_or_refused() -> None:
    async def act(here: Scene) -> None:
        await here.buy(0.01)
        if here.server.habits.trims_closes:
            ack = await here.order("market", "sell", 0.02, reduceOnly=True)
            assert here.server.ledger.orders[int(ack["id"])].filled == Decimal("0.01")
        else:
            await refused(here.order("market", "sell", 0.02, reduceOnly=True))
            assert len(here.server.positions) == 1

    play(act, PLAIN)
    play(act, replace(PLAIN, trims_closes=False))


@pytest.mark.parametrize("duplicates", Duplicates)
def test_a_client_id_that_was_used_before_meets_the_habit(duplicates: Duplicates) -> None:
    async def act(here: Scene) -> None:
        first = await here.order("market", "buy", 0.01, clientOrderId="once")
        if duplicates is Duplicates.REFUSED:
            assert isinstance(await refused(here.order("market", "buy", 0.01, clientOrderId="once")), ccxt.InvalidOrder)
        else:
            second = await here.order("market", "buy", 0.01, clientOrderId="once")
            assert (first["id"] == second["id"]) is (duplicates is Duplicates.ANSWERED_AGAIN)
        assert len(here.server.orders) == (2 if duplicates is Duplicates.ACCEPTED else 1)

    play(act, replace(PLAIN, duplicates=duplicates))


@pytest.mark.parametrize(
    ("amount", "price", "error"),
    [
        (50, 60_000, ccxt.InsufficientFunds),
        (2_000_000, 60_000, ccxt.InvalidOrder),
        (0.01, 61_000, ccxt.BadRequest),
        (0.01, None, ccxt.InvalidOrder),
    ],
)
def test_an_order_against_the_rules_is_refused(amount: float, price: float | None, error: type) -> None:
    async def act(here: Scene) -> None:
        found = await refused(here.order("limit", "buy", amount, price))
        assert isinstance(found, error) or "-1141" in str(found)
        assert here.server.orders == []

    play(act, PLAIN)


def test_a_refusal_may_look_like_an_order() -> None:
    async def act(here: Scene) -> None:
        order = await here.order("limit", "buy", 50, 60_000)
        assert order["info"]["success"] is False
        assert here.server.orders == []

    play(act, replace(PLAIN, refusing=Refusing.SUCCESS_FALSE))


# The account


def test_leverage_and_margin_are_set_and_answered_in_their_own_shape() -> None:
    async def act(here: Scene) -> None:
        client = here.client
        answer = await client.set_leverage(10, BTC)
        assert exact(answer["crossLeverage"]) == 10
        await client.set_margin_mode("isolated", BTC)
        assert "already" in str(await refused(client.set_margin_mode("isolated", BTC)))
        assert "already" in str(await refused(client.set_position_mode(False, BTC, {"marginMode": "isolated"})))
        await client.set_position_mode(False, BTC, {"marginMode": "cross"})
        await client.set_margin_mode("isolated", BTC)
        await client.set_leverage(7, BTC, {"marginMode": "isolated"})
        assert (await client.fetch_leverage(BTC))["longLeverage"] == 7
        assert (await client.fetch_margin_mode(BTC))["marginMode"] == "isolated"
        assert (await client.fetch_position_mode(BTC))["hedged"] is False
        assert (await client.fetch_trading_fee(BTC))["taker"] == 0.0008
        assert isinstance(await refused(client.set_leverage(401, BTC)), ccxt.InvalidOrder)
        await here.buy(0.01)
        (position,) = [row for row in await client.fetch_positions() if row["contracts"]]
        assert (position["marginMode"], position["leverage"]) == ("isolated", 7)
        await client.add_margin(BTC, 5, {"positionId": position["id"]})
        assert here.server.positions[0].added_margin == 5
        await client.reduce_margin(BTC, 5, {"positionId": position["id"]})
        assert here.server.positions[0].added_margin == 0

    play(act, PLAIN)


@pytest.mark.parametrize("fees_apart", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_the_wallet_is_the_sum_of_its_bills_and_of_what_the_fills_brought(seed: int, fees_apart: bool) -> None:
    async def act(here: Scene) -> None:
        server = here.server
        for step in range(12):
            here.server.set_price("BTCUSDT", 60_000 + (step * 7919 % 13 - 6) * 90)
            if step % 3 == 2:
                await here.order("market", "sell", 0.015, reduceOnly=True)
            else:
                await here.order("market", "buy", 0.01)
            await here.wait(3_600_000)
        funding = sum(bill.amount for bill in server.bills if bill.kind == "position_funding")
        earned = sum(fill.pnl - fill.fee for fill in server.fills)
        assert funding < 0
        assert server.wallet == 10_000 + funding + earned == sum(bill.amount for bill in server.bills)
        told = [row["info"] for row in await here.client.fetch_ledger("USDT", None, 100, {"type": "swap"})]
        assert sum(exact(row["income"]) for row in told) == server.wallet
        paid = await here.client.fetch_funding_history(BTC)
        assert sum(exact(row["info"]["income"]) for row in paid) == funding
        position = server.positions[0]
        opened = sum(fill.quantity * (1 if fill.side == "BUY" else -1) for fill in server.fills)
        assert position.size == opened

    play(act, Habits(seed=seed, fees_apart=fees_apart))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_traded_the_books_agree_with_themselves_and_with_what_is_told(seed: int) -> None:
    chance = random.Random(seed)
    habits = Habits(
        seed=seed,
        trims_closes=bool(seed & 1),
        sweeps_orphans=bool(seed & 2),
        liquidation_fills=True,
        fees_apart=bool(seed & 4),
        flat_rows=bool(seed & 1),
        triggered_word=chance.choice(("FILLED", "TRIGGERED")),
    )

    async def act(here: Scene) -> None:
        server, price = here.server, Decimal(60_000)
        for _ in range(60):
            price += chance.randint(-600, 600)
            server.set_price("BTCUSDT", price)
            side, reduces = chance.choice(("buy", "sell")), chance.random() < 0.4
            params: dict[str, Any] = {"reduceOnly": True} if reduces else {}
            if not reduces and chance.random() < 0.5:
                params["stopLoss"] = {"triggerPrice": float(price) + (-500 if side == "buy" else 500)}
            limit = float(price) + chance.randint(-300, 300) if chance.random() < 0.5 else None
            kind = "market" if limit is None else "limit"
            with suppress(ccxt.ExchangeError):
                await here.order(kind, side, chance.randint(1, 300) / 1_000, limit, **params)
            await here.wait(chance.randint(100, 900_000))
        await here.wait(10_000)
        assert len(server.fills) > 40
        assert server.wallet == sum(bill.amount for bill in server.bills)
        for way in ("LONG", "SHORT"):
            mine = [fill for fill in server.fills if fill.way == way]
            opens = "BUY" if way == "LONG" else "SELL"
            size = sum(fill.quantity * (1 if fill.side == opens else -1) for fill in mine)
            assert size == sum(position.size for position in server.positions if position.way == way)
        for order in server.orders:
            mine = [fill for fill in server.fills if fill.order_id == order.id]
            assert order.filled == sum(fill.quantity for fill in mine) <= order.asked.quantity
            assert order.quote == sum(fill.quantity * fill.price for fill in mine)
            assert (order.status is Status.FILLED) is (order.remaining == 0)
        told = {row["id"]: row for row in await here.client.fetch_open_orders(BTC)}
        assert set(told) == {str(order.id) for order in server.ledger.live_orders()}
        unrealised = sum(exact(row["unrealizedPnl"]) for row in await here.client.fetch_positions())
        worth = sum(((p.size * price - p.open_value) * p.way.sign for p in server.positions), Decimal(0))
        assert abs(unrealised - worth) < Decimal("0.000001")

    play(act, habits)


def test_bills_and_trades_come_in_pages_the_newest_first() -> None:
    async def act(here: Scene) -> None:
        for _ in range(65):
            await here.order("market", "buy", 0.0002)
            await here.order("market", "sell", 0.0002, reduceOnly=True)
            await here.wait(1_000)
        newest = await here.client.fetch_my_trades(BTC, None, 1_000)
        assert {trade["id"] for trade in newest} == {fill.id for fill in here.server.fills[-100:]}
        until = {"until": min(trade["timestamp"] for trade in newest) - 1}
        rest = await here.client.fetch_my_trades(BTC, START_MS, 100, until)
        assert {trade["id"] for trade in newest + rest} == {fill.id for fill in here.server.fills}
        page: dict[str, Any] = {"nextKey": None}
        told: list[str] = []
        while page.get("hasNextPage", True):
            ask = {"limit": 100} | ({"nextKey": page["nextKey"]} if page["nextKey"] else {})
            page = await here.client.contractPrivatePostCapiV3AccountIncome(ask)
            told += [str(item["billId"]) for item in page["items"]]
        assert told == [str(bill.id) for bill in reversed(here.server.bills)]
        assert len(await here.client.fetch_canceled_and_closed_orders(BTC)) == 100

    play(act, PLAIN)


@pytest.mark.parametrize("with_fill", [True, False])
@pytest.mark.parametrize("mode", ["cross", "isolated"])
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_a_liquidated_position_is_gone_with_nobodys_fill_or_with_none(side: str, mode: str, with_fill: bool) -> None:
    async def act(here: Scene) -> None:
        client, server = here.client, here.server
        if mode == "isolated":
            await client.set_margin_mode("isolated", BTC)
        await here.order("market", side, 2 if mode == "cross" else 1)
        (before,) = await client.fetch_positions()
        edge, away = exact(before["liquidationPrice"]), -1 if side == "buy" else 1
        server.set_price("BTCUSDT", edge - away * 20)
        assert len(server.positions) == 1
        margin, wallet = server.positions[0].margin, server.wallet
        server.set_price("BTCUSDT", edge + away * 20)
        assert server.positions == []
        assert len(server.liquidations) == 1
        assert server.wallet >= 0
        if mode == "isolated":
            assert wallet - server.wallet <= margin
        kinds = [bill.kind for bill in server.bills]
        assert kinds[-3:] == ["start_liquidate", "finish_liquidate", "order_liquidate_fee_income"]
        known = {order.id for order in server.orders}
        strangers = [trade for trade in await client.fetch_my_trades(BTC) if int(trade["order"]) not in known]
        assert len(strangers) == with_fill
        assert server.wallet == sum(bill.amount for bill in server.bills)

    play(act, replace(PLAIN, liquidation_fills=with_fill))


# The account's streams


def test_private_events_come_in_any_order_and_name_fills_differently() -> None:
    orders_seen: set[tuple[str, ...]] = set()

    async def act(here: Scene) -> None:
        client, server = here.client, here.server
        await client.load_markets()
        heard: list[str] = []
        watches = {
            "orders": client.watch_orders, "fill": client.watch_my_trades,
            "positions": client.watch_positions, "account": client.watch_balance,
        }  # fmt: skip
        handle = client.handle_message

        def listen(connection: Any, message: Any) -> None:
            heard.append(message.get("e", ""))
            handle(connection, message)

        client.handle_message = listen
        client.options["watchBalance"] = {"fetchBalanceSnapshot": False, "awaitBalanceSnapshot": False}
        waiting = {name: asyncio.ensure_future(watch()) for name, watch in watches.items()}
        await here.settle()
        assert set(heard) <= {""}, "nothing is told of what was before"
        ack = await here.order("market", "buy", 0.01)
        await here.wait(10_000)
        order = (await waiting["orders"])[-1]
        assert order["id"] == ack["id"]
        fill = (await waiting["fill"])[-1]
        assert fill["order"] == ack["id"]
        assert {fill["id"]} == {str(server.fills[0].stream_id)} != {server.fills[0].id}
        assert (await waiting["positions"])[-1]["contracts"] == 0.01
        assert exact((await waiting["account"])["USDT"]["total"]) == server.wallet
        orders_seen.add(tuple(name for name in heard if name)[2:])

    for seed in range(6):
        play(act, Habits(seed=seed, parts=(1, 1)))
    assert len(orders_seen) > 1


def test_a_fill_may_be_pushed_before_the_order_is_acknowledged() -> None:
    async def act(here: Scene) -> None:
        await here.client.load_markets()
        fill = asyncio.ensure_future(here.client.watch_my_trades())
        await here.settle()
        ack = asyncio.ensure_future(here.order("market", "buy", 0.01))
        for _ in range(3):
            await here.settle()
        assert fill.done()
        assert not ack.done()
        await here.wait(500)
        assert (await ack)["id"] == (await fill)[-1]["order"]

    play(act, replace(PLAIN, answer_ms=500))


def test_streams_can_be_hung_up_and_are_taken_up_again() -> None:
    async def act(here: Scene) -> None:
        await here.client.load_markets()
        watch = asyncio.ensure_future(here.client.watch_orders())
        await here.settle()
        await here.server.hang_up()
        with pytest.raises(ccxt.NetworkError):
            await watch
        again = asyncio.ensure_future(here.client.watch_orders())
        await here.server.private_stream_opened()
        await here.settle()
        await here.buy(0.01)
        assert (await again)[-1]["symbol"] == BTC

    play(act)


def test_a_client_that_answers_no_ping_is_hung_up_on_and_one_that_does_is_not() -> None:
    async def act(here: Scene) -> None:
        await here.client.load_markets()
        watch = asyncio.ensure_future(here.client.watch_orders())
        await here.settle()
        await here.wait(10 * 60_000)
        assert len(here.server._private.lines.open) == 1
        here.client.handle_ping = lambda connection, message: None
        await here.wait(10 * 60_000)
        assert here.server._private.lines.open == []
        with pytest.raises(ccxt.NetworkError):
            await watch

    play(act)


# The demo account


def test_the_sandbox_has_its_four_calls_and_an_account_of_its_own() -> None:
    async def act(here: Scene) -> None:
        client = here.client
        client.set_sandbox_mode(True)
        assert exact((await client.fetch_balance())["USDT"]["total"]) == 10_000
        await here.order("market", "buy", 0.01)
        await here.wait(10_000)
        (position,) = await client.fetch_positions([BTC])
        assert position["contracts"] == 0.01
        assert len(await client.fetch_closed_orders(BTC)) == 1
        assert here.server.positions == []

    play(act)


def test_the_same_seed_gives_the_same_exchange() -> None:
    told: list[list[Any]] = []

    async def act(here: Scene) -> None:
        await here.buy(0.03, stopLoss={"triggerPrice": 59_000}, clientOrderId="same")
        here.server.set_price("BTCUSDT", 58_000)
        await here.wait(20_000)
        told.append([here.server.fills, here.server.bills, here.server.orders])

    for seed in (3, 3, 4):
        play(act, Habits(seed=seed))
    assert told[0] == told[1] != told[2]
