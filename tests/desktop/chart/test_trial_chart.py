"""A backtest in the chart's place, the market alive beside it, and a trade lived through again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.panels.chart.panel import ChartPanel
from sigma_desktop.panels.chart.trial.replay import BEFORE
from sigma_desktop.panels.chart.trial.trial_chart import TrialChart
from sigma_desktop.theme.tokens import Token, color
from sigma_engine import CandleClosed, Trade, Trial
from tests.desktop import market, trials
from tests.desktop.chart.pixels import is_colour, part, pixels
from tests.desktop.market import BTC, END_MS, ETH, MINUTE_MS, MarketEngine
from tests.desktop.trials import KeptBench, KeptTrials


@pytest.fixture
def ran() -> Trial:
    return trials.trial()


@pytest.fixture
def bench(terminal: Terminal, ran: Trial) -> KeptBench:
    made = KeptBench(KeptTrials(ran))
    terminal.exhibit.use(made)
    return made


async def staged(live: ChartPanel, bench: KeptBench, ran: Trial, symbol: str = BTC) -> TrialChart:
    """The trial's candles of ``symbol`` on the chart."""
    exhibit = live.terminal.exhibit
    exhibit.show(ran)
    exhibit.show_on_chart(symbol)
    await bench.settled()
    QApplication.processEvents()
    return live.trial_chart


def of_market(ran: Trial, symbol: str = BTC) -> list[Trade]:
    return [trade for trade in ran.result.trades if trade.symbol == symbol]


async def test_a_trial_on_the_chart_says_that_it_is_no_market(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await staged(live, bench, ran)
    assert chart.isVisible()
    assert live.toolbar.isHidden()
    assert chart.banner.words.text == "Backtest · EMA Trend · BTC/USDT · 16 Nov to 23 Nov 2025"
    assert chart.view.series is not None
    assert chart.view.series.count == 2016


async def test_all_its_trades_are_drawn_each_with_both_ends_and_its_result(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await staged(live, bench, ran)
    own = of_market(ran)
    assert [mark.entry for mark in chart.view.marks] == [float(trade.entry_price) for trade in own]
    assert [mark.won for mark in chart.view.marks] == [trade.pnl > 0 for trade in own]
    open_ms = trials.candles(BTC).open_ms
    assert [open_ms[mark.start_bar] for mark in chart.view.marks] == [trade.entry_ms for trade in own]


async def test_the_market_goes_on_underneath_and_comes_back_as_it_has_become(
    live: ChartPanel, bench: KeptBench, ran: Trial, engine: MarketEngine, terminal: Terminal, loop: SigmaLoop
) -> None:
    view, marks, levels = live.view.seen, live.view.marks, live.view.levels
    chart = await staged(live, bench, ran)
    newer = market.candles(BTC, 3, end_ms=END_MS + 3 * MINUTE_MS)
    for candle in newer:
        engine.publish(CandleClosed(at_ms=candle.open_ms + MINUTE_MS, symbol=BTC, candle=candle))
    engine.tick(price=97_050.0, after_ms=200_000)
    terminal.flush()
    assert chart.view.series is not None
    assert chart.view.series.count == 2016
    chart.banner.back.click()
    assert live.view.isVisible()
    assert live.toolbar.isVisible()
    assert chart.isHidden()
    assert live.view.series is not None
    assert live.view.series.count == 603
    assert live.view.seen.bar_px == view.bar_px
    assert live.view.seen.following
    assert len(live.view.marks) == len(marks)
    assert live.view.levels[-1].tag == "97,050.0" or len(live.view.levels) == len(levels)
    assert chart.view.series is None


async def test_another_market_of_the_trial_is_chosen_in_the_banner(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await staged(live, bench, ran)
    menu = chart.banner.symbols.menu()
    (eth,) = [action for action in menu.actions() if action.text() == "ETH/USDT"]
    eth.trigger()
    await bench.settled()
    assert "ETH/USDT" in chart.banner.words.text
    assert len(chart.view.marks) == len(of_market(ran, ETH))


async def test_the_chosen_trade_is_brought_into_view_with_its_stop_and_target(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await staged(live, bench, ran)
    trade = of_market(ran)[7]
    live.terminal.exhibit.choose(trade)
    seen, series = chart.view.seen, chart.view.series
    assert series is not None
    assert seen.left < series.bar_of(trade.entry_ms) < series.bar_of(trade.exit_ms) < seen.right
    labels = [level.label for level in chart.view.levels]
    assert labels[:3] == ["STOP AT ENTRY", "TARGET", f"EXIT BY {trade.reason.value.upper()}"]
    assert labels[3].startswith(trade.side.value.upper())


async def test_arrows_of_the_banner_go_from_trade_to_trade(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await staged(live, bench, ran)
    own, exhibit = of_market(ran), live.terminal.exhibit
    chart.banner.after.click()
    chart.banner.after.click()
    assert exhibit.trade == own[1]
    for _ in range(3):
        chart.banner.before.click()
    assert exhibit.trade == own[0]


async def replayed(live: ChartPanel, bench: KeptBench, ran: Trial, trade: Trade) -> TrialChart:
    live.terminal.exhibit.show(ran)
    live.terminal.exhibit.replay(trade)
    await bench.settled()
    chart = live.trial_chart
    assert chart.foot.is_playing
    chart.foot.pause()
    QApplication.processEvents()
    return chart


async def test_a_replay_reveals_candle_after_candle_from_before_the_entry(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    trade = of_market(ran)[20]
    chart = await replayed(live, bench, ran, trade)
    replay, series = chart.replayed, chart.view.series
    assert replay is not None
    assert series is not None
    assert replay.entry - replay.at == BEFORE
    assert chart.view.marks == ()
    before = series.count
    chart.foot.go_on()
    assert (series.count, series.candle(-1).open_ms) == (before + 1, replay.candle.open_ms)
    assert "59 candles away" in chart.foot.words.text()
    assert chart.foot.worth.text() == ""


async def test_while_it_is_open_stop_target_and_profit_run(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    trade = next(trade for trade in of_market(ran) if trade.bars > 6)
    chart = await replayed(live, bench, ran, trade)
    replay = chart.replayed
    assert replay is not None
    chart.move_replay(replay.entry + 2)
    assert [level.label for level in chart.view.levels[:2]] == ["STOP AT ENTRY", "TARGET"]
    assert [mark.end_bar for mark in chart.view.marks] == [None]
    assert replay.profit is not None
    assert f"{abs(replay.profit):,.2f} USDT" in chart.foot.worth.text()
    chart.move_replay(replay.exit)
    assert [mark.end_bar is not None for mark in chart.view.marks] == [True]
    assert f"closed by {trade.reason.value}" in chart.foot.words.text()


async def test_stepping_back_shows_exactly_what_was_there(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await replayed(live, bench, ran, of_market(ran)[20])
    picture = part(pixels(chart.view), chart.view.plot)
    chart.foot.go_on()
    chart.foot.go_back()
    assert (part(pixels(chart.view), chart.view.plot) == picture).all()


async def test_the_slider_and_the_keys_move_it_and_escape_ends_it(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    trade = of_market(ran)[20]
    chart = await replayed(live, bench, ran, trade)
    replay = chart.replayed
    assert replay is not None
    chart.foot.slider.setValue(replay.exit)
    assert replay.at == replay.exit
    live.activateWindow()
    chart.view.setFocus()
    QTest.keyClick(chart.view, Qt.Key.Key_Left)
    assert replay.at == replay.exit - 1
    QTest.keyClick(chart.view, Qt.Key.Key_Right)
    QTest.keyClick(chart.view, Qt.Key.Key_Space)
    assert chart.foot.is_playing
    QTest.keyClick(chart.view, Qt.Key.Key_Escape)
    assert chart.replayed is None
    assert not chart.foot.is_playing
    assert chart.foot.isHidden()
    assert len(chart.view.marks) == len(of_market(ran))
    assert live.terminal.exhibit.trade == trade


async def test_it_plays_to_its_end_by_itself_and_again_from_the_beginning(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await replayed(live, bench, ran, of_market(ran)[20])
    replay = chart.replayed
    assert replay is not None
    chart.foot.set_speed(16)
    chart.foot.play_or_pause()
    while not replay.is_done:
        chart.foot._clock.timeout.emit()
    assert not chart.foot.is_playing
    chart.foot.play_or_pause()
    assert replay.at == replay.first
    assert chart.foot.is_playing
    chart.foot.pause()


async def test_giving_the_chart_back_ends_a_replay(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await replayed(live, bench, ran, of_market(ran)[20])
    chart.foot.start()
    live.terminal.exhibit.leave_chart()
    assert not chart.foot.is_playing
    assert live.view.isVisible()


async def test_another_trial_leaves_the_chart_of_the_one_before(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    chart = await staged(live, bench, ran)
    live.terminal.exhibit.show(trials.trial(8))
    assert chart.isHidden()
    assert live.view.isVisible()


async def test_a_run_that_ends_during_a_replay_waits_for_its_end(
    live: ChartPanel, bench: KeptBench, ran: Trial, loop: SigmaLoop
) -> None:
    exhibit, newer = live.terminal.exhibit, trials.trial(8)
    bench.laboratory.kept[newer.summary.trial_id] = newer
    chart = await replayed(live, bench, ran, of_market(ran)[5])
    exhibit.present(newer)
    await bench.settled()
    assert exhibit.trial is newer
    assert chart.replayed is not None
    assert exhibit.stage is not None
    assert exhibit.stage.trial is ran
    chart.end_replay()
    await bench.settled()
    assert chart.replayed is None
    assert exhibit.stage.trial is newer
    exhibit.present(ran)
    await bench.settled()
    assert exhibit.stage.trial is ran


async def test_three_thousand_trades_on_a_year_are_drawn_as_squares_where_they_would_cover_each_other(
    live: ChartPanel, bench: KeptBench, loop: SigmaLoop
) -> None:
    bench.laboratory.bars = bars = 105_120
    year = trials.trial(9, closed=trials.closed_trades(BTC, 3000, bars), bars=2016)
    chart = await staged(live, bench, year)
    assert len(chart.view.marks) == 3000
    for _ in range(60):
        chart.view.zoom(0.8)
    picture = part(pixels(chart.view), chart.view.plot)
    assert is_colour(picture, color(Token.UP)).sum() > 500
    assert is_colour(picture, color(Token.DOWN)).sum() > 500
