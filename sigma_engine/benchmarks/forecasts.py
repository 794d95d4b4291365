"""How fast a session refolds its forecasts from history: 20,000 candles must take less than 2 seconds."""

from time import thread_time

from sigma_engine.backtest.calibration import score_history
from sigma_engine.benchmarks.market import TIMEFRAME, random_walk
from sigma_engine.probability.models import DEFAULT_MODEL


def candles_per_s(quick: bool = False) -> float:
    """Indicators, forecasts of every candle, and their scores."""
    candles = random_walk(2_000 if quick else 50_000)
    started = thread_time()
    score_history(candles, TIMEFRAME, 12, DEFAULT_MODEL)
    return len(candles) / (thread_time() - started)
