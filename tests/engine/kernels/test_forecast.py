"""The forecast as a pure fold: one definition, no peeking, honest about noise, able to find what was planted."""

import math
from array import array
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.forecast import BOOTSTRAP, EMPIRICAL, FIGURES, GBM, ForecastFold
from sigma_engine.strategy.indicator_set import IndicatorSet

HOUR_BARS, BARRIER_BARS, INTERVAL_MS = 12, 24, 300_000
AT = {name: at for at, name in enumerate(FIGURES)}
MODELS = pytest.mark.parametrize("model", [GBM, EMPIRICAL, BOOTSTRAP])


def market(seed: int, count: int, drift: NDArray[np.float64] | None = None) -> Candles:
    """A walk with clustering volatility and fat tails; ``drift`` in units of the volatility of each bar."""
    rng = np.random.default_rng(seed)
    level = np.zeros(count)
    for at, shock in enumerate(rng.standard_normal(count)):
        level[at] = 0.99 * level[at - 1] + 0.05 * shock
    sigma = 0.0012 * np.exp(level)
    moves = rng.standard_t(5, count) * math.sqrt(3 / 5) + (0.0 if drift is None else drift)
    close = 60_000 * np.exp(np.cumsum(sigma * moves))
    reach = close * sigma * np.abs(rng.standard_normal((2, count)))
    open_ms = 1_700_000_100_000 // INTERVAL_MS * INTERVAL_MS + np.arange(count, dtype=np.int64) * INTERVAL_MS
    opened = np.concatenate([close[:1], close[:-1]])
    high, low = np.maximum(opened, close) + reach[0], np.minimum(opened, close) - reach[1]
    return Candles(open_ms, opened, high, low, close, np.ones(count))


def inputs(candles: Candles) -> NDArray[np.float64]:
    columns = ("mc.drift", "mc.sigma", "zscore(20)", "lr_slope(10)", "atr(14)")
    block = IndicatorSet(columns, Timeframe.M5).run(candles)
    return np.ascontiguousarray(np.column_stack([block[:, :4], 1.5 * block[:, 4], 3.75 * block[:, 4]]))


def fresh(model: int = EMPIRICAL) -> ForecastFold:
    return ForecastFold(HOUR_BARS, BARRIER_BARS, INTERVAL_MS, model)


def folded(candles: Candles, model: int = EMPIRICAL, fold: ForecastFold | None = None) -> NDArray[np.float64]:
    out = np.empty((len(candles), len(FIGURES)))
    (fold or fresh(model)).run(candles.open_ms, candles.high, candles.low, candles.close, inputs(candles), out)
    return out


def stepped(fold: ForecastFold, candles: Candles, given: NDArray[np.float64]) -> NDArray[np.float64]:
    out = array("d", [0.0] * len(FIGURES))
    rows = []
    for at, candle in enumerate(candles):
        fold.step(candle.open_ms, candle.high, candle.low, candle.close, *given[at].tolist(), out)
        rows.append(list(out))
    return np.array(rows)


@MODELS
def test_candle_by_candle_is_the_block_bit_for_bit(model: int) -> None:
    candles = market(1, 700)
    np.testing.assert_array_equal(stepped(fresh(model), candles, inputs(candles)), folded(candles, model))


@MODELS
def test_the_future_changes_nothing(model: int) -> None:
    candles = market(2, 900)
    np.testing.assert_array_equal(folded(candles.slice(0, 600), model), folded(candles, model)[:600])


@MODELS
def test_a_copy_says_what_the_original_will_and_leaves_it_alone(model: int) -> None:
    candles = market(3, 640)
    given, fold = inputs(candles), fresh(model)
    stepped(fold, candles.slice(0, 600), given)
    looks = [stepped(fold.copy(), candles.slice(600 + at, 601 + at), given[600 + at :])[0] for at in (0,)]
    rest = stepped(fold, candles.slice(600), given[600:])
    np.testing.assert_array_equal(looks[0], rest[0])
    np.testing.assert_array_equal(rest, folded(candles, model)[600:])


def test_prices_a_thousand_times_smaller_give_the_same_forecast() -> None:
    candles = market(4, 800)
    small = Candles(candles.open_ms, *(column / 1000 for column in candles.columns()[1:5]), candles.volume)
    np.testing.assert_allclose(folded(small), folded(candles), rtol=1e-6, atol=1e-9)


def test_nothing_is_said_before_fifty_returns_nor_while_nothing_moves() -> None:
    said = folded(market(5, 120))[:, AT["sigma"]]
    assert np.isnan(said[:50]).all()
    assert (said[50:] > 0).all()
    flat = market(5, 120)
    flat.close[:] = flat.high[:] = flat.low[:] = flat.open[:] = 100.0
    assert np.isnan(folded(flat)[:, AT["sigma"] : AT["trust"]]).all()


def test_plain_bands_are_the_closed_form() -> None:
    candles = market(6, 300)
    said, (drift, deviation) = folded(candles, GBM)[-1], inputs(candles)[-1, :2]
    for coverage, low, high in ((0.70, "low_70", "high_70"), (0.90, "low_90", "high_90"), (0.95, "low_95", "high_95")):
        width = NormalDist().inv_cdf(0.5 + coverage / 2) * deviation * math.sqrt(HOUR_BARS)
        assert said[AT[low]] == pytest.approx(drift * HOUR_BARS - width, rel=1e-9)
        assert said[AT[high]] == pytest.approx(drift * HOUR_BARS + width, rel=1e-9)
    assert said[AT["p_up_plain"]] == pytest.approx(NormalDist().cdf(drift * math.sqrt(HOUR_BARS) / deviation))
    assert said[AT["p_up_paths"]] == pytest.approx(said[AT["p_up_plain"]], abs=4 * 0.0158)


def grid(candles: Candles, out: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Places of the scored forecasts, and the log returns that came of them."""
    at = np.flatnonzero((candles.open_ms // INTERVAL_MS) % HOUR_BARS == 0)
    at = at[(at + HOUR_BARS < len(candles)) & np.isfinite(out[at, 0])]
    return at, np.log(candles.close[at + HOUR_BARS] / candles.close[at])


@pytest.mark.parametrize("model", [EMPIRICAL, BOOTSTRAP])
def test_bands_hold_what_they_promise(model: int) -> None:
    candles = market(7, 60_000 if model == EMPIRICAL else 9_000)
    out = folded(candles, model)
    at, outcome = grid(candles, out)
    for coverage, low, high in ((0.70, 6, 9), (0.90, 7, 10), (0.95, 8, 11)):
        inside = np.mean((outcome >= out[at, low]) & (outcome <= out[at, high]))
        assert inside == pytest.approx(coverage, abs=4 * math.sqrt(coverage * (1 - coverage) / len(at)))


def test_the_board_holds_what_was_said_and_what_came() -> None:
    candles, fold = market(8, 3_000), fresh()
    out = folded(candles, fold=fold)
    at, outcome = grid(candles, out)
    rows = fold.board.rows()
    assert fold.board.matured == len(at)
    np.testing.assert_array_equal(rows[:, 0], candles.open_ms[at])
    np.testing.assert_array_equal(rows[:, 1], out[at, AT["p_up"]])
    np.testing.assert_allclose(rows[:, 3], outcome, rtol=1e-12)
    np.testing.assert_array_equal(rows[:, 5:11], out[at, 6:12])


@MODELS
def test_an_outcome_has_its_place_in_the_distribution_that_was_said(model: int) -> None:
    fold = fresh(model)
    folded(market(14, 4_000), model, fold)
    rows = fold.board.rows()[100:]  # with fewer outcomes a place is told too coarsely
    outcome, place = rows[:, 3], rows[:, 4]
    for tail, low, high in ((0.15, 5, 8), (0.05, 6, 9), (0.025, 7, 10)):
        assert (place[outcome < rows[:, low]] <= tail + 0.004).all()
        assert (place[outcome > rows[:, high]] >= 1 - tail - 0.004).all()
        inside = place[(outcome >= rows[:, low]) & (outcome <= rows[:, high])]
        assert (np.abs(inside - 0.5) <= 0.5 - tail + 0.004).all()


def brier_gain(candles: Candles, out: NDArray[np.float64]) -> tuple[float, NDArray[np.int64]]:
    """How much better P(up) scored than the share of rises known before each forecast."""
    at, outcome = grid(candles, out)
    rose = outcome > 0
    known = (np.concatenate([[0], np.cumsum(rose)[:-1]]) + 2) / (np.arange(len(rose)) + 4)
    return float(np.mean((known - rose) ** 2) - np.mean((out[at, AT["p_up"]] - rose) ** 2)), at


def following(seed: int, count: int, strength: float, look_back: int, sign: int) -> tuple[Candles, NDArray[np.float64]]:
    """A market whose drift is a known function of its own last surprises; with P(up) as its maker knows it."""
    rng = np.random.default_rng(seed)
    moves, drift, total = np.zeros(count), np.zeros(count), 0.0
    for at, shock in enumerate(rng.standard_t(5, count) * math.sqrt(3 / 5)):
        drift[at] = sign * strength * min(max(total / math.sqrt(look_back), -2.0), 2.0)
        moves[at] = drift[at] + shock
        total += moves[at] - (moves[at - look_back] if at >= look_back else 0.0)
    close = 60_000 * np.exp(0.0012 * np.cumsum(moves))
    open_ms = 1_700_000_100_000 // INTERVAL_MS * INTERVAL_MS + np.arange(count, dtype=np.int64) * INTERVAL_MS
    candles = Candles(open_ms, close, close * 1.0004, close * 0.9996, close, np.ones(count))
    ahead = np.concatenate([drift[1:], [0.0]])
    # Over an hour the drift fades about as fast as the surprises that make it leave its look-back.
    fade = 1 - HOUR_BARS / (2.0 * look_back)
    known = np.array([NormalDist().cdf(fade * mean * math.sqrt(HOUR_BARS)) for mean in ahead])
    return candles, known


@pytest.mark.parametrize(("strength", "look_back", "sign"), [(0.08, 50, 1), (0.1, 20, -1), (0.12, 30, 1)])
def test_a_planted_drift_is_found_to_at_least_half_of_what_could_be_known(
    strength: float, look_back: int, sign: int
) -> None:
    candles, known = following(9, 60_000, strength, look_back, sign)
    out = folded(candles)
    gain, at = brier_gain(candles, out)
    knowing = out.copy()
    knowing[:, AT["p_up"]] = known
    attainable, _ = brier_gain(candles, knowing)
    assert attainable > 0.002
    assert gain >= 0.5 * attainable
    assert out[at[-1], AT["edge"]] > 0


def test_a_drift_by_the_time_of_day_is_found() -> None:
    count = 60_000
    stamps = market(10, count).open_ms
    drift = 0.08 * np.where(stamps // 3_600_000 % 24 < 12, 1, -1)
    candles = market(10, count, drift)
    assert brier_gain(candles, folded(candles))[0] > 0.004


def test_on_noise_no_edge_is_claimed_nineteen_times_of_twenty() -> None:
    at_the_end, often = 0, 0
    for seed in range(20):
        candles = market(100 + seed, 30_000)
        out = folded(candles)
        claims = out[grid(candles, out)[0], AT["edge"]] > 0
        at_the_end += bool(claims[-1])
        often += np.mean(claims) > 0.1
        assert brier_gain(candles, out)[0] > -0.0005
    assert at_the_end <= 1
    assert often <= 1


def test_the_plain_model_is_found_out() -> None:
    candles = market(11, 20_000)
    out = folded(candles, GBM)
    assert out[-1, AT["trust"]] == 3
    assert out[-1, AT["p_up"]] == 0.5


def test_errors_are_finite_positive_and_shrink() -> None:
    out = folded(market(12, 20_000))
    names = ("p_up_error", "error_70", "error_90", "error_95", "p_target_error", "p_target_short_error", "move_error")
    for name in names:
        assert (out[400:, AT[name]] > 0).all(), name
        assert np.isfinite(out[400:, AT[name]]).all(), name
    assert np.median(out[-500:, AT["p_target_error"]]) < np.median(out[400:900, AT["p_target_error"]])


def test_a_hole_in_the_candles_scores_no_forecast_across_it() -> None:
    candles = market(13, 2_000)
    parts = [candles.slice(0, 1_000), candles.slice(1_007)]
    holed = parts[0].joined(parts[1])
    fold = fresh()
    folded(holed, fold=fold)
    made = fold.board.rows()[:, 0]
    last_before = candles.open_ms[999]
    assert not ((made <= last_before) & (made + HOUR_BARS * INTERVAL_MS > last_before)).any()


@MODELS
def test_a_price_a_thousand_times_higher_breaks_no_arithmetic(model: int) -> None:
    candles = market(14, 1_200)
    for column in candles.columns()[1:5]:
        column[600:620] *= 1000
    out = folded(candles, model)
    assert np.isfinite(out[300:, : AT["trust"]]).all()
    assert (np.abs(out[300:, AT["low_70"] : AT["error_70"]]) <= 20).all()


@pytest.mark.parametrize("close", [0.0, -1.0, math.nan, math.inf])
def test_a_close_that_is_no_price_changes_nothing(close: float) -> None:
    candles, fold = market(15, 900), fresh()
    given = inputs(candles)
    stepped(fold, candles.slice(0, 600), given)
    untouched, out = fold.copy(), array("d", [0.0] * len(FIGURES))
    fold.step(int(candles.open_ms[600]), close, close, close, *given[600].tolist(), out)
    assert np.isnan(out[: AT["trust"]]).all()
    rest = candles.slice(601), given[601:]
    np.testing.assert_array_equal(stepped(fold, *rest), stepped(untouched, *rest))
    assert np.isfinite(fold.board.rows()).all()
