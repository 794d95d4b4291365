"""The candles a backtest runs on: cut to what was asked for, bridged, and parted into history and trading."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_engine.clock import as_datetime
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.symbol import short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.market.gaps import LONGEST_BRIDGE_MS, bridge_gaps
from sigma_engine.market.replay import HISTORY_BARS


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Unbroken candles a symbol; those that open before ``first_ms`` are history, the last closes at ``end_ms``."""

    series: Mapping[str, Candles]
    first_ms: int
    end_ms: int
    notes: tuple[str, ...]


def cut_span(
    series: Mapping[str, Candles],
    timeframe: Timeframe,
    from_ms: int | None,
    to_ms: int | None,
    history_bars: int = HISTORY_BARS,
) -> Span:
    """The span of ``series`` (ascending, with gaps) in which trading begins at ``from_ms`` and ends before ``to_ms``.

    History before ``from_ms`` is ``history_bars`` candles at most; without ``from_ms`` the first 3,000 times, at most a
    third, are history, as in a replay. Gaps of up to a day are filled. Raises `DataError` where nothing is left, or
    where a longer gap lies within a stretch that was asked for.
    """
    lead_in_ms = None if from_ms is None else from_ms - history_bars * timeframe.interval_ms
    asked = {symbol: between(candles, lead_in_ms, to_ms) for symbol, candles in series.items()}
    there = {symbol: part for symbol, part in asked.items() if _opens_at_or_after(part, from_ms)}
    if not there:
        first_ms, last_ms = _ends(series)
        raise no_candle_between(from_ms, to_ms, first_ms, last_ms)
    bridged, notes = _bridged(there, timeframe, from_ms)
    absent = [short(symbol) for symbol in series if symbol not in there]
    if absent:
        notes = (*notes, f"no candle in this span, left out: {', '.join(absent)}")
    times = all_times(bridged)
    first_ms = _first(times, from_ms)
    if first_ms == times[0]:
        notes = (*notes, "no candle before the start: indicators warm up while the strategy already trades")
    return Span(bridged, first_ms, int(times[-1]) + timeframe.interval_ms, notes)


def between(candles: Candles, from_ms: int | None, to_ms: int | None) -> Candles:
    """The candles that open in [``from_ms``, ``to_ms``)."""
    first = 0 if from_ms is None else int(np.searchsorted(candles.open_ms, from_ms))
    last = len(candles) if to_ms is None else int(np.searchsorted(candles.open_ms, to_ms))
    return candles.slice(first, max(first, last))


def all_times(series: Mapping[str, Candles]) -> NDArray[np.int64]:
    """Every open time there is, ascending."""
    return np.unique(np.concatenate([candles.open_ms for candles in series.values()]))


def no_candle_between(from_ms: int | None, to_ms: int | None, first_ms: int, last_ms: int) -> DataError:
    """The refusal of a span in which there is nothing."""
    start = "the start" if from_ms is None else moment(from_ms)
    end = "the end" if to_ms is None else moment(to_ms)
    return DataError(
        f"No candle opens between {start} and {end}: there are candles from {moment(first_ms)} to {moment(last_ms)} "
        "UTC, choose a span within that."
    )


def moment(at_ms: int) -> str:
    """A UTC time as people write it."""
    return f"{as_datetime(at_ms):%Y-%m-%d %H:%M}"


def _opens_at_or_after(candles: Candles, from_ms: int | None) -> bool:
    return len(candles) > 0 and (from_ms is None or int(candles.open_ms[-1]) >= from_ms)


def _ends(series: Mapping[str, Candles]) -> tuple[int, int]:
    times = all_times(series)
    return int(times[0]), int(times[-1])


def _first(times: NDArray[np.int64], from_ms: int | None) -> int:
    """Where trading begins."""
    if from_ms is not None:
        return int(times[np.searchsorted(times, from_ms)])
    if len(times) < 2:
        raise DataError("There is one candle only: a backtest needs two at least.")
    return int(times[min(HISTORY_BARS, len(times) // 3)])


def _bridged(
    series: Mapping[str, Candles], timeframe: Timeframe, from_ms: int | None
) -> tuple[dict[str, Candles], tuple[str, ...]]:
    whole: dict[str, Candles] = {}
    notes: list[str] = []
    for symbol, candles in series.items():
        unbroken = candles if from_ms is None else _behind_long_gaps(symbol, candles, from_ms)
        bridged = bridge_gaps(unbroken, timeframe)
        whole[symbol] = bridged.candles
        notes += [f"{short(symbol)}: {bridged.note()}"] if bridged.note() else []
    return whole, tuple(notes)


def _behind_long_gaps(symbol: str, candles: Candles, from_ms: int) -> Candles:
    """What no gap of more than a day parts from the trading at ``from_ms`` and later."""
    cuts = np.flatnonzero(np.diff(candles.open_ms) > LONGEST_BRIDGE_MS) + 1
    if not len(cuts):
        return candles
    before, behind = int(candles.open_ms[cuts[-1] - 1]), int(candles.open_ms[cuts[-1]])
    if before >= from_ms:
        raise DataError(
            f"{short(symbol)} has no candle between {moment(before)} and {moment(behind)} UTC, more than a day: choose "
            "a span before or after that, or fill the gap with a download."
        )
    return candles.slice(int(cuts[-1]))
