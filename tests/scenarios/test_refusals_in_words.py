"""Whatever an exchange does not let a person do is named in their words, with the next step, where they meet it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sigma_engine import ConnectionRequest, KeyReport, examine_keys
from sigma_engine.clock import ScaledClock, system_ms
from sigma_engine.domain.order import ExitReason, Leg, PositionSide
from sigma_engine.events import AlertRaised, OrderCancelled, OrderRejected, OrderSubmitted, PositionChanged
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import MAINTENANCE, Mishap, banished, slowed
from sigma_engine.practice.nouns import UNIT, Hold, Kind, Listing, Side, Ticket, TimeInForce
from sigma_engine.practice.weights import Form
from tests.servers.practice import KEY, READER, parts
from tests.servers.processes import Ended, Typed, exchange, run_live, typed
from tests.servers.trading import BTC, trading

WRONG_CLOCK_MS = 60_000


RIGHT = typed(KEY)
KEYS: Mapping[str, Typed] = {
    "wrong key": replace(RIGHT, key="practice-nobody"),
    "wrong secret": replace(RIGHT, secret="not this one"),
    "wrong passphrase": replace(RIGHT, passphrase="not this one"),
    "may only read": typed(READER),
}
MISHAPS: Mapping[str, Mishap] = {
    "maintenance": MAINTENANCE,
    "ban": banished(120_000),
    "rate limit": slowed(Form.JSON),
}


async def examined(url: str, key: Typed = RIGHT) -> KeyReport:
    """What the dialog that connects an account shows when its keys are tested."""
    request = ConnectionRequest(
        venue="weex", key=key.key, secret=key.secret, passphrase=key.passphrase, demo=False, venue_url=url
    )
    return await examine_keys(request)


# The first four are played in every run, all by `make faults`.
SILENT = "Nothing answers at {url}: start the practice exchange there (sigma-engine exchange serve)"
COMMAND = {
    "wrong key": "WEEX does not know this API key: copy it again from the page of API keys.",
    "may only read": "The key may read at WEEX but not trade: give it the right to trade futures on the page of API "
    "keys.",
    "maintenance": "WEEX is under maintenance or overloaded (HTTP 503): wait some minutes, then start again.",
    "ban": "WEEX takes no more questions for 120 s: wait that long, then start again.",
    "wrong secret": "WEEX does not accept the signature: copy the API secret again, it is a wrong one.",
    "wrong passphrase": "WEEX does not accept key and passphrase together: enter both again, the phrase as it was "
    "chosen for this key.",
    "rate limit": "WEEX takes no more questions for 10 s: wait that long, then start again.",
    "unreachable": SILENT + ", then start again.",
}
DIALOG = {
    "wrong key": COMMAND["wrong key"],
    "may only read": "The key may read but not trade.",
    "maintenance": "WEEX is under maintenance or overloaded (HTTP 503): wait some minutes, then test the keys again.",
    "ban": "WEEX takes no more questions for 120 s: wait that long, then test the keys again.",
    **{name: COMMAND[name] for name in ("wrong secret", "wrong passphrase")},
    "rate limit": "WEEX takes no more questions for 10 s: wait that long, then test the keys again.",
    "unreachable": SILENT + ", then test the keys again.",
}


@asynccontextmanager
async def trouble(name: str) -> AsyncIterator[tuple[str, Typed]]:
    """An exchange at which, or keys with which, nothing is to be had."""
    async with exchange(mishap=MISHAPS.get(name)) as url:
        if name != "unreachable":
            yield url, KEYS.get(name, RIGHT)
    if name == "unreachable":
        yield url, RIGHT


@pytest.mark.parametrize("name", COMMAND)
def test_the_command_line_ends_with_one_sentence(name: str, tmp_path: Path) -> None:
    async def act() -> tuple[str, Ended]:
        async with trouble(name) as (url, key):
            return url, await run_live(url, tmp_path, key)

    url, ended = asyncio.run(act())
    assert ended == Ended(1, "", COMMAND[name].replace("{url}", url) + "\n")


@pytest.mark.parametrize("name", DIALOG)
def test_the_dialog_that_tests_keys_says_so(name: str) -> None:
    async def act() -> tuple[str, KeyReport]:
        async with trouble(name) as (url, key):
            return url, await examined(url, key)

    url, report = asyncio.run(act())
    assert not report.ok
    assert report.lines[0].text == DIALOG[name].replace("{url}", url)
    if name == "may only read":
        assert report.lines[0].next_step == "Give it the right to trade futures at WEEX."


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--symbols", "FOO"), "WEEX has no FOO/USDT perpetual. There is: BTC."),
        (
            ("--symbols", "BTC", "--speed", "0"),
            "Prices of an exchange come at their own speed: leave the speed out, or give that of a practice exchange.",
        ),
    ],
    ids=["unknown symbol", "impossible speed"],
)
def test_what_the_person_gave_is_refused_as_bad_input(more: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    async def act() -> Ended:
        async with exchange() as url:
            return await run_live(url, tmp_path, RIGHT, *more)

    assert asyncio.run(act()) == Ended(2, "", sentence + "\n")


@pytest.mark.parametrize("text", ["", " "], ids=["empty", "blank"])
def test_a_passphrase_that_is_not_set_is_missed_by_its_name(text: str, tmp_path: Path) -> None:
    ended = asyncio.run(run_live("http://127.0.0.1:9", tmp_path, replace(RIGHT, passphrase=text)))
    assert ended == Ended(
        2,
        "",
        "WEEX_API_PASSPHRASE is not set, and WEEX wants key, secret and passphrase together: set it too, or none of "
        "the three to use the keys in the keyring.\n",
    )


def test_an_exchange_that_takes_no_orders_of_sigma_is_named(tmp_path: Path) -> None:
    ended = asyncio.run(run_live("http://127.0.0.1:9", tmp_path, RIGHT, "--venue", "binance"))
    assert ended == Ended(
        2,
        "",
        "SIGMA reads Binance's prices and trades them on paper, but sends no orders to an account there: choose WEEX, "
        "or paper trading.\n",
    )


def test_keys_of_a_real_account_go_to_no_address_of_this_machine(tmp_path: Path) -> None:
    ended = asyncio.run(run_live("http://127.0.0.1:9", tmp_path, replace(RIGHT, key="a-key-for-real-money")))
    assert ended.code == 2
    assert ended.err == (
        "http://127.0.0.1:9 is on this machine and gets no keys of a real account: give keys that begin with "
        "practice-.\n"
    )


CLOCK = (
    "This machine's clock is 60.0 s behind the exchange's: nothing is opened until it is set right; switch on the "
    "automatic time of the system, or start SIGMA with the --speed that the practice exchange is served with."
)


def test_a_wrong_clock_is_named_by_the_command_line_which_goes_on_and_opens_nothing(tmp_path: Path) -> None:
    async def act() -> Ended:
        async with exchange(lambda: system_ms() + WRONG_CLOCK_MS) as url:
            return await run_live(url, tmp_path, RIGHT, "--symbols", "BTC", "--for", "3")

    ended = asyncio.run(act())
    assert (ended.code, ended.err) == (0, "")
    assert f"account reducing: {CLOCK}" in ended.out


@pytest.mark.parametrize("mode", ["live", "paper"])
def test_a_practice_exchange_of_an_earlier_time_is_refused_before_anything_is_traded(mode: str, tmp_path: Path) -> None:
    """Its orders would be older than those that are kept, and its candles are known to be others."""

    async def act() -> tuple[Ended, Ended]:
        words = ("--mode", mode, "--symbols", "BTC", "--for", "2")
        async with exchange() as url:
            first = await run_live(url, tmp_path, RIGHT, *words)
        async with exchange(lambda: system_ms() - YEAR_MS) as url:
            return first, await run_live(url, tmp_path, RIGHT, *words)

    first, second = asyncio.run(act())
    assert (first.code, first.err) == (0, "")
    assert (second.code, second.out) == (2, "")
    assert re.fullmatch(EARLIER, second.err), second.err


YEAR_MS = 365 * 86_400_000
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
EARLIER = (
    rf"The practice exchange's clock says {STAMP}, earlier than what this data folder last saw there, at {STAMP}: "
    r"use a new data folder \(--home\), or serve a later market\.\n"
)


def test_a_wrong_clock_is_named_by_the_dialog() -> None:
    async def act() -> KeyReport:
        async with exchange(lambda: system_ms() + WRONG_CLOCK_MS) as url:
            return await examined(url)

    assert CLOCK in [line.text for line in asyncio.run(act()).lines]


HURRY = 30.0
"""So fast does the exchange live here: a candle of 5 minutes takes ten seconds."""


def always_long(folder: Path) -> Path:
    """A strategy that wants in at every candle."""
    document = {
        "version": 1,
        "name": "Always long",
        "entry_long": ["price > 0"],
        "direction": "long",
        "stop_loss": {"type": "percent", "value": 2},
        "take_profit": {"type": "none"},
    }
    file = folder / "always_long.json"
    file.write_text(json.dumps(document), "utf-8")
    return file


def too_large_for_it(usual: Listing) -> Listing:
    """Nobody with 10,000 USDT can have so much of it."""
    return replace(usual, min_quantity=parts(100))


def bind_margin(account: Exchange) -> None:
    """Somebody's order in another market, below its price, holds nearly all of the money."""
    ((bid, _), *_), _asks = account.depth("ETHUSDT", 1)
    price = bid * 95 // 100 // account.listing("ETHUSDT").tick * account.listing("ETHUSDT").tick
    quantity = parts(9_990) * UNIT // price // account.listing("ETHUSDT").step * account.listing("ETHUSDT").step
    account.set_leverage("ETHUSDT", 1)
    account.manual(
        Ticket(
            symbol="ETHUSDT",
            side=Side.BUY,
            hold=Hold.LONG,
            kind=Kind.LIMIT,
            quantity=quantity,
            client_id="",
            price=price,
            time_in_force=TimeInForce.GTC,
        )
    )


BELOW_MINIMUM = (
    r"BTC/USDT is not entered: the risk per trade leaves less than the smallest order of 100[.0]*; more money, a "
    "higher risk per trade or a cheaper coin can be traded\n"
)
NO_MARGIN = (
    "warning: The BTC/USDT entry order was refused: WEEX has not enough free margin for the order: transfer USDT to "
    "the futures account, or trade smaller"
)


@pytest.mark.parametrize(
    ("fair", "sentence"),
    [({"listed": too_large_for_it}, BELOW_MINIMUM), ({"markets": 2, "prepare": bind_margin}, NO_MARGIN)],
    ids=["below the minimum size", "insufficient margin"],
)
def test_the_command_line_names_why_a_market_is_not_entered(
    fair: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    async def act() -> Ended:
        async with exchange(clock=ScaledClock(system_ms(), HURRY), **fair) as url:
            words = ("--strategy", str(always_long(tmp_path)), "--speed", f"{HURRY:g}", "--for", "16")
            return await run_live(url, tmp_path, RIGHT, "--symbols", "BTC", *words)

    ended = asyncio.run(act())
    assert (ended.code, ended.err) == (0, "")
    assert re.search(f"  {sentence}", ended.out), ended.out


def alerted(tmp_path: Path, quantity: str, *, leverage: int = 5, smallest: str = "0.0001") -> str:
    """What the alert says of an entry the account cannot have; ``smallest`` is the market's minimum by now."""

    async def act() -> str:
        async with trading(tmp_path / "sigma.db") as sitting:
            account = sitting.stand.exchange
            account.relist(replace(account.listing("BTCUSDT"), min_quantity=parts(smallest)))
            sent = replace(sitting.entry(BTC, PositionSide.LONG, quantity, 1), leverage=leverage)
            await sitting.act([OrderSubmitted(at_ms=sent.created_ms, order=sent)])
            await sitting.wait(3_000)
            assert [fact.order.client_id for fact in sitting.events(OrderRejected)] == [sent.client_id]
            (alert,) = sitting.events(AlertRaised)
            return str(alert.text)

    return asyncio.run(act())


def test_the_alert_of_an_order_below_the_minimum_size(tmp_path: Path) -> None:
    assert alerted(tmp_path, "0.001", smallest="0.01") == (
        "The BTC/USDT entry order was refused: WEEX takes no order that small: raise the size or the risk per trade."
    )


def test_the_alert_of_an_order_without_the_margin_for_it(tmp_path: Path) -> None:
    assert alerted(tmp_path, "10") == (
        "The BTC/USDT entry order was refused: WEEX has not enough free margin for the order: transfer USDT to the "
        "futures account, or trade smaller."
    )


def test_the_alert_of_a_leverage_the_market_does_not_allow(tmp_path: Path) -> None:
    assert alerted(tmp_path, "0.01", leverage=500) == (
        "The BTC/USDT entry order was refused: WEEX does not allow that leverage in this market: lower the leverage."
    )


def test_an_order_that_sigma_cancelled_itself_says_so(tmp_path: Path) -> None:
    """A stop that moved leaves the old one behind: SIGMA cancels it, and the exchange ended nothing."""

    async def act() -> list[tuple[Leg, str | None]]:
        async with trading(tmp_path / "sigma.db") as sitting:
            await sitting.enter(BTC)
            await sitting.wait(5_000)
            held = sitting.account.book.position(BTC)
            assert held is not None
            assert held.stop is not None
            moved = sitting.account.book.move_stop(BTC, held.stop + 100, ExitReason.TRAILING)
            now_ms = sitting.seat.clock.now_ms()
            facts = [PositionChanged(at_ms=now_ms, position=moved), *sitting.account.venue.protect(now_ms)]
            await sitting.act(facts)
            await sitting.wait(10_000)
            return [(fact.order.leg, fact.order.refusal) for fact in sitting.events(OrderCancelled)]

    assert asyncio.run(act()) == [(Leg.STOP, "SIGMA cancelled it: it was not needed any more")]
