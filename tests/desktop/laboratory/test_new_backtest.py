"""The dialog that starts a backtest: what it asks for, what it refuses, what it remembers."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QFileDialog, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.bench import BUSY, Bench
from sigma_desktop.laboratory.fields import BadText
from sigma_desktop.laboratory.new_backtest import NO_HISTORY, NewBacktest
from sigma_desktop.loop import SigmaLoop
from sigma_engine import BacktestRequest, CostChoice, Engine, InputError, Timeframe, Trial
from tests.desktop.laboratories import BEGIN_MS, DAY_MS, SmallLaboratory, until, write_candles
from tests.desktop.laboratory.conftest import opened
from tests.desktop.market import BTC, ETH, SOL

RSI: dict[str, Any] = {"strategy": "rsi-oversold", "data": {"source": "binance"}}


def made(bench: Bench, window: QWidget, habits: dict[str, Any] | None = None) -> NewBacktest:
    return NewBacktest(bench, RSI if habits is None else habits, window)


async def ready(dialog: NewBacktest) -> None:
    """Until the engine has said what it thinks of everything."""
    await until(
        lambda: dialog.data.rows and dialog.strategy.form.rows and not dialog.strategy.is_checking,
        dialog.strategy.changed,
        dialog.data.edited,
    )


def edit(dialog: NewBacktest, key: str, text: str) -> None:
    """Have a person write ``text`` in the field ``key``."""
    form = dialog.strategy.form if key in dialog.strategy.form.rows else dialog.costs.form
    row = form.rows[key]
    row.editor.set_text(text)
    row.editor.edited.emit()


async def refusal(dialog: NewBacktest) -> str:
    await ready(dialog)
    with pytest.raises(BadText) as refused:
        dialog.request()
    assert not dialog.run.isEnabled()
    return str(refused.value)


async def test_what_nobody_touched_runs_as_the_strategy_says(loop: SigmaLoop, bench: Bench, window: QWidget) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        assert dialog.run.isEnabled()
        assert dialog.request() == BacktestRequest(
            strategy="rsi-oversold", source="binance", symbols=(BTC, ETH, SOL), timeframe=Timeframe.M5
        )
        assert dialog.state.text() == "3 markets, 5m candles, 1 Jan 2025 to 13 Apr 2025: 75,996 candles"


async def test_running_hands_the_request_over_and_closes(loop: SigmaLoop, bench: Bench, window: QWidget) -> None:
    dialog, ran = made(bench, window), list[Trial]()
    bench.finished.connect(ran.append)
    async with opened(dialog, bench):
        await ready(dialog)
        for row in dialog.data.rows[1:]:
            row.box.click()
        dialog.data.range.choose("30")
        await ready(dialog)
        wanted = dialog.request()
        dialog.run.click()
        assert not dialog.isVisible()
        await until(lambda: ran, bench.finished)
        kept = ran[0].request  # what was left to the settings is kept as it was run
        assert replace(kept, costs=None, capital=None) == wanted
        assert (kept.capital, kept.costs is not None) == (Decimal(10_000), True)
        assert ran[0].summary.symbols == (BTC,)


async def test_a_changed_strategy_goes_as_a_whole_document_and_is_marked(
    loop: SigmaLoop, bench: Bench, window: QWidget
) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        edit(dialog, "leverage", "3")
        edit(dialog, "stop_loss", "percent 2")
        assert not dialog.run.isEnabled()
        await ready(dialog)
        document = json.loads(dialog.request().strategy)
        assert (document["leverage"], document["stop_loss"]) == (3, {"type": "percent", "value": 2.0})
        assert document["entry_long"] == ["rsi(14) crosses_below 30"]
        marked = {key for key, row in dialog.strategy.form.rows.items() if row.label.is_marked}
        assert marked == {"leverage", "stop_loss"}
        assert dialog.strategy.reset.text() == "Reset 2"
        dialog.strategy.form.rows["leverage"].back.click()
        dialog.strategy.reset.click()
        await ready(dialog)
        assert dialog.request().strategy == "rsi-oversold"


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("leverage", "30", "Leverage is 30; it must be a whole number from 1 to 20."),
        ("leverage", "", "Leverage is empty; write a whole number."),
        ("risk_per_trade_pct", "9", "Risk per trade is 9"),
        ("stop_loss", "percent 30", "Stop is 30 % of the price; at 5x it must be at most 13.7 %"),
        ("take_profit", "percent 0.1", "Target is 0.1 % of the price; it must exceed the round-trip costs"),
        ("entry_long", "rsi(14) <", "the text ends, where a number or the name of a reading is needed"),
        ("entry_long", "rsi(14) < -5", "Enter long when"),
        ("session", "morning", "Session is 'morning'; write two different UTC times like 08:00-16:00."),
        ("regime_rules", "{", "Rules by regime is no JSON that can be read"),
        ("capital", "0", "Capital is '0'; write a number from 10 to 10,000,000."),
        ("capital", "plenty", "Capital is 'plenty'"),
    ],
)
async def test_every_bad_field_is_one_sentence_beside_it_and_nothing_runs(
    loop: SigmaLoop, bench: Bench, window: QWidget, key: str, text: str, said: str
) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        edit(dialog, key, text)
        assert said in await refusal(dialog)
        form = dialog.strategy.form if key in dialog.strategy.form.rows else dialog.costs.form
        errors = {key for key, row in form.rows.items() if row.error.text()}
        assert errors == {key}
        assert form.rows[key].error.isVisible()
        assert form.rows[key].editor.accessibleDescription() == form.rows[key].error.text()


async def test_a_strategy_that_never_enters_is_refused_above_the_form(
    loop: SigmaLoop, bench: Bench, window: QWidget
) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        edit(dialog, "entry_long", "")
        edit(dialog, "entry_short", "")
        assert await refusal(dialog) == "The strategy never enters: give entry_long, entry_short or fusion."
        assert dialog.strategy.error.isVisible()


async def test_two_wrong_fields_are_both_told(loop: SigmaLoop, bench: Bench, window: QWidget) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        edit(dialog, "entry_long", "rsi(14)")
        edit(dialog, "leverage", "30")
        await ready(dialog)
        assert {key for key, row in dialog.strategy.form.rows.items() if row.error.text()} == {"entry_long", "leverage"}


async def test_conditions_say_what_they_mean_while_they_are_typed(
    loop: SigmaLoop, bench: Bench, window: QWidget, qtbot: QtBot
) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        row = dialog.strategy.form.rows["exit_long"]
        lines = row.findChild(QPlainTextEdit)
        assert lines is not None
        qtbot.keyClicks(lines, "rsi(14) > 60")
        assert row.says.text() == "RSI(14) is above 60"
        await ready(dialog)
        assert json.loads(dialog.request().strategy)["exit_long"] == ["rsi(14) > 60"]


async def test_no_market_no_run(loop: SigmaLoop, bench: Bench, window: QWidget) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        dialog.data.tick(False)
        assert await refusal(dialog) == "No market is chosen; tick at least one."
        assert dialog.data.error.isVisible()


@pytest.mark.parametrize(
    ("begin", "end", "said"),
    [
        ("2025-03-02", "2025-03-01", "The range ends on 1 Mar 2025, before it has begun; move one of the dates."),
        ("2026-01-01", "", "Nothing is kept after 13 Apr 2025; begin earlier, or fetch more candles."),
        ("", "2024-01-01", "Nothing is kept before 1 Jan 2025; end later, or fetch more candles."),
        ("2025-04-10", "", "SOL/USDT has no candles in this range; leave it out"),
        ("soon", "", "From is 'soon'; write a day like 2025-03-01"),
    ],
)
async def test_a_range_that_cannot_be_is_refused(
    loop: SigmaLoop, bench: Bench, window: QWidget, begin: str, end: str, said: str
) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        for key, text in (("from", begin), ("until", end)):
            dialog.data.range.dates.rows[key].editor.set_text(text)
        dialog.data.range.dates.edited.emit("until")
        assert said in await refusal(dialog)


async def test_the_handles_dates_and_quick_choices_agree(
    loop: SigmaLoop, bench: Bench, window: QWidget, qtbot: QtBot
) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        range_ = dialog.data.range
        range_.choose("30")
        assert range_.dates.texts() == {"from": "2025-03-14", "until": "2025-04-13"}
        assert range_.moments() == (BEGIN_MS + 72 * DAY_MS, BEGIN_MS + 102 * DAY_MS)
        range_.picker.setFocus()
        qtbot.keyClick(range_.picker, Qt.Key.Key_Right)
        assert (range_.dates.texts()["from"], range_.quick) == ("2025-03-15", "own")
        qtbot.keyClick(range_.picker, Qt.Key.Key_Space)
        qtbot.keyClick(range_.picker, Qt.Key.Key_Left)
        assert range_.dates.texts()["until"] == "2025-04-12"
        qtbot.mousePress(range_.picker, Qt.MouseButton.LeftButton, pos=QPoint(2, 12))
        assert range_.dates.texts()["from"] == "2025-01-01"
        range_.dates.rows["from"].editor.set_text("2025-02-01")
        range_.dates.edited.emit("from")
        assert abs(range_.picker.shares[0] - 31 / 102) < 0.001


async def test_what_is_missing_in_the_range_is_said_and_does_not_hinder(
    loop: SigmaLoop, bench: Bench, window: QWidget
) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        assert dialog.data.note.text().startswith("36 candles are missing in this range (ETH/USDT)")
        assert dialog.run.isEnabled()
        dialog.data.range.choose("30")
        assert not dialog.data.note.text()


async def test_minutes_inside_are_offered_where_there_are_some(loop: SigmaLoop, bench: Bench, window: QWidget) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        assert "kept for 1 of 3 markets" in dialog.data.minutes_note.text()
        dialog.data.minutes.click()
        await ready(dialog)
        assert dialog.request().minutes
        dialog.data.rows[0].box.click()
        await ready(dialog)
        assert not dialog.data.minutes.isEnabled()
        assert not dialog.request().minutes


async def test_costs_and_engine_are_the_persons_own(loop: SigmaLoop, bench: Bench, window: QWidget) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        rows = dialog.costs.form.rows
        assert not rows["taker_bps"].isVisible()
        edit(dialog, "fees", "bybit")
        assert rows["taker_bps"].isVisible()
        assert not rows["maker_bps"].isVisible()
        assert dialog.request().costs == CostChoice(taker_bps=5.5)
        edit(dialog, "rest", "yes")
        edit(dialog, "taker_bps", "4")
        edit(dialog, "capital", "25,000")
        edit(dialog, "engine", Engine.SESSION.value)
        assert dialog.costs.form.texts()["fees"] == "own"
        request = dialog.request()
        assert request.costs == CostChoice(taker_bps=4.0, maker_bps=2.0)
        assert (request.capital, request.engine) == (Decimal(25_000), Engine.SESSION)
        edit(dialog, "latency_bars", "-1")
        assert "Latency is '-1'; write a whole number from 0 to 100." in await refusal(dialog)


async def test_nothing_typed_is_lost_not_even_what_is_wrong(loop: SigmaLoop, bench: Bench, window: QWidget) -> None:
    first = made(bench, window)
    kept: list[dict[str, Any]] = []
    first.habitsChanged.connect(kept.append)
    first.open()
    await ready(first)
    edit(first, "entry_long", "rsi(14) <")
    edit(first, "fees", "okx")
    edit(first, "capital", "plenty")
    first.data.rows[2].box.click()
    first.data.range.choose("30")
    first.strategy.choose("ema-trend")
    await ready(first)
    edit(first, "leverage", "7")
    first.reject()
    again = made(bench, window, json.loads(json.dumps(kept[-1])))
    async with opened(again, bench):
        await ready(again)
        assert again.strategy.name == "ema-trend"
        assert again.strategy.form.changes() == {"leverage": "7"}
        assert again.costs.form.texts()["capital"] == "plenty"
        assert again.costs.form.texts()["taker_bps"] == "5"
        assert [row.box.isChecked() for row in again.data.rows] == [True, True, False]
        assert again.data.range.quick == "30"
        again.strategy.choose("rsi-oversold")
        await ready(again)
        assert again.strategy.form.changes() == {"entry_long": "rsi(14) <"}


async def test_without_history_there_are_three_ways_to_get_some(
    loop: SigmaLoop, empty_bench: Bench, window: QWidget, tmp_path: Path
) -> None:
    dialog = made(empty_bench, window)
    wished: list[str] = []
    dialog.importWished.connect(lambda: wished.append("import"))
    dialog.downloadWished.connect(lambda: wished.append("download"))
    async with opened(dialog, empty_bench):
        await until(lambda: dialog.state.text().startswith(NO_HISTORY), dialog.strategy.changed, dialog.data.edited)
        for button in dialog.pages.currentWidget().findChildren(QAbstractButton):
            button.click()
        assert wished == ["import", "download"]
        (chooser,) = dialog.findChildren(QFileDialog)
        assert chooser.isVisible()
        chooser.close()
        file = write_candles(tmp_path / "BTCUSDT-5m-week.csv", 2016)
        empty_bench.ask(lambda lab: lab.import_files([file]), lambda _: None, changes=empty_bench.historyChanged)
        await ready(dialog)
        assert dialog.run.isEnabled()


async def test_the_best_history_stands_first_and_the_strategy_of_the_session(
    loop: SigmaLoop, bench: Bench, window: QWidget
) -> None:
    dialog = NewBacktest(bench, {}, window, "sigma-scalper")
    async with opened(dialog, bench):
        await ready(dialog)
        assert dialog.strategy.name == "sigma-scalper"
        assert dialog.data.source.currentText() == "Imported files"
        assert "source" not in dialog.habits()["data"]
        dialog.data.source.choose("binance")
        dialog.data.source.activated.emit(1)
        assert dialog.habits()["data"]["source"] == "binance"


async def test_files_take_the_place_of_what_is_kept(
    loop: SigmaLoop, bench: Bench, window: QWidget, tmp_path: Path
) -> None:
    candles = write_candles(tmp_path / "BTCUSDT-5m-week.csv", 2016)
    minutes = write_candles(tmp_path / "BTCUSDT-1m-week.csv", 10)
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        rows = dialog.files.form.rows
        assert not rows["from"].isVisible()
        rows["candles"].editor.take([str(candles)])
        rows["minutes"].editor.take([str(minutes)])
        rows["from"].editor.set_text("2025-01-03")
        rows["from"].editor.edited.emit()
        assert not dialog.data.isVisible()
        await ready(dialog)
        assert dialog.request() == BacktestRequest(
            strategy="rsi-oversold", files=(candles,), minute_files=(minutes,), from_ms=BEGIN_MS + 2 * DAY_MS
        )
        assert dialog.state.text().startswith("1 candle file: BTCUSDT-5m-week.csv")
        minutes.unlink()
        with pytest.raises(BadText, match=r"BTCUSDT-1m-week\.csv, one of the 1m candle files, is not there any more"):
            dialog.request()
        rows["candles"].back.click()
        rows["minutes"].back.click()
        await ready(dialog)
        assert dialog.data.isVisible()
        assert dialog.request().source == "binance"


async def test_what_the_settings_cost_is_told(loop: SigmaLoop, bench: Bench, window: QWidget, home: Path) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "settings.toml").write_text("fee_bps = 5.0\nspread_bps = 1.0\npaper_balance = 2500\n", "utf-8")
    dialog = made(bench, window)
    async with opened(dialog, bench):
        rows = dialog.costs.form.rows
        await until(rows["fees"].says.text, dialog.strategy.changed, dialog.data.edited)
        assert rows["fees"].says.text().startswith("5 bp fee and 1 bp slippage a side, a spread of 1 bp: a round trip")
        assert "13 bp, 0.13 % of its value" in rows["fees"].says.text()
        assert rows["capital"].says.text() == "The settings say 2,500 USDT."
        edit(dialog, "fees", "okx")
        assert not rows["fees"].says.text()


async def test_a_strategy_file_that_cannot_be_read_is_told(
    loop: SigmaLoop, bench: Bench, window: QWidget, tmp_path: Path
) -> None:
    dialog = made(bench, window)
    broken = tmp_path / "mine.json"
    broken.write_text("{", "utf-8")
    async with opened(dialog, bench):
        await ready(dialog)
        dialog.strategy.choose(str(broken))
        await until(dialog.strategy.error.text, dialog.strategy.changed)
        assert dialog.strategy.error.text().startswith("The strategy is no JSON")
        assert dialog.strategy.names.currentText() == "mine.json"
        dialog.strategy.choose("ema-trend")
        await ready(dialog)
        assert dialog.run.isEnabled()


async def test_while_one_runs_no_other_can_be_started(
    loop: SigmaLoop, small_bench: Bench, window: QWidget, small: SmallLaboratory
) -> None:
    small.waits = True
    small_bench.run(BacktestRequest(strategy="ema-trend"))
    dialog = made(small_bench, window)
    async with opened(dialog, small_bench):
        assert await refusal(dialog) == BUSY
        small.go_on.set()
        await until(lambda: not small_bench.is_running, small_bench.finished)
        assert dialog.run.isEnabled()


async def test_a_history_that_cannot_be_read_is_told(
    loop: SigmaLoop, small_bench: Bench, window: QWidget, small: SmallLaboratory
) -> None:
    async def refuse() -> None:
        raise InputError("The database is damaged; restore a copy.")

    small.history = refuse  # type: ignore[assignment, method-assign]
    dialog = made(small_bench, window)
    async with opened(dialog, small_bench):
        await until(lambda: "damaged" in dialog.state.text(), dialog.strategy.changed)
        assert not dialog.run.isEnabled()


@pytest.mark.parametrize("size", [(1366, 768), (1760, 1040)])
async def test_at_every_size_the_buttons_are_in_sight_and_nothing_is_cut_off(
    loop: SigmaLoop, bench: Bench, window: QWidget, size: tuple[int, int]
) -> None:
    window.resize(*size)
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        QApplication.processEvents()
        assert dialog.width() <= size[0]
        assert dialog.height() <= size[1]
        for button in (dialog.run, dialog.close_):
            corner = button.mapTo(dialog, QPoint(button.width(), button.height()))
            assert corner.x() <= dialog.width()
            assert corner.y() <= dialog.height()
        for row in dialog.strategy.form.rows.values():
            right = row.mapTo(dialog.strategy, QPoint(row.width(), 0)).x()
            assert right <= dialog.strategy.width()


async def test_everything_is_reached_by_tab_and_has_a_name(
    loop: SigmaLoop, bench: Bench, window: QWidget, qtbot: QtBot
) -> None:
    dialog = made(bench, window)
    async with opened(dialog, bench):
        await ready(dialog)
        dialog.strategy.names.setFocus()
        reached = []
        for _ in range(300):
            reached.append(QApplication.focusWidget())
            QApplication.focusWidget().nextInFocusChain()
            if not dialog.focusNextChild() or QApplication.focusWidget() is reached[0]:
                break
        for kind in (QLineEdit, QComboBox, QPlainTextEdit):
            for part in dialog.findChildren(kind):
                if part.isVisible() and part.isEnabled():
                    assert part in reached
                    assert part.accessibleName()
        assert dialog.data.range.picker in reached
        assert dialog.data.rows[0].box in reached
        assert dialog.run in reached
