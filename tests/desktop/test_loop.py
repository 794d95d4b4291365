"""The shared loop: on time, never early, nothing left behind, and always time to paint."""

import asyncio
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from sigma_desktop.loop import BUDGET_S, SigmaLoop
from sigma_desktop.shutdown import Shutdown


@pytest.mark.parametrize("delay_s", [0.0009, 0.0019, 0.0101, 0.05, 0.3])
async def test_a_wait_never_ends_early(loop: SigmaLoop, delay_s: float) -> None:
    began = loop.time()
    await asyncio.sleep(delay_s)
    assert loop.time() - began >= delay_s


@settings(max_examples=20)
@given(delays_us=st.lists(st.integers(0, 20_000), min_size=1, max_size=30, unique=True))
def test_timers_fire_in_the_order_they_are_due(app: QApplication, delays_us: list[int]) -> None:
    loop, fired = SigmaLoop(app), []
    began = loop.time()
    for delay_us in delays_us:
        loop.call_at(began + delay_us / 1e6, fired.append, delay_us)
    loop.call_at(began + max(delays_us) / 1e6, lambda: loop.call_soon(loop.stop))
    loop.run_forever()
    loop.close()
    assert fired == sorted(delays_us)


async def test_callbacks_run_in_the_order_they_were_asked_for(loop: SigmaLoop) -> None:
    ran: list[int] = []
    done = asyncio.Event()
    for number in range(500):
        loop.call_soon(ran.append, number)
    loop.call_soon(done.set)
    await done.wait()
    assert ran == list(range(500))


async def test_cancelled_timers_are_freed_at_once(loop: SigmaLoop) -> None:
    for _ in range(5_000):
        loop.call_later(3_600, print).cancel()
    assert len(loop._scheduled) < 250


async def test_a_timer_cancelled_before_it_is_due_does_not_fire(loop: SigmaLoop) -> None:
    fired: list[str] = []
    handle = loop.call_later(0.002, fired.append, "cancelled")
    loop.call_later(0.004, fired.append, "kept")
    handle.cancel()
    await asyncio.sleep(0.01)
    assert fired == ["kept"]


async def test_a_very_long_wait_can_be_asked_for(loop: SigmaLoop) -> None:
    handle = loop.call_later(10 * 365 * 86_400, print)
    await asyncio.sleep(0)
    assert handle.when() > loop.time()
    handle.cancel()


async def test_busy_callbacks_leave_qt_its_turn(loop: SigmaLoop) -> None:
    painted: list[int] = []
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: painted.append(len(ran)))
    timer.start()
    ran: list[int] = []
    done = asyncio.Event()
    for number in range(20):
        loop.call_soon(lambda number=number: (time.sleep(BUDGET_S / 2), ran.append(number)))
    loop.call_soon(done.set)
    await done.wait()
    timer.stop()
    assert any(0 < seen < 20 for seen in painted), "Qt was not served before the callbacks were through"


def test_nothing_runs_once_the_loop_has_stopped(loop: SigmaLoop, app: QApplication) -> None:
    ran: list[str] = []

    async def leave_something() -> None:
        loop.call_soon(loop.call_soon, loop.call_soon, ran.append, "after the end")

    loop.run_until_complete(leave_something())
    before = list(ran)
    app.processEvents()
    assert ran == before
    loop.run_until_complete(asyncio.sleep(0.001))
    assert ran == ["after the end"], "what was ready runs when the loop runs again"


async def test_a_nested_qt_loop_in_a_callback_kills_no_task(loop: SigmaLoop) -> None:
    ticks: list[float] = []

    async def tick() -> None:
        while len(ticks) < 20:
            ticks.append(loop.time())
            await asyncio.sleep(0.001)

    def open_nested() -> None:
        nested = QEventLoop()
        QTimer.singleShot(15, nested.quit)
        nested.exec()

    ticking = asyncio.create_task(tick())
    loop.call_soon(open_nested)
    await ticking
    assert len(ticks) == 20


async def test_a_callback_that_raises_is_told_and_the_rest_runs(loop: SigmaLoop) -> None:
    told: list[object] = []
    loop.set_exception_handler(lambda _loop, context: told.append(context["exception"]))
    ran: list[int] = []
    loop.call_soon(lambda: 1 // 0)
    loop.call_soon(ran.append, 1)
    await asyncio.sleep(0.002)
    assert isinstance(told[0], ZeroDivisionError)
    assert ran == [1]


async def test_sockets_are_served(loop: SigmaLoop) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    listening = socket.create_server(("127.0.0.1", 0))
    server = await asyncio.start_server(answer, sock=listening)
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    writer.write(b"sigma\n")
    assert await reader.readline() == b"SIGMA\n"
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()


async def test_work_in_threads_comes_back_to_the_loop(loop: SigmaLoop) -> None:
    assert await asyncio.to_thread(sum, range(100)) == 4950
    with ThreadPoolExecutor(1) as pool:
        assert await loop.run_in_executor(pool, max, 1, 2) == 2


async def test_another_thread_can_wake_the_loop(loop: SigmaLoop) -> None:
    heard = asyncio.Event()
    await asyncio.to_thread(loop.call_soon_threadsafe, heard.set)
    await heard.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_is_a_wish_to_stop(loop: SigmaLoop, number: signal.Signals) -> None:
    shutdown = Shutdown(loop)
    shutdown.hear_signals()
    os.kill(os.getpid(), number)
    await shutdown.wished()
    shutdown.ignore_signals()


async def test_timeouts_end_what_takes_too_long(loop: SigmaLoop) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.005)


def test_a_closed_loop_takes_nothing_more(app: QApplication) -> None:
    loop = SigmaLoop(app)
    loop.close()
    with pytest.raises(RuntimeError):
        loop.call_soon(print)
    with pytest.raises(RuntimeError):
        loop.call_later(1, print)
