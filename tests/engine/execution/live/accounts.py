"""A desk on a real book, and the words to say what the exchange holds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import TypeVar

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.order import Leg, Order, OrderSide, PositionSide, client_order_id
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.domain.venue import (
    VenueBill,
    VenueFill,
    VenueOrder,
    VenueOrderKind,
    VenueOrderState,
    VenuePosition,
    VenueWallet,
)
from sigma_engine.events import Event, OrderSubmitted
from sigma_engine.execution.book import Book
from sigma_engine.execution.gateway import Acknowledged, Capabilities
from sigma_engine.execution.live.desk import Desk, Past
from sigma_engine.execution.live.truth import Truth
from sigma_engine.execution.orders import with_attached
from sigma_engine.execution.standings import Standings
from sigma_engine.risk.arithmetic import Arithmetic

A, B = "AAA/USDT:USDT", "BBB/USDT:USDT"
MINUTE = 60_000
START = 1_700_000_040_000 - 1_700_000_040_000 % MINUTE
ABLE = Capabilities(
    attaches_protection=True,
    rests_protection=True,
    lists_orders=True,
    cancels=True,
    sets_terms=True,
    lists_fills=True,
    bills=True,
    streams=True,
)
E = TypeVar("E", bound=Event)


def of_kind(facts: Iterable[Event], kind: type[E]) -> list[E]:
    return [fact for fact in facts if isinstance(fact, kind)]


class Account:
    """One account: the desk, its book, and an exchange that holds what the test says it holds."""

    def __init__(self, past: Past | None = None, standings: Standings | None = None, wallet: int = 10_000) -> None:
        money = Decimal(wallet)
        portfolio = Portfolio(
            at_ms=START, wallet=money, positions=(), initial=money, day_open_equity=money, peak_equity=money
        )
        grid = {
            symbol: Arithmetic(Instrument(symbol, Decimal("0.1"), Decimal("0.01"), Decimal("0.005")))
            for symbol in (A, B)
        }
        self.book = Book(portfolio, grid, MINUTE)
        self.standings = standings or Standings(None, START)
        self.desk = Desk(self.book, ABLE, self.standings, past or Past(), MINUTE, START)
        self.now_ms = START
        self.orders: dict[str, VenueOrder] = {}
        self.fills: list[VenueFill] = []
        self.held: dict[tuple[str, PositionSide], VenuePosition] = {}
        self.bills: list[VenueBill] = []
        self.wallet = money
        self._ids = count(1)

    # -- what SIGMA does

    def enter(self, symbol: str = A, side: PositionSide = PositionSide.LONG, quantity: str = "1") -> Order:
        """An entry that is journaled and being sent."""
        order = Order(
            client_id=client_order_id("test", symbol, self.now_ms, next(self._ids)),
            symbol=symbol,
            leg=Leg.ENTRY,
            side=side.opening,
            position_side=side,
            quantity=Decimal(quantity),
            leverage=5,
            bar_ms=self.now_ms - MINUTE,
            created_ms=self.now_ms,
            reference_price=100.0,
            stop_distance=5.0,
            target_distance=10.0,
            atr=3.0,
            reason="because",
        )
        order = with_attached(order, self.book.arithmetic(symbol))
        self.desk.intents.add(order)
        return order

    def answer(self, order: Order, venue_id: str | None = None) -> list[Event]:
        return self.desk.learn(order, Acknowledged(venue_id=venue_id or f"v-{order.client_id}"), self.now_ms)

    def read(self, later_ms: int = 0, *, whole: bool = True) -> list[Event]:
        """Let time pass, read the exchange, and let it take what follows."""
        self.now_ms += later_ms
        return self.desk.read(self.truth(self.now_ms, whole=whole))

    def truth(self, at_ms: int, *, whole: bool = True) -> Truth:
        """A reading that began at ``at_ms``."""
        return Truth(
            at_ms=at_ms,
            open_orders=tuple(order for order in self.orders.values() if order.state is VenueOrderState.LIVE),
            ended_orders=tuple(order for order in self.orders.values() if order.state is not VenueOrderState.LIVE),
            fills=tuple(self.fills),
            positions=tuple(self.held.values()) if whole else None,
            wallet=VenueWallet(total=self.wallet, free=self.wallet, unrealised=Decimal(0)) if whole else None,
            bills=tuple(self.bills) if whole else (),
        )

    # -- what the exchange does

    def take(self, order: Order, state: VenueOrderState = VenueOrderState.LIVE, filled: str = "0") -> VenueOrder:
        """The exchange lists an order of ours."""
        kind = {Leg.STOP: VenueOrderKind.STOP, Leg.TARGET: VenueOrderKind.TARGET}.get(order.leg, VenueOrderKind.MARKET)
        listed = VenueOrder(
            venue_id=f"v-{order.client_id}",
            client_id=order.client_id,
            symbol=order.symbol,
            side=order.side,
            position_side=order.position_side,
            kind=kind,
            quantity=order.quantity,
            filled=Decimal(filled),
            average=None,
            trigger=order.trigger,
            reduces=order.leg is not Leg.ENTRY,
            state=state,
            created_ms=self.now_ms,
            updated_ms=self.now_ms,
        )
        self.orders[listed.venue_id] = listed
        return listed

    def attach(self, order: Order, kind: VenueOrderKind = VenueOrderKind.STOP) -> VenueOrder:
        """The protection that travelled with an entry begins to wait, under an id of the exchange's own."""
        trigger = order.attached_stop if kind is VenueOrderKind.STOP else order.attached_target
        listed = replace(
            self.take(order),
            venue_id=f"a-{kind}-{order.client_id}",
            client_id=None,
            kind=kind,
            side=order.position_side.closing,
        )
        del self.orders[f"v-{order.client_id}"]
        listed = replace(listed, trigger=trigger, reduces=True)
        self.orders[listed.venue_id] = listed
        return listed

    def execute(
        self,
        order: Order | VenueOrder,
        price: str,
        quantity: str | None = None,
        *,
        order_id: str | None = None,
        realised: str | None = None,
    ) -> VenueFill:
        """An order is executed, wholly or in part: a fill, and the position it leaves behind."""
        venue_id = order_id or (order.venue_id if isinstance(order, VenueOrder) else f"v-{order.client_id}")
        opens = order.side is order.position_side.opening
        fill = VenueFill(
            trade_id=f"t{next(self._ids)}",
            order_id=str(venue_id),
            symbol=order.symbol,
            side=OrderSide(order.side),
            position_side=order.position_side,
            price=Decimal(price),
            quantity=Decimal(quantity) if quantity else order.quantity,
            fee=Decimal("0.08"),
            realised=Decimal(realised) if realised else (Decimal(0) if opens else None),
            maker=False,
            at_ms=self.now_ms,
        )
        self.fills.append(fill)
        self._hold(fill, opens)
        self.wallet += (fill.realised or Decimal(0)) - fill.fee
        return fill

    def _hold(self, fill: VenueFill, opens: bool) -> None:
        market = (fill.symbol, fill.position_side)
        held = self.held.get(market)
        quantity = (held.quantity if held else Decimal(0)) + (fill.quantity if opens else -fill.quantity)
        self.held.pop(market, None)
        if quantity > 0:
            self.held[market] = position(fill.symbol, fill.position_side, quantity, fill.price)


def position(symbol: str, side: PositionSide, quantity: Decimal, price: Decimal) -> VenuePosition:
    return VenuePosition(
        symbol=symbol,
        side=side,
        quantity=quantity,
        entry_price=price,
        leverage=5,
        isolated=True,
        margin=price * quantity / 5,
        liquidation=None,
        unrealised=None,
    )


def sent(facts: Sequence[Event], leg: Leg | None = None) -> list[Order]:
    """The orders that have to be sent."""
    orders = [fact.order for fact in of_kind(facts, OrderSubmitted)]
    return [order for order in orders if leg in (None, order.leg)]


def is_active(account: Account) -> bool:
    return account.standings.standing.state is AccountState.ACTIVE
