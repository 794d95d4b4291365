"""The lag meter: what 99 of 100 heartbeats stayed below."""

import asyncio
from contextlib import suppress

import pytest

from sigma_desktop.bridge.pulse import LagMeter, beat
from sigma_desktop.loop import SigmaLoop


def test_before_the_first_beat_there_is_no_lag() -> None:
    assert LagMeter().p99_ms == 0


def test_one_slow_beat_in_fifty_shows_and_one_in_five_hundred_does_not() -> None:
    meter = LagMeter()
    for number in range(1_000):
        meter.add(0.2 if number % 50 == 0 else 0.001)
    assert meter.p99_ms == pytest.approx(200)
    calm = LagMeter()
    for number in range(1_000):
        calm.add(0.2 if number % 500 == 0 else 0.001)
    assert calm.p99_ms == pytest.approx(1)


def test_old_beats_are_forgotten() -> None:
    meter = LagMeter(beats=100)
    meter.add(5.0)
    for _ in range(100):
        meter.add(0.001)
    assert meter.p99_ms == pytest.approx(1)


async def test_the_heart_beats_until_it_is_stopped(loop: SigmaLoop) -> None:
    beaten = asyncio.Event()

    class Counting(LagMeter):
        def add(self, lag_s: float) -> None:
            super().add(lag_s)
            assert lag_s >= 0, "the loop never wakes early"
            beaten.set()

    task = asyncio.create_task(beat(Counting()))
    await beaten.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
