"""What goes wrong in the streams, as a plain client and the unmodified ccxt client see it."""

import asyncio
import itertools

import aiohttp
import pytest
from ccxt.base.errors import ExchangeError, NetworkError

from sigma_engine.practice.stream_faults import (
    Denied,
    Doubled,
    Dropped,
    Frozen,
    Late,
    Mishap,
    Silent,
    Skipped,
    StreamFault,
    StreamFaults,
    Swapped,
    Turned,
)
from sigma_engine.practice.stream_faults import Side as Socket
from tests.servers.practice import BTC, settle
from tests.servers.streaming import MINUTE_MS, START_MS, Raw, Stage, on_stage, raw


async def _heard(here: Stage, what: Mishap, *channels: str, times: int | None = 1, frame: str = "*") -> Raw:
    """What a plain client hears in two minutes, the fault setting in after the first."""
    async with raw(here) as socket:
        await socket.send("SUBSCRIBE", *channels)
        await here.wait(MINUTE_MS)
        await socket.read()
        socket.quiet_from = len(socket.frames)
        here.streams.faults.add(StreamFault(what=what, channel=channels[0], frame=frame, times=times))
        await here.wait(MINUTE_MS)
        await socket.read()
        return socket


def _ids(frames: list[dict[str, object]]) -> list[str]:
    return [row["t"] for frame in frames for row in frame["d"]]  # type: ignore[attr-defined]


def test_w1_a_stalled_socket_stays_open_and_says_nothing_at_all() -> None:
    async def act(here: Stage) -> None:
        async with raw(here) as socket:
            await socket.send("SUBSCRIBE", "BTCUSDT@trade")
            here.streams.faults.add(StreamFault(what=Silent(), side="public", times=None))
            before = len(socket.frames)
            await here.wait(MINUTE_MS)
            await socket.send("PONG")
            await socket.socket.ping()
            assert len(await socket.read()) == before
            assert not socket.socket.closed
            here.streams.faults.heal()
            await here.wait(MINUTE_MS)
            assert len(await socket.read()) > before

    on_stage(act)


def test_w2_frozen_data_stop_while_pings_go_on() -> None:
    async def act(here: Stage) -> None:
        socket = await _heard(here, Frozen(), "BTCUSDT@ticker", "ETHUSDT@ticker", times=None)
        later = socket.frames[socket.quiet_from :]
        assert {frame["s"] for frame in later if "s" in frame} == {"ETHUSDT"}
        assert [frame["event"] for frame in later if "event" in frame] == ["ping", "ping"]

    on_stage(act)


def test_w2_frozen_data_may_repeat_the_last_frame_with_its_old_stamp() -> None:
    async def act(here: Stage) -> None:
        socket = await _heard(here, Frozen(repeats=True), "BTCUSDT@ticker", times=None)
        told = [frame for frame in socket.frames[socket.quiet_from :] if "e" in frame]
        assert len(told) > 5
        assert {frame["E"] for frame in told} == {START_MS + MINUTE_MS}

    on_stage(act)


def test_w3_a_doubled_frame_comes_twice() -> None:
    async def act(here: Stage) -> None:
        ids = _ids((await _heard(here, Doubled(), "BTCUSDT@trade")).of("trade"))
        assert len(ids) == len(set(ids)) + 1 == 25
        assert sum(before == after for before, after in itertools.pairwise(ids)) == 1

    on_stage(act)


def test_w3_swapped_frames_come_in_the_wrong_order() -> None:
    async def act(here: Stage) -> None:
        frames = (await _heard(here, Swapped(), "BTCUSDT@trade")).of("trade")
        stamps = [frame["E"] for frame in frames]
        assert sum(before > after for before, after in itertools.pairwise(stamps)) == 1
        assert len(set(_ids(frames))) == 24

    on_stage(act)


def test_w3_channels_of_the_account_may_overtake_each_other() -> None:
    async def act(here: Stage) -> None:
        here.streams.faults.add(StreamFault(what=Swapped(across=True), channel="fill"))
        async with raw(here, "private") as socket:
            await socket.send("SUBSCRIBE", "orders", "fill", "positions", "account")
            here.trade()
            await socket.read()
            events = [frame["e"] for frame in socket.frames if "e" in frame]
            assert events[-4:] == ["orders", "positions", "fill", "account"]

    on_stage(act)


def test_w3_a_late_frame_comes_after_its_time() -> None:
    async def act(here: Stage) -> None:
        here.streams.faults.sleep_until = here.clock.sleep_until
        here.streams.faults.add(StreamFault(what=Late(by_ms=20_000), channel="fill"))
        async with raw(here, "private") as socket:
            await socket.send("SUBSCRIBE", "fill")
            here.trade()
            await here.wait(19_000)
            await socket.read()
            assert not socket.of("fill")
            await here.wait(1_000)
            await socket.read()
            assert [frame["E"] for frame in socket.of("fill")] == [START_MS]

    on_stage(act)


def test_a_late_frame_needs_a_clock() -> None:
    with pytest.raises(ValueError, match="sleep_until"):
        StreamFaults(StreamFault(what=Late(by_ms=1)))


def test_w3_a_skipped_change_leaves_a_hole_in_the_numbers_and_a_wrong_book() -> None:
    async def act(here: Stage) -> None:
        socket = await _heard(here, Skipped(), "BTCUSDT@depth15", frame="depth")
        numbers = [frame for frame in socket.frames if "U" in frame]
        holes = [(a, b) for a, b in itertools.pairwise(numbers) if b["U"] != a["u"] + 1]
        assert len(holes) == 1
        assert [met.code for met in here.streams.faults.met] == ["W3"]

    on_stage(act)


@pytest.mark.parametrize("status", [1001, 1012, None])
def test_w4_every_connection_of_a_storm_ends_before_its_first_frame(status: int | None) -> None:
    async def act(here: Stage) -> None:
        here.streams.faults.add(StreamFault(what=Dropped(status=status), times=3))
        for _ in range(3):
            async with raw(here) as socket:
                await socket.send("SUBSCRIBE", "BTCUSDT@ticker")
                await socket.read()
                assert not socket.of("ticker")
                assert socket.closed_with == status
        await settle()
        async with raw(here) as socket:
            await socket.send("SUBSCRIBE", "BTCUSDT@ticker")
            assert socket.of("ticker")
        assert [met.code for met in here.streams.faults.met] == ["W4"] * 3

    on_stage(act)


def test_w4_ccxt_raises_a_network_error_each_time_and_comes_back_when_the_storm_is_over() -> None:
    async def act(here: Stage) -> None:
        here.streams.faults.add(StreamFault(what=Dropped(), frame="ticker", times=3))
        for _ in range(3):
            with pytest.raises(NetworkError):
                await here.client.watch_ticker(BTC)
            await settle()
        assert (await here.client.watch_ticker(BTC))["symbol"] == BTC

    on_stage(act)


def test_w4_a_connection_may_be_turned_away_at_the_door() -> None:
    async def act(here: Stage) -> None:
        here.streams.faults.add(StreamFault(what=Turned(status=503), side="private"))
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            async with raw(here, "private"):
                pass
        async with raw(here, "private"):
            pass

    on_stage(act)


def test_a_denied_subscription_fails_the_watch_and_leaves_ccxt_hanging_on_the_next() -> None:
    async def act(here: Stage) -> None:
        here.streams.faults.add(StreamFault(what=Denied(), channel="BTCUSDT@ticker"))
        with pytest.raises(ExchangeError, match="service busy"):
            await here.client.watch_ticker(BTC)
        again = asyncio.ensure_future(here.client.watch_ticker(BTC))
        await here.wait(MINUTE_MS)
        assert not again.done()
        again.cancel()

    on_stage(act)


def test_a_fault_meets_its_span_and_its_probability_by_seed() -> None:
    def struck(seed: int) -> list[int]:
        fault = StreamFault(what=Skipped(), probability=0.3, times=None, from_ms=10, until_ms=90)
        faults = StreamFaults(fault, seed=seed)
        return [at for at in range(100) if faults.due(Skipped, Socket.PUBLIC, "BTCUSDT@trade", "trade", at)]

    assert struck(1) == struck(1) != struck(2)
    assert 10 < len(struck(1)) < 40
    assert all(10 <= at < 90 for at in struck(1))
