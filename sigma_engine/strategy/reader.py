"""Reads one symbol's candles by a plan: indicators, regime, forecast and conditions become one `Signal` a candle."""

from copy import copy
from math import nan

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.signal import Signal
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.evaluator import Evaluator
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.probability.forecast import as_forecast, scored_forecasts
from sigma_engine.probability.models import DEFAULT_MODEL, ForecastModel
from sigma_engine.probability.record import ScoredForecasts
from sigma_engine.strategy.evaluation import Market, new_evaluator
from sigma_engine.strategy.expression import REGIMES, Row
from sigma_engine.strategy.needs import Needs
from sigma_engine.strategy.plan import Plan
from sigma_engine.strategy.readings import readings
from sigma_engine.strategy.verdict import View, judge


class SignalReader:
    """The signal of each closed candle of one symbol; candles are given once each, in order.

    ``cost`` and ``funding`` are the readings of those names in expressions: round-trip cost and last funding rate as
    fractions; NaN where nobody knows. ``model`` makes the forecasts.
    """

    def __init__(
        self,
        plan: Plan,
        symbol: str,
        timeframe: Timeframe,
        *,
        cost: float = nan,
        funding: float = nan,
        model: ForecastModel = DEFAULT_MODEL,
    ) -> None:
        self._plan, self._symbol, self._timeframe, self._model = plan, symbol, timeframe, model
        needs = Needs.everything(plan)
        self.columns = needs.columns
        market = Market(cost=cost, funding=funding)
        self._indicators, self._evaluator = new_evaluator(plan, timeframe, needs, market, model)
        self._judgement = plan.judgement(self.columns)
        self._before: Row | None = None
        self._seen = 0

    def warm_up(self, candles: Candles) -> None:
        """Take in a block of closed candles without reading signals; the state is that of `close` on each."""
        if len(candles):
            self._before = self._named(self.rows(candles)[-1])

    def rows(self, candles: Candles) -> NDArray[np.float64]:
        """Advance by a block of closed candles; the readings after each, (n, columns) in the order of ``columns``."""
        c, rows = candles, np.empty((len(candles), len(self.columns)))
        self._evaluator.run(c.open_ms, c.open, c.high, c.low, c.close, c.volume, self._indicators.run(c), rows)
        self._seen += len(candles)
        return rows

    def close(self, candle: Candle) -> Signal:
        """The signal of a closed candle."""
        now, before = self._named(self.read(candle)), self._before
        self._before = now
        return self._signal(self._evaluator, candle, now, before, preview=False)

    def read(self, candle: Candle) -> NDArray[np.float64]:
        """Take in a closed candle without telling anybody: its row in the order of ``columns``; ``score`` follows."""
        self._seen += 1
        return _stepped(self._evaluator, self._indicators.update(candle), candle)

    @property
    def score(self) -> FusionScore:
        """Votes, scores and action of the candle that was read last."""
        return self._evaluator.score

    def preview(self, candle: Candle) -> Signal:
        """The signal if the forming candle closed now; the state stays as it is."""
        twin = self._evaluator.copy()
        now = self._named(_stepped(twin, self._indicators.preview(candle), candle))
        return self._signal(twin, candle, now, self._before, preview=True)

    def copy(self) -> "SignalReader":
        """A reader in the same state that goes its own way from here."""
        twin = copy(self)
        twin._indicators, twin._evaluator = self._indicators.copy(), self._evaluator.copy()
        return twin

    @property
    def matured(self) -> int:
        """How many forecasts of the grid have fallen due so far."""
        return self._evaluator.fold.board.matured

    def scored(self) -> ScoredForecasts:
        """The newest thousand of them, with what came of each; all of them as folded, none marked as made live."""
        return scored_forecasts(self._evaluator.fold)

    def _named(self, row: NDArray[np.float64]) -> Row:
        return dict(zip(self.columns, row.tolist(), strict=True))

    def _signal(self, evaluator: Evaluator, candle: Candle, now: Row, before: Row | None, *, preview: bool) -> Signal:
        plan, regime = self._plan, REGIMES[int(now["regime"])]
        at_ms = candle.open_ms + self._timeframe.interval_ms
        view = View(now, before, regime, at_ms, evaluator.table)
        verdict, exit_long, exit_short = judge(plan, self._judgement, view, evaluator.score, self._seen + preview)
        rules = plan.rules(regime)
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
            regime=regime,
            readings=readings(now, evaluator.score.votes, plan.weights[REGIMES.index(regime)]),
            forecast=as_forecast(evaluator.figures, candle.close, plan.horizon_bars, plan.barrier_bars, self._model),
            reason=verdict.reason,
            exit_long=exit_long,
            exit_short=exit_short,
            preview=preview,
            threshold=rules.threshold if plan.is_fusion else None,
            margin=rules.margin if plan.is_fusion else None,
        )


def _stepped(evaluator: Evaluator, values: NDArray[np.float64], candle: Candle) -> NDArray[np.float64]:
    """The row of a candle, by ``evaluator``, which takes it in."""
    c, table = candle, evaluator.table
    evaluator.turn()
    table[: len(values), 1] = values
    evaluator.step(c.open_ms, c.open, c.high, c.low, c.close, c.volume)
    return table[:, 1].copy()
