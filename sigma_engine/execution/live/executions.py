"""Puts executions into the ledger, each once, under the order and the reason they belong to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, Fill, Leg, Order, OrderState, PositionSide, client_order_id
from sigma_engine.domain.position import Position
from sigma_engine.domain.symbol import short
from sigma_engine.domain.venue import BillKind, VenueBill, VenueFill
from sigma_engine.events import (
    AlertRaised,
    BillBooked,
    Event,
    OrderFilled,
    PositionChanged,
    PositionClosed,
    PositionOpened,
    Severity,
)
from sigma_engine.execution.book import Book
from sigma_engine.execution.live.acted import LEGS, acted, acted_on, reason_of, touched
from sigma_engine.execution.live.intents import APART_MS, Intents
from sigma_engine.execution.live.truth import Truth
from sigma_engine.execution.orders import exit_order

SAME_MOMENT_MS = 1_000
"""An execution and the lines of the statement that belong to it are no further apart."""


_OF_EXECUTIONS = (BillKind.LIQUIDATION, BillKind.TRADE)
Row = TypeVar("Row", VenueBill, VenueFill)


class Executions:
    """The executions of one account; those booked before are named by ``trade_ids``, or as bills by ``bill_ids``.

    An execution nobody can explain yet waits for another reading: the list of orders may lag behind.
    """

    def __init__(
        self, book: Book, intents: Intents, trade_ids: Iterable[str], bill_ids: Iterable[str], interval_ms: int
    ) -> None:
        self._book, self._intents, self._interval_ms = book, intents, interval_ms
        self._booked, self._billed = set(trade_ids), set(bill_ids)
        self._puzzles: dict[str, int] = {}
        self._puzzled_in: dict[str, str] = {}
        self._foreign: defaultdict[tuple[str, PositionSide], Decimal] = defaultdict(lambda: ZERO)
        self.executed: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        """How much of each of our orders is booked, by client id."""
        self._overfilled: list[Order] = []
        self._charged: set[str] = set()
        for order in intents.all():
            self.executed[order.client_id] = order.filled

    @property
    def puzzled(self) -> bool:
        """Whether an execution waits to be explained."""
        return bool(self._puzzles)

    @property
    def puzzled_in(self) -> set[str]:
        """The markets of which one waits."""
        return set(self._puzzled_in.values())

    def foreign(self, symbol: str, side: PositionSide) -> Decimal:
        """How much of a market is held there that SIGMA never bought, base coin."""
        return self._foreign[symbol, side]

    def take_overfilled(self) -> list[Order]:
        """Entries of which more was executed than was asked for, each named once for every such execution."""
        overfilled, self._overfilled = self._overfilled, []
        return overfilled

    def know(self, fills: Iterable[VenueFill]) -> None:
        """Take executions as booked: they are part of what the account began with."""
        self._booked |= {fill.trade_id for fill in fills}

    def read(self, truth: Truth) -> Iterator[Event]:
        """Book what is new in a reading, oldest first."""
        for found in self.news(truth.fills):
            yield from self._book_one(found, truth)

    def news(self, fills: Iterable[VenueFill]) -> list[VenueFill]:
        """The executions among ``fills`` that are not booked yet, oldest first."""
        new = {found.trade_id: found for found in fills if found.trade_id not in self._booked}
        return sorted(new.values(), key=lambda fill: (fill.at_ms, fill.trade_id))

    def _book_one(self, found: VenueFill, truth: Truth) -> Iterator[Event]:
        order = self._order_of(found, truth)
        if order is not None and order.leg is Leg.ENTRY:
            yield from self._enter(found, order)
        elif found.side is found.position_side.opening:
            yield from self._not_ours(found, truth.at_ms)
        else:
            yield from self._close(found, order, truth)

    def _order_of(self, found: VenueFill, truth: Truth) -> Order | None:
        """The order of ours that was executed: by the exchange's id, or as what one of our triggers became."""
        if (order := self._intents.of_venue(found.order_id)) is not None:
            return order
        for listed in truth.orders():
            if found.order_id in (listed.venue_id, listed.executed_as):
                order = self._intents.get(listed.client_id) or self._intents.of_venue(listed.venue_id)
                if order is not None:
                    return order
        return None

    def _enter(self, found: VenueFill, order: Order) -> Iterator[Event]:
        held = self._book.position(order.symbol)
        if held is not None and held.side is not found.position_side:
            yield from self._on_both_sides(found)
            return
        fill, order = self._take(found, order)
        if order.filled > order.quantity:
            self._overfilled.append(order)
        position = self._book.enter(order, fill)
        yield OrderFilled(at_ms=found.at_ms, fill=fill, order=order)
        if held is None:
            yield PositionOpened(at_ms=found.at_ms, position=position)
        else:
            yield PositionChanged(at_ms=found.at_ms, position=position)

    def _on_both_sides(self, found: VenueFill) -> Iterator[Event]:
        """An entry nobody expected any more, against a position that was opened since: a person has to look."""
        self._settle(found)
        self._foreign[found.symbol, found.position_side] += found.quantity
        yield from self._money_of_others(found)
        text = (
            f"An old order opened {found.quantity} {short(found.symbol)} {found.position_side} against the position "
            "that is held: close it on the exchange."
        )
        yield AlertRaised(at_ms=found.at_ms, severity=Severity.CRITICAL, text=text)

    def _not_ours(self, found: VenueFill, at_ms: int) -> Iterator[Event]:
        """An opening nobody here asked for; it is watched, told, and never touched."""
        if not self._waited(found, at_ms):
            return
        self._settle(found)
        self._foreign[found.symbol, found.position_side] += found.quantity
        text = (
            f"{found.quantity} {short(found.symbol)} {found.position_side} were opened on the exchange by somebody "
            "else. SIGMA leaves them alone and opens nothing in this market until they are closed."
        )
        yield AlertRaised(at_ms=at_ms, severity=Severity.WARNING, text=text)
        yield from self._money_of_others(found)

    def _money_of_others(self, found: VenueFill) -> Iterator[Event]:
        """What somebody else's execution did to the wallet, which all share."""
        amount = (found.realised or ZERO) - found.fee
        bill_id = f"{BillKind.OTHER}-{found.trade_id}"
        if amount and bill_id not in self._billed:
            self._billed.add(bill_id)
            bill = VenueBill(
                bill_id=bill_id, kind=BillKind.OTHER, symbol=found.symbol, amount=amount, at_ms=found.at_ms
            )
            self._book.bill(bill)
            yield BillBooked(at_ms=found.at_ms, bill=bill)

    def _close(self, found: VenueFill, order: Order | None, truth: Truth) -> Iterator[Event]:
        position = self._book.position(found.symbol)
        if position is None or position.side is not found.position_side or found.at_ms < position.entry_ms:
            if order is not None or self._waited(found, truth.at_ms):
                yield from self._give_back(found)
            return
        if order is None and self._may_be_one_of_ours(found) and not self._waited(found, truth.at_ms):
            return
        order = order or self._acted(found, position, truth)
        reason = self._reason(found, order, position, truth)
        if reason is None:
            if not self._waited(found, truth.at_ms):
                return
            reason = ExitReason.MANUAL
            yield _not_by_us(found, truth.at_ms)
        if reason is ExitReason.LIQUIDATION:
            if not self._lines_of(found, truth) and not self._waited(found, truth.at_ms):
                return
            found = self._with_charge(found, truth)
        yield from self.close(position, found, order or self._order_for(position, reason, found), reason)

    def close(self, position: Position, found: VenueFill, order: Order, reason: ExitReason) -> Iterator[Event]:
        """Book an execution that closes ``position``, or part of it; what exceeds it was somebody else's."""
        if (surplus := found.quantity - position.quantity) > 0:
            market = (found.symbol, found.position_side)
            self._foreign[market] = max(ZERO, self._foreign[market] - surplus)
            yield from self._money_of_others(_part(found, surplus))
            found = _part(found, position.quantity)
        fill, order = self._take(found, order)
        trade = self._book.reduce(fill, reason)
        yield OrderFilled(at_ms=found.at_ms, fill=fill, order=order)
        if trade is not None:
            yield PositionClosed(at_ms=found.at_ms, trade=trade)
        elif (left := self._book.position(found.symbol)) is not None:
            yield PositionChanged(at_ms=found.at_ms, position=left)

    def _take(self, found: VenueFill, order: Order) -> tuple[Fill, Order]:
        """The execution as a fill of ours, and the order with it; from here on it is booked."""
        self._settle(found)
        self.executed[order.client_id] += found.quantity
        done = self.executed[order.client_id]
        order = replace(order, filled=done, venue_id=order.venue_id or found.order_id)
        if done >= order.quantity:
            order = replace(order, state=OrderState.FILLED, refusal=None)
        elif order.state in (OrderState.UNKNOWN, OrderState.ABSENT, OrderState.INTENT):
            order = replace(order, state=OrderState.WORKING, refusal=None)
        return self._fill(found, order), self._intents.put(order)

    def _fill(self, found: VenueFill, order: Order) -> Fill:
        reference = Decimal(repr(order.reference_price))
        worse = (found.price - reference) * (1 if found.side is PositionSide.LONG.opening else -1)
        return Fill(
            client_id=order.client_id,
            symbol=found.symbol,
            leg=order.leg,
            side=found.side,
            price=found.price,
            quantity=found.quantity,
            fee=found.fee,
            slippage=max(ZERO, worse) * found.quantity,
            at_ms=found.at_ms,
            trade_id=found.trade_id,
            realised=found.realised,
        )

    def _reason(self, found: VenueFill, order: Order | None, position: Position, truth: Truth) -> ExitReason | None:
        """Why the exchange closed it; None where only another reading can tell."""
        if order is not None:
            return _reason_of(order, position)
        for listed in truth.orders():
            if found.order_id in (listed.venue_id, listed.executed_as) and listed.kind in LEGS:
                return reason_of(listed.kind, position)
        if self._is_liquidation(found, position, truth):
            return ExitReason.LIQUIDATION
        for listed in acted_on(position, truth):
            return reason_of(listed.kind, position)
        return touched(position, self._intents.get(position.entry_id), found.price, truth)

    def _is_liquidation(self, found: VenueFill, position: Position, truth: Truth) -> bool:
        return _beyond(position, found.price, position.liquidation) or bool(self._lines_of(found, truth))

    def _may_be_one_of_ours(self, found: VenueFill) -> bool:
        """Whether an order of ours may have made it whose id at the exchange is not known yet."""
        return any(order.venue_id is None and order.side is found.side for order in self._intents.open(found.symbol))

    def _acted(self, found: VenueFill, position: Position, truth: Truth) -> Order | None:
        """The stop or target of ours that was executed as an order of its own; what else comes of that follows it."""
        if self._is_liquidation(found, position, truth):
            return None
        order = acted(found, position, truth, self._intents.all(), self.executed)
        if order is not None:
            self._intents.name(found.order_id, order)
        return order

    def _lines_of(self, found: VenueFill, truth: Truth) -> list[VenueBill]:
        """What the statement says of the liquidation an execution was."""
        return [bill for bill in _at_once(truth.bills, found) if bill.kind is BillKind.LIQUIDATION]

    def _with_charge(self, found: VenueFill, truth: Truth) -> VenueFill:
        """An execution with what the exchange kept of its margin as a fee: what the statement takes beyond executions.

        Its lines may or may not repeat profit and fee of the execution, so all of that moment are compared with all.
        """
        lines = [bill for bill in _at_once(truth.bills, found) if bill.kind in _OF_EXECUTIONS]
        if {bill.bill_id for bill in lines} <= self._charged:
            return found
        self._charged |= {bill.bill_id for bill in lines}
        executed = sum(((fill.realised or ZERO) - fill.fee for fill in _at_once(truth.fills, found)), ZERO)
        charge = executed - sum((bill.amount for bill in lines), ZERO)
        if charge < 0:  # the statement repeats nothing of executions
            charge = -sum((bill.amount for bill in self._lines_of(found, truth)), ZERO)
        return replace(found, fee=found.fee + charge)

    def _order_for(self, position: Position, reason: ExitReason, found: VenueFill) -> Order:
        """An order of the exchange's own making, under an id no exit of ours ever has: both may work at once."""
        order = exit_order(position, reason, found.at_ms, self._interval_ms, _reference(position, reason, found))
        client_id = client_order_id(position.entry_id, Leg.EXIT, reason, "by the exchange")
        return self._intents.get(client_id) or replace(order, client_id=client_id)

    def _waited(self, found: VenueFill, at_ms: int) -> bool:
        """Whether it stayed unexplained long enough to believe that nobody will explain it."""
        first_ms = self._puzzles.setdefault(found.trade_id, at_ms)
        self._puzzled_in[found.trade_id] = found.symbol
        return at_ms - first_ms >= APART_MS

    def _settle(self, found: VenueFill) -> None:
        self._booked.add(found.trade_id)
        self._puzzles.pop(found.trade_id, None)
        self._puzzled_in.pop(found.trade_id, None)

    def _give_back(self, found: VenueFill) -> Iterator[Event]:
        """Somebody else closed what somebody else had opened."""
        self._settle(found)
        key = (found.symbol, found.position_side)
        theirs = min(self._foreign[key], found.quantity)
        self._foreign[key] -= theirs
        if theirs:
            yield from self._money_of_others(_part(found, theirs))


def _at_once(rows: Iterable[Row], found: VenueFill) -> list[Row]:
    """What happened in the same market at the same moment."""
    return [row for row in rows if row.symbol == found.symbol and abs(row.at_ms - found.at_ms) <= SAME_MOMENT_MS]


def _reason_of(order: Order, position: Position) -> ExitReason:
    if order.leg is Leg.STOP:
        return position.stop_kind
    if order.leg is Leg.TARGET:
        return ExitReason.TARGET
    return order.exit_reason or ExitReason.MANUAL


def _not_by_us(found: VenueFill, at_ms: int) -> Event:
    text = (
        f"{found.quantity} {short(found.symbol)} {found.position_side} were closed on the exchange at {found.price}, "
        "by somebody else or by the exchange itself."
    )
    return AlertRaised(at_ms=at_ms, severity=Severity.WARNING, text=text)


def _beyond(position: Position, price: Decimal, level: Decimal) -> bool:
    return position.side.sign * (price - level) <= 0


def _reference(position: Position, reason: ExitReason, found: VenueFill) -> float:
    if reason is position.stop_kind and position.stop is not None:
        return float(position.stop)
    if reason is ExitReason.TARGET and position.target is not None:
        return float(position.target)
    return float(found.price)


def _part(found: VenueFill, quantity: Decimal) -> VenueFill:
    """The share of an execution that was ours."""
    share = quantity / found.quantity
    realised = None if found.realised is None else found.realised * share
    return replace(found, quantity=quantity, fee=found.fee * share, realised=realised)
