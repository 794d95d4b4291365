"""A result is the outcome told: every figure and word comes from it."""

from dataclasses import replace

import numpy as np
import pytest

from sigma_engine.backtest.result import build
from sigma_engine.domain.backtest import BacktestResult, Engine, Luck, Timing
from sigma_engine.domain.timeframe import Timeframe
from tests.engine.backtest.simulated import DAY_MS, START_MS, SYMBOLS, outcome, setup, trades

TIMING = Timing(load_s=0.2, run_s=0.004, candles=26_000)
GROSS = np.random.default_rng(5).normal(2, 50, 120)


def result(days: int = 90, **more: object) -> BacktestResult:
    return build(setup(), outcome(trades(GROSS, days, 3.0), days), TIMING, Engine.COMPILED, **more)


def test_it_bears_the_names_and_times_of_its_run() -> None:
    told = result(notes=["a hole in May"])
    assert (told.run_id, told.strategy, told.symbols) == ("run-7", "ema-trend", SYMBOLS)
    assert (told.timeframe, told.engine, told.timing) == (Timeframe.M5, Engine.COMPILED, TIMING)
    assert (told.from_ms, told.to_ms) == (START_MS, START_MS + 90 * DAY_MS)
    assert told.notes == ("a hole in May",)


def test_the_account_adds_up() -> None:
    told = result()
    net = float(sum(trade.pnl for trade in told.trades))
    assert told.metrics.final_balance == pytest.approx(10_000 + net)
    assert told.equity[-1][1] == told.curve[-1][1] == told.metrics.final_balance
    assert np.prod([1 + each / 100 for _, _, each in told.months]) == pytest.approx(1 + net / 10_000)
    assert len(told.equity) == told.metrics.duration_days == 90


def test_entries_ordered_and_filled_give_the_fill_rate() -> None:
    assert result().metrics.fill_rate_pct == pytest.approx(100 * 120 / 124)


def test_earlier_runs_of_the_family_count_with_this_one() -> None:
    told = result(trials=36, trial_sharpes=[0.1, -0.05, 0.02])
    assert told.verdict.trials == 37
    assert told.verdict.deflated_sharpe < told.verdict.probabilistic_sharpe


def test_a_run_without_a_trade_has_words_and_no_invented_figures() -> None:
    told = build(setup(), outcome((), 30), TIMING, Engine.SESSION)
    assert told.verdict.luck is Luck.TOO_FEW
    assert told.verdict.text.startswith("No trade in 30 days: 12 signals came to nothing")
    assert told.verdict.return_band_pct is None
    assert told.metrics.sharpe is None
    assert told.metrics.exposure_pct == 0


def test_a_run_without_a_candle_is_told_too() -> None:
    empty = outcome((), 0)
    told = build(setup(), replace(empty, from_ms=None, to_ms=None, signals=0), TIMING, Engine.COMPILED)
    assert (told.equity, told.curve, told.months) == ((), (), ())
    assert told.metrics.final_balance == 10_000
    assert told.verdict.text.startswith("No trade in 0 hours: no candle met the strategy's conditions.")
