"""From candles to signals by the block: what `SignalReader` says of each, as numbers."""

from math import nan

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.signal import Action
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.forecast import FIGURES
from sigma_engine.probability.models import DEFAULT_MODEL, ForecastModel
from sigma_engine.strategy.needs import Needs
from sigma_engine.strategy.plan import Plan
from sigma_engine.strategy.reader import SignalReader

_TAIL = (
    "p_up", "p_target", "p_stop", "p_target_short", "p_stop_short", "p_target_error", "p_target_short_error",
    "move", "move_error", "trust", "matured",
)  # fmt: skip


class SignalBlocks:
    """The signals of one symbol's closed candles, given once each, in order, in blocks cut anywhere."""

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
        self._reader = SignalReader(plan, "", timeframe, cost=cost, funding=funding, model=model)

    def warm_up(self, candles: Candles) -> None:
        """Take in a block without reading signals."""
        self._reader.warm_up(candles)

    def run(self, candles: Candles, out: NDArray[np.float64]) -> None:
        """Take in a block; row i of ``out`` (n, `SIGNAL_FIELDS`) gets the signal of candle i."""
        for row, candle in zip(out, candles, strict=True):
            signal = self._reader.close(candle)
            figures = dict.fromkeys(FIGURES, nan)
            if signal.forecast is not None:
                figures = dict(zip(FIGURES, self._reader._evaluator.figures, strict=True))
            action = (signal.action is Action.BUY) - (signal.action is Action.SELL)
            row[:] = (
                candle.open,
                candle.high,
                candle.low,
                candle.close,
                signal.atr,
                figures["sigma"],
                action,
                signal.exit_long,
                signal.exit_short,
                *(figures[name] for name in _TAIL),
            )
