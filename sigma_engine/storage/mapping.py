"""Nouns to rows and back; a column bears the name of the field it holds, so the mapping is the names."""

import hashlib
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DomainError, StorageError
from sigma_engine.storage.base import Base
from sigma_engine.storage.codec import encode_decision

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Noun = TypeVar("Noun", bound="DataclassInstance")
Row = dict[str, Any]


def row_of(noun: "DataclassInstance", **keys: object) -> Row:
    """The noun's fields as columns, with ``keys`` beside them."""
    return keys | {name: getattr(noun, name) for name in field_names(type(noun))}


def select_nouns(kind: type[Noun], table: type[Base]) -> Select[Any]:
    """A query of exactly the columns that `nouns` needs."""
    return select(*(getattr(table, name) for name in field_names(kind)))


def nouns(connection: Connection, kind: type[Noun], query: Select[Any]) -> tuple[Noun, ...]:
    """What ``query``, made by `select_nouns`, finds; raises `StorageError` for a row that is no such noun."""
    names = field_names(kind)
    try:
        return tuple(kind(**dict(zip(names, row, strict=True))) for row in connection.execute(query))
    except (LookupError, ArithmeticError, ValueError, DomainError) as broken:  # an enum's value, digits, a list, a noun
        raise StorageError(
            f"A stored {kind.__name__} cannot be read ({broken}): restore a backup of the database, or move it away."
        ) from broken


@cache
def field_names(kind: type["DataclassInstance"]) -> tuple[str, ...]:
    """The fields of a noun, in order."""
    return tuple(field.name for field in fields(kind))


def candle_row(source: str, timeframe: Timeframe, symbol: str, candle: Candle) -> Row:
    """A candle of a market."""
    return row_of(candle, source=source, timeframe=timeframe, symbol=symbol)


def candle_rows(source: str, timeframe: Timeframe, symbol: str, candles: Candles) -> list[Row]:
    """A block of candles of a market."""
    names = field_names(Candle)
    columns = zip(*(column.tolist() for column in candles.columns()), strict=True)
    market = {"source": source, "timeframe": timeframe, "symbol": symbol}
    return [market | dict(zip(names, values, strict=True)) for values in columns]


def decision_row(run_id: str, decision: Decision) -> Row:
    """A decision: what is searched by in columns, the whole as JSON."""
    signal = decision.signal
    return {
        "run_id": run_id,
        "symbol": signal.symbol,
        "bar_ms": signal.bar_ms,
        "at_ms": signal.at_ms,
        "outcome": decision.outcome,
        "action": signal.action,
        "regime": signal.regime,
        "price": signal.price,
        "long_score": signal.long_score,
        "short_score": signal.short_score,
        "confidence": signal.confidence,
        "reason": decision.reason,
        "document": encode_decision(decision),
    }


def forecast_row(run_id: str, timeframe: Timeframe, decision: Decision) -> Row | None:
    """The forecast a decision was made with, or None where there was none."""
    signal, forecast = decision.signal, decision.signal.forecast
    if forecast is None:
        return None
    row = row_of(forecast, run_id=run_id, symbol=signal.symbol, bar_ms=signal.bar_ms, price=signal.price)
    row["due_ms"] = signal.bar_ms + forecast.horizon_bars * timeframe.interval_ms
    return row | {"resolved_ms": None, "resolved_price": None}


def chat_row(run_id: str, message: ChatMessage) -> Row:
    """A message, with the digest a repeated append is recognised by."""
    digest = hashlib.blake2s(message.text.encode(), digest_size=16).hexdigest()
    return row_of(message, run_id=run_id, digest=digest)
