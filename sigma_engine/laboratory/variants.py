"""The same backtest with less of the future or another past: what the checks compare it with."""

from collections.abc import Mapping
from dataclasses import fields, replace

import numpy as np

from sigma_engine.backtest.setup import Setup, Watch
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.position import Trade
from sigma_engine.domain.symbol import short
from sigma_engine.laboratory.span import all_times, between


def ended_at(setup: Setup, cut_ms: int) -> Setup:
    """``setup`` as it is known just before the candles that open at ``cut_ms`` trade: of those only the open is told.

    The last candles therefore stand still at their open, so that orders can be filled there, and nothing behind it
    can be seen.
    """
    end_ms = cut_ms + setup.timeframe.interval_ms
    return replace(
        setup,
        series={symbol: _still_from(part, cut_ms) for symbol, part in _between(setup.series, None, end_ms).items()},
        minutes=_between(setup.minutes, None, cut_ms),
        funding={
            symbol: {at: rate for at, rate in rates.items() if at <= cut_ms} for symbol, rates in setup.funding.items()
        },
    )


def with_history(setup: Setup, source: Mapping[str, Candles], bars: int) -> Setup:
    """``setup`` on the candles of ``source``, with ``bars`` candles of history; the instruments stay as they are."""
    start_ms = setup.first_ms - bars * setup.timeframe.interval_ms
    return replace(setup, series=_between({symbol: source[symbol] for symbol in setup.series}, start_ms, None))


def history_bars(setup: Setup) -> int:
    """How many candles of history ``setup`` has."""
    return max(0, int(setup.first_ms - all_times(setup.series)[0]) // setup.timeframe.interval_ms)


def difference(expected: Trade, found: Trade) -> str | None:
    """The first field in which two trades differ, in words; None where every field is equal."""
    for each in fields(Trade):
        one, other = getattr(expected, each.name), getattr(found, each.name)
        if one != other and not (one != one and other != other):
            return f"{short(expected.symbol)} {expected.side} trade: {each.name} is {other} instead of {one}"
    return None


def spread(places: int, stamps: list[int]) -> list[int]:
    """``places`` of ``stamps`` (ascending), evenly apart, each once; fewer where there are not so many."""
    if not stamps:
        return []
    at = np.linspace(0, len(stamps) - 1, places + 2)[1:-1]
    return sorted({stamps[int(place)] for place in at})


def part_of(watch: Watch, number: int, runs: int) -> Watch:
    """A watch for one, counted from 0, of several runs of like length."""
    return lambda share: watch((number + share) / runs)


def _still_from(candles: Candles, cut_ms: int) -> Candles:
    """``candles`` with every price from ``cut_ms`` on at the open, and nothing traded there."""
    ahead = candles.open_ms >= cut_ms
    high, low, close = (np.where(ahead, candles.open, each) for each in (candles.high, candles.low, candles.close))
    return Candles(candles.open_ms, candles.open, high, low, close, np.where(ahead, 0.0, candles.volume))


def _between(series: Mapping[str, Candles], from_ms: int | None, to_ms: int | None) -> dict[str, Candles]:
    parts = {symbol: between(candles, from_ms, to_ms) for symbol, candles in series.items()}
    return {symbol: part for symbol, part in parts.items() if len(part)}
