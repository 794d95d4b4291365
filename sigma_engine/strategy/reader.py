"""Reads one symbol's candles by a plan: indicators, regime, forecast and conditions become one `Signal` a candle."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.signal import Forecast, Regime, Signal
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.regime import RegimeVote
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.probability.forecast import Drift, Forecaster, Protection
from sigma_engine.probability.record import ScoredForecasts
from sigma_engine.strategy.expression import REGIME_COLUMN, REGIMES, Row
from sigma_engine.strategy.fusion import FEATURES
from sigma_engine.strategy.indicator_set import IndicatorSet
from sigma_engine.strategy.plan import Plan
from sigma_engine.strategy.readings import readings
from sigma_engine.strategy.verdict import View, judge

_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000


@dataclass(slots=True)
class _State:
    """What a reader carries from one closed candle to the next."""

    indicators: IndicatorSet
    regime: RegimeVote
    forecaster: Forecaster
    before: Row | None = None
    seen: int = 0

    def copy(self) -> "_State":
        return _State(self.indicators.copy(), self.regime.copy(), self.forecaster.copy(), self.before, self.seen)


@dataclass(frozen=True, slots=True)
class _Moment:
    """One candle's figures, closed or forming."""

    candle: Candle
    now: Row
    before: Row | None
    regime: Regime
    forecast: Forecast | None
    seen: int


class SignalReader:
    """The signal of each closed candle of one symbol; candles are given once each, in order.

    ``cost`` and ``funding`` are the readings of those names in expressions: round-trip cost and last funding rate as
    fractions; NaN where nobody knows.
    """

    def __init__(
        self, plan: Plan, symbol: str, timeframe: Timeframe, *, cost: float = nan, funding: float = nan
    ) -> None:
        self._plan, self._symbol, self._timeframe = plan, symbol, timeframe
        self._market = {"cost": cost, "funding": funding}
        self._score = FusionScore(plan.weights, plan.threshold, plan.margin)
        self._state = _State(
            IndicatorSet(plan.operands, timeframe), RegimeVote(), Forecaster(plan.horizon_bars, plan.barrier_bars)
        )

    def warm_up(self, candles: Candles) -> None:
        """Take in a block of closed candles without reading signals; the state is that of `close` on each."""
        if len(candles) == 0:
            return
        state, columns = self._state, self._state.indicators.columns
        block = state.indicators.run(candles)
        at = {text: columns.index(text) for text in ("adx(14)", "er(20)", "lr_slope(10)", "atr(14)")}
        measures = (block[:, at[text]].tolist() for text in at)
        for adx, efficiency, slope, atr in zip(*measures, strict=True):
            state.regime.step(adx, efficiency, _per_atr(slope, atr))
        state.forecaster.warm_up(candles.slice(0, -1))
        last = dict(zip(columns, block[-1].tolist(), strict=True))
        forecast = state.forecaster.update(candles[-1], *self._terms(candles[-1], last))
        state.before = self._row(candles[-1], last, state.regime.state, forecast)
        state.seen += len(candles)

    def close(self, candle: Candle) -> Signal:
        """The signal of a closed candle."""
        state = self._state
        values = dict(zip(state.indicators.columns, state.indicators.update(candle).tolist(), strict=True))
        forecast = state.forecaster.update(candle, *self._terms(candle, values))
        code = state.regime.step(*_measures(values))
        state.seen += 1
        now = self._row(candle, values, code, forecast)
        before, state.before = state.before, now
        return self._signal(_Moment(candle, now, before, REGIMES[code], forecast, state.seen), preview=False)

    def preview(self, candle: Candle) -> Signal:
        """The signal if the forming candle closed now; the state stays as it is."""
        state = self._state
        values = dict(zip(state.indicators.columns, state.indicators.preview(candle).tolist(), strict=True))
        forecast = state.forecaster.preview(candle, *self._terms(candle, values))
        code = state.regime.copy().step(*_measures(values))
        now = self._row(candle, values, code, forecast)
        return self._signal(_Moment(candle, now, state.before, REGIMES[code], forecast, state.seen + 1), preview=True)

    @property
    def matured(self) -> int:
        """How many of its forecasts on the grid have fallen due so far."""
        return 0

    def scored(self) -> ScoredForecasts:
        """The newest of them, with what came of each."""
        return ScoredForecasts.empty()

    def copy(self) -> "SignalReader":
        """A reader in the same state that goes its own way from here."""
        twin = SignalReader(self._plan, self._symbol, self._timeframe, **self._market)
        twin._state = self._state.copy()
        return twin

    def _terms(self, candle: Candle, values: Mapping[str, float]) -> tuple[Drift, Protection]:
        """What the forecast needs beside the candle: the plain model's figures, and stop and target."""
        stop = self._plan.stop_distance(candle.close, values["atr(14)"])
        target = self._plan.target_distance(stop, candle.close, values["atr(14)"])
        return Drift(values["mc.drift"], values["mc.sigma"]), Protection(stop, target)

    def _row(self, candle: Candle, values: Mapping[str, float], regime: int, forecast: Forecast | None) -> Row:
        return {
            **values,
            "open": candle.open,
            "high": candle.high,
            "low": candle.low,
            "price": candle.close,
            "volume": candle.volume,
            "hour": float(candle.open_ms // _HOUR_MS % 24),
            "weekday": float((candle.open_ms // _DAY_MS + 3) % 7),  # the epoch was a Thursday
            "p_up": forecast.p_up if forecast else nan,
            "sigma": forecast.sigma if forecast else nan,
            "mc.prob_up": forecast.p_up_plain if forecast else nan,
            **self._market,
            REGIME_COLUMN: float(regime),
        }

    def _signal(self, moment: _Moment, *, preview: bool) -> Signal:
        candle, now, plan = moment.candle, moment.now, self._plan
        self._score.step(array("d", [now[text] for text in FEATURES]), now["p_up"], REGIMES.index(moment.regime))
        at_ms = candle.open_ms + self._timeframe.interval_ms
        view = View(now, moment.before, moment.regime, at_ms)
        verdict, exit_long, exit_short = judge(plan, view, self._score, moment.seen)
        return Signal(
            symbol=self._symbol,
            bar_ms=candle.open_ms,
            at_ms=at_ms,
            price=candle.close,
            atr=now["atr(14)"],
            action=verdict.action,
            long_score=verdict.long_score,
            short_score=verdict.short_score,
            confidence=max(verdict.long_score, verdict.short_score),
            regime=moment.regime,
            readings=readings(now, self._score.votes, plan.weights[REGIMES.index(moment.regime)]),
            forecast=moment.forecast,
            reason=verdict.reason,
            exit_long=exit_long,
            exit_short=exit_short,
            preview=preview,
            threshold=plan.threshold if plan.is_fusion else None,
            margin=plan.margin if plan.is_fusion else None,
        )


def _measures(values: Mapping[str, float]) -> tuple[float, float, float]:
    """What the regime is voted on."""
    return values["adx(14)"], values["er(20)"], _per_atr(values["lr_slope(10)"], values["atr(14)"])


def _per_atr(slope: float, atr: float) -> float:
    return slope / atr if atr > 0 else nan
