import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMenu, QToolButton

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.panels.chart.overlay_menu import OverlayMenu
from sigma_desktop.panels.chart.panel import ChartPanel
from sigma_desktop.panels.chart.symbol_menu import SymbolMenu, SymbolRow
from sigma_desktop.theme.tokens import Token, color
from sigma_engine import CandleClosed, DecisionMade, PositionClosed, PositionOpened, PriceChanged, Timeframe
from tests.desktop import market
from tests.desktop.chart.pixels import is_colour, part, pixels
from tests.desktop.market import BTC, ETH, MarketEngine


def legend(panel: ChartPanel) -> str:
    """Every figure that is shown, as one text."""
    lines = (panel.toolbar.figures.line, *panel.view.legend)
    return " | ".join(" ".join(run.text for run in line) for line in lines)


def press(panel: ChartPanel, text: str) -> None:
    panel.toolbar.timeframe_buttons[text].click()


def test_before_a_session_there_is_a_quiet_chart(panel: ChartPanel) -> None:
    assert panel.view.series is None
    assert legend(panel) == ""
    assert panel.view.accessibleDescription() == "No candles yet."
    assert all(not button.isEnabled() for button in panel.toolbar.timeframe_buttons.values())


def test_a_session_fills_the_chart(live: ChartPanel) -> None:
    chart = live.view.series
    assert chart is not None
    assert chart.count == 600
    assert "C 97,000.0" in legend(live)
    assert "EMA 20" in legend(live)
    picture = part(pixels(live.view), live.view.plot)
    assert is_colour(picture, color(Token.UP)).sum() > 500
    assert is_colour(picture, color(Token.DOWN)).sum() > 500


def test_ticks_and_closed_candles_arrive(live: ChartPanel, terminal: Terminal, engine: MarketEngine) -> None:
    chart = live.view.series
    assert chart is not None
    engine.tick(price=97_050.0)
    terminal.flush()
    assert chart.count == 601
    assert chart.candle(-1).close == 97_050.0
    assert live.view.levels[-1].tag == "97,050.0"
    closed = market.candles(count=1, end_ms=market.END_MS + market.MINUTE_MS)[0]
    engine.publish(CandleClosed(at_ms=market.END_MS + market.MINUTE_MS, symbol=BTC, candle=closed))
    terminal.flush()
    assert chart.count == 601
    assert chart.candle(-1) == closed


def test_another_symbol_brings_its_own_candles(live: ChartPanel, terminal: Terminal, engine: MarketEngine) -> None:
    terminal.select(ETH)
    terminal.flush()
    chart = live.view.series
    assert chart is not None
    assert chart.candle(-1) == market.candles(ETH)[-1]
    assert live.toolbar.findChild(QToolButton, "symbol").text() == "ETH/USDT"
    assert "SHORT" in live.view.levels[2].label


def test_what_closed_while_another_symbol_was_shown_is_there(
    live: ChartPanel, terminal: Terminal, engine: MarketEngine
) -> None:
    later = market.candles(ETH, 3, end_ms=market.END_MS + 3 * market.MINUTE_MS)
    for candle in later:
        engine.publish(CandleClosed(at_ms=candle.open_ms + market.MINUTE_MS, symbol=ETH, candle=candle))
    terminal.select(ETH)
    terminal.flush()
    chart = live.view.series
    assert chart is not None
    assert chart.count == 603
    assert chart.candle(-1) == later[-1]


def test_many_candles_at_once_are_taken_in_whole_and_leave_the_window_in_place(
    live: ChartPanel, terminal: Terminal, engine: MarketEngine
) -> None:
    live.view.pan(-100)
    right = live.view.seen.right
    for candle in market.candles(BTC, 300, end_ms=market.END_MS + 300 * market.MINUTE_MS):
        engine.publish(CandleClosed(at_ms=candle.open_ms + market.MINUTE_MS, symbol=BTC, candle=candle))
    terminal.flush()
    assert live.view.series is not None
    assert live.view.series.count == 900
    assert live.view.seen.right == right


def test_a_new_session_replaces_the_old_one(live: ChartPanel, terminal: Terminal) -> None:
    terminal.attach(MarketEngine(market.snapshot(count=50, with_past=False)))
    assert live.view.series is not None
    assert live.view.series.count == 50
    assert live.view.marks == ()


@pytest.mark.parametrize(("text", "interval"), [("5m", 5), ("15m", 15), ("1h", 60), ("4h", 240)])
def test_longer_candles_are_made_from_the_sessions_own(live: ChartPanel, text: str, interval: int) -> None:
    press(live, text)
    chart = live.view.series
    assert chart is not None
    assert chart.interval_ms == interval * market.MINUTE_MS
    assert chart.count == pytest.approx(600 / interval, abs=1.5)
    assert chart.candle(-1).close == market.candles()[-1].close


def test_timeframes_below_the_sessions_own_say_why_they_cannot_be_had(panel: ChartPanel, terminal: Terminal) -> None:
    terminal.attach(MarketEngine(replace(market.snapshot(), timeframe=Timeframe.M15)))
    buttons = panel.toolbar.timeframe_buttons
    assert [text for text, button in buttons.items() if button.isEnabled()] == ["15m", "1h", "4h"]
    assert buttons["15m"].isChecked()
    assert "candles of 15m" in buttons["5m"].toolTip()


def test_a_session_on_an_unusual_timeframe_gets_a_button_for_it(panel: ChartPanel, terminal: Terminal) -> None:
    terminal.attach(MarketEngine(replace(market.snapshot(), timeframe=Timeframe.M3)))
    buttons = panel.toolbar.timeframe_buttons
    assert list(buttons) == ["1m", "3m", "5m", "15m", "1h", "4h"]
    assert [text for text, button in buttons.items() if button.isEnabled()] == ["3m", "15m", "1h", "4h"]


def test_the_open_position_has_its_entry_stop_and_target(live: ChartPanel) -> None:
    stop, target, entry, last = live.view.levels
    position = market.position()
    assert entry.label == f"LONG {position.quantity}   +{position.unrealised:.2f}"
    assert stop.label.startswith("STOP \N{MINUS SIGN}")
    assert target.label.startswith("TARGET +")
    assert [level.price for level in (stop, target, entry)] == [
        float(price) for price in (position.stop, position.target, position.entry_price) if price is not None
    ]
    assert last.price == market.candles()[-1].close
    assert live.view.marks[-1].end_bar is None


def test_closing_the_position_leaves_a_trade_and_no_lines(
    live: ChartPanel, terminal: Terminal, engine: MarketEngine
) -> None:
    before = len(live.view.marks)
    trade = market.trade(1, "12.50", exit_ms=market.END_MS - 5 * market.MINUTE_MS)
    engine.publish(PositionClosed(at_ms=market.END_MS, trade=trade))
    terminal.flush()
    assert len(live.view.levels) == 1
    assert len(live.view.marks) == before
    mark = live.view.marks[-1]
    assert (mark.end_bar, mark.start_bar, mark.won) == (595, 560, True)


def test_opening_a_position_draws_it(panel: ChartPanel, terminal: Terminal) -> None:
    engine = MarketEngine(market.snapshot(with_past=False))
    terminal.attach(engine)
    assert len(panel.view.levels) == 1
    engine.publish(PositionOpened(at_ms=market.END_MS, position=market.position()))
    terminal.flush()
    assert len(panel.view.levels) == 4
    assert len(panel.view.marks) == 1


def test_the_newest_forecast_is_drawn_from_its_candle_on(
    live: ChartPanel, terminal: Terminal, engine: MarketEngine
) -> None:
    fan = live.view.fan
    assert fan is not None
    assert (fan.start, fan.bars) == (599, 12)
    assert [band[0] for band in fan.bands] == [0.7]
    engine.publish(DecisionMade(at_ms=market.END_MS, decision=market.approved(bar_ms=market.END_MS)))
    engine.tick()
    terminal.flush()
    assert live.view.fan is not None
    assert live.view.fan.start == 600
    press(live, "5m")
    assert live.view.fan.bars == pytest.approx(12 / 5)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_overlays_are_switched_in_the_menu_and_the_menu_stays_open(live: ChartPanel) -> None:
    menu = live.findChild(OverlayMenu)
    action = next(action for action in menu.actions() if action.text() == "EMA 200")
    menu.popup(live.mapToGlobal(QPoint(10, 10)))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert menu.isVisible()
    assert "EMA 200" in legend(live)
    menu.close()


def test_figures_follow_the_pointer(live: ChartPanel) -> None:
    chart = live.view.series
    assert chart is not None
    live.view.point_at(QPoint(100, 100))
    bar = chart.nearest(live.view.bar_at(100))
    assert f"O {chart.candle(bar).open:,.1f}" in legend(live)
    live.view.point_at(None)
    assert "C 97,000.0" in legend(live)


def test_in_a_narrow_chart_the_figures_move_over_the_candles(live: ChartPanel) -> None:
    assert live.toolbar.figures.line
    live.resize(700, 460)
    assert not live.toolbar.figures.line
    assert "C 97,000.0" in legend(live)


def test_the_market_menu_lists_prices_and_changes_and_selects(live: ChartPanel, terminal: Terminal) -> None:
    (menu,) = (menu for menu in live.findChildren(QMenu) if isinstance(menu, SymbolMenu))
    menu.fill()
    rows = menu.findChildren(SymbolRow)
    assert [row.text() for row in rows] == ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
    candles = market.candles(ETH)
    change = 100 * (candles.close[-1] / candles.open[0] - 1)
    assert f"{change:+.2f}%".replace("-", "\N{MINUS SIGN}") in rows[1].accessibleName()
    rows[1].click()
    assert terminal.state.selected == ETH


def test_the_chart_is_told_in_words(live: ChartPanel) -> None:
    words = live.view.accessibleDescription()
    assert words.startswith("BTC/USDT, candles of 1m, last price 97,000.0")
    assert "Long 0.0207 from 96,709.0" in words


def test_every_button_has_a_name_and_a_tip(live: ChartPanel) -> None:
    for button in live.findChildren(QAbstractButton):
        assert button.accessibleName(), button
        assert isinstance(button, SymbolRow) or button.toolTip(), button


def test_the_picture_is_saved_where_the_person_says(live: ChartPanel, terminal: Terminal, tmp_path: Path) -> None:
    told: list[str] = []
    terminal.accepted.connect(told.append)
    live.toolbar.pictureAsked.emit()
    (dialog,) = live.findChildren(QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    target = tmp_path / "chart.png"
    dialog.fileSelected.emit(str(target))
    dialog.close()
    assert target.read_bytes().startswith(b"\x89PNG")
    assert str(target) in told[0]


def test_a_picture_that_cannot_be_written_is_no_silent_loss(
    live: ChartPanel, terminal: Terminal, tmp_path: Path
) -> None:
    told: list[str] = []
    terminal.refused.connect(told.append)
    live.save_picture(live.grab(), str(tmp_path / "no such folder" / "chart.png"))
    assert "choose a folder" in told[0]


def test_the_chart_asks_for_the_whole_window(live: ChartPanel) -> None:
    asked: list[bool] = []
    live.maximised.connect(asked.append)
    button = next(b for b in live.findChildren(QToolButton) if b.accessibleName() == "Give the chart the whole window")
    button.click()
    button.click()
    assert asked == [True, False]


def test_a_hidden_chart_does_nothing_and_catches_up_when_shown(
    live: ChartPanel, terminal: Terminal, engine: MarketEngine
) -> None:
    live.hide()
    engine.tick(price=97_123.0)
    terminal.flush()
    assert live.view.series is not None
    assert live.view.series.count == 600
    live.show()
    assert live.view.series.candle(-1).close == 97_123.0


def test_a_disposed_panel_hears_nothing_and_is_freed(terminal: Terminal, engine: MarketEngine) -> None:
    panel = ChartPanel(terminal)
    panel.show()
    terminal.attach(engine)
    view = panel.view
    parts: list[Callable[[], object]] = [weakref.ref(view.series), weakref.ref(view._area)]
    panel.dispose()
    panel.close()
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not shiboken6.isValid(view)
    del panel, view
    gc.collect()
    assert [part() for part in parts] == [None, None]
    engine.publish(
        PriceChanged(at_ms=market.END_MS, symbol=BTC, price=1.0, forming=market.candles(count=1)[0]),
    )
    terminal.flush()


def test_ticks_leave_nothing_waiting(live: ChartPanel, terminal: Terminal, engine: MarketEngine) -> None:
    for step in range(30):
        engine.tick(price=97_000.0 + step)
        terminal.flush()
        QApplication.processEvents()
    assert live.view.levels[-1].tag == "97,029.0"


def test_timeframe_and_overlays_are_found_again_at_the_next_start(
    panel: ChartPanel, terminal: Terminal, engine: MarketEngine
) -> None:
    panel.recall({"timeframe": "5m", "overlays": ["EMA 9", "of a version to come"]})
    terminal.attach(engine)
    assert panel.view.series is not None
    assert panel.view.series.interval_ms == Timeframe.M5.interval_ms
    assert panel.toolbar.timeframe_buttons["5m"].isChecked()
    assert [overlay.name for overlay in panel.toolbar.overlays] == ["EMA 9"]
    assert "EMA 9" in legend(panel)


def test_what_the_chart_is_set_to_is_told_to_be_remembered(live: ChartPanel) -> None:
    told: list[dict[str, object]] = []
    live.habitsChanged.connect(told.append)
    press(live, "15m")
    assert told == [{"timeframe": "15m", "overlays": ["EMA 20", "EMA 50", "Bollinger", "VWAP"]}]
    live.toolbar.findChild(OverlayMenu).actions()[0].trigger()
    assert told[-1] == {"timeframe": "15m", "overlays": ["EMA 9", "EMA 20", "EMA 50", "Bollinger", "VWAP"]}


@pytest.mark.parametrize("habits", [{}, {"timeframe": "9m"}, {"timeframe": 5, "overlays": "VWAP"}])
def test_habits_that_make_no_sense_change_nothing(
    panel: ChartPanel, terminal: Terminal, engine: MarketEngine, habits: dict[str, object]
) -> None:
    panel.recall(habits)
    terminal.attach(engine)
    assert panel.toolbar.timeframe_buttons["1m"].isChecked()
    assert len(panel.toolbar.overlays) == 4


def test_a_chart_that_ran_for_long_is_made_anew_from_what_is_kept(
    live: ChartPanel, terminal: Terminal, engine: MarketEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigma_desktop.bridge.state.CANDLES_KEPT", 700)
    monkeypatch.setattr("sigma_desktop.panels.chart.panel.CANDLES_KEPT", 700)
    later = market.candles(count=1_600, end_ms=market.END_MS + 1_600 * market.MINUTE_MS)
    for at in range(len(later)):
        engine.publish(CandleClosed(at_ms=market.END_MS, symbol=BTC, candle=later[at]))
        if at % 40 == 0:
            terminal.flush()
    terminal.flush()
    assert live.view.series is not None
    assert live.view.series.candle(-1) == later[-1]
    assert live.view.series.count <= 2 * 700 + 512
