"""What the session needs of the outside: feed, venue, store, assistant. Others implement these; it owns them."""

from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sigma_engine.domain.account import Drill, KillAnswer, KillRequest, Standing
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.market import MarketStep
from sigma_engine.domain.order import ExitReason, Fill, Leg, Order
from sigma_engine.domain.portfolio import EquityPoint
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.run import RunState
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.domain.venue import VenueBill
from sigma_engine.events import Event


class Feed(Protocol):
    """A market: its history, then its steps.

    ``source`` names the market under which closed candles are kept in the store, or is empty where they should
    not be kept (a replay has its file). ``instruments`` has one entry a symbol, in the strategy's order.
    ``stands_still`` says that its time can be stopped; a market outside goes on.
    """

    stands_still: bool

    @property
    def source(self) -> str:
        """The market's name in the store, or empty."""
        ...

    @property
    def timeframe(self) -> Timeframe:
        """The length of its candles."""
        ...

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """What may be traded, by symbol."""
        ...

    def history(self) -> Mapping[str, Candles]:
        """Closed candles before the first step, a block a symbol, oldest first."""
        ...

    def steps(self) -> AsyncIterator[MarketStep]:
        """Steps in market time, each yielded when it is due; ends when the market does."""
        ...

    def checkpoint(self) -> str:
        """Where the feed stands after the last step it yielded, to go on from after a restart."""
        ...

    async def close(self) -> None:
        """Let go of whatever it holds; its steps have ended by then, or will."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is committed together: all of it, or nothing.

    ``run`` and ``positions`` replace what was stored (``positions`` is the full set of the run); ``orders`` are
    inserted or updated by client id, ``standing`` by account; ``revised`` candles take the place of those of their
    time; the rest is appended, and appending the same key twice changes nothing. An execution the exchange gave the
    same name as another is refused, and the batch with it.
    """

    run: RunState
    positions: tuple[Position, ...]
    candles: Sequence[tuple[str, Candle]] = ()
    revised: Sequence[tuple[str, Candle]] = ()
    decisions: Sequence[Decision] = ()
    orders: Sequence[Order] = ()
    fills: Sequence[Fill] = ()
    trades: Sequence[Trade] = ()
    equity: Sequence[EquityPoint] = ()
    chat: Sequence[ChatMessage] = ()
    bills: Sequence[VenueBill] = ()
    standing: tuple[str, Standing] | None = None
    """An account's name and how far it may trade from now on."""
    drills: Sequence[tuple[str, Drill]] = ()
    """Kill switches that were pressed, each with its account's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run as it was last committed."""

    run: RunState
    positions: tuple[Position, ...]
    open_orders: tuple[Order, ...]
    trades: tuple[Trade, ...]
    equity: tuple[EquityPoint, ...]
    decisions: tuple[Decision, ...]
    """The newest decision of each symbol."""
    chat: tuple[ChatMessage, ...]
    candles: Mapping[str, Candles] = field(default_factory=dict)
    stated: Mapping[str, Sequence[tuple[str, int, int]]] = field(default_factory=dict)
    """``(model, horizon_bars, bar_ms)`` of each symbol's newest forecasts that are scored, made while it was open."""
    recent_orders: tuple[Order, ...] = ()
    """The newest orders whatever became of them, oldest first: the exchange may still speak of them."""
    trade_ids: frozenset[str] = frozenset()
    """The exchange's names of the newest executions that are booked."""
    bill_ids: frozenset[str] = frozenset()
    """And of the newest lines of its statement."""
    last_fill_ms: int | None = None
    """When the newest of those executions was; None where the exchange executed nothing yet."""


class Store(Protocol):
    """Durable memory; every method leaves the loop thread free."""

    async def commit(self, batch: Batch) -> None:
        """Make ``batch`` durable, in one transaction; returns after the commit."""
        ...

    async def latest_run(
        self, mode: str, history_bars: int, source: str | None = None, account_id: str = ""
    ) -> StoredRun | None:
        """The newest run of ``mode`` (on ``source``, of an account there) with its last candles, or None."""
        ...

    async def standing(self, account: str) -> Standing | None:
        """How far an account may trade, None where that was never said."""
        ...

    async def halt_all(self, reason: str) -> tuple[str, ...]:
        """Halt every account that ever traded here until a person lifts it; their names."""
        ...

    async def trades(self, run_id: str) -> tuple[Trade, ...]:
        """All closed trades of a run, oldest first."""
        ...

    async def equity(self, run_id: str) -> tuple[EquityPoint, ...]:
        """The equity curve of a run, oldest first."""
        ...

    async def close(self) -> None:
        """Commit what waits, stop the writer, close the file."""
        ...


class Venue(Protocol):
    """Where orders go and fills come from; facts are returned in the order they happened."""

    @property
    def attaches_protection(self) -> bool:
        """Whether stop and target travel with an entry."""
        ...

    def submit(self, order: Order) -> None:
        """Send an order that is already journaled."""
        ...

    def pending(self, symbol: str, leg: Leg) -> Order | None:
        """The order on its way."""
        ...

    def funding_rate(self, symbol: str, at_ms: int) -> float | None:
        """The last rate known at ``at_ms``, a fraction; None where nobody knows."""
        ...

    def cancel_entries(self, at_ms: int, reason: str) -> list[Event]:
        """Withdraw entries on their way."""
        ...

    def block_entries(self, reason: str | None) -> None:
        """From this instant on no entry leaves; None lets them go again."""
        ...

    def exit_order(self, position: Position, at_ms: int, reason: ExitReason) -> Order:
        """A reduce-only market order for the whole of ``position``, under an id that was never used."""
        ...

    def doubt(self, symbol: str) -> str | None:
        """Why nothing may be opened in a market, as far as the venue is concerned."""
        ...

    def protect(self, at_ms: int) -> list[Event]:
        """What stops and targets need at the venue, now that they may have moved."""
        ...

    def hear(self, at_ms: int) -> list[Event]:
        """What the venue said since it was asked last."""
        ...

    def step(self, step: MarketStep) -> list[Event]:
        """What the venue made of new prices."""
        ...

    def close_all(self, at_ms: int, reason: ExitReason) -> list[Event]:
        """Close everything at the last price."""
        ...


class Correspondent(Protocol):
    """A venue somewhere else, whose answers come when they come."""

    def jobs(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What has to run beside the session."""
        ...

    async def heard(self) -> None:
        """Return once `Venue.hear` has something to say."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...


class KillRequests(Protocol):
    """Where other processes of the same data folder press the kill switch; looking takes microseconds."""

    def waiting(self) -> KillRequest | None:
        """The request nobody obeyed yet."""
        ...

    def answer(self, answer: KillAnswer) -> None:
        """Say what was done."""
        ...

    def answered(self, request: KillRequest) -> KillAnswer | None:
        """What a session did with ``request`` or a later one; None while none did."""
        ...

    def take_away(self, obeyed: KillRequest) -> bool:
        """Remove a request whose halt is stored; a newer one stays. Whether ``obeyed`` is gone."""
        ...


class QualityGate(Protocol):
    """Says what is wrong with a candle, or None."""

    def __call__(self, previous_open_ms: int | None, candle: Candle, timeframe: Timeframe) -> str | None:
        """The reason in words."""
        ...


class Assistant(Protocol):
    """Answers a person's text; never acts."""

    async def answer(self, text: str) -> str:
        """Markdown to show."""
        ...
