"""A second exchange that speaks WEEX's interface, with habits of its own: what only one server does is no rule.

It follows the interface's description alone, keeps its own books in plain Decimals and takes every freedom the
description leaves. Its clock is anything with ``now_ms`` and ``sleep_until``; prices are what `set_price` says.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from aiohttp import web

from tests.servers.independent.accounting import Books
from tests.servers.independent.agenda import Agenda, Clock
from tests.servers.independent.candles import Bar, seeded_past
from tests.servers.independent.gate import Credentials, Gate
from tests.servers.independent.habits import Dialect, Habits
from tests.servers.independent.history import History
from tests.servers.independent.matching import Event, Matching
from tests.servers.independent.nouns import Bill, Fill, Ledger, Market, Order, Position
from tests.servers.independent.private import Private
from tests.servers.independent.public import FUNDING_MS, Public, Tape
from tests.servers.independent.rendering import Rendering
from tests.servers.independent.streams import PrivateStreams, PublicStreams

__all__ = ["Credentials", "Habits", "IndependentWeex"]


class IndependentWeex:
    """One exchange with one account (and its demo twin) on 127.0.0.1.

    ``symbols`` gives the markets and their first prices; ``past`` their one-minute bars until now, seeded ones for
    ``past_minutes`` where it names none.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        symbols: Mapping[str, Decimal | int | str],
        deposit: Decimal = Decimal(10_000),
        habits: Habits | None = None,
        credentials: Credentials | None = None,
        past: Mapping[str, Sequence[Bar]] | None = None,
        past_minutes: int = 3 * 1_440,
    ) -> None:
        self.habits, self.credentials = habits or Habits(), credentials or Credentials()
        self._agenda, self._dialect = Agenda(clock), Dialect(self.habits)
        self.prices = {name: Decimal(price) for name, price in symbols.items()}
        self.markets = {name: Market.around(name, price) for name, price in self.prices.items()}
        self._tapes = {name: self._tape(name, (past or {}).get(name), past_minutes) for name in self.prices}
        self._public = PublicStreams(self._tapes, self._agenda, self._dialect)
        self._live, self._demo = self._account(deposit, demo=False), self._account(deposit, demo=True)
        self._private = PrivateStreams(self._live[1], self._agenda, self._dialect, self.credentials)
        self._gate = Gate(self._agenda, self._dialect, self.credentials, self._before_answers)
        self._runner: web.AppRunner | None = None
        self.url = ""

    @property
    def stream_url(self) -> str:
        """Where the streams are, without ``/public`` and ``/private``."""
        return self.url.replace("http", "ws", 1) + "/contract/v3/ws"

    async def start(self) -> str:
        """Serve; the address."""
        self._runner = web.AppRunner(self._application(), shutdown_timeout=0, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self._await_funding()
        return self.url

    async def stop(self) -> None:
        """Hang up on everybody and forget what was to come."""
        await self._agenda.stop()
        await self.hang_up()
        if self._runner is not None:
            await self._runner.cleanup()

    # The market

    def set_price(self, symbol: str, price: Decimal | int | str) -> None:
        """The market trades there now; whatever follows from it follows."""
        self._agenda.advance()
        price, tape = self.markets[symbol].on_tick(Decimal(price)), self._tapes[symbol]
        printed = tape.set_price(price, self._agenda.now_ms())
        self._public.price_set(printed, tape)
        for matching, *_ in (self._live, self._demo):
            matching.set_price(symbol, price)

    def close_by_hand(self, symbol: str) -> None:
        """The account's owner closes what is held of it, on the exchange's own page."""
        for position in [held for held in self.positions if held.symbol == symbol]:
            self._live[0].close(position)

    def advance(self) -> None:
        """Do what is due by the clock."""
        self._agenda.advance()

    async def settle(self) -> None:
        """Do what is due, and let all that was said leave."""
        self._agenda.advance()
        await self._flush()

    # Trouble

    def overload(self, requests: int) -> None:
        """Refuse so many of the next requests as too many."""
        self._gate.overloaded = requests

    async def hang_up(self, code: int = 1001) -> None:
        """Close every stream."""
        for lines in (self._public.lines, self._private.lines):
            await lines.hang_up(code)

    async def private_stream_opened(self) -> None:
        """Return when the next private stream has been opened."""
        self._private.lines.arrival.clear()
        await self._private.lines.arrival.wait()

    # The truth

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Method and path of everything that was asked."""
        return self._gate.requests

    @property
    def stirs(self) -> tuple[int, int]:
        """How much was asked and answered: the same twice where nobody asks for anything."""
        return len(self._gate.requests), self._gate.answered

    @property
    def ledger(self) -> Ledger:
        """Everything of the live account as it is."""
        return self._live[0].ledger

    @property
    def wallet(self) -> Decimal:
        return self.ledger.wallet

    @property
    def orders(self) -> list[Order]:
        return list(self.ledger.orders.values())

    @property
    def fills(self) -> list[Fill]:
        return list(self.ledger.fills)

    @property
    def bills(self) -> list[Bill]:
        return list(self.ledger.bills)

    @property
    def positions(self) -> list[Position]:
        """Those that are not flat."""
        return self.ledger.held()

    @property
    def liquidations(self) -> list[Position]:
        """The positions that were taken away, as they were."""
        return self._live[0].liquidations

    # Inside

    def _tape(self, name: str, past: Sequence[Bar] | None, minutes: int) -> Tape:
        market, price, now_ms = self.markets[name], self.prices[name], self._agenda.now_ms()
        bars = list(past) if past else seeded_past(market, price, now_ms, minutes, self.habits.seed)
        return Tape(market, price, now_ms, bars, self.habits.seed)

    def _account(self, deposit: Decimal, *, demo: bool) -> tuple[Matching, Rendering, Private, History]:
        books = Books(self.markets, self.prices, self._dialect.random, fees_apart=self.habits.fees_apart)
        books.bill("deposit", None, deposit, self._agenda.now_ms())
        matching = Matching(books, self.markets, self.prices, self._agenda, self._dialect)
        rendering = Rendering(books, self.prices, self._dialect, demo)
        history = History(self.habits.lags)
        history.note(self._agenda.now_ms(), books.ledger)
        private = Private(matching, rendering, history, self._agenda, self._dialect)
        matching.on_events = lambda events: self._told(events, history, books.ledger, demo)
        return matching, rendering, private, history

    def _told(self, events: list[Event], history: History, ledger: Ledger, demo: bool) -> None:
        history.note(self._agenda.now_ms(), ledger)
        if not demo:
            self._private.told(events)

    def _application(self) -> web.Application:
        application = web.Application()
        public = Public(self._tapes, self._agenda, self._dialect)
        for route in [*public.routes(), *self._live[2].routes(), *self._demo[2].demo_routes()]:
            application.router.add_route(route.method, route.path, self._gate.handler(route))
        application.router.add_get("/contract/v3/ws/public", self._public.lines.serve)
        application.router.add_get("/contract/v3/ws/private", self._private.serve)
        return application

    async def _before_answers(self) -> None:
        if self.habits.answer_ms:
            await self._agenda.clock.sleep_until(self._agenda.now_ms() + self.habits.answer_ms)
        await self._flush()

    async def _flush(self) -> None:
        for lines in (self._public.lines, self._private.lines):
            await lines.flush()

    def _await_funding(self) -> None:
        now_ms = self._agenda.now_ms()
        self._agenda.at(now_ms - now_ms % FUNDING_MS + FUNDING_MS, self._pay_funding)

    def _pay_funding(self) -> None:
        for matching, _, _, _ in (self._live, self._demo):
            for symbol in self.markets:
                touched = matching.books.pay_funding(symbol, self.habits.funding_rate, self._agenda.now_ms())
                events: list[Event] = [("positions", position) for position in touched]
                if events:
                    matching.on_events([*events, ("account", None)])
        self._await_funding()
