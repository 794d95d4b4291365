"""How long a decided order takes to reach the exchange, its commit in the journal included."""

import asyncio
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from time import perf_counter_ns

import numpy as np

from sigma_engine.benchmarks.exchange_process import ExchangeProcess, Fair, serving
from sigma_engine.benchmarks.live_session import apart, live_session
from sigma_engine.domain.market import MarketStep
from sigma_engine.domain.order import ExitReason, Leg, Order, PositionSide, client_order_id
from sigma_engine.events import Event, OrderSubmitted
from sigma_engine.execution.orders import with_attached
from sigma_engine.session.session import Session

SPEED = 4
"""Market time over wall time: the exchange lets so little pass in a minute that a hundred orders would take long."""
_SYMBOLS = ("BTC", "ETH", "SOL")
_VALUE = Decimal(500)
_APART_MS = 10_000
_LONGEST_MS = 10_000

Waits = tuple[float, float]


def milliseconds_p99(quick: bool = False) -> float:
    """The time that 99 of 100 orders stay within."""
    return percentiles(quick)[1]


@lru_cache(maxsize=1)
def percentiles(quick: bool) -> Waits:
    """Median and 99 % of entries and exits, each decided at a price that came in, milliseconds."""
    waits = order_waits_ms(4 if quick else 120)
    p50, p99 = np.percentile(waits, (50, 99)).tolist()
    return p50, p99


def order_waits_ms(count: int) -> list[float]:
    """What each of ``count`` orders waited from its decision until the exchange read its request."""
    with serving(Fair(markets=len(_SYMBOLS), step_ms=1_000, speed=SPEED)) as exchange:
        decided_ns = apart(_decided, exchange.url, count)
        arrived_ns = _arrivals(exchange)
    return [(arrived_ns[name] - at_ns) / 1e6 for name, at_ns in decided_ns.items() if name in arrived_ns]


def _arrivals(exchange: ExchangeProcess) -> dict[str, int]:
    return {
        str(heard.given.get("newClientOrderId")): heard.arrived_ns
        for heard in exchange.requests()
        if (heard.method, heard.path) == ("POST", "/capi/v3/order")
    }


async def _decided(url: str, count: int) -> dict[str, int]:
    """Trade ``count`` orders; when each was decided, by its client id."""
    async with live_session(url, _SYMBOLS, SPEED) as session:
        dealer = _Dealer(session, count)
        async with asyncio.timeout((count + 4) * _LONGEST_MS / 1000):
            await dealer.done.wait()
        await asyncio.sleep(1)
        return dealer.decided_ns


class _Dealer:
    """Decides in the trader's place: enters where nothing is held, leaves what is protected."""

    def __init__(self, session: Session, count: int) -> None:
        self.decided_ns: dict[str, int] = {}
        self.done = asyncio.Event()
        self._session, self._count = session, count
        self._trader, self._step = session.trader, session.trader.step
        self._entered_ms = 0
        setattr(session.trader, "step", self._deal)  # noqa: B010  a probe, in this process alone

    def _deal(self, step: MarketStep) -> list[Event]:
        facts: Sequence[Event] = self._step(step)
        order = next(filter(None, map(self._next, self._trader.forming())), None)
        if order is None or len(self.decided_ns) >= self._count:
            return list(facts)
        submitted = OrderSubmitted(at_ms=step.at_ms, order=order)
        self.decided_ns[order.client_id] = perf_counter_ns()
        if len(self.decided_ns) == self._count:
            self.done.set()
        return [*facts, submitted]

    def _next(self, symbol: str) -> Order | None:
        venue, now_ms = self._trader.venue, self._session.clock.now_ms()
        if venue.pending(symbol, Leg.ENTRY) or venue.pending(symbol, Leg.EXIT):
            return None
        position = self._trader.book.position(symbol)
        if position is not None:
            return venue.exit_order(position, now_ms, ExitReason.SIGNAL) if position.protected_ms else None
        if now_ms < self._entered_ms + _APART_MS:
            return None
        self._entered_ms = now_ms
        return self._entry(symbol, now_ms)

    def _entry(self, symbol: str, now_ms: int) -> Order:
        price = self._trader.forming()[symbol].close
        arithmetic, step = self._trader.book.arithmetic(symbol), self._session.snapshot().instruments[symbol].step
        order = Order(
            client_id=client_order_id("bench", symbol, len(self.decided_ns), Leg.ENTRY),
            symbol=symbol,
            leg=Leg.ENTRY,
            side=PositionSide.LONG.opening,
            position_side=PositionSide.LONG,
            quantity=(_VALUE / Decimal(price) / step).to_integral_value(ROUND_DOWN) * step,
            leverage=5,
            bar_ms=now_ms,
            created_ms=now_ms,
            reference_price=price,
            stop_distance=price * 0.05,
            target_distance=price * 0.1,
            atr=price * 0.01,
            reason="bench",
        )
        return with_attached(order, arithmetic)
