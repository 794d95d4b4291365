"""The command line as a person meets it: words in, text and an exit code out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigma_engine.cli import main

MINUTE_MS = 60_000
START_MS = 1_748_736_000_000  # 2025-06-01 00:00 UTC
OPTIONS_IN_THE_ENVIRONMENT = ("SIGMA_FEE_BPS", "SIGMA_SLIPPAGE_BPS", "SIGMA_PAPER_BALANCE")


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """JSON lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Answer]


@pytest.fixture
def sigma_engine(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command in a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in OPTIONS_IN_THE_ENVIRONMENT:
        monkeypatch.setenv(name, "")  # so that what a command puts there is taken back

    def run(*words: object) -> Answer:
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        return Answer(int(left.value.code or 0), captured.out, captured.err)

    return run


def _write_candles(path: Path, count: int, seed: int = 7) -> Path:
    """A random walk of ``count`` five-minute candles from 2025-06-01, at a price like Bitcoin's."""
    draw = np.random.default_rng(seed)
    close = 100_000 * np.exp(np.cumsum(draw.normal(0, 0.002, count)))
    open_ = np.r_[100_000, close[:-1]]
    high = np.maximum(open_, close) * (1 + np.abs(draw.normal(0, 0.001, count)))
    low = np.minimum(open_, close) * (1 - np.abs(draw.normal(0, 0.001, count)))
    stamps = START_MS + 5 * MINUTE_MS * np.arange(count)
    rows = zip(stamps.tolist(), *(np.round(part, 1).tolist() for part in (open_, high, low, close)), strict=True)
    text = "\n".join(",".join(map(str, (*row, 5.0))) for row in rows)
    path.write_text(f"timestamp_ms,open,high,low,close,volume\n{text}\n", "utf-8")
    return path


@pytest.fixture
def write_candles() -> Callable[..., Path]:
    """Writes a candle file: its path, how many, and the walk's seed."""
    return _write_candles


@pytest.fixture
def candles(tmp_path: Path) -> Path:
    """600 five-minute candles."""
    return _write_candles(tmp_path / "BTCUSDT-5m-walk.csv", 600)
