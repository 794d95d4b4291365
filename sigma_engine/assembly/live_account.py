"""Puts the order protocol together for one account at one exchange."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sigma_engine.assembly.workshop import StrategyShelf, account_of
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.order import Order
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import RunState
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DomainError
from sigma_engine.exchanges.gateway import CcxtGateway
from sigma_engine.execution.book import Book
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.execution.live.desk import Desk, Past
from sigma_engine.execution.live.venue import LiveVenue
from sigma_engine.execution.standings import Standings
from sigma_engine.market import quality
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.session.mandate import Mandate
from sigma_engine.session.ports import StoredRun
from sigma_engine.session.trader import Trader
from sigma_engine.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAccount:
    """The ledger of an account and the venue that moves it."""

    book: Book
    venue: LiveVenue


def open_account(
    run: RunState,
    stored: StoredRun | None,
    instruments: Mapping[str, Instrument],
    gateway: CcxtGateway,
    standings: Standings,
    funding: AnnouncedFunding,
) -> LiveAccount:
    """The account of ``run`` as it was last stored, to be compared with what the exchange holds before it trades."""
    arithmetic = {symbol: Arithmetic(instrument) for symbol, instrument in instruments.items()}
    book = Book(account_of(run, stored.positions if stored else ()), arithmetic, run.timeframe.interval_ms)
    past = _past(stored) if stored else Past(fresh=True)
    desk = Desk(book, gateway.capabilities, standings, past, run.timeframe.interval_ms, gateway.now_ms())
    venue = LiveVenue(desk, book, gateway, gateway.clock, funding, run, _read_until_ms(run, stored))
    return LiveAccount(book=book, venue=venue)


def _read_until_ms(run: RunState, stored: StoredRun | None) -> int:
    """Up to when the exchange was surely read: to the last execution that is booked; prices went on without that."""
    if stored is None:
        return run.market_ms
    return min(run.market_ms, run.started_ms if stored.last_fill_ms is None else stored.last_fill_ms)


def _past(stored: StoredRun) -> Past:
    known = {order.client_id: order for order in (*stored.recent_orders, *stored.open_orders)}
    return Past(orders=tuple(known.values()), trade_ids=stored.trade_ids, bill_ids=stored.bill_ids)


class LiveWorkshop(StrategyShelf):
    """Implements `session.workshop.Workshop` for the account at an exchange, of which there is one."""

    def __init__(self, settings: Settings, timeframe: Timeframe, instruments: Mapping[str, Instrument]) -> None:
        super().__init__(settings, timeframe, instruments)
        self._account: LiveAccount | None = None

    def use(self, account: LiveAccount) -> None:
        """Take the account, once the strategy is known it is opened for."""
        self._account = account

    def fresh_run(self, previous: RunState) -> RunState:
        """None: money at an exchange cannot begin anew."""
        raise DomainError("an account at an exchange has one run and cannot begin anew")

    def trader(self, run: RunState, positions: Sequence[Position], orders: Sequence[Order], mandate: Mandate) -> Trader:
        """The trader of the account; what it held is in its book already."""
        assert self._account is not None, "the account is opened before its session"
        return Trader(run.run_id, run.timeframe, mandate, self._account.book, self._account.venue, quality.check)
