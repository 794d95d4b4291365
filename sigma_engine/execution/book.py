"""The account: wallet and positions, moved by fills, funding and prices and by nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, Fill, Order
from sigma_engine.domain.portfolio import EquityPoint, Portfolio
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.venue import BillKind, VenueBill
from sigma_engine.execution.closing import Closing, closed_trade
from sigma_engine.execution.ledger import added, exactly, funded, opened, reduced, require_exit, surplus
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
        position = opened(order, fill, self._arithmetic[order.symbol])
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
        self._move(gross)
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
        with exactly():
            self._account = replace(account, wallet=account.wallet - fee, fees_paid=account.fees_paid + fee)

    def receive_funding(self, symbol: str, price: float, rate: float) -> Position:
        """Book funding out of the position's margin, which moves its liquidation price."""
        position, arithmetic = self._positions[symbol], self._arithmetic[symbol]
        amount = arithmetic.funding(position.side, position.quantity, price, rate)
        self._move(amount)
        return self._keep(funded(position, amount, arithmetic))

    def enter(self, order: Order, fill: Fill) -> Position:
        """Book one execution of an entry at an exchange, the first or a further one."""
        position = self._positions.get(order.symbol)
        if position is None:
            return self.open(order, fill)
        larger = added(position, order, fill, self._arithmetic[order.symbol])
        self._pay(fill.fee)
        return self._keep(larger)

    def reduce(self, fill: Fill, reason: ExitReason) -> Trade | None:
        """Book one execution of an exit at an exchange; the trade once nothing is left, None before.

        What is executed beyond what is held (`surplus`) opens nothing: its fee is paid, and what the exchange booked
        for it is booked. Raises `DomainError` for an execution of an entry.
        """
        require_exit(fill)
        position = self._positions.get(fill.symbol)
        self._pay(fill.fee)
        if position is None or fill.side is not position.side.closing:
            self._move(ZERO if fill.realised is None else fill.realised)
            return None
        reduction = reduced(position, fill, reason, self._arithmetic[fill.symbol], self._interval_ms)
        self._move(reduction.realised)
        if reduction.position is None:
            del self._positions[fill.symbol]
        else:
            self._keep(reduction.position)
        return reduction.trade

    def surplus(self, fill: Fill) -> Decimal:
        """How much `reduce` would not find held, base coin; ask before."""
        return surplus(self._positions.get(fill.symbol), fill)

    def bill(self, bill: VenueBill) -> Position | None:
        """Book a line of the exchange's statement; the position it changed, None where it changed none.

        Funding moves its position's margin with the wallet, a transfer also what the day and the peak are measured
        from, for money brought or taken is neither gain nor loss. A `BillKind.TRADE` was booked with its execution.
        """
        if bill.kind is BillKind.TRADE:
            return None
        self._move(bill.amount)
        if bill.kind is BillKind.TRANSFER:
            self._move_measures(bill.amount)
        position = self._positions.get(bill.symbol or "")
        if bill.kind is not BillKind.FUNDING or position is None:
            return None
        return self._keep(funded(position, bill.amount, self._arithmetic[position.symbol]))

    def adjust(self, amount: Decimal, at_ms: int) -> VenueBill:
        """Move the wallet by what the exchange's differs and nothing explains; the posting is returned to be shown."""
        posting = VenueBill(
            bill_id=f"{BillKind.UNRECONCILED}-{at_ms}-{amount}",
            kind=BillKind.UNRECONCILED,
            symbol=None,
            amount=amount,
            at_ms=at_ms,
        )
        self.bill(posting)
        return posting

    def protect(self, symbol: str, since_ms: int | None) -> Position:
        """Note since when a stop at the exchange covers all of the position; None where none does."""
        return self._keep(replace(self._positions[symbol], protected_ms=since_ms))

    def _move(self, amount: Decimal) -> None:
        with exactly():
            self._account = replace(self._account, wallet=self._account.wallet + amount)

    def _move_measures(self, amount: Decimal) -> None:
        account = self._account
        with exactly():
            self._account = replace(
                account,
                day_open_equity=account.day_open_equity + amount,
                peak_equity=account.peak_equity + amount,
            )

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
