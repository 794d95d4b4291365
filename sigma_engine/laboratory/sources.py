"""Where the candles of a backtest come from: files, or the history that is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sigma_engine.domain.backtest import BacktestRequest
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import Coverage, Series, source_title
from sigma_engine.domain.symbol import require_one_of, short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError, InputError
from sigma_engine.laboratory.span import no_candle_between
from sigma_engine.market.candle_file import CandleFile, read_candle_file
from sigma_engine.market.file_name import names_symbol
from sigma_engine.market.joining import common_timeframe, joined_files
from sigma_engine.storage.store import SqliteStore

_MOST_TOLD = 4


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The candles there are, symbol by symbol in the strategy's order, with the gaps they have.

    ``minutes`` are the 1m candles kept beside them, ``name`` is where all of it came from.
    """

    name: str
    timeframe: Timeframe
    series: Mapping[str, Candles]
    minutes: Mapping[str, Candles]
    notes: tuple[str, ...]


def read_files(request: BacktestRequest, own_symbols: Sequence[str]) -> Source:
    """The candles of the request's files; blocks. Raises `InputError` with one sentence."""
    files = [_read(path, request) for path in request.files]
    timeframe = common_timeframe(files)
    series = joined_files(files)
    symbols, notes = _chosen(request.symbols, own_symbols, tuple(series))
    unused = [short(symbol) for symbol in series if symbol not in symbols]
    if unused:
        notes = (*notes, f"not asked for, left out: {', '.join(unused)}")
    notes = (*notes, *(note for file in files for note in _left_out(file)))
    name = ", ".join(dict.fromkeys(path.name for path in request.files))
    return Source(name, timeframe, {symbol: series[symbol] for symbol in symbols}, {}, notes)


async def kept_candles(
    store: SqliteStore, request: BacktestRequest, own_symbols: Sequence[str], timeframe: Timeframe, history_bars: int
) -> Source:
    """The candles kept under the request's source, ``history_bars`` before its start included.

    Raises `InputError` with one sentence where there are none.
    """
    source = str(request.source)
    wanted = request.symbols or tuple(own_symbols)
    from_ms = request.from_ms
    lead_in_ms = None if from_ms is None else from_ms - history_bars * timeframe.interval_ms
    found = {
        symbol: await store.candles_between(Series(source, symbol, timeframe), lead_in_ms, request.to_ms)
        for symbol in wanted
    }
    present = tuple(symbol for symbol, candles in found.items() if _reaches(candles, from_ms))
    if not present:
        raise _nothing_kept(await store.coverage(), source, wanted, timeframe, request)
    symbols, notes = _chosen(request.symbols, own_symbols, present)
    minutes: dict[str, Candles] = {}
    if request.minutes and timeframe is not Timeframe.M1:
        for symbol in symbols:
            minutes[symbol] = await store.candles_between(Series(source, symbol, Timeframe.M1), from_ms, request.to_ms)
    return Source(source, timeframe, {symbol: found[symbol] for symbol in symbols}, minutes, notes)


def given_symbol(path: Path, request: BacktestRequest) -> str | None:
    """The one symbol that was asked for, where the file's name does not say another."""
    return request.symbols[0] if len(request.symbols) == 1 and not names_symbol(path) else None


def _read(path: Path, request: BacktestRequest) -> CandleFile:
    return read_candle_file(path, given_symbol(path, request), request.timeframe)


def _left_out(file: CandleFile) -> tuple[str, ...]:
    """What is not run of a file's rows."""
    count = file.report.rejected_count
    if not count:
        return ()
    first, rows = file.report.rejected[0], "1 row" if count == 1 else f"{count} rows"
    return (f"{file.path.name}: {rows} left out, the first in line {first.line}: {first.reason}",)


def _chosen(
    asked: Sequence[str], own: Sequence[str], present: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The symbols to run on in their order, and a note about those of the strategy that are not there."""
    if asked:
        return tuple(dict.fromkeys(require_one_of(symbol, present) for symbol in asked)), ()
    chosen = tuple(symbol for symbol in own if symbol in present)
    if not chosen:
        raise DataError(
            f"No symbol of the strategy ({_listed(own)}) is in the candle files, which hold {_listed(present)}: "
            "give other files, or name the symbols to run on."
        )
    missing = [symbol for symbol in own if symbol not in present]
    return chosen, (f"not in the data, left out: {_listed(missing)}",) if missing else ()


def _reaches(candles: Candles, from_ms: int | None) -> bool:
    return len(candles) > 0 and (from_ms is None or int(candles.open_ms[-1]) >= from_ms)


def _nothing_kept(
    coverage: Sequence[Coverage], source: str, wanted: Sequence[str], timeframe: Timeframe, request: BacktestRequest
) -> InputError:
    """Which candles there are instead of those that were asked for."""
    same = [kept for kept in coverage if kept.series.source == source and kept.series.timeframe is timeframe]
    right = [kept for kept in same if kept.series.symbol in wanted]
    if right:
        first_ms, last_ms = min(kept.first_ms for kept in right), max(kept.last_ms for kept in right)
        return no_candle_between(request.from_ms, request.to_ms, first_ms, last_ms)
    return DataError(
        f"No {timeframe} candle of {_listed(wanted)} is kept from {source_title(source)}; "
        f"{_instead(coverage, source)}: import or download some first."
    )


def _instead(coverage: Sequence[Coverage], source: str) -> str:
    """What is kept of ``source``, or else of the others, candle length by candle length."""
    nearest = [kept.series for kept in coverage if kept.series.source == source]
    lengths: dict[str, list[str]] = {}
    for series in nearest or [kept.series for kept in coverage]:
        place = series.timeframe if nearest else f"{series.timeframe} from {source_title(series.source)}"
        lengths.setdefault(place, []).append(series.symbol)
    told = [f"{_listed(tuple(dict.fromkeys(symbols)))} {place}" for place, symbols in lengths.items()]
    more = f" and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    return f"there is {', '.join(told[:_MOST_TOLD])}{more}" if told else "nothing is kept yet"


def _listed(symbols: Sequence[str]) -> str:
    return ", ".join(short(symbol) for symbol in symbols)
