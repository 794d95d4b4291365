"""When one job fails, all end, and the reason is said."""

import asyncio
from collections.abc import Coroutine

import pytest

from sigma_engine.errors import StorageError
from sigma_engine.session.supervisor import Supervisor


async def forever() -> None:
    await asyncio.Event().wait()


async def ends() -> None:
    await asyncio.sleep(0)


async def fails(error: Exception) -> None:
    await asyncio.sleep(0)
    raise error


def outcome(main: Coroutine[None, None, None], *beside: Coroutine[None, None, None]) -> str | None:
    return asyncio.run(Supervisor().run(main, beside))


def test_when_the_main_job_ends_the_others_are_ended() -> None:
    assert outcome(ends(), forever()) is None


@pytest.mark.parametrize("place", ["main", "beside"])
def test_a_failure_of_any_job_ends_all_and_is_said(place: str) -> None:
    broken = fails(StorageError("the disk is full: free some space."))
    jobs = (broken, forever()) if place == "main" else (forever(), broken)
    assert outcome(*jobs) == "the disk is full: free some space."


def test_an_error_nobody_knows_is_named_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert "ZeroDivisionError" in (outcome(forever(), fails(ZeroDivisionError())) or "")
    assert "the run failed" in caplog.text


def test_stopped_from_outside_it_ends_without_a_failure() -> None:
    async def story() -> str | None:
        supervisor = Supervisor()
        running = asyncio.create_task(supervisor.run(forever(), ()))
        await asyncio.sleep(0)
        await supervisor.stop()
        return await running

    assert asyncio.run(story()) is None
