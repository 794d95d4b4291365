"""The compiled engine: signals by the block, one account through them; the same trades as the live session."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sigma_engine.backtest import numbers
from sigma_engine.backtest.closed import UNITS, regimes_of, trades_of, units
from sigma_engine.backtest.setup import Cancelled, Outcome, Setup, Watch
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.symbol import short
from sigma_engine.errors import DataError
from sigma_engine.kernels.account import INTEGERS, REALS, REFUSALS, Account
from sigma_engine.kernels.intent import Intent
from sigma_engine.kernels.market import Market
from sigma_engine.kernels.market import run as play
from sigma_engine.kernels.signals import SIGNAL_FIELDS, WITHOUT_FORECAST
from sigma_engine.strategy.needs import Needs
from sigma_engine.strategy.signal_blocks import SignalBlocks

PIECE_BARS = 8_192
"""Candles a market that are worked through at a time: memory stays small, and somebody can stop the run in between."""

Rows = NDArray[np.float64]
_NOTHING = np.empty(0, np.int64), np.empty(0), np.empty(0)


def run(setup: Setup, watch: Watch | None = None) -> Outcome:
    """Run ``setup`` from its first candle to its last; raises `Cancelled` where ``watch`` says no.

    The GIL is released but for a moment between two pieces. Raises `DataError` for candles the session would leave
    out.
    """
    if not any(_first(candles, setup) < len(candles) for candles in setup.series.values()):
        raise DataError("No candle is left to trade on behind the history: begin the backtest earlier or end it later.")
    for symbol, candles in setup.series.items():
        _require_prices(symbol, candles, float(setup.instruments[symbol].tick))
    began = time.perf_counter()
    with Readers(len(setup.series)) as readers:
        simulation = Simulation(setup, readers)
        for share in simulation.steps():
            if watch is not None and not watch(share):
                raise Cancelled
    return simulation.outcome(time.perf_counter() - began)


class Readers:
    """Read the signals of several markets side by side; one market alone is read at once, which is quicker."""

    def __init__(self, markets: int) -> None:
        self._threads = ThreadPoolExecutor(os.cpu_count(), "signals") if markets > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def read(self, blocks: Sequence[SignalBlocks], piece: Sequence[Candles], buffers: Sequence[Rows]) -> Iterable[Rows]:
        """The signals of a piece, market by market, in ``buffers``."""
        if self._threads is None:
            return map(_signals, blocks, piece, buffers)
        return self._threads.map(_signals, blocks, piece, buffers)


class Simulation:
    """One account and its markets, and what was written down of them so far."""

    def __init__(self, setup: Setup, readers: Readers) -> None:
        self._setup, self._readers = setup, readers
        self._blocks = [_blocks(setup, candles) for candles in setup.series.values()]
        self._account = Account(units(setup.capital), setup.first_ms)
        self._markets = _markets(setup)
        self._buffers = [np.empty((PIECE_BARS, _fields(setup))) for _ in self._markets]
        self._room = _room(PIECE_BARS * len(self._markets))
        self._account.write_into(*self._room)
        self._written: list[tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
        self._candles = 0

    def steps(self) -> Iterator[float]:
        """Trade from the first candle to the last; after each piece, how far that is."""
        for share, piece in _pieces(self._setup):
            read = self._readers.read(self._blocks, piece, self._buffers)
            for market, candles, signals in zip(self._markets, piece, read, strict=True):
                market.load(candles.open_ms, signals)
            play(self._markets[0], self._account, self._setup.timeframe.interval_ms)
            self._take()
            self._candles += sum(map(len, piece))
            yield share
        if self._candles:
            self._finish()

    def _finish(self) -> None:
        """Close what is open at its last close, the oldest position first."""
        last_ms = int(self._written[-1][2][-1])
        for market in sorted(self._markets, key=lambda market: market.holding.entry_ms):
            market.finish(self._account, last_ms)
        self._account.record_equity(last_ms)
        self._take()

    def outcome(self, run_s: float) -> Outcome:
        """All that happened, told in nouns."""
        reals, integers, times, curve = (np.concatenate(parts) for parts in zip(*self._written, strict=True))
        return Outcome(
            trades=trades_of(self._setup, reals, integers),
            regimes=regimes_of(self._setup, integers),
            times=times,
            equity=curve / UNITS,
            orders=self._account.orders,
            fills=self._account.fills,
            signals=self._account.signals,
            refusals={name: count for name, count in zip(REFUSALS, self._account.refusals, strict=True) if count},
            candles=self._candles,
            from_ms=int(times[0]) - self._setup.timeframe.interval_ms,
            to_ms=int(times[-1]),
            run_s=run_s,
        )

    def _take(self) -> None:
        """Keep what was written, and have the next begin at the top again."""
        trades, points = self._account.trades, self._account.points
        reals, integers, times, curve = self._room
        written = reals[:trades].copy(), integers[:trades].copy(), times[:points].copy(), curve[:points].copy()
        self._written.append(written)
        self._account.write_into(*self._room)


def _room(bars: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """A candle closes at most one trade of its market and adds at most one point to the curve."""
    reals, integers = np.empty((bars, len(REALS))), np.empty((bars, len(INTEGERS)), np.int64)
    return reals, integers, np.empty(bars, np.int64), np.empty(bars, np.int64)


def _fields(setup: Setup) -> int:
    """How much of a signal is traded by: gates ask for its forecast."""
    gates = setup.mandate.gates
    return len(SIGNAL_FIELDS) if gates.edge or gates.probability or gates.kelly else WITHOUT_FORECAST


def _signals(blocks: SignalBlocks, candles: Candles, buffer: Rows) -> Rows:
    """The signals of the next candles, in ``buffer``, which is used again and again: new room costs more than them."""
    rows = buffer[: len(candles)]
    blocks.run(candles, rows)
    return rows


def _blocks(setup: Setup, candles: Candles) -> SignalBlocks:
    """What reads a market's signals, with its history behind it."""
    mandate, gates = setup.mandate, setup.mandate.gates
    blocks = SignalBlocks(
        mandate.plan,
        setup.timeframe,
        cost=mandate.terms.costs.round_trip,
        model=mandate.model,
        needs=Needs.of(mandate.plan, edge=gates.edge, probability=gates.probability, kelly=gates.kelly),
    )
    blocks.warm_up(candles.slice(0, _first(candles, setup)))
    return blocks


def _markets(setup: Setup) -> list[Market]:
    """The chain of markets in the strategy's order, built from its end."""
    plan, terms, interval_ms = setup.mandate.plan, setup.mandate.terms, setup.timeframe.interval_ms
    costs, exits = numbers.cost_terms(terms.costs, setup.latency_bars), numbers.exit_terms(plan)
    gates = numbers.gate_terms(plan, setup.mandate.gates, terms)
    size, limits = numbers.size_terms(terms, setup.timeframe), numbers.limit_terms(terms.limits)
    chain: list[Market] = []
    for number, symbol in reversed(list(enumerate(setup.series))):
        grid = numbers.grid(setup.instruments[symbol])
        intent = Intent(interval_ms, grid, costs, exits, gates, size, limits)
        following = chain[0] if chain else None
        market = Market(number, grid, costs, exits, intent, _funding(setup, symbol), _minutes(setup, symbol), following)
        chain.insert(0, market)
    return chain


def _funding(setup: Setup, symbol: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The stamps at which a symbol's funding is paid, and the rates."""
    rates = sorted(setup.funding.get(symbol, {}).items())
    return np.array([stamp for stamp, _ in rates], np.int64), np.array([rate for _, rate in rates], np.float64)


def _minutes(setup: Setup, symbol: str) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Open times, highs and lows of a symbol's 1m candles."""
    candles = setup.minutes.get(symbol)
    return _NOTHING if candles is None else (candles.open_ms, candles.high, candles.low)


def _pieces(setup: Setup) -> Iterator[tuple[float, tuple[Candles, ...]]]:
    """Stretches of time with each market's candles in them, and how far each brings the run."""
    series = [candles.slice(_first(candles, setup)) for candles in setup.series.values()]
    stamps = [candles.open_ms for candles in series if len(candles)]
    if not stamps:
        return
    start_ms, end_ms = min(int(each[0]) for each in stamps), max(int(each[-1]) for each in stamps) + 1
    length_ms = PIECE_BARS * setup.timeframe.interval_ms
    for from_ms in range(start_ms, end_ms, length_ms):
        share = min(1.0, (from_ms + length_ms - start_ms) / (end_ms - start_ms))
        yield share, tuple(_between(candles, from_ms, from_ms + length_ms) for candles in series)


def _between(candles: Candles, from_ms: int, to_ms: int) -> Candles:
    first, behind = np.searchsorted(candles.open_ms, [from_ms, to_ms])
    return candles.slice(int(first), int(behind))


def _first(candles: Candles, setup: Setup) -> int:
    return int(np.searchsorted(candles.open_ms, setup.first_ms))


def _require_prices(symbol: str, candles: Candles, tick: float) -> None:
    """A session leaves out candles below the price step, which a run over blocks cannot do."""
    if len(candles) and float(candles.low.min()) < tick:
        raise DataError(
            f"{short(symbol)} fell to {candles.low.min():g}, below its price step of {tick:g}: begin the backtest "
            "later, or end it earlier."
        )
