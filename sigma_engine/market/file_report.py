"""What was found in a candle file."""

from dataclasses import dataclass

from sigma_engine.domain.history import Gap

KEPT_REJECTIONS = 100
"""How many rejected rows are kept with their reasons; all are counted."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was left out; ``line`` counts from 1 with the header, in Parquet it is the row's number from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What a candle file held.

    ``rows`` are the data rows as found, good and bad; ``first_ms`` and ``last_ms`` open times of the first and last
    usable candle. ``rejected`` are the first `KEPT_REJECTIONS` of ``rejected_count`` rows left out, ``off_grid``
    those of them whose stamp is no open time of the timeframe. ``duplicates`` counts rows dropped because another
    has their stamp, ``out_of_order`` rows that came after a later one. ``notes`` says in words what else was done.
    """

    rows: int
    first_ms: int
    last_ms: int
    gaps: tuple[Gap, ...]
    duplicates: int
    rejected: tuple[Rejection, ...]
    rejected_count: int
    out_of_order: int
    off_grid: int
    notes: tuple[str, ...]

    @property
    def missing_bars(self) -> int:
        """Candles missing in all gaps together."""
        return sum(gap.missing for gap in self.gaps)
