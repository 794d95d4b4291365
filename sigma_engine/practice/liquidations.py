"""When the exchange closes positions by itself: margin used up, or a share of them by force."""

from dataclasses import replace

from sigma_engine.practice.executions import book
from sigma_engine.practice.money import floored, raised, rated, scaled, value_of
from sigma_engine.practice.nouns import UNIT, Fill, Hold, Kind, MarginMode, Order, Position, Side, Status, Ticket
from sigma_engine.practice.positions import reduced, sign
from sigma_engine.practice.state import Key, State


class Liquidations:
    """Closes at the mark; an isolated position loses exactly its margin, crossed ones at most what they share."""

    def __init__(self, state: State) -> None:
        self._state = state

    def check(self) -> None:
        """Liquidate every position whose margin rate is at or below maintenance."""
        for key, position in tuple(self._state.positions.items()):
            if self._state.is_lost(position):
                self._liquidate({key: position})
        crossed = {key: each for key, each in self._state.positions.items() if each.mode is MarginMode.CROSSED}
        if crossed and self._shared_equity() <= sum(self._state.maintenance(each) for each in crossed.values()):
            self._withdraw_entries()
            self._liquidate(crossed)

    def force(self, symbol: str, share: int, deleveraging: bool) -> None:
        """Close ``share`` (parts of one) of every position of ``symbol``; deleveraging takes no fee."""
        step = self._state.listings[symbol].step
        for key, position in tuple(self._state.positions.items()):
            if position.symbol != symbol:
                continue
            quantity = min(position.size, raised(rated(position.size, share), step))
            if deleveraging:
                self._close(key, position, quantity, costs=False)
            else:
                self._liquidate({key: position}, quantity)

    def _shared_equity(self) -> int:
        state = self._state
        return state.total - state.isolated_margin() + sum(state.profit(each) for each in state.crossed())

    def _withdraw_entries(self) -> None:
        for order in self._state.open_orders(waiting=False):
            if not order.ticket.closes:
                self._state.end(order, Status.CANCELED, "the account is liquidated")

    def _liquidate(self, lost: dict[Key, Position], quantity: int | None = None) -> None:
        symbols = sorted({position.symbol for position in lost.values()})
        for symbol in symbols:
            self._state.bill("start_liquidate", 0, symbol)
        for key, position in lost.items():
            self._close(key, position, quantity or position.size, costs=True)
        for symbol in symbols:
            self._state.bill("finish_liquidate", self._shortfall(), symbol)
        self._state.tell_wallet()

    def _shortfall(self) -> int:
        """What the insurance fund pays where crossed positions lost more than there was."""
        return 0 if self._state.crossed() else max(0, self._state.isolated_margin() - self._state.total)

    def _close(self, key: Key, position: Position, quantity: int, *, costs: bool) -> None:
        order = self._state.save(self._order(position, quantity))
        fill = self._fill(order, position, quantity, costs)
        fees = fill.fee, fill.liquidation_fee
        left, _ = reduced(position, quantity, fill.value, fees, self._state.now)
        self._state.save(
            replace(
                order,
                status=Status.FILLED,
                filled=quantity,
                value=fill.value,
                realised=fill.realised,
                latest_price=fill.price,
            )
        )
        self._state.record(fill)
        book(self._state, fill, [(key, left)])

    def _fill(self, order: Order, position: Position, quantity: int, costs: bool) -> Fill:
        """At the mark, or where the margin ends if that comes first; what is left of the margin is kept as a fee."""
        mark = self._state.quotes[position.symbol].mark
        entry = scaled(position.open_value, quantity, position.size)
        margin = scaled(position.margin, quantity, position.size)
        direction, value = sign(position.hold), value_of(mark, quantity)
        isolated = position.mode is MarginMode.ISOLATED
        if isolated and margin + direction * (value - entry) < 0:
            value = entry - direction * margin
            mark = self._on_grid(position, scaled(value, UNIT, quantity))
        realised = direction * (value - entry)
        fee = margin + realised if isolated else self._crossed_fee(position, value, realised)
        return Fill(
            fill_id=self._state.next_id(),
            order_id=order.order_id,
            client_id=order.ticket.client_id,
            symbol=position.symbol,
            side=order.ticket.side,
            hold=position.hold,
            price=mark,
            quantity=quantity,
            value=value,
            fee=0,
            realised=realised,
            maker=False,
            at_ms=self._state.now,
            liquidation=True,
            liquidation_fee=fee if costs else 0,
        )

    def _crossed_fee(self, position: Position, value: int, realised: int) -> int:
        left = self._state.total - self._state.isolated_margin() + realised
        return max(0, min(left, rated(value, self._state.listings[position.symbol].maintenance_rate)))

    def _on_grid(self, position: Position, price: int) -> int:
        tick = self._state.listings[position.symbol].tick
        return max(tick, floored(price, tick) if position.hold is Hold.LONG else raised(price, tick))

    def _order(self, position: Position, quantity: int) -> Order:
        order_id = self._state.next_id()
        ticket = Ticket(
            symbol=position.symbol,
            side=Side.SELL if position.hold is Hold.LONG else Side.BUY,
            hold=position.hold,
            kind=Kind.MARKET,
            quantity=quantity,
            client_id=str(order_id),
            reduces=True,
        )
        now = self._state.now
        return Order(order_id=order_id, ticket=ticket, status=Status.NEW, created_ms=now, updated_ms=now)
