"""The block that is timed does what it says: readings, regimes, scores and exits, however it is cut."""

import numpy as np

from sigma_engine.benchmarks import blocks
from sigma_engine.benchmarks.blocks import COLUMNS, endings
from sigma_engine.benchmarks.figures import FIGURES
from sigma_engine.benchmarks.market import TIMEFRAME, random_walk
from sigma_engine.kernels.bars import Walk
from sigma_engine.kernels.regime import RegimeVote
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.strategy.fusion import FEATURES
from sigma_engine.strategy.indicator_set import ALL_COLUMNS, IndicatorSet
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.plan import compile_plan


def test_every_reading_of_the_sixteen_is_computed_and_the_features_come_first() -> None:
    assert set(ALL_COLUMNS) <= set(COLUMNS)
    assert COLUMNS[: len(FEATURES)] == FEATURES


def test_pieces_end_the_positions_that_one_block_ends() -> None:
    candles, plan = random_walk(2_500), compile_plan(load_strategy("sigma-fusion"))
    block = IndicatorSet(COLUMNS, TIMEFRAME).run(candles)
    states, actions, ended = np.empty((3, len(block)), np.int32)
    RegimeVote().run(block, *(COLUMNS.index(t) for t in ("adx(14)", "er(20)", "lr_slope(10)", "atr(14)")), states)
    FusionScore(plan.weights, plan.threshold, plan.margin).run(block, np.full(len(block), 0.5), states, actions)
    Walk(1.5, 3.75, 2.0).run(candles.open, candles.high, candles.low, block[:, 1], actions, ended)
    assert endings(candles, plan) == np.count_nonzero(ended) > 20


def test_a_figure_knows_which_side_of_its_bar_is_the_right_one() -> None:
    fast, small = FIGURES[0], FIGURES[-1]
    assert [fast.reached(4e6), fast.reached(3.9e6)] == [True, False]
    assert [small.reached(5.0), small.reached(5.1)] == [True, False]
    assert fast.measure is blocks.candles_per_s
