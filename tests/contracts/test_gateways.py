"""What the order protocol may count on of every gateway, on the practice exchange over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from sigma_engine.domain.order import Leg, Order, OrderSide, PositionSide
from sigma_engine.domain.venue import BillKind, VenueOrderKind, VenueOrderState
from sigma_engine.errors import KeysRefused, VenueError
from sigma_engine.exchanges.connect import examine_keys, open_gateway
from sigma_engine.exchanges.gateway import CcxtGateway
from sigma_engine.exchanges.keys import ApiKeys
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.execution.gateway import Acknowledged, Gateway, Outcome, Refused, Unknown
from sigma_engine.practice.faults import (
    ZOO,
    Echoed,
    Fault,
    Faults,
    Late,
    Lost,
    Mishap,
    Muted,
    Overtaken,
    Twice,
    Unanswered,
)
from sigma_engine.practice.nouns import DuplicateIds
from sigma_engine.practice.signature import Key
from sigma_engine.practice.weights import Form, Limits
from tests.servers.practice import BTC, KEY, READER, Practice, parts, practice, settle
from tests.servers.virtual_clock import VirtualClock

WEEX = venue_named("weex")
DAY_MS = 86_400_000


def keys(key: Key) -> ApiKeys:
    return ApiKeys.of(key.key, key.secret, key.passphrase)


@dataclass
class Account:
    """A gateway, and the practice exchange behind it."""

    gateway: CcxtGateway
    world: Practice

    async def send(self, leg: Leg = Leg.ENTRY, quantity: str = "0.01", **changed: Any) -> Outcome:
        return await self.soon(self.gateway.submit(order(leg, quantity, **changed)))

    async def soon(self, work: Awaitable[Any], milliseconds: int = 20_000) -> Any:
        """What ``work`` comes to, letting time pass where it waits for that."""
        task = asyncio.ensure_future(work)
        await settle()
        for _ in range(milliseconds // 500):
            if task.done():
                break
            await self.world.wait(500)
        return await task


def order(leg: Leg = Leg.ENTRY, quantity: str = "0.01", **changed: Any) -> Order:
    """A long one of BTC; what closes sells."""
    side = OrderSide.BUY if leg is Leg.ENTRY else OrderSide.SELL
    return Order(
        **{
            "client_id": f"sg{leg}bbbbbbbbbbbbbbbbbbbb", "symbol": BTC, "leg": leg, "side": side,
            "position_side": PositionSide.LONG, "quantity": Decimal(quantity), "leverage": 5, "bar_ms": 0,
            "created_ms": 0, "reference_price": 60_000.0, **changed,
        }
    )  # fmt: skip


@asynccontextmanager
async def account(*faults: Fault, demo: bool = False, key: Key = KEY, **options: Any) -> AsyncIterator[Account]:
    clock = VirtualClock(1_767_604_530_000)
    board = Faults(sleep_until=clock.sleep_until)
    async with practice(board, clock=clock, **options) as world:
        gateway = await open_gateway(WEEX, keys(key), clock, world.url, demo)
        board.add(*faults)
        world.server.requests.clear()
        try:
            yield Account(gateway, world)
        finally:
            await gateway.close()


def with_account(act: Callable[[Account], Awaitable[None]], *faults: Fault, **options: Any) -> None:
    async def run() -> None:
        async with account(*faults, **options) as opened:
            await act(opened)

    asyncio.run(run())


@pytest.fixture(params=DuplicateIds)
def mode(request: pytest.FixtureRequest) -> DuplicateIds:
    """What the exchange does with a client id it has seen."""
    return DuplicateIds(request.param)


def test_it_is_a_gateway() -> None:
    async def act(at: Account) -> None:
        gateway: Gateway = at.gateway
        assert gateway.capabilities.attaches_protection

    with_account(act)


def test_an_entry_is_found_by_its_id_its_execution_its_position_and_its_cost(mode: DuplicateIds) -> None:
    async def act(at: Account) -> None:
        gateway, since_ms = at.gateway, at.world.clock.now_ms()
        taken = await at.send()
        assert isinstance(taken, Acknowledged)
        [ended] = [each for each in await gateway.ended_orders(since_ms) if each.client_id == order().client_id]
        [fill] = await gateway.fills(since_ms)
        [held] = await gateway.positions()
        wallet = await gateway.wallet()
        assert (ended.venue_id, ended.state, ended.filled) == (taken.venue_id, VenueOrderState.FILLED, Decimal("0.01"))
        assert (fill.order_id, fill.price, fill.quantity) == (taken.venue_id, ended.average, Decimal("0.01"))
        assert (held.symbol, held.side, held.quantity, held.entry_price) == (
            BTC, PositionSide.LONG, fill.quantity, fill.price
        )  # fmt: skip
        assert wallet.total == 10_000 - fill.fee == Decimal(at.world.exchange.wallet().total).scaleb(-8)

    with_account(act, duplicate_ids=mode)


def test_protection_that_travelled_along_waits_there(mode: DuplicateIds) -> None:
    async def act(at: Account) -> None:
        await at.send(attached_stop=Decimal("58000"), attached_target=Decimal("65000.5"))
        found = {each.kind: each for each in await at.gateway.open_orders()}
        stop, target = found[VenueOrderKind.STOP], found[VenueOrderKind.TARGET]
        assert (stop.trigger, target.trigger) == (Decimal(58_000), Decimal("65000.5"))
        for each in (stop, target):
            assert (each.quantity, each.reduces, each.side) == (Decimal("0.01"), True, OrderSide.SELL)
            assert each.state is VenueOrderState.LIVE

    with_account(act, duplicate_ids=mode)


@pytest.mark.parametrize(("leg", "trigger"), [(Leg.STOP, "59000"), (Leg.TARGET, "61000")])
def test_a_stop_and_a_target_wait_and_go_when_asked(leg: Leg, trigger: str, mode: DuplicateIds) -> None:
    async def act(at: Account) -> None:
        await at.send()
        await at.send(leg, trigger=Decimal(trigger))
        [waiting] = await at.gateway.open_orders()
        assert (waiting.client_id, waiting.trigger) == (order(leg).client_id, Decimal(trigger))
        assert await at.gateway.cancel(waiting) is True
        assert await at.gateway.open_orders() == []
        assert await at.gateway.cancel(waiting) is False

    with_account(act, duplicate_ids=mode)


def test_a_stop_that_acts_closes_and_is_found_in_the_history(mode: DuplicateIds) -> None:
    async def act(at: Account) -> None:
        since_ms = at.world.clock.now_ms()
        await at.send(attached_stop=Decimal("58000"))
        await at.world.wait(1_000)
        at.world.exchange.move("BTCUSDT", parts(57_900))
        assert await at.gateway.positions() == []
        entry, closing = await at.gateway.fills(since_ms)
        assert (closing.side, closing.position_side, closing.quantity) == (
            OrderSide.SELL, PositionSide.LONG, entry.quantity
        )  # fmt: skip
        assert closing.realised is not None
        assert closing.realised < 0
        assert any(each.venue_id == closing.order_id for each in await at.gateway.ended_orders(since_ms))

    with_account(act, duplicate_ids=mode)


def test_a_stop_that_comes_too_late_says_so() -> None:
    async def act(at: Account) -> None:
        await at.send()
        found = await at.send(Leg.STOP, trigger=Decimal(61_000))
        assert isinstance(found, Refused)
        assert found.would_trigger

    with_account(act)


def test_an_exit_closes_and_never_turns_around(mode: DuplicateIds) -> None:
    async def act(at: Account) -> None:
        await at.send()
        await at.send(Leg.EXIT)
        assert await at.gateway.positions() == []
        assert not isinstance(await at.send(Leg.EXIT, client_id="sgagain"), Acknowledged)
        assert await at.gateway.positions() == []

    with_account(act, duplicate_ids=mode)


def test_a_repeated_id_is_never_told_as_an_order_that_does_not_exist(mode: DuplicateIds) -> None:
    async def act(at: Account) -> None:
        await at.send(quantity="0.001")
        again = await at.send(quantity="0.001")
        assert not isinstance(again, Refused)
        orders = [each for each in await at.gateway.ended_orders(0) if each.client_id == order().client_id]
        assert len(orders) == (2 if isinstance(again, Acknowledged) else 1)

    with_account(act, duplicate_ids=mode)


def test_terms_are_agreed_and_a_leverage_that_was_ignored_is_found() -> None:
    async def act(at: Account) -> None:
        await at.gateway.agree_terms(BTC, 7)
        await at.send()
        [held] = await at.gateway.positions()
        assert (held.leverage, held.isolated) == (7, True)
        await at.send(Leg.EXIT)
        at.world.exchange.knobs.ignore_leverage = True
        with pytest.raises(VenueError, match="not at isolated 3x"):
            await at.gateway.agree_terms(BTC, 3)

    with_account(act)


def test_insufficient_margin_is_refused_in_words() -> None:
    async def act(at: Account) -> None:
        found = await at.send(quantity="100")
        assert isinstance(found, Refused)
        assert "free margin" in found.reason

    with_account(act)


POST = "/capi/v3/order"


@pytest.mark.parametrize(
    ("mishap", "arrives"),
    [
        (Lost(), False), (Lost(silent=True), False), (Unanswered(), True), (Unanswered(silent=True), True),
        (Late(reply_ms=9_000), True), (Muted(), True), (Overtaken(), True), (Echoed(), True),
        *((instead, False) for instead in ZOO),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_what_goes_wrong_with_an_order_is_never_told_as_certain_and_the_truth_is_found(
    mishap: Mishap, arrives: bool, mode: DuplicateIds
) -> None:
    async def act(at: Account) -> None:
        found = await at.send()
        certain = isinstance(mishap, Muted | Echoed)
        assert isinstance(found, Acknowledged) if certain else isinstance(found, Unknown)
        posts = [heard for heard in at.world.server.requests if heard.path == POST]
        assert len(posts) == 1
        ended = [each.client_id for each in await at.soon(at.gateway.ended_orders(0), 60_000)]
        assert ended == ([order().client_id] if arrives else [])
        assert len(await at.gateway.positions()) == arrives

    with_account(act, Fault(what=mishap, path=POST), duplicate_ids=mode)


@pytest.mark.parametrize("second", [False, True])
def test_an_order_that_arrived_twice_is_not_taken_for_none(second: bool, mode: DuplicateIds) -> None:
    async def act(at: Account) -> None:
        assert not isinstance(await at.send(), Refused)
        placed = [each for each in await at.gateway.ended_orders(0) if each.client_id == order().client_id]
        held = sum((each.quantity for each in await at.gateway.positions()), Decimal(0))
        assert held == sum(each.filled for each in placed)

    with_account(act, Fault(what=Twice(second=second), path=POST), duplicate_ids=mode)


@pytest.mark.parametrize(
    "mishap", [Lost(), Unanswered(silent=True), Late(reply_ms=11_000), *ZOO], ids=lambda m: str(m)[:60]
)
@pytest.mark.parametrize("reading", ["positions", "open_orders", "wallet", "ended_orders", "fills", "bills"])
def test_a_reading_that_failed_is_never_an_empty_one(mishap: Mishap, reading: str) -> None:
    async def act(at: Account) -> None:
        await at.send(attached_stop=Decimal(58_000))
        at.world.server.faults.add(Fault(what=mishap, path="/capi/v3/*"))
        since = () if reading in ("positions", "open_orders", "wallet") else (at.world.clock.now_ms() - 1_000,)
        with pytest.raises(VenueError):
            await at.soon(getattr(at.gateway, reading)(*since))
        assert await at.soon(getattr(at.gateway, reading)(*since))

    with_account(act)


def test_replies_that_came_twice_mix_up_no_readings() -> None:
    async def act(at: Account) -> None:
        await at.send(attached_stop=Decimal(58_000))
        at.world.server.faults.add(Fault(what=Echoed(), times=None))
        for _ in range(5):
            assert len(await at.gateway.open_orders()) == 1
            assert len(await at.gateway.positions()) == 1
            assert (await at.gateway.wallet()).total < 10_000

    with_account(act)


@pytest.mark.parametrize("form", Form)
def test_however_much_is_asked_the_exchange_never_asks_for_silence(form: Form) -> None:
    async def act(at: Account) -> None:
        async def reads() -> None:
            for _ in range(12):
                await asyncio.gather(at.gateway.positions(), at.gateway.open_orders(), at.gateway.wallet())

        await at.soon(asyncio.gather(*(reads() for _ in range(4))), 120_000)
        assert {heard.status for heard in at.world.server.requests} == {200}

    with_account(act, limits=Limits(form=form, strikes=1))


def test_the_statement_tells_funding_apart() -> None:
    async def act(at: Account) -> None:
        since_ms = at.world.clock.now_ms()
        await at.send()
        at.world.exchange.set_funding_rate("BTCUSDT", parts("0.0001"))
        await at.world.wait(DAY_MS // 3)
        bills = await at.soon(at.gateway.bills(since_ms))
        funding = [bill for bill in bills if bill.kind is BillKind.FUNDING]
        assert len(funding) == 1
        assert funding[0].amount < 0
        assert funding[0].symbol == BTC
        wallet = await at.gateway.wallet()
        assert sum(bill.amount for bill in bills if bill.kind is not BillKind.TRANSFER) == wallet.total - 10_000

    with_account(act)


def test_a_key_without_the_right_to_trade_reads_and_is_refused() -> None:
    async def act(at: Account) -> None:
        assert (await at.gateway.wallet()).total == 10_000
        assert await at.gateway.may_trade() is False
        found = await at.send()
        assert isinstance(found, Refused)
        assert "right to trade" in found.reason
        with pytest.raises(KeysRefused, match="right to trade"):
            await at.gateway.agree_terms(BTC, 5)

    with_account(act, key=READER)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (keys(KEY), "it may trade"),
        (keys(READER), "may read but not trade"),
        (ApiKeys.of("practice-nobody", "a", "b"), "does not know this API key"),
        (ApiKeys.of(KEY.key, "wrong", KEY.passphrase), "secret"),
        (ApiKeys.of(KEY.key, KEY.secret, "wrong"), "passphrase"),
    ],
)
def test_keys_are_examined_in_words_and_nothing_is_changed(given: ApiKeys, words: str) -> None:
    async def run() -> None:
        async with practice() as world:
            before = world.exchange.history
            report = await examine_keys(WEEX, given, world.clock, world.url)
            assert words in report.lines[0].text
            assert report.ok is (words == "it may trade")
            assert world.exchange.history == before

    asyncio.run(run())


def test_examining_keys_where_nobody_answers_says_so() -> None:
    async def run() -> None:
        report = await examine_keys(WEEX, keys(KEY), VirtualClock(0), "http://127.0.0.1:1")
        assert not report.ok
        assert "Nothing answers at http://127.0.0.1:1" in report.lines[0].text

    asyncio.run(run())


def test_the_demo_keeps_what_it_declares() -> None:
    async def act(at: Account) -> None:
        assert isinstance(await at.send(), Acknowledged)
        [held] = await at.gateway.positions()
        assert (held.symbol, held.quantity) == (BTC, Decimal("0.01"))
        [ended] = await at.gateway.ended_orders(at.world.clock.now_ms())
        assert (ended.client_id, ended.symbol, ended.state) == (order().client_id, BTC, VenueOrderState.FILLED)
        assert (await at.gateway.wallet()).total < 5_000
        assert isinstance(await at.send(Leg.EXIT), Acknowledged)
        assert await at.gateway.positions() == []
        assert at.world.exchange.positions(None) == []

    with_account(act, demo=True)
