"""What is asked of the database, each a function of an open connection."""

from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, func, select

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, Leg, Order, OrderState
from sigma_engine.domain.performance import PerformanceSummary, Result
from sigma_engine.domain.portfolio import EquityPoint
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.run import RunState
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.probability.report import WINDOW
from sigma_engine.session.ports import StoredRun
from sigma_engine.storage import accounts
from sigma_engine.storage.codec import decode_decision
from sigma_engine.storage.forecasts import stated_live
from sigma_engine.storage.mapping import field_names, nouns, select_nouns
from sigma_engine.storage.models import (
    CandleRow,
    ChatRow,
    DecisionRow,
    EquityRow,
    FillRow,
    OrderRow,
    PositionRow,
    RunRow,
    StrategyRow,
    TradeRow,
)
from sigma_engine.storage.summaries import OwnFills, RunSummary, StoredStrategy

EQUITY_LIMIT = 20_000
"""How many points of its equity curve a resumed run begins with; the newest."""
CHAT_LIMIT = 200
ORDERS_LIMIT = 1_000
"""How many of its orders a resumed run remembers."""
NAMES_LIMIT = 5_000
"""How many executions, and how many lines of the statement, a resumed run knows to be booked; the newest."""

_OPEN = tuple(state for state in OrderState if state.is_open)


def latest_run(
    connection: Connection, mode: str, history_bars: int, source: str | None = None, account_id: str = ""
) -> StoredRun | None:
    """The newest run of ``mode``, on ``source`` where it is given, with all it needs to go on, or None."""
    newest = select_nouns(RunState, RunRow).where(RunRow.mode == mode)
    if source is not None:
        newest = newest.where(RunRow.source == source, RunRow.account_id == account_id)
    newest = newest.order_by(RunRow.started_ms.desc(), RunRow.run_id.desc()).limit(1)
    found = nouns(connection, RunState, newest)
    return _stored_run(connection, found[0], history_bars) if found else None


def _stored_run(connection: Connection, run: RunState, history_bars: int) -> StoredRun:
    markets = run.symbols if run.source else ()
    return StoredRun(
        run=run,
        positions=positions(connection, run.run_id),
        open_orders=open_orders(connection, run.run_id),
        trades=trades(connection, run.run_id),
        equity=equity(connection, run.run_id, EQUITY_LIMIT),
        decisions=newest_decisions(connection, run),
        chat=chat(connection, run.run_id, CHAT_LIMIT),
        candles={symbol: candles(connection, run.source, symbol, run.timeframe, history_bars) for symbol in markets},
        stated={symbol: stated_live(connection, run.run_id, symbol, WINDOW) for symbol in run.symbols},
        recent_orders=recent_orders(connection, run.run_id, ORDERS_LIMIT),
        trade_ids=accounts.trade_ids(connection, run.run_id, NAMES_LIMIT),
        bill_ids=accounts.bill_ids(connection, run.run_id, NAMES_LIMIT),
        last_fill_ms=accounts.last_fill_ms(connection, run.run_id),
    )


def positions(connection: Connection, run_id: str) -> tuple[Position, ...]:
    """What a run holds, in its own order."""
    query = select_nouns(Position, PositionRow).where(PositionRow.run_id == run_id).order_by(PositionRow.ordinal)
    return nouns(connection, Position, query)


def open_orders(connection: Connection, run_id: str) -> tuple[Order, ...]:
    """Orders journaled that may still execute, oldest first."""
    query = select_nouns(Order, OrderRow).where(OrderRow.run_id == run_id, OrderRow.state.in_(_OPEN))
    return nouns(connection, Order, query.order_by(OrderRow.created_ms, OrderRow.client_id))


def recent_orders(connection: Connection, run_id: str, limit: int) -> tuple[Order, ...]:
    """The newest ``limit`` orders of a run, oldest first."""
    query = select_nouns(Order, OrderRow).where(OrderRow.run_id == run_id)
    newest = query.order_by(OrderRow.created_ms.desc(), OrderRow.client_id.desc()).limit(limit)
    return nouns(connection, Order, newest)[::-1]


def trades(connection: Connection, run_id: str) -> tuple[Trade, ...]:
    """All closed trades of a run, oldest first; those closed at one instant as they were appended."""
    query = select_nouns(Trade, TradeRow).where(TradeRow.run_id == run_id)
    return nouns(connection, Trade, query.order_by(TradeRow.exit_ms, TradeRow.number))


def equity(connection: Connection, run_id: str, limit: int | None) -> tuple[EquityPoint, ...]:
    """The newest ``limit`` points of a run's equity curve (None: all), oldest first."""
    query = select_nouns(EquityPoint, EquityRow).where(EquityRow.run_id == run_id).order_by(EquityRow.at_ms.desc())
    return nouns(connection, EquityPoint, query.limit(limit))[::-1]


def newest_decisions(connection: Connection, run: RunState) -> tuple[Decision, ...]:
    """The newest decision of each symbol, in the run's order of symbols."""
    newest = (decisions(connection, run.run_id, symbol, 1) for symbol in run.symbols)
    return tuple(decision for found in newest for decision in found)


def decisions(connection: Connection, run_id: str, symbol: str, limit: int) -> tuple[Decision, ...]:
    """The newest ``limit`` decisions on a symbol, oldest first."""
    query = select(DecisionRow.outcome, DecisionRow.document)
    query = query.where(DecisionRow.run_id == run_id, DecisionRow.symbol == symbol)
    rows = connection.execute(query.order_by(DecisionRow.bar_ms.desc()).limit(limit)).all()
    return tuple(decode_decision(outcome, document) for outcome, document in reversed(rows))


def chat(connection: Connection, run_id: str, limit: int) -> tuple[ChatMessage, ...]:
    """The newest ``limit`` messages, in the order they were said."""
    query = select_nouns(ChatMessage, ChatRow).where(ChatRow.run_id == run_id)
    query = query.order_by(ChatRow.at_ms.desc(), ChatRow.number.desc()).limit(limit)
    return nouns(connection, ChatMessage, query)[::-1]


def candles(connection: Connection, source: str, symbol: str, timeframe: Timeframe, limit: int | None) -> Candles:
    """The newest ``limit`` candles of a market (None: all), oldest first."""
    query = select_nouns(Candle, CandleRow)
    query = query.where(CandleRow.source == source, CandleRow.symbol == symbol, CandleRow.timeframe == timeframe)
    rows = connection.execute(query.order_by(CandleRow.open_ms.desc()).limit(limit)).all()
    if not rows:
        return Candles.empty()
    stamps, *prices = zip(*reversed(rows), strict=True)
    return Candles(np.array(stamps, np.int64), *(np.array(column, np.float64) for column in prices))


def runs(connection: Connection) -> tuple[RunSummary, ...]:
    """All runs, newest first."""
    count = select(func.count()).where(TradeRow.run_id == RunRow.run_id).scalar_subquery()
    columns = (getattr(RunRow, name) for name in field_names(RunSummary) if name != "trades")
    query = select(*columns, count.label("trades")).order_by(RunRow.started_ms.desc(), RunRow.run_id.desc())
    return nouns(connection, RunSummary, query)


def performance(connection: Connection, run_id: str, since_ms: int | None) -> PerformanceSummary:
    """What a run's trades closed at ``since_ms`` or later came to; sums are exact, so Python adds them."""
    query = select(TradeRow.symbol, TradeRow.pnl, TradeRow.fees).where(TradeRow.run_id == run_id)
    if since_ms is not None:
        query = query.where(TradeRow.exit_ms >= since_ms)
    by_symbol: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for symbol, pnl, fees in connection.execute(query.order_by(TradeRow.symbol)):
        by_symbol.setdefault(symbol, []).append((pnl, fees))
    in_all = [trade for closed in by_symbol.values() for trade in closed]
    results = {symbol: Result(**_result(closed)) for symbol, closed in by_symbol.items()}
    return PerformanceSummary(since_ms=since_ms, by_symbol=results, **_result(in_all))


def _result(closed: list[tuple[Decimal, Decimal]]) -> dict[str, Any]:
    gains = [pnl for pnl, _ in closed]
    return {
        "trades": len(closed),
        "wins": sum(gain > 0 for gain in gains),
        "pnl": sum(gains, ZERO),
        "fees": sum((fees for _, fees in closed), ZERO),
        "best": max(gains, default=None),
        "worst": min(gains, default=None),
    }


def own_fills(connection: Connection) -> OwnFills:
    """All fills of all runs but those of liquidations, which lose the whole margin whatever they fill at."""
    liquidated = select(TradeRow.trade_id).where(
        TradeRow.run_id == FillRow.run_id,
        TradeRow.symbol == FillRow.symbol,
        TradeRow.exit_ms == FillRow.at_ms,
        TradeRow.reason == ExitReason.LIQUIDATION,
    )
    query = select(FillRow.slippage, FillRow.price, FillRow.quantity)
    rows = connection.execute(query.where((FillRow.leg == Leg.ENTRY) | ~liquidated.exists())).all()
    cost, value = sum((row.slippage for row in rows), ZERO), sum((row.price * row.quantity for row in rows), ZERO)
    return OwnFills(len(rows), cost, value)


def strategies(connection: Connection) -> tuple[StoredStrategy, ...]:
    """All kept strategy documents, by name, then version."""
    return nouns(connection, StoredStrategy, _strategies())


def newest_strategy(connection: Connection, name: str) -> StoredStrategy | None:
    """The newest version of a kept strategy, or None."""
    query = _strategies().where(StrategyRow.name == name).order_by(None).order_by(StrategyRow.version.desc())
    return next(iter(nouns(connection, StoredStrategy, query.limit(1))), None)


def _strategies() -> Select[Any]:
    return select_nouns(StoredStrategy, StrategyRow).order_by(StrategyRow.name, StrategyRow.version)
