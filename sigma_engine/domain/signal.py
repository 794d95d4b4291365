"""What the market says: readings, votes, odds, and the signal they add up to."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

from sigma_engine.domain.calibration import Trust


class Action(StrEnum):
    """What a signal asks for."""

    BUY = "BUY"
    SELL = "SELL"
    WAIT = "WAIT"


class Regime(StrEnum):
    """The kind of market, by the vote with hysteresis of contracts.md §5."""

    TRENDING = "trending"
    RANGING = "ranging"
    MIXED = "mixed"


class Phase(StrEnum):
    """The nine steps of a decision, in order."""

    DATA_QUALITY = "data quality"
    TREND = "trend"
    MOMENTUM = "momentum"
    VOLATILITY = "volatility"
    VOLUME = "volume"
    MEAN_REVERSION = "mean reversion"
    MICRO_TREND = "micro-trend"
    PROBABILITY = "probability"
    REWARD_COST = "reward against cost"


@dataclass(frozen=True, slots=True)
class Reading:
    """One indicator's word on one candle.

    ``values`` are its outputs as ``(operand text, value)``, NaN while undefined; ``vote`` lies in -1 (short) to
    +1 (long), None for an indicator that only scales; ``weight`` is its weight in the present regime.
    """

    name: str
    phase: Phase
    values: tuple[tuple[str, float], ...]
    vote: float | None
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What the next ``horizon_bars`` candles may bring, each figure with its standard error, as fractions of price.

    ``p_up`` is the calibrated probability that the close lies higher (.5 while no skill is proved);
    ``p_up_plain`` the plain model's (GBM over the last 50 returns), shown and never trusted; ``p_target`` that
    the target is touched before the stop within ``barrier_bars``, ``p_stop`` the reverse, both for a long at the
    strategy's own distances and without drift; ``p_target_short`` and ``p_stop_short`` for a short. ``sigma`` is
    the forecast standard deviation of one bar's log return. ``expected_move`` is the mean log return over the
    horizon that ``p_up`` implies; 0 without an edge. ``bands`` are ``(coverage, low, high)`` prices and
    ``band_errors`` the standard error of their ends, in price. ``standard_error`` belongs to ``p_up_paths``, drawn
    from ``paths`` simulated paths. ``calibrated`` says whether ``p_up`` has been measured against outcomes,
    ``matured`` how many non-overlapping outcomes stand behind it, ``trust`` what their tests came to.
    """

    model: str
    horizon_bars: int
    sigma: float
    p_up: float
    p_up_plain: float
    p_target: float
    p_stop: float
    p_target_short: float
    p_stop_short: float
    bands: tuple[tuple[float, float, float], ...]
    paths: int
    p_up_paths: float
    standard_error: float
    calibrated: bool
    barrier_bars: int = 24
    sigma_error: float = nan
    p_up_error: float = nan
    p_target_error: float = nan
    p_target_short_error: float = nan
    expected_move: float = 0.0
    expected_move_error: float = nan
    band_errors: tuple[float, ...] = ()
    matured: int = 0
    trust: Trust = Trust.TOO_FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """The readings of one closed candle added up; scores and confidence lie in 0 to 1.

    ``at_ms`` is the close of the candle, ``bar_ms`` its open. ``preview`` marks a reading of a forming candle,
    which is shown and never traded. ``threshold`` is the score a side needs and ``margin`` how far it must lead the
    other; None where conditions decide instead of scores.
    """

    symbol: str
    bar_ms: int
    at_ms: int
    price: float
    atr: float
    action: Action
    long_score: float
    short_score: float
    confidence: float
    regime: Regime
    readings: tuple[Reading, ...]
    forecast: Forecast | None
    reason: str
    exit_long: bool = False
    exit_short: bool = False
    preview: bool = False
    threshold: float | None = None
    margin: float | None = None
