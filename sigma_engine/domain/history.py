"""History that is kept: which candles of which market, and where they have holes."""

from dataclasses import dataclass

from sigma_engine.domain.fees import VENUE_FEES
from sigma_engine.domain.timeframe import Timeframe

IMPORTED = "import"
"""The source of candles that came from files."""
DEMO = "demo"
"""Sources of generated markets begin with this word; another start is another market."""


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
class Downloaded:
    """What is kept of a series after a download; ``notes`` say, without a full stop, what was found on the way."""

    coverage: Coverage
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadRequest:
    """Candles somebody wants from a venue's public data; ``until_ms`` None means up to now, UTC milliseconds."""

    venue: str
    symbol: str
    timeframe: Timeframe
    since_ms: int
    until_ms: int | None = None


def is_generated(source: str) -> bool:
    """Whether the candles of ``source`` are those of a demo market."""
    return source.partition("-")[0] == DEMO


def source_title(source: str) -> str:
    """How people call a source: ``Imported files``, ``Demo market``, a venue by its title, anything else as it is."""
    if source == IMPORTED:
        return "Imported files"
    if is_generated(source):
        return "Demo market"
    return next((fees.title for fees in VENUE_FEES if fees.venue == source), source)
