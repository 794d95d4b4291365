"""What may be asked of the exchange; answers may lag behind what is (`Knobs.lag_ms`)."""

from collections.abc import Sequence
from typing import TypeVar

from sigma_engine.practice.funding import Funding
from sigma_engine.practice.history import Snapshot
from sigma_engine.practice.nouns import (
    Bill,
    Fill,
    FundingStamp,
    Listing,
    MarginMode,
    Order,
    Position,
    Quote,
    Refusal,
    Trade,
    Wallet,
)
from sigma_engine.practice.refusals import NO_ORDER
from sigma_engine.practice.state import State

T = TypeVar("T")

FOREVER_MS = 2**62


class Readings:
    """The questions: lists are newest first and cut to ``limit``, spans include both ends.

    `Knobs.lag_ms` knows "orders", "fills" (and bills) and "positions" (and the wallet).
    """

    def __init__(self, state: State, funding: Funding) -> None:
        self._state, self._funding = state, funding

    def catch_up(self) -> None:
        """Let happen what has become due."""
        raise NotImplementedError

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Every market."""
        return tuple(self._state.listings.values())

    def listing(self, symbol: str) -> Listing:
        """One market; raises `Refusal`."""
        return self._state.listing(symbol)

    def quote(self, symbol: str) -> Quote:
        """The prices now; raises `Refusal` before the first trade."""
        self.catch_up()
        return self._state.quote(symbol)

    def trades(self, symbol: str, limit: int) -> list[Trade]:
        """The market's latest trades."""
        self._state.listing(symbol)
        return self._state.tape[symbol][-limit:][::-1]

    def funding_rate(self, symbol: str) -> int:
        """What the next stamp charges longs, in parts of one."""
        self._state.listing(symbol)
        return self._funding.rates.get(symbol, 0)

    def next_funding_ms(self, symbol: str) -> int:
        """When the next stamp is."""
        self.catch_up()
        self._state.listing(symbol)
        return self._funding.next_ms(symbol)

    def funding_stamps(
        self, symbol: str, since_ms: int = 0, until_ms: int = FOREVER_MS, limit: int = 100
    ) -> list[FundingStamp]:
        """The stamps that were."""
        self.catch_up()
        self._state.listing(symbol)
        stamps = [each for each in self._funding.stamps if each.symbol == symbol]
        return _newest([each for each in stamps if since_ms <= each.at_ms <= until_ms], limit)

    def leverage(self, symbol: str) -> int:
        """The leverage the next order of ``symbol`` has."""
        self._state.listing(symbol)
        return self._state.terms[symbol].leverage

    def margin_mode(self, symbol: str) -> MarginMode:
        """Whose money positions of ``symbol`` may lose."""
        self._state.listing(symbol)
        return self._state.terms[symbol].mode

    def separated(self, symbol: str) -> bool:
        """Whether every opening order makes a position of its own."""
        self._state.listing(symbol)
        return self._state.terms[symbol].separated

    def order(self, order_id: int) -> Order:
        """One order, open or ended, with or without trigger; raises `Refusal`."""
        orders = self._seen("orders").orders
        if order_id not in orders:
            raise Refusal(NO_ORDER, "Order does not exist.")
        return orders[order_id]

    def open_orders(self, symbol: str | None = None, waiting: bool = False) -> list[Order]:
        """Orders that may still execute, oldest first: those with a trigger, or those without."""
        return [
            each
            for each in self._seen("orders").orders.values()
            if each.status.is_open and each.ticket.kind.waits is waiting and symbol in (None, each.ticket.symbol)
        ]

    def ended_orders(
        self, symbol: str | None = None, since_ms: int = 0, until_ms: int = FOREVER_MS, limit: int = 1_000
    ) -> list[Order]:
        """Orders that are over, with or without trigger, by the instant they were created."""
        orders = [each for each in self._seen("orders").orders.values() if not each.status.is_open]
        orders = [each for each in orders if symbol in (None, each.ticket.symbol)]
        return _newest([each for each in orders if since_ms <= each.created_ms <= until_ms], limit)

    def fills(
        self,
        symbol: str | None = None,
        since_ms: int = 0,
        until_ms: int = FOREVER_MS,
        limit: int = 100,
        order_id: int | None = None,
    ) -> list[Fill]:
        """Executions."""
        fills = [each for each in self._seen("fills").fills if symbol in (None, each.symbol)]
        fills = [each for each in fills if order_id in (None, each.order_id)]
        return _newest([each for each in fills if since_ms <= each.at_ms <= until_ms], limit)

    def positions(self, symbol: str | None = None) -> list[Position]:
        """What is held, profit and liquidation price at the present mark."""
        held = self._seen("positions").positions.values()
        return [self._state.revalued(each) for each in held if symbol in (None, each.symbol)]

    def wallet(self) -> Wallet:
        """The money."""
        seen = self._seen("positions")
        return self._state.wallet() if seen is self._state.history.now or seen.wallet is None else seen.wallet

    def bills(
        self,
        kind: str | None = None,
        symbol: str | None = None,
        since_ms: int = 0,
        until_ms: int = FOREVER_MS,
        limit: int = 100,
    ) -> list[Bill]:
        """Lines of the statement."""
        bills = [each for each in self._seen("fills").bills if kind in (None, each.kind)]
        bills = [each for each in bills if symbol in (None, each.symbol)]
        return _newest([each for each in bills if since_ms <= each.at_ms <= until_ms], limit)

    def _seen(self, what: str) -> Snapshot:
        self.catch_up()
        return self._state.history.as_of(what, self._state.now, self._state.knobs.lag_ms.get(what, 0))


def _newest(rows: Sequence[T], limit: int) -> list[T]:
    return list(rows[-limit:][::-1]) if limit else []
