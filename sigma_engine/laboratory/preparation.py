"""From what a person asks for to what an engine runs: everything is looked up, checked and said before it begins."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sigma_engine.backtest.setup import Setup
from sigma_engine.catalog import PRESETS, RULES
from sigma_engine.domain.backtest import BacktestRequest, CostChoice, SlippageModel
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.symbol import unified
from sigma_engine.errors import InputError
from sigma_engine.laboratory.beside import funding_rates, minute_candles
from sigma_engine.laboratory.costs import costs_of, own_costs
from sigma_engine.laboratory.data_hash import data_hash
from sigma_engine.laboratory.family import family_of
from sigma_engine.laboratory.sources import Source, kept_candles, read_files
from sigma_engine.laboratory.span import cut_span, moment
from sigma_engine.laboratory.strategies import fitted, named_strategy
from sigma_engine.market.replay import HISTORY_BARS
from sigma_engine.risk.costs import Slippage
from sigma_engine.session.mandates import mandate_of
from sigma_engine.session.run_id import new_run_id
from sigma_engine.settings import Settings
from sigma_engine.storage.store import SqliteStore
from sigma_engine.strategy.spec import StrategySpec

HIGHEST_CAPITAL = Decimal(10_000_000)
"""Up to here a hundred-millionth of a USDT is told apart in every engine."""
"""USDT; more than any market would fill."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A backtest ready to run, with what a trial says about it beside its result.

    ``request`` is what was asked for, with the settings' costs and balance where it left them open; ``spec`` is the
    strategy as it is run, ``source`` where the candles came from; ``notes`` are what a person should know of what was
    put together.
    """

    request: BacktestRequest
    setup: Setup
    spec: StrategySpec
    source: str
    family: str
    data_hash: str
    notes: tuple[str, ...]


async def prepare(
    request: BacktestRequest, settings: Settings, store: SqliteStore | None, history_bars: int = HISTORY_BARS
) -> Prepared:
    """Make ``request`` ready; without a ``store`` only files and strategies that need none can be asked for.

    With a ``from_ms`` at most ``history_bars`` candles before it are read first.

    What takes long happens in a thread. Raises `InputError` with one sentence on the first thing that is wrong.
    """
    asked = _completed(request, settings)
    _check(asked)
    name, spec = named_strategy(asked.strategy, await _kept_strategies(asked.strategy, store))
    source = await _source(asked, spec, store, history_bars)
    measured = await _measured(asked.costs, store)
    return await asyncio.to_thread(_prepared, asked, settings, (name, spec), source, measured, history_bars)


def _completed(request: BacktestRequest, settings: Settings) -> BacktestRequest:
    """Unified symbols, and what the request leaves to settings that may be others tomorrow."""
    return replace(
        request,
        symbols=tuple(dict.fromkeys(unified(symbol) for symbol in request.symbols)),
        capital=settings.paper_balance if request.capital is None else request.capital,
        costs=request.costs or own_costs(settings),
    )


def _check(request: BacktestRequest) -> None:
    start, end, capital = request.from_ms, request.to_ms, request.capital
    if start is not None and end is not None and start >= end:
        mend = "choose a later end" if start == end else "swap the two"
        raise InputError(f"The span ends at {moment(end)}, not after its start {moment(start)} UTC: {mend}.")
    if capital is not None and not (capital.is_finite() and 0 < capital <= HIGHEST_CAPITAL):
        raise InputError(
            f"A capital of {capital} USDT cannot be traded: give more than 0, {HIGHEST_CAPITAL:,} at most."
        )
    if not request.files and not request.source:
        raise InputError("A backtest needs candles: give candle files, or the source of kept ones.")


async def _kept_strategies(strategy: str, store: SqliteStore | None) -> Mapping[str, str]:
    """The newest document of each strategy that was kept; nobody is asked where a preset was named."""
    if store is None or strategy in PRESETS:
        return {}
    return {kept.name: kept.document for kept in await store.strategies()}


async def _source(request: BacktestRequest, spec: StrategySpec, store: SqliteStore | None, history_bars: int) -> Source:
    if request.files:
        return await asyncio.to_thread(read_files, request, spec.symbols)
    if store is None:
        raise InputError("Kept candles need a data folder that can be opened: give candle files instead.")
    return await kept_candles(store, request, spec.symbols, request.timeframe or spec.timeframe, history_bars)


async def _measured(costs: CostChoice | None, store: SqliteStore | None) -> Slippage:
    """What own fills cost so far, where that is asked for."""
    if costs is None or costs.slippage_model is not SlippageModel.MEASURED or store is None:
        return Slippage()
    own = await store.own_fills()
    return Slippage(own.fills, float(own.cost), float(own.value))


def _prepared(
    request: BacktestRequest,
    settings: Settings,
    strategy: tuple[str, StrategySpec],
    source: Source,
    measured: Slippage,
    history_bars: int,
) -> Prepared:
    assert request.costs is not None, "it was completed"
    assert request.capital is not None, "it was completed"
    name, own = strategy
    span = cut_span(source.series, source.timeframe, request.from_ms, request.to_ms, history_bars)
    spec = fitted(own, tuple(span.series), source.timeframe, request.leverage, settings)
    costs, cost_notes = costs_of(request.costs, measured)
    funding, funding_notes = funding_rates(request, span)
    minutes, minute_notes = minute_candles(request, source, span)
    setup = Setup(
        run_id=new_run_id(),
        name=name,
        mandate=mandate_of(spec, settings, source.timeframe, costs, RULES),
        timeframe=source.timeframe,
        series=span.series,
        instruments={symbol: practice_instrument(symbol, float(c.close[0])) for symbol, c in span.series.items()},
        first_ms=span.first_ms,
        capital=request.capital,
        latency_bars=request.costs.latency_bars,
        funding=funding,
        minutes=minutes,
    )
    return Prepared(
        request=request,
        setup=setup,
        spec=spec,
        source=source.name,
        family=family_of(spec),
        data_hash=data_hash(setup),
        notes=(*_other_timeframe(own, source), *source.notes, *span.notes, *cost_notes, *funding_notes, *minute_notes),
    )


def _other_timeframe(own: StrategySpec, source: Source) -> tuple[str, ...]:
    if own.timeframe is source.timeframe:
        return ()
    return (f"the strategy is made for {own.timeframe} candles and was run on {source.timeframe} ones",)
