"""Collects what happened and makes it durable before anyone is told."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sigma_engine.bus import EventBus
from sigma_engine.domain.account import Drill, Standing
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.order import Fill, Order
from sigma_engine.domain.portfolio import EquityPoint
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.run import RunState
from sigma_engine.domain.venue import VenueBill
from sigma_engine.events import (
    BillBooked,
    CandleClosed,
    CandleRevised,
    ChatAnswered,
    DecisionMade,
    EquityRecorded,
    Event,
    KillSwitchPressed,
    OrderCancelled,
    OrderChanged,
    OrderFilled,
    OrderRejected,
    OrderSubmitted,
    PositionClosed,
    PriceChanged,
    SignalPreviewed,
    StandingChanged,
)
from sigma_engine.session.ports import Batch, Store

GROUP_S = 0.05
"""Facts of a fast replay are committed together at least this often."""

Account = Callable[[], tuple[RunState, tuple[Position, ...]]]


@dataclass(slots=True)
class _Waiting:
    """Facts not yet committed, sorted into what the store keeps."""

    events: list[Event] = field(default_factory=list)
    candles: list[tuple[str, Candle]] = field(default_factory=list)
    revised: list[tuple[str, Candle]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    equity: list[EquityPoint] = field(default_factory=list)
    chat: list[ChatMessage] = field(default_factory=list)
    bills: list[VenueBill] = field(default_factory=list)
    standing: Standing | None = None
    drills: list[Drill] = field(default_factory=list)

    def add(self, event: Event) -> None:
        self.events.append(event)
        match event:
            case CandleClosed(symbol=symbol, candle=candle):
                self.candles.append((symbol, candle))
            case CandleRevised(symbol=symbol, candle=candle):
                self.revised.append((symbol, candle))
            case DecisionMade(decision=decision):
                self.decisions.append(decision)
            case (
                OrderSubmitted(order=order)
                | OrderChanged(order=order)
                | OrderRejected(order=order)
                | OrderCancelled(order=order)
            ):
                self.orders[order.client_id] = order
            case OrderFilled(fill=fill, order=order):
                self.fills.append(fill)
                self.orders[order.client_id] = order
            case PositionClosed(trade=trade):
                self.trades.append(trade)
            case EquityRecorded(point=point):
                self.equity.append(point)
            case ChatAnswered(message=message):
                self.chat.append(message)
            case BillBooked(bill=bill):
                self.bills.append(bill)
            case StandingChanged(standing=standing):
                self.standing = standing
            case KillSwitchPressed(drill=drill):
                self.drills.append(drill)
            case _:
                pass


class Journal:
    """Write first, show second: an event reaches the bus only after the batch that holds it is committed.

    Prices and previews pass at once: the candle they belong to is what is kept. ``account`` is asked for the run and
    its positions at the moment of a commit, so that each batch is a whole and consistent state. ``account_name`` is
    under which the store keeps the account's standing and its kill switches.
    """

    def __init__(
        self, store: Store, bus: EventBus, account: Account, *, keep_candles: bool, account_name: str = ""
    ) -> None:
        self._store, self._bus, self._account, self._keep_candles = store, bus, account, keep_candles
        self._account_name = account_name
        self._waiting = _Waiting()
        self._committing = asyncio.Lock()
        self._committed_s = time.monotonic()

    def add(self, facts: Sequence[Event]) -> None:
        """Take facts in the order they happened."""
        for fact in facts:
            if isinstance(fact, PriceChanged | SignalPreviewed):
                self._bus.publish(fact)
            else:
                self._waiting.add(fact)

    def due(self) -> bool:
        """Whether something waits and has waited long enough."""
        return bool(self._waiting.events) and time.monotonic() - self._committed_s >= GROUP_S

    async def flush(self) -> None:
        """Commit what waits together with the account as it stands, then tell everyone.

        Raises `StorageError` when the store refuses; nothing of the batch is shown then, and the run must end: what
        follows would stand on what was not kept.
        """
        async with self._committing:
            waiting, self._waiting = self._waiting, _Waiting()
            await self._store.commit(self._batch(waiting))
            self._committed_s = time.monotonic()
            for event in waiting.events:
                self._bus.publish(event)

    def _batch(self, waiting: _Waiting) -> Batch:
        run, positions = self._account()
        return Batch(
            run=run,
            positions=positions,
            candles=waiting.candles if self._keep_candles else (),
            revised=waiting.revised if self._keep_candles else (),
            decisions=waiting.decisions,
            orders=tuple(waiting.orders.values()),
            fills=waiting.fills,
            trades=waiting.trades,
            equity=waiting.equity,
            chat=waiting.chat,
            bills=waiting.bills,
            standing=(self._account_name, waiting.standing) if waiting.standing else None,
            drills=[(self._account_name, drill) for drill in waiting.drills],
        )
