"""A result as one JSON document (contracts.md §7) and back, nothing lost; its trades as CSV.

Money is written as a JSON number with exactly its digits, so a `Decimal` returns as it was.
"""

import csv
import dataclasses
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sigma_engine.domain.backtest import BacktestResult, Verdict
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Regime
from sigma_engine.errors import DataError, DomainError

TRADE_KEYS = (
    "symbol", "side", "entry_ms", "exit_ms", "entry_price", "exit_price", "quantity", "leverage", "fees", "funding",
    "slippage", "pnl", "return_pct", "r", "bars", "reason",
)  # fmt: skip
"""The command line's keys of a trade: what both engines must say alike."""

ORIGIN_KEYS = ("trade_id", "entry_reason")
"""The rest of its fields, which belong to the run; they stand apart."""

_SIGNIFICANCE_KEYS = tuple(each.name for each in dataclasses.fields(Verdict) if each.name not in ("luck", "text"))
_AS_THEY_ARE = (
    "run_id", "strategy", "symbols", "from_ms", "to_ms", "equity", "timing", "engine", "timeframe", "months",
    "signals", "refusals", "notes", "curve",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_document(result: BacktestResult) -> dict[str, Any]:
    """The document in its order of keys; its values are nouns' own (`Decimal`, enums), which `to_json` writes."""
    kept = {name: getattr(result, name) for name in _AS_THEY_ARE}
    verdict = result.verdict
    return {
        **{name: kept.pop(name) for name in ("run_id", "strategy", "symbols", "from_ms", "to_ms")},
        "trades": [trade_document(trade, regime) for trade, regime in zip(result.trades, result.regimes, strict=True)],
        "metrics": _fields(result.metrics),
        "verdict": verdict.text,
        "equity": kept.pop("equity"),
        "timing": _fields(kept.pop("timing")),
        "luck": verdict.luck,
        "significance": {name: getattr(verdict, name) for name in _SIGNIFICANCE_KEYS},
        "parts": {name: [_fields(part) for part in table] for name, table in result.parts.items()},
        **kept,
        "origins": [{name: getattr(trade, name) for name in ORIGIN_KEYS} for trade in result.trades],
    }


def trade_document(trade: Trade, regime: Regime | None) -> dict[str, Any]:
    """A trade with the regime of its signal."""
    return {name: getattr(trade, name) for name in TRADE_KEYS} | {"regime": regime}


def from_document(document: Mapping[str, Any]) -> BacktestResult:
    """The result that `to_document` wrote; raises `DataError` where the document is none."""
    try:
        return _reader().validate_python(_as_fields(document))
    except (KeyError, TypeError, AttributeError) as missing:
        raise _unreadable(f"{missing} is missing or misplaced") from None
    except ValidationError as broken:
        first = broken.errors()[0]
        raise _unreadable(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def to_json(result: BacktestResult) -> str:
    """The document as JSON text, all digits kept."""
    return "".join(_written(to_document(result)))


def from_json(text: str) -> BacktestResult:
    """The result that `to_json` wrote; raises `DataError` where the text is none."""
    try:
        document = json.loads(text, parse_float=Decimal, parse_int=_whole)
    except ValueError as broken:
        raise _unreadable(str(broken)) from None
    return from_document(document)


def trades_csv(result: BacktestResult) -> str:
    """The trades as a table for spreadsheets, a line each under a line of names."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow((*TRADE_KEYS, *ORIGIN_KEYS, "regime"))
    for trade, regime in zip(result.trades, result.regimes, strict=True):
        table.writerow([_cell(getattr(trade, name)) for name in (*TRADE_KEYS, *ORIGIN_KEYS)] + [_cell(regime)])
    return text.getvalue()


def _whole(text: str) -> int | Decimal:
    """A number without a point; minus nothing is money that was written so."""
    return Decimal(text) if text == "-0" else int(text)


def _cell(value: object) -> object:
    """As a spreadsheet takes it: words that would be read as a formula begin with an apostrophe."""
    match value:
        case None:
            return ""
        case Enum():
            return value.value
        case Decimal():
            return f"{value:f}"
        case str() if value.startswith(_FORMULA_STARTS):
            return f"'{value}"
    return value


def _as_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document's parts where `BacktestResult` has them."""
    trades = document["trades"]
    return {name: document[name] for name in _AS_THEY_ARE} | {
        "trades": [
            {name: trade[name] for name in TRADE_KEYS} | {name: origin[name] for name in ORIGIN_KEYS}
            for trade, origin in zip(trades, document["origins"], strict=True)
        ],
        "regimes": [trade["regime"] for trade in trades],
        "metrics": document["metrics"],
        "verdict": {"luck": document["luck"], "text": document["verdict"], **document["significance"]},
        "parts": document["parts"],
        "equity": tuple(map(tuple, document["equity"])),
        "curve": tuple(map(tuple, document["curve"])),
    }


@cache
def _reader() -> TypeAdapter[BacktestResult]:
    return TypeAdapter(BacktestResult)


def _unreadable(reason: str) -> DataError:
    return DataError(f"This backtest cannot be read ({reason}): run it again.")


def _fields(noun: Any) -> dict[str, Any]:
    return {name: getattr(noun, name) for name in noun.__slots__}


def _written(value: object) -> Iterator[str]:
    """``value`` as JSON text, piece by piece."""
    match value:
        case Mapping():
            yield from _joined("{}", [(_name(key), item) for key, item in value.items()])
        case Sequence() if not isinstance(value, str):
            yield from _joined("[]", [("", item) for item in value])
        case _:
            yield _scalar(value)


def _joined(brackets: str, members: Sequence[tuple[str, object]]) -> Iterator[str]:
    yield brackets[0]
    for at, (name, item) in enumerate(members):
        yield f", {name}" if at else name
        yield from _written(item)
    yield brackets[1]


def _name(key: object) -> str:
    return f"{encode_basestring(str(key))}: "


def _scalar(value: object) -> str:
    match value:
        case None:
            return "null"
        case Enum():
            return _scalar(value.value)
        case str():
            return encode_basestring(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() | Decimal() if math.isfinite(value):
            return repr(value) if isinstance(value, float) else str(value)
    raise DomainError(f"a result holds {value!r}, which is no figure")
