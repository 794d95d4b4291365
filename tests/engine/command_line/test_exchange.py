"""`exchange serve`: the practice exchange as a process, met by the unmodified ccxt client."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ccxt.base.errors import AuthenticationError, ExchangeError

from sigma_engine.clock import system_ms
from sigma_engine.practice.signature import Key
from tests.servers.practice import BTC, weex

FIVE_MINUTES_MS = 300_000
START_MS = 1_748_736_000_000
SERVE = (sys.executable, "-m", "sigma_engine.cli", "exchange", "serve", "--json")


@contextmanager
def served(*words: object) -> Iterator[tuple[dict[str, Any], "subprocess.Popen[str]"]]:
    """What the process says first, and the process; it must leave quietly when it is asked to."""
    command = [*SERVE, *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield json.loads(running.stdout.readline()), running
        finally:
            running.terminate()
            rest, errors = running.communicate()
        assert (rest, errors) == ("", "")
        assert running.returncode == 0 or os.name == "nt"


def met(told: dict[str, Any], act: Callable[[Any], Any], now_ms: Callable[[], int] = system_ms, **own: str) -> Any:
    """What ``act`` finds with a client that holds the keys that were told."""

    async def run() -> Any:
        key = Key(key=told["key"], secret=own.get("secret", told["secret"]), passphrase=told["passphrase"])
        client = weex(told["address"], now_ms, key)
        try:
            await client.load_markets()
            return await act(client)
        finally:
            await client.close()

    return asyncio.run(run())


def test_it_serves_eight_markets_with_a_past_and_an_account() -> None:
    async def act(client: Any) -> Any:
        assert len([each for each in client.markets.values() if each["swap"]]) == 8
        rows = await client.fetch_ohlcv(BTC, "5m", None, 1_000)
        assert [after[0] - before[0] for before, after in pairwise(rows)] == [300_000] * 999
        assert rows[-1][0] <= system_ms() < rows[-1][0] + 2 * FIVE_MINUTES_MS
        assert (await client.watch_ticker(BTC))["last"] > 0
        order = await client.create_order(BTC, "market", "buy", 0.01)
        assert (await client.fetch_order(order["id"], BTC))["status"] == "closed"
        return (await client.fetch_balance())["USDT"]["total"]

    with served("--deposit", 2_500, "--key", "practice-mine", "--secret", "s", "--passphrase", "p") as (told, _):
        assert set(told) == {"address", "key", "secret", "passphrase"}
        assert (told["key"], told["secret"], told["passphrase"]) == ("practice-mine", "s", "p")
        assert 2_490 < met(told, act) < 2_500


def test_keys_are_the_usual_ones_and_are_checked() -> None:
    with served() as (told, _):
        assert told["address"].startswith("http://127.0.0.1:")
        assert (told["key"], told["secret"], told["passphrase"]) == (
            "practice-key",
            "practice-secret",
            "practice-passphrase",
        )
        with pytest.raises(AuthenticationError):
            met(told, lambda client: client.fetch_balance(), secret="another")


def test_a_replay_begins_at_the_time_of_its_file_behind_a_third_of_it(candles: Path) -> None:
    start_ms = START_MS + 200 * FIVE_MINUTES_MS

    async def act(client: Any) -> tuple[Any, Any, Any]:
        client.options["timeDifference"] = system_ms() - await client.fetch_time()
        return (
            await client.fetch_time(),
            await client.fetch_ohlcv(BTC, "5m", None, 1_000),
            await client.fetch_balance(),
        )

    with served("--replay", candles, "--speed", 60) as (told, _):
        now_ms, rows, balance = met(told, act)
    assert start_ms <= now_ms < start_ms + 600_000
    assert balance["USDT"]["total"] == 10_000
    kept = [tuple(map(float, line.split(","))) for line in candles.read_text("utf-8").splitlines()[1:]]
    assert [tuple(row) for row in rows[:200]] == kept[:200]
    assert rows[200][0] == start_ms
    assert rows[200][1] == kept[200][1]


@pytest.mark.parametrize("policy", ["reject", "accept"])
def test_what_becomes_of_a_client_id_used_twice_may_be_chosen(policy: str) -> None:
    async def act(client: Any) -> list[str | None]:
        outcomes = []
        for _ in range(2):
            try:
                order = await client.create_order(BTC, "market", "buy", 0.001, None, {"clientOrderId": "once"})
            except ExchangeError as refused:
                outcomes.append(type(refused).__name__)
            else:
                outcomes.append(order["id"] and "taken")
        return outcomes

    with served("--duplicate-ids", policy) as (told, _):
        outcomes = met(told, act)
    assert outcomes[0] == "taken"
    assert (outcomes[1] == "taken") is (policy == "accept")


def test_the_same_seed_makes_the_same_market() -> None:
    async def act(client: Any) -> Any:
        return [row[5] for row in await client.fetch_ohlcv(BTC, "1m", None, 500)][100:400]

    volumes = []
    for seed in (1, 1, 2):
        with served("--seed", seed) as (told, _):
            volumes.append(set(met(told, act)))
    assert len(volumes[0] & volumes[1]) > 250  # a minute may have begun in between
    assert len(volumes[0] & volumes[2]) < 50


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal to send to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_success_even_while_somebody_listens(number: signal.Signals) -> None:
    async def act(client: Any) -> None:
        await client.watch_ticker(BTC)
        await client.watch_ticker(BTC)
        running.send_signal(number)
        await asyncio.to_thread(running.wait)

    with served() as (told, running):
        met(told, act)
        assert running.returncode == 0


def test_a_port_in_use_is_one_sentence(sigma_engine: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = sigma_engine("exchange", "serve", "--port", port)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"Port {port} of 127.0.0.1 is in use: choose another --port, or 0 for any free one.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("serve", "--key", "real"), "--key must begin with practice-"),
        (("serve", "--replay", "gone.csv"), "gone.csv"),
        (("serve", "--speed", "0"), "--speed"),
        (("serve", "--deposit", "inf"), "--deposit"),
        (("serve", "--duplicate-ids", "sometimes"), "--duplicate-ids"),
        (("trade",), "No such command 'trade'"),
        (("serve", "--deposit", "0"), "--deposit"),
        (("serve", "--replay", str(Path(__file__))), "is no candle file by its name: give a CSV"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(sigma_engine: Any, words: tuple[str, ...], sentence: str) -> None:
    answer = sigma_engine("exchange", *words)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err
    assert len(answer.err.splitlines()) == 1


def test_alone_it_says_what_there_is_and_how_to_start_it(sigma_engine: Any) -> None:
    answer = sigma_engine("exchange")
    assert (answer.code, answer.err) == (0, "")
    assert "sigma-engine exchange serve" in " ".join(answer.out.split())


def test_one_candle_is_nothing_to_replay(sigma_engine: Any, write_candles: Any, candles: Path) -> None:
    answer = sigma_engine("exchange", "serve", write_candles(candles.with_name("ETHUSDT-5m-one.csv"), 1))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines() == [
        "There is one candle of ETH/USDT only, and so nothing to replay: give a file with more of them."
    ]


def test_what_it_says_first_tells_the_address_the_keys_and_that_the_account_is_a_new_one() -> None:
    command = [word for word in SERVE if word != "--json"]
    with subprocess.Popen([*command, "--deposit", "2500"], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        first, second, third = (running.stdout.readline() for _ in range(3))
        running.terminate()
    assert first.startswith("The practice exchange serves at http://127.0.0.1:")
    assert "practice-secret" in second
    assert third.startswith("The account begins anew with 2,500.00 USDT at every start:")
    assert "--home" in third


def test_files_of_different_times_are_not_replayed_together(
    sigma_engine: Any, write_candles: Any, candles: Path
) -> None:
    early = write_candles(candles.with_name("ETHUSDT-5m-early.csv"), 150, seed=2)
    answer = sigma_engine("exchange", "serve", "--replay", candles, early)
    assert (answer.code, answer.out) == (2, "")
    assert "ETH/USDT" in answer.err
