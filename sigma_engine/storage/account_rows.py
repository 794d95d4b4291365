"""The tables of an account at an exchange: its statement, how far it may trade, and its kill switch."""

from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.venue import BillKind
from sigma_engine.storage.base import Base, OfRun


class BillRow(OfRun):
    """A line of the exchange's statement that was booked; `VenueBill` field by field."""

    __tablename__ = "bills"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    bill_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[BillKind]
    symbol: Mapped[str | None]
    amount: Mapped[Decimal]
    at_ms: Mapped[int]


class StandingRow(Base):
    """How far an account may trade; it outlives the run, so that a latched one survives a restart."""

    __tablename__ = "standings"

    account: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[AccountState]
    reason: Mapped[str]
    since_ms: Mapped[int]
    latched: Mapped[bool]


class DrillRow(Base):
    """A kill switch that was pressed; `Drill` field by field."""

    __tablename__ = "drills"

    account: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(primary_key=True)
    entries_stopped_ms: Mapped[int]
    cancelled_ms: Mapped[int | None]
    flat_ms: Mapped[int | None]
