"""The laboratory in the real window, from two candle files to a report, by what a person does with it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QDialog, QWidget

from sigma_desktop.actions import Do
from sigma_desktop.app import Desktop
from sigma_desktop.dialogs.compare import Compare
from sigma_desktop.dialogs.library import Library
from sigma_desktop.dialogs.library_foot import Examination
from sigma_desktop.dialogs.reports import Form
from sigma_desktop.laboratory.data_manager import DataManager
from sigma_desktop.laboratory.new_backtest import NewBacktest
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.models import library
from sigma_desktop.panels.backtest.panel import BacktestPanel
from sigma_desktop.panels.chart.panel import ChartPanel
from sigma_desktop.shutdown import Shutdown
from sigma_engine import Trial
from tests.desktop.laboratories import settled, until
from tests.desktop.test_shutdown import Box, options

EACH = 3_000
D = TypeVar("D", bound=QDialog)


def write(path: Path, seed: int) -> Path:
    """A week and a half of 5m candles that swing enough for averages to cross."""
    draws = np.random.default_rng(seed)
    at = np.arange(EACH)
    price = 50_000 * np.exp(0.02 * np.sin(at / 40) + draws.normal(0, 0.0012, EACH).cumsum())
    lines = ["timestamp_ms,open,high,low,close,volume"]
    for number, (before, after) in enumerate(pairwise(price)):
        high, low = max(before, after) * 1.0008, min(before, after) * 0.9992
        lines.append(f"{1_735_689_600_000 + number * 300_000},{before:.1f},{high:.1f},{low:.1f},{after:.1f},12.5")
    path.write_text("\n".join(lines), "utf-8")
    return path


@asynccontextmanager
async def living(loop: SigmaLoop, home: Path) -> AsyncIterator[Desktop]:
    """The window with its own laboratory of ``home``, beside a market that stands still."""
    box, shutdown = Box(), Shutdown(loop)
    desktop = Desktop(options(home), shutdown, box.open)
    running = asyncio.create_task(desktop.run())
    await box.first.wait()
    await box.opened[0].running.wait()
    yield desktop
    for dialog in desktop.window.findChildren(QDialog):
        dialog.close()
    shutdown.wish()
    await running
    desktop.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def only(window: QWidget, kind: type[D]) -> D:
    """The one dialog of its kind that is seen."""
    (found,) = [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]
    return found


async def run(desktop: Desktop, strategy: str) -> Trial:
    """Choose ``strategy`` in the dialog, run it on whatever it proposes, and wait for the result."""
    window, bench, ran = desktop.window, desktop.terminal.bench, list[Trial]()
    window.actions_[Do.NEW_BACKTEST].trigger()
    dialog = only(window, NewBacktest)
    told = (dialog.strategy.changed, dialog.data.edited)
    await until(lambda: dialog.data.rows and dialog.strategy.form.rows, *told)
    dialog.strategy.choose(strategy)
    await until(dialog.run.isEnabled, *told)
    bench.finished.connect(ran.append)
    dialog.run.click()
    await until(lambda: ran, bench.finished, bench.failed)
    bench.finished.disconnect(ran.append)
    return ran[0]


async def answered(desktop: Desktop, deed: Callable[[], Any]) -> None:
    """Do ``deed`` and wait until everything it asks of the laboratory has been answered and shown."""
    deed()
    await settled(desktop.terminal.bench)
    desktop.terminal.flush()


@pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")
async def test_from_two_files_to_a_report(loop: SigmaLoop, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}USDT-5m.csv", seed) for seed, name in enumerate(("BTC", "ETH"))]
    async with living(loop, tmp_path / "home") as desktop:
        window, exhibit = desktop.window, desktop.terminal.exhibit
        result, chart = window.docks.panels["backtest"], window.docks.panels["chart"]
        assert isinstance(result, BacktestPanel)
        assert isinstance(chart, ChartPanel)

        window.actions_[Do.DATA_MANAGER].trigger()
        manager = only(window, DataManager)
        manager.import_files(files)
        await until(lambda: manager.table.rows.rowCount() == len(files), manager.changed)
        assert manager.state.text() == f"{2 * (EACH - 1):,} candles taken in."
        manager.close()

        first = await run(desktop, "ema-trend")
        await answered(desktop, lambda: None)
        assert first.summary.trades > 4
        assert result.isVisible()
        assert result.overview.words.text() == first.result.verdict.text
        assert result.trades.model.rowCount() == first.summary.trades
        assert chart.trial_chart.isVisible()
        assert chart.trial_chart.banner.words.text.startswith("Backtest · ema-trend · BTC/USDT")
        drawn = chart.trial_chart.view.series
        assert drawn is not None
        assert drawn.count > EACH / 2

        await answered(desktop, lambda: result.trades.table.opened.emit(result.trades.model.row(1)))
        assert chart.trial_chart.replayed is not None
        assert chart.trial_chart.replayed.trade == first.result.trades[1]
        chart.trial_chart.foot.pause()
        chart.trial_chart.end_replay()
        chart.trial_chart.banner.back.click()
        assert chart.view.isVisible()
        assert exhibit.stage is None

        second = await run(desktop, "rsi-oversold")
        await answered(desktop, window.actions_[Do.LIBRARY].trigger)
        shelf = only(window, Library)
        assert [summary.trial_id for summary in shelf.summaries] == [
            second.summary.trial_id,
            first.summary.trial_id,
        ]
        shelf.table.choose(first.summary.trial_id)
        shelf.write_note(shelf.table.currentIndex().siblingAtColumn(library.NOTE))
        shelf.editor.setText("averages, as they come")
        await answered(desktop, shelf.editor.keep)
        assert shelf.summaries[1].note == "averages, as they come"

        await answered(desktop, lambda: shelf.check(Examination.LOOK_AHEAD))
        assert shelf.foot.news.accessibleName().startswith(f"Passed, run {first.summary.number}: ")

        for at in (0, 1):
            shelf.tick(shelf.model.row(at))
        await answered(desktop, shelf.compare_ticked)
        compare = only(window, Compare)
        assert [trial.summary.trial_id for trial in compare.trials] == [
            second.summary.trial_id,
            first.summary.trial_id,
        ]
        compare.close()

        window.trials.reports.open_url = lambda _url: True
        report = tmp_path / "report.html"
        await answered(desktop, lambda: window.trials.reports.write(first.summary, report, Form.REPORT))
        assert first.result.verdict.text in report.read_text("utf-8").replace("&#x27;", "'")

        await answered(desktop, lambda: exhibit.show(second))
        shelf.table.choose(second.summary.trial_id)
        shelf.ask_to_delete()
        await answered(desktop, shelf.foot.confirm.yes.click)
        assert [summary.trial_id for summary in shelf.summaries] == [first.summary.trial_id]
        assert exhibit.trial is None
