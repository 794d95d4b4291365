"""The dock of a backtest's result: words first, every figure explained, its pages, and its news."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.panels.backtest.panel import PAGES, QUIET, BacktestPanel
from sigma_engine import Luck, Progress
from tests.desktop import trials
from tests.desktop.market import BTC, ETH, MarketEngine
from tests.desktop.trials import KeptBench, KeptTrials

Show = Callable[..., BacktestPanel]


@pytest.fixture
def panel(show: Show) -> BacktestPanel:
    """The dock at its usual size, with nothing run yet."""
    return show(BacktestPanel, 380, 480)


def texts(panel: BacktestPanel) -> dict[str, str]:
    return {label.figure.title: label.figure.text for label in panel.overview.figures.labels}


def test_before_any_backtest_the_dock_says_how_to_begin(panel: BacktestPanel) -> None:
    assert panel.body.isHidden()
    assert "New backtest" in panel.accessibleDescription()
    assert QUIET[0] in panel.accessibleDescription()
    assert not panel.report.isEnabled()


@pytest.mark.parametrize("luck", list(Luck))
def test_the_verdict_stands_first_in_words_with_its_conclusion_as_a_word(
    panel: BacktestPanel, terminal: Terminal, luck: Luck
) -> None:
    ran = trials.trial(luck=luck)
    terminal.exhibit.show(ran)
    terminal.flush()
    assert panel.chip.accessibleName() == luck.value.upper()
    assert panel.overview.words.text() == ran.result.verdict.text
    assert panel.name.text == "EMA Trend · BTC/USDT, ETH/USDT · 5m"
    assert panel.period.text == "16 Nov to 23 Nov 2025 · Imported files · compiled"


def test_figures_carry_their_definition_and_the_reason_where_they_have_none(
    panel: BacktestPanel, terminal: Terminal
) -> None:
    terminal.exhibit.show(trials.trial(closed=()))
    terminal.flush()
    assert texts(panel)["Return"] == "0.00%"
    chances = {label.figure.title: label.figure for label in panel.overview.chances.labels}
    assert chances["Chance of a loss"].text == "71%"
    assert "resamples" in chances["Chance of a loss"].explanation
    few = trials.trial(8, Luck.TOO_FEW)
    terminal.exhibit.show(few)
    terminal.flush()
    undefined = panel.overview.chances.labels[0]
    assert undefined.figure.text == "n/a"
    assert "too few trades" in undefined.toolTip()


def test_the_curve_and_its_falls_are_drawn(panel: BacktestPanel, terminal: Terminal) -> None:
    ran = trials.trial()
    terminal.exhibit.show(ran)
    terminal.flush()
    assert len(panel.overview.equity.curve) == len(ran.result.curve)
    deepest = -ran.result.metrics.max_drawdown_pct
    assert panel.overview.falls.accessibleName() == f"Drawdown, at its deepest −{deepest:.1f}%"


def test_every_page_is_one_press_away(panel: BacktestPanel, terminal: Terminal) -> None:
    terminal.exhibit.show(trials.trial())
    terminal.flush()
    for at, name in enumerate(PAGES):
        panel.tabs.button(at).click()
        assert panel.stack.currentIndex() == at
        assert panel.tabs.button(at).text() == name


def test_trades_are_listed_in_their_order_and_sorted_by_any_title(panel: BacktestPanel, terminal: Terminal) -> None:
    ran = trials.trial()
    terminal.exhibit.show(ran)
    terminal.flush()
    model = panel.trades.model
    assert [model.row(at).trade for at in range(model.rowCount())] == list(ran.result.trades)
    assert all(column.key is not None for column in model.columns)
    titles = [column.title for column in model.columns]
    panel.trades.table.horizontalHeader().sectionClicked.emit(titles.index("P&L"))
    profits = [model.row(at).trade.pnl for at in range(model.rowCount())]
    assert profits == sorted(profits, reverse=True)


def test_five_thousand_trades_are_laid_out_by_looking_at_the_few_that_are_seen(
    panel: BacktestPanel, terminal: Terminal
) -> None:
    terminal.exhibit.show(trials.trial(closed=trials.closed_trades(BTC, 5000, 12_000), bars=12_000))
    terminal.flush()
    panel.turn_to(PAGES.index("Trades"))
    QApplication.processEvents()
    model = panel.trades.model
    assert model.rowCount() == 5000
    assert 0 < sum(cells is not None for cells in model._cells) < 60


def test_a_result_is_parted_in_six_ways_and_the_way_is_kept(panel: BacktestPanel, terminal: Terminal) -> None:
    terminal.exhibit.show(trials.trial())
    terminal.flush()
    ways = [button.text() for button in panel.parts._buttons.buttons()]
    assert ways == ["Symbol", "Side", "Hour", "Weekday", "Regime", "Exit"]
    panel.parts._buttons.buttons()[1].click()
    assert panel.parts.model.line(0).split("\t")[0] == "long"
    terminal.exhibit.show(trials.trial(8))
    terminal.flush()
    assert panel.parts.way == "side"


def test_refusals_are_counted_cause_by_cause(panel: BacktestPanel, terminal: Terminal) -> None:
    terminal.exhibit.show(trials.trial())
    terminal.flush()
    assert panel.refusals.words.text() == "120 candles asked for an entry, 80 trades came of it, 40 came to nothing."
    assert panel.refusals.model.line(0) == "a position is open\t31\t26%"


def test_a_strategy_that_never_fired_is_told_so(panel: BacktestPanel, terminal: Terminal) -> None:
    ran = trials.trial(closed=())
    terminal.exhibit.show(replace(ran, result=replace(ran.result, signals=0, refusals={})))
    terminal.flush()
    assert "never came true" in panel.refusals.words.text()
    assert panel.refusals.table.empty_hint == "There was no signal to refuse."


def test_costs_lead_from_the_profit_before_them_to_what_was_left(panel: BacktestPanel, terminal: Terminal) -> None:
    terminal.exhibit.show(trials.trial())
    terminal.flush()
    steps = panel.costs.bars._steps
    assert [step.title for step in steps] == ["Before costs", "Fees", "Slippage", "Funding", "After costs"]
    assert sum(step.amount for step in steps[:-1]) == pytest.approx(steps[-1].amount)


def test_the_running_backtest_and_its_failure_are_told_above_the_last_result(
    panel: BacktestPanel, terminal: Terminal
) -> None:
    ran = trials.trial()
    terminal.exhibit.show(ran)
    terminal.flush()
    terminal.exhibit.begin(ran.request)
    terminal.exhibit.advance(Progress(0.4, 12.0, "Deciding on 105,120 candles"))
    terminal.flush()
    assert panel.strip.accessibleName() == "Deciding on 105,120 candles 40% · 12 s left"
    assert panel.body.isVisible()
    terminal.exhibit.end("There are no candles of BTC/USDT in 2019: import some or choose another time.")
    terminal.flush()
    assert panel.strip.accessibleName().startswith("There are no candles")
    terminal.exhibit.begin(ran.request)
    terminal.exhibit.end()
    terminal.flush()
    assert panel.strip.isHidden()


async def test_choosing_a_trade_puts_its_market_on_the_chart(
    panel: BacktestPanel, terminal: Terminal, engine: MarketEngine, loop: SigmaLoop
) -> None:
    ran = trials.trial()
    bench = KeptBench(KeptTrials(ran))
    terminal.exhibit.use(bench)
    terminal.exhibit.show(ran)
    terminal.flush()
    row = next(row for row in panel.trades._rows() if row.trade.symbol == ETH)
    panel.trades.table.choose(row.number)
    await bench.settled()
    terminal.flush()
    stage = terminal.exhibit.stage
    assert stage is not None
    assert (stage.symbol, terminal.exhibit.trade) == (ETH, row.trade)
    assert panel.on_chart.accessibleName() == "Give the chart back to the market"
    panel.on_chart.click()
    assert terminal.exhibit.stage is None


async def test_candles_that_are_gone_are_told_in_the_dock_and_nothing_moves(
    panel: BacktestPanel, terminal: Terminal, loop: SigmaLoop
) -> None:
    ran = trials.trial()
    laboratory = KeptTrials(ran)
    laboratory.gone.add(ran.summary.trial_id)
    bench = KeptBench(laboratory)
    terminal.exhibit.use(bench)
    terminal.exhibit.show(ran)
    terminal.flush()
    panel.on_chart.click()
    await bench.settled()
    terminal.flush()
    assert terminal.exhibit.stage is None
    assert panel.strip.accessibleName() == "The candles of this trial are gone; import them again and run it anew."


async def test_a_double_click_lives_through_the_trade_again(
    panel: BacktestPanel, terminal: Terminal, loop: SigmaLoop
) -> None:
    ran = trials.trial()
    bench = KeptBench(KeptTrials(ran))
    terminal.exhibit.use(bench)
    terminal.exhibit.show(ran)
    terminal.flush()
    asked: list[object] = []
    terminal.exhibit.replayAsked.connect(asked.append)
    row = panel.trades.model.row(3)
    panel.trades.table.opened.emit(row)
    await bench.settled()
    terminal.flush()
    assert asked == [row.trade]
