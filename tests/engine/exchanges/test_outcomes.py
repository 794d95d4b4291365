"""What became of an order, and what a person is told: by SIGMA's table, over real sockets."""

import asyncio
import re
from typing import Any

import pytest

from sigma_engine.domain.order import Leg
from sigma_engine.errors import KeysRefused, VenueBusy, VenueClosed, VenueError
from sigma_engine.execution.gateway import Acknowledged, NotSent, Outcome, Refused, Unknown
from tests.servers.scripted_weex import (
    NOW_MS,
    ORDER,
    SECRETS,
    Answer,
    Cut,
    Said,
    Silence,
    Stage,
    on_stage,
    order,
    staged,
    taken,
)

BALANCE = "GET /capi/v3/account/balance"


def envelope(code: Any, text: str, status: int = 400) -> Said:
    return Said.of({"code": code, "msg": text}, status)


def outcome_of(answer: Answer, leg: Leg = Leg.ENTRY) -> Outcome:
    found: list[Outcome] = []

    async def act(stage: Stage) -> None:
        found.append(await stage.gateway.submit(order(leg)))

    call = "POST /capi/v3/algoOrder" if leg.rests else ORDER
    on_stage(act, {call: answer})
    return found[0]


REFUSED = [
    (-1040, "ACCESS_KEY header is required.", "keys"),
    (-1044, "Invalid ACCESS_KEY.", "API key"),
    (-1046, "Request timestamp expired.", "clock"),
    (-1047, "API authentication failed.", "secret"),
    (-1049, "API key or passphrase incorrect.", "passphrase"),
    (-1052, "Insufficient permissions for this action.", "right to trade"),
    (-1056, "Invalid IP address.", "network address"),
    (-1115, "Invalid timeInForce.", "form"),
    (-1116, "Invalid order type.", "form"),
    (-1117, "Invalid side.", "form"),
    (-1121, "Invalid symbol.", "choose another symbol"),
    (-1140, "Parameter validation failed: quantity is below minOrderSize.", "raise the size"),
    (-1160, "Decimal precision error.", "steps"),
    (-1180, "client_oid length must not exceed 40.", "form"),
    (-3007, "Maximum contract order quantity exceeded.", "trade smaller"),
    (-3313, "Leverage exceeds maximum limit.", "lower the leverage"),
    (-1054, "FAILED_PRECONDITION: available amount not enough.", "free margin"),
]


@pytest.mark.parametrize(("code", "text", "words"), REFUSED)
@pytest.mark.parametrize("form", [int, str])
def test_a_listed_code_proves_that_there_is_no_order(code: int, text: str, words: str, form: type) -> None:
    found = outcome_of(envelope(form(code), text))
    assert isinstance(found, Refused)
    assert words in found.reason
    assert re.search("[:,] ", found.reason), "every refusal names the next step"


@pytest.mark.parametrize(
    "text",
    [
        "the trigger price would act at once.",
        "the trigger price would be reached at once",
        "Order would trigger immediately.",
        "Order would immediately trigger.",
        "trigger price already reached",
    ],
)
def test_a_stop_that_comes_too_late_says_so(text: str) -> None:
    found = outcome_of(envelope(-1140, f"Parameter validation failed: {text}"), Leg.STOP)
    assert isinstance(found, Refused)
    assert found.would_trigger


def test_what_is_denied_in_words_alone_is_refused_where_the_words_are_known() -> None:
    text = "the trigger price would be reached at once"
    found = outcome_of(taken("sgstopaaaaaaaaaaaaaaaaaaaa", success=False, orderId=None, errorMessage=text), Leg.STOP)
    assert isinstance(found, Refused)
    assert found.would_trigger


UNKNOWN = [
    envelope(-1000, "An unknown error occurred."),
    envelope(-1054, "System error, please retry later."),
    envelope(-3613, "Fatal: token ID not supported for symbol."),
    envelope(-9999, "UNEXPECTED_STATE"),
    envelope(-3210, "Duplicate client_oid."),
    envelope(-1180, "client_oid already exists."),
    envelope(-1121, "Invalid symbol.", 500),
    envelope(429, "Too many requests, please slow down.", 429),
    Said("Too Many Requests", 429, "text/plain"),
    Said("banned", 418, "text/plain"),
    Said("<html>502 Bad Gateway</html>", 502, "text/html"),
    Said("<html>503</html>", 503, "text/html"),
    Said("<html>a page</html>", 200, "text/html"),
    Said(""),
    Said("null"),
    Said("[]"),
    Said("{}"),
    Said('{"orderId": 12345'),
    Said("moved", 302, "text/plain", {"Location": "/capi/v3/order"}),
    Said("moved", 307, "text/plain", {"Location": "/capi/v3/order"}),
    taken("sgentryaaaaaaaaaaaaaaaaaaaa", success=False, errorMessage="BUSY"),
    taken("sgentryaaaaaaaaaaaaaaaaaaaa", success=False, orderId=None),
    taken("sgentryaaaaaaaaaaaaaaaaaaaa", orderId=None),
    taken("sgentryaaaaaaaaaaaaaaaaaaaa", orderId=None, errorMessage="busy, try again immediately"),
    Said.of({"msg": "busy, try again immediately"}),
    taken("sgentryaaaaaaaaaaaaaaaaaaaa", orderId="0"),
    taken("sgentryaaaaaaaaaaaaaaaaaaaa", errorCode="-9999"),
    taken("sgsomebodyelsesorder"),
    Cut(),
]


@pytest.mark.parametrize("answer", UNKNOWN, ids=lambda answer: str(answer)[:70])
def test_everything_else_stays_unknown_and_is_sent_once(answer: Answer) -> None:
    async def act(stage: Stage) -> None:
        assert isinstance(await stage.gateway.submit(order()), Unknown)
        assert len(stage.calls(ORDER)) == 1

    on_stage(act, {ORDER: answer})


@pytest.mark.parametrize(("leg", "allowed_ms"), [(Leg.ENTRY, 5_000), (Leg.EXIT, 3_000), (Leg.STOP, 3_000)])
def test_no_answer_in_time_is_unknown(leg: Leg, allowed_ms: int) -> None:
    async def act(stage: Stage) -> None:
        sending = asyncio.ensure_future(stage.gateway.submit(order(leg)))
        await stage.wait(allowed_ms - 1)
        assert not sending.done()
        await stage.wait(1)
        assert isinstance(await sending, Unknown)
        assert sum(asked.call.startswith("POST") for asked in stage.asked) == 1

    on_stage(act, {ORDER: Silence(), "POST /capi/v3/algoOrder": Silence()})


def test_an_order_with_an_id_is_acknowledged() -> None:
    assert outcome_of(taken("sgentryaaaaaaaaaaaaaaaaaaaa")) == Acknowledged(venue_id="702345678901234567")


@pytest.mark.parametrize("extra", [{"orderId": 702345678901234567}, {"clientOrderId": None}, {"news": [1.5]}])
def test_the_form_of_the_id_and_further_fields_do_not_matter(extra: dict[str, Any]) -> None:
    assert isinstance(outcome_of(taken("sgentryaaaaaaaaaaaaaaaaaaaa", **extra)), Acknowledged)


def test_a_closed_door_is_not_sent() -> None:
    async def run() -> None:
        async with staged() as stage:
            gateway = stage.gateway
            gateway._line.client.urls["api"]["contractPrivate"] = "http://127.0.0.1:1"
            assert isinstance(await gateway.submit(order()), NotSent)

    asyncio.run(run())


TOLD = [
    (envelope(-1044, "Invalid ACCESS_KEY.", 401), KeysRefused, "API key"),
    (envelope(-1047, "API authentication failed.", 401), KeysRefused, "secret"),
    (envelope(-1049, "API key or passphrase incorrect.", 401), KeysRefused, "passphrase"),
    (envelope(-1051, "Permission denied.", 403), KeysRefused, "right to trade"),
    (envelope(-1056, "Invalid IP address.", 403), KeysRefused, "network address"),
    (envelope(-1057, "User account is locked.", 403), KeysRefused, "locked"),
    (envelope(-1121, "Invalid symbol."), VenueError, "choose another symbol"),
    (Said("<html>503</html>", 503, "text/html"), VenueClosed, "maintenance"),
    (envelope(-1, "System is under maintenance", 200), VenueClosed, "maintenance"),
    (Said("Too Many Requests", 429, "text/plain", {"Retry-After": "7"}), VenueBusy, "7 s"),
    (Said.of({"code": 429, "msg": "slow down"}, 429), VenueBusy, "10 s"),
    (Said("banned", 418, "text/plain", {"Retry-After": "120"}), VenueBusy, "120 s"),
    (Said(""), VenueError, "cannot read"),
    (Said("<html>", 200, "text/html"), VenueError, "cannot read"),
    (Said('[{"asset":"USDT","balance":NaN,"availableBalance":"1"}]'), VenueError, "cannot read"),
    (Said('[{"asset":"USDT","balance":"NaN","availableBalance":"1"}]'), VenueError, "balance is missing"),
    (Said("{}"), VenueError, "cannot read"),
    (envelope(-1000, "An unknown error occurred."), VenueError, "An unknown error occurred"),
    (Cut(), VenueError, "broke"),
]


@pytest.mark.parametrize(("answer", "kind", "words"), TOLD, ids=lambda value: str(value)[:60])
def test_a_failed_reading_is_told_in_words(answer: Answer, kind: type[VenueError], words: str) -> None:
    async def act(stage: Stage) -> None:
        with pytest.raises(VenueError) as refused:
            await stage.gateway.wallet()
        assert type(refused.value) is kind
        assert words in str(refused.value)
        assert "ccxt" not in str(refused.value)

    on_stage(act, {BALANCE: answer})


def test_during_a_ban_nothing_is_asked_and_nothing_sent() -> None:
    async def act(stage: Stage) -> None:
        with pytest.raises(VenueBusy) as busy:
            await stage.gateway.wallet()
        assert busy.value.until_ms == NOW_MS + 120_000
        asked = len(stage.asked)
        assert isinstance(await stage.gateway.submit(order(Leg.EXIT)), NotSent)
        with pytest.raises(VenueBusy):
            await stage.gateway.positions()
        assert len(stage.asked) == asked
        await stage.wait(120_000)
        assert isinstance(await stage.gateway.submit(order(Leg.EXIT)), Acknowledged)

    on_stage(act, {BALANCE: Said("banned", 418, "text/plain", {"Retry-After": "120"})})


@pytest.mark.parametrize("secret", SECRETS)
def test_what_the_server_echoes_of_the_keys_is_told_to_nobody(secret: str) -> None:
    async def act(stage: Stage) -> None:
        found = await stage.gateway.submit(order())
        assert isinstance(found, Unknown)
        assert secret not in found.reason
        with pytest.raises(VenueError) as refused:
            await stage.gateway.wallet()
        assert secret not in repr(refused.value)

    echo = envelope(-9999, f"your header was {secret}")
    on_stage(act, {ORDER: echo, BALANCE: echo})
