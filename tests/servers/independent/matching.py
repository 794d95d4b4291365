"""The independent exchange's order book: what is placed, when it is filled, and whom it tells."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from tests.servers.independent.accounting import Books, Execution
from tests.servers.independent.agenda import Agenda
from tests.servers.independent.habits import Dialect, Duplicates
from tests.servers.independent.nouns import (
    ZERO,
    Algo,
    Fill,
    Ledger,
    Market,
    Order,
    Position,
    Refusal,
    Request,
    Side,
    Status,
    Trigger,
    Way,
)
from tests.servers.independent.rules import check, crosses, rises

Event = tuple[str, Order | Algo | Fill | Position | None]
"""A private channel and the row it tells of; the account's has none."""
Placed = TypeVar("Placed", Order, Algo)


class Matching:
    """Orders of one account against prices that are set; takers are filled later, and in parts.

    ``on_events`` is told of everything, ``liquidations`` keeps the positions that were taken away.
    """

    def __init__(
        self, books: Books, markets: dict[str, Market], prices: dict[str, Decimal], agenda: Agenda, dialect: Dialect
    ) -> None:
        self.books, self.markets, self.prices = books, markets, prices
        self.on_events: Callable[[list[Event]], None] = lambda events: None
        self.liquidations: list[Position] = []
        self._agenda, self._dialect, self._habits = agenda, dialect, dialect.habits
        self._matched: set[int] = set()
        self._ids = dialect.random

    @property
    def ledger(self) -> Ledger:
        return self.books.ledger

    # What is asked for

    def place(self, asked: Request) -> Order:
        """Take an order; its fills follow, or have happened already."""
        if (twin := self._twin(asked, self.ledger.orders.values())) is not None:
            return twin
        self._check(asked)
        if asked.closes:
            asked = replace(asked, quantity=self._closable(asked))
        elif self.books.needed(asked, asked.quantity) > self.books.available():
            raise Refusal(-1054, "available amount not enough")
        return self._take(asked, hurried=self._dialect.chance(self._habits.fills_before_answer))

    def place_algo(self, asked: Request) -> Algo:
        """Take a conditional order."""
        if (twin := self._twin(asked, self.ledger.algos.values())) is not None:
            return twin
        self._check(asked)
        return self._arm(asked)

    def cancel(self, order: Order) -> Order:
        """Take a live order back."""
        self._tell_order(replace(order, status=Status.CANCELING))
        return self._end(order, Status.CANCELED)

    def cancel_algo(self, algo: Algo) -> Algo:
        """Take a conditional order back that waits."""
        return self._keep_algo(replace(algo, status=Status.CANCELED, updated_ms=self._agenda.now_ms()))

    def close(self, position: Position) -> Order:
        """Close a whole position at the market."""
        side = Side.SELL if position.way is Way.LONG else Side.BUY
        asked = Request(symbol=position.symbol, side=side, way=position.way, kind="MARKET", quantity=position.size)
        return self._take(replace(asked, reduce_only=True, time_in_force="IOC"), hurried=False)

    def set_price(self, symbol: str, price: Decimal) -> None:
        """Let the market be there: resting orders trade, triggers go off, positions are liquidated."""
        self.prices[symbol] = price
        for order in self.ledger.live_orders():
            rests = self.ledger.orders[order.id].rests and order.id not in self._matched
            if rests and order.asked.symbol == symbol and crosses(order.asked, price):
                self._match(order, hurried=False, maker=True)
        for algo in self.ledger.live_algos():
            waits = self.ledger.algos[algo.id].is_live and algo.asked.symbol == symbol
            if waits and algo.is_reached(price):
                self._go_off(algo)
        self._liquidate_lost()

    # Taking

    def _check(self, asked: Request) -> None:
        price = self.prices[asked.symbol]
        check(asked, self.markets[asked.symbol], price)
        for attached in self._attached(asked):
            self._refuse_reached(attached, price)
        if asked.trigger is not None and asked.closes:
            self._refuse_reached(asked, price)

    def _refuse_reached(self, asked: Request, price: Decimal) -> None:
        assert asked.trigger is not None
        reached = price >= asked.trigger.price if rises(asked, price) else price <= asked.trigger.price
        if reached and self._habits.refuses_reached_triggers:
            raise Refusal(-1140, "the trigger price would be reached at once")

    def _closable(self, asked: Request) -> Decimal:
        size = self.ledger.size(asked.symbol, asked.way)
        if not size or (asked.quantity > size and not self._habits.trims_closes):
            raise Refusal(-1054, "the position is smaller than what is to be closed")
        return min(asked.quantity, size)

    def _twin(self, asked: Request, placed: Iterable[Placed]) -> Placed | None:
        """The order that had the client id before, where that is what is answered."""
        twins = [old for old in placed if asked.client_id and old.asked.client_id == asked.client_id]
        if not twins or self._habits.duplicates is Duplicates.ACCEPTED:
            return None
        if self._habits.duplicates is Duplicates.REFUSED:
            raise Refusal(-1180, "duplicate client id")
        return twins[-1]

    def _take(self, asked: Request, *, hurried: bool) -> Order:
        now_ms = self._agenda.now_ms()
        order = Order(id=self._ids.randrange(7 * 10**17, 8 * 10**17), asked=asked, created_ms=now_ms, updated_ms=now_ms)
        self.ledger.orders[order.id] = order
        self._tell_order(replace(order, status=Status.PENDING))
        self._tell_order(order)
        takes = asked.kind == "MARKET" or crosses(asked, self.prices[asked.symbol])
        if takes and asked.time_in_force != "POST_ONLY":
            self._match(order, hurried=hurried, maker=False)
        elif takes or asked.time_in_force in ("IOC", "FOK"):
            self._end(order, Status.CANCELED)
        else:
            self.ledger.orders[order.id] = replace(order, rests=True)
        return self.ledger.orders[order.id]

    # Filling

    def _match(self, order: Order, *, hurried: bool, maker: bool) -> None:
        """Fill what remains of an order in parts: at once, or one after the other."""
        self._matched.add(order.id)
        wait_ms = 0 if maker else self._dialect.between(self._habits.fill_ms)
        for part in self._parts(order):
            if hurried or (maker and not wait_ms):
                self._fill(order.id, part, maker)
            else:
                self._agenda.after(wait_ms, lambda part=part: self._fill(order.id, part, maker))  # type: ignore[misc]
            wait_ms += self._dialect.between(self._habits.part_gap_ms)

    def _parts(self, order: Order) -> list[Decimal]:
        market = self.markets[order.asked.symbol]
        count = self._dialect.between(self._habits.parts)
        each = market.on_step(order.remaining / count)
        if not each:
            return [order.remaining]
        return [each] * (count - 1) + [order.remaining - each * (count - 1)]

    def _fill(self, order_id: int, quantity: Decimal, maker: bool) -> None:
        order = self.ledger.orders[order_id]
        asked = order.asked
        if asked.closes:
            quantity = min(quantity, self.ledger.size(asked.symbol, asked.way))
        if not order.is_live:
            return
        if not (quantity := min(quantity, order.remaining)):
            self._end(order, Status.CANCELED)
            return
        now_ms = self._agenda.now_ms()
        price = self._price_of(asked, maker)
        fill = self.books.execute(Execution(order=order, price=price, quantity=quantity, maker=maker, at_ms=now_ms))
        first, order = not order.filled, self._filled(order, fill)
        position = self.ledger.positions[asked.symbol, asked.way]
        self._tell([("orders", order), ("fill", fill), ("positions", position), ("account", None)])
        if first and self._attached(asked):
            self._agenda.after(self._habits.attached_after_ms, lambda: self._arm_attached(order))
        if not position.size:
            self._sweep(position)

    def _filled(self, order: Order, fill: Fill) -> Order:
        remaining = order.remaining - fill.quantity
        flat = order.asked.closes and not self.ledger.size(fill.symbol, fill.way)
        status = Status.FILLED if not remaining else Status.CANCELED if flat else Status.PARTIAL
        order = replace(
            order,
            status=status,
            filled=order.filled + fill.quantity,
            quote=order.quote + fill.quantity * fill.price,
            fee=order.fee + fill.fee,
            pnl=order.pnl + fill.pnl,
            last_price=fill.price,
            updated_ms=fill.at_ms,
        )
        self.ledger.orders[order.id] = order
        return order

    def _price_of(self, asked: Request, maker: bool) -> Decimal:
        last, market = self.prices[asked.symbol], self.markets[asked.symbol]
        if asked.price is not None:
            better = min if asked.side is Side.BUY else max
            return asked.price if maker else better(asked.price, last)
        slipped = market.tick * self._dialect.between((0, self._habits.slippage_ticks))
        return max(market.tick, last + slipped if asked.side is Side.BUY else last - slipped)

    def _end(self, order: Order, status: Status) -> Order:
        order = replace(order, status=status, updated_ms=self._agenda.now_ms())
        self.ledger.orders[order.id] = order
        self._tell_order(order)
        return order

    # Conditions

    def _attached(self, asked: Request) -> list[Request]:
        """The closing orders that come with an opening one: each covers its whole quantity."""
        kinds: list[tuple[str, Trigger | None]] = [("STOP_MARKET", asked.stop), ("TAKE_PROFIT_MARKET", asked.target)]
        side = Side.SELL if asked.way is Way.LONG else Side.BUY
        return [
            Request(
                symbol=asked.symbol,
                side=side,
                way=asked.way,
                kind=kind,
                quantity=asked.quantity,
                trigger=trigger,
                reduce_only=True,
                time_in_force="IOC",
                client_id=f"sys_{self._ids.getrandbits(64):016x}",
            )
            for kind, trigger in kinds
            if trigger is not None and not asked.closes
        ]

    def _arm_attached(self, order: Order) -> None:
        if self.ledger.size(order.asked.symbol, order.asked.way):
            for attached in self._attached(order.asked):
                self._arm(attached, parent_id=order.id)

    def _arm(self, asked: Request, parent_id: int = 0) -> Algo:
        now_ms, price = self._agenda.now_ms(), self.prices[asked.symbol]
        algo = Algo(
            id=self._ids.randrange(12 * 10**17, 13 * 10**17),
            asked=asked,
            rises=rises(asked, price),
            created_ms=now_ms,
            updated_ms=now_ms,
            parent_id=parent_id,
        )
        self._keep_algo(algo)
        if asked.closes and algo.is_reached(price):
            self._go_off(algo)
        return self.ledger.algos[algo.id]

    def _go_off(self, algo: Algo) -> None:
        """Let the trigger set off an order of its own, which knows nothing of the conditional one."""
        asked, now_ms = algo.asked, self._agenda.now_ms()
        quantity = min(asked.quantity, self.ledger.size(asked.symbol, asked.way)) if asked.closes else asked.quantity
        if not quantity or self.books.needed(asked, quantity) > self.books.available():
            self.cancel_algo(algo)
            return
        self.ledger.algos[algo.id] = replace(algo, status=Status.TRIGGERED)
        actual = replace(
            asked,
            kind="LIMIT" if asked.is_limit else "MARKET",
            quantity=quantity,
            trigger=None,
            time_in_force="GTC" if asked.is_limit else "IOC",
            client_id=self._dialect.word(("", f"srv_{self._ids.getrandbits(48):012x}")),
        )
        order = self._take(actual, hurried=False)
        self._keep_algo(
            replace(algo, status=Status.TRIGGERED, actual_id=order.id, triggered_ms=now_ms, updated_ms=now_ms)
        )

    def _keep_algo(self, algo: Algo) -> Algo:
        self.ledger.algos[algo.id] = algo
        self._tell([("orders", algo)] if self._habits.pushes_algos else [])
        return algo

    def _sweep(self, position: Position) -> None:
        """Take back, if that is the habit, what would close a position that is no more."""
        if not self._habits.sweeps_orphans:
            return
        for order in [order for order in self.ledger.live_orders() if _closes(order.asked, position)]:
            self._end(order, Status.CANCELED)
        for algo in [algo for algo in self.ledger.live_algos() if _closes(algo.asked, position)]:
            self.cancel_algo(algo)

    # Liquidation

    def _liquidate_lost(self) -> None:
        while lost := [position for position in self.ledger.held() if self.books.is_lost(position)]:
            self._liquidate(min(lost, key=lambda position: position.unrealised(self.prices[position.symbol])))

    def _liquidate(self, position: Position) -> None:
        now_ms, symbol = self._agenda.now_ms(), position.symbol
        self.liquidations.append(position)
        for order in [order for order in self.ledger.live_orders() if order.asked.symbol == symbol]:
            self._end(order, Status.CANCELED)
        self.books.bill("start_liquidate", symbol, ZERO, now_ms, always=True)
        side = Side.SELL if position.way is Way.LONG else Side.BUY
        asked = Request(symbol=symbol, side=side, way=position.way, kind="MARKET", quantity=position.size)
        nobodys = Order(
            id=self._ids.randrange(5 * 10**17, 6 * 10**17), asked=asked, created_ms=now_ms, updated_ms=now_ms
        )
        price = self.books.bankrupt_price(position)
        fill = self.books.execute(
            Execution(order=nobodys, price=price, quantity=position.size, maker=False, at_ms=now_ms, liquidates=True)
        )
        events: list[Event] = [("positions", self.ledger.positions[symbol, position.way]), ("account", None)]
        if self._habits.liquidation_fills:
            events.append(("fill", fill))
        else:
            self.ledger.fills.remove(fill)
        self._tell(events)
        self._sweep(position)

    # Telling

    def _tell_order(self, order: Order) -> None:
        self._tell([("orders", order)])

    def _tell(self, events: list[Event]) -> None:
        self.on_events(events)


def _closes(asked: Request, position: Position) -> bool:
    return asked.closes and (asked.symbol, asked.way) == (position.symbol, position.way)
