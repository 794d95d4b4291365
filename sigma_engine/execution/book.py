"""The account: wallet and positions, moved by fills, funding and prices and by nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, Fill, Order
from sigma_engine.domain.portfolio import EquityPoint, Portfolio
from sigma_engine.domain.position import Position, Trade
from sigma_engine.execution.closing import Closing, closed_trade
from sigma_engine.kernels import exits
from sigma_engine.risk.arithmetic import Arithmetic

DAY_MS = 86_400_000


class Book:
    """Positions by symbol (one each) and the figures of `Portfolio`; all prices in are market prices."""

    def __init__(self, account: Portfolio, arithmetic: Mapping[str, Arithmetic], interval_ms: int) -> None:
        self._account = replace(account, positions=())
        self._positions = {position.symbol: position for position in account.positions}
        self._arithmetic = arithmetic
        self._interval_ms = interval_ms

    @property
    def wallet(self) -> Decimal:
        """Settled money, USDT."""
        return self._account.wallet

    def positions(self) -> tuple[Position, ...]:
        """The open positions, oldest first."""
        return tuple(self._positions.values())

    def position(self, symbol: str) -> Position | None:
        """The open position of ``symbol``."""
        return self._positions.get(symbol)

    def arithmetic(self, symbol: str) -> Arithmetic:
        """The arithmetic of ``symbol``'s instrument."""
        return self._arithmetic[symbol]

    def portfolio(self) -> Portfolio:
        """The account as it stands."""
        return replace(self._account, positions=self.positions())

    def open(self, order: Order, fill: Fill) -> Position:
        """Book an entry: pay the fee, bind the margin, set stop and target from the actual fill."""
        arithmetic, side = self._arithmetic[order.symbol], order.position_side
        margin = arithmetic.margin(fill.price, fill.quantity, order.leverage)
        stop = _protection(arithmetic, fill.price, order.stop_distance, -side.sign)
        position = Position(
            symbol=order.symbol,
            side=side,
            quantity=fill.quantity,
            leverage=order.leverage,
            entry_price=fill.price,
            entry_ms=fill.at_ms,
            mark=fill.price,
            stop=stop,
            target=_protection(arithmetic, fill.price, order.target_distance, side.sign),
            initial_stop=stop,
            stop_kind=ExitReason.STOP,
            liquidation=arithmetic.liquidation(side, fill.price, fill.quantity, margin),
            margin=margin,
            fees=fill.fee,
            funding=ZERO,
            slippage=fill.slippage,
            extreme=float(fill.price),
            atr=order.atr or 0.0,
            bars=0,
            entry_id=order.client_id,
            entry_reason=order.reason,
            unrealised=ZERO,
        )
        self._positions[order.symbol] = position
        self._pay(fill.fee)
        self._account = replace(self._account, trades_today=self._account.trades_today + 1)
        return position

    def close(self, fill: Fill, reason: ExitReason) -> Trade:
        """Book an exit of the whole position."""
        position = self._positions.pop(fill.symbol)
        gross = self._arithmetic[fill.symbol].profit(position.side, position.quantity, position.entry_price, fill.price)
        if reason is ExitReason.LIQUIDATION:
            gross = -position.margin
        self._account = replace(self._account, wallet=self._account.wallet + gross)
        self._pay(fill.fee)
        return self._trade(position, fill, reason, gross)

    def _trade(self, position: Position, fill: Fill, reason: ExitReason, gross: Decimal) -> Trade:
        closing = Closing(
            trade_id=position.entry_id,
            symbol=position.symbol,
            side=position.side,
            entry_ms=position.entry_ms,
            exit_ms=fill.at_ms,
            entry_price=position.entry_price,
            exit_price=fill.price,
            quantity=position.quantity,
            leverage=position.leverage,
            fees=position.fees + fill.fee,
            funding=position.funding,
            slippage=position.slippage + fill.slippage,
            gross=gross,
            initial_stop=position.initial_stop,
            reason=reason,
            entry_reason=position.entry_reason,
        )
        return closed_trade(closing, self._interval_ms)

    def _pay(self, fee: Decimal) -> None:
        account = self._account
        self._account = replace(account, wallet=account.wallet - fee, fees_paid=account.fees_paid + fee)

    def receive_funding(self, symbol: str, price: float, rate: float) -> Position:
        """Book funding out of the position's margin, which moves its liquidation price."""
        position, arithmetic = self._positions[symbol], self._arithmetic[symbol]
        amount = arithmetic.funding(position.side, position.quantity, price, rate)
        margin = position.margin + amount
        liquidation = arithmetic.liquidation(position.side, position.entry_price, position.quantity, margin)
        self._account = replace(self._account, wallet=self._account.wallet + amount)
        return self._keep(replace(position, funding=position.funding + amount, margin=margin, liquidation=liquidation))

    def move_stop(self, symbol: str, stop: Decimal, kind: ExitReason) -> Position:
        """Put the stop elsewhere; ``kind`` is what an exit there will be called."""
        return self._keep(replace(self._positions[symbol], stop=stop, stop_kind=kind))

    def mark(self, symbol: str, price: float, best: float | None = None) -> None:
        """Value the position at ``price``; ``best`` (default ``price``) may extend its best price since entry."""
        position = self._positions.get(symbol)
        if position is None:
            return
        mark, best = self._arithmetic[symbol].price(price), price if best is None else best
        self._keep(
            replace(
                position,
                mark=mark,
                extreme=exits.extended(position.side.sign, position.extreme, best, best),
                unrealised=self._arithmetic[symbol].profit(
                    position.side, position.quantity, position.entry_price, mark
                ),
            )
        )

    def age(self, symbols: Iterable[str]) -> None:
        """Count one more closed candle for the positions of ``symbols``."""
        for symbol in symbols:
            if (position := self._positions.get(symbol)) is not None:
                self._keep(replace(position, bars=position.bars + 1))

    def turn_to(self, at_ms: int) -> None:
        """Move the account's time on, never back; at 00:00 UTC the day's figures begin anew."""
        at_ms = max(at_ms, self._account.at_ms)
        account = replace(self._account, at_ms=at_ms)
        if at_ms // DAY_MS != self._account.at_ms // DAY_MS:
            account = replace(account, day_open_equity=self.portfolio().equity, trades_today=0)
        self._account = account

    def record_equity(self) -> EquityPoint:
        """The equity of this instant, kept as the peak where it is one."""
        portfolio = self.portfolio()
        self._account = replace(self._account, peak_equity=max(portfolio.peak_equity, portfolio.equity))
        return EquityPoint(portfolio.at_ms, portfolio.equity, portfolio.wallet)

    def _keep(self, position: Position) -> Position:
        self._positions[position.symbol] = position
        return position


def _protection(arithmetic: Arithmetic, entry: Decimal, distance: float | None, direction: int) -> Decimal | None:
    """The price ``distance`` away from the entry, on the tick; None without a distance or below zero."""
    if distance is None:
        return None
    price = arithmetic.price(float(entry) + direction * distance)
    return price if price > 0 else None
