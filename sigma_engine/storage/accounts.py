"""What is asked of an account at an exchange: what is booked already, how far it may trade, its kill switch."""

from sqlalchemy import Connection, func, select

from sigma_engine.domain.account import AccountState, Drill, Standing
from sigma_engine.domain.run import Mode, account_name
from sigma_engine.domain.venue import VenueBill
from sigma_engine.storage.account_rows import BillRow, DrillRow, StandingRow
from sigma_engine.storage.mapping import nouns, row_of, select_nouns
from sigma_engine.storage.models import FillRow, RunRow
from sigma_engine.storage.upsert import put


def trade_ids(connection: Connection, run_id: str, limit: int) -> frozenset[str]:
    """The exchange's names of a run's newest ``limit`` executions."""
    named = select(FillRow.trade_id).where(FillRow.run_id == run_id, FillRow.trade_id != "")
    return frozenset(connection.scalars(named.order_by(FillRow.at_ms.desc()).limit(limit)))


def last_fill_ms(connection: Connection, run_id: str) -> int | None:
    """When the exchange last executed an order of a run, None where it never did."""
    newest = select(func.max(FillRow.at_ms)).where(FillRow.run_id == run_id, FillRow.trade_id != "")
    return connection.scalar(newest)


def bill_ids(connection: Connection, run_id: str, limit: int) -> frozenset[str]:
    """The exchange's names of the newest ``limit`` lines of its statement that a run booked."""
    named = select(BillRow.bill_id).where(BillRow.run_id == run_id)
    return frozenset(connection.scalars(named.order_by(BillRow.at_ms.desc()).limit(limit)))


def bills(connection: Connection, run_id: str) -> tuple[VenueBill, ...]:
    """All lines of the statement that a run booked, oldest first."""
    query = select_nouns(VenueBill, BillRow).where(BillRow.run_id == run_id)
    return nouns(connection, VenueBill, query.order_by(BillRow.at_ms, BillRow.bill_id))


def standing(connection: Connection, account: str) -> Standing | None:
    """How far an account may trade, None where that was never said."""
    found = nouns(connection, Standing, select_nouns(Standing, StandingRow).where(StandingRow.account == account))
    return found[0] if found else None


def drills(connection: Connection, account: str) -> tuple[Drill, ...]:
    """The times an account's kill switch was pressed, oldest first."""
    query = select_nouns(Drill, DrillRow).where(DrillRow.account == account).order_by(DrillRow.at_ms)
    return nouns(connection, Drill, query)


def halt_all(connection: Connection, reason: str) -> tuple[str, ...]:
    """Halt every account that ever traded until a person lifts it, each since its own market's time; their names."""
    query = select(RunRow.mode, RunRow.source, RunRow.account_id, func.max(RunRow.market_ms))
    query = query.where(RunRow.mode != Mode.REPLAY).group_by(RunRow.mode, RunRow.source, RunRow.account_id)
    found = connection.execute(query)
    since = {account_name(mode, source, account_id): since_ms for mode, source, account_id, since_ms in found}
    for account, since_ms in since.items():
        before = standing(connection, account)
        if before is None or not (before.latched and before.state is AccountState.HALTED):
            halted = Standing(state=AccountState.HALTED, reason=reason, since_ms=since_ms, latched=True)
            put(connection, StandingRow, [row_of(halted, account=account)])
    return tuple(since)
