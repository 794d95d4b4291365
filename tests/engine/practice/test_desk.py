"""The desk takes whatever is sent: there is always an answer, and the exchange's money always adds up."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sigma_engine.practice.desk import CALLS, Asked, Desk
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.floor import DEMO_ASSET, Floor
from sigma_engine.practice.signature import signed
from tests.servers.practice import KEY, NOW_MS, SawTooth, listing, parts

WORDS = (
    "BTCUSDT", "BTCSUSDT", "NOPEUSDT", "BUY", "SELL", "LONG", "SHORT", "LIMIT", "MARKET", "STOP_MARKET", "TAKE_PROFIT",
    "GTC", "POST_ONLY", "MARK_PRICE", "CONTRACT_PRICE", "CROSSED", "ISOLATED", "SEPARATED", "1m", "MARK", "60000",
    "59000.5", "0.01", "0", "-1", "1e5", "NaN", "99999999999999999999", "0.000000001", "",
)  # fmt: skip
NAMES = (
    "symbol", "side", "positionSide", "type", "quantity", "price", "timeInForce", "newClientOrderId", "clientAlgoId",
    "triggerPrice", "slTriggerPrice", "tpTriggerPrice", "SlWorkingType", "reduceOnly", "orderId", "origClientOrderId",
    "orderIdList", "startTime", "endTime", "limit", "interval", "marginType", "crossLeverage", "isolatedPositionId",
    "amount", "nextKey", "incomeType", "currency", "priceType", "separatedType",
)  # fmt: skip
values = some.one_of(
    some.sampled_from(WORDS),
    some.text(max_size=5),
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.lists(some.one_of(some.text(max_size=3), some.integers(), some.none()), max_size=2),
    some.dictionaries(some.text(max_size=2), some.integers(), max_size=1),
)
requests = some.tuples(
    some.sampled_from(sorted(CALLS)), some.dictionaries(some.sampled_from(NAMES), values, max_size=9)
)


def desk() -> tuple[Desk, Exchange]:
    listings = (listing("BTC"), listing("ETH"))
    exchanges = [Exchange(listings, lambda: NOW_MS, parts(10_000)) for _ in range(2)]
    floors = []
    for exchange, asset in zip(exchanges, ("USDT", DEMO_ASSET), strict=True):
        exchange.move("BTCUSDT", parts(60_000))
        floors.append(Floor(exchange=exchange, now_ms=lambda: NOW_MS, market=SawTooth(lambda: NOW_MS), asset=asset))
    return Desk(floors[0], floors[1], [KEY], None), exchanges[0]


def asked(method: str, path: str, given: dict[str, Any]) -> Asked:
    in_body = method == "POST" or path.endswith("batchOrders")
    query = {} if in_body else {name: str(value) for name, value in given.items()}
    body = json.dumps(given).encode() if in_body else b""
    target = f"{path}?{urlencode(query, errors='replace')}" if query else path
    headers = {
        "ACCESS-KEY": KEY.key,
        "ACCESS-PASSPHRASE": KEY.passphrase,
        "ACCESS-TIMESTAMP": str(NOW_MS),
        "ACCESS-SIGN": signed(KEY, str(NOW_MS), method + target + body.decode()),
        "Content-Type": "application/json",
    }
    return Asked(method=method, path=path, target=target, query=query, body=body, headers=headers, address="127.0.0.1")


@settings(max_examples=150)
@given(some.lists(requests, min_size=1, max_size=20))
def test_whatever_is_asked_has_an_answer_that_is_json_and_the_money_adds_up(
    sent: list[tuple[tuple[str, str], dict[str, Any]]],
) -> None:
    clerk, exchange = desk()
    for (method, path), given_ in sent:
        reply = clerk.answer(asked(method, path, given_))
        assert reply.status in (200, 400)
        answer = json.loads(reply.body)
        if reply.status == 400:
            assert isinstance(answer["code"], int)
            assert answer["msg"]
    assert exchange.wallet().total == sum(bill.amount for bill in exchange.bills(limit=10_000))


@pytest.mark.parametrize(("method", "path"), sorted(CALLS))
def test_every_call_of_the_account_asks_for_a_signature(method: str, path: str) -> None:
    clerk, _ = desk()
    call = Asked(
        method=method,
        path=path,
        target=path,
        query={},
        body=b"{}",
        headers={"Content-Type": "application/json"},
        address="127.0.0.1",
    )
    public = path.startswith("/capi/v3/market/") or path in {
        f"/api/v3/{name}" for name in ("coins", "exchangeInfo", "time", "ping")
    }
    assert (clerk.answer(call).status == 401) is not public
