"""What a person or the assistant asks the store for besides nouns: short answers about runs and strategies."""

from dataclasses import dataclass
from decimal import Decimal

from sigma_engine.domain.run import Mode, RunStatus
from sigma_engine.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run in a line; ``trades`` is how many it closed, ``wallet`` its settled money in USDT."""

    run_id: str
    mode: Mode
    status: RunStatus
    strategy_name: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    started_ms: int
    market_ms: int
    initial: Decimal
    wallet: Decimal
    trades: int


@dataclass(frozen=True, slots=True)
class StoredStrategy:
    """A kept strategy document; versions count from 1."""

    name: str
    version: int
    document: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class OwnFills:
    """Own fills in all: how many, their slippage and their value, both USDT."""

    fills: int
    cost: Decimal
    value: Decimal
