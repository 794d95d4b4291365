"""How often an exchange is read, how far back, and what is made of its refusals."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.venue import VenueFill, VenueOrder, VenueOrderState
from sigma_engine.errors import KeysRefused, VenueBusy, VenueClosed, VenueError
from sigma_engine.execution.gateway import Gateway
from sigma_engine.execution.live.truth import Truth

QUIET_MS, HOLDING_MS = 15_000, 5_000
"""Between two readings while nothing happens, with nothing held and with something."""
WHOLE_MS = 5_000
"""Between two whole readings while something is unsettled; quick ones, which cost a quarter, lie in between."""
FIRST_MS, SLOWEST_MS = 300, 2_000
"""While something is unsettled it is read again after the first pause, then ever more slowly."""
OVERLAP_MS = 600_000
"""So much further back than it was read before: lists lag, and the same line twice does no harm."""
PATIENCE_MS = 5_000
"""An exchange that fails for longer holds the account back."""
LONGEST_RETRY_MS, ANXIOUS_RETRY_MS = 30_000, 5_000
"""Between two tries of an exchange that fails: with nothing at stake, and with a position or an order in doubt."""


WINDOW_MS = 11_000
GAPS_MS = ((4, 100), (8, 500))
LONGEST_GAP_MS = 1_500
"""Least pause after so many readings in the window: in haste at first, but never so that the next waits for weight."""


@dataclass(slots=True)
class Pace:
    """When to read next."""

    begun_ms: deque[int] = field(default_factory=lambda: deque(maxlen=GAPS_MS[-1][0] + 1))
    last_whole_ms: int = 0
    in_a_row: int = 0
    failures: int = 0
    failing_since_ms: int | None = None
    silent_until_ms: int = 0

    def next_ms(self, at_ms: int, unsettled: bool, holding: bool) -> int:
        """When the reading after the one at ``at_ms`` is due."""
        if self.failures:
            longest_ms = ANXIOUS_RETRY_MS if unsettled or holding else LONGEST_RETRY_MS
            return max(self.silent_until_ms, at_ms + min(longest_ms, 500 << min(self.failures, 8)))
        if not unsettled:
            self.in_a_row = 0
            return at_ms + (HOLDING_MS if holding else QUIET_MS)
        self.in_a_row += 1
        return at_ms + min(SLOWEST_MS, FIRST_MS * self.in_a_row)

    def is_whole(self, at_ms: int, unsettled: bool) -> bool:
        """Whether positions and money are due too."""
        return not 0 <= at_ms - self.last_whole_ms < (WHOLE_MS if unsettled else QUIET_MS)

    def begin(self, at_ms: int) -> None:
        """A reading begins."""
        self.begun_ms.append(at_ms)

    def gap_ms(self, at_ms: int) -> int:
        """How long to pause at least before the next, whatever happens."""
        recent = sum(1 for begun_ms in self.begun_ms if begun_ms > at_ms - WINDOW_MS)
        return next((gap_ms for count, gap_ms in GAPS_MS if recent <= count), LONGEST_GAP_MS)

    def hurry(self) -> None:
        """Something happened: begin with short pauses again."""
        self.in_a_row = 0

    def succeeded(self, truth: Truth) -> None:
        """It answered."""
        self.failures, self.failing_since_ms = 0, None
        if truth.whole:
            self.last_whole_ms = truth.at_ms

    def failed(self, error: VenueError, at_ms: int) -> tuple[AccountState, str] | None:
        """It did not: how the account is held back, and why; None while it may be a hiccup."""
        self.failures += 1
        self.failing_since_ms = at_ms if self.failing_since_ms is None else self.failing_since_ms
        if isinstance(error, VenueBusy):
            self.silent_until_ms = error.until_ms
        certain = isinstance(error, VenueBusy | VenueClosed | KeysRefused)
        if certain or at_ms - self.failing_since_ms >= PATIENCE_MS:
            return AccountState.REDUCING, str(error)
        return None


LeavesDoubt = Callable[[Sequence[VenueOrder], Sequence[VenueFill]], bool]
"""Whether open orders and executions alone do not say what became of our orders."""


def executions_of(orders: Iterable[VenueOrder]) -> tuple[VenueFill, ...]:
    """The executions of orders that ended, where the exchange lists none: one each, at its average price.

    Fee and profit are not told there; what they were shows in the wallet once nothing is held.
    """
    return tuple(
        VenueFill(
            trade_id=f"order-{order.venue_id}",
            order_id=order.venue_id,
            symbol=order.symbol,
            side=order.side,
            position_side=order.position_side,
            price=order.average,
            quantity=order.filled,
            fee=ZERO,
            realised=None,
            maker=False,
            at_ms=order.updated_ms,
        )
        for order in orders
        if order.filled > 0 and order.average is not None and order.state is not VenueOrderState.LIVE
    )


@dataclass(slots=True)
class Reader:
    """Reads one account, which began at ``begun_ms``; ``since_ms`` is up to when it was read before.

    What happened up to its beginning is part of the wallet it began with, and never asked for.
    """

    gateway: Gateway
    begun_ms: int
    since_ms: int

    async def read(self, whole: bool, oldest_order_ms: int | None, leaves_doubt: LeavesDoubt) -> Truth:
        """One reading; raises `VenueError` rather than leave anything out.

        ``oldest_order_ms`` is when the oldest order was made whose end is not known. Orders that ended are costly to
        ask for: a quick reading does where the rest of it ``leaves_doubt``.
        """
        at_ms, gateway = self.gateway.now_ms(), self.gateway
        since_ms = max(self.begun_ms + 1, self.since_ms - OVERLAP_MS)
        ended_since_ms = (
            since_ms if oldest_order_ms is None else max(self.begun_ms, min(since_ms, oldest_order_ms - OVERLAP_MS))
        )
        able = gateway.capabilities
        orders = tuple(await gateway.open_orders()) if able.lists_orders else ()
        fills = tuple(await gateway.fills(since_ms)) if able.lists_fills else ()
        ended: tuple[VenueOrder, ...] = ()
        if whole or not able.lists_fills or leaves_doubt(orders, fills):
            ended = tuple(await gateway.ended_orders(ended_since_ms))
        fills = fills if able.lists_fills else executions_of(ended)
        at_ms = min(at_ms, gateway.now_ms())  # the clock may have been set back in between
        truth = Truth(at_ms=at_ms, open_orders=orders, ended_orders=ended, fills=fills)
        if whole:
            truth = Truth(
                at_ms=at_ms,
                open_orders=orders,
                ended_orders=ended,
                fills=fills,
                positions=tuple(await gateway.positions()),
                wallet=await gateway.wallet(),
                bills=tuple(await gateway.bills(since_ms)) if able.bills else (),
            )
            self.since_ms = at_ms
        return truth
