"""The record of forecasts as a report a person can read, with the trust it earned (quant.md §3, contracts.md §6)."""

from math import isnan, nan
from typing import Any

import numpy as np

from sigma_engine.domain.calibration import BandScore, CalibrationReport, ReliabilityBin, Trust
from sigma_engine.probability import band_scores, scores
from sigma_engine.probability.record import COVERAGES, ScoredForecasts
from sigma_engine.probability.scores import Figures, Flags
from sigma_engine.probability.words import verdict

WINDOW = 1_000
"""The newest matured forecasts that a report, and with it trust, is about."""
ENOUGH = 100
DOUBTFUL = 0.05
MISCALIBRATED = 0.01
BASELINE = "gbm"

_BASIS_POINTS = 1e4


def report(
    symbol: str,
    horizon_bars: int,
    model: str,
    scored: ScoredForecasts,
    edge: bool,
    *,
    trust: Trust | None = None,
    window: int = WINDOW,
) -> CalibrationReport:
    """The score of the newest ``window`` forecasts; ``edge`` says whether P(up) still departs from .5.

    Trust falls by the worst of Spiegelhalter's test and Kupiec's of each band: amber below .05, red below .01; with
    fewer than `ENOUGH` forecasts it is not judged. ``trust`` is the engine's own where there is one: it tests what the
    model would say, which a red flag keeps from being said. Takes about a millisecond for a whole window.
    """
    scored = scored.newest(window)
    said, rose = scored.p_up, scored.rose
    bins = scores.reliability_bins(said, rose)
    bands = tuple(_band(scored, at) for at in range(len(COVERAGES)))
    brier, climatology = scores.brier(said, rose), scores.brier(scores.past_share(rose), rose)
    parts, tested = scores.murphy(bins), scores.spiegelhalter(said, rose)
    shown = judged(len(scored), tested.p, *(band.kupiec_p for band in bands))
    trust = shown if trust is None else trust
    return CalibrationReport(
        symbol=symbol,
        horizon_bars=horizon_bars,
        model=model,
        from_ms=int(scored.made_ms[0]) if len(scored) else 0,
        to_ms=int(scored.made_ms[-1]) if len(scored) else 0,
        n=len(scored),
        live_n=int(np.count_nonzero(scored.live)),
        brier=brier,
        climatology_brier=climatology,
        baseline_brier=scores.brier(scored.p_base, rose),
        skill=scores.skill(brier, climatology),
        reliability=parts.reliability,
        resolution=parts.resolution,
        uncertainty=parts.uncertainty,
        log_loss=scores.log_loss(said, rose),
        spiegelhalter_z=tested.figure,
        bins=bins,
        bands=bands,
        pit=band_scores.place_shares(scored.place),
        pit_distance=band_scores.place_distance(scored.place),
        edge=edge,
        trust=trust,
        verdict=verdict(trust, edge, bins, bands, tested.p, ENOUGH, withheld=_is_worse(trust, shown)),
        calibration_error=scores.calibration_error(bins),
        spiegelhalter_p=tested.p,
    )


def judged(n: int, *p_values: float) -> Trust:
    """The trust that ``n`` forecasts earned in tests of these p-values; an undefined test objects to nothing."""
    if n < ENOUGH:
        return Trust.TOO_FEW
    worst = min((p for p in p_values if not isnan(p)), default=1.0)
    return Trust.RED if worst < MISCALIBRATED else Trust.AMBER if worst < DOUBTFUL else Trust.GREEN


def _is_worse(trust: Trust, shown: Trust) -> bool:
    """Whether ``trust`` fell lower than what was said accounts for."""
    return (trust is Trust.RED and shown is not Trust.RED) or (
        trust is Trust.AMBER and shown in (Trust.GREEN, Trust.TOO_FEW)
    )


def _band(scored: ScoredForecasts, at: int) -> BandScore:
    """The score of one band, over the forecasts whose band is known."""
    coverage = COVERAGES[at]
    low, high, outcome = scored.low[:, at], scored.high[:, at], scored.outcome
    known = ~(np.isnan(low) | np.isnan(high))
    missed = _missed(low[known], high[known], outcome[known])
    n, misses = len(missed), int(np.count_nonzero(missed))
    return BandScore(
        coverage=coverage,
        n=n,
        share=1.0 - misses / n if n else nan,
        kupiec_p=band_scores.kupiec(misses, n, 1.0 - coverage).p,
        christoffersen_p=band_scores.christoffersen(missed).p,
        interval_score=_interval_score(low[known], high[known], outcome[known], coverage),
        baseline_score=_interval_score(
            scored.base_low[known, at], scored.base_high[known, at], outcome[known], coverage
        ),
    )


def _missed(low: Figures, high: Figures, outcome: Figures) -> Flags:
    missed: Flags = (outcome < low) | (outcome > high)
    return missed


def _interval_score(low: Figures, high: Figures, outcome: Figures, coverage: float) -> float:
    """The mean in basis points; NaN where one of the bands is not known."""
    if not len(outcome):
        return nan
    return float(np.mean(band_scores.interval_score(low, high, outcome, coverage))) * _BASIS_POINTS


def calibrate_document(model: str, scored: ScoredForecasts) -> dict[str, Any]:
    """``model`` and ``baseline`` of the ``calibrate`` command's JSON (contracts.md §7), over all of ``scored``.

    Coverages are shares, interval scores basis points; a figure that cannot be told is NaN.
    """
    return {
        "model": _document(model, scored.p_up, scored.low, scored.high, scored),
        "baseline": _document(BASELINE, scored.p_base, scored.base_low, scored.base_high, scored),
    }


def _document(name: str, said: Figures, low: Figures, high: Figures, scored: ScoredForecasts) -> dict[str, Any]:
    rose, outcome = scored.rose, scored.outcome
    bins = scores.reliability_bins(said, rose)
    brier = scores.brier(said, rose)
    bands = [(f"{coverage * 100:.0f}", coverage, low[:, at], high[:, at]) for at, coverage in enumerate(COVERAGES)]
    return {
        "name": name,
        "n": len(scored),
        "brier": brier,
        "reliability_term": scores.murphy(bins).reliability,
        "log_loss": scores.log_loss(said, rose),
        "skill": scores.skill(brier, scores.brier(scores.past_share(rose), rose)),
        "reliability": [_said_and_happened(each) for each in bins],
        "coverage": {key: _share_inside(below, above, outcome) for key, _, below, above in bands},
        "interval_score": {key: _interval_score(below, above, outcome, wide) for key, wide, below, above in bands},
    }


def _share_inside(low: Figures, high: Figures, outcome: Figures) -> float:
    if not len(outcome) or np.isnan(low).any() or np.isnan(high).any():
        return nan
    return 1.0 - float(np.mean(_missed(low, high, outcome)))


def _said_and_happened(each: ReliabilityBin) -> dict[str, float]:
    return {"low": each.low, "high": each.high, "n": each.n, "said": each.said, "happened": each.happened}
