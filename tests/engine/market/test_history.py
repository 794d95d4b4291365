"""The document a person is given about an imported file."""

import json

from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.market.history import import_report


def test_every_finding_is_in_the_document_and_the_document_is_json(write, row):
    path = write(row(0), row(1), row(1), "spam", row(4), row(3), row(5), row(6))

    document = json.loads(json.dumps(import_report(read_candle_file(path))))

    assert document == {
        "file": str(path),
        "symbol": "BTC/USDT:USDT",
        "timeframe": "5m",
        "rows": 8,
        "candles": 6,
        "first_ms": row(0)[0],
        "last_ms": row(6)[0],
        "gaps": [{"after_ms": row(1)[0], "missing": 1}],
        "missing_bars": 1,
        "duplicates": 1,
        "out_of_order": 1,
        "off_grid": 0,
        "rejected_rows": 1,
        "rejected": [{"line": 5, "reason": "has 1 fields, the header has 6"}],
        "notes": [
            "1 rows out of order, sorted",
            "1 candles missing in 1 gaps: a gap of up to a day is filled with flat candles without volume, "
            "a longer one cuts the series",
        ],
    }
