"""The private streams hint, come back by themselves, and no frame can silence them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from sigma_engine.exchanges.client import trading_client
from sigma_engine.exchanges.connect import open_gateway
from sigma_engine.exchanges.private_stream import PrivateStream
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.execution.gateway import Hint
from tests.servers.scripted_weex import BTC, KEYS, NOW_MS, Said, Stage, settle, staged

EVERYTHING = Hint(symbol=None)
ORDER_ROW = {
    "id": "617", "coin": "USDT", "symbol": "BTCUSDT", "marginMode": "ISOLATED", "positionSide": "LONG",
    "orderSide": "BUY", "price": "0", "size": "0.1", "clientOrderId": "sgabc", "type": "MARKET", "status": "FILLED",
    "reduceOnly": False, "triggerPrice": "0", "cumFillSize": "0.1", "cumFillValue": "6000", "cumFillFee": "4.8",
    "createdTime": str(NOW_MS), "updatedTime": str(NOW_MS),
}  # fmt: skip
FILL_ROW = {
    "id": "1", "coin": "USDT", "symbol": "BTCUSDT", "orderId": "617", "positionSide": "LONG", "orderSide": "BUY",
    "fillSize": "0.1", "fillValue": "6000", "fillFee": "4.8", "realizePnl": "0", "direction": "TAKER",
    "createdTime": str(NOW_MS), "updatedTime": str(NOW_MS),
}  # fmt: skip
POSITION_ROW = {
    "id": "7", "coin": "USDT", "symbol": "BTCUSDT", "side": "LONG", "marginMode": "ISOLATED", "leverage": "5",
    "separatedMode": "COMBINED", "size": "0.1", "openValue": "6000", "isolatedMargin": "1200",
    "createdTime": str(NOW_MS), "updatedTime": str(NOW_MS),
}  # fmt: skip


def frame(event: str, *rows: Any) -> dict[str, Any]:
    return {"e": event, "E": NOW_MS, "v": 1, "msgEvent": "OrderUpdate", "d": list(rows)}


class Listener:
    """What somebody hears who asks the gateway for hints."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.heard: list[Hint] = []
        self.task = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        async for hint in self.stage.gateway.hints():
            self.heard.append(hint)

    async def until(self, count: int) -> None:
        """Wait until ``count`` subscriptions arrived in all, letting time pass where nothing else happens."""
        for _ in range(400):
            if len(self.subscriptions()) >= count:
                await settle()
                return
            await settle()
            await self.stage.wait(250)
        raise AssertionError(f"only {self.subscriptions()} arrived")

    def subscriptions(self) -> list[str]:
        frames = [asked.given for asked in self.stage.asked if asked.call == "FRAME"]
        return [name for given in frames if given["method"] == "SUBSCRIBE" for name in given["params"]]

    async def hears(self, said: Any) -> list[Hint]:
        """What is heard of one frame."""
        self.heard.clear()
        await self.stage.sockets[-1].send_json(said)
        await settle()
        return list(self.heard)


@asynccontextmanager
async def listening(**answers: Any) -> AsyncIterator[tuple[Stage, Listener]]:
    async with staged(answers) as stage:
        listener = Listener(stage)
        try:
            yield stage, listener
        finally:
            listener.task.cancel()
            await asyncio.wait((listener.task,))


def test_all_three_streams_are_subscribed_and_then_everything_is_to_be_read() -> None:
    async def run() -> None:
        async with listening() as (_, listener):
            await listener.until(3)
            assert sorted(listener.subscriptions()) == ["fill", "orders", "positions"]
            assert set(listener.heard) == {EVERYTHING}

    asyncio.run(run())


@pytest.mark.parametrize(
    ("said", "hints"),
    [
        (frame("orders", ORDER_ROW), [Hint(symbol=BTC)]),
        (frame("fill", FILL_ROW), [Hint(symbol=BTC)]),
        (frame("positions", POSITION_ROW), [Hint(symbol=BTC)]),
        (frame("positions", {**POSITION_ROW, "size": "0"}), [Hint(symbol=BTC)]),
        (frame("account", {"coin": "USDT", "amount": "1", "legacyAmount": "1", "updatedTime": "1"}), [EVERYTHING]),
        (frame("orders", ORDER_ROW, {**ORDER_ROW, "id": 618, "cumFillSize": 0.05}), [Hint(symbol=BTC)]),
    ],
    ids=["order", "fill", "position", "closed position", "money", "two orders, an id as a number"],
)
def test_a_frame_is_a_hint_at_its_market(said: dict[str, Any], hints: list[Hint]) -> None:
    async def run() -> None:
        async with listening() as (_, listener):
            await listener.until(3)
            heard = await listener.hears(said)
            assert list(dict.fromkeys(heard)) == hints

    asyncio.run(run())


@pytest.mark.parametrize(
    "said",
    [
        frame("orders"),
        frame("fill"),
        {"e": "orders", "E": NOW_MS},
        frame("orders", None),
        frame("orders", {"symbol": None}),
        frame("fill", {"coinId": "SUSDT"}),
        frame("positions", "row"),
        {"e": "orders", "d": {"a": 1}},
    ],
    ids=str,
)
def test_a_frame_nobody_can_read_silences_nothing(said: dict[str, Any]) -> None:
    async def run() -> None:
        async with listening() as (stage, listener):
            await listener.until(3)
            assert EVERYTHING in await listener.hears(said)
            assert Hint(symbol=BTC) in await listener.hears(frame("orders", ORDER_ROW))
            assert len(stage.sockets) == 1

    asyncio.run(run())


@pytest.mark.parametrize("ends", ["close", "abort"])
def test_a_lost_connection_comes_back_with_all_streams_and_everything_is_read_again(ends: str) -> None:
    async def run() -> None:
        async with listening() as (stage, listener):
            await listener.until(3)
            listener.heard.clear()
            await end(stage.sockets[-1], ends)
            await listener.until(6)
            assert len(stage.sockets) == 2
            assert EVERYTHING in listener.heard
            assert await listener.hears(frame("positions", POSITION_ROW)) == [Hint(symbol=BTC)]

    async def end(socket: web.WebSocketResponse, how: str) -> None:
        if how == "close":
            await socket.close()
        else:
            assert socket._req is not None
            assert socket._req.transport is not None
            socket._req.transport.abort()

    asyncio.run(run())


def test_a_refused_subscription_is_made_again_from_the_beginning() -> None:
    """ccxt remembers it as made: who only asked again would wait for ever."""

    async def run() -> None:
        async with listening() as (stage, listener):
            refusals = iter([True])

            async def listens(socket: web.WebSocketResponse, given: dict[str, Any]) -> None:
                refused = next(refusals, False)
                text = {"msg": "INVALID_ARGUMENT: busy"} if refused else {}
                await socket.send_json({"result": not refused, "id": given["id"], **text})

            stage.listens = listens
            await listener.until(6)
            assert await listener.hears(frame("positions", POSITION_ROW)) == [Hint(symbol=BTC)]

    asyncio.run(run())


def test_a_closed_door_is_tried_ever_less_often_and_each_time_with_a_fresh_signature() -> None:
    async def run() -> None:
        async with listening(WS=Said("", 503)) as (stage, listener):
            for _ in range(1_200):
                await stage.wait(100)
            dials = [asked.headers for asked in stage.asked if asked.call.startswith("WS")]
            assert 6 <= len(dials) <= 12
            stamps = [int(headers["ACCESS-TIMESTAMP"]) - NOW_MS for headers in dials]
            pauses = [later - earlier for earlier, later in pairwise(stamps)]
            assert pauses == sorted(pauses)
            assert pauses[-1] <= 30_500
            del stage.answers["WS"]
            await listener.until(3)

    asyncio.run(run())


def test_a_gateway_that_closes_ends_the_hints() -> None:
    async def run() -> None:
        async with staged(opens=False) as stage:
            stage.gateway = await open_gateway(venue_named("weex"), KEYS, stage.clock, stage.url)
            listener = Listener(stage)
            await listener.until(3)
            await stage.gateway.close()
            await settle()
            assert listener.task.done()
            assert listener.task.exception() is None
            stage.gateway = None  # type: ignore[assignment]

    asyncio.run(run())


@pytest.mark.parametrize("turns", range(0, 24, 2))
def test_closed_at_any_moment_of_being_rebuilt_it_leaves_no_connection(turns: int) -> None:
    async def run() -> None:
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
        async with staged() as stage:
            refused = asyncio.Event()

            async def refuses(socket: web.WebSocketResponse, given: dict[str, Any]) -> None:
                await socket.send_json({"result": False, "id": given["id"], "msg": "INVALID_ARGUMENT: busy"})
                refused.set()

            stage.listens = refuses
            made: list[Any] = []

            def make() -> Any:
                made.append(trading_client(venue_named("weex"), KEYS, stage.clock.now_ms, stage.url))
                return made[-1]

            stream = PrivateStream(make, str, stage.clock)
            hearing = asyncio.ensure_future(anext(stream.hints()))
            await refused.wait()
            for _ in range(turns):
                await asyncio.sleep(0)
            await stream.close()
            await asyncio.wait((hearing,))
            hearing.exception()
            assert [client.session for client in made] == [None]
        assert complaints == []

    asyncio.run(run())
