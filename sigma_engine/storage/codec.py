"""A decision as a JSON document and back, nothing lost: the one place that knows how undefined figures are written.

NaN is ``null``; where ``null`` already means "none" (an optional figure) it is ``"NaN"``, and an infinity is
``"Infinity"`` or ``"-Infinity"``. A Decimal is its digits in quotes, an enum its value.
"""

import math
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, SchemaSerializer, SchemaValidator, core_schema

from sigma_engine.domain.decision import Approved, Decision, NoTrade, Vetoed
from sigma_engine.errors import StorageError

_KINDS = {kind.outcome: kind for kind in (NoTrade, Vetoed, Approved)}


def encode_decision(decision: Decision) -> str:
    """The document of ``decision``; its outcome is not part of it and is kept beside it."""
    return _serializer(decision.outcome).to_json(decision).decode()


def decode_decision(outcome: str, document: str) -> Decision:
    """The decision that was encoded; raises `StorageError` when the document is none."""
    if outcome not in _KINDS:
        raise StorageError(f"A stored decision has the outcome {outcome!r}, which this SIGMA does not know: update it.")
    try:
        return cast(Decision, _validator(outcome).validate_json(document))
    except ValidationError as broken:
        raise StorageError(
            f"A stored decision cannot be read ({broken.errors()[0]['msg']}): restore a backup of the database."
        ) from None


@cache
def _schema(outcome: str) -> CoreSchema:
    return cast(CoreSchema, _with_undefined(TypeAdapter(_KINDS[outcome]).core_schema))


@cache
def _serializer(outcome: str) -> SchemaSerializer:
    return SchemaSerializer(_schema(outcome))


@cache
def _validator(outcome: str) -> SchemaValidator:
    return SchemaValidator(_schema(outcome))


def _with_undefined(schema: Any) -> Any:
    """The same schema, with floats that know how to be undefined."""
    match schema:
        case {"type": "nullable", "schema": {"type": "float"}}:
            return core_schema.nullable_schema(_float_schema(_finite_or_text))
        case {"type": "float"}:
            return core_schema.no_info_before_validator_function(_nan_if_none, _float_schema(_finite_or_null))
        case dict():
            return {key: _with_undefined(part) if key != "metadata" else part for key, part in schema.items()}
        case list():
            return [_with_undefined(part) for part in schema]
    return schema


def _float_schema(write: Any) -> CoreSchema:
    written = core_schema.plain_serializer_function_ser_schema(write, when_used="json")
    return core_schema.float_schema(allow_inf_nan=True, serialization=written)


def _finite_or_null(value: float) -> float | str | None:
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else _text(value)


def _finite_or_text(value: float) -> float | str:
    return value if math.isfinite(value) else _text(value)


def _text(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _nan_if_none(value: object) -> object:
    return math.nan if value is None else value
