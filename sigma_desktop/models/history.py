"""Kept candles as rows of a table and as bars: what is there of a series, and where it has holes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sigma_desktop.models.cells import Cell, Column, Kind
from sigma_desktop.models.story import story
from sigma_desktop.theme.format import duration
from sigma_desktop.theme.tokens import Token
from sigma_engine import Coverage, Gap, Series, Timeframe, as_datetime, is_generated, short, source_title

Spans = tuple[tuple[float, float], ...]
Moments = tuple[int, int]
"""From and to, UTC milliseconds; the second is not included."""

_MOST_SPANS = 400
"""More parts than this are not told apart on any screen."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A series, and the time that all bars of the table stand for."""

    coverage: Coverage
    whole: Moments


def end_ms(coverage: Coverage) -> int:
    """Where the last candle closes."""
    return coverage.last_ms + coverage.series.timeframe.interval_ms


def whole_of(coverages: Iterable[Coverage]) -> Moments | None:
    """From the first candle of any to the end of the last, None where there are none."""
    kept = tuple(coverages)
    if not kept:
        return None
    return min(each.first_ms for each in kept), max(end_ms(each) for each in kept)


def stretches(coverage: Coverage) -> list[Moments]:
    """The unbroken parts of a series, in order."""
    interval, begin, found = coverage.series.timeframe.interval_ms, coverage.first_ms, []
    for gap in sorted(coverage.gaps, key=lambda gap: gap.after_ms):
        found.append((begin, gap.after_ms + interval))
        begin = gap.after_ms + interval * (gap.missing + 1)
    return [*found, (begin, end_ms(coverage))]


def spans(coverage: Coverage, whole: Moments) -> Spans:
    """The unbroken parts as shares of ``whole``; of very many the narrowest holes are closed."""
    length = max(1, whole[1] - whole[0])
    parts = [((first - whole[0]) / length, (last - whole[0]) / length) for first, last in stretches(coverage)]
    if len(parts) > _MOST_SPANS:
        parts = _closed(parts, 1 / _MOST_SPANS)
    return tuple(parts)


def gaps_within(coverage: Coverage, within: Moments) -> tuple[Gap, ...]:
    """The holes that reach into ``within``."""
    interval = coverage.series.timeframe.interval_ms
    return tuple(
        gap
        for gap in coverage.gaps
        if gap.after_ms + interval < within[1] and gap.after_ms + interval * (gap.missing + 1) > within[0]
    )


def candles_within(coverage: Coverage, within: Moments) -> int:
    """How many candles of a series open in ``within``."""
    interval, count = coverage.series.timeframe.interval_ms, 0
    for first, last in stretches(coverage):
        begin, end = max(first, -(-within[0] // interval) * interval), min(last, within[1])
        count += max(0, -(-(end - begin) // interval))
    return count


def sources(coverages: Iterable[Coverage]) -> dict[str, str]:
    """The sources there are and how they are called: real candles before generated ones, the longest history first.

    Of several demo markets, which have one name, each is told with the day it begins.
    """
    kept: dict[str, list[Coverage]] = {}
    for each in coverages:
        kept.setdefault(each.series.source, []).append(each)
    titles = Counter(map(source_title, kept))
    order = sorted(kept, key=lambda source: (is_generated(source), -_reach_ms(kept[source]), source))
    return {source: _called(source, kept[source], titles[source_title(source)] > 1) for source in order}


def timeframes(coverages: Iterable[Coverage], source: str) -> list[Timeframe]:
    """The candle lengths kept of a source, the shortest first."""
    found = {each.series.timeframe for each in coverages if each.series.source == source}
    return sorted(found, key=lambda timeframe: timeframe.interval_ms)


def of(coverages: Iterable[Coverage], source: str, timeframe: Timeframe | None) -> dict[str, Coverage]:
    """The series of a source and a candle length, by symbol."""
    wanted = (each for each in coverages if (each.series.source, each.series.timeframe) == (source, timeframe))
    return {each.series.symbol: each for each in sorted(wanted, key=lambda each: each.series.symbol)}


def rows(coverages: Sequence[Coverage]) -> list[HistoryRow]:
    """Rows of the table, their bars over the same time."""
    whole = whole_of(coverages) or (0, 0)
    return [HistoryRow(coverage, whole) for coverage in sorted(coverages, key=lambda each: each.series)]


def day(at_ms: int) -> str:
    """``1 Mar 2025``, UTC."""
    moment = as_datetime(at_ms)
    return f"{moment.day} {moment:%b %Y}"


def missing_words(missing: int, gaps: int) -> str:
    """``36 candles are missing in 1 gap``."""
    candles = "1 candle is" if missing == 1 else f"{missing:,} candles are"
    return f"{candles} missing in {'1 gap' if gaps == 1 else f'{gaps:,} gaps'}"


def gap_words(gap: Gap, timeframe: Timeframe) -> str:
    """``1 Mar 2025 14:05: 3 candles (15 min)``: where the first is missing and how many are."""
    first = gap.after_ms + timeframe.interval_ms
    count = "1 candle" if gap.missing == 1 else f"{gap.missing:,} candles"
    return f"{day(first)} {as_datetime(first):%H:%M}: {count} ({duration(gap.missing * timeframe.interval_ms)})"


def _reach_ms(kept: Sequence[Coverage]) -> int:
    """How long the longest series reaches."""
    return max(end_ms(each) - each.first_ms for each in kept)


def _called(source: str, kept: Sequence[Coverage], is_one_of_several: bool) -> str:
    title = source_title(source)
    return f"{title} from {day(min(each.first_ms for each in kept))}" if is_one_of_several else title


def _closed(parts: list[tuple[float, float]], narrowest: float) -> list[tuple[float, float]]:
    joined = [parts[0]]
    for first, last in parts[1:]:
        if first - joined[-1][1] < narrowest:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _gap_cell(row: HistoryRow) -> Cell:
    if not row.coverage.missing:
        return Cell("none", Token.T2)
    return Cell(f"{row.coverage.missing:,} in {len(row.coverage.gaps):,}", Token.WARN)


def _bar_cell(row: HistoryRow) -> Cell:
    return Cell("", Token.ACCENT, Kind.SPANS, spans=spans(row.coverage, row.whole))


COLUMNS: tuple[Column[HistoryRow], ...] = (
    Column(
        "Source",
        lambda row: Cell(source_title(row.coverage.series.source), Token.T1),
        lambda row: row.coverage.series.source,
        96,
        2,
        explanation="Where the candles came from",
    ),
    Column(
        "Symbol",
        lambda row: Cell(short(row.coverage.series.symbol), bold=True),
        lambda row: row.coverage.series.symbol,
        92,
        2,
    ),
    Column(
        "Candle",
        lambda row: Cell(row.coverage.series.timeframe.value),
        lambda row: float(row.coverage.series.timeframe.interval_ms),
        54,
        0,
    ),
    Column("From", lambda row: Cell(day(row.coverage.first_ms)), lambda row: float(row.coverage.first_ms), 88, 1),
    Column("To", lambda row: Cell(day(row.coverage.last_ms)), lambda row: float(row.coverage.last_ms), 88, 1),
    Column(
        "Candles",
        lambda row: Cell(f"{row.coverage.candles:,}"),
        lambda row: float(row.coverage.candles),
        78,
        1,
        right=True,
    ),
    Column(
        "Missing",
        _gap_cell,
        lambda row: float(row.coverage.missing),
        96,
        1,
        right=True,
        explanation="Candles missing, in how many gaps",
    ),
    Column(
        "Coverage",
        _bar_cell,
        None,
        120,
        6,
        rank=1,
        explanation="What is there from the first kept candle of any series to the last; holes are dark",
    ),
)


def key(row: HistoryRow) -> Series:
    """A series is known by itself."""
    return row.coverage.series


def tell(row: HistoryRow) -> str:
    """A series in full, for its tooltip."""
    kept = row.coverage
    facts = (
        ("Source", source_title(kept.series.source)),
        ("From", f"{as_datetime(kept.first_ms):%d %b %Y %H:%M} UTC"),
        ("To", f"{as_datetime(kept.last_ms):%d %b %Y %H:%M} UTC"),
        ("Candles", f"{kept.candles:,}"),
    )
    note = f"{missing_words(kept.missing, len(kept.gaps))}." if kept.gaps else "No candle is missing."
    return story(f"{short(kept.series.symbol)} {kept.series.timeframe.value}", facts, note)
