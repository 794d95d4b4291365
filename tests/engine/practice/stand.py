"""A small practice exchange to try things on, in numbers people read."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.nouns import UNIT, Fill, Hold, Kind, Listing, MarginMode, Order, Position, Side, Ticket

START_MS = 1_767_600_000_000
"""Monday, 5 January 2026, 08:00 UTC: a funding stamp."""

HOUR_MS = 3_600_000
BTC, ETH = "BTCUSDT", "ETHUSDT"


def parts(number: str | int) -> int:
    """A number as people write it, in the exchange's parts."""
    return int(Decimal(number) * UNIT)


def listing(symbol: str = BTC, **changes: Any) -> Listing:
    """WEEX's example market with a maintenance rate of 0.5 %."""
    plain = Listing(
        symbol=symbol,
        base=symbol.removesuffix("USDT"),
        price_decimals=1,
        quantity_decimals=4,
        contract_value=parts("0.0001"),
        min_quantity=parts("0.0002"),
        max_quantity=parts(1_000),
        max_position=parts(2_000),
        largest_market_order=parts(500),
        price_band=parts("0.01"),
        maker_rate=parts("0.0002"),
        taker_rate=parts("0.0008"),
        maintenance_rate=parts("0.005"),
        max_leverage=400,
    )
    return replace(plain, **changes)


class Stand:
    """An exchange with a clock of its own; isolated, no spread, BTC at 70,000 if not told else."""

    def __init__(
        self,
        *,
        deposit: str = "10000",
        price: str | None = "70000",
        mode: MarginMode = MarginMode.ISOLATED,
        leverage: int = 10,
        half_spread: str = "0",
        listings: tuple[Listing, ...] = (),
        **options: Any,
    ) -> None:
        self.now_ms = START_MS + 1
        self.exchange = Exchange(
            listings or (listing(BTC), listing(ETH)),
            lambda: self.now_ms,
            parts(deposit),
            half_spread=parts(half_spread),
            **options,
        )
        self._ids = count(1)
        for each in self.exchange.listings:
            self.exchange.set_margin_mode(each.symbol, mode)
            self.exchange.set_leverage(each.symbol, leverage)
        if price is not None:
            self.exchange.move(BTC, parts(price))

    def wait(self, milliseconds: int = 1_000) -> None:
        self.now_ms += milliseconds
        self.exchange.catch_up()

    def move(self, price: str, quantity: str = "0", symbol: str = BTC) -> None:
        self.now_ms += 1_000
        self.exchange.move(symbol, parts(price), parts(quantity))

    def ticket(
        self,
        quantity: str = "0.01",
        price: str | None = None,
        *,
        side: Side = Side.BUY,
        hold: Hold = Hold.LONG,
        kind: Kind | None = None,
        trigger: str | None = None,
        stop: str | None = None,
        target: str | None = None,
        symbol: str = BTC,
        **changes: Any,
    ) -> Ticket:
        return Ticket(
            symbol=symbol,
            side=side,
            hold=hold,
            kind=kind or (Kind.MARKET if price is None else Kind.LIMIT),
            quantity=parts(quantity),
            client_id=changes.pop("client_id", f"t-{next(self._ids)}"),
            price=None if price is None else parts(price),
            trigger=None if trigger is None else parts(trigger),
            stop_trigger=None if stop is None else parts(stop),
            target_trigger=None if target is None else parts(target),
            **changes,
        )

    def buy(self, quantity: str = "0.01", price: str | None = None, **changes: Any) -> Order:
        """Open or enlarge a LONG."""
        return self.exchange.place(self.ticket(quantity, price, **changes))

    def sell(self, quantity: str = "0.01", price: str | None = None, **changes: Any) -> Order:
        """Close (a part of) a LONG."""
        return self.exchange.place(self.ticket(quantity, price, side=Side.SELL, **changes))

    def short(self, quantity: str = "0.01", price: str | None = None, **changes: Any) -> Order:
        """Open or enlarge a SHORT."""
        return self.exchange.place(self.ticket(quantity, price, side=Side.SELL, hold=Hold.SHORT, **changes))

    def cover(self, quantity: str = "0.01", price: str | None = None, **changes: Any) -> Order:
        """Close (a part of) a SHORT."""
        return self.exchange.place(self.ticket(quantity, price, side=Side.BUY, hold=Hold.SHORT, **changes))

    def stop(self, trigger: str, quantity: str = "0.01", **changes: Any) -> Order:
        """A stop of a LONG."""
        return self.sell(quantity, kind=Kind.STOP_MARKET, trigger=trigger, reduces=True, **changes)

    def order(self, order: Order) -> Order:
        """``order`` as it stands now."""
        return self.exchange.order(order.order_id)

    def fills(self) -> list[Fill]:
        """Every execution, oldest first."""
        return self.exchange.fills(limit=10_000)[::-1]

    def position(self, hold: Hold = Hold.LONG, symbol: str = BTC) -> Position:
        """The one position of a side."""
        (found,) = [each for each in self.exchange.positions(symbol) if each.hold is hold]
        return found

    def bills(self) -> list[tuple[str, int]]:
        """Kind and amount of every line of the statement, oldest first."""
        return [(bill.kind, bill.amount) for bill in self.exchange.bills(limit=10_000)[::-1]]
