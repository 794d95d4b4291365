"""The report: what a record of forecasts comes to, in figures, trust and words."""

import json
import math
from dataclasses import fields, replace
from statistics import NormalDist

import numpy as np
import pytest

from sigma_engine.command_line.plain import json_line
from sigma_engine.domain.calibration import CalibrationReport, Trust
from sigma_engine.errors import DomainError
from sigma_engine.probability.record import COVERAGES, ScoredForecasts
from sigma_engine.probability.report import calibrate_document, judged, report

BTC = "BTC/USDT:USDT"
HOUR_MS = 3_600_000
SIGMA = 0.005
WIDTHS = np.array([NormalDist().inv_cdf(0.5 + coverage / 2) for coverage in COVERAGES])


def record(n: int, *, p_up: float = 0.5, truth: float = 0.5, stretch: float = 1.0, seed: int = 1) -> ScoredForecasts:
    """``n`` forecasts that say ``p_up`` where ``truth`` is right, with bands ``stretch`` times as wide as they ought.

    The plain model says .8 or .2 as it comes, and its bands are twice too wide.
    """
    random = np.random.default_rng(seed)
    rose = random.random(n) < truth
    outcome = np.abs(random.normal(0, SIGMA, n)) * np.where(rose, 1, -1)
    high = np.tile(WIDTHS * SIGMA * stretch, (n, 1))
    places = np.array([NormalDist(0, SIGMA * stretch).cdf(each) for each in outcome])
    return ScoredForecasts(
        made_ms=np.arange(n, dtype=np.int64) * HOUR_MS,
        p_up=np.full(n, p_up),
        p_base=random.choice([0.2, 0.8], n),
        outcome=outcome,
        place=places,
        low=-high,
        high=high,
        base_low=-2 * high,
        base_high=2 * high,
        live=np.arange(n) >= n - 7,
    )


def reported(scored: ScoredForecasts, *, edge: bool = False) -> CalibrationReport:
    return report(BTC, 12, "empirical", scored, edge)


def test_a_model_without_an_edge_and_with_true_bands_is_calibrated() -> None:
    found = reported(record(1_000))
    assert (found.symbol, found.horizon_bars, found.model, found.n, found.live_n) == (BTC, 12, "empirical", 1_000, 7)
    assert (found.from_ms, found.to_ms) == (0, 999 * HOUR_MS)
    assert found.trust is Trust.GREEN
    assert found.brier == 0.25
    assert found.climatology_brier == pytest.approx(0.25, abs=2e-3)
    assert found.baseline_brier == pytest.approx(0.34, abs=0.02)
    assert math.isnan(found.spiegelhalter_z)
    assert [band.coverage for band in found.bands] == [0.70, 0.90, 0.95]
    assert [band.share for band in found.bands] == pytest.approx([0.70, 0.90, 0.95], abs=0.03)
    assert all(band.interval_score < band.baseline_score for band in found.bands)
    assert found.pit == pytest.approx([0.1] * 10, abs=0.035)
    assert found.pit_distance < 1.36 / math.sqrt(1_000)
    assert found.verdict == (
        f"The 90 % band held {found.bands[1].share * 100:.1f} % of 1,000 outcomes: as promised. "
        "P(up) shows no edge, so it stays at 50 %."
    )


def test_an_edge_that_comes_true_is_told_with_its_odds() -> None:
    found = reported(record(1_000, p_up=0.62, truth=0.62), edge=True)
    assert found.trust is Trust.GREEN
    assert 0 < found.skill < 0.02  # climatology learns a share that never changes
    assert abs(found.spiegelhalter_z) < 1.96
    assert found.spiegelhalter_p > 0.05
    assert found.verdict.startswith("When SIGMA said 62 % up it happened 6")
    assert found.verdict.endswith("outcomes: as promised.")


def test_odds_that_do_not_come_true_turn_red_and_say_so() -> None:
    found = reported(record(1_000, p_up=0.62, truth=0.5), edge=True)
    assert found.trust is Trust.RED
    assert found.skill < 0
    assert found.calibration_error == pytest.approx(0.12, abs=0.04)
    assert found.verdict == (
        f"When SIGMA said 62 % up it happened {found.bins[0].happened * 100:.0f} % of the time "
        f"({found.bins[0].interval_low * 100:.0f}-{found.bins[0].interval_high * 100:.0f} %): "
        "chance alone brings this less than 1 time in 100. P(up) is off until it recovers."
    )


@pytest.mark.parametrize(("trust", "chance"), [(Trust.RED, "1 time in 100"), (Trust.AMBER, "1 time in 20")])
def test_trust_lost_by_what_is_not_said_any_more_blames_neither_odds_nor_bands(trust: Trust, chance: str) -> None:
    found = report(BTC, 12, "empirical", record(1_000), False, trust=trust)
    assert found.trust is trust
    assert found.verdict.startswith("What the model would say of a rise, had it not been silenced, does not come true")
    assert chance in found.verdict


@pytest.mark.parametrize(("stretch", "words"), [(0.8, "fewer than promised"), (1.3, "more than promised")])
def test_bands_that_are_too_narrow_or_too_wide_turn_red(stretch: float, words: str) -> None:
    found = reported(record(1_000, stretch=stretch))
    assert found.trust is Trust.RED
    assert words in found.verdict
    assert found.verdict.endswith("P(up) is off until it recovers.")


def test_between_red_and_green_there_is_doubt() -> None:
    found = next(
        each for seed in range(200) if (each := reported(record(1_000, stretch=0.95, seed=seed))).trust is Trust.AMBER
    )
    assert 0.01 <= min(band.kupiec_p for band in found.bands) < 0.05
    assert "doubtful" in found.verdict
    assert found.verdict.endswith("P(up) shows no edge, so it stays at 50 %.")


@pytest.mark.parametrize(
    ("n", "p_values", "trust"),
    [
        (99, (0.0001,), Trust.TOO_FEW),
        (100, (0.5, 0.2), Trust.GREEN),
        (100, (), Trust.GREEN),
        (100, (0.5, math.nan), Trust.GREEN),
        (100, (0.5, 0.05), Trust.GREEN),
        (100, (0.5, 0.0499), Trust.AMBER),
        (100, (0.01, 0.5), Trust.AMBER),
        (100, (math.nan, 0.0099), Trust.RED),
    ],
)
def test_trust_follows_the_worst_test(n: int, p_values: tuple[float, ...], trust: Trust) -> None:
    assert judged(n, *p_values) is trust


def test_few_forecasts_are_shown_and_not_judged() -> None:
    found = reported(record(42, p_up=0.62, truth=0.0), edge=True)
    assert found.trust is Trust.TOO_FEW
    assert found.verdict == (
        "When SIGMA said 62 % up it happened 0 % of the time (0-8 %); "
        "42 forecasts are too few to judge, 100 are needed."
    )
    assert "The 90 % band held" in reported(record(1)).verdict
    assert "1 forecast is too few" in reported(record(1)).verdict


def test_nothing_has_fallen_due_yet() -> None:
    found = reported(ScoredForecasts.empty())
    assert (found.n, found.live_n, found.trust, found.bins) == (0, 0, Trust.TOO_FEW, ())
    assert found.verdict == "No forecast has fallen due yet; SIGMA judges itself from 100 on."
    assert math.isnan(found.brier)
    assert all(math.isnan(band.share) for band in found.bands)


def test_only_the_last_thousand_are_judged() -> None:
    wrong, right = record(3_000, p_up=0.62, truth=0.4), record(1_000, p_up=0.62, truth=0.62)
    joined = ScoredForecasts(
        **{
            field.name: np.concatenate([getattr(wrong, field.name), getattr(right, field.name)])
            for field in fields(right)
        }
    )
    assert reported(joined, edge=True) == reported(right, edge=True)


def test_forecasts_whose_bands_or_places_are_unknown_still_count_for_their_odds() -> None:
    unknown = np.full((1_000, 3), math.nan)
    bare = replace(record(1_000), low=unknown, high=unknown, place=np.full(1_000, math.nan))
    found = reported(bare)
    assert found.n == 1_000
    assert [band.n for band in found.bands] == [0, 0, 0]
    assert found.trust is Trust.GREEN
    assert found.verdict.startswith("When SIGMA said 50 % up")


def test_the_same_price_is_no_rise() -> None:
    assert not replace(record(1), outcome=np.zeros(1)).rose[0]


def test_a_record_of_unequal_columns_is_a_mistake() -> None:
    with pytest.raises(DomainError, match=r"low of 5 scored forecasts has the shape \(5, 3\), was \(4, 3\)"):
        replace(record(5), low=np.zeros((4, 3)))


def test_forecasts_known_to_be_live_are_marked() -> None:
    scored = replace(record(10), live=np.zeros(10, dtype=bool))
    marked = scored.known_live(np.array([3 * HOUR_MS, 5 * HOUR_MS, 99 * HOUR_MS]))
    assert np.flatnonzero(marked.live).tolist() == [3, 5]


def test_the_document_of_the_calibrate_command() -> None:
    document = calibrate_document("empirical", record(4_000, p_up=0.55, truth=0.55))
    assert list(document) == ["model", "baseline"]
    keys = ["name", "n", "brier", "reliability_term", "log_loss", "skill", "reliability", "coverage", "interval_score"]
    for part, name in (("model", "empirical"), ("baseline", "gbm")):
        assert list(document[part]) == keys
        assert (document[part]["name"], document[part]["n"]) == (name, 4_000)
        assert list(document[part]["coverage"]) == list(document[part]["interval_score"]) == ["70", "90", "95"]
        assert all(list(each) == ["low", "high", "n", "said", "happened"] for each in document[part]["reliability"])
    model, baseline = document["model"], document["baseline"]
    assert model["coverage"]["90"] == pytest.approx(0.90, abs=0.015)
    assert model["reliability_term"] < 0.001 < baseline["reliability_term"]
    assert model["skill"] > baseline["skill"]
    assert model["interval_score"]["70"] == pytest.approx(
        1e4 * SIGMA * 2 / 0.30 * 2 * NormalDist().pdf(WIDTHS[0]), rel=0.05
    )


def test_an_empty_record_is_a_document_of_nulls() -> None:
    document = json.loads(json_line(calibrate_document("empirical", ScoredForecasts.empty())))
    assert document["model"]["n"] == 0
    assert document["model"]["brier"] is None
    assert document["model"]["coverage"] == {"70": None, "90": None, "95": None}
