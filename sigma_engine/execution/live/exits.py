"""Orders that close positions: one at a time, and another where that one brought nothing."""

from dataclasses import replace
from itertools import takewhile

from sigma_engine.domain.order import ExitReason, Leg, Order, OrderState
from sigma_engine.domain.position import Position
from sigma_engine.events import Event
from sigma_engine.execution.live.intents import Intents
from sigma_engine.execution.live.patience import Patience
from sigma_engine.execution.orders import exit_ids, exit_order

AGAIN_MS = 1_500
"""So long after an exit that brought nothing the next one is sent; it can only close, so two do no harm."""
LONGEST_AGAIN_MS = 30_000
"""What does not succeed is tried ever later, but at least so often."""
ACKNOWLEDGED_MS = 6_000
"""So long what the exchange has acknowledged may stay unseen: its lists lag behind by some 5 s."""


class Exits:
    """Closes positions at market, for whoever decides it."""

    def __init__(self, intents: Intents, interval_ms: int) -> None:
        self._intents, self._interval_ms = intents, interval_ms
        self._leaving = Patience(AGAIN_MS, LONGEST_AGAIN_MS)

    def close(self, position: Position, reason: ExitReason, at_ms: int) -> list[Event]:
        """An order to close ``position``, unless one is on its way already."""
        if self.pending(position.symbol, at_ms) is not None:
            return []
        return [self._intents.submit(self.order(position, reason, at_ms), at_ms)]

    def order(self, position: Position, reason: ExitReason, at_ms: int) -> Order:
        """The next attempt to close ``position`` for ``reason``."""
        attempt, client_id = self._intents.fresh(exit_ids(position, reason))
        order = exit_order(position, reason, at_ms, self._interval_ms, float(position.mark))
        return replace(order, client_id=client_id, attempt=attempt)

    def pending(self, symbol: str, at_ms: int) -> Order | None:
        """The exit that is on its way and may still bring something."""
        for order in self._intents.open(symbol, Leg.EXIT):
            if self._intents.is_sending(order.client_id) or at_ms < left_ms(order) + AGAIN_MS:
                return order
        return None

    def again(self, position: Position, reason: ExitReason, at_ms: int) -> list[Event]:
        """Another attempt, if it is time for one."""
        if not self._leaving.is_due(position.symbol, Leg.EXIT, at_ms):
            return []
        self._leaving.tried(position.symbol, Leg.EXIT, at_ms)
        return self.close(position, reason, at_ms)

    def insist(self, position: Position, at_ms: int) -> list[Event]:
        """Close what an exit of ours should have closed: whoever decided it believes that it is closed."""
        decided = self._decided(position)
        if decided is None or not self.may_be_lost(decided, at_ms, ACKNOWLEDGED_MS):
            return []
        return self.again(position, decided.exit_reason or ExitReason.MANUAL, at_ms)

    def would_show(self, position: Position, read_ms: int) -> bool:
        """Whether a reading that began at ``read_ms`` shows what became of the last attempt to close ``position``."""
        decided = self._decided(position)
        if decided is None:
            return True
        lag_ms = ACKNOWLEDGED_MS if decided.state is OrderState.WORKING else 0
        return read_ms >= left_ms(decided) + lag_ms

    def may_be_lost(self, order: Order, at_ms: int, patience_ms: int = AGAIN_MS) -> bool:
        """Whether an order should have shown by now."""
        if self._intents.is_sending(order.client_id):
            return False
        patience_ms = ACKNOWLEDGED_MS if order.state is OrderState.WORKING else patience_ms
        return at_ms >= left_ms(order) + patience_ms

    def forget(self, symbol: str) -> None:
        """The position is closed."""
        self._leaving.forget(symbol)

    def _decided(self, position: Position) -> Order | None:
        """The latest exit of ours that did not close it."""
        tried = [
            order
            for reason in ExitReason
            for order in takewhile(lambda order: order is not None, map(self._intents.get, exit_ids(position, reason)))
            if order is not None and (order.sent_ms is not None or order.state is OrderState.UNKNOWN)
        ]
        return max(tried, key=lambda order: order.created_ms, default=None)


def left_ms(order: Order) -> int:
    """When it left, as far as is known."""
    return order.created_ms if order.sent_ms is None else order.sent_ms
