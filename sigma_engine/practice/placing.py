"""Taking orders in: every check that needs the account, and the way to the market or into waiting."""

from dataclasses import replace

from sigma_engine.practice.matching import Matching
from sigma_engine.practice.money import value_of
from sigma_engine.practice.nouns import (
    DuplicateIds,
    Kind,
    Order,
    Oversize,
    Position,
    Refusal,
    Side,
    Status,
    Ticket,
)
from sigma_engine.practice.positions import sign
from sigma_engine.practice.refusals import (
    DUPLICATE,
    NO_ORDER,
    NOT_ENOUGH,
    PARAMETER,
    TOO_LARGE,
    VALUE,
    check_ticket,
    check_triggers,
)
from sigma_engine.practice.state import State


class Placing:
    """The desk where orders are handed in."""

    def __init__(self, state: State, matching: Matching, duplicate_ids: DuplicateIds, oversize: Oversize) -> None:
        self._state, self._matching = state, matching
        self._duplicate_ids, self._oversize = duplicate_ids, oversize
        self._by_client: dict[str, list[int]] = {}

    def place(self, ticket: Ticket) -> Order:
        """Check ``ticket`` and take it; raises `Refusal`."""
        state = self._state
        listing, quote = state.listing(ticket.symbol), state.quote(ticket.symbol)
        check_ticket(ticket, listing, quote)
        self._check_client_id(ticket.client_id)
        check_triggers(ticket, quote)
        ticket = self._fitted(ticket) if ticket.closes else ticket
        if not ticket.closes:
            self._check_opening(ticket)
        return self._take(ticket)

    def close(self, position: Position) -> Order:
        """Take a market order that closes all of ``position``, of whatever size."""
        order_id = self._state.next_id()
        side = Side.SELL if sign(position.hold) > 0 else Side.BUY
        ticket = Ticket(
            symbol=position.symbol,
            side=side,
            hold=position.hold,
            kind=Kind.MARKET,
            quantity=position.size,
            client_id=str(order_id),
            reduces=True,
        )
        return self._take(ticket)

    def find(self, order_id: int | None, client_id: str | None, waiting: bool) -> Order:
        """The open order of that number or, if none is given, of that client id."""
        ids = [order_id] if order_id is not None else self._by_client.get(client_id or "", [])
        for each in reversed(ids):
            order = self._state.orders.get(each)
            if order is not None and order.status.is_open and order.ticket.kind.waits is waiting:
                return order
        raise Refusal(NO_ORDER, "Order does not exist.")

    def _take(self, ticket: Ticket) -> Order:
        state, order_id = self._state, self._state.next_id()
        self._by_client.setdefault(ticket.client_id, []).append(order_id)
        waits = ticket.kind.waits
        if waits and not ticket.closes:
            state.rising[order_id] = (ticket.trigger or 0) > state.quotes[ticket.symbol].last
        order = state.save(
            Order(
                order_id=order_id,
                ticket=ticket,
                status=Status.UNTRIGGERED if waits else Status.PENDING,
                created_ms=state.now,
                updated_ms=state.now,
            )
        )
        return order if waits else self._matching.arrive(order)

    def _check_client_id(self, client_id: str) -> None:
        seen = self._by_client.get(client_id, [])
        taken = {
            DuplicateIds.ACCEPT: False,
            DuplicateIds.REJECT: bool(seen),
            DuplicateIds.REJECT_WHILE_OPEN: any(self._state.orders[each].status.is_open for each in seen),
        }
        if taken[self._duplicate_ids]:
            raise Refusal(DUPLICATE, "Duplicate client_oid.")

    def _fitted(self, ticket: Ticket) -> Ticket:
        """A closing ticket no larger than its position; triggers are fitted when they fire."""
        size = self._state.size(ticket.symbol, ticket.hold)
        if ticket.kind.waits:
            self._check_waiting(size)
            return ticket
        if not size:
            raise Refusal(PARAMETER, "Parameter is invalid: there is no position to close.")
        if ticket.quantity > size and self._oversize is Oversize.REJECT:
            raise Refusal(VALUE, "Parameter validation failed: quantity exceeds the position.")
        return replace(ticket, quantity=min(ticket.quantity, size))

    def _check_waiting(self, size: int) -> None:
        if self._state.knobs.refuse_stops:
            raise Refusal(VALUE, "Parameter validation failed: the trigger order is not accepted.")
        if self._state.knobs.forbid_early_triggers and not size:
            raise Refusal(PARAMETER, "Parameter is invalid: there is no position to close.")

    def _check_opening(self, ticket: Ticket) -> None:
        state, listing = self._state, self._state.listings[ticket.symbol]
        pending = sum(
            each.remaining
            for each in state.open_orders(ticket.symbol, waiting=False)
            if not each.ticket.closes and each.ticket.hold is ticket.hold
        )
        if state.size(ticket.symbol, ticket.hold) + pending + ticket.quantity > listing.max_position:
            raise Refusal(TOO_LARGE, "Maximum contract order quantity exceeded.")
        if ticket.kind.waits:
            return
        price = ticket.price or state.quotes[ticket.symbol].ask
        if state.required(ticket.symbol, value_of(price, ticket.quantity), listing.taker_rate) > state.spendable():
            raise Refusal(NOT_ENOUGH, "amount not enough")
