"""What was said and what happened: the score of one symbol's forecasts of one horizon by one model."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan


class Trust(StrEnum):
    """How far a model's probabilities may be believed, by the tests of quant.md §3."""

    TOO_FEW = "not enough evidence"
    GREEN = "calibrated"
    AMBER = "doubtful"
    RED = "miscalibrated"


class ModelName(StrEnum):
    """How settings and the command line name a forecast model; `probability.models` says what each does."""

    EMPIRICAL = "empirical"
    BOOTSTRAP = "bootstrap"
    GBM = "gbm"


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Forecasts that said about the same: ``n`` of them between ``low`` and ``high``, what they said on average, how
    often it happened, and the Wilson 95 % interval of that share.
    """

    low: float
    high: float
    n: int
    said: float
    happened: float
    interval_low: float
    interval_high: float


@dataclass(frozen=True, slots=True)
class BandScore:
    """A band of ``coverage`` (0.70): the ``share`` of outcomes inside it, and what that is worth.

    ``kupiec_p`` is the p-value of the share, ``christoffersen_p`` that of independent misses; NaN where undefined.
    ``interval_score`` and ``baseline_score`` (the plain model's on the same forecasts) are in basis points: less is
    better.
    """

    coverage: float
    n: int
    share: float
    kupiec_p: float
    christoffersen_p: float
    interval_score: float
    baseline_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationReport:
    """The score of ``n`` matured, non-overlapping forecasts; figures that cannot be told yet are NaN.

    ``brier = reliability - resolution + uncertainty`` up to the spread inside bins; ``climatology_brier`` and
    ``baseline_brier`` are those of the share of rises known before each forecast and of the plain model.
    ``skill`` is 1 - brier / climatology_brier. ``spiegelhalter_z`` tests calibration, ``pit`` are ten shares of the
    outcomes' places in their forecast distributions (a tenth each where the bands are right) and ``pit_distance``
    their greatest distance from uniform (Kolmogorov-Smirnov). ``live_n`` of the forecasts were made live and stored
    when they were made; the others were folded from history. ``calibration_error`` is the mean distance between said
    and happened (ECE), ``spiegelhalter_p`` the p-value of ``spiegelhalter_z``. ``verdict`` says it all in a sentence
    or two.
    """

    symbol: str
    horizon_bars: int
    model: str
    from_ms: int
    to_ms: int
    n: int
    live_n: int
    brier: float
    climatology_brier: float
    baseline_brier: float
    skill: float
    reliability: float
    resolution: float
    uncertainty: float
    log_loss: float
    spiegelhalter_z: float
    bins: tuple[ReliabilityBin, ...]
    bands: tuple[BandScore, ...]
    pit: tuple[float, ...]
    pit_distance: float
    edge: bool
    trust: Trust
    verdict: str
    calibration_error: float = nan
    spiegelhalter_p: float = nan
