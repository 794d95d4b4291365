"""A replay that keeps score of its forecasts while it trades."""

import asyncio
from pathlib import Path

import pytest

import sigma_engine
from sigma_engine import CalibrationMeasured, DecisionMade, Event, Mode, OrderSubmitted, SessionRequest, Snapshot

HORIZON = 12


@pytest.fixture
def replayed(short_replay: Path, tmp_path: Path) -> tuple[list[Event], Snapshot]:
    """All that was told, and the state at the end."""
    request = SessionRequest(mode=Mode.REPLAY, home=tmp_path, replay=(short_replay,), speed=0, strategy="sigma-fusion")
    told: list[Event] = []

    async def run() -> Snapshot:
        session = await sigma_engine.open_session(request)
        session.bus.subscribe(Event, told.append)
        await session.run()
        snapshot = session.snapshot()
        await session.close()
        return snapshot

    return told, asyncio.run(run())


def test_each_horizon_brings_a_report_behind_everything_its_candle_decided(
    replayed: tuple[list[Event], Snapshot],
) -> None:
    told, end = replayed
    measured = [event for event in told if isinstance(event, CalibrationMeasured)]
    known = measured[0].report.n
    assert [event.report.n for event in measured] == list(range(known, known + len(measured)))
    live = [event.report.live_n for event in measured]
    assert live[0] == 0
    assert live == sorted(live)
    assert live[-1] >= len(measured) - 2
    assert len(measured) == pytest.approx(1_000 / HORIZON, abs=1)
    assert end.calibration == (measured[-1].report,)
    assert any(isinstance(event, OrderSubmitted) for event in told)
    scored: set[int] = set()
    for event in told:
        match event:
            case CalibrationMeasured(at_ms=at_ms):
                scored.add(at_ms)
            case DecisionMade(at_ms=at_ms) | OrderSubmitted(at_ms=at_ms):
                assert at_ms not in scored
            case _:
                pass
