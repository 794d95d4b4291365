"""A batch as the statements of one transaction."""

import math
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import aliased

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import RunState
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.session.ports import Batch
from sigma_engine.storage.account_rows import BillRow, DrillRow, StandingRow
from sigma_engine.storage.mapping import candle_row, candle_rows, chat_row, decision_row, forecast_row, row_of
from sigma_engine.storage.models import (
    CandleRow,
    ChatRow,
    DecisionRow,
    EquityRow,
    FillRow,
    ForecastRow,
    OrderRow,
    PositionRow,
    RunRow,
    StrategyRow,
    TradeRow,
)
from sigma_engine.storage.queries import newest_strategy
from sigma_engine.storage.summaries import StoredStrategy
from sigma_engine.storage.upsert import append, append_by_key, put

_CLEAR_POSITIONS = delete(PositionRow).where(PositionRow.run_id == bindparam("of_run"))
_Due = aliased(ForecastRow)
_DUE = select(_Due.bar_ms).where(
    _Due.run_id == bindparam("of_run"), _Due.symbol == bindparam("of_symbol"), _Due.due_ms == bindparam("due")
)
# The index by due time answers the inner question by itself. Asked as one, SQLite walks the primary key through all
# forecasts of the market, each candle longer than the one before.
_RESOLVE = (
    update(ForecastRow)
    .where(
        ForecastRow.run_id == bindparam("of_run"),
        ForecastRow.symbol == bindparam("of_symbol"),
        ForecastRow.bar_ms.in_(_DUE),
        ForecastRow.due_ms == bindparam("due"),
        ForecastRow.resolved_ms.is_(None),
    )
    .values(resolved_ms=bindparam("at"), resolved_price=bindparam("came_to"))
)


def write(connection: Connection, batch: Batch) -> None:
    """All of ``batch``, within the transaction that is open; repeating it changes nothing."""
    run, run_id = batch.run, batch.run.run_id
    put(connection, RunRow, [row_of(run)])
    if run.source:
        candles = [candle_row(run.source, run.timeframe, symbol, candle) for symbol, candle in batch.candles]
        append(connection, CandleRow, candles)
        revised = [candle_row(run.source, run.timeframe, symbol, candle) for symbol, candle in batch.revised]
        put(connection, CandleRow, revised)
    _write_decisions(connection, run, batch.decisions)
    put(connection, OrderRow, [row_of(order, run_id=run_id) for order in batch.orders])
    append_by_key(connection, FillRow, [row_of(fill, run_id=run_id) for fill in batch.fills])
    append(connection, TradeRow, [row_of(trade, run_id=run_id) for trade in batch.trades])
    append(connection, EquityRow, [row_of(point, run_id=run_id) for point in batch.equity])
    append(connection, ChatRow, [chat_row(run_id, message) for message in batch.chat])
    append(connection, BillRow, [row_of(bill, run_id=run_id) for bill in batch.bills])
    _write_account(connection, batch)
    _replace_positions(connection, run_id, batch.positions)


def _write_account(connection: Connection, batch: Batch) -> None:
    if batch.standing is not None:
        account, standing = batch.standing
        put(connection, StandingRow, [row_of(standing, account=account)])
    append(connection, DrillRow, [row_of(drill, account=account) for account, drill in batch.drills])


def _write_decisions(connection: Connection, run: RunState, decisions: Sequence[Decision]) -> None:
    """The decisions, their forecasts, and the outcome of the forecasts that fall due with them."""
    append(connection, DecisionRow, [decision_row(run.run_id, decision) for decision in decisions])
    stated = (forecast_row(run.run_id, run.timeframe, decision) for decision in decisions)
    append(connection, ForecastRow, [row for row in stated if row is not None])
    signals = [decision.signal for decision in decisions if math.isfinite(decision.signal.price)]
    if signals:
        due = [
            {"of_run": run.run_id, "of_symbol": s.symbol, "due": s.bar_ms, "at": s.at_ms, "came_to": s.price}
            for s in signals
        ]
        connection.execute(_RESOLVE, due)


def _replace_positions(connection: Connection, run_id: str, positions: Sequence[Position]) -> None:
    connection.execute(_CLEAR_POSITIONS, {"of_run": run_id})
    rows = [row_of(position, run_id=run_id, ordinal=at) for at, position in enumerate(positions)]
    append(connection, PositionRow, rows)


def write_chat(connection: Connection, run_id: str, message: ChatMessage) -> None:
    """One message."""
    append(connection, ChatRow, [chat_row(run_id, message)])


def write_candles(connection: Connection, source: str, symbol: str, timeframe: Timeframe, candles: Candles) -> int:
    """A block of candles, newer values over older ones; returns how many.

    Forecasts of this market that fell due on them while nobody looked are resolved.
    """
    put(connection, CandleRow, candle_rows(source, timeframe, symbol, candles))
    if len(candles):
        _resolve_late(connection, source, symbol, timeframe, candles)
    return len(candles)


def _resolve_late(connection: Connection, source: str, symbol: str, timeframe: Timeframe, candles: Candles) -> None:
    market = (CandleRow.source == source, CandleRow.symbol == symbol, CandleRow.timeframe == timeframe)
    came_to = select(CandleRow.close).where(*market, CandleRow.open_ms == ForecastRow.due_ms).scalar_subquery()
    late = update(ForecastRow).where(
        ForecastRow.run_id.in_(select(RunRow.run_id).where(RunRow.source == source, RunRow.timeframe == timeframe)),
        ForecastRow.symbol == symbol,
        ForecastRow.due_ms.between(int(candles.open_ms[0]), int(candles.open_ms[-1])),
        ForecastRow.resolved_ms.is_(None),
        came_to.is_not(None),
    )
    connection.execute(late.values(resolved_ms=ForecastRow.due_ms + timeframe.interval_ms, resolved_price=came_to))


def write_strategy(connection: Connection, name: str, document: str, created_ms: int) -> int:
    """A strategy's next version, unless it is the present one; returns its number."""
    present = newest_strategy(connection, name)
    if present is not None and present.document == document:
        return present.version
    kept = StoredStrategy(name, present.version + 1 if present else 1, document, created_ms)
    append(connection, StrategyRow, [row_of(kept)])
    return kept.version
