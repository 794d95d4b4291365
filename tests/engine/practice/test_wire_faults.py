"""What goes wrong on the wire: each mishap as the client sees it, and whether the exchange did as asked."""

import asyncio
from typing import Any

import aiohttp
import pytest
from ccxt.base.errors import (
    DDoSProtection,
    ExchangeError,
    ExchangeNotAvailable,
    InvalidOrder,
    NetworkError,
    RateLimitExceeded,
    RequestTimeout,
)

from sigma_engine.practice.faults import (
    BAD_GATEWAY,
    EMPTY,
    MAINTENANCE,
    RETRY_LATER,
    UNKNOWN_ERROR,
    UNLISTED,
    UNSUCCESSFUL,
    Echoed,
    Fault,
    Faults,
    Instead,
    Late,
    Lost,
    Mishap,
    Muted,
    Overtaken,
    Shut,
    Twice,
    Unanswered,
    banished,
    slowed,
)
from sigma_engine.practice.nouns import DuplicateIds
from sigma_engine.practice.weights import Form
from tests.servers.practice import BTC, NOW_MS, Practice, practice, settle, started
from tests.servers.virtual_clock import VirtualClock

ORDER = "/capi/v3/order"


def meets(mishap: Mishap, act: Any, **options: Any) -> None:
    """Run ``act`` with a client whose next POST of an order meets ``mishap``."""

    async def run() -> None:
        clock = VirtualClock(NOW_MS)
        faults = Faults(sleep_until=clock.sleep_until)
        async with practice(faults, clock=clock, **options) as stand:
            await stand.client.load_markets()
            faults.add(Fault(what=mishap, path=ORDER, method="POST"))
            await act(stand)

    asyncio.run(run())


async def buy(stand: Practice, name: str = "mine") -> Any:
    return await stand.client.create_order(BTC, "market", "buy", 0.02, None, {"clientOrderId": name})


def names(stand: Practice) -> list[str]:
    """The client ids of what the exchange executed, oldest first."""
    return [fill.client_id for fill in stand.exchange.fills()[::-1]]


def test_a_request_lost_after_it_was_sent_did_nothing() -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(NetworkError) as raised:
            await buy(stand)
        assert not isinstance(raised.value, RequestTimeout)
        assert names(stand) == []
        assert stand.server.requests[-1].path == ORDER
        assert not stand.server.requests[-1].done
        await buy(stand)
        assert names(stand) == ["mine"]

    meets(Lost(), act)


def test_a_reply_lost_after_it_was_applied_looks_the_same_to_the_client() -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(NetworkError):
            await buy(stand)
        assert names(stand) == ["mine"]
        assert stand.server.requests[-1].done

    meets(Unanswered(), act)


@pytest.mark.parametrize(("mishap", "executed"), [(Lost(silent=True), []), (Unanswered(silent=True), ["mine"])])
def test_a_connection_that_stays_silent_answers_nothing(mishap: Mishap, executed: list[str]) -> None:
    async def act(stand: Practice) -> None:
        asking = started(buy(stand))
        await stand.wait(3_600_000)
        assert not asking.done()
        assert names(stand) == executed
        await stand.server.stop()
        with pytest.raises(NetworkError):
            await asking

    meets(mishap, act)


def test_a_reply_may_come_late_and_fills_before_it() -> None:
    async def act(stand: Practice) -> None:
        told: list[Any] = []
        stand.exchange.listen(told.append)
        asking = started(buy(stand))
        await settle()
        assert names(stand) == ["mine"]
        assert told
        await stand.wait(14_999)
        assert not asking.done()
        await stand.wait(1)
        assert (await asking)["clientOrderId"] == "mine"

    meets(Late(reply_ms=15_000), act)


def test_a_request_may_travel_long_and_still_be_executed() -> None:
    async def act(stand: Practice) -> None:
        asking = started(buy(stand))
        await stand.wait(29_999)
        assert names(stand) == []
        await stand.wait(1)
        await asking
        assert stand.exchange.fills()[0].at_ms == NOW_MS + 30_000

    meets(Late(request_ms=30_000), act)


def test_a_request_that_travelled_longer_than_its_signature_lives_is_refused() -> None:
    async def act(stand: Practice) -> None:
        asking = started(buy(stand))
        await stand.wait(40_000)
        with pytest.raises(ExchangeError, match="-1046"):
            await asking
        assert names(stand) == []

    meets(Late(request_ms=30_001), act)


def test_a_request_under_way_arrives_even_if_its_sender_gave_up() -> None:
    async def act(stand: Practice) -> None:
        asking = started(buy(stand))
        await stand.wait(5_000)
        asking.cancel()
        await asyncio.wait((asking,))
        await settle()
        assert names(stand) == []
        await stand.wait(15_000)
        assert names(stand) == ["mine"]

    meets(Late(request_ms=20_000), act)


@pytest.mark.parametrize(
    ("ids", "executed"), [(DuplicateIds.REJECT, 1), (DuplicateIds.ACCEPT, 2), (DuplicateIds.REJECT_WHILE_OPEN, 2)]
)
def test_a_request_delivered_twice_is_executed_as_often_as_the_exchange_lets_it(
    ids: DuplicateIds, executed: int
) -> None:
    async def act(stand: Practice) -> None:
        assert (await buy(stand))["id"] == str(stand.exchange.fills()[-1].order_id)
        assert names(stand) == ["mine"] * executed
        assert len(stand.asked("POST", "order")) == 2

    meets(Twice(), act, duplicate_ids=ids)


def test_of_a_request_delivered_twice_the_refusal_of_the_second_may_come_back() -> None:
    async def act(stand: Practice) -> None:
        asking = started(buy(stand))
        await stand.wait(2_000)
        with pytest.raises(ExchangeError, match="Duplicate"):
            await asking
        assert names(stand) == ["mine"]

    meets(Twice(second=True, apart_ms=2_000), act)


def test_a_reply_may_be_overtaken_by_a_later_one() -> None:
    async def act(stand: Practice) -> None:
        ended: list[str] = []
        first = started(buy(stand, "first"))
        first.add_done_callback(lambda _: ended.append("first"))
        await settle()
        assert names(stand) == ["first"]
        second = started(buy(stand, "second"))
        second.add_done_callback(lambda _: ended.append("second"))
        assert [(await each)["clientOrderId"] for each in (first, second)] == ["first", "second"]
        assert ended == ["second", "first"]

    meets(Overtaken(), act)


def test_a_reply_sent_twice_answers_no_other_question() -> None:
    async def act(stand: Practice) -> None:
        assert (await buy(stand))["clientOrderId"] == "mine"
        assert (await stand.client.fetch_balance())["USDT"]["total"] < 10_000
        assert (await stand.client.fetch_time()) == NOW_MS

    meets(Echoed(), act)


def test_a_muted_refusal_is_an_order_without_a_number_to_ccxt() -> None:
    async def act(stand: Practice) -> None:
        order = await stand.client.create_order(BTC, "market", "buy", 100)
        assert (order["id"], order["status"]) == (None, None)
        assert order["info"]["success"] is False
        assert order["info"]["errorMessage"] == "amount not enough"
        assert names(stand) == []

    meets(Muted(), act)


def test_a_muted_acceptance_is_as_it_is() -> None:
    async def act(stand: Practice) -> None:
        assert (await buy(stand))["info"]["success"] is True

    meets(Muted(), act)


@pytest.mark.parametrize(
    ("mishap", "kind"),
    [
        (UNKNOWN_ERROR, ExchangeError),
        (RETRY_LATER, ExchangeError),
        (UNLISTED, ExchangeError),
        (BAD_GATEWAY, ExchangeNotAvailable),
        (MAINTENANCE, ExchangeNotAvailable),
        (slowed(Form.JSON), ExchangeError),
        (slowed(Form.TEXT), RateLimitExceeded),
        (banished(60_000), DDoSProtection),
    ],
)
def test_another_body_in_its_place_and_nothing_done(mishap: Instead, kind: type[Exception]) -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(kind) as raised:
            await buy(stand)
        assert raised.type is kind
        assert names(stand) == []

    meets(mishap, act)


@pytest.mark.parametrize("mishap", [UNSUCCESSFUL, EMPTY])
def test_an_answer_without_success_or_without_anything_is_an_order_to_ccxt(mishap: Instead) -> None:
    async def act(stand: Practice) -> None:
        assert (await buy(stand))["id"] is None
        assert names(stand) == []

    meets(mishap, act)


@pytest.mark.parametrize("way", ["cut", "silent"])
def test_the_door_may_be_shut_to_new_connections_only(way: str) -> None:
    async def run() -> None:
        faults = Faults()
        async with practice(faults) as stand:
            await stand.client.load_markets()
            faults.add(Fault(what=Shut(silent=way == "silent")))
            assert await stand.client.fetch_time() == NOW_MS
            async with aiohttp.ClientSession() as session:
                asking = started(session.post(stand.url + ORDER))  # aiohttp itself repeats a GET, never a POST
                await settle()
                if way == "silent":
                    assert not asking.done()
                    stand.server.cut_connections()
                with pytest.raises(aiohttp.ClientError):
                    await asking
                async with session.post(stand.url + ORDER) as response:
                    assert (await response.json())["code"] == -1040
            assert [met.code for met in faults.met] == ["N7" if way == "silent" else "N3"]

    asyncio.run(run())


def test_cutting_every_connection_leaves_the_door_open() -> None:
    async def run() -> None:
        async with practice() as stand:
            await stand.client.load_markets()
            stand.server.cut_connections()
            await settle()
            assert await stand.client.fetch_time() == NOW_MS

    asyncio.run(run())


def test_a_stopped_server_refuses_and_starts_again_at_its_address() -> None:
    async def run() -> None:
        async with practice() as stand:
            await stand.client.load_markets()
            await stand.server.stop()
            with pytest.raises(NetworkError):
                await stand.client.fetch_time()
            assert await stand.server.start() == stand.url
            assert await stand.client.fetch_time() == NOW_MS

    asyncio.run(run())


# The switchboard


def test_a_fault_meets_its_path_and_method_its_span_and_its_number_of_times() -> None:
    faults = Faults(Fault(what=Lost(), path="/capi/v3/order*", method="GET", times=2, from_ms=10, until_ms=20))
    assert faults.due("POST", "/capi/v3/order", 15) is None
    assert faults.due("GET", "/capi/v3/openOrders", 15) is None
    assert faults.due("GET", "/capi/v3/order", 9) is None
    assert faults.due("GET", "/capi/v3/order", 20) is None
    assert faults.due("GET", "/capi/v3/order", 10) == Lost()
    assert faults.due("GET", "/capi/v3/order/history", 19) == Lost()
    assert faults.due("GET", "/capi/v3/order", 15) is None
    assert [(met.at_ms, met.code, met.path) for met in faults.met] == [
        (10, "N4", "/capi/v3/order"),
        (19, "N4", "/capi/v3/order/history"),
    ]


def test_healed_faults_do_not_return() -> None:
    faults = Faults(Fault(what=Lost(), times=None))
    assert all(faults.due("GET", "/", at_ms) for at_ms in range(5))
    faults.heal()
    assert faults.due("GET", "/", 5) is None


def test_chance_follows_its_seed_and_its_probability() -> None:
    def drawn(seed: int) -> list[bool]:
        faults = Faults(Fault(what=Lost(), times=None, probability=0.3), seed=seed)
        return [faults.due("GET", "/", at_ms) is not None for at_ms in range(2_000)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert 500 < sum(drawn(1)) < 700


def test_the_earlier_fault_comes_first_and_the_door_is_no_request() -> None:
    faults = Faults(Fault(what=Shut()), Fault(what=Lost()), Fault(what=Unanswered()))
    assert [faults.due("GET", "/", 0) for _ in range(3)] == [Lost(), Unanswered(), None]
    assert faults.at_the_door(0) == Shut()
    assert faults.at_the_door(0) is None


@pytest.mark.parametrize("mishap", [Late(reply_ms=1), Twice(apart_ms=1)])
def test_nothing_can_be_late_without_a_clock(mishap: Mishap) -> None:
    with pytest.raises(ValueError, match="sleep_until"):
        Faults(Fault(what=mishap))


def test_refusals_of_the_exchange_itself_reach_the_client_while_other_calls_fail() -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(InvalidOrder, match="-3200"):
            await stand.client.fetch_order("1", BTC)
        with pytest.raises(NetworkError):
            await buy(stand)

    meets(Lost(), act)
