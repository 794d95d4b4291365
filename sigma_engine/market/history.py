"""What a person is told about a candle file that was taken into history."""

from typing import Any

from sigma_engine.market.candle_file import CandleFile

IMPORTED = "import"
"""The source under whose name candles of files are kept."""


def import_report(file: CandleFile) -> dict[str, Any]:
    """The document ``import`` prints for a file: counts in rows, times in milliseconds.

    ``gaps`` lists each hole with the open time before it; ``rejected`` the first rows left out with line and
    reason, ``rejected_rows`` how many there were in all.
    """
    report = file.report
    return {
        "file": str(file.path),
        "symbol": file.symbol,
        "timeframe": str(file.timeframe),
        "rows": report.rows,
        "candles": len(file.candles),
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
