"""What both engines run, and what they hand back: the same in, the same out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Regime
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.execution.paper import FundingRates
from sigma_engine.session.mandate import Mandate

Watch = Callable[[float], bool]
"""Told how far a run has come, 0 to 1; answers whether it is to go on."""


class Cancelled(Exception):
    """Somebody stopped the run; nothing of it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setup:
    """A backtest made ready: nothing is looked up any more while it runs.

    ``name`` is what people call the strategy. ``series`` holds each symbol's unbroken candles in the strategy's order
    of symbols; those that open before ``first_ms`` are history: read, never traded on. ``funding`` are rates by symbol
    and stamp; ``minutes`` 1m candles by symbol that settle the order of stop and target inside a candle, as far as
    they go. Orders fill ``latency_bars`` candles later than the next open.
    """

    run_id: str
    name: str
    mandate: Mandate
    timeframe: Timeframe
    series: Mapping[str, Candles]
    instruments: Mapping[str, Instrument]
    first_ms: int
    capital: Decimal
    latency_bars: int = 0
    funding: FundingRates = field(default_factory=dict)
    minutes: Mapping[str, Candles] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What an engine made of a `Setup`.

    ``trades`` in the order they were closed, ``regimes`` those of their signals. ``times`` and ``equity`` (both (n,))
    are the account at every close, the last point after everything was closed. ``orders`` and ``fills`` count entries.
    ``signals`` counts candles that asked for an entry, ``refusals`` what stopped them: ``edge gate``, ``probability
    gate``, ``kelly gate`` (the first that was shut), a safety rule's name (the first that objected), ``size``
    (nothing worth sending was left), ``order`` (the venue refused it). ``candles`` were decided on, the first opened
    at ``from_ms``, the last closed at ``to_ms``. ``run_s`` are the seconds from the first candle to the last close,
    without the telling of it.
    """

    trades: tuple[Trade, ...]
    regimes: tuple[Regime | None, ...]
    times: NDArray[np.int64]
    equity: NDArray[np.float64]
    orders: int
    fills: int
    signals: int
    refusals: Mapping[str, int]
    candles: int
    from_ms: int | None
    to_ms: int | None
    run_s: float = 0.0
