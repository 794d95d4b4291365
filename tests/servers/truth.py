"""What the practice exchange's own history says about whoever traded there; shares no code with SIGMA.

Every function reads `Exchange.history`: a tuple of changes, oldest first. Quantities and values are whole numbers of
1e-8, times UTC milliseconds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from sigma_engine.practice.nouns import (
    UNIT,
    Bill,
    Changed,
    Fill,
    Hold,
    Kind,
    Order,
    Position,
    Quote,
)

Row = TypeVar("Row")
History = Sequence[Changed]
Held = tuple[str, Hold]
"""One side of a symbol."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """The largest quantity and the largest value at the mark that both sides of a symbol together ever had."""

    quantity: int
    value: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which a position was not covered by a stop."""

    symbol: str
    hold: Hold
    from_ms: int
    until_ms: int

    @property
    def length_ms(self) -> int:
        return self.until_ms - self.from_ms


def moment(change: Changed) -> int:
    """When it happened."""
    return change.updated_ms if isinstance(change, Order | Position) else change.at_ms


# I1: no duplicate exposure


def asked(history: History) -> dict[str, int]:
    """For each client id the largest quantity one ticket asked for (what a trigger became counts with its trigger)."""
    largest: dict[str, int] = {}
    for order in _of(history, Order):
        largest[order.ticket.client_id] = max(largest.get(order.ticket.client_id, 0), order.ticket.quantity)
    return largest


def filled(history: History) -> dict[str, int]:
    """For each client id how much was executed under it."""
    total: Counter[str] = Counter()
    for fill in _of(history, Fill):
        total[fill.client_id] += fill.quantity
    return dict(total)


def overfilled(history: History) -> dict[str, int]:
    """Client ids under which more was executed than was asked for, with the excess."""
    largest = asked(history)
    return {each: done - largest[each] for each, done in filled(history).items() if done > largest[each]}


def most_working(history: History) -> dict[str, int]:
    """For each client id how many orders at most were open under it at one time."""
    working: defaultdict[str, set[int]] = defaultdict(set)
    most: Counter[str] = Counter()
    for order in _of(history, Order):
        ids = working[order.ticket.client_id]
        (ids.add if order.status.is_open else ids.discard)(order.order_id)
        most[order.ticket.client_id] = max(most[order.ticket.client_id], len(ids))
    return dict(most)


# I2: what there is at the end


def last_orders(history: History) -> dict[int, Order]:
    """Every order as it stands."""
    return {order.order_id: order for order in _of(history, Order)}


def last_positions(history: History) -> dict[Held, int]:
    """The sizes that are held."""
    latest = {position.position_id: position for position in _of(history, Position)}
    sizes: Counter[Held] = Counter()
    for position in latest.values():
        sizes[position.symbol, position.hold] += position.size
    return {held: size for held, size in sizes.items() if size}


def sizes_by_fills(history: History) -> dict[Held, int]:
    """The sizes the executions add up to."""
    sizes: Counter[Held] = Counter()
    for fill in _of(history, Fill):
        sizes[fill.symbol, fill.hold] += fill.quantity if _opens(fill.side, fill.hold) else -fill.quantity
    return {held: size for held, size in sizes.items() if size}


def money(history: History) -> dict[str, int]:
    """The sum of the statement's lines by kind."""
    sums: Counter[str] = Counter()
    for bill in _of(history, Bill):
        sums[bill.kind] += bill.amount
    return dict(sums)


def wallet(history: History) -> int:
    """The settled money: the sum of all lines of the statement."""
    return sum(money(history).values())


def sums_of_fills(history: History) -> dict[str, int]:
    """Realised profit, fees and what liquidations kept, by the executions."""
    fills = list(_of(history, Fill))
    return {
        "realised": sum(fill.realised for fill in fills),
        "fees": sum(fill.fee for fill in fills),
        "liquidation_fees": sum(fill.liquidation_fee for fill in fills),
    }


# I3: protection


def unprotected(history: History, until_ms: int) -> list[Gap]:
    """Every span in which a position's size was more than its open stops and closing market orders cover.

    A span that is not over ends at ``until_ms``; one that began and ended within the same millisecond is none.
    """
    state, began, gaps = _Standing(), dict[Held, int](), list[Gap]()
    for at_ms, changes in groupby(history, key=moment):
        for change in changes:
            state.apply(change)
        exposed = state.uncovered()
        for held in [each for each in began if each not in exposed]:
            gaps.append(Gap(*held, began.pop(held), at_ms))
        for held in exposed:
            began.setdefault(held, at_ms)
    gaps.extend(Gap(*held, since_ms, until_ms) for held, since_ms in began.items())
    return [gap for gap in gaps if gap.length_ms > 0]


def longest_unprotected_ms(history: History, until_ms: int) -> int:
    """The length of the longest such span, 0 where there is none."""
    return max((gap.length_ms for gap in unprotected(history, until_ms)), default=0)


def size_at(history: History, held: Held, at_ms: int) -> int:
    """What was held on one side of a symbol once everything of that millisecond had happened."""
    state = _Standing()
    for change in history:
        if moment(change) > at_ms:
            break
        state.apply(change)
    return state.sizes()[held]


# I4: limits


def peak_exposure(history: History, *, with_orders: bool = False) -> dict[str, Exposure]:
    """The largest each symbol ever was at the exchange, also between two events of the same millisecond.

    ``with_orders`` counts open entries (those waiting for a trigger too) as if they were executed.
    """
    state, peaks = _Standing(), dict[str, Exposure]()
    for change in history:
        state.apply(change)
        if isinstance(change, Order | Position | Quote):
            symbol = change.ticket.symbol if isinstance(change, Order) else change.symbol
            quantity = state.quantity(symbol, with_orders)
            value = quantity * state.marks.get(symbol, 0) // UNIT
            before = peaks.get(symbol, Exposure(0, 0))
            peaks[symbol] = Exposure(max(before.quantity, quantity), max(before.value, value))
    return {symbol: peak for symbol, peak in peaks.items() if peak.quantity}


def peak_open_positions(history: History) -> int:
    """How many sides of symbols were held at one time at most."""
    state, most = _Standing(), 0
    for change in history:
        state.apply(change)
        most = max(most, len(state.sizes()))
    return most


def openings(history: History) -> list[tuple[int, str]]:
    """When orders that open arrived, with their client ids (what a trigger became is not counted again)."""
    first: dict[int, Order] = {}
    for order in _of(history, Order):
        first.setdefault(order.order_id, order)
    return [
        (order.created_ms, order.ticket.client_id)
        for order in first.values()
        if not order.source_id and _opens(order.ticket.side, order.ticket.hold)
    ]


class _Standing:
    """Sizes, open orders and marks after the changes that were applied."""

    def __init__(self) -> None:
        self.positions: dict[int, Position] = {}
        self.orders: dict[int, Order] = {}
        self.marks: dict[str, int] = {}

    def apply(self, change: Changed) -> None:
        if isinstance(change, Position):
            self.positions[change.position_id] = change
            if not change.size:
                del self.positions[change.position_id]
        elif isinstance(change, Order):
            self.orders[change.order_id] = change
            if not change.status.is_open:
                del self.orders[change.order_id]
        elif isinstance(change, Quote):
            self.marks[change.symbol] = change.mark

    def sizes(self) -> Counter[Held]:
        sizes: Counter[Held] = Counter()
        for position in self.positions.values():
            sizes[position.symbol, position.hold] += position.size
        return sizes

    def uncovered(self) -> set[Held]:
        cover: Counter[Held] = Counter()
        for order in self.orders.values():
            if _protects(order):
                cover[order.ticket.symbol, order.ticket.hold] += order.ticket.quantity - order.filled
        return {held for held, size in self.sizes().items() if size > cover[held]}

    def quantity(self, symbol: str, with_orders: bool) -> int:
        held = sum(position.size for position in self.positions.values() if position.symbol == symbol)
        waiting = [order for order in self.orders.values() if with_orders and order.ticket.symbol == symbol]
        return held + sum(
            order.ticket.quantity - order.filled for order in waiting if _opens(order.ticket.side, order.ticket.hold)
        )


def _protects(order: Order) -> bool:
    closes = not _opens(order.ticket.side, order.ticket.hold)
    return closes and order.ticket.kind in (Kind.STOP, Kind.STOP_MARKET, Kind.MARKET)


def _opens(side: str, hold: Hold) -> bool:
    return (side == "BUY") is (hold is Hold.LONG)


def _of(history: History, kind: type[Row]) -> Iterator[Row]:
    return (change for change in history if isinstance(change, kind))
