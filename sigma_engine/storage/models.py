"""The tables: what a session remembers, one class each."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.chat import Speaker
from sigma_engine.domain.order import ExitReason, Leg, OrderSide, OrderState, PositionSide
from sigma_engine.domain.run import Mode, RunStatus
from sigma_engine.domain.signal import Action, Regime
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.storage.base import Base, OfRun
from sigma_engine.storage.columns import Figure, FigureList, Serial

_NAMED = text("trade_id <> ''")
"""Of an exchange; paper executions have no names."""


class RunRow(Base):
    """A run, as it stands; `RunState` field by field."""

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("trades_today >= 0", name="trades_today"),
        Index(None, "mode", "started_ms"),
    )

    run_id: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[Mode]
    status: Mapped[RunStatus]
    strategy_name: Mapped[str]
    strategy: Mapped[str]
    symbols: Mapped[tuple[str, ...]]
    timeframe: Mapped[Timeframe]
    source: Mapped[str]
    started_ms: Mapped[int]
    market_ms: Mapped[int]
    initial: Mapped[Decimal]
    wallet: Mapped[Decimal]
    day_open_equity: Mapped[Decimal]
    peak_equity: Mapped[Decimal]
    trades_today: Mapped[int]
    fees_paid: Mapped[Decimal]
    feed_checkpoint: Mapped[str]
    account_id: Mapped[str] = mapped_column(server_default="")


class CandleRow(Base):
    """A closed candle of a market, shared by all runs on it."""

    __tablename__ = "candles"
    __table_args__ = (
        CheckConstraint("low <= high", name="low_high"),
        CheckConstraint("volume >= 0", name="volume"),
        {"sqlite_with_rowid": False},
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    symbol: Mapped[str] = mapped_column(primary_key=True)
    timeframe: Mapped[Timeframe] = mapped_column(primary_key=True)
    open_ms: Mapped[int] = mapped_column(primary_key=True)
    open: Mapped[float]
    high: Mapped[float]
    low: Mapped[float]
    close: Mapped[float]
    volume: Mapped[float]


class DecisionRow(OfRun):
    """A decision: its head in columns to search by, the whole of it as JSON."""

    __tablename__ = "decisions"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(primary_key=True)
    bar_ms: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    outcome: Mapped[str]
    action: Mapped[Action]
    regime: Mapped[Regime]
    price: Mapped[Figure]
    long_score: Mapped[Figure]
    short_score: Mapped[Figure]
    confidence: Mapped[Figure]
    reason: Mapped[str]
    document: Mapped[str]


class OrderRow(OfRun):
    """An order and what became of it."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("leverage >= 1", name="leverage"),
        Index(None, "run_id", "state"),
    )

    client_id: Mapped[str] = mapped_column(primary_key=True)
    symbol: Mapped[str]
    leg: Mapped[Leg]
    side: Mapped[OrderSide]
    position_side: Mapped[PositionSide]
    quantity: Mapped[Decimal]
    leverage: Mapped[int]
    bar_ms: Mapped[int]
    created_ms: Mapped[int]
    reference_price: Mapped[Figure]
    stop_distance: Mapped[float | None]
    target_distance: Mapped[float | None]
    atr: Mapped[float | None]
    exit_reason: Mapped[ExitReason | None]
    reason: Mapped[str]
    state: Mapped[OrderState]
    refusal: Mapped[str | None]
    trigger: Mapped[Decimal | None]
    attached_stop: Mapped[Decimal | None]
    attached_target: Mapped[Decimal | None]
    attempt: Mapped[int] = mapped_column(server_default="1")
    venue_id: Mapped[str | None]
    sent_ms: Mapped[int | None]
    filled: Mapped[Decimal] = mapped_column(server_default="0")


class FillRow(OfRun):
    """An execution; a venue closes on its own too, so its order need not be one of ours.

    Two that are alike but for the exchange's name of them are two; one name is booked once, whatever else it says.
    """

    __tablename__ = "fills"
    __table_args__ = (
        Index(
            None,
            "run_id",
            "symbol",
            "trade_id",
            unique=True,
            sqlite_where=_NAMED,
            postgresql_where=_NAMED,
        ),
    )

    client_id: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[Decimal] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(primary_key=True)
    trade_id: Mapped[str] = mapped_column(primary_key=True)
    symbol: Mapped[str]
    leg: Mapped[Leg]
    side: Mapped[OrderSide]
    fee: Mapped[Decimal]
    slippage: Mapped[Decimal]
    realised: Mapped[Decimal | None]


class PositionRow(OfRun):
    """A position open now; closed ones are trades."""

    __tablename__ = "positions"
    __table_args__ = (
        CheckConstraint("leverage >= 1", name="leverage"),
        CheckConstraint("bars >= 0", name="bars"),
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int]
    """Its place in the run's own order."""
    side: Mapped[PositionSide]
    quantity: Mapped[Decimal]
    leverage: Mapped[int]
    entry_price: Mapped[Decimal]
    entry_ms: Mapped[int]
    mark: Mapped[Decimal]
    stop: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    initial_stop: Mapped[Decimal | None]
    stop_kind: Mapped[ExitReason]
    liquidation: Mapped[Decimal]
    margin: Mapped[Decimal]
    fees: Mapped[Decimal]
    funding: Mapped[Decimal]
    slippage: Mapped[Decimal]
    extreme: Mapped[Figure]
    atr: Mapped[Figure]
    bars: Mapped[int]
    entry_id: Mapped[str]
    entry_reason: Mapped[str]
    unrealised: Mapped[Decimal]
    closed_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    closed_value: Mapped[Decimal] = mapped_column(server_default="0")
    realised: Mapped[Decimal] = mapped_column(server_default="0")
    protected_ms: Mapped[int | None]


class TradeRow(OfRun):
    """A closed position."""

    __tablename__ = "trades"
    __table_args__ = (
        CheckConstraint("leverage >= 1", name="leverage"),
        CheckConstraint("entry_ms <= exit_ms", name="entry_exit"),
        UniqueConstraint("run_id", "trade_id"),
        Index(None, "run_id", "exit_ms"),
    )

    number: Mapped[Serial]
    trade_id: Mapped[str]
    symbol: Mapped[str]
    side: Mapped[PositionSide]
    entry_ms: Mapped[int]
    exit_ms: Mapped[int]
    entry_price: Mapped[Decimal]
    exit_price: Mapped[Decimal]
    quantity: Mapped[Decimal]
    leverage: Mapped[int]
    fees: Mapped[Decimal]
    funding: Mapped[Decimal]
    slippage: Mapped[Decimal]
    pnl: Mapped[Decimal]
    return_pct: Mapped[Figure]
    r: Mapped[float | None]
    bars: Mapped[int]
    reason: Mapped[ExitReason]
    entry_reason: Mapped[str]


class EquityRow(OfRun):
    """A point of a run's equity curve."""

    __tablename__ = "equity"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    at_ms: Mapped[int] = mapped_column(primary_key=True)
    equity: Mapped[Decimal]
    wallet: Mapped[Decimal]


class ForecastRow(OfRun):
    """A probability as it was stated, and the price that came of it once it was due.

    ``due_ms`` is the open time of the candle whose close resolves it; ``resolved_*`` stay NULL until then, and for
    good where that candle never came. The figures behind them were not kept before schema 0002 and are NULL there.
    """

    __tablename__ = "forecasts"
    __table_args__ = (
        CheckConstraint("horizon_bars >= 1", name="horizon_bars"),
        CheckConstraint("bar_ms < due_ms", name="due_ms"),
        Index(None, "run_id", "symbol", "due_ms"),
        {"sqlite_with_rowid": False},
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(primary_key=True)
    bar_ms: Mapped[int] = mapped_column(primary_key=True)
    horizon_bars: Mapped[int] = mapped_column(primary_key=True)
    due_ms: Mapped[int]
    model: Mapped[str]
    calibrated: Mapped[bool]
    price: Mapped[Figure]
    sigma: Mapped[Figure]
    p_up: Mapped[Figure]
    p_up_plain: Mapped[Figure]
    p_target: Mapped[Figure]
    p_stop: Mapped[Figure]
    p_target_short: Mapped[Figure]
    p_stop_short: Mapped[Figure]
    paths: Mapped[int]
    p_up_paths: Mapped[Figure]
    standard_error: Mapped[Figure]
    resolved_ms: Mapped[int | None]
    resolved_price: Mapped[float | None]
    barrier_bars: Mapped[int | None]
    sigma_error: Mapped[Figure]
    p_up_error: Mapped[Figure]
    p_target_error: Mapped[Figure]
    p_target_short_error: Mapped[Figure]
    expected_move: Mapped[Figure]
    expected_move_error: Mapped[Figure]
    bands: Mapped[tuple[tuple[float, float, float], ...] | None] = mapped_column(FigureList)
    band_errors: Mapped[tuple[float, ...] | None] = mapped_column(FigureList)
    matured: Mapped[int | None]
    trust: Mapped[Trust | None]


class ChatRow(OfRun):
    """A message; ``digest`` stands for its text where a repeated append is recognised."""

    __tablename__ = "chat"
    __table_args__ = (UniqueConstraint("run_id", "at_ms", "speaker", "digest"),)

    number: Mapped[Serial]
    at_ms: Mapped[int]
    speaker: Mapped[Speaker]
    digest: Mapped[str]
    text: Mapped[str]


class StrategyRow(Base):
    """A strategy document a person keeps; each change is a new version."""

    __tablename__ = "strategies"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str]
    created_ms: Mapped[int]
