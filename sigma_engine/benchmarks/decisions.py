"""How long a closed candle takes to become a scored decision, and what one live symbol keeps in memory."""

import tracemalloc
from collections.abc import Callable
from functools import lru_cache
from time import perf_counter_ns

import numpy as np

from sigma_engine.benchmarks.market import TIMEFRAME, random_walk
from sigma_engine.domain.candle import Candle
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.plan import compile_plan
from sigma_engine.strategy.reader import SignalReader

WARM_UP = 3_000
"""Candles a live symbol starts with."""


def microseconds_p50(quick: bool = False) -> float:
    """The median time of a decision."""
    return _percentiles(quick)[0]


def microseconds_p99(quick: bool = False) -> float:
    """The time that 99 of 100 decisions stay within."""
    return _percentiles(quick)[1]


def megabytes_a_symbol(quick: bool = False) -> float:
    """The most that one symbol's candles, warmed reader and first decision ever held; what Python and numpy report."""
    plan = compile_plan(load_strategy("sigma-fusion"))
    tracemalloc.start()
    try:
        candles = random_walk(WARM_UP + 1)
        tracemalloc.reset_peak()
        reader = SignalReader(plan, "BTC/USDT:USDT", TIMEFRAME)
        reader.warm_up(candles.slice(0, WARM_UP))
        reader.close(candles[WARM_UP])
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def told_microseconds_p50(quick: bool = False) -> float:
    """The median time of a decision told in nouns and words, as the window shows it."""
    p50, _ = _timed(SignalReader.close, quick)
    return p50


@lru_cache(maxsize=1)
def _percentiles(quick: bool) -> tuple[float, float]:
    """Both of one series of measurements: indicators, regime, forecast with its 1000 paths, votes, scores, action."""
    return _timed(SignalReader.read, quick)


def _timed(decide: Callable[[SignalReader, Candle], object], quick: bool) -> tuple[float, float]:
    """Median and 99 % of ``decide`` on candle after candle of a warmed reader, microseconds."""
    count = 200 if quick else 5_000
    candles = random_walk(WARM_UP + count)
    reader = SignalReader(compile_plan(load_strategy("sigma-fusion")), "BTC/USDT:USDT", TIMEFRAME)
    reader.warm_up(candles.slice(0, WARM_UP))
    took_ns = []
    for candle in candles.slice(WARM_UP):
        started = perf_counter_ns()
        decide(reader, candle)
        took_ns.append(perf_counter_ns() - started)
    p50, p99 = np.percentile(took_ns, (50, 99)).tolist()
    return p50 / 1e3, p99 / 1e3
