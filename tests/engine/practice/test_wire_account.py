"""The account over the wire: money, positions, leverage, margin, statement."""

import pytest
from ccxt.base.errors import BadRequest, ExchangeError, InsufficientFunds, InvalidOrder

from tests.servers.practice import BTC, ETH, NOW_MS, Practice, on_practice, parts

HOUR_MS = 3_600_000


def test_money_is_total_free_and_bound() -> None:
    async def act(stand: Practice) -> None:
        money = (await stand.client.fetch_balance())["USDT"]
        assert money == {"free": 10_000.0, "used": 0.0, "total": 10_000.0}
        await stand.client.create_order(BTC, "limit", "buy", 0.1, 59_000)
        bound = (await stand.client.fetch_balance())["USDT"]
        assert bound["used"] == pytest.approx(59_000 * 0.1 / 20 + 59_000 * 0.1 * 0.0008)
        assert bound["free"] == pytest.approx(10_000 - bound["used"])
        assert (await stand.client.fetch_balance({"type": "spot"}))["USDT"]["free"] == 0

    on_practice(act)


def test_a_position_is_told_in_base_coin_with_its_entry_value() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.set_margin_mode("isolated", BTC)
        await stand.client.set_leverage(10, BTC, {"marginMode": "isolated"})
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        (truth,) = stand.exchange.positions()
        position = await stand.client.fetch_position(BTC)
        assert (position["symbol"], position["side"], position["contracts"]) == (BTC, "long", 0.02)
        assert position["entryPrice"] == truth.open_value / truth.size
        assert position["notional"] == truth.open_value / 10**8
        assert (position["marginMode"], position["leverage"], position["hedged"]) == ("isolated", 10.0, False)
        assert position["initialMargin"] == truth.margin / 10**8
        assert position["liquidationPrice"] == pytest.approx(truth.liquidation_price / 10**8)
        assert position["timestamp"] == NOW_MS
        assert position["info"]["cumOpenSize"] == "0.02"

    on_practice(act)


def test_both_sides_of_a_market_are_held_at_once() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        await stand.client.create_order(BTC, "market", "sell", 0.01)
        await stand.client.create_order(ETH, "market", "buy", 1)
        held = await stand.client.fetch_positions()
        assert sorted((each["symbol"], each["side"], each["contracts"]) for each in held) == [
            (BTC, "long", 0.02),
            (BTC, "short", 0.01),
            (ETH, "long", 1.0),
        ]
        assert len(await stand.client.fetch_positions_for_symbol(BTC)) == 2
        assert len(await stand.client.fetch_positions([ETH])) == 1

    on_practice(act)


def test_leverage_is_set_and_read_back() -> None:
    async def act(stand: Practice) -> None:
        done = await stand.client.set_leverage(10, BTC)
        assert done["msg"] == "success"
        assert (await stand.client.fetch_leverage(BTC))["longLeverage"] == 10
        await stand.client.set_leverage(7, BTC, {"marginMode": "isolated"})
        assert stand.exchange.leverage("BTCUSDT") == 7
        await stand.client.set_leverage(8, BTC, {"marginMode": "cross"})
        assert stand.exchange.leverage("BTCUSDT") == 8
        assert stand.exchange.leverage("ETHUSDT") == 20
        with pytest.raises(InvalidOrder, match="-3313"):
            await stand.client.set_leverage(401, BTC)
        with pytest.raises(BadRequest, match="-1128"):
            await stand.client.set_leverage(1, BTC, {"isolatedLongLeverage": 5, "isolatedShortLeverage": 6})

    on_practice(act)


def test_margin_and_position_mode_are_set_and_read_back() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.set_margin_mode("isolated", BTC)
        assert (await stand.client.fetch_margin_mode(BTC))["marginMode"] == "isolated"
        assert (await stand.client.fetch_margin_mode(ETH))["marginMode"] == "cross"
        await stand.client.set_position_mode(True, BTC, {"marginMode": "cross"})
        assert (await stand.client.fetch_position_mode(BTC))["hedged"] is True
        assert (await stand.client.fetch_margin_mode(BTC))["marginMode"] == "cross"
        await stand.client.set_position_mode(False, BTC, {"marginMode": "cross"})
        assert (await stand.client.fetch_position_mode(BTC))["hedged"] is False
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        with pytest.raises(BadRequest, match="-1128"):
            await stand.client.set_margin_mode("isolated", BTC)

    on_practice(act)


def test_fees_are_the_listings() -> None:
    async def act(stand: Practice) -> None:
        fee = await stand.client.fetch_trading_fee(BTC)
        assert (fee["maker"], fee["taker"]) == (0.0002, 0.0008)

    on_practice(act)


def test_margin_moves_into_an_isolated_position_and_out_again() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.set_margin_mode("isolated", BTC)
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        (before,) = stand.exchange.positions()
        free = stand.exchange.wallet().available
        at = {"positionId": str(before.position_id)}
        assert (await stand.client.add_margin(BTC, 5, at))["status"] == "ok"
        (after,) = stand.exchange.positions()
        assert after.margin == before.margin + parts(5)
        assert after.liquidation_price < before.liquidation_price
        assert stand.exchange.wallet().available == free - parts(5)
        await stand.client.reduce_margin(BTC, 4, at)
        with pytest.raises(InsufficientFunds):
            await stand.client.reduce_margin(BTC, 4, at)
        with pytest.raises(InsufficientFunds):
            await stand.client.add_margin(BTC, 20_000, at)
        with pytest.raises(BadRequest, match="-1142"):
            await stand.client.add_margin(BTC, 1, {"positionId": "12"})
        (left,) = stand.exchange.positions()
        assert left.margin == before.margin + parts(1)

    on_practice(act)


def test_the_statement_is_read_newest_first_and_in_pages() -> None:
    async def act(stand: Practice) -> None:
        stand.exchange.set_funding_rate("BTCUSDT", parts("0.001"))
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        await stand.wait(8 * HOUR_MS)
        rows = await stand.client.fetch_ledger()
        assert {row["direction"] for row in rows if row["info"]["incomeType"] == "transfer_in"} == {"in"}
        assert {row["info"]["incomeType"] for row in rows} >= {"transfer_in", "position_funding"}
        truth = stand.exchange.bills(limit=1_000)
        assert (rows[-1]["direction"], rows[-1]["after"]) == ("out", truth[0].balance / 10**8)
        (funding,) = await stand.client.fetch_funding_history(BTC, NOW_MS)
        assert funding["amount"] == pytest.approx(-60_000 * 0.02 * 0.001)
        assert await stand.client.fetch_funding_history(ETH) == []
        first = await stand.client.contractPrivatePostCapiV3AccountIncome({"limit": 1})
        assert first["hasNextPage"] is True
        rest = await stand.client.contractPrivatePostCapiV3AccountIncome({"limit": 100, "nextKey": first["nextKey"]})
        assert [row["billId"] for row in first["items"] + rest["items"]] == [str(bill.bill_id) for bill in truth]
        assert not rest["hasNextPage"]

    on_practice(act)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"startTime": NOW_MS}, "-1128"),
        ({"startTime": NOW_MS, "endTime": NOW_MS - 1}, "-1171"),
        ({"limit": 101}, "-1140"),
        ({"startTime": "noon", "endTime": NOW_MS}, "-1142"),
    ],
)
def test_a_statement_asked_for_wrongly_is_refused(asked: dict[str, object], code: str) -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(ExchangeError, match=code):
            await stand.client.contractPrivatePostCapiV3AccountIncome(asked)

    on_practice(act)
