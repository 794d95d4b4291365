"""What a person is told about candles that were taken into history."""

from typing import Any

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.market.candle_file import CandleFile
from sigma_engine.market.file_report import FileReport


def import_report(file: CandleFile) -> dict[str, Any]:
    """The document ``import`` prints for a file: its path, and `series_report`."""
    return {"file": str(file.path), **series_report(file.symbol, file.timeframe, file.candles, file.report)}


def series_report(symbol: str, timeframe: Timeframe, candles: Candles, report: FileReport) -> dict[str, Any]:
    """What candles were found and what was done about them: counts in rows, times in milliseconds.

    ``gaps`` lists each hole with the open time before it; ``rejected`` the first rows left out with line and
    reason, ``rejected_rows`` how many there were in all.
    """
    return {
        "symbol": symbol,
        "timeframe": str(timeframe),
        "rows": report.rows,
        "candles": len(candles),
        "first_ms": report.first_ms,
        "last_ms": report.last_ms,
        "gaps": [{"after_ms": gap.after_ms, "missing": gap.missing} for gap in report.gaps],
        "missing_bars": report.missing_bars,
        "duplicates": report.duplicates,
        "out_of_order": report.out_of_order,
        "off_grid": report.off_grid,
        "rejected_rows": report.rejected_count,
        "rejected": [{"line": row.line, "reason": row.reason} for row in report.rejected],
        "notes": list(report.notes),
    }
