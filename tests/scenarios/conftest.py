"""Markets for whole runs, made here."""

import os
from collections import Counter
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


_CAMPAIGNS = {
    "test_faults_network.py": 1,
    "test_faults_venue.py": 1,
    "test_independent_exchange.py": 2,
    "test_kill_9.py": 3,
    "test_refusals_in_words.py": 4,
    "test_canary.py": 3,
}
"""How many of each scenario's variants every run plays; `make faults` plays all of them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("SIGMA_ALL_FAULTS"):
        return
    played: Counter[str] = Counter()
    left_out: list[pytest.Item] = []
    for item in items:
        most, scenario = _CAMPAIGNS.get(item.path.name), item.nodeid.partition("[")[0]
        played[scenario] += 1
        if most is not None and played[scenario] > most:
            left_out.append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
