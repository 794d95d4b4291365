"""Forecasts over a history: the record is the fold's own, an edge is claimed where one was planted and not on noise."""

import numpy as np
import pytest

from sigma_engine.backtest.calibration import LEAST_HISTORY, score_history
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.probability.models import DEFAULT_MODEL, MODELS, ForecastModel
from tests.engine.kernels.test_forecast import HOUR_BARS, INTERVAL_MS, folded, following, market


def test_on_a_random_walk_no_edge_is_claimed_nineteen_times_of_twenty() -> None:
    claims = [score_history(market(300 + seed, 25_000), Timeframe.M5, HOUR_BARS, DEFAULT_MODEL) for seed in range(20)]
    assert sum(claim.edge for claim in claims) <= 1
    said_no = "P(up) shows no edge, so it stays at 50 %."
    reports = [claim.report("BTC/USDT:USDT") for claim in claims]
    assert all(said_no in report.verdict for report in reports if not report.edge and report.trust != "miscalibrated")


@pytest.mark.parametrize(("strength", "look_back", "sign"), [(0.08, 50, 1), (0.1, 20, -1)])
def test_where_a_drift_was_planted_the_edge_is_claimed(strength: float, look_back: int, sign: int) -> None:
    candles, _ = following(9, 40_000, strength, look_back, sign)
    score = score_history(candles, Timeframe.M5, HOUR_BARS, DEFAULT_MODEL)
    assert score.edge
    assert score.report("BTC/USDT:USDT").skill > 0.005


def test_what_is_scored_is_what_the_fold_said_and_what_came() -> None:
    candles = market(31, 3_000)
    record = score_history(candles, Timeframe.M5, HOUR_BARS, DEFAULT_MODEL).forecasts
    at = np.searchsorted(candles.open_ms, record.made_ms)
    np.testing.assert_array_equal(candles.open_ms[at], record.made_ms)
    assert (record.made_ms // INTERVAL_MS % HOUR_BARS == 0).all()
    assert at[0] >= LEAST_HISTORY
    assert np.diff(at).tolist() == [HOUR_BARS] * (len(at) - 1)
    np.testing.assert_allclose(record.outcome, np.log(candles.close[at + HOUR_BARS] / candles.close[at]))
    np.testing.assert_array_equal(record.p_up, folded(candles)[at, 1])


def test_a_hole_is_scored_by_no_forecast() -> None:
    candles = market(32, 3_000)
    holed = candles.slice(0, 1_500).joined(candles.slice(1_505))
    record = score_history(holed, Timeframe.M5, HOUR_BARS, DEFAULT_MODEL).forecasts
    before = int(candles.open_ms[1_499])
    assert not ((record.made_ms <= before) & (record.made_ms + HOUR_BARS * INTERVAL_MS > before)).any()


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_every_model_is_scored_beside_the_same_baseline(model: ForecastModel) -> None:
    candles = market(33, 1_500)
    record = score_history(candles, Timeframe.M5, HOUR_BARS, model).forecasts
    default = score_history(candles, Timeframe.M5, HOUR_BARS, DEFAULT_MODEL).forecasts
    np.testing.assert_array_equal(record.base_low, default.base_low)
    np.testing.assert_array_equal(record.p_base, default.p_base)
    np.testing.assert_array_equal(record.outcome, default.outcome)
