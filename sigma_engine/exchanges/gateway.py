"""The order protocol's gateway to one account, through ccxt."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sigma_engine.clock import within
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.order import Leg, Order
from sigma_engine.domain.symbol import short
from sigma_engine.domain.venue import (
    VenueBill,
    VenueFill,
    VenueOrder,
    VenueOrderKind,
    VenueOrderState,
    VenuePosition,
    VenueWallet,
)
from sigma_engine.errors import VenueError
from sigma_engine.exchanges import outcomes
from sigma_engine.exchanges.budget import Budget, Lane, Silenced
from sigma_engine.exchanges.client import shut
from sigma_engine.exchanges.complaints import names_no_order
from sigma_engine.exchanges.fitness import Sizes, unfit
from sigma_engine.exchanges.line import Line
from sigma_engine.exchanges.private_stream import PrivateStream
from sigma_engine.exchanges.profiles import VenueProfile
from sigma_engine.exchanges.terms import agree
from sigma_engine.exchanges.trading import Pages
from sigma_engine.exchanges.venue_clock import MEASURE_EVERY_MS, VenueClock
from sigma_engine.exchanges.weex_reading import Unreadable, WeexReader, by_id
from sigma_engine.exchanges.windows import Noun, Page, everything, spans
from sigma_engine.execution.gateway import Capabilities, HeldBack, Hint, NotSent, Outcome, Refused, free

Read = TypeVar("Read")

ENTRY_MS, PROTECT_MS = 5_000, 3_000
_PRIVATE = ["contractPrivate"]
_IMPOSSIBLE_ORDER = "1"
_MEASURE_AGAIN_MS = 60_000
_ROUND = 100
"""Pages are capped at multiples of it, whatever is documented."""


class CcxtGateway:
    """A `Gateway`: sends through ccxt, reads raw rows by its own tables, hears the private streams.

    ``instruments`` and ``sizes`` are what may be traded, by symbol; ``names`` our symbols by the exchange's.
    ``make_stream_client`` builds a client for the streams alone, so that it may be thrown away.
    """

    def __init__(
        self,
        profile: VenueProfile,
        client: Any,
        clock: VenueClock,
        budget: Budget,
        instruments: Mapping[str, Instrument],
        *,
        sizes: Mapping[str, Sizes],
        names: Mapping[str, str],
        make_stream_client: Callable[[], Any],
    ) -> None:
        self.profile, self.instruments, self.clock = profile, instruments, clock
        self._terms = profile.trading_terms(bool(client.isSandboxModeEnabled))
        self._sizes = sizes
        self._line = Line(profile.title, client, clock, budget, self._terms.public_weight)
        self._reader = WeexReader(names, self._terms.money)
        self._stream = PrivateStream(
            make_stream_client, self._reader.symbol, clock, lambda: self.budget.silent_until_ms
        )
        self.urgent = False
        self._clock_keeper = asyncio.ensure_future(self._keep_clock())

    @property
    def capabilities(self) -> Capabilities:
        """What this venue can do."""
        return self._terms.capabilities

    @property
    def budget(self) -> Budget:
        """What may still be asked, for whoever else asks the same exchange."""
        return self._line.budget

    @property
    def complaint(self) -> str | None:
        """Why nothing may be opened now, with the next step: the clock; None where nothing is wrong here."""
        return self.clock.complaint

    def now_ms(self) -> int:
        """The exchange's clock."""
        return self.clock.now_ms()

    async def submit(self, order: Order, held_back: HeldBack = free) -> Outcome:
        """Send an order that is already journaled: the only way to the exchange. Never raises `VenueError`.

        Sent once and never again by itself; without an answer in time (5 s for entries, 3 s for what protects) it is
        `Unknown`. ``held_back`` is asked when its turn has come: why it may not leave any more, if so.
        """
        reason = unfit(order, self.profile.title, self._terms, self.instruments, self._sizes)
        if reason is not None:
            return Refused(reason=reason)
        lane, allowed_ms = (Lane.ENTRY, ENTRY_MS) if order.leg is Leg.ENTRY else (Lane.PROTECT, PROTECT_MS)
        until_ms = self.now_ms() + allowed_ms
        weight = self._terms.weights["POST", "capi/v3/algoOrder" if order.leg.rests else self._terms.order]
        try:
            if not self.budget.takes(lane, weight):
                await within(self.clock, allowed_ms, self.budget.turn(lane, weight))
        except Silenced as silenced:
            return NotSent(reason=str(self._line.busy(silenced)))
        except TimeoutError:
            return NotSent(reason=f"{self.profile.title}'s rate limit left no room for the order in time.")
        if (late := held_back()) is not None:
            return NotSent(reason=late)
        answer, error = await self._line.ask(max(1, until_ms - self.now_ms()), lambda: self._create(order))
        return outcomes.outcome(self.profile.title, order, answer, error)

    async def _create(self, order: Order) -> Any:
        return await self._line.client.create_order(
            self.profile.symbol(order.symbol), "market", str(order.side), _plain(order.quantity), None, _params(order)
        )

    async def cancel(self, order: VenueOrder) -> bool:
        """Ask to cancel; True when the exchange says it is cancelled, False when it does not know it any more."""
        self._require(self.capabilities.cancels, "cancels no orders")
        waits = order.kind in (VenueOrderKind.STOP, VenueOrderKind.TARGET)
        path = "capi/v3/algoOrder" if waits else "capi/v3/order"
        weight = self._terms.weights["DELETE", path]
        answer, error = await self._line.heard(Lane.CANCEL, weight, lambda: self._cancel(order.venue_id, waits))
        said = outcomes.document(answer)
        if isinstance(said, Mapping):
            code, words = outcomes.said_code(said)
            if names_no_order(code, words):
                return False
            named = said.get("orderId") in (None, "") or str(said["orderId"]) == order.venue_id
            if answer.status == 200 and named and said.get("success") is not False and not code and not words:
                return True
        subject = f"the cancellation of {order.venue_id}"
        raise outcomes.refusal(self.profile.title, subject, answer, error, self.now_ms())

    async def _cancel(self, venue_id: str, waits: bool) -> Any:
        # Without a market: ccxt would refuse one it does not list, and the exchange asks for none.
        kind = {"type": "swap", **({"trigger": True} if waits else {})}
        return await self._line.client.cancel_order(venue_id, None, kind)

    async def may_trade(self) -> bool | None:
        """Whether the keys may trade, found out by cancelling an order that cannot exist; None where nobody says."""
        if not self.capabilities.cancels:
            return None
        weight = self._terms.weights["DELETE", "capi/v3/order"]
        answer, _ = await self._line.heard(Lane.RECONCILE, weight, lambda: self._cancel(_IMPOSSIBLE_ORDER, False))
        said = outcomes.document(answer)
        if not isinstance(said, Mapping):
            return None
        if names_no_order(*outcomes.said_code(said)):
            return True
        return False if outcomes.keys_lack_right(said) else None

    async def agree_terms(self, symbol: str, leverage: int) -> None:
        """Set isolated margin and ``leverage`` and read both back; raises `VenueError` where they are not so."""
        if self.capabilities.sets_terms:
            await agree(self._line, self._terms, self.profile.symbol(symbol), short(symbol), leverage)

    async def open_orders(self) -> Sequence[VenueOrder]:
        """Everything that waits there: plain orders, stops and targets.

        Stops are read first: one that acts in between is then found as the order it became.
        """
        self._require(self.capabilities.lists_orders, "does not list open orders")
        waiting = await self._all("capi/v3/openAlgoOrders", "its stops", _OPEN, 0, self._reader.waiting, _ORDERS)
        plain = await self._all("capi/v3/openOrders", "its open orders", _OPEN, 0, self._reader.orders, _ORDERS)
        return by_id((*waiting, *plain))

    async def ended_orders(self, since_ms: int) -> Sequence[VenueOrder]:
        """Orders that ended, as far back as ``since_ms``."""
        terms = self._terms
        orders = await self._all(terms.history, "its past orders", terms.orders, since_ms, self._reader.orders, _ORDERS)
        ended = (order for order in orders if order.state is not VenueOrderState.LIVE)
        return sorted(ended, key=lambda order: (order.updated_ms, order.venue_id))

    async def fills(self, since_ms: int) -> Sequence[VenueFill]:
        """Executions since ``since_ms``, oldest first, all pages of them."""
        self._require(self.capabilities.lists_fills, "does not list executions")
        pages = self._terms.fills
        fills = await self._all("capi/v3/userTrades", "its executions", pages, since_ms, self._reader.fills, _FILLS)
        return sorted((fill for fill in fills if fill.at_ms >= since_ms), key=lambda fill: (fill.at_ms, fill.trade_id))

    async def positions(self) -> Sequence[VenuePosition]:
        """What is held."""
        said = await self._get(self._terms.positions, "its positions", {})
        return self._read("its positions", self._reader.positions, said)

    async def wallet(self) -> VenueWallet:
        """The money."""
        said = await self._get(self._terms.balance, "its balance", {})
        return self._read("its balance", self._reader.wallet, said)

    async def bills(self, since_ms: int) -> Sequence[VenueBill]:
        """The statement since ``since_ms``, oldest first, all pages of it."""
        self._require(self.capabilities.bills, "gives no statement")
        pages = self._terms.bills

        async def page(first_ms: int, last_ms: int | None) -> Page[VenueBill]:
            wanted = {"startTime": first_ms, "endTime": last_ms or self.now_ms(), "limit": pages.rows}
            said = await self._call("POST", "capi/v3/account/income", "its statement", wanted)
            items = said.get("items") if isinstance(said, Mapping) else said
            rows = self._read("its statement", self._reader.bills, items)
            return Page(rows, _is_full(items, pages) or (isinstance(said, Mapping) and said.get("hasNextPage") is True))

        now_ms = self.now_ms()
        found = await self._everything("its statement", page, since_ms, pages, _BILLS, now_ms)
        return sorted((bill for bill in found if bill.at_ms >= since_ms), key=lambda bill: (bill.at_ms, bill.bill_id))

    async def hints(self) -> AsyncIterator[Hint]:
        """What the private streams tell, for as long as the gateway lives; nothing where there are none."""
        if self.capabilities.streams:
            async for hint in self._stream.hints():
                yield hint

    async def close(self) -> None:
        """Let go of every connection."""
        self._clock_keeper.cancel()
        await asyncio.wait((self._clock_keeper,))
        await self._stream.close()
        await self._line.budget.close()
        await shut(self._line.client)

    async def _all(
        self,
        path: str,
        subject: str,
        pages: Pages,
        since_ms: int,
        read: Callable[[Any], list[Noun]],
        marks: "_Marks[Noun]",
    ) -> list[Noun]:
        async def page(first_ms: int, last_ms: int | None) -> Page[Noun]:
            bounds = {"startTime": first_ms or None, "endTime": last_ms, "limit": pages.rows}
            said = await self._get(path, subject, {name: value for name, value in bounds.items() if value is not None})
            return Page(self._read(subject, read, said), _is_full(said, pages))

        return await self._everything(subject, page, since_ms, pages, marks, None)

    async def _everything(
        self,
        subject: str,
        page: Callable[[int, int | None], Awaitable[Page[Noun]]],
        since_ms: int,
        pages: Pages,
        marks: "_Marks[Noun]",
        until_ms: int | None,
    ) -> list[Noun]:
        now_ms = self.now_ms()
        pieces = spans(max(since_ms, now_ms - pages.reach_ms), now_ms, pages.longest_ms, until_ms)
        try:
            return await everything(page, pieces, marks.at_ms, marks.key)
        except Unreadable as unreadable:
            raise self._unreadable(subject, unreadable) from None

    async def _get(self, path: str, subject: str, params: Mapping[str, object]) -> Any:
        return await self._call("GET", path, subject, params)

    async def _call(self, method: str, path: str, subject: str, params: Mapping[str, object]) -> Any:
        weight = self._terms.weights[method, path]
        return await self._line.read(
            Lane.PROTECT if self.urgent else Lane.RECONCILE,
            weight,
            subject,
            lambda: self._line.client.request(path, _PRIVATE, method, dict(params)),
        )

    def _read(self, subject: str, read: Callable[[Any], Read], said: Any) -> Read:
        try:
            return read(said)
        except Unreadable as unreadable:
            raise self._unreadable(subject, unreadable) from None

    def _unreadable(self, subject: str, reason: Unreadable) -> VenueError:
        return VenueError(
            f"{self.profile.title} gave {subject} in a form SIGMA cannot read ({reason}): SIGMA asks again by itself."
        )

    def _require(self, able: bool, lack: str) -> None:
        if not able:
            raise VenueError(f"{self.profile.title} {lack} for this account: SIGMA goes by positions and balance.")

    async def _keep_clock(self) -> None:
        """Compare the clocks every ten minutes, and at once where the exchange doubts ours."""
        wait_ms = MEASURE_EVERY_MS
        while True:
            with contextlib.suppress(TimeoutError):
                await within(self.clock, wait_ms, self._line.clock_doubted.wait())
            try:
                await self._line.compare_clocks()
                wait_ms = MEASURE_EVERY_MS
            except VenueError:
                wait_ms = _MEASURE_AGAIN_MS
                self._line.clock_doubted.clear()


def _params(order: Order) -> dict[str, object]:
    """What ccxt wants beside side and size, built anew for every call: it writes into it.

    Prices watch the mark. A waiting order closes by its position side, so it says nothing more.
    """
    named: dict[str, object] = {"clientOrderId": order.client_id}
    if order.leg is Leg.EXIT:
        return named | {"reduceOnly": True}
    if order.leg.rests:
        assert order.trigger is not None
        kind = "stopLossPrice" if order.leg is Leg.STOP else "takeProfitPrice"
        return named | {kind: _plain(order.trigger), f"{kind}Type": "mark"}
    attached = {"stopLoss": order.attached_stop, "takeProfit": order.attached_target}
    prices = {
        name: {"triggerPrice": _plain(price), "triggerPriceType": "mark"}
        for name, price in attached.items()
        if price is not None
    }
    return named | prices


def _plain(figure: Decimal) -> str:
    return f"{figure:f}"


def _is_full(said: object, pages: Pages) -> bool:
    """Whether there may be more: as many as were asked for, or a round number where an exchange may have cut."""
    return isinstance(said, list) and (len(said) >= pages.rows or (len(said) > 0 and len(said) % _ROUND == 0))


@dataclass(frozen=True, slots=True)
class _Marks(Generic[Noun]):
    """When a row happened, and what tells it from every other."""

    at_ms: Callable[[Noun], int]
    key: Callable[[Noun], str]


_ORDERS: _Marks[VenueOrder] = _Marks(lambda order: order.created_ms, lambda order: order.venue_id)
_FILLS: _Marks[VenueFill] = _Marks(lambda fill: fill.at_ms, lambda fill: fill.trade_id)
_BILLS: _Marks[VenueBill] = _Marks(lambda bill: bill.at_ms, lambda bill: bill.bill_id)
_OPEN = Pages(rows=100, longest_ms=2**62, reach_ms=2**62)
