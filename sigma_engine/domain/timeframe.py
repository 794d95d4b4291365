"""The length of a candle."""

from enum import StrEnum

_UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
YEAR_MS = 365 * 86_400_000


class Timeframe(StrEnum):
    """Candle lengths people trade on; the value is how they are written."""

    M1 = "1m"
    M3 = "3m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H2 = "2h"
    H4 = "4h"
    D1 = "1d"

    @property
    def interval_ms(self) -> int:
        """The candle's length in milliseconds."""
        return int(self.value[:-1]) * _UNIT_MS[self.value[-1]]

    @property
    def bars_per_year(self) -> float:
        """How many candles a year of 365 days holds; crypto never closes."""
        return YEAR_MS / self.interval_ms
