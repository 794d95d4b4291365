"""Candle files made for a test, good and bad."""

import asyncio
import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sigma_engine.domain.market import MarketStep
from sigma_engine.market.candle_file import CandleFile, read_candle_file
from sigma_engine.session.ports import Feed

HEADER = "timestamp_ms,open,high,low,close,volume"
START_MS = 1_735_689_600_000
"""2025-01-01, on the grid of every timeframe."""

Row = Sequence[object]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes lines under a header as a candle file; a name that ends in .gz is packed."""

    def write_file(*rows: Row | str, name: str = "BTCUSDT-5m-test.csv", header: str = HEADER, end: str = "\n") -> Path:
        lines = [row if isinstance(row, str) else ",".join(map(str, row)) for row in rows]
        content = end.join([header, *lines, ""]).encode()
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write_file


@pytest.fixture
def row() -> Callable[..., tuple[object, ...]]:
    """A sound row, ``bar`` candles of ``interval_ms`` after the start."""

    def sound_row(
        bar: float, price: float = 100.0, volume: float = 5.0, interval_ms: int = 300_000
    ) -> tuple[object, ...]:
        return (int(START_MS + bar * interval_ms), price, price + 1, price - 1, price + 0.5, volume)

    return sound_row


@pytest.fixture
def candle_file(write: Write, row: Callable[..., tuple[object, ...]]) -> Callable[..., CandleFile]:
    """A file of sound candles at the given bars."""

    def read(bars: Sequence[int], symbol: str = "BTC", price: float = 100.0, part: str = "a") -> CandleFile:
        rows = [row(bar, price + bar % 7) for bar in bars]
        return read_candle_file(write(*rows, name=f"{symbol}USDT-5m-{part}.csv"))

    return read


@pytest.fixture
def take() -> Callable[[Feed, int | None], list[MarketStep]]:
    """The next steps of a feed, all of them without a number."""

    def steps(feed: Feed, count: int | None = None) -> list[MarketStep]:
        return asyncio.run(_collect(feed, count))

    return steps


async def _collect(feed: Feed, count: int | None) -> list[MarketStep]:
    found: list[MarketStep] = []
    async for step in feed.steps():
        found.append(step)
        if len(found) == count:
            break
    return found
