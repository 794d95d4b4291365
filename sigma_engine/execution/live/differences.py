"""Where the exchange holds something else than the ledger, and executions do not say why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.domain.position import Position
from sigma_engine.domain.symbol import short
from sigma_engine.domain.venue import BillKind, VenueBill, VenueFill, VenueOrderKind
from sigma_engine.events import AlertRaised, BillBooked, Event, Severity
from sigma_engine.execution.book import Book
from sigma_engine.execution.live.executions import Executions
from sigma_engine.execution.live.truth import Truth
from sigma_engine.execution.orders import exit_order

LAG_MS = 6_000
"""Lists of an exchange may lag behind its executions by some 5 s; what differs longer than this is true."""
GONE_MS = 60_000
"""A position that is left out while its stop still waits is believed to be gone only after a minute."""
ROUNDING = Decimal("0.01")
"""A wallet that differs by less, USDT, was rounded somewhere."""

Market = tuple[str, PositionSide]


@dataclass(frozen=True, slots=True)
class _Difference:
    amount: Decimal
    since_ms: int


class Differences:
    """Compares whole readings with the ledger; bills booked before are named by ``bill_ids``."""

    def __init__(self, book: Book, executions: Executions, bill_ids: Iterable[str], interval_ms: int) -> None:
        self._book, self._executions, self._interval_ms = book, executions, interval_ms
        self._booked = set(bill_ids)
        self._positions: dict[Market, _Difference] = {}
        self._wallet: _Difference | None = None
        self._told: set[Market] = set()
        self.unexplained = ZERO
        """What the wallet was moved by without anyone saying why, USDT, since somebody looked."""

    @property
    def pending(self) -> bool:
        """Whether something differs and is being watched."""
        return bool(self._positions.keys() - self._told) or self._wallet is not None

    def know(self, bills: Iterable[VenueBill]) -> None:
        """Take lines of the statement as booked: they are part of what the account began with."""
        self._booked |= {bill.bill_id for bill in bills}

    def held_elsewhere(self) -> dict[Market, Decimal]:
        """By market, what the exchange holds beyond the ledger, base coin."""
        return {market: found.amount for market, found in self._positions.items() if found.amount > 0}

    def told_elsewhere(self, market: Market) -> Decimal:
        """What the exchange holds beyond the ledger for so long that it was told, base coin."""
        return self.held_elsewhere().get(market, ZERO) if market in self._told else ZERO

    def book_bills(self, truth: Truth) -> Iterator[Event]:
        """Put new lines of the statement into the ledger; executions brought theirs along already."""
        for bill in sorted(truth.bills, key=lambda line: (line.at_ms, line.bill_id)):
            if bill.bill_id in self._booked:
                continue
            self._booked.add(bill.bill_id)
            if bill.kind in (BillKind.FUNDING, BillKind.TRANSFER):
                self._book.bill(bill)
                yield BillBooked(at_ms=bill.at_ms, bill=bill)

    def compare(self, truth: Truth, moving: Iterable[str]) -> Iterator[Event]:
        """What differs for longer than lists lag, and so is true; ``moving`` markets have orders on their way."""
        busy = set(moving)
        yield from self._compare_positions(truth, busy)
        if not busy and not self._executions.puzzled:
            yield from self._compare_wallet(truth)

    def _compare_positions(self, truth: Truth, busy: set[str]) -> Iterator[Event]:
        ours = {(held.symbol, held.side): held for held in self._book.positions()}
        theirs = {(held.symbol, held.side): held.quantity for held in truth.positions or ()}
        for market in ours.keys() | theirs.keys() | self._positions.keys():
            held = ours.get(market)
            here = (held.quantity if held else ZERO) + self._executions.foreign(*market)
            amount = theirs.get(market, ZERO) - here
            since_ms = self._since(self._positions.get(market), amount, truth.at_ms)
            if amount == 0 or market[0] in busy:
                self._positions.pop(market, None)
                self._told.discard(market)
                continue
            self._positions[market] = _Difference(amount, since_ms)
            if (age_ms := truth.at_ms - since_ms) < LAG_MS or market[0] in self._executions.puzzled_in:
                continue  # the lists may lag, or an execution that waits explains it
            if amount < 0 and held is not None and self._is_gone(held, truth, age_ms):
                del self._positions[market]
                yield from self._vanished(held, min(-amount, held.quantity), truth)
            elif market not in self._told:
                self._told.add(market)
                yield _difference(market, amount, truth.at_ms)

    def _is_gone(self, held: Position, truth: Truth, age_ms: int) -> bool:
        """A list that leaves it out is not enough: its stop is gone too, it was liquidated, or a minute passed."""
        bare = not truth.resting(held.symbol, held.side, VenueOrderKind.STOP)
        return bare or age_ms >= GONE_MS or any(self._is_loss_of(bill, held) for bill in truth.bills)

    def _since(self, before: _Difference | None, amount: Decimal, at_ms: int) -> int:
        return before.since_ms if before is not None and before.amount == amount else at_ms

    def _vanished(self, held: Position, quantity: Decimal, truth: Truth) -> Iterator[Event]:
        """Part of a position is gone and no execution says how: liquidated, if the statement says so, else by hand."""
        lost = [bill for bill in truth.bills if self._is_loss_of(bill, held)]
        reason = ExitReason.LIQUIDATION if lost else ExitReason.MANUAL
        price = held.liquidation if lost else held.mark
        share = held.margin * quantity / held.quantity
        found = VenueFill(
            trade_id=f"missing-{held.entry_id}-{truth.at_ms}",
            order_id="",
            symbol=held.symbol,
            side=held.side.closing,
            position_side=held.side,
            price=price,
            quantity=quantity,
            fee=ZERO,
            realised=-share if lost else None,
            maker=False,
            at_ms=lost[-1].at_ms if lost else truth.at_ms,
        )
        order = exit_order(held, reason, found.at_ms, self._interval_ms, float(price))
        yield from self._executions.close(held, found, order, reason)
        if not lost:
            text = (
                f"{quantity} {short(held.symbol)} {held.side} are gone from the exchange and no execution says how. "
                f"The trade was closed here at {price}, the last price; the wallet is compared next."
            )
            yield AlertRaised(at_ms=truth.at_ms, severity=Severity.CRITICAL, text=text)

    def _is_loss_of(self, bill: VenueBill, held: Position) -> bool:
        return bill.kind is BillKind.LIQUIDATION and bill.symbol == held.symbol and bill.at_ms >= held.entry_ms

    def _compare_wallet(self, truth: Truth) -> Iterator[Event]:
        """With nothing held, the exchange's wallet is the truth to the last digit, whoever moved it."""
        if truth.wallet is None or self._book.positions() or truth.positions or self._positions:
            self._wallet = None
            return
        amount = truth.wallet.total - self._book.wallet
        since_ms = self._since(self._wallet, amount, truth.at_ms)
        self._wallet = None if amount == 0 else _Difference(amount, since_ms)
        if amount == 0 or truth.at_ms - since_ms < LAG_MS:
            return
        self._wallet = None
        yield self._adjust(amount, truth.at_ms)
        if abs(amount) > ROUNDING:
            self.unexplained += amount
            text = (
                f"The exchange's wallet is {amount:+,.2f} USDT away from what executions and its statement add up to. "
                "The ledger follows the exchange; look into the account's statement."
            )
            yield AlertRaised(at_ms=truth.at_ms, severity=Severity.CRITICAL, text=text)

    def _adjust(self, amount: Decimal, at_ms: int) -> Event:
        bill = self._book.adjust(amount, at_ms)
        self._booked.add(bill.bill_id)
        return BillBooked(at_ms=at_ms, bill=bill)


def _difference(market: Market, amount: Decimal, at_ms: int) -> Event:
    symbol, side = market
    if amount > 0:
        text = f"The exchange holds {amount} {short(symbol)} {side} more than SIGMA opened: nothing is opened there."
    else:
        text = f"The exchange leaves out {-amount} {short(symbol)} {side}, though its stop waits there: SIGMA keeps it."
    return AlertRaised(at_ms=at_ms, severity=Severity.CRITICAL, text=text)
