"""Markets for whole runs, made here."""

from pathlib import Path

import pytest

from sigma_engine.market.generated.feed import GeneratedFeed

START_MS = 1_750_000_000_000


@pytest.fixture(scope="session")
def short_replay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of generated one-minute candles as a file."""
    feed = GeneratedFeed.start(7, START_MS, ["BTC/USDT:USDT"], bars=1_500)
    (candles,) = feed.history().values()
    path = tmp_path_factory.mktemp("market") / "BTCUSDT-1m-20250615-20250616.csv"
    rows = zip(*(column.tolist() for column in candles.columns()), strict=True)
    lines = ["timestamp_ms,open,high,low,close,volume", *(",".join(map(repr, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
