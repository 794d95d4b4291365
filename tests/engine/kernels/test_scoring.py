"""The fusion's votes, one row of the table at a time, and the scores they add up to."""

import math
import pickle
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels import scoring
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.strategy.fusion import FEATURES, VOTES

NAMES = [vote.name for vote in VOTES]
NEUTRAL = {
    "price": 100.0, "atr(14)": 2.0, "ema(9)": 100.0, "ema(20)": 100.0, "ema(50)": 100.0, "ema(200)": 100.0,
    "sma(20)": 100.0, "adx(14)": 20.0, "di_plus(14)": 20.0, "di_minus(14)": 20.0, "macd.hist": 0.0, "rsi(14)": 50.0,
    "stoch.k": 50.0, "cci(20)": 0.0, "bb.percent_b": 0.5, "mfi(14)": 50.0, "obv": 0.0, "obv.ema": 0.0, "vwap": 100.0,
    "zscore(20)": 0.0, "lr_slope(10)": 0.0,
}  # fmt: skip
EQUAL = [[1.0] * len(VOTES)] * 3


def features(**changes: float) -> array:
    return array("d", [changes.get(text, NEUTRAL[text]) for text in FEATURES])


def votes(p_up: float = 0.5, **changes: float) -> dict[str, float]:
    score = FusionScore(EQUAL, 0.5, 0.3)
    score.step(features(**changes), p_up, 0)
    return dict(zip(NAMES, score.votes, strict=True))


def test_the_kernel_and_the_table_count_alike() -> None:
    assert (len(VOTES), len(FEATURES)) == (scoring.VOTES, scoring.FEATURES)
    assert set(NEUTRAL) == set(FEATURES)


def test_a_neutral_market_casts_no_vote() -> None:
    assert set(votes().values()) == {0.0}


@pytest.mark.parametrize(
    ("vote", "changes", "expected"),
    [
        ("ema", {"price": 104, "ema(9)": 103, "ema(20)": 102, "ema(50)": 101}, 1.0),
        ("ema", {"price": 104, "ema(9)": 101, "ema(20)": 102, "ema(50)": 101}, 0.5),
        ("ema", {"price": 96, "ema(9)": 97, "ema(20)": 98, "ema(50)": 99}, -1.0),
        ("sma", {"sma(20)": 99.0}, 0.5),
        ("sma", {"sma(20)": 110.0}, -1.0),
        ("adx", {"adx(14)": 30.0, "di_plus(14)": 25.0}, 0.5),
        ("adx", {"adx(14)": 60.0, "di_minus(14)": 25.0}, -1.0),
        ("adx", {"adx(14)": 10.0, "di_plus(14)": 25.0}, 0.0),
        ("macd", {"macd.hist": 0.25}, 0.5),
        ("macd", {"macd.hist": -9.0}, -1.0),
        ("rsi", {"rsi(14)": 40.0}, 0.5),
        ("rsi", {"rsi(14)": 80.0}, -1.0),
        ("stoch", {"stoch.k": 35.0}, 0.5),
        ("stoch", {"stoch.k": 95.0}, -1.0),
        ("cci", {"cci(20)": -50.0}, 0.5),
        ("cci", {"cci(20)": 300.0}, -1.0),
        ("bb", {"bb.percent_b": 0.25}, 0.5),
        ("bb", {"bb.percent_b": 1.2}, -1.0),
        ("mfi", {"mfi(14)": 35.0}, 0.5),
        ("mfi", {"mfi(14)": 99.0}, -1.0),
        ("obv", {"obv": 0.1}, 1.0),
        ("obv", {"obv": -0.1}, -1.0),
        ("vwap", {"vwap": 99.0}, 0.5),
        ("vwap", {"vwap": 120.0}, -1.0),
        ("zscore", {"zscore(20)": -1.0}, 0.5),
        ("zscore", {"zscore(20)": 3.0}, -1.0),
        ("lr_slope", {"lr_slope(10)": 0.5}, 0.5),
        ("lr_slope", {"lr_slope(10)": -7.0}, -1.0),
        ("p_up", {"p_up": 0.575}, 0.5),
        ("p_up", {"p_up": 0.2}, -1.0),
    ],
)
def test_each_row_of_the_table(vote: str, changes: dict[str, float], expected: float) -> None:
    assert votes(**changes)[vote] == pytest.approx(expected)


@pytest.mark.parametrize("undefined", FEATURES)
def test_an_undefined_reading_silences_the_votes_that_need_it(undefined: str) -> None:
    cast = votes(**{undefined: math.nan})
    assert all(vote == 0.0 or abs(vote) <= 1 for vote in cast.values())
    assert not any(math.isnan(vote) for vote in cast.values())


def test_without_a_range_nothing_is_measured_in_ranges() -> None:
    cast = votes(**{"atr(14)": 0.0, "sma(20)": 90.0, "vwap": 90.0, "macd.hist": 1.0, "lr_slope(10)": 1.0})
    assert (cast["sma"], cast["vwap"], cast["macd"], cast["lr_slope"]) == (0.0, 0.0, 0.0, 0.0)


def test_scores_are_weighted_shares_and_silent_votes_keep_their_weight() -> None:
    score = FusionScore(EQUAL, 0.5, 0.3)
    score.step(features(**{"rsi(14)": 20.0, "obv": -1.0, "stoch.k": 35.0}), 0.5, 0)
    assert score.long_score == pytest.approx(1.5 / 14)
    assert score.short_score == pytest.approx(1 / 14)


def test_the_regime_chooses_the_weights() -> None:
    weights = [[0.0] * 14 for _ in range(3)]
    for row, vote in enumerate(("rsi", "obv", "vwap")):
        weights[row][NAMES.index(vote)] = 2.0
    score = FusionScore(weights, 0.5, 0.3)
    market = features(**{"rsi(14)": 20.0, "obv": -1.0})
    assert [score.step(market, 0.5, regime) for regime in range(3)] == [1, -1, 0]


@pytest.mark.parametrize(
    ("rsi", "obv", "expected"),
    [(30.0, 0.0, 1), (70.0, 0.0, -1), (32.0, 0.0, 1), (30.2, 0.0, 1), (41.0, 0.0, 0), (30.0, -1.0, 0)],
)
def test_a_side_needs_the_threshold_and_the_lead(rsi: float, obv: float, expected: int) -> None:
    weights = [0.0] * 14
    weights[NAMES.index("rsi")], weights[NAMES.index("obv")] = 2.0, 1.5 if obv else 0.0
    score = FusionScore([weights] * 3, 0.5, 0.3)
    assert score.step(features(**{"rsi(14)": rsi, "obv": obv}), 0.5, 0) == expected


def test_weights_of_nothing_give_scores_of_nothing() -> None:
    score = FusionScore([[0.0] * 14] * 3, 0.5, 0.3)
    assert score.step(features(**{"rsi(14)": 20.0}), 0.9, 1) == 0
    assert (score.long_score, score.short_score) == (0.0, 0.0)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=21, max_size=21), st.floats(0, 1))
def test_scores_are_shares_and_a_mirrored_table_mirrors_them(values: list[float], p_up: float) -> None:
    score = FusionScore(EQUAL, 0.5, 0.3)
    score.step(array("d", values), p_up, 0)
    assert 0 <= score.long_score + score.short_score <= 1 + 1e-12
    assert all(-1 <= vote <= 1 for vote in score.votes)


def test_a_block_is_judged_like_its_candles() -> None:
    rng = np.random.default_rng(5)
    block = np.array([NEUTRAL[text] for text in FEATURES]) * rng.uniform(0.5, 1.5, (500, 21))
    regimes, chances = rng.integers(0, 3, 500).astype(np.int32), rng.uniform(0.3, 0.7, 500)
    actions = np.empty(500, np.int32)
    FusionScore(EQUAL, 0.2, 0.1).run(block, chances, regimes, actions)
    single = FusionScore(EQUAL, 0.2, 0.1)
    assert [single.step(row, p, r) for row, p, r in zip(block, chances, regimes, strict=True)] == actions.tolist()
    assert set(actions.tolist()) == {-1, 0, 1}


def test_weights_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="3 rows of 14"):
        FusionScore([[1.0] * 13] * 3, 0.5, 0.3)


def test_a_pickled_score_decides_alike() -> None:
    score = FusionScore(EQUAL, 0.05, 0.01)
    market = features(**{"rsi(14)": 20.0})
    assert pickle.loads(pickle.dumps(score)).step(market, 0.5, 0) == score.step(market, 0.5, 0) == 1
