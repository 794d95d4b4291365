"""From candles to signals by the block: what `SignalReader` says of each candle, as bare numbers."""

from math import nan

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.signals import SIGNAL_FIELDS, WITHOUT_FORECAST, SignalRun
from sigma_engine.probability.models import DEFAULT_MODEL, ForecastModel
from sigma_engine.strategy.evaluation import Market, new_evaluator
from sigma_engine.strategy.needs import Needs
from sigma_engine.strategy.plan import Plan


class SignalBlocks:
    """The signals of one symbol's closed candles, given once each, in order, in blocks cut anywhere.

    Arguments as those of `SignalReader`; ``needs`` says what is computed, and what is not is NaN. Figures of the
    forecast are NaN, too, where a `SignalReader`'s signal has none. For one thread at a time.
    """

    def __init__(
        self,
        plan: Plan,
        timeframe: Timeframe,
        *,
        cost: float = nan,
        funding: float = nan,
        model: ForecastModel = DEFAULT_MODEL,
        needs: Needs,
    ) -> None:
        indicators, evaluator = new_evaluator(plan, timeframe, needs, Market(cost=cost, funding=funding), model)
        judgement, atr = plan.judgement(needs.columns), needs.columns.index("atr(14)")
        self._run = SignalRun(indicators.bank, evaluator, judgement, atr, timeframe.interval_ms)

    def warm_up(self, candles: Candles) -> None:
        """Take in a block without reading signals; the state is that of `run`."""
        self._take(candles, np.empty((len(candles), 0)))

    def run(self, candles: Candles, out: NDArray[np.float64]) -> None:
        """Take in a block; row i of ``out`` (n, `SIGNAL_FIELDS`) gets the signal of candle i, the GIL released.

        Without its forecast a signal has the first `WITHOUT_FORECAST` fields. Raises `ValueError` for an ``out`` of
        another shape.
        """
        if out.shape not in ((len(candles), width) for width in (WITHOUT_FORECAST, len(SIGNAL_FIELDS))):
            raise ValueError(f"{len(candles)} candles need {len(candles)} x {len(SIGNAL_FIELDS)} numbers: {out.shape}")
        self._take(candles, out)

    def _take(self, candles: Candles, out: NDArray[np.float64]) -> None:
        c = candles
        self._run.run(c.open_ms, c.open, c.high, c.low, c.close, c.volume, out)
