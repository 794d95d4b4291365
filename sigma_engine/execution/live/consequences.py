"""What a liquidation, an order executed twice or an unexplained loss means for the account."""

from collections.abc import Iterable, Iterator

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.order import ExitReason
from sigma_engine.domain.symbol import short
from sigma_engine.events import AlertRaised, Event, OrderFilled, PositionClosed, Severity
from sigma_engine.execution.book import Book
from sigma_engine.execution.live.differences import Differences
from sigma_engine.execution.live.executions import Executions
from sigma_engine.execution.standings import Standings


class Consequences:
    """Holds the account back where a reading showed what a person has to look at, and tells it."""

    def __init__(self, book: Book, executions: Executions, differences: Differences, standings: Standings) -> None:
        self._book, self._executions, self._differences, self._standings = book, executions, differences, standings

    def of(self, facts: Iterable[Event], at_ms: int) -> Iterator[Event]:
        """What a liquidation or an unexplained loss means for the account."""
        for fact in tuple(facts):
            if isinstance(fact, OrderFilled) and fact.order.exit_reason is ExitReason.LIQUIDATION:
                reason = f"{short(fact.fill.symbol)} was liquidated by the exchange"
                self._standings.latch(AccountState.HALTED, reason, at_ms)
                if self._book.position(fact.fill.symbol) is not None:
                    text = f"Part of {reason}: {fact.fill.quantity} at {fact.fill.price}."
                    yield AlertRaised(at_ms=at_ms, severity=Severity.CRITICAL, text=text)
            if isinstance(fact, PositionClosed) and fact.trade.reason is ExitReason.LIQUIDATION:
                reason = f"{short(fact.trade.symbol)} was liquidated by the exchange"
                text = f"{reason} at {fact.trade.exit_price}: {fact.trade.pnl:+.2f} USDT."
                yield AlertRaised(at_ms=at_ms, severity=Severity.CRITICAL, text=text)
        for order in self._executions.take_overfilled():
            reason = f"the exchange executed {order.filled} of an order of {order.quantity} {short(order.symbol)}"
            self._standings.latch(AccountState.REDUCING, reason, at_ms)
            text = (
                f"{reason[0].upper()}{reason[1:]}: all of it is protected, and nothing is opened; look at the account."
            )
            yield AlertRaised(at_ms=at_ms, severity=Severity.CRITICAL, text=text)
        if self._differences.unexplained:
            reason = f"{self._differences.unexplained:+,.2f} USDT of the wallet are unexplained"
            self._differences.unexplained *= 0
            self._standings.latch(AccountState.REDUCING, reason, at_ms)
