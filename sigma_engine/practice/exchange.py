"""The practice exchange's core: a deterministic machine of whole numbers that keeps its own true history."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

from sigma_engine.practice.book import Level, levels_around
from sigma_engine.practice.funding import Funding
from sigma_engine.practice.history import Handler
from sigma_engine.practice.knobs import Knobs
from sigma_engine.practice.liquidations import Liquidations
from sigma_engine.practice.matching import Matching
from sigma_engine.practice.nouns import (
    Changed,
    DuplicateIds,
    Listing,
    MarginMode,
    Order,
    Oversize,
    Position,
    Quote,
    Refusal,
    Ticket,
    Trade,
)
from sigma_engine.practice.placing import Placing
from sigma_engine.practice.readings import Readings
from sigma_engine.practice.refusals import NOT_ENOUGH
from sigma_engine.practice.state import State
from sigma_engine.practice.terms import change_leverage, change_mode, change_separated, move_margin
from sigma_engine.practice.triggers import Triggers

BASIS_POINT = 10_000
"""A hundredth of a percent in parts of one."""


class Exchange(Readings):
    """Takes orders, lets the market move, answers questions; nothing happens but by a call.

    What became due between two calls (funding, late executions, cancels) happens at the next call, in its order and
    with its own instant. Readings are in `Readings`, faults in `knobs`. ``deposit`` in parts of USDT, ``half_spread``
    the distance of bid and ask from the last price as a rate.
    """

    def __init__(
        self,
        listings: Sequence[Listing],
        now_ms: Callable[[], int],
        deposit: int,
        *,
        duplicate_ids: DuplicateIds = DuplicateIds.REJECT,
        oversize: Oversize = Oversize.TRIM,
        seed: int = 0,
        half_spread: int = BASIS_POINT,
    ) -> None:
        state = State(listings, now_ms, seed, half_spread)
        super().__init__(state, Funding(state))
        self._seed = seed
        self._matching = Matching(state)
        self._triggers = Triggers(state, self._matching)
        self._liquidations = Liquidations(state)
        self._placing = Placing(state, self._matching, duplicate_ids, oversize)
        self._web_ids = count(1)
        if deposit:
            self.deposit(deposit)

    @property
    def knobs(self) -> Knobs:
        """What goes wrong; set its fields at any time."""
        return self._state.knobs

    @property
    def history(self) -> tuple[Changed, ...]:
        """Everything that happened, oldest first."""
        return self._state.history.all()

    def listen(self, handler: Handler) -> Callable[[], None]:
        """Tell ``handler`` of every change, in order; it must not call back. The answer ends that."""
        return self._state.history.listen(handler)

    # The market

    def move(self, symbol: str, price: int, quantity: int = 0) -> Quote:
        """Let a trade happen at ``price`` (brought to the tick), and everything that follows from it.

        Resting limits are met when bid or ask reach them, together at most ``quantity`` where that is not 0; then
        positions are liquidated and triggers fire.
        """
        self.catch_up()
        before = self._state.quotes.get(symbol)
        self._state.listing(symbol)
        quote = self._state.set_price(symbol, price)
        trade = Trade(
            trade_id=self._state.next_id(),
            symbol=symbol,
            price=quote.last,
            quantity=quantity or self._state.listings[symbol].step,
            buyer_maker=before is not None and quote.last < before.last,
            at_ms=self._state.now,
        )
        self._state.tape[symbol].append(trade)
        self._state.record(trade)
        self._matching.on_trade(symbol, quantity)
        self._follow(symbol)
        return quote

    def diverge(self, symbol: str, rate: int) -> Quote:
        """Hold the mark price away from the last one by ``rate`` (parts of one, may be negative) from now on."""
        self.catch_up()
        last = self._state.quote(symbol).last
        self._state.divergence[symbol] = rate
        quote = self._state.set_price(symbol, last)
        self._follow(symbol)
        return quote

    def depth(self, symbol: str, levels: int) -> tuple[list[Level], list[Level]]:
        """Bids and asks, best first, as price and quantity."""
        return levels_around(self.quote(symbol), self._state.listing(symbol), levels, self._seed)

    def relist(self, listing: Listing) -> None:
        """Change a market's rules; what was accepted before stays."""
        self.catch_up()
        self._state.listing(listing.symbol)
        self._state.listings[listing.symbol] = listing

    def set_funding_rate(self, symbol: str, rate: int) -> None:
        """What the coming stamps charge longs, in parts of one."""
        self.catch_up()
        self._state.listing(symbol)
        self._funding.rates[symbol] = rate

    def liquidate(self, symbol: str, share: int, *, deleveraging: bool = False) -> None:
        """Force-close ``share`` (parts of one) of every position of ``symbol``: liquidation, or auto-deleveraging."""
        self.catch_up()
        self._state.quote(symbol)
        self._liquidations.force(symbol, share, deleveraging)

    # The account

    def deposit(self, amount: int) -> None:
        """Move money in (negative: out)."""
        self.catch_up()
        if amount < min(0, -self._state.spendable()):
            raise Refusal(NOT_ENOUGH, "amount not enough")
        self._state.bill("transfer_in" if amount >= 0 else "transfer_out", amount)
        self._state.tell_wallet()

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Trade ``symbol`` with ``leverage`` from now on; isolated positions are refinanced."""
        self.catch_up()
        change_leverage(self._state, symbol, leverage)

    def set_margin_mode(self, symbol: str, mode: MarginMode) -> None:
        """Change whose money positions of ``symbol`` may lose; refused with a position or order."""
        self.catch_up()
        change_mode(self._state, symbol, mode)

    def set_separated(self, symbol: str, separated: bool) -> None:
        """Whether every opening order makes a position of its own; refused with a position or order."""
        self.catch_up()
        change_separated(self._state, symbol, separated)

    def move_margin(self, position_id: int, amount: int) -> None:
        """Add ``amount`` to the margin of an isolated position (negative: take it back)."""
        self.catch_up()
        move_margin(self._state, position_id, amount)

    # Orders

    def place(self, ticket: Ticket) -> Order:
        """Take an order; answers how it stands now, raises `Refusal`."""
        self.catch_up()
        order = self._placing.place(ticket)
        self._follow(ticket.symbol)
        return self._state.orders[order.order_id]

    def manual(self, ticket: Ticket) -> Order:
        """The same order given by a person in the exchange's own window: its client id is not ours."""
        return self.place(replace(ticket, client_id=f"web-{next(self._web_ids)}"))

    def cancel(self, order_id: int | None = None, client_id: str | None = None, waiting: bool = False) -> Order:
        """Cancel one open order, with a trigger if ``waiting``; raises `Refusal` where there is none."""
        self.catch_up()
        order = self._placing.find(order_id, client_id, waiting)
        cancelled = self._matching.cancel(order)
        self._follow(order.ticket.symbol)
        return self._state.orders[cancelled.order_id]

    def cancel_all(self, symbol: str | None = None, waiting: bool = False) -> list[Order]:
        """Cancel every open order with (``waiting``) or without a trigger."""
        self.catch_up()
        orders = self._state.open_orders(symbol, waiting)
        return [self._matching.cancel(order) for order in orders if self._state.orders[order.order_id].status.is_open]

    def close_positions(self, symbol: str | None = None) -> list[tuple[Position, Order]]:
        """Close every position at the market."""
        self.catch_up()
        held = [each for each in self._state.positions.values() if symbol in (None, each.symbol)]
        closed = [(position, self._placing.close(position)) for position in held]
        for position, _ in closed:
            self._follow(position.symbol)
        return closed

    # Time

    def catch_up(self) -> None:
        """Let happen what has become due up to the clock's present instant; every other call does it by itself."""
        state, now_ms = self._state, self._state.clock_ms()
        while due := state.agenda.next_due(now_ms):
            state.now = max(state.now, due[0])
            due[1]()
            for symbol in state.quotes:
                self._follow(symbol)
        state.now = max(state.now, now_ms)

    def _follow(self, symbol: str) -> None:
        if symbol in self._state.quotes:
            self._liquidations.check()
            self._triggers.check(symbol)
            self._state.tell_wallet()
