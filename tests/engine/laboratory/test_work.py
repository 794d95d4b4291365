"""Long work: told while it goes on, stopped when nobody waits, never half told."""

import asyncio
import gc
import threading

import pytest

from sigma_engine.backtest.setup import Cancelled
from sigma_engine.errors import Stopped
from sigma_engine.laboratory import work
from sigma_engine.laboratory.work import Worker


def with_worker(scenario):
    """What ``scenario`` of a worker returns."""

    async def run():
        worker = Worker()
        try:
            return await scenario(worker)
        finally:
            await worker.close()

    return asyncio.run(run())


def until_stopped(begun, ended):
    """Work that goes on until somebody stops it."""

    def run(attendance):
        begun.set()
        while attendance.watch(0.5):
            pass
        ended.set()
        raise Cancelled

    return run


async def has_begun(begun):
    await asyncio.to_thread(begun.wait)


def test_what_the_work_returns_is_returned():
    assert with_worker(lambda worker: worker.do(lambda attendance: 42, None)) == 42


def test_progress_is_told_on_the_loop_and_ends_with_all_of_it():
    told, threads = [], set()

    def tell(progress):
        told.append(progress)
        threads.add(threading.get_ident())

    def run(attendance):
        assert all(attendance.watch(number / 1000) for number in range(1000))

    with_worker(lambda worker: worker.do(run, tell, "ema-trend"))
    assert threads == {threading.get_ident()}
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
    assert (told[-1].share, told[-1].left_s, told[-1].text) == (1.0, 0.0, "ema-trend")
    assert told[0].left_s is None, "at the very beginning nobody knows"


def test_it_is_told_at_most_every_so_often(monkeypatch):
    now = iter(number / 1000 for number in range(10_000))
    monkeypatch.setattr(work.time, "perf_counter", lambda: next(now))
    told = []

    def run(attendance):
        for number in range(1, 1001):
            attendance.watch(number / 1000)

    with_worker(lambda worker: worker.do(run, told.append))
    assert len(told) == 1 + 1000 // 50, "a second of work, 20 times a second, and the end"
    middle = told[10]
    assert middle.left_s == pytest.approx(1 - middle.share, rel=0.05)


def test_who_stops_waiting_stops_the_work_and_leaves_when_it_has_ended():
    begun, ended = threading.Event(), threading.Event()

    async def scenario(worker):
        doing = asyncio.create_task(worker.do(until_stopped(begun, ended), None))
        await has_begun(begun)
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing
        return ended.is_set()

    assert with_worker(scenario)


def test_nothing_is_logged_of_work_that_was_stopped(caplog):
    begun, ended = threading.Event(), threading.Event()

    async def scenario(worker):
        doing = asyncio.create_task(worker.do(until_stopped(begun, ended), None))
        await has_begun(begun)
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing

    with_worker(scenario)
    gc.collect()  # a future whose error nobody took says so when it is thrown away
    assert [record.getMessage() for record in caplog.records] == []


def test_work_that_has_not_begun_is_not_begun_once_cancelled():
    begun, ended, ran = threading.Event(), threading.Event(), []

    async def scenario(worker):
        first = asyncio.create_task(worker.do(until_stopped(begun, ended), None))
        await has_begun(begun)
        second = asyncio.create_task(worker.do(ran.append, None))
        await asyncio.sleep(0)
        for doing in (second, first):
            doing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await doing

    with_worker(scenario)
    assert ran == []


def test_nothing_is_told_after_a_cancellation():
    begun, ended, told = threading.Event(), threading.Event(), []

    async def scenario(worker):
        doing = asyncio.create_task(worker.do(until_stopped(begun, ended), told.append))
        await has_begun(begun)
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing
        count = len(told)
        await asyncio.sleep(0)
        return count

    assert with_worker(scenario) == len(told)


def test_closing_stops_what_is_being_done_and_says_so():
    begun, ended = threading.Event(), threading.Event()

    async def scenario(worker):
        doing = asyncio.create_task(worker.do(until_stopped(begun, ended), None))
        await has_begun(begun)
        await worker.close()
        with pytest.raises(Stopped, match="closed"):
            await doing

    with_worker(scenario)


def test_a_closed_worker_takes_nothing_on_and_says_so():
    async def scenario(worker):
        await worker.close()
        with pytest.raises(Stopped, match="closed"):
            await worker.do(lambda attendance: 1, None)

    with_worker(scenario)


def test_an_error_of_the_work_is_raised_as_it_is():
    def fail(attendance):
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        with_worker(lambda worker: worker.do(fail, None))
