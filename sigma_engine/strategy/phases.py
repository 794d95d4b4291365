"""The nine phases of a decision in words, pure: what each read, how it voted, whether it speaks for the trade, why."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import isfinite, nan

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.decision import BreakEven, Decision, Gate, Vetoed
from sigma_engine.domain.phase import PhaseReport
from sigma_engine.domain.signal import Action, Forecast, Phase, Reading, Signal

STRONG_SLOPE = 0.5
"""ATRs a candle: a random walk is steeper 3 % of the time (quant.md §1)."""
STRETCHED = 2.0
"""Deviations from the mean: a random walk is further away 12 % of the time."""
_FAINT = 0.005
"""Votes nearer to nothing than this say nothing."""
_EMAS = (9, 20, 50, 200)


def phases(decision: Decision) -> tuple[PhaseReport, ...]:
    """The nine phases of ``decision``, in order."""
    return _told(decision.signal, decision)


def forming_phases(preview: Signal) -> tuple[PhaseReport, ...]:
    """The nine phases as a forming candle shows them: nothing is decided on it, so nothing is held against costs."""
    return _told(preview, None)


def _told(signal: Signal, decision: Decision | None) -> tuple[PhaseReport, ...]:
    shown = _Shown(signal)
    voting = (_voting(signal, shown, phase, *tell(shown)) for phase, tell in _VOTING.items())
    return _data_quality(signal, decision), *voting, _reward(decision)


class _Shown:
    """The figures of a signal by the text of their operand; NaN where one is not read or undefined."""

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self._values = {text: value for reading in signal.readings for text, value in reading.values}

    def __call__(self, text: str) -> float:
        return self._values.get(text, nan)


Words = tuple[str, str]
"""A reading and a reason."""


def _voting(signal: Signal, shown: _Shown, phase: Phase, reading: str, reason: str) -> PhaseReport:
    vote, weight = _mean(each for each in signal.readings if each.phase is phase)
    side = _side(signal)
    speaks = vote is not None and abs(vote) >= _FAINT
    return PhaseReport(phase, reading, vote, weight, vote * side > 0 if speaks and vote is not None else None, reason)


def _mean(readings: Iterable[Reading]) -> tuple[float | None, float]:
    """The mean vote by weight and the weight of all; undefined votes are left out."""
    heard = [(each.vote, each.weight) for each in readings if each.vote is not None and isfinite(each.vote)]
    weight = sum(weight for _, weight in heard)
    return (sum(vote * weight for vote, weight in heard) / weight if weight > 0 else None), weight


def _side(signal: Signal) -> int:
    """1 for the long side the signal takes or, while it waits, leans to; -1 for the short one."""
    if signal.action is Action.WAIT:
        return 1 if signal.long_score >= signal.short_score else -1
    return 1 if signal.action is Action.BUY else -1


# the phases that vote


def _trend(shown: _Shown) -> Words:
    means = [(length, value) for length in _EMAS if isfinite(value := shown(f"ema({length})"))]
    order = ""
    if len(means) > 1:
        order = f"EMA {means[0][0]}" + "".join(
            f" {'above' if upper > lower else 'below'} {length}" for (_, upper), (length, lower) in pairwise(means)
        )
    adx, plus, minus = shown("adx(14)"), shown("di_plus(14)"), shown("di_minus(14)")
    strength = ""
    if isfinite(adx):
        way = "up" if plus > minus else "down" if minus > plus else ""
        strength = f"ADX {adx:.0f}: {'no trend' if adx < 20 else way or 'trending'}"
    return _figure("ADX", adx, ".0f"), _joined(order, strength)


def _momentum(shown: _Shown) -> Words:
    push, rsi = shown("macd.hist"), shown("rsi(14)")
    macd = "" if not isfinite(push) else f"MACD pushes {'up' if push > 0 else 'down'}" if push else "MACD is level"
    stochastic, cci = shown("stoch.k"), shown("cci(20)")
    swings = [("RSI", rsi, 30.0, 70.0), ("Stochastic", stochastic, 20.0, 80.0), ("CCI", cci, -100.0, 100.0)]
    told = [_swing(name, value, low, high) for name, value, low, high in swings if isfinite(value)]
    return _figure("RSI", rsi, ".0f"), _joined(macd, *told)


def _swing(name: str, value: float, low: float, high: float) -> str:
    place = " oversold" if value < low else " overbought" if value > high else ""
    return f"{name} {value:.0f}{place}"


def _volatility(shown: _Shown) -> Words:
    signal, place = shown.signal, shown("bb.percent_b")
    atr = signal.atr / signal.price if signal.price > 0 else nan
    candle = f"a candle moves {atr:.2%}" if isfinite(atr) else ""
    return _figure("ATR", atr, ".2%"), _joined(_within_bands(place), candle)


def _within_bands(place: float) -> str:
    if not isfinite(place):
        return ""
    if place > 1:
        return "close above the upper Bollinger band"
    if place < 0:
        return "close below the lower Bollinger band"
    return f"close at {place:.0%} of the Bollinger bands"


def _volume(shown: _Shown) -> Words:
    flow, volume, mean = shown("mfi(14)"), shown("obv"), shown("obv.ema")
    money = _swing("money flow", flow, 20.0, 80.0) if isfinite(flow) else ""
    balance = f"OBV {'above' if volume > mean else 'below'} its mean" if isfinite(volume) and isfinite(mean) else ""
    vwap = shown("vwap")
    day = f"close {'above' if shown.signal.price > vwap else 'below'} VWAP" if isfinite(vwap) else ""
    return _figure("MFI", flow, ".0f"), _joined(money, balance, day)


def _reversion(shown: _Shown) -> Words:
    z = shown("zscore(20)")
    if not isfinite(z):
        return _figure("z", z, "+.1f"), _joined()
    way = "above" if z > 0 else "below"
    pull = "stretched" if abs(z) >= STRETCHED else "a usual distance"
    return _figure("z", z, "+.1f"), f"{abs(z):.1f} deviations {way} its 20-candle mean: {pull}"


def _micro_trend(shown: _Shown) -> Words:
    atr = shown.signal.atr
    slope = shown("lr_slope(10)") / atr if atr > 0 else nan
    if not isfinite(slope):
        return _figure("slope", slope, "+.2f"), _joined()
    way = "rises" if slope > 0 else "falls"
    size = "steeply" if abs(slope) > STRONG_SLOPE else "gently"
    return _figure("slope", slope, "+.2f"), f"10-candle line {way} {abs(slope):.2f} ATR a candle, {size}"


def _probability(shown: _Shown) -> Words:
    forecast = shown.signal.forecast
    if forecast is None:
        return "no forecast", "there is no forecast yet"
    p_up = f"{forecast.p_up:.0%}"
    if isfinite(forecast.p_up_error):
        p_up += f" ±{forecast.p_up_error:.1%}"
    return f"P(up) {forecast.p_up:.0%}", f"the {forecast.horizon_bars}-candle P(up) is {p_up}: {_belief(forecast)}"


def _belief(forecast: Forecast) -> str:
    if forecast.trust is Trust.RED:
        return "miscalibrated, not to be relied on"
    if not forecast.calibrated or forecast.p_up == 0.5:
        return "no edge measured"
    behind = f" over {forecast.matured:,} outcomes" if forecast.matured else ""
    return f"measured{behind}, {forecast.trust.value}" if forecast.trust is not Trust.TOO_FEW else f"measured{behind}"


_VOTING: dict[Phase, Callable[[_Shown], Words]] = {
    Phase.TREND: _trend,
    Phase.MOMENTUM: _momentum,
    Phase.VOLATILITY: _volatility,
    Phase.VOLUME: _volume,
    Phase.MEAN_REVERSION: _reversion,
    Phase.MICRO_TREND: _micro_trend,
    Phase.PROBABILITY: _probability,
}


# the phases that permit


def _data_quality(signal: Signal, decision: Decision | None) -> PhaseReport:
    if decision is None:
        return PhaseReport(Phase.DATA_QUALITY, "forming", None, 0.0, None, "the candle is not closed yet")
    if objections := _objections(decision):
        return PhaseReport(Phase.DATA_QUALITY, "refused", None, 0.0, False, "; ".join(objections))
    young = [each.name for each in signal.readings if not all(isfinite(value) for _, value in each.values)]
    if young:
        reason = f"closed and in order; undefined as yet: {', '.join(young)}"
        return PhaseReport(Phase.DATA_QUALITY, "incomplete", None, 0.0, None, reason)
    count = len(signal.readings)
    reason = f"closed, in order and finite; all {count} indicators are defined"
    return PhaseReport(Phase.DATA_QUALITY, "complete", None, 0.0, True, reason)


def _objections(decision: Decision) -> list[str]:
    """What safety had against the candle itself."""
    vetoes = decision.vetoes if isinstance(decision, Vetoed) else ()
    return [veto.reason for veto in vetoes if veto.rule == Phase.DATA_QUALITY.value]


def _reward(decision: Decision | None) -> PhaseReport:
    if decision is None:
        return PhaseReport(Phase.REWARD_COST, "", None, 0.0, None, "asked when the candle closes")
    gate = next((gate for gate in decision.gates if gate.name == "edge"), None)
    told, reading = _balance(decision.breakeven, gate)
    passed = gate.passed if gate is not None and isfinite(gate.value) else None
    aside = "" if gate is None or gate.enabled else "; the gate is off and does not decide"
    return PhaseReport(Phase.REWARD_COST, reading, None, 0.0, passed, f"{told}{aside}")


def _balance(even: BreakEven | None, gate: Gate | None) -> Words:
    """The reason, then the reading: what is expected against what it costs."""
    if even is None or not isfinite(even.needed):
        known = gate is not None and isfinite(gate.value)
        reading = f"edge {gate.value:+.1f} bp" if known and gate is not None else ""
        return gate.reason if gate is not None else "no edge was computed", reading
    wins = f"needs {even.needed:.0%} wins, a coin wins {even.coin:.0%}"
    if not isfinite(even.edge):
        return f"{even.cost * 1e4:.0f} bp of costs: {wins}", ""
    before, cost = (even.edge + even.cost) * 1e4, even.cost * 1e4
    return f"expected {before:+.1f} bp against {cost:.0f} bp of costs: {wins}", f"edge {even.edge * 1e4:+.1f} bp"


def _figure(name: str, value: float, form: str) -> str:
    return f"{name} {value:{form}}" if isfinite(value) else f"{name} undefined"


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part) or "undefined as yet"
