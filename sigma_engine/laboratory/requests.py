"""What was asked for, as JSON beside its trial, and back."""

from functools import cache

from pydantic import TypeAdapter, ValidationError

from sigma_engine.domain.backtest import BacktestRequest
from sigma_engine.errors import StorageError


def request_to_json(request: BacktestRequest) -> str:
    """The request as one JSON text; `request_from_json` gives an equal one back."""
    return _adapter().dump_json(request).decode()


def request_from_json(text: str) -> BacktestRequest:
    """The request that was written; raises `StorageError` where the text is none."""
    try:
        return _adapter().validate_json(text)
    except ValidationError as broken:
        reason = broken.errors()[0]["msg"]
        raise StorageError(f"A stored backtest's settings cannot be read ({reason}): delete that run.") from None


@cache
def _adapter() -> TypeAdapter[BacktestRequest]:
    return TypeAdapter(BacktestRequest)
