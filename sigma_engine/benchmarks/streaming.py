"""How a live session bears its streams: from a message to a decision, and thousands of messages a second."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter_ns
from typing import Any

import ccxt.pro
import numpy as np
from aiohttp.client_proto import ResponseHandler

from sigma_engine.benchmarks.exchange_process import Fair, serving
from sigma_engine.benchmarks.live_session import apart, live_session
from sigma_engine.domain.market import MarketStep
from sigma_engine.events import DecisionMade, Event

_EIGHT = ("BTC", "ETH", "SOL", "XRP", "ADA", "DOGE", "LTC", "BNB")
_DECIDING_SPEED = 20
_CANDLES = b"\r\n\r\n[["
"""How the body of an answer with candles begins."""
_TICKER_S = 0.005
_OFFERED = 2_400
"""Messages a second beside those of the trades."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the session's loop did: messages taken in a second, and by how many milliseconds it was late."""

    messages_per_s: float
    lag_ms_p50: float
    lag_ms_p99: float


@lru_cache(maxsize=1)
def decision_milliseconds_p99(quick: bool = False) -> float:
    """99 % of the times from the answer that completes a candle until it is decided on."""
    return float(np.percentile(decision_waits_ms(3 if quick else 60), 99))


def messages_per_s(quick: bool = False) -> float:
    """Messages a second the session took in, all of them, while prices, readings and decisions went on."""
    return load(2.0 if quick else 20.0).messages_per_s


def lag_milliseconds_p99(quick: bool = False) -> float:
    """How late its loop was meanwhile."""
    return load(2.0 if quick else 20.0).lag_ms_p99


def decision_waits_ms(count: int, markets: int = 1) -> list[float]:
    """For ``count`` candles: from the arrival of the answer that confirms it until it was decided on.

    Of so many ``markets``, which are decided on together.
    """
    with serving(Fair(markets=markets, step_ms=1_000, speed=_DECIDING_SPEED)) as exchange:
        return apart(_decisions, exchange.url, count, _EIGHT[:markets])


@lru_cache(maxsize=1)
def load(seconds: float) -> Load:
    """A session with eight markets under more than 2,000 messages a second for so long."""
    with serving(Fair(markets=len(_EIGHT), step_ms=500, frames_per_s=_OFFERED, history_minutes=3_000)) as exchange:
        return apart(_under_load, exchange.url, seconds)


async def _decisions(url: str, count: int, symbols: tuple[str, ...]) -> list[float]:
    """How long each of ``count`` sets of candles waited, milliseconds."""
    waits: list[float] = []
    done, arrived_ns = asyncio.Event(), _arrivals()
    async with live_session(url, symbols, _DECIDING_SPEED) as session:
        step = session.trader.step

        def stepped(market: MarketStep) -> list[Event]:
            facts = step(market)
            if any(isinstance(fact, DecisionMade) for fact in facts):
                waits.append((perf_counter_ns() - arrived_ns()) / 1e6)
                if len(waits) >= count:
                    done.set()
            return facts

        setattr(session.trader, "step", stepped)  # noqa: B010  a probe, in this process alone
        await done.wait()
    return waits


async def _under_load(url: str, seconds: float) -> Load:
    taken = _counted()
    async with live_session(url, _EIGHT, 1.0):
        loop = asyncio.get_running_loop()
        begun_s, before, lags = loop.time(), taken(), []
        while (now_s := loop.time()) < begun_s + seconds:
            await asyncio.sleep(_TICKER_S)
            lags.append(1_000 * (loop.time() - now_s - _TICKER_S))
        rate = (taken() - before) / (loop.time() - begun_s)
    p50, p99 = np.percentile(lags, (50, 99)).tolist()
    return Load(rate, p50, p99)


def _arrivals() -> Callable[[], int]:
    """When bytes with candles, in answer to a question, came in last in this process."""
    receive, at_ns = ResponseHandler.data_received, 0

    def received(protocol: ResponseHandler, data: bytes) -> None:
        nonlocal at_ns
        if _CANDLES in data:
            at_ns = perf_counter_ns()
        receive(protocol, data)

    setattr(ResponseHandler, "data_received", received)  # noqa: B010  a probe, in this process alone
    return lambda: at_ns


def _counted() -> Callable[[], int]:
    """How many messages of streams were handled in this process."""
    handle, count = ccxt.pro.weex.handle_message, 0

    def handled(client: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return handle(client, *arguments)

    ccxt.pro.weex.handle_message = handled
    return lambda: count
