"""The table of trials: every backtest that was ever run on this data folder."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sigma_engine.domain.backtest import Engine, Luck
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.storage.base import Base


class TrialRow(Base):
    """A backtest: `TrialSummary` field by field, what was asked for, and its result as it was given.

    ``result`` is NULL once a person deleted the run; the row stays, because the run still was a try of its family.
    """

    __tablename__ = "trials"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("trades >= 0", name="trades"),
        UniqueConstraint("number"),
        Index(None, "family"),
    )

    trial_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    created_ms: Mapped[int]
    family: Mapped[str]
    strategy: Mapped[str]
    symbols: Mapped[tuple[str, ...]]
    timeframe: Mapped[Timeframe]
    source: Mapped[str]
    engine: Mapped[Engine]
    from_ms: Mapped[int | None]
    to_ms: Mapped[int | None]
    data_hash: Mapped[str]
    trades: Mapped[int]
    total_return_pct: Mapped[float]
    max_drawdown_pct: Mapped[float]
    sharpe: Mapped[float | None]
    profit_factor: Mapped[float | None]
    luck: Mapped[Luck]
    note: Mapped[str]
    document: Mapped[str]
    request: Mapped[str]
    result: Mapped[bytes | None]
    deleted: Mapped[bool]
