"""From the first frame to an orderly end: the session opens while the window lives, and is closed whoever asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMessageBox

from sigma_desktop.app import Desktop, Opener
from sigma_desktop.bridge.laboratory import Laboratory
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.memory import FILE
from sigma_desktop.options import Options, parse
from sigma_desktop.shutdown import Shutdown, cancelled
from sigma_engine import (
    BacktestRequest,
    DataFolderBusy,
    Engine,
    InputError,
    Mode,
    SessionRequest,
    SigmaError,
    Timeframe,
    open_laboratory,
)
from tests.desktop.laboratories import BINANCE, coverage, keep
from tests.desktop.market import BTC, MarketEngine


class RunningMarket(MarketEngine):
    """A market that runs until it is closed, and remembers how it was treated."""

    def __init__(self) -> None:
        super().__init__()
        self.running, self.closed, self.told = asyncio.Event(), 0, [""]
        self.fails: Exception | None = None
        self._over = asyncio.Event()

    async def run(self) -> None:
        self.running.set()
        if self.fails is not None:
            raise self.fails
        await self._over.wait()

    async def close(self) -> None:
        self.closed += 1
        self._over.set()


class Box:
    """Opens markets and keeps them."""

    def __init__(self) -> None:
        self.opened: list[RunningMarket] = []
        self.requests: list[SessionRequest] = []
        self.refusal: Exception | None = None
        self.first = asyncio.Event()

    async def open(self, request: SessionRequest) -> RunningMarket:
        self.requests.append(request)
        await asyncio.sleep(0)
        if self.refusal is not None:
            raise self.refusal
        self.opened.append(RunningMarket())
        self.first.set()
        return self.opened[-1]


@pytest.fixture
def box(loop: SigmaLoop) -> Box:
    return Box()


@asynccontextmanager
async def living(loop: SigmaLoop, options: Options, opener: Opener) -> AsyncIterator[Desktop]:
    """A desktop that is running; it ends with the block."""
    shutdown = Shutdown(loop)
    desktop = Desktop(options, shutdown, opener)
    running = asyncio.create_task(desktop.run())
    await asyncio.sleep(0)
    yield desktop
    shutdown.wish()
    await running
    desktop.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def options(tmp_path: Path, *more: str) -> Options:
    return parse(["--home", str(tmp_path), *more])


async def test_the_session_runs_in_the_window_and_is_closed_with_it(loop: SigmaLoop, box: Box, tmp_path: Path) -> None:
    async with living(loop, options(tmp_path), box.open) as desktop:
        await box.first.wait()
        await box.opened[0].running.wait()
        assert desktop.window.isVisible()
        assert desktop.terminal.loaded
        desktop.window.close()
    assert box.opened[0].closed == 1
    assert desktop.exit_code == 0
    assert (tmp_path / "config" / FILE).exists()


async def test_the_end_can_be_wished_while_the_market_is_still_opening(loop: SigmaLoop, tmp_path: Path) -> None:
    async def never(request: SessionRequest) -> RunningMarket:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async with living(loop, options(tmp_path), never) as desktop:
        await asyncio.sleep(0)
        desktop.window.close()
    assert desktop.exit_code == 0


async def test_a_replay_chosen_in_the_window_takes_the_place_of_the_demo(
    loop: SigmaLoop, box: Box, tmp_path: Path
) -> None:
    async with living(loop, options(tmp_path), box.open) as desktop:
        await box.first.wait()
        await box.opened[0].running.wait()
        box.first.clear()
        desktop.window.replayChosen.emit([tmp_path / "a.csv"])
        await box.first.wait()
        await box.opened[1].running.wait()
        assert box.opened[0].closed == 1
        assert box.requests[1] == SessionRequest(mode=Mode.REPLAY, home=tmp_path, replay=(tmp_path / "a.csv",))
    assert box.opened[1].closed == 1


async def test_an_account_chosen_in_the_window_is_opened_in_the_same_data_folder(
    loop: SigmaLoop, box: Box, tmp_path: Path
) -> None:
    async with living(loop, options(tmp_path), box.open) as desktop:
        await box.first.wait()
        await box.opened[0].running.wait()
        box.first.clear()
        desktop.window.sessionChosen.emit(SessionRequest(mode=Mode.LIVE, venue="weex"))
        await box.first.wait()
        await box.opened[1].running.wait()
        assert box.opened[0].closed == 1
        assert box.requests[1] == SessionRequest(mode=Mode.LIVE, venue="weex", home=tmp_path)


async def test_a_session_that_breaks_is_told_and_the_window_stays(loop: SigmaLoop, box: Box, tmp_path: Path) -> None:
    async def breaking(request: SessionRequest) -> RunningMarket:
        market = await box.open(request)
        market.fails = RuntimeError("a bug")
        return market

    async with living(loop, options(tmp_path), breaking) as desktop:
        await box.first.wait()
        await box.opened[0].running.wait()
        await asyncio.sleep(0)
        (message,) = desktop.window.findChildren(QMessageBox)
        assert "RuntimeError: a bug" in message.text()
        assert desktop.window.isVisible()
        message.close()


@pytest.mark.parametrize(
    ("refusal", "code"), [(InputError("there is no such strategy"), 2), (DataFolderBusy("another SIGMA has it"), 1)]
)
async def test_seen_from_a_terminal_a_refusal_is_one_line_and_a_code(
    loop: SigmaLoop,
    box: Box,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    refusal: Exception,
    code: int,
) -> None:
    box.refusal = refusal
    picture = tmp_path / "window.png"
    async with living(loop, options(tmp_path, "--screenshot", str(picture)), box.open) as desktop:
        await desktop._shutdown.wished()
    assert desktop.exit_code == code
    assert capsys.readouterr().err == f"sigma: {refusal}\n"
    assert not picture.exists()


async def test_started_from_a_menu_a_refusal_is_told_in_the_window(loop: SigmaLoop, box: Box, tmp_path: Path) -> None:
    box.refusal = DataFolderBusy("another SIGMA has it")
    async with living(loop, options(tmp_path), box.open) as desktop:
        await desktop._jobs["live"]
        (message,) = desktop.window.findChildren(QMessageBox)
        assert message.text() == "another SIGMA has it"
        assert desktop.window.header.pill.accessibleName() == "No market"
        message.close()
    assert desktop.exit_code == 0


async def test_a_picture_is_taken_at_the_size_asked_for(loop: SigmaLoop, box: Box, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    more = ("--screenshot", str(picture), "--after", "0", "--size", "1366x768")
    async with living(loop, options(tmp_path, *more), box.open) as desktop:
        await desktop._shutdown.wished()
    assert desktop.exit_code == 0
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1366, 768)


async def test_an_unknown_workspace_ends_before_anything_is_opened(
    loop: SigmaLoop, box: Box, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with living(loop, options(tmp_path, "--workspace", "wide"), box.open) as desktop:
        await asyncio.sleep(0)
    assert desktop.exit_code == 2
    assert "There is no workspace 'wide': none was saved yet" in capsys.readouterr().err
    assert box.requests == []


async def test_cancelling_waits_for_the_end_and_takes_no_task_for_done(loop: SigmaLoop) -> None:
    cleaned: list[str] = []

    async def job() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append("up")

    task = asyncio.create_task(job())
    await asyncio.sleep(0)
    await cancelled(task)
    await cancelled(task)
    await cancelled(None)
    assert cleaned == ["up"]


async def test_a_picture_leaves_the_persons_own_layout_alone(loop: SigmaLoop, box: Box, tmp_path: Path) -> None:
    more = ("--screenshot", str(tmp_path / "window.png"), "--after", "0", "--size", "640x480")
    async with living(loop, options(tmp_path, *more), box.open) as desktop:
        await desktop._shutdown.wished()
    assert not (tmp_path / "config" / FILE).exists()


async def test_a_running_backtest_is_stopped_and_the_laboratory_closed_with_the_window(
    loop: SigmaLoop, box: Box, tmp_path: Path
) -> None:
    await keep(tmp_path, [coverage(BTC, Timeframe.M5, 60)])
    opened: list[Laboratory] = []

    async def opening(home: Path | None) -> Laboratory:
        opened.append(await open_laboratory(home))
        return opened[0]

    desktop = Desktop(options(tmp_path), Shutdown(loop), box.open, opening)
    running, bench = asyncio.create_task(desktop.run()), desktop.terminal.bench
    await box.first.wait()
    assert not opened, "the first frame waits for no laboratory"
    begun = asyncio.Event()
    bench.progressed.connect(lambda _progress: begun.set())
    bench.run(BacktestRequest(strategy="ema-trend", source=BINANCE, engine=Engine.SESSION))
    await begun.wait()
    assert bench.is_running
    desktop.window.close()
    await running
    desktop.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    with pytest.raises(SigmaError):
        await opened[0].trials()
    again = await open_laboratory(tmp_path)
    assert await again.trials() == ()
    await again.close()
