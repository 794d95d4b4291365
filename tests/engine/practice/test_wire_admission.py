"""Who is let in: signatures, keys and what they may, and what each refusal is to ccxt."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from ccxt.base.errors import (
    ArgumentsRequired,
    AuthenticationError,
    BadRequest,
    BadSymbol,
    DDoSProtection,
    ExchangeError,
    ExchangeNotAvailable,
    InsufficientFunds,
    InvalidOrder,
    OrderNotFound,
    PermissionDenied,
    RateLimitExceeded,
    RequestTimeout,
)

from sigma_engine.practice.faults import Fault, Faults, Instead, refused
from sigma_engine.practice.nouns import Refusal
from sigma_engine.practice.reply import Reply
from sigma_engine.practice.signature import Barred, Key, admit, signed
from tests.servers.practice import BTC, KEY, NOW_MS, READER, Practice, on_practice, practice, weex

TEXT = "GET/capi/v3/account/balance"


def headers(**changes: str | None) -> dict[str, str]:
    right = {
        "ACCESS-KEY": KEY.key,
        "ACCESS-SIGN": signed(KEY, str(NOW_MS), TEXT),
        "ACCESS-PASSPHRASE": KEY.passphrase,
        "ACCESS-TIMESTAMP": str(NOW_MS),
    }
    given = {**right, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return {name: value for name, value in given.items() if value is not None}


def test_a_right_signature_is_known_by_its_key() -> None:
    assert admit(headers(), TEXT, (READER, KEY), NOW_MS) is KEY


def test_the_signature_is_the_one_weex_documents() -> None:
    key = Key(key="practice-x", secret="secret", passphrase="p")
    # echo -n '1700000000000POST/capi/v3/order{"a":"1"}' | openssl dgst -sha256 -hmac secret -binary | base64
    right = "VVV9O4DB5zVUukqXtIYp+rD3ZjEI7QzwoX+vLeplPLA="
    assert signed(key, "1700000000000", 'POST/capi/v3/order{"a":"1"}') == right


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ACCESS_KEY": None, "ACCESS_SIGN": None}, -1040),
        ({"ACCESS_SIGN": None, "ACCESS_TIMESTAMP": None}, -1041),
        ({"ACCESS_TIMESTAMP": None, "ACCESS_PASSPHRASE": None}, -1042),
        ({"ACCESS_TIMESTAMP": "soon"}, -1043),
        ({"ACCESS_TIMESTAMP": str(NOW_MS - 30_001), "ACCESS_KEY": "practice-nobody"}, -1046),
        ({"ACCESS_TIMESTAMP": str(NOW_MS + 30_001)}, -1046),
        ({"ACCESS_KEY": "practice-nobody", "ACCESS_PASSPHRASE": "wrong"}, -1044),
        ({"ACCESS_PASSPHRASE": "wrong", "ACCESS_SIGN": "wrong"}, -1049),
        ({"ACCESS_PASSPHRASE": None}, -1049),
        ({"ACCESS_SIGN": "wrong"}, -1047),
        ({"ACCESS_SIGN": "\udcff"}, -1047),
        ({"ACCESS_TIMESTAMP": str(NOW_MS - 30_000)}, -1047),
    ],
)
def test_the_first_thing_that_is_wrong_is_said(changes: dict[str, str | None], code: int) -> None:
    with pytest.raises(Refusal) as refusal:
        admit(headers(**changes), TEXT, (KEY, READER), NOW_MS)
    assert refusal.value.code == code


@pytest.mark.parametrize("barred", list(Barred))
def test_a_barred_key_is_told_why(barred: Barred) -> None:
    with pytest.raises(Refusal) as refusal:
        admit(headers(), TEXT, (replace(KEY, barred=barred),), NOW_MS)
    assert refusal.value.code == barred


def test_a_key_shows_no_secret_and_a_real_one_is_not_taken() -> None:
    assert KEY.secret not in repr(KEY)
    assert KEY.passphrase not in repr(KEY)
    with pytest.raises(ValueError, match="practice-"):
        Key(key="weex-real", secret="s", passphrase="p")


@pytest.mark.parametrize(
    ("spoil", "kind", "code"),
    [
        (lambda client: setattr(client, "apiKey", "practice-nobody"), AuthenticationError, "-1044"),
        (lambda client: setattr(client, "secret", "wrong"), AuthenticationError, "-1047"),
        (lambda client: setattr(client, "password", "wrong"), AuthenticationError, "-1049"),
        (lambda client: setattr(client, "milliseconds", lambda: NOW_MS - 60_000), BadRequest, "-1046"),
    ],
)
def test_a_client_that_signs_wrongly_gets_nothing(
    spoil: Callable[[Any], None], kind: type[Exception], code: str
) -> None:
    async def act(stand: Practice) -> None:
        spoil(stand.client)
        with pytest.raises(kind, match=code):
            await stand.client.fetch_balance()
        with pytest.raises(kind, match=code):
            await stand.client.create_order(BTC, "market", "buy", 0.02)
        assert stand.exchange.fills() == []

    on_practice(act)


def test_a_reading_key_reads_and_does_nothing_else() -> None:
    async def act(stand: Practice) -> None:
        client = weex(stand.url, stand.clock.now_ms, READER)
        try:
            await client.load_markets()
            assert (await client.fetch_balance())["USDT"]["total"] == 10_000
            assert await client.fetch_ledger()
            for work in (
                client.create_order(BTC, "market", "buy", 0.02),
                client.set_leverage(5, BTC),
                client.set_margin_mode("isolated", BTC),
                client.cancel_all_orders(),
                client.close_all_positions(),
            ):
                with pytest.raises(PermissionDenied, match="-1052"):
                    await work
            assert stand.exchange.leverage("BTCUSDT") == 20
        finally:
            await client.close()

    on_practice(act)


ENVELOPES = [
    *((code, ExchangeError) for code in (-1000, -1054, -3613, -9999)),
    *((code, AuthenticationError) for code in (*range(-1044, -1039), -1047, -1049)),
    *((code, BadRequest) for code in (-1045, -1046, -1128, -1135, -1140, -1142, -1150, -1160, -1170, -1171)),
    *((code, PermissionDenied) for code in (*range(-1053, -1049), *range(-1058, -1054), -1190, -3235, -3236)),
    *((code, InvalidOrder) for code in (-1115, -1116, -1117, -1180, -3006, -3007, -3200, -3313)),
    *((code, BadSymbol) for code in (-1121, -2007)),
    (-1141, ArgumentsRequired),
    (-2200, OrderNotFound),
]


@pytest.mark.parametrize("status", [200, 400, 500])
def test_every_code_is_to_ccxt_what_its_table_says_whatever_the_status(status: int) -> None:
    async def act(stand: Practice) -> None:
        for code, kind in ENVELOPES:
            stand.server.faults.add(Fault(what=refused(code, "text", status), path="*/balance"))
            with pytest.raises(kind, match=str(code)) as raised:
                await stand.client.fetch_balance()
            assert raised.type is kind

    on_practice(act)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, ExchangeNotAvailable) for status in (400, 403, 404, 405, 409, 500, 502, 503)),
        (401, AuthenticationError),
        (407, AuthenticationError),
        (408, RequestTimeout),
        (504, RequestTimeout),
        (418, DDoSProtection),
        (422, ExchangeError),
        (429, RateLimitExceeded),
    ],
)
def test_a_status_without_a_message_is_to_ccxt_what_the_status_says(status: int, kind: type[Exception]) -> None:
    async def act(stand: Practice) -> None:
        reply = Reply(status=status, body="no JSON", content_type="text/plain")
        stand.server.faults.add(Fault(what=Instead(reply=reply), path="*/balance"))
        with pytest.raises(kind) as raised:
            await stand.client.fetch_balance()
        assert raised.type is kind

    on_practice(act)


def test_words_in_the_message_count_before_the_code() -> None:
    async def act(stand: Practice) -> None:
        stand.server.faults.add(
            Fault(what=refused(-1054, "Move margin available amount not enough."), path="*/balance")
        )
        with pytest.raises(InsufficientFunds):
            await stand.client.fetch_balance()
        stand.server.faults.add(Fault(what=refused(7, "INVALID_ARGUMENT: x"), path="*/balance"))
        with pytest.raises(BadRequest):
            await stand.client.fetch_balance()

    on_practice(act)


def test_calls_the_exchange_does_not_have_are_refused() -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(BadRequest, match="'POST' not supported"):
            await stand.client.contractPrivatePostCapiV3BatchOrders({})
        with pytest.raises(ExchangeNotAvailable, match="404"):
            await stand.client.contractPrivateGetCapiV3CopyFollowerSettings({})

    on_practice(act)


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"{}", "text/plain", -1045),
        (b"{", "application/json", -1135),
        (b"[]", "application/json", -1135),
        (b"\xff", "application/json", -1135),
        (b"[" * 100_000, "application/json", -1135),
    ],
)
def test_a_body_that_is_no_object_is_refused(body: bytes, content_type: str, code: int) -> None:
    async def run() -> None:
        async with practice(Faults()) as stand, aiohttp.ClientSession() as session:
            text = "POST/capi/v3/order" + body.decode(errors="replace")
            sent = headers(ACCESS_SIGN=signed(KEY, str(NOW_MS), text)) | {"Content-Type": content_type}
            async with session.post(stand.url + "/capi/v3/order", data=body, headers=sent) as response:
                assert (response.status, (await response.json())["code"]) == (400, code)

    asyncio.run(run())
