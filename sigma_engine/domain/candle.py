"""Candles, one at a time and by the block."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Candle:
    """One bar of trading; ``open_ms`` is when it opened, UTC milliseconds; prices in USDT, volume in the coin."""

    open_ms: int
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(frozen=True, slots=True, eq=False)
class Candles:
    """A block of candles as columns: ``open_ms`` int64, the rest float64, C-contiguous, all of one length."""

    open_ms: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]

    @classmethod
    def from_rows(cls, rows: list[Candle]) -> "Candles":
        """The same candles as columns."""
        names = ("open", "high", "low", "close", "volume")
        stamps = np.array([row.open_ms for row in rows], np.int64)
        return cls(stamps, *(np.array([getattr(row, name) for row in rows], np.float64) for name in names))

    @classmethod
    def empty(cls) -> "Candles":
        """No candles."""
        return cls.from_rows([])

    def __len__(self) -> int:
        return len(self.open_ms)

    def __getitem__(self, at: int) -> Candle:
        return Candle(
            int(self.open_ms[at]),
            float(self.open[at]),
            float(self.high[at]),
            float(self.low[at]),
            float(self.close[at]),
            float(self.volume[at]),
        )

    def __iter__(self) -> Iterator[Candle]:
        return (self[at] for at in range(len(self)))

    def slice(self, start: int, stop: int | None = None) -> "Candles":
        """Candles ``start`` up to, not with, ``stop``; views, not copies."""
        part = slice(start, stop)
        stamps, *prices = self.columns()
        return Candles(stamps[part], *(column[part] for column in prices))

    def columns(self) -> tuple[NDArray[np.int64], *tuple[NDArray[np.float64], ...]]:
        """Stamp, open, high, low, close, volume: the order every kernel takes them in."""
        return self.open_ms, self.open, self.high, self.low, self.close, self.volume

    def joined(self, later: "Candles") -> "Candles":
        """These candles followed by ``later``."""
        stamps, *prices = (np.concatenate(pair) for pair in zip(self.columns(), later.columns(), strict=True))
        return Candles(stamps, *prices)

    def corrected(self, candle: Candle) -> "Candles":
        """The same with ``candle`` in the place of the one of its time, or where it belongs; these must ascend."""
        at = int(np.searchsorted(self.open_ms, candle.open_ms))
        present = at < len(self) and int(self.open_ms[at]) == candle.open_ms
        return self.slice(0, at).joined(Candles.from_rows([candle])).joined(self.slice(at + present))
