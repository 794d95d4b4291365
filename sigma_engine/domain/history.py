"""History that is kept: which candles of which market, and where they have holes."""

from dataclasses import dataclass

from sigma_engine.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True)
class Gap:
    """``missing`` candles are not there after the one that opened at ``after_ms``."""

    after_ms: int
    missing: int


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One series of kept candles; ``source`` is where they came from: ``import``, a venue, a generated market."""

    source: str
    symbol: str
    timeframe: Timeframe


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is kept of a series; ``first_ms`` and ``last_ms`` are the open times of its first and last candle."""

    series: Series
    candles: int
    first_ms: int
    last_ms: int
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> int:
        """Candles missing in all gaps together."""
        return sum(gap.missing for gap in self.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadRequest:
    """Candles somebody wants from a venue's public data; ``until_ms`` None means up to now, UTC milliseconds."""

    venue: str
    symbol: str
    timeframe: Timeframe
    since_ms: int
    until_ms: int | None = None
