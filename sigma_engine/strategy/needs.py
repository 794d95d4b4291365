"""What of a candle a strategy needs computed, so that a backtest computes nothing else."""

from dataclasses import dataclass
from enum import IntEnum

from sigma_engine.strategy.plan import Plan


class Depth(IntEnum):
    """How much of the forecast is made.

    ``SIGMA`` is the volatility, ``DIRECTION`` also the calibrated P(up) with its record and red flag, ``EVERYTHING``
    also the odds of the barriers, the expected move and all errors.
    """

    SIGMA = 0
    DIRECTION = 1
    EVERYTHING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What is computed: the columns of indicators, the forecast's depth, and whether votes are cast."""

    depth: Depth = Depth.EVERYTHING

    @classmethod
    def of(cls, plan: Plan, *, edge: bool, probability: bool, kelly: bool) -> "Needs":
        """What ``plan`` needs with these gates on."""
        return cls()

    @classmethod
    def everything(cls) -> "Needs":
        """All that a `SignalReader` computes."""
        return cls()
