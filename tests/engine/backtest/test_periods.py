"""Days, months and the curve for drawing keep what they are cut from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.backtest.drawdown import max_drawdown
from sigma_engine.backtest.periods import DAY_MS, daily_closes, months, thinned
from tests.engine.backtest.simulated import START_MS


def test_months_follow_each_other_from_the_initial_balance() -> None:
    january, february = START_MS + 31 * DAY_MS, START_MS + 60 * DAY_MS
    curve = [(january - DAY_MS, 90.0), (january, 110.0), (february, 121.0)]
    assert months(curve, 100.0) == ((2024, 1, pytest.approx(10)), (2024, 2, pytest.approx(10)))


def test_midnight_closes_the_month_before_it() -> None:
    assert [each[:2] for each in months([(START_MS, 100.0), (START_MS + 1, 100.0)], 100.0)] == [(2023, 12), (2024, 1)]


def test_after_everything_was_lost_months_are_flat() -> None:
    assert [each[2] for each in months([(START_MS, 0.0), (START_MS + DAY_MS, 0.0)], 100.0)] == [-100, 0]


@given(st.lists(st.integers(1, 50 * DAY_MS), min_size=1, max_size=80, unique=True).map(sorted))
def test_every_day_with_a_point_closes_once_with_its_last(times: list[int]) -> None:
    closes = daily_closes([(at, float(at)) for at in times])
    expected = {(at - 1) // DAY_MS: at for at in times}
    assert [at for at, _ in closes] == list(expected.values())


@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=400), st.integers(4, 60))
def test_a_thinned_curve_keeps_ends_extremes_and_order(sample: list[float], points: int) -> None:
    times, values = thinned(np.arange(len(sample)), np.array(sample), points)
    assert len(times) <= points + 2 if len(sample) > points else len(times) == len(sample)
    assert (values[0], values[-1]) == (sample[0], sample[-1])
    assert (values.min(), values.max()) == (min(sample), max(sample))
    assert (np.diff(times) > 0).all()
    assert [sample[at] for at in times] == values.tolist()


def test_a_year_of_five_minute_candles_keeps_its_drawdown_in_two_thousand_points() -> None:
    sample = 10_000 + np.cumsum(np.random.default_rng(2).normal(0, 3, 105_120))
    _, values = thinned(np.arange(105_120), sample)
    assert len(values) <= 2_002
    assert max_drawdown(values) == pytest.approx(max_drawdown(sample), rel=0.02)
