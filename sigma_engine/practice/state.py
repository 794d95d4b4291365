"""Where the exchange stands: markets, orders, positions and money; every change goes through here into the history."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sigma_engine.practice.agenda import Agenda
from sigma_engine.practice.history import History
from sigma_engine.practice.knobs import Knobs
from sigma_engine.practice.money import nearest, raised, rated, scaled, value_of
from sigma_engine.practice.nouns import (
    UNIT,
    Bill,
    Changed,
    Hold,
    Listing,
    MarginMode,
    Order,
    Position,
    Quote,
    Refusal,
    Status,
    Trade,
    Wallet,
)
from sigma_engine.practice.positions import is_exhausted, liquidation_price, unrealised
from sigma_engine.practice.refusals import SYMBOL, UNKNOWN

FIRST_ID = 737_000_000_000_000_000
"""Where numbers of orders begin: WEEX's have 18 digits."""

Key = tuple[str, Hold, int]
"""Symbol, side, and the order a separated position came from (0 where fills are combined)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a symbol is traded on this account; WEEX's own defaults."""

    leverage: int = 20
    mode: MarginMode = MarginMode.CROSSED
    separated: bool = False


class State:
    """The exchange's memory; `now` is the instant of what is being done, not later than the clock."""

    def __init__(self, listings: Sequence[Listing], now_ms: Callable[[], int], seed: int, half_spread: int) -> None:
        self.listings = {listing.symbol: listing for listing in listings}
        self.clock_ms, self.half_spread = now_ms, half_spread
        self.now = now_ms()
        self.history, self.agenda, self.knobs = History(), Agenda(), Knobs()
        self.quotes: dict[str, Quote] = {}
        self.tape: dict[str, list[Trade]] = {listing.symbol: [] for listing in listings}
        self.divergence: dict[str, int] = {}
        self.terms: dict[str, Terms] = {listing.symbol: Terms() for listing in listings}
        self.orders: dict[int, Order] = {}
        self.open: dict[int, None] = {}
        self.attached: dict[int, list[int]] = {}
        self.rising: dict[int, bool] = {}
        self.positions: dict[Key, Position] = {}
        self.total = 0
        self._last_id = FIRST_ID + seed % 1_000_000 * 1_000_000_000

    def next_id(self) -> int:
        """A new number, larger than all before."""
        self._last_id += 1 + self._last_id * 31 % 9_973
        return self._last_id

    # Markets

    def listing(self, symbol: str) -> Listing:
        """The market ``symbol``; refuses what is not listed."""
        if symbol not in self.listings:
            raise Refusal(SYMBOL, "Invalid symbol.")
        return self.listings[symbol]

    def quote(self, symbol: str) -> Quote:
        """The prices of ``symbol``; refuses where there are none yet."""
        self.listing(symbol)
        if symbol not in self.quotes:
            raise Refusal(UNKNOWN, "An unknown error occurred: the market has no price yet.")
        return self.quotes[symbol]

    def set_price(self, symbol: str, price: int) -> Quote:
        """Make ``price`` the last one; bid, ask and mark follow."""
        tick = self.listings[symbol].tick
        last, spread = nearest(price, tick), rated(price, self.half_spread)
        bid, ask = max(tick, (last - spread) // tick * tick), raised(last + spread, tick)
        mark = nearest(rated(last, UNIT + self.divergence.get(symbol, 0)), tick)
        quote = Quote(symbol=symbol, last=last, mark=mark, index=last, bid=bid, ask=ask, at_ms=self.now)
        self.quotes[symbol] = quote
        self.history.record(quote)
        return quote

    # Orders

    def save(self, order: Order) -> Order:
        """Let ``order`` stand as it is now."""
        order = replace(order, updated_ms=self.now)
        self.orders[order.order_id] = order
        if order.status.is_open:
            self.open[order.order_id] = None
        else:
            self.open.pop(order.order_id, None)
        self.history.record(order)
        return order

    def end(self, order: Order, status: Status, reason: str = "") -> Order:
        """Let ``order`` be over."""
        return self.save(replace(order, status=status, reason=reason))

    def open_orders(self, symbol: str | None = None, waiting: bool | None = None) -> list[Order]:
        """Orders that may still execute, oldest first; ``waiting`` chooses those with a trigger or those without."""
        orders = [self.orders[order_id] for order_id in self.open]
        return [
            order
            for order in orders
            if symbol in (None, order.ticket.symbol) and waiting in (None, order.ticket.kind.waits)
        ]

    # Positions

    def held(self, symbol: str, hold: Hold | None = None) -> list[Position]:
        """Positions of ``symbol``, oldest first."""
        return [each for each in self.positions.values() if each.symbol == symbol and hold in (None, each.hold)]

    def size(self, symbol: str, hold: Hold) -> int:
        """How much is held on one side."""
        return sum(position.size for position in self.held(symbol, hold))

    def keep(self, key: Key, position: Position) -> None:
        """Let ``position`` stand as it is now, its profit and liquidation price with the present mark."""
        if position.size:
            self.positions[key] = position
            position = self.positions[key] = self.revalued(position)
        else:
            self.positions.pop(key, None)
        self.history.record(position)

    def revalued(self, position: Position) -> Position:
        """``position`` with profit and liquidation price at the present mark."""
        mark = self.quotes[position.symbol].mark
        rate = self.listings[position.symbol].maintenance_rate
        margin = position.margin
        if position.mode is MarginMode.CROSSED:
            others = [each for each in self.crossed() if each.position_id != position.position_id]
            margin = (
                self.total - self.isolated_margin() + sum(self.profit(each) - self.maintenance(each) for each in others)
            )
        price = liquidation_price(position.hold, position.size, position.open_value, margin, rate)
        return replace(position, unrealised=unrealised(position, mark), liquidation_price=price)

    def profit(self, position: Position) -> int:
        """Its unrealised profit at the present mark."""
        return unrealised(position, self.quotes[position.symbol].mark)

    def worth(self, position: Position) -> int:
        """Its value at the present mark."""
        return value_of(self.quotes[position.symbol].mark, position.size)

    def maintenance(self, position: Position) -> int:
        """The least equity it needs at the present mark."""
        return rated(self.worth(position), self.listings[position.symbol].maintenance_rate)

    def is_lost(self, position: Position) -> bool:
        """Whether an isolated position's margin is used up at the present mark."""
        rate = self.listings[position.symbol].maintenance_rate
        equity = position.margin + self.profit(position)
        return position.mode is MarginMode.ISOLATED and is_exhausted(equity, self.worth(position), rate)

    def crossed(self) -> list[Position]:
        """Positions that share the account's money."""
        return [position for position in self.positions.values() if position.mode is MarginMode.CROSSED]

    # Money

    def isolated_margin(self) -> int:
        """What isolated positions hold of the total."""
        return sum(each.margin for each in self.positions.values() if each.mode is MarginMode.ISOLATED)

    def required(self, symbol: str, value: int, rate: int) -> int:
        """Margin and fee of opening for ``value``."""
        return scaled(value, 1, self.terms[symbol].leverage) + rated(value, rate)

    def frozen(self) -> int:
        """What open orders that open have bound."""
        return sum(self._bound(order) for order in self.open_orders(waiting=False) if not order.ticket.closes)

    def _bound(self, order: Order) -> int:
        quote = self.quotes[order.ticket.symbol]
        price = order.ticket.price or quote.ask
        value = value_of(price, order.remaining)
        return self.required(order.ticket.symbol, value, self.listings[order.ticket.symbol].taker_rate)

    def spendable(self) -> int:
        """What may still become margin; below zero where losses of crossed positions bind more than there is."""
        margins = sum(position.margin for position in self.positions.values())
        losses = min(0, sum(self.profit(position) for position in self.crossed()))
        return self.total - margins - self.frozen() + losses

    def wallet(self) -> Wallet:
        """The money at this instant."""
        return Wallet(
            total=self.total,
            available=max(0, self.spendable()),
            frozen=self.frozen(),
            margin=sum(position.margin for position in self.positions.values()),
            unrealised=sum(self.profit(position) for position in self.positions.values()),
            at_ms=self.now,
        )

    def bill(self, kind: str, amount: int, symbol: str = "") -> None:
        """Write a line of the statement; the total follows."""
        self.total += amount
        self.history.record(
            Bill(
                bill_id=self.next_id(),
                kind=kind,
                symbol=symbol,
                amount=amount,
                balance=self.total,
                at_ms=self.now,
            )
        )

    def tell_wallet(self) -> None:
        """Record the wallet where the money or what is bound changed since it was last told."""
        wallet, told = self.wallet(), self.history.now.wallet
        if told is None or (told.total, told.frozen, told.margin) != (wallet.total, wallet.frozen, wallet.margin):
            self.history.record(wallet)

    def record(self, change: Changed) -> None:
        """Let ``change`` have happened."""
        self.history.record(change)

    def closable(self, symbol: str, hold: Hold) -> Iterator[tuple[Key, Position]]:
        """The positions a closing order works through, oldest first."""
        for key, position in tuple(self.positions.items()):
            if key[:2] == (symbol, hold):
                yield key, position
