"""What stands beside the candles of a backtest: funding rates and the minutes inside each candle."""

from collections.abc import Mapping
from pathlib import Path

from sigma_engine.domain.backtest import BacktestRequest
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.symbol import short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.execution.paper import FundingRates
from sigma_engine.laboratory.sources import Source, given_symbol
from sigma_engine.laboratory.span import Span, between
from sigma_engine.market.candle_file import CandleFile, read_candle_file
from sigma_engine.market.file_name import names_timeframe
from sigma_engine.market.funding_file import read_funding_file
from sigma_engine.market.joining import joined_files
from sigma_engine.risk.costs import funding_stamps

Notes = tuple[str, ...]

_STOP_FIRST = "where stop and target lie in one candle the stop comes first"


def funding_rates(request: BacktestRequest, span: Span) -> tuple[FundingRates, Notes]:
    """The rates of the request's files that fall into ``span``, and which markets lack some."""
    if request.costs is not None and not request.costs.funding:
        return {}, ("funding is left out, as was asked",)
    files = [read_funding_file(path, given_symbol(path, request)) for path in request.funding_files]
    given: dict[str, dict[int, float]] = {symbol: {} for symbol in span.series}
    for file in files:
        given.setdefault(file.symbol, {}).update(file.rates)
    within = {symbol: _within(given[symbol], candles, span.end_ms) for symbol, candles in span.series.items()}
    return {symbol: rates for symbol, rates in within.items() if rates}, _lacking(within, span)


def _within(rates: Mapping[int, float], candles: Candles, end_ms: int) -> dict[int, float]:
    return {stamp: rate for stamp, rate in rates.items() if int(candles.open_ms[0]) <= stamp < end_ms}


def _lacking(within: Mapping[str, Mapping[int, float]], span: Span) -> Notes:
    without = [short(symbol) for symbol, rates in within.items() if not rates]
    notes = [f"no funding rates of {', '.join(without)}: none are booked there"] if without else []
    due = funding_stamps(span.first_ms, span.end_ms - span.first_ms)
    for symbol, rates in within.items():
        known = sum(stamp >= span.first_ms for stamp in rates)
        if rates and known < due:
            notes.append(f"{short(symbol)}: {due - known} of {due} funding rates are not in the files, not booked")
    return tuple(notes)


def minute_candles(request: BacktestRequest, source: Source, span: Span) -> tuple[Mapping[str, Candles], Notes]:
    """The 1m candles of ``span``'s trading as they are, holes and all, and which markets lack some."""
    if not (request.minutes or request.minute_files):
        return {}, ()
    if source.timeframe is Timeframe.M1:
        return {}, ("the candles are 1m ones themselves: there are none inside them",)
    given = {**source.minutes, **_read_minutes(request)}
    there = {symbol: between(given.get(symbol, Candles.empty()), span.first_ms, span.end_ms) for symbol in span.series}
    kept = {symbol: part for symbol, part in there.items() if len(part)}
    return kept, _lacking_minutes(kept, source.timeframe, span)


def _lacking_minutes(kept: Mapping[str, Candles], timeframe: Timeframe, span: Span) -> Notes:
    """Which markets have no 1m candles, and which have holes in them."""
    without = [short(symbol) for symbol in span.series if symbol not in kept]
    notes = [f"no 1m candles of {', '.join(without)}: {_STOP_FIRST}"] if without else []
    for symbol, minutes in kept.items():
        traded = int((span.series[symbol].open_ms >= span.first_ms).sum())
        due = traded * timeframe.interval_ms // Timeframe.M1.interval_ms
        if len(minutes) < due:
            notes.append(f"{short(symbol)}: {due - len(minutes):,} of {due:,} 1m candles are missing: {_STOP_FIRST}")
    return tuple(notes)


def _read_minutes(request: BacktestRequest) -> Mapping[str, Candles]:
    files = [_minute_file(path, request) for path in request.minute_files]
    return joined_files(files) if files else {}


def _minute_file(path: Path, request: BacktestRequest) -> CandleFile:
    given = None if names_timeframe(path) else Timeframe.M1.value
    file = read_candle_file(path, given_symbol(path, request), given)
    if file.timeframe is not Timeframe.M1:
        raise DataError(f"{path} holds {file.timeframe} candles: the order inside a candle needs 1m ones.")
    return file
