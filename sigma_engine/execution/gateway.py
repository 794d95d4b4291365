"""What the order protocol needs of an exchange; `exchanges.gateway` implements it for whatever ccxt reaches."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sigma_engine.domain.order import Order
from sigma_engine.domain.venue import VenueBill, VenueFill, VenueOrder, VenuePosition, VenueWallet


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a venue's profile declares it can do; what it cannot is done by SIGMA or said to be missing.

    ``attaches_protection``: stop and target travel with the entry. ``rests_protection``: they can wait there at all.
    ``lists_orders``: open orders can be read. ``cancels``, ``sets_terms``, ``bills``, ``streams``: the calls exist.
    """

    attaches_protection: bool
    rests_protection: bool
    lists_orders: bool
    cancels: bool
    sets_terms: bool
    lists_fills: bool
    bills: bool
    streams: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The venue took the order; what it made of it has to be read."""

    venue_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The venue refused it for certain and says why, with the next step; ``would_trigger``: the stop came too late."""

    reason: str
    would_trigger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Not one byte of it left this machine."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Anything else: it may have arrived, now or later."""

    reason: str


Outcome = Acknowledged | Refused | NotSent | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A private stream said that something changed; what, is read. ``symbol`` None: perhaps everything."""

    symbol: str | None


HeldBack = Callable[[], str | None]
"""Why an order may not leave at this moment, or None."""


def free() -> None:
    """Nothing holds it back."""


class Gateway(Protocol):
    """One account at one exchange.

    Every reading is whole or raises: `VenueError` and its kin (`VenueBusy`, `VenueClosed`, `KeysRefused`). A failed
    reading is never an empty one. Each call waits its turn in the rate budget: protection before cancellation before
    reading before entries.
    """

    urgent: bool
    """Whether something is unprotected, so that readings pass before everything else too."""

    @property
    def capabilities(self) -> Capabilities:
        """What this venue can do."""
        ...

    @property
    def complaint(self) -> str | None:
        """Why nothing may be opened now, with the next step: this machine's clock; None where nothing is wrong."""
        ...

    def now_ms(self) -> int:
        """The exchange's clock."""
        ...

    async def submit(self, order: Order, held_back: HeldBack = free) -> Outcome:
        """Send an order that is already journaled: the only way to the exchange. Never raises `VenueError`.

        ``held_back`` is asked at the last moment before it leaves: why it may not any more, if so.
        """
        ...

    async def cancel(self, order: VenueOrder) -> bool:
        """Ask to cancel; True when the exchange says it is cancelled, False when it does not know it any more."""
        ...

    async def agree_terms(self, symbol: str, leverage: int) -> None:
        """Set isolated margin and ``leverage`` and read both back; raises `VenueError` where they are not so."""
        ...

    async def open_orders(self) -> Sequence[VenueOrder]:
        """Everything that waits there: plain orders, stops and targets."""
        ...

    async def ended_orders(self, since_ms: int) -> Sequence[VenueOrder]:
        """Orders that ended, as far back as ``since_ms``."""
        ...

    async def fills(self, since_ms: int) -> Sequence[VenueFill]:
        """Executions since ``since_ms``, oldest first, all pages of them."""
        ...

    async def positions(self) -> Sequence[VenuePosition]:
        """What is held."""
        ...

    async def wallet(self) -> VenueWallet:
        """The money."""
        ...

    async def bills(self, since_ms: int) -> Sequence[VenueBill]:
        """The statement since ``since_ms``, oldest first, all pages of it."""
        ...

    def hints(self) -> AsyncIterator[Hint]:
        """What the private streams tell, for as long as the gateway lives; reconnects by itself."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
