from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.bridge.trail import Trail
from sigma_desktop.models.curve import HOUR_MS, Curve, CurveKeeper, Span, round_levels
from sigma_engine import EquityPoint

GOLDEN = (0.02, -0.01, 0.015, -0.03, 0.01, 0.005, -0.02, 0.04, -0.005, 0.01)
"""Ten returns whose deepest fall is known to be .03509347."""


def curve(*equity: float) -> Curve:
    return Curve(np.arange(len(equity), dtype=np.int64) * HOUR_MS, np.array(equity, np.float64))


def points(*equity: float) -> list[EquityPoint]:
    return [EquityPoint(at * HOUR_MS, Decimal(str(value)), Decimal(str(value))) for at, value in enumerate(equity)]


def test_change_and_deepest_fall_of_the_golden_returns() -> None:
    known = curve(*np.cumprod([1.0, *(1 + each for each in GOLDEN)]).tolist())
    assert known.deepest_fall == pytest.approx(0.03509347, abs=1e-8)
    assert known.change_to(float(known.equity[-1])) == pytest.approx(0.0336284343, abs=1e-10)


def test_a_curve_of_one_point_has_no_fall_and_one_of_none_no_change() -> None:
    assert (curve().change_to(100.0), curve(100.0).deepest_fall, curve().deepest_fall) == (None, 0.0, 0.0)


def test_a_span_looks_back_from_the_newest_point() -> None:
    keeper = CurveKeeper()
    keeper.update(Trail(points(*range(100, 130))))
    assert keeper.within(Span.SIX_HOURS).equity.tolist() == [123, 124, 125, 126, 127, 128, 129]
    assert len(keeper.within(Span.HOUR)) == 2
    assert len(keeper.within(Span.ALL)) == 30


def test_points_are_taken_in_as_they_come() -> None:
    keeper, kept = CurveKeeper(), points(*range(1, 3000))
    for end in (1, 2, 1500, 2999):
        keeper.update(Trail(kept[:end]))
        assert keeper.within(Span.ALL).equity.tolist() == list(range(1, end + 1))


def test_another_run_begins_anew() -> None:
    keeper = CurveKeeper()
    keeper.update(Trail(points(1, 2, 3)))
    keeper.update(Trail(points(7, 8, 9, 10)))
    assert keeper.within(Span.ALL).equity.tolist() == [7, 8, 9, 10]
    keeper.update(Trail())
    assert len(keeper.within(Span.ALL)) == 0


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=800), st.integers(1, 40))
def test_thinning_keeps_ends_and_extremes_and_the_order_of_time(values: list[float], buckets: int) -> None:
    thin = curve(*values).thinned(buckets)
    assert len(thin) <= max(4 * buckets, 4)
    assert (thin.equity[0], thin.equity[-1]) == (values[0], values[-1])
    assert (thin.equity.min(), thin.equity.max()) == (min(values), max(values))
    assert np.all(np.diff(thin.at_ms) > 0)


@given(st.lists(st.floats(1, 1e6), min_size=200, max_size=600), st.integers(1, 40))
def test_thinning_keeps_the_extremes_of_every_stretch(values: list[float], buckets: int) -> None:
    whole = curve(*values)
    thin = whole.thinned(buckets)
    length = int(whole.at_ms[-1]) + 1
    for bucket in range(buckets):
        before, after = (part.at_ms * buckets // length == bucket for part in (whole, thin))
        if before.any():
            assert thin.equity[after].max() == whole.equity[before].max()
            assert thin.equity[after].min() == whole.equity[before].min()


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 12))
def test_levels_are_round_few_and_within(low: float, spread: float, most: int) -> None:
    levels = round_levels(low, low + spread, most)
    assert len(levels) <= most + 1
    assert all(low - 1e-6 * spread <= level <= low + spread for level in levels)


def test_levels_are_the_ones_a_person_would_choose() -> None:
    assert round_levels(9_880, 10_085, 5) == [9_900, 9_950, 10_000, 10_050]
    assert round_levels(1, 1, 5) == []


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=300), st.integers(1, 60))
def test_the_envelope_keeps_the_peak_and_both_ends_with_a_point_a_stretch(values: list[float], buckets: int) -> None:
    above = curve(*values).envelope(buckets)
    assert len(above) <= buckets + 2
    assert (above.equity[0], above.equity[-1], above.equity.max()) == (values[0], values[-1], max(values))


def test_a_very_long_curve_keeps_its_ends_and_grows_coarser_where_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sigma_desktop.models.curve.MOST", 64)
    keeper, trail = CurveKeeper(), Trail[EquityPoint](kept=16)
    for point in points(*range(1, 1_001)):
        trail.append(point)
        keeper.update(trail)
    kept = keeper.within(Span.ALL)
    assert len(kept) <= 64
    assert (kept.equity[0], kept.equity[-1]) == (1, 1000)
    assert np.all(np.diff(kept.at_ms) > 0)
    assert np.diff(kept.equity)[-10:].tolist() == [1.0] * 10
