"""Column types that keep a noun's values exactly: money as text, undefined figures as NULL, enums as their values."""

import enum
import json
import math
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import BigInteger, Enum, Float, Integer, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

from sigma_engine.errors import DomainError


class ExactDecimal(TypeDecorator[Decimal]):
    """A Decimal as its digits, so that scale and sign of zero return too; `DomainError` for NaN and infinity."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """The digits."""
        if value is not None and not value.is_finite():
            raise DomainError(f"an amount to store is a finite number, was {value}")
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The Decimal of the digits."""
        return None if value is None else Decimal(value)


class UndefinedAsNull(TypeDecorator[float]):
    """A float whose NaN is NULL in the table and NaN again when read; SQLite forgets the sign of a zero."""

    impl = Float(53)
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:
        """None for NaN."""
        return None if value is None or math.isnan(value) else value

    def process_result_value(self, value: float | None, dialect: Dialect) -> float:
        """NaN for NULL."""
        return math.nan if value is None else value


class TextTuple(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """The JSON list."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """The tuple."""
        return tuple(json.loads(value)) if value else ()


class FigureList(TypeDecorator[tuple[Any, ...]]):
    """Figures, or tuples of them, as a JSON list; one that is not finite is null there and NaN when read."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> str | None:
        """The JSON list."""
        return None if value is None else json.dumps(_finite_or_null(value), separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Any, ...]:
        """The tuple; empty where none was kept."""
        return _nan_for_null(json.loads(value)) if value else ()


def _finite_or_null(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_finite_or_null(part) for part in value]
    return value if math.isfinite(value) else None


def _nan_for_null(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_nan_for_null(part) for part in value)
    return math.nan if value is None else value


def _values(members: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in members]


ENUM_VALUE = Enum(enum.Enum, native_enum=False, create_constraint=False, length=24, values_callable=_values)
"""An enum as its value; which values there are is the noun's business, so that a new one needs no migration."""

Figure = Annotated[float, mapped_column(UndefinedAsNull, nullable=True)]
"""A figure that may be undefined."""

Serial = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
"""A number the database gives, rising."""
