"""How fast a block of candles becomes indicators, regimes, scores and exits, on one core."""

from statistics import median
from time import thread_time

import numpy as np

from sigma_engine.benchmarks.market import TIMEFRAME, YEAR, random_walk
from sigma_engine.domain.candle import Candles
from sigma_engine.kernels.bars import Walk
from sigma_engine.kernels.regime import RegimeVote
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.strategy.fusion import FEATURES
from sigma_engine.strategy.indicator_set import ALL_COLUMNS, IndicatorSet
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.plan import Plan, compile_plan

COLUMNS = tuple(dict.fromkeys((*FEATURES, *ALL_COLUMNS, "er(20)")))
"""Every reading of the sixteen indicators and what the regime is voted on; the votes' features come first."""
_ADX, _EFFICIENCY, _SLOPE, _ATR = (COLUMNS.index(text) for text in ("adx(14)", "er(20)", "lr_slope(10)", "atr(14)"))
_PIECE = 1_024
_STOP, _TARGET, _TRAILING = 1.5, 3.75, 2.0


def candles_per_s(quick: bool = False) -> float:
    """The median speed of several runs over a year of candles."""
    plan = compile_plan(load_strategy("sigma-fusion"))
    candles = random_walk(YEAR // 10 if quick else YEAR)
    return len(candles) / median(_seconds(candles, plan) for _ in range(3 if quick else 15))


def endings(candles: Candles, plan: Plan) -> int:
    """How many positions end when every candle is read, scored and held against the open position's exits.

    The block is worked through in pieces, so that what one step writes is still in the cache when the next reads it.
    P(up) is given as .5: the forecast has a figure of its own.
    """
    indicators, regime = IndicatorSet(COLUMNS, TIMEFRAME), RegimeVote()
    score, walk = FusionScore(plan.weights, plan.threshold, plan.margin), Walk(_STOP, _TARGET, _TRAILING)
    block, chances = np.empty((_PIECE, len(COLUMNS))), np.full(_PIECE, 0.5)
    states, actions, ended = np.empty((3, _PIECE), np.int32)
    count = 0
    for start in range(0, len(candles), _PIECE):
        piece = candles.slice(start, start + _PIECE)
        n = len(piece)
        indicators.run_into(piece, block[:n])
        regime.run(block[:n], _ADX, _EFFICIENCY, _SLOPE, _ATR, states[:n])
        score.run(block[:n], chances[:n], states[:n], actions[:n])
        walk.run(piece.open, piece.high, piece.low, block[:n, _ATR], actions[:n], ended[:n])
        count += int(np.count_nonzero(ended[:n]))
    return count


def _seconds(candles: Candles, plan: Plan) -> float:
    """Of this thread's processor, so that others on the machine do not count."""
    started = thread_time()
    endings(candles, plan)
    return thread_time() - started
