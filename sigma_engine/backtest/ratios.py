"""Ratios and moments of periodic returns (formulas: quant.md §5); what is not defined is None."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DAYS_A_YEAR = 365
_SQN_TRADES = 100
_FEWEST_FOR_CORRELATION = 30

Floats = NDArray[np.float64]


def returns(values: Sequence[float] | Floats) -> Floats:
    """Simple returns from each value to the next; 0 after everything was lost."""
    curve = np.asarray(values, np.float64)
    before = curve[:-1]
    return np.divide(np.diff(curve), before, out=np.zeros(max(0, len(curve) - 1)), where=before > 0)


def sharpe(periodic: Floats, periods_a_year: float = DAYS_A_YEAR) -> float | None:
    """Mean over standard deviation (ddof 1), annualised."""
    return _annual(mean_over_deviation(periodic), math.sqrt(periods_a_year))


def sharpe_error(periodic: Floats, periods_a_year: float = DAYS_A_YEAR) -> float | None:
    """Standard error of `sharpe` for independent returns: sqrt((1 + SR²/2) / T), annualised (Lo 2002)."""
    ratio = mean_over_deviation(periodic)
    return None if ratio is None else math.sqrt((1 + ratio**2 / 2) / len(periodic) * periods_a_year)


def sharpe_corrected(periodic: Floats, periods_a_year: int = DAYS_A_YEAR) -> float | None:
    """Sharpe ratio annualised with the returns' own autocorrelation instead of the square root of time (Lo 2002).

    Correlations count up to lag 4 (T/100)^(2/9), the usual bandwidth; beyond it they are noise. None below 30 returns
    or where the estimated correlations allow no variance.
    """
    ratio = mean_over_deviation(periodic)
    if ratio is None or len(periodic) < _FEWEST_FOR_CORRELATION:
        return None
    lags = int(4 * (len(periodic) / 100) ** (2 / 9))
    return _annual(ratio, lo_factor(periods_a_year, autocorrelations(periodic, lags)))


def lo_factor(periods: int, correlations: Sequence[float] | Floats) -> float | None:
    """Lo's η(q): what a ratio per period is multiplied with for ``periods`` of them.

    ``correlations`` are those of lag 1, 2, ...; q / sqrt(q + 2 Σ (q - k) ρ_k).
    """
    lags = np.arange(1, min(len(correlations), periods - 1) + 1)
    variance = periods + 2 * float(((periods - lags) * np.asarray(correlations)[: len(lags)]).sum())
    return periods / math.sqrt(variance) if variance > 0 else None


def autocorrelations(sample: Floats, lags: int) -> Floats:
    """Sample autocorrelation of lag 1 to ``lags``."""
    centred = sample - sample.mean()
    power = float(centred @ centred)
    return np.array([float(centred[lag:] @ centred[:-lag]) / power for lag in range(1, lags + 1)])


def sortino(periodic: Floats, periods_a_year: float = DAYS_A_YEAR) -> float | None:
    """Mean over downside deviation, which counts every period and takes gains as zero; annualised."""
    if len(periodic) < 2:
        return None
    downside = math.sqrt(float(np.mean(np.minimum(periodic, 0.0) ** 2)))
    return _annual(ratio(float(periodic.mean()), downside), math.sqrt(periods_a_year))


def sqn(risks: Floats) -> float | None:
    """Van Tharp's system quality: mean R over its deviation, times the root of the number of trades, 100 at most."""
    return _annual(mean_over_deviation(risks), math.sqrt(min(len(risks), _SQN_TRADES)))


def skew(periodic: Floats) -> float | None:
    """Third standardised moment (population)."""
    return _standardised_moment(periodic, 3)


def kurtosis(periodic: Floats) -> float | None:
    """Fourth standardised moment (population), 3 for a normal."""
    return _standardised_moment(periodic, 4)


def cvar(periodic: Floats, tail: float = 0.05) -> float | None:
    """Mean of the worst ``tail`` of the returns, of one at least."""
    if not len(periodic):
        return None
    return float(np.sort(periodic)[: max(1, math.floor(tail * len(periodic)))].mean())


def mean_over_deviation(sample: Floats) -> float | None:
    """The Sharpe ratio per period."""
    return ratio(float(sample.mean()), _deviation(sample)) if len(sample) > 1 else None


def ratio(value: float | None, by: float) -> float | None:
    """``value`` in units of ``by``; None unless that is positive."""
    return value / by if value is not None and by > 0 else None


def share_pct(part: float, whole: float) -> float | None:
    """``part`` in percent of ``whole``."""
    return percent(ratio(part, whole))


def percent(fraction: float | None) -> float | None:
    """A fraction as percent."""
    return None if fraction is None else 100 * fraction


def mean(sample: Floats) -> float | None:
    """The mean, of one value at least."""
    return float(sample.mean()) if len(sample) else None


def _annual(per_period: float | None, factor: float | None) -> float | None:
    return None if per_period is None or factor is None else per_period * factor


def _standardised_moment(sample: Floats, order: int) -> float | None:
    if len(sample) < 2 or not _deviation(sample):
        return None
    deviations = sample - sample.mean()
    variance = float(np.mean(deviations**2))
    return float(np.mean(deviations**order) / math.pow(variance, order / 2))


def _deviation(sample: Floats) -> float:
    """Sample standard deviation; exactly 0 where only rounding differs."""
    deviation = float(sample.std(ddof=1))
    return deviation if deviation > 1e-12 * float(np.abs(sample).max()) else 0.0
