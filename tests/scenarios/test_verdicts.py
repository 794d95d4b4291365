"""A verdict must tell an edge from luck: whole backtests on twenty walks without an edge, and on twenty with one."""

from decimal import Decimal
from statistics import mean

import numpy as np
import pytest

from sigma_engine.assembly.workshop import PaperWorkshop
from sigma_engine.backtest import compiled
from sigma_engine.backtest.result import build
from sigma_engine.backtest.setup import Setup
from sigma_engine.domain.backtest import BacktestResult, Engine, Luck, Timing
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.settings import Settings
from sigma_engine.strategy.spec import read_spec

H1 = Timeframe.H1
SYMBOL = "BTC/USDT:USDT"
START_MS = 1_672_531_200_000
HISTORY, YEAR = 300, 8_760
SIGMA = 0.006
SWING_BARS = 120
PLANTED_DRIFT = 0.00093
"""A drift that turns every five days, so weak against the noise that the strategy's Sharpe ratio is 3 after costs."""

FOLLOWING = {
    "name": "following",
    "symbols": ["BTC/USDT"],
    "timeframe": "1h",
    "entry_long": ["ema(9) crosses_above ema(20)"],
    "entry_short": ["ema(9) crosses_below ema(20)"],
    "exit_long": ["ema(9) < ema(20)"],
    "exit_short": ["ema(9) > ema(20)"],
    "stop_loss": {"type": "atr", "value": 3.0},
    "take_profit": {"type": "none"},
}


def walk(seed: int, drift: float) -> Candles:
    """A year of hours and its history; the drift goes up and down by turns."""
    rng, bars = np.random.default_rng(seed), HISTORY + YEAR
    side = np.where(np.arange(bars) // SWING_BARS % 2 == 0, 1.0, -1.0)
    steps = SIGMA / np.sqrt(10) * rng.standard_normal((bars, 10)) + drift / 10 * side[:, None]
    path = 30_000 * np.exp(np.cumsum(steps)).reshape(bars, 10)
    opened = np.r_[30_000.0, path[:-1, -1]]
    stamps = START_MS + H1.interval_ms * np.arange(bars, dtype=np.int64)
    highs, lows = np.maximum(path.max(1), opened), np.minimum(path.min(1), opened)
    return Candles(stamps, opened, highs, lows, path[:, -1].copy(), np.full(bars, 10.0))


def backtest(candles: Candles, settings: Settings) -> BacktestResult:
    """The trend follower over ``candles``."""
    document = read_spec(FOLLOWING).model_dump_json()
    setup = Setup(
        run_id="run",
        name="following",
        mandate=PaperWorkshop(settings, H1, {}).restored("following", document).mandate,
        timeframe=H1,
        series={SYMBOL: candles},
        instruments={SYMBOL: practice_instrument(SYMBOL, float(candles.close[0]))},
        first_ms=int(candles.open_ms[HISTORY]),
        capital=Decimal(10_000),
    )
    outcome = compiled.run(setup)
    timing = Timing(load_s=0.0, run_s=outcome.run_s, candles=outcome.candles)
    return build(setup, outcome, timing, Engine.COMPILED)


@pytest.mark.parametrize("settings", [Settings(), Settings(fee_bps=0, slippage_bps=0)], ids=["costs", "no costs"])
def test_of_twenty_random_walks_nineteen_are_not_distinguishable_from_luck(settings: Settings) -> None:
    results = [backtest(walk(seed, 0.0), settings) for seed in range(20)]
    assert all(result.metrics.trades > 150 for result in results)
    assert sum("not distinguishable from luck" in result.verdict.text for result in results) >= 19


def test_of_twenty_planted_edges_of_sharpe_three_after_costs_sixteen_are_called_real() -> None:
    results = [backtest(walk(seed, PLANTED_DRIFT), Settings()) for seed in range(20)]
    assert mean(result.metrics.sharpe or 0.0 for result in results) == pytest.approx(3.0, abs=0.2)
    real = [result for result in results if result.verdict.luck is Luck.REAL]
    assert len(real) >= 16
    assert all("real" in result.verdict.text for result in real)
