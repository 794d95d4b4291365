"""An import told in words: what came out of each file, and what was wrong with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sigma_desktop.models.history import day, missing_words
from sigma_engine import short

MOST_ROWS = 5
"""So many rejected rows are told one by one."""

_COUNTS = (
    ("duplicates", "repeated a candle; one of each was kept."),
    ("out_of_order", "out of order, sorted now."),
    ("rejected_rows", "left out as no candles."),
)


def title(report: Mapping[str, Any]) -> str:
    """``BTCUSDT-5m.csv: BTC/USDT 5m, 8,928 candles, 1 Mar 2025 to 31 Mar 2025``."""
    span = ""
    if report["first_ms"] is not None and report["last_ms"] is not None:
        span = f", {day(report['first_ms'])} to {day(report['last_ms'])}"
    market = f"{short(report['symbol'])} {report['timeframe']}"
    return f"{Path(report['file']).name}: {market}, {report['candles']:,} candles{span}"


def is_clean(report: Mapping[str, Any]) -> bool:
    """Whether nothing was wrong with the file."""
    return not any(report[key] for key in ("gaps", "duplicates", "out_of_order", "rejected_rows"))


def details(report: Mapping[str, Any]) -> list[str]:
    """A sentence for everything that was not right; one that says so where everything was."""
    told = [f"{missing_words(report['missing_bars'], len(report['gaps']))}."] if report["missing_bars"] else []
    told += [f"{_rows(report[key])} {words}" for key, words in _COUNTS if report[key]]
    told += [f"Line {row['line']}: {row['reason']}." for row in report["rejected"][:MOST_ROWS]]
    told += [note if note.endswith(".") else f"{note}." for note in report["notes"] if not report["missing_bars"]]
    return told or ["Every row was a candle, without a gap."]


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
