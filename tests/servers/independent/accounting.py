"""Money of one account: fills, fees, funding and margin, each change of the wallet with its bill."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from random import Random

from tests.servers.independent.nouns import (
    MONEY,
    ONE,
    ZERO,
    Bill,
    Fill,
    Ledger,
    Market,
    Order,
    Position,
    Refusal,
    Request,
    Setting,
    Way,
)


@dataclass(slots=True)
class Execution:
    """What is traded, before it is booked."""

    order: Order
    price: Decimal
    quantity: Decimal
    maker: bool
    at_ms: int
    liquidates: bool = False


class Books:
    """Books everything into a `Ledger`; prices are read from ``prices``, which somebody else keeps."""

    def __init__(
        self, markets: Mapping[str, Market], prices: Mapping[str, Decimal], random: Random, *, fees_apart: bool
    ) -> None:
        self.ledger = Ledger()
        self._markets, self._prices = markets, prices
        self._random, self._fees_apart = random, fees_apart
        self._serial = count(4_100_000_001)

    def setting(self, symbol: str) -> Setting:
        return self.ledger.settings.get(symbol, Setting())

    def bill(
        self, kind: str, symbol: str | None, amount: Decimal, at_ms: int, fee: Decimal = ZERO, *, always: bool = False
    ) -> None:
        """Change the wallet by ``amount``; nothing is written where nothing changes, unless ``always``."""
        if not amount and not always:
            return
        self.ledger.wallet += amount
        self.ledger.bills.append(
            Bill(
                id=next(self._serial),
                kind=kind,
                symbol=symbol,
                amount=amount,
                balance=self.ledger.wallet,
                fee=fee,
                at_ms=at_ms,
            )
        )

    def execute(self, deal: Execution) -> Fill:
        """Book a fill of an order: its position, its money and the order itself."""
        asked, value = deal.order.asked, deal.price * deal.quantity
        market = self._markets[asked.symbol]
        fee = (value * (market.maker if deal.maker else market.taker)).quantize(MONEY)
        pnl = self._reduced(deal, fee) if asked.closes else self._increased(deal, fee)
        self._bill_fill(deal, pnl, fee)
        fill = Fill(
            id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            stream_id=self._random.randrange(10**9, 10**10),
            order_id=deal.order.id,
            symbol=asked.symbol,
            side=asked.side,
            way=asked.way,
            price=deal.price,
            quantity=deal.quantity,
            fee=fee,
            pnl=pnl,
            maker=deal.maker,
            at_ms=deal.at_ms,
            liquidates=deal.liquidates,
        )
        self.ledger.fills.append(fill)
        return fill

    def _increased(self, deal: Execution, fee: Decimal) -> Decimal:
        asked, value = deal.order.asked, deal.price * deal.quantity
        old = self._position(asked.symbol, asked.way, deal.at_ms)
        size, worth, paid = old.bought
        self._keep(
            replace(
                old,
                size=old.size + deal.quantity,
                open_value=old.open_value + value,
                open_fee=old.open_fee + fee,
                bought=(size + deal.quantity, worth + value, paid + fee),
                updated_ms=deal.at_ms,
            )
        )
        return ZERO

    def _reduced(self, deal: Execution, fee: Decimal) -> Decimal:
        asked, value = deal.order.asked, deal.price * deal.quantity
        old = self.ledger.positions[asked.symbol, asked.way]
        assert deal.quantity <= old.size
        share = deal.quantity / old.size
        released = (old.open_value * share).quantize(MONEY) if share < ONE else old.open_value
        size, worth, paid = old.sold
        self._keep(
            replace(
                old,
                size=old.size - deal.quantity,
                open_value=old.open_value - released,
                open_fee=(old.open_fee * (1 - share)).quantize(MONEY),
                added_margin=(old.added_margin * (1 - share)).quantize(MONEY),
                sold=(size + deal.quantity, worth + value, paid + fee),
                updated_ms=deal.at_ms,
            )
        )
        return ((value - released) * asked.way.sign).quantize(MONEY)

    def _bill_fill(self, deal: Execution, pnl: Decimal, fee: Decimal) -> None:
        asked = deal.order.asked
        deed = "close" if asked.closes else "open"
        kind = "finish_liquidate" if deal.liquidates else f"position_{deed}_{asked.way.lower()}"
        fee_kind = "order_liquidate_fee_income" if deal.liquidates else "order_fill_fee_income"
        if self._fees_apart or deal.liquidates:
            self.bill(kind, asked.symbol, pnl, deal.at_ms, always=asked.closes)
            self.bill(fee_kind, asked.symbol, -fee, deal.at_ms, fee)
        else:
            self.bill(kind, asked.symbol, pnl - fee, deal.at_ms, fee)

    def _position(self, symbol: str, way: Way, at_ms: int) -> Position:
        position = self.ledger.positions.get((symbol, way))
        if position is not None and position.size:
            return position
        setting = self.setting(symbol)
        return Position(
            id=self._random.randrange(10**17, 2 * 10**17),
            symbol=symbol,
            way=way,
            isolated=setting.isolated,
            leverage=setting.leverage(way),
            created_ms=at_ms,
            updated_ms=at_ms,
        )

    def _keep(self, position: Position) -> None:
        self.ledger.positions[position.symbol, position.way] = position

    def pay_funding(self, symbol: str, rate: Decimal, at_ms: int) -> list[Position]:
        """Longs pay ``rate`` of their worth, shorts are paid it; the positions it touched."""
        touched = []
        for position in [held for held in self.ledger.held() if held.symbol == symbol]:
            worth = position.size * self._prices[symbol]
            paid = (-worth * rate * position.way.sign).quantize(MONEY)
            self.bill("position_funding", symbol, paid, at_ms)
            touched.append(replace(position, funding=position.funding + paid, updated_ms=at_ms))
            self._keep(touched[-1])
        return touched

    def add_margin(self, position: Position, amount: Decimal, at_ms: int) -> None:
        """Move money to, or with a negative ``amount`` from, an isolated position."""
        if not position.isolated:
            raise Refusal(-1140, "only an isolated position has a margin of its own")
        if position.added_margin + amount < 0 or amount > self.available():
            raise Refusal(-1054, "margin amount not enough")
        self._keep(replace(position, added_margin=position.added_margin + amount, updated_ms=at_ms))

    def set_leverage(self, symbol: str, setting: Setting, at_ms: int) -> None:
        """Keep a symbol's leverage, of the positions it has as well."""
        before = dict(self.ledger.positions)
        self.ledger.settings[symbol] = setting
        for position in [held for held in self.ledger.held() if held.symbol == symbol]:
            self._keep(replace(position, leverage=setting.leverage(position.way), updated_ms=at_ms))
        if before != self.ledger.positions and self.available() < 0:
            self.ledger.positions = before
            raise Refusal(-1054, "available amount not enough for that leverage")

    def unrealised(self, *, cross_only: bool = False) -> Decimal:
        held = [position for position in self.ledger.held() if not (cross_only and position.isolated)]
        return sum((position.unrealised(self._prices[position.symbol]) for position in held), ZERO)

    def needed(self, asked: Request, quantity: Decimal) -> Decimal:
        """Margin and fee that an opening order ties up; a closing one ties up nothing."""
        if asked.closes:
            return ZERO
        worth = quantity * (asked.price or self._prices[asked.symbol])
        return worth / self.setting(asked.symbol).leverage(asked.way) + worth * self._markets[asked.symbol].taker

    def frozen(self) -> Decimal:
        """What open orders tie up."""
        return sum((self.needed(order.asked, order.remaining) for order in self.ledger.live_orders()), ZERO)

    def available(self) -> Decimal:
        """What new positions may be opened with: gains not yet taken do not count, losses do."""
        margins = sum((position.margin for position in self.ledger.held()), ZERO)
        return self.ledger.wallet - margins - self.frozen() + min(ZERO, self.unrealised(cross_only=True))

    def cushion(self, position: Position) -> Decimal:
        """What may be lost on a position, before the margin that must remain for it."""
        if position.isolated:
            return position.margin
        cushion = self.ledger.wallet
        for other in self.ledger.held():
            price = self._prices[other.symbol]
            if other.isolated:
                cushion -= other.margin
            elif other.id != position.id:
                must_stay = other.size * price * self._markets[other.symbol].maintenance
                cushion += other.unrealised(price) - must_stay
        return cushion

    def liquidation_price(self, position: Position) -> Decimal:
        """Where the position is taken away; 0 when no price does it."""
        market = self._markets[position.symbol]
        sign = position.way.sign
        price = (position.open_value - sign * self.cushion(position)) / (
            position.size * (1 - sign * market.maintenance)
        )
        return max(ZERO, market.on_tick(price))

    def is_lost(self, position: Position) -> bool:
        price = self._prices[position.symbol]
        must_stay = position.size * price * self._markets[position.symbol].maintenance
        return self.cushion(position) + position.unrealised(price) <= must_stay

    def bankrupt_price(self, position: Position) -> Decimal:
        """Today's price, or the better one at which fee and loss take no more than there is for the position."""
        market, sign = self._markets[position.symbol], position.way.sign
        there_is = position.margin if position.isolated else self.ledger.wallet - self._isolated_margins()
        worst = (position.open_value - sign * max(ZERO, there_is)) / (position.size * (1 - sign * market.taker))
        today = self._prices[position.symbol]
        rounded = market.on_tick(worst) + sign * market.tick
        return max(today, rounded) if position.way is Way.LONG else min(today, rounded)

    def _isolated_margins(self) -> Decimal:
        return sum((position.margin for position in self.ledger.held() if position.isolated), ZERO)
