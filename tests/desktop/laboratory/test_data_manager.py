"""The data manager: what is kept is listed with its holes, more is got and less is kept, each told in words."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.bench import Bench
from sigma_desktop.laboratory.data_manager import EMPTY_TITLE, DataManager
from sigma_desktop.loop import SigmaLoop
from sigma_engine import InputError, Series, Timeframe
from tests.desktop.laboratories import KEPT, SmallLaboratory, until, write_candles
from tests.desktop.laboratory.conftest import opened
from tests.desktop.market import BTC


async def listed(manager: DataManager, count: int = len(KEPT)) -> None:
    await until(lambda: manager.table.rows.rowCount() == count, manager.changed)


async def test_what_is_kept_is_listed_and_the_holes_of_the_chosen_series_are_told(
    loop: SigmaLoop, bench: Bench, window: QWidget
) -> None:
    manager = DataManager(bench, {}, window)
    async with opened(manager, bench):
        await listed(manager)
        manager.table.choose(KEPT[1].series)
        assert manager.words.texts == [
            "ETH/USDT 5m, Binance",
            "36 candles are missing in 1 gap:",
            "10 Feb 2025 00:05: 36 candles (3 h 00)",
        ]
        manager.table.choose(KEPT[0].series)
        assert manager.words.texts[1] == "All 29,376 candles are there, without a gap."


async def test_nothing_kept_is_said_with_the_next_step(loop: SigmaLoop, empty_bench: Bench, window: QWidget) -> None:
    manager = DataManager(empty_bench, {}, window)
    async with opened(manager, empty_bench):
        await until(lambda: manager.table.empty_title, manager.changed)
        assert manager.table.empty_title == EMPTY_TITLE
        assert not manager.delete.isEnabled()
        assert manager.import_.isEnabled()


async def test_files_are_taken_in_and_each_is_told_with_its_rejected_rows(
    loop: SigmaLoop, bench: Bench, window: QWidget, tmp_path: Path
) -> None:
    files = [
        write_candles(tmp_path / "LTCUSDT-5m-one.csv", 400, broken=3),
        write_candles(tmp_path / "ADAUSDT-5m-two.csv", 300),
    ]
    manager = DataManager(bench, {}, window)
    async with opened(manager, bench):
        await listed(manager)
        manager.import_files(files)
        assert not manager.import_.isEnabled()
        await listed(manager, len(KEPT) + 2)
        assert manager.state.text() == "697 candles taken in."
        told = manager.report.texts
        assert told[0] == "LTCUSDT-5m-one.csv: LTC/USDT 5m, 397 candles, 1 Jan 2025 to 2 Jan 2025"
        assert told[1] == "3 rows left out as no candles."
        assert told[2].startswith("Line 399: ")
        assert told[-1] == "Every row was a candle, without a gap."
        assert manager.side.currentWidget() is manager.report
        assert manager.import_.isEnabled()


async def test_a_file_that_cannot_be_read_is_one_sentence(
    loop: SigmaLoop, bench: Bench, window: QWidget, tmp_path: Path
) -> None:
    manager = DataManager(bench, {}, window)
    async with opened(manager, bench):
        await listed(manager)
        manager.import_files([tmp_path / "BTCUSDT-5m-lost.csv"])
        await until(manager.state.text, manager.changed)
        assert "BTCUSDT-5m-lost.csv" in manager.state.text()
        assert manager.table.rows.rowCount() == len(KEPT)
        assert not manager.strip.isVisible()


async def test_candles_are_downloaded_with_progress(
    loop: SigmaLoop, small_bench: Bench, window: QWidget, small: SmallLaboratory
) -> None:
    small.waits = True
    manager = DataManager(small_bench, {}, window)
    async with opened(manager, small_bench):
        await listed(manager)
        manager.download.click()
        for key, text in (("venue", "okx"), ("symbol", "doge"), ("since", "2025-01-01")):
            manager.form.form.rows[key].editor.set_text(text)
        manager.form.start.click()
        await small.running.wait()
        assert manager.strip.isVisible()
        assert manager.strip.line.accessibleName() == "Downloading DOGE/USDT 5m from OKX: 25%, 30 s left"
        assert not manager.form.start.isEnabled()
        small.go_on.set()
        await listed(manager, len(KEPT) + 1)
        (wanted,) = small.downloads
        assert (wanted.venue, wanted.symbol, wanted.timeframe) == ("okx", "DOGE/USDT:USDT", Timeframe.M5)
        assert manager.state.text() == "DOGE/USDT 5m: 25,920 candles are kept now."


async def test_what_a_download_finds_on_its_way_is_told(
    loop: SigmaLoop, small_bench: Bench, window: QWidget, small: SmallLaboratory
) -> None:
    small.notes = ("WEEX has BTC/USDT 5m candles from 2025-02-01 00:00 UTC on only", "Hyperliquid settles in USDC")
    manager = DataManager(small_bench, {}, window)
    async with opened(manager, small_bench):
        await listed(manager)
        manager.fetch(manager.form.request())
        await until(manager.state.text, manager.changed)
        assert manager.state.text().endswith(
            "kept now. WEEX has BTC/USDT 5m candles from 2025-02-01 00:00 UTC on only. Hyperliquid settles in USDC."
        )


async def test_a_download_is_cancelled_and_keeps_nothing(
    loop: SigmaLoop, small_bench: Bench, window: QWidget, small: SmallLaboratory
) -> None:
    small.waits = True
    manager = DataManager(small_bench, {}, window)
    async with opened(manager, small_bench):
        await listed(manager)
        manager.fetch(manager.form.request())
        await small.running.wait()
        manager.strip.cancel.click()
        await until(lambda: small.stopped, small_bench.historyChanged)
        assert manager.state.text() == "Stopped; nothing of it is kept."
        assert set(small.kept) == {kept.series for kept in KEPT}
        assert manager.import_.isEnabled()


async def test_a_download_the_exchange_refuses_is_told(
    loop: SigmaLoop, small_bench: Bench, window: QWidget, small: SmallLaboratory
) -> None:
    small.refusal = InputError("WEEX did not answer; check the connection and try again.")
    manager = DataManager(small_bench, {}, window)
    async with opened(manager, small_bench):
        await listed(manager)
        manager.fetch(manager.form.request())
        await until(manager.state.text, manager.changed)
        assert manager.state.text() == "WEEX did not answer; check the connection and try again."


async def test_a_wrong_market_is_refused_before_anything_is_asked(
    loop: SigmaLoop, bench: Bench, window: QWidget
) -> None:
    manager = DataManager(bench, {}, window)
    async with opened(manager, bench):
        await listed(manager)
        manager.show_download()
        manager.form.form.rows["symbol"].editor.set_text("BTC/EUR")
        manager.form.start.click()
        assert "BTC/EUR" in manager.form.error.text()
        assert not manager.form.start.isEnabled()
        assert not manager.strip.isVisible()


async def test_a_series_is_deleted_once_the_person_agrees(
    loop: SigmaLoop, bench: Bench, window: QWidget, qtbot: QtBot
) -> None:
    manager = DataManager(bench, {}, window)
    async with opened(manager, bench):
        await listed(manager)
        manager.table.choose(Series("binance", BTC, Timeframe.M1))
        manager.delete.click()
        assert manager.confirm.question.text().startswith("Delete 43,200 candles, BTC/USDT 1m of Binance?")
        qtbot.keyClick(manager.confirm, Qt.Key.Key_Escape)
        assert manager.table.rows.rowCount() == len(KEPT)
        assert not manager.findChildren(QMessageBox)
        manager.delete.click()
        manager.confirm.yes.click()
        await listed(manager, len(KEPT) - 1)
        minutes = Series("binance", BTC, Timeframe.M1)
        assert minutes not in [manager.table.rows.row(at).coverage.series for at in range(len(KEPT) - 1)]
        assert manager.state.text() == "43,200 candles deleted, BTC/USDT 1m of Binance."


async def test_closing_stops_what_runs(
    loop: SigmaLoop, small_bench: Bench, window: QWidget, small: SmallLaboratory
) -> None:
    small.waits = True
    manager = DataManager(small_bench, {}, window)
    async with opened(manager, small_bench):
        await listed(manager)
        manager.fetch(manager.form.request())
        await small.running.wait()
        manager.close()
        await until(lambda: small.stopped, small_bench.historyChanged)
    assert small.stopped == 1
