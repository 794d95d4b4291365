"""The markets a session can be opened on."""

from collections.abc import Sequence

from sigma_engine.clock import ScaledClock, system_ms
from sigma_engine.domain.run import SessionRequest
from sigma_engine.domain.symbol import require_one_of, unified
from sigma_engine.errors import InputError
from sigma_engine.market.candle_file import read_telling_file
from sigma_engine.market.generated.feed import GeneratedFeed
from sigma_engine.market.replay import ReplayFeed, replay_feed
from sigma_engine.session.ports import StoredRun
from sigma_engine.settings import Settings

SimulatedFeed = GeneratedFeed | ReplayFeed
"""A market whose clock can be stopped."""


def wanted_symbols(request: SessionRequest, otherwise: Sequence[str]) -> tuple[str, ...]:
    """The symbols a person named, or ``otherwise`` the strategy's."""
    return tuple(dict.fromkeys(unified(symbol) for symbol in request.symbols)) or tuple(otherwise)


def open_replay(request: SessionRequest, symbols: Sequence[str]) -> ReplayFeed:
    """The files of ``request`` side by side in the order of ``symbols``; only those a person named, if any."""
    if not request.replay:
        raise InputError("A replay needs at least one candle file: name one with --replay FILE.")
    files = [read_telling_file(path) for path in request.replay]
    if request.symbols:
        present = tuple(dict.fromkeys(file.symbol for file in files))
        chosen = {require_one_of(symbol, present) for symbol in symbols}
        files = [file for file in files if file.symbol in chosen]
    return replay_feed(files, symbols, 1.0 if request.speed is None else request.speed)


def open_demo(request: SessionRequest, settings: Settings, symbols: Sequence[str]) -> GeneratedFeed:
    """A new generated market of ``symbols`` that ends its history at the present minute."""
    return GeneratedFeed.start(settings.demo_seed, system_ms(), symbols, demo_speed(request, settings))


def resume_demo(request: SessionRequest, settings: Settings, stored: StoredRun) -> GeneratedFeed:
    """The market of a stored run where it stood; raises `DataError` where it cannot go on."""
    run = stored.run
    clock = ScaledClock(run.market_ms, demo_speed(request, settings))
    history = {symbol: stored.candles[symbol] for symbol in run.symbols}
    return GeneratedFeed.resume(run.source, run.feed_checkpoint, clock, history)


def demo_speed(request: SessionRequest, settings: Settings) -> float:
    """Market time over wall time, as asked for or as set."""
    return settings.demo_speed if request.speed is None else request.speed
