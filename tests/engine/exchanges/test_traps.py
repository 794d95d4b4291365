"""Every trap of ccxt's client and WEEX's contract API that a gateway written without care walks into."""

import asyncio
import decimal
import json
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.order import Leg, Order
from sigma_engine.domain.venue import VenueOrder, VenueOrderState
from sigma_engine.errors import DomainError, InputError, KeysRefused, VenueError
from sigma_engine.exchanges.client import data_client, trading_client
from sigma_engine.exchanges.connect import open_gateway
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.execution.gateway import Acknowledged, Refused, Unknown
from tests.engine.exchanges.test_weex_reading import ALGO, BILL, FILL, PLAIN
from tests.servers.scripted_weex import (
    ALGO as ALGO_CALL,
)
from tests.servers.scripted_weex import (
    BTC,
    KEYS,
    MARKET,
    NOW_MS,
    ORDER,
    SECRETS,
    Answer,
    Asked,
    Cut,
    Said,
    Silence,
    Stage,
    on_stage,
    order,
    settle,
    staged,
    taken,
)

CONFIG = "GET /capi/v3/account/symbolConfig"
TIME = "GET /capi/v3/market/time"
MODE, LEVERAGE = "POST /capi/v3/account/marginType", "POST /capi/v3/account/leverage"
OPEN, STOPS = "GET /capi/v3/openOrders", "GET /capi/v3/openAlgoOrders"
HISTORY, FILLS, BILLS = "GET /capi/v3/order/history", "GET /capi/v3/userTrades", "POST /capi/v3/account/income"
POSITIONS, BALANCE = "GET /capi/v3/account/position/allPosition", "GET /capi/v3/account/balance"
DONE = Said.of({"code": "200", "msg": "success", "requestTime": NOW_MS})


# reliability.md §0.1


def test_1_a_plain_error_does_not_mean_that_there_is_no_order() -> None:
    async def act(stage: Stage) -> None:
        for text in ('{"code":-1000,"msg":"x"}', '{"code":-1054,"msg":"System error, please retry later."}'):
            stage.answers[ORDER] = Said(text, 400)
            assert isinstance(await stage.gateway.submit(order()), Unknown)

    on_stage(act)


def test_2_an_expired_signature_is_refused_and_has_the_clocks_compared() -> None:
    async def act(stage: Stage) -> None:
        stage.answers[TIME] = lambda _: Said.of({"serverTime": stage.clock.now_ms() + 90_000})
        assert isinstance(await stage.gateway.submit(order()), Refused)
        await stage.wait(1)
        assert stage.gateway.clock.offset_ms == 90_000
        assert stage.gateway.now_ms() == stage.clock.now_ms() + 90_000
        complaint = stage.gateway.complaint
        assert complaint is not None
        assert "90.0 s behind" in complaint

    on_stage(act, {ORDER: Said('{"code":-1046,"msg":"Request timestamp expired."}', 400)})


def test_2_a_reading_that_came_too_late_is_made_again_by_the_right_clock() -> None:
    async def act(stage: Stage) -> None:
        def by_its_time(asked: Asked) -> Answer:
            late = abs(int(asked.headers["ACCESS-TIMESTAMP"]) - stage.clock.now_ms() - 60_000) > 30_000
            return Said('{"code":-1046,"msg":"Request timestamp expired."}', 400) if late else Said("[]")

        stage.answers[TIME] = lambda _: Said.of({"serverTime": stage.clock.now_ms() + 60_000})
        stage.answers[POSITIONS] = by_its_time
        assert await stage.gateway.positions() == []

    on_stage(act)


def waiting() -> VenueOrder:
    found: list[VenueOrder] = []

    async def act(stage: Stage) -> None:
        found.extend(await stage.gateway.open_orders())

    on_stage(act, {OPEN: Said("[]"), STOPS: Said.of([ALGO])})
    return found[0]


@pytest.mark.parametrize(
    "said",
    [
        Said('{"code":-3200,"msg":"Order does not exist."}', 400),
        Said('{"orderId":1,"status":"FAILED","errorMsg":"FAILED_ORDER_NOT_FOUND"}'),
        Said('{"orderId":"1","success":false,"errorCode":"","errorMessage":"FAILED_ORDER_NOT_FOUND"}'),
        Said('{"code":-2200,"msg":"gone"}', 400),
    ],
)
def test_2_an_order_that_is_gone_is_gone_however_it_is_said(said: Said) -> None:
    stop = waiting()

    async def act(stage: Stage) -> None:
        assert await stage.gateway.cancel(stop) is False

    on_stage(act, {"DELETE /capi/v3/algoOrder": said})


@pytest.mark.parametrize(
    "said",
    [
        Said('{"orderId":"1","success":false,"errorCode":"","errorMessage":"BUSY"}'),
        Said('{"orderId":"1","success":false,"errorCode":"","errorMessage":""}'),
        Said(""),
        Said("<html>", 502, "text/html"),
        Said('{"code":-1000,"msg":"x"}', 400),
        Cut(),
    ],
)
def test_3_a_cancellation_that_failed_is_no_cancellation(said: Answer) -> None:
    stop = waiting()

    async def act(stage: Stage) -> None:
        with pytest.raises(VenueError):
            await stage.gateway.cancel(stop)

    on_stage(act, {"DELETE /capi/v3/algoOrder": said})


def test_3_success_false_is_no_order() -> None:
    async def act(stage: Stage) -> None:
        assert isinstance(await stage.gateway.submit(order()), Unknown)

    on_stage(act, {ORDER: Said('{"orderId":null,"success":false,"errorCode":"","errorMessage":"try later"}')})


def test_4_an_acknowledgement_says_nothing_but_the_id() -> None:
    async def act(stage: Stage) -> None:
        assert await stage.gateway.submit(order()) == Acknowledged(venue_id="702345678901234567")

    on_stage(act)


def test_5_a_partial_fill_is_not_closed() -> None:
    async def act(stage: Stage) -> None:
        assert [each.state for each in await stage.gateway.open_orders()] == [VenueOrderState.LIVE]
        assert await stage.gateway.ended_orders(NOW_MS) == []

    rows = Said.of([{**PLAIN, "status": "PARTIAL_FILL", "executedQty": "0.004"}])
    on_stage(act, {OPEN: rows, HISTORY: rows, STOPS: Said("[]")})


def test_7_the_same_order_goes_out_alike_twice_though_ccxt_writes_into_its_parameters() -> None:
    async def act(stage: Stage) -> None:
        stop = order(Leg.STOP)
        await stage.gateway.submit(stop)
        await stage.gateway.submit(stop)
        first, second = stage.calls(ALGO_CALL)
        assert first == second

    on_stage(act)


def test_8_the_clocks_are_compared_every_ten_minutes() -> None:
    async def act(stage: Stage) -> None:
        await stage.wait(599_999)
        assert stage.calls(TIME) == []
        stage.answers[TIME] = lambda _: Said.of({"serverTime": stage.clock.now_ms() - 2_500})
        await stage.wait(1)
        assert len(stage.calls(TIME)) == 5
        assert stage.gateway.clock.offset_ms == -2_500
        assert stage.gateway.complaint is not None

    on_stage(act)


def test_8_one_slow_measurement_of_five_does_not_matter() -> None:
    async def act(stage: Stage) -> None:
        offsets = iter([0, 4_000, 1, 2, -9_000])
        stage.answers[TIME] = lambda _: Said.of({"serverTime": stage.clock.now_ms() + next(offsets)})
        await stage.wait(600_000)
        assert stage.gateway.clock.offset_ms == 1
        assert stage.gateway.complaint is None

    on_stage(act)


def test_8_a_clock_that_cannot_be_compared_stays_as_it_was_and_is_tried_again() -> None:
    async def act(stage: Stage) -> None:
        stage.answers[TIME] = Said("<html>", 502, "text/html")
        await stage.wait(600_000)
        stage.answers[TIME] = lambda _: Said.of({"serverTime": stage.clock.now_ms() + 700})
        await stage.wait(60_000)
        assert stage.gateway.clock.offset_ms == 700

    on_stage(act)


ATTACHED = {
    "attached_stop": Decimal("58000"), "attached_target": Decimal("65000.5"),
}  # fmt: skip


def test_10_stop_and_target_travel_with_the_entry_and_watch_the_mark() -> None:
    async def act(stage: Stage) -> None:
        await stage.gateway.submit(order(**ATTACHED))
        [body] = stage.calls(ORDER)
        assert body == {
            "symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01", "type": "MARKET", "positionSide": "LONG",
            "newClientOrderId": order().client_id, "slTriggerPrice": "58000", "tpTriggerPrice": "65000.5",
            "SlWorkingType": "MARK_PRICE", "TpWorkingType": "MARK_PRICE",
        }  # fmt: skip

    on_stage(act)


def test_10_a_close_names_the_side_it_closes() -> None:
    async def act(stage: Stage) -> None:
        await stage.gateway.submit(order(Leg.EXIT))
        [body] = stage.calls(ORDER)
        assert (body["side"], body["positionSide"], body["reduceOnly"]) == ("SELL", "LONG", True)

    on_stage(act)


@pytest.mark.parametrize(
    ("leg", "kind", "watch"),
    [(Leg.STOP, "STOP_MARKET", "SlWorkingType"), (Leg.TARGET, "TAKE_PROFIT_MARKET", "TpWorkingType")],
)
def test_10_a_stop_of_its_own_closes_and_watches_the_mark(leg: Leg, kind: str, watch: str) -> None:
    async def act(stage: Stage) -> None:
        await stage.gateway.submit(order(leg))
        [body] = stage.calls(ALGO_CALL)
        assert body == {
            "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.01", "type": kind, "positionSide": "LONG",
            "clientAlgoId": order(leg).client_id, "triggerPrice": "58000", watch: "MARK_PRICE",
        }  # fmt: skip

    on_stage(act)


@pytest.mark.parametrize("client_id", ["", "a" * 37, "with space", "umläut", "semi;colon"])
def test_10_an_id_the_exchange_would_not_take_is_not_sent(client_id: str) -> None:
    async def act(stage: Stage) -> None:
        assert isinstance(await stage.gateway.submit(order(client_id=client_id)), Refused)
        assert stage.calls(ORDER) == []

    on_stage(act)


def test_11_entries_keep_below_the_exchanges_number_of_orders_and_ways_out_pass() -> None:
    async def act(stage: Stage) -> None:
        for place in range(30):
            assert isinstance(await stage.gateway.submit(order(client_id=f"sg{place}", quantity="0.001")), Acknowledged)
        late = asyncio.ensure_future(stage.gateway.submit(order(client_id="sglate")))
        await stage.wait(100)
        assert isinstance(await stage.gateway.submit(order(Leg.EXIT)), Acknowledged)
        await stage.wait(5_000)
        assert "rate limit" in (await late).reason
        assert len(stage.calls(ORDER)) == 31

    on_stage(act)


def test_12_the_demo_declares_what_it_lacks() -> None:
    async def run() -> None:
        async with staged(opens=False) as stage:
            stage.answers["POST /capi/v3/sim/order"] = lambda asked: taken(asked.given["newClientOrderId"])
            stage.answers["GET /capi/v3/sim/position/allPosition"] = Said("[]")
            stage.answers["GET /capi/v3/sim/balance"] = Said(
                '[{"asset":"SUSDT","balance":"5000.0","availableBalance":"4000","frozen":"0"}]'
            )
            stage.gateway = await open_gateway(venue_named("weex"), KEYS, stage.clock, stage.url, demo=True)
            gateway = stage.gateway
            assert isinstance(await gateway.submit(order()), Acknowledged)
            assert stage.calls("POST /capi/v3/sim/order")[0]["symbol"] == "BTCSUSDT"
            assert isinstance(await gateway.submit(order(**ATTACHED)), Refused)
            assert isinstance(await gateway.submit(order(Leg.STOP)), Refused)
            assert (await gateway.wallet()).total == 5_000
            assert await gateway.positions() == []
            with pytest.raises(VenueError, match="does not list open orders"):
                await gateway.open_orders()
            with pytest.raises(VenueError, match="cancels no orders"):
                await gateway.cancel(waiting_row())
            assert [hint async for hint in gateway.hints()] == []

    asyncio.run(run())


def waiting_row() -> VenueOrder:
    from sigma_engine.exchanges.weex_reading import WeexReader

    return WeexReader({"BTCUSDT": BTC}).waiting([ALGO])[0]


# weex.md §2-§7, §9-§10, and what aiohttp adds


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_keys_and_orders_follow_no_redirect(status: int) -> None:
    async def act(stage: Stage) -> None:
        await stage.gateway.submit(order())
        with pytest.raises(VenueError):
            await stage.gateway.wallet()
        assert [asked.call for asked in stage.asked] == [ORDER, BALANCE]

    away = Said("", status, "text/plain", {"Location": "/elsewhere"})
    on_stage(act, {ORDER: away, BALANCE: away})


def test_a_reply_that_comes_twice_answers_no_other_question() -> None:
    """On a kept connection the second copy would be taken for the answer to the next question."""

    async def run() -> None:
        async with echoing() as (stage, replies):
            replies["/capi/v3/openAlgoOrders"] = "[]"
            replies["/capi/v3/openOrders"] = json.dumps([PLAIN])
            replies["/capi/v3/account/position/allPosition"] = "[]"
            assert len(await stage.open_orders()) == 1
            await settle()
            replies["/capi/v3/openAlgoOrders"] = json.dumps([ALGO])
            assert len(await stage.open_orders()) == 2
            assert await stage.positions() == []

    asyncio.run(run())


def test_an_answer_to_somebody_elses_order_is_none_to_ours() -> None:
    async def act(stage: Stage) -> None:
        assert isinstance(await stage.gateway.submit(order()), Unknown)

    on_stage(act, {ORDER: taken("sgthe-order-before")})


def test_a_cut_connection_never_sends_an_order_again() -> None:
    async def act(stage: Stage) -> None:
        stage.answers[ORDER] = lambda asked: taken(asked.given["newClientOrderId"])
        await stage.gateway.submit(order())
        stage.answers[ORDER] = Cut()
        assert isinstance(await stage.gateway.submit(order(client_id="sgsecond")), Unknown)
        assert [body["newClientOrderId"] for body in stage.calls(ORDER)] == [order().client_id, "sgsecond"]

    on_stage(act)


def test_ccxts_rounding_of_decimals_stays_in_ccxt() -> None:
    async def act(stage: Stage) -> None:
        before = decimal.getcontext().rounding
        await stage.gateway.submit(order(**ATTACHED))
        assert decimal.getcontext().rounding == before == decimal.ROUND_HALF_EVEN

    on_stage(act)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "api/v3/rebate/affiliate/internalWithdrawal"), ("POST", "capi/v3/account/positionMargin"),
        ("POST", "capi/v3/account/modifyAutoAppendMargin"), ("POST", "capi/v3/closePositions"),
        ("DELETE", "capi/v3/allOpenOrders"), ("GET", "api/v3/account/transferRecords"), ("POST", "api/v3/order"),
        ("POST", "capi/v3/copy/follower/closePos"), ("GET", "capi/v3/order"),
    ],
)  # fmt: skip
def test_what_orders_do_not_need_is_never_signed(method: str, path: str) -> None:
    client = trading_client(venue_named("weex"), KEYS, lambda: NOW_MS, "http://127.0.0.1:1")
    with pytest.raises(DomainError, match="signs no"):
        client.sign(path, ["private" if path.startswith("api") else "contractPrivate"], method, {})


def test_of_all_private_calls_ccxt_knows_only_those_of_the_table_are_signed() -> None:
    profile = venue_named("weex")
    client = trading_client(profile, KEYS, lambda: NOW_MS, "http://127.0.0.1:1")
    signed = set()
    for api in ("private", "contractPrivate"):
        for method, paths in client.api[api].items():
            for path in paths:
                try:
                    client.sign(path, [api], method.upper(), {})
                except DomainError:
                    continue
                signed.add((method.upper(), path))
    assert signed == profile.trading_terms().signable


def test_the_data_client_signs_nothing() -> None:
    client = data_client(venue_named("weex"), lambda: NOW_MS, "http://127.0.0.1:1")
    with pytest.raises(DomainError):
        client.sign("capi/v3/account/balance", ["contractPrivate"], "GET", {})


@pytest.mark.parametrize("venue", ["binance", "bybit", "okx", "hyperliquid"])
def test_where_sigma_only_reads_prices_no_order_can_be_sent(venue: str) -> None:
    with pytest.raises(InputError, match="sends no orders"):
        trading_client(venue_named(venue), KEYS, lambda: NOW_MS, "http://127.0.0.1:1")


def test_no_log_at_any_level_shows_a_key(caplog: pytest.LogCaptureFixture) -> None:
    async def act(stage: Stage) -> None:
        await stage.gateway.submit(order())
        with pytest.raises(VenueError):
            await stage.gateway.wallet()

    caplog.set_level(logging.DEBUG)
    on_stage(act, {BALANCE: Cut()})
    assert not [secret for secret in SECRETS if secret in caplog.text]


def test_the_wire_carries_what_the_order_says_digit_for_digit() -> None:
    quantities = st.integers(10, 4_000_000).map(lambda steps: Decimal(steps).scaleb(-4))
    prices = st.integers(1, 10_000_000).map(lambda ticks: Decimal(ticks).scaleb(-1))
    drawn: list[tuple[Decimal, Decimal]] = []

    @given(quantities, prices)
    def draw(quantity: Decimal, price: Decimal) -> None:
        drawn.append((quantity, price))

    draw()

    async def act(stage: Stage) -> None:
        for quantity, price in drawn:
            sent = order(Leg.STOP, trigger=price, quantity=str(quantity))
            attached = order(Leg.ENTRY, attached_stop=price, attached_target=price, quantity=str(quantity))
            client = stage.gateway._line.client
            bodies = [wire(client, sent), wire(client, attached)]
            assert [Decimal(body["quantity"]) for body in bodies] == [quantity, quantity]
            assert bodies[0]["triggerPrice"] == bodies[1]["slTriggerPrice"] == plain(price)
            assert bodies[1]["tpTriggerPrice"] == plain(price)

    on_stage(act)


def wire(client: Any, sent: Order) -> dict[str, Any]:
    """What ccxt makes of an order, as it would go out."""
    from sigma_engine.exchanges.gateway import _params, _plain

    with decimal.localcontext():
        body = client.create_contract_order_request(
            sent.symbol, "market", str(sent.side), _plain(sent.quantity), None, _params(sent)
        )
    return dict(json.loads(client.json(body)))


def plain(figure: Decimal) -> str:
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"quantity": "0.01001"}, "not a multiple"),
        ({"quantity": "0.0009"}, "below WEEX's minimum of 0.001"),
        ({"quantity": "500.0001"}, "above WEEX's maximum of 500"),
        ({"attached_stop": Decimal("58000.05")}, "steps of 0.1"),
        ({"attached_stop": Decimal(0)}, "not a price"),
        ({"symbol": "NO/USDT:USDT"}, "does not list NO/USDT"),
    ],
)
def test_what_the_exchange_would_refuse_is_named_before_it_is_sent(changed: dict[str, Any], words: str) -> None:
    async def act(stage: Stage) -> None:
        found = await stage.gateway.submit(order(**changed))
        assert isinstance(found, Refused)
        assert words in found.reason
        assert stage.asked == []

    on_stage(act)


def test_a_way_out_below_the_minimum_is_not_blocked_here() -> None:
    async def act(stage: Stage) -> None:
        assert isinstance(await stage.gateway.submit(order(Leg.EXIT, "0.0001")), Acknowledged)

    on_stage(act)


def test_amounts_without_quotes_pass_through_no_float() -> None:
    async def act(stage: Stage) -> None:
        assert (await stage.gateway.wallet()).total == Decimal("12345678901234567.12345678")

    row = '[{"asset":"USDT","balance":12345678901234567.12345678,"availableBalance":1e-8,"frozen":0}]'
    on_stage(act, {BALANCE: Said(row)})


def test_stops_are_read_before_orders_so_that_one_that_acts_between_is_found() -> None:
    async def act(stage: Stage) -> None:
        await stage.gateway.open_orders()
        assert [asked.call for asked in stage.asked] == [STOPS, OPEN]

    on_stage(act, {STOPS: Said("[]"), OPEN: Said("[]")})


def test_an_order_listed_twice_is_one() -> None:
    async def act(stage: Stage) -> None:
        assert len(await stage.gateway.open_orders()) == 2

    on_stage(act, {STOPS: Said.of([ALGO, ALGO]), OPEN: Said.of([PLAIN, PLAIN])})


@pytest.mark.parametrize("call", [STOPS, OPEN])
def test_half_of_the_open_orders_is_no_reading(call: str) -> None:
    async def act(stage: Stage) -> None:
        stage.answers[call] = Said("<html>", 502, "text/html")
        with pytest.raises(VenueError):
            await stage.gateway.open_orders()

    on_stage(act, {STOPS: Said("[]"), OPEN: Said("[]")})


def paged(
    rows: list[dict[str, Any]], at: Callable[[dict[str, Any]], int], habit: str, cap: int = 100
) -> Callable[[Asked], Answer]:
    """A server's pages of ``cap`` rows at most, its newest or its oldest of the span first."""

    def page(asked: Asked) -> Answer:
        since, until = int(asked.given.get("startTime", 0)), int(asked.given.get("endTime", 2**60))
        within = [row for row in rows if since <= at(row) <= until]
        ordered = sorted(within, key=at, reverse=habit == "newest first")[: min(cap, int(asked.given["limit"]))]
        if asked.call == BILLS:
            return Said.of({"hasNextPage": len(within) > len(ordered), "nextKey": "7", "items": ordered})
        return Said.of(ordered)

    return page


@pytest.mark.parametrize("most_ended", [100, 1_000])
@pytest.mark.parametrize("habit", ["newest first", "oldest first"])
def test_all_pages_are_read_whichever_end_comes_first_and_whatever_a_page_holds(habit: str, most_ended: int) -> None:
    fills = [{**FILL, "id": place, "time": NOW_MS - 1_000 * place} for place in range(250)]
    bills = [{**BILL, "billId": place, "time": str(NOW_MS - 1_000 * place)} for place in range(250)]
    ended = [
        {**PLAIN, "orderId": place + 1, "status": "CANCELED", "time": NOW_MS - 10 * place} for place in range(1_500)
    ]
    opened = [{**PLAIN, "orderId": place + 1, "time": NOW_MS - 10 * place} for place in range(130)]

    async def act(stage: Stage) -> None:
        gateway = stage.gateway
        reading = asyncio.gather(
            gateway.fills(NOW_MS - 200_000), gateway.bills(NOW_MS - 200_000), gateway.ended_orders(NOW_MS - 100_000),
            gateway.open_orders(),
        )  # fmt: skip
        while not reading.done():
            await stage.wait(100)
        read_fills, read_bills, read_ended, read_open = await reading
        assert [fill.trade_id for fill in read_fills] == [str(place) for place in range(200, -1, -1)]
        assert [bill.bill_id for bill in read_bills] == [str(place) for place in range(200, -1, -1)]
        assert len(read_ended) == 1_500
        assert len(read_open) == 130

    on_stage(
        act,
        {
            FILLS: paged(fills, lambda row: int(row["time"]), habit),
            BILLS: paged(bills, lambda row: int(row["time"]), habit),
            HISTORY: paged(ended, lambda row: int(row["time"]), habit, most_ended),
            OPEN: paged(opened, lambda row: int(row["time"]), habit),
            STOPS: Said("[]"),
        },
    )


def test_the_statement_is_asked_for_with_both_ends() -> None:
    async def act(stage: Stage) -> None:
        await stage.gateway.bills(NOW_MS - 1_000)
        [asked] = stage.calls(BILLS)
        assert asked == {"startTime": NOW_MS - 1_001, "endTime": NOW_MS, "limit": 100}

    on_stage(act, {BILLS: Said('{"hasNextPage":false,"nextKey":null,"items":[]}')})


def terms(
    mode: str = "ISOLATED", leverage: str = "5.00", separated: str = "COMBINED", short: str | None = None
) -> Said:
    return Said.of(
        [{
            "symbol": "BTCUSDT", "marginType": mode, "separatedType": separated, "crossLeverage": "20.00",
            "isolatedLongLeverage": leverage, "isolatedShortLeverage": short or leverage,
        }]
    )  # fmt: skip


def test_terms_that_are_right_are_left_alone() -> None:
    async def act(stage: Stage) -> None:
        await stage.gateway.agree_terms(BTC, 5)
        assert [asked.call for asked in stage.asked] == [CONFIG]

    on_stage(act, {CONFIG: terms()})


@pytest.mark.parametrize(
    "before", [terms("CROSSED"), terms(separated="SEPARATED"), terms(leverage="20"), terms(short="20")]
)
def test_terms_are_set_and_read_back(before: Said) -> None:
    async def act(stage: Stage) -> None:
        readings = iter([before, terms()])
        stage.answers[CONFIG] = lambda _: next(readings)
        await stage.gateway.agree_terms(BTC, 5)
        assert stage.asked[-1].call == CONFIG
        assert {"capi" in asked.call for asked in stage.asked} == {True}

    on_stage(act, {MODE: DONE, LEVERAGE: DONE})


def test_the_leverage_goes_out_for_both_sides_of_isolated_margin() -> None:
    async def act(stage: Stage) -> None:
        readings = iter([terms("CROSSED", "20"), terms()])
        stage.answers[CONFIG] = lambda _: next(readings)
        await stage.gateway.agree_terms(BTC, 5)
        assert stage.calls(MODE) == [{"symbol": "BTCUSDT", "marginType": "ISOLATED", "separatedType": "COMBINED"}]
        [body] = stage.calls(LEVERAGE)
        assert (body["marginType"], body["isolatedLongLeverage"], body["isolatedShortLeverage"]) == ("ISOLATED", 5, 5)

    on_stage(act, {MODE: DONE, LEVERAGE: DONE})


@pytest.mark.parametrize(
    "after", [terms("CROSSED"), terms(leverage="20"), terms(short="3"), terms(separated="SEPARATED")]
)
def test_a_leverage_that_was_acknowledged_and_not_set_is_found(after: Said) -> None:
    async def act(stage: Stage) -> None:
        readings = iter([terms("CROSSED", "20"), after])
        stage.answers[CONFIG] = lambda _: next(readings)
        with pytest.raises(VenueError, match="not at isolated 5x"):
            await stage.gateway.agree_terms(BTC, 5)

    on_stage(act, {MODE: DONE, LEVERAGE: DONE})


def test_a_refusal_of_what_is_so_already_does_not_matter() -> None:
    async def act(stage: Stage) -> None:
        readings = iter([terms("CROSSED", "20"), terms()])
        stage.answers[CONFIG] = lambda _: next(readings)
        await stage.gateway.agree_terms(BTC, 5)

    unchanged = Said('{"code":-1142,"msg":"No need to change margin type."}', 400)
    on_stage(act, {MODE: unchanged, LEVERAGE: unchanged})


def test_the_exchanges_reason_is_told_with_the_difference() -> None:
    async def act(stage: Stage) -> None:
        stage.answers[CONFIG] = terms("CROSSED", "20")
        with pytest.raises(VenueError, match=r"cross 20.*isolated 5x.*position is open"):
            await stage.gateway.agree_terms(BTC, 5)

    on_stage(act, {MODE: Said('{"code":-5000,"msg":"a position is open"}', 400), LEVERAGE: DONE})


def test_keys_that_may_not_are_said_at_once() -> None:
    async def act(stage: Stage) -> None:
        stage.answers[CONFIG] = terms("CROSSED", "20")
        with pytest.raises(KeysRefused):
            await stage.gateway.agree_terms(BTC, 5)

    on_stage(act, {MODE: Said('{"code":-1052,"msg":"Insufficient permissions."}', 403)})


def test_a_reading_without_an_answer_ends_after_ten_seconds() -> None:
    async def act(stage: Stage) -> None:
        reading = asyncio.ensure_future(stage.gateway.positions())
        await stage.wait(10_000)
        with pytest.raises(VenueError, match="did not answer its positions in time"):
            await reading

    on_stage(act, {POSITIONS: Silence()})


def test_no_market_at_all_opens_nothing_and_leaves_nothing_open() -> None:
    async def run() -> None:
        async with staged(opens=False) as stage:
            stage.answers["GET /capi/v3/market/exchangeInfo"] = Said.of({"symbols": []})
            with pytest.raises(VenueError, match="lists no USDT perpetual"):
                await open_gateway(venue_named("weex"), KEYS, stage.clock, stage.url)

    asyncio.run(run())


def test_a_spot_market_of_the_same_name_changes_nothing() -> None:
    async def run() -> None:
        async with staged(opens=False) as stage:
            spot = {**MARKET, "tickSize": "0.01", "stepSize": "0.00001", "status": "TRADING", "enableTrade": True}
            stage.answers["GET /api/v3/exchangeInfo"] = Said.of({"symbols": [spot]})
            stage.gateway = await open_gateway(venue_named("weex"), KEYS, stage.clock, stage.url)
            assert stage.gateway.instruments[BTC].tick == Decimal("0.1")
            assert stage.gateway.instruments[BTC].step == Decimal("0.0001")
            await stage.gateway.submit(order())
            assert len(stage.calls(ORDER)) == 1

    asyncio.run(run())


def echoing() -> Any:
    """A gateway on a server that sends every reply twice over the same connection."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def run() -> Any:
        replies: dict[str, str] = {}

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while head := await reader.readline():
                path = head.split()[1].decode().partition("?")[0]
                while (await reader.readline()).strip():
                    """The headers do not matter."""
                body = replies[path].encode()
                kind = b"Content-Type: application/json\r\nContent-Length: "
                reply = b"HTTP/1.1 200 OK\r\n" + kind + str(len(body)).encode() + b"\r\n\r\n" + body
                writer.write(reply)
                await settle()
                if not writer.is_closing():
                    writer.write(reply)
            writer.close()

        async with staged() as stage:
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            urls = stage.gateway._line.client.urls["api"]
            urls["contractPrivate"] = f"http://127.0.0.1:{port}"
            try:
                yield stage.gateway, replies
            finally:
                await stage.gateway._line.client.session.close()
                await settle()
                server.close()
                await server.wait_closed()

    return run()
