"""The demo account: what WEEX's sandbox can, and everything it cannot."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from ccxt.base.errors import NotSupported, PermissionDenied

from sigma_engine.practice.server import PracticeServer
from tests.servers.practice import BTC, ETH, KEY, Practice, on_practice, parts, weex


def in_sandbox(stand: Practice) -> Any:
    stand.client.set_sandbox_mode(True)
    return stand.client


def test_demo_money_is_another_account() -> None:
    async def act(stand: Practice) -> None:
        client = in_sandbox(stand)
        assert (await client.fetch_balance())["USDT"]["total"] == 5_000
        assert (await client.fetch_balance())["info"][0]["asset"] == "SUSDT"

    on_practice(act)


def test_demo_orders_trade_demo_positions_at_live_prices() -> None:
    async def act(stand: Practice) -> None:
        client = in_sandbox(stand)
        await client.create_order(BTC, "market", "buy", 0.02, None, {"stopLoss": {"triggerPrice": 58_000}})
        assert stand.exchange.fills() == []
        assert stand.asked("POST", "sim/order")[0]["symbol"] == "BTCSUSDT"
        (position,) = await client.fetch_positions()
        assert (position["symbol"], position["contracts"]) == (BTC, 0.02)
        assert position["info"]["symbol"] == "BTCSUSDT"
        assert (await client.fetch_position(BTC))["side"] == "long"
        assert await client.fetch_positions_for_symbol(ETH) == []
        stand.exchange.move("BTCUSDT", parts(59_000))
        assert stand.demo.quote("BTCUSDT").last == parts(59_000)
        await client.create_order(BTC, "limit", "buy", 0.01, 58_500)
        await client.create_order(BTC, "market", "sell", 0.02, None, {"reduceOnly": True})
        closed = await client.fetch_closed_orders(BTC)
        assert [(each["symbol"], each["filled"]) for each in closed] == [(BTC, 0.02), (BTC, 0.02)]
        assert await client.fetch_canceled_orders(ETH) == []
        assert await client.fetch_canceled_and_closed_orders()

    on_practice(act)


def test_a_live_name_of_the_market_is_taken_too() -> None:
    async def act(stand: Practice) -> None:
        client = in_sandbox(stand)
        rows = await client.contractPrivateGetCapiV3SimOrderHistory({"symbol": "BTCUSDT"})
        assert rows == []

    on_practice(act)


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.fetch_order("1", BTC),
        lambda client: client.fetch_open_orders(BTC),
        lambda client: client.fetch_open_orders(BTC, None, None, {"trigger": True}),
        lambda client: client.cancel_order("1", BTC),
        lambda client: client.cancel_all_orders(BTC),
        lambda client: client.cancel_orders(["1"], BTC),
        lambda client: client.set_leverage(5, BTC),
        lambda client: client.set_margin_mode("isolated", BTC),
        lambda client: client.set_position_mode(True, BTC, {"marginMode": "cross"}),
        lambda client: client.fetch_leverage(BTC),
        lambda client: client.fetch_my_trades(BTC),
        lambda client: client.close_position(BTC),
        lambda client: client.fetch_trading_fee(BTC),
        lambda client: client.fetch_ledger(),
        lambda client: client.fetch_funding_history(BTC),
        lambda client: client.create_order(BTC, "market", "sell", 0.02, None, {"stopLossPrice": 58_000}),
        lambda client: client.create_order(BTC, "market", "sell", 0.02, None, {"takeProfitPrice": 62_000}),
        lambda client: client.create_order(BTC, "market", "buy", 0.02, None, {"triggerPrice": 62_000}),
        lambda client: client.fetch_balance({"type": "spot"}),
    ],
)
def test_everything_else_is_not_there(ask: Callable[[Any], Coroutine[Any, Any, Any]]) -> None:
    async def act(stand: Practice) -> None:
        before = len(stand.server.requests)
        with pytest.raises(NotSupported):
            await ask(in_sandbox(stand))
        assert len(stand.server.requests) == before

    on_practice(act)


def test_an_exchange_without_a_demo_account_says_so() -> None:
    async def act(stand: Practice) -> None:
        server = PracticeServer(stand.exchange, stand.clock.now_ms, [KEY])
        client = weex(await server.start(), stand.clock.now_ms)
        try:
            await client.load_markets()
            client.set_sandbox_mode(True)
            with pytest.raises(PermissionDenied, match="-3236"):
                await client.fetch_balance()
        finally:
            await client.close()
            await server.stop()

    on_practice(act)
