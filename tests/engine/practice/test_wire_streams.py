"""WebSockets are mounted beside the calls and fall with the same cut."""

import asyncio

import aiohttp
from aiohttp import web

from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.server import PracticeServer
from tests.servers.practice import KEY, NOW_MS, listing


class Echoes:
    """A stream that says what it hears."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/contract/v3/ws/public", self._serve)]

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket


def test_a_stream_is_served_until_the_connections_are_cut() -> None:
    async def run() -> None:
        exchange = Exchange((listing("BTC"),), lambda: NOW_MS, 0)
        server = PracticeServer(exchange, lambda: NOW_MS, [KEY], streams=Echoes())
        url = await server.start()
        try:
            async with aiohttp.ClientSession() as session:
                async with session.ws_connect(f"{url}/contract/v3/ws/public") as socket:
                    await socket.send_str("hello")
                    assert await socket.receive_str() == "hello"
                    server.cut_connections()
                    assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
                async with session.get(f"{url}/capi/v3/market/time") as response:
                    assert await response.json() == {"serverTime": NOW_MS}
        finally:
            await server.stop()

    asyncio.run(run())
