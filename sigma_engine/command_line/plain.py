"""Turns nouns and events into what JSON can say: NaN becomes null, money a number, an enum its word."""

import dataclasses
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from sigma_engine.domain.decision import Decision
from sigma_engine.events import Event

Json = None | bool | int | float | str | list[Any] | dict[str, Any]


def plain(value: object) -> Json:
    """``value`` as JSON types, all digits kept.

    A dataclass becomes an object of its fields, a decision also says its ``outcome``. Raises `TypeError` for what
    has no meaning outside the program.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case np.generic() | np.ndarray():
            return plain(value.tolist())
        case Path():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
    return _fields(value)


def event_document(event: Event) -> dict[str, Any]:
    """An event as one object: its name, then its fields."""
    return {"event": type(event).__name__, **_fields(event)}


def json_line(document: Mapping[str, Any]) -> str:
    """One line of strict JSON, without the line end."""
    return json.dumps(plain(document), ensure_ascii=False, allow_nan=False)


def _fields(value: object) -> dict[str, Any]:
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{type(value).__name__} has no place in JSON")
    outcome = {"outcome": value.outcome} if isinstance(value, Decision) else {}
    return outcome | {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
