"""Signals with forecasts whose odds a test chooses."""

from dataclasses import replace
from math import log

from sigma_engine.domain.signal import Action, Forecast, Regime, Signal
from sigma_engine.kernels import barriers

SIGMA = 0.001
BARS = 24


def forecast(target: float = 0.004, stop: float = 0.002, **changes: object) -> Forecast:
    """What a walk without drift expects of a stop and target, fractions of price; ``changes`` replace its figures."""
    above, below = log(1 + target), -log(1 - stop)
    stop_above, target_below = log(1 + stop), -log(1 - target)
    driftless = Forecast(
        model="gbm",
        horizon_bars=12,
        barrier_bars=BARS,
        sigma=SIGMA,
        p_up=0.5,
        p_up_plain=0.5,
        p_target=barriers.first(above, below, 0.0, SIGMA, BARS),
        p_stop=barriers.first(below, above, 0.0, SIGMA, BARS),
        p_target_short=barriers.first(target_below, stop_above, 0.0, SIGMA, BARS),
        p_stop_short=barriers.first(stop_above, target_below, 0.0, SIGMA, BARS),
        bands=(),
        paths=1000,
        p_up_paths=0.5,
        standard_error=0.016,
        calibrated=True,
        matured=1000,
    )
    return replace(driftless, **changes)  # type: ignore[arg-type]


def signal(given: Forecast | None, action: Action = Action.BUY, price: float = 100.0) -> Signal:
    """A signal at ``price`` with an ATR of a thousandth of it."""
    return Signal(
        symbol="BTC/USDT:USDT",
        bar_ms=0,
        at_ms=300_000,
        price=price,
        atr=price / 1000,
        action=action,
        long_score=0.6,
        short_score=0.1,
        confidence=0.6,
        regime=Regime.MIXED,
        readings=(),
        forecast=given,
        reason="the votes agree",
    )
