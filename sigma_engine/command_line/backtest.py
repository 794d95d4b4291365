"""`sigma-engine backtest`: a strategy over the past, told in words and figures and kept as a trial."""

import asyncio
import os
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from sigma_engine.clock import as_datetime
from sigma_engine.command_line.moments import moment_ms
from sigma_engine.command_line.options import AsJson, Home, Symbols, symbols_of
from sigma_engine.command_line.output import figure, share_bar, write_table, write_text
from sigma_engine.domain.backtest import BacktestRequest, BacktestResult, CostChoice, Engine, SlippageModel, Trial
from sigma_engine.domain.metrics import METRICS
from sigma_engine.domain.symbol import short, unified
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataFolderError, InputError
from sigma_engine.laboratory.attempt import Attempt, attempt
from sigma_engine.laboratory.preparation import prepare
from sigma_engine.laboratory.reports import write_report
from sigma_engine.laboratory.work import Worker
from sigma_engine.laboratory.workbench import Workbench
from sigma_engine.settings import Settings, load_settings
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore
from sigma_engine.storage.trials import Tries


def backtest(
    strategy: Annotated[str, typer.Option("--strategy", help="A preset's name, a kept one's, or a file (JSON).")],
    data: Annotated[list[Path], typer.Option("--data", metavar="FILE", help="Candle file; several may follow.")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More candle files.")] = None,
    engine: Annotated[
        Engine, typer.Option("--engine", help="What runs it; both make the same trades.")
    ] = Engine.COMPILED,
    start: Annotated[
        str | None, typer.Option("--from", help="First moment to trade: 2025-03-01 or with time, UTC.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="First moment no longer traded.")] = None,
    cost_bps: Annotated[
        float | None, typer.Option("--cost-bps", min=0, max=100, help="All costs per side, in basis points.")
    ] = None,
    maker_bps: Annotated[
        float | None, typer.Option("--maker-bps", min=0, max=100, help="Targets rest in the book at this fee.")
    ] = None,
    range_share: Annotated[
        float | None,
        typer.Option("--slippage-range-share", min=0, max=1, help="Share of ATR(14) that slippage takes beside."),
    ] = None,
    latency_bars: Annotated[
        int, typer.Option("--latency-bars", min=0, max=100, help="Candles an order is filled later.")
    ] = 0,
    capital: Annotated[float | None, typer.Option("--capital", help="Balance to begin with, USDT.")] = None,
    leverage: Annotated[int | None, typer.Option("--leverage", help="Leverage instead of the strategy's.")] = None,
    symbols: Symbols = None,
    symbol: Annotated[
        str | None, typer.Option("--symbol", help="Market of the files, where their names do not say it.")
    ] = None,
    timeframe: Annotated[
        Timeframe | None, typer.Option("--timeframe", help="Candle length, where the files' names do not say it.")
    ] = None,
    funding: Annotated[
        list[Path] | None, typer.Option("--funding", metavar="FILE", help="Funding rates; may be repeated.")
    ] = None,
    minutes: Annotated[
        list[Path] | None, typer.Option("--minutes", metavar="FILE", help="1m candles inside; may be repeated.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="OUT", help="Write a report to this file.")] = None,
    json: AsJson = False,
    home: Home = None,
) -> None:
    """Run a strategy over candle files and say what it came to; every run is kept as a trial of its family."""
    _require_html(html)
    folder = DataFolder.locate(home)
    settings = load_settings(folder.config)
    request = BacktestRequest(
        strategy=strategy,
        files=(*data, *(more or ())),
        symbols=symbols_of(symbols) or ((unified(symbol),) if symbol else ()),
        timeframe=timeframe,
        from_ms=moment_ms("--from", start),
        to_ms=moment_ms("--to", end),
        capital=None if capital is None else Decimal(str(capital)),
        leverage=leverage,
        costs=_costs(settings, cost_bps, maker_bps, range_share, latency_bars),
        funding_files=tuple(funding or ()),
        minute_files=tuple(minutes or ()),
        engine=engine,
    )
    asyncio.run(_try_out(request, settings, home, html, json))


def _require_html(path: Path | None) -> None:
    """Asked before the run: one whose report has no place is not kept either."""
    if path is None:
        return
    if path.suffix.lower() != ".html":
        raise InputError(f"--html {path} is a web page: let its name end in .html.")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"--html {path} cannot be written: name a file in a folder that is there and yours to use.")


def _costs(
    settings: Settings, cost_bps: float | None, maker_bps: float | None, range_share: float | None, latency_bars: int
) -> CostChoice | None:
    """The settings' costs with what the options say in their place; None where they say nothing."""
    if cost_bps is maker_bps is range_share is None and not latency_bars:
        return None
    own = (settings.fee_bps, settings.slippage_bps, settings.spread_bps)
    taker_bps, slippage_bps, spread_bps = own if cost_bps is None else (cost_bps, 0.0, 0.0)
    return CostChoice(
        taker_bps=taker_bps,
        maker_bps=maker_bps,
        slippage_model=SlippageModel.VOLATILITY if range_share else SlippageModel.FIXED,
        slippage_bps=slippage_bps,
        slippage_range_share=range_share or 0.0,
        spread_bps=spread_bps,
        latency_bars=latency_bars,
    )


async def _try_out(
    request: BacktestRequest, settings: Settings, home: Path | None, html: Path | None, json: bool
) -> None:
    """Run, keep and tell; a data folder that cannot be used keeps nothing and stops nobody."""
    began_s, bench = time.perf_counter(), Workbench()
    store, worker = _opened(home, settings), Worker()
    try:
        prepared = await prepare(request, settings, store)
        tries = Tries(0, ()) if store is None else await store.tries(prepared.family)
        load_s = time.perf_counter() - began_s
        with share_bar("backtest") as tell:
            done = await worker.do(
                lambda attendance: attempt(prepared, tries, load_s, bench, attendance.watch),
                lambda progress: tell(progress.share),
            )
        trial = done.trial if store is None else await _kept(done, store)
    finally:
        await worker.close()
        if store is not None:
            await store.close()
    if html is not None:
        write_report(trial, html, bench)
    if json:
        sys.stdout.write(f"{done.text}\n")
    else:
        _show(trial.result)


async def _kept(done: Attempt, store: SqliteStore) -> Trial:
    try:
        return done.numbered(await store.add_trial(done.stored()))
    except DataFolderError as refused:
        _say_not_kept(refused)
        return done.trial


def _say_not_kept(reason: DataFolderError) -> None:
    sys.stderr.write(f"This backtest is not kept. {reason}\n")


def _opened(home: Path | None, settings: Settings) -> SqliteStore | None:
    try:
        folder = DataFolder.beside(home)
        url = settings.database_url
        return SqliteStore.open(url.get_secret_value() if url else folder.database)
    except DataFolderError as refused:
        _say_not_kept(refused)
        return None


def _show(result: BacktestResult) -> None:
    shown = [info for info in METRICS if info.first_page]
    rows = [(info.title, figure(getattr(result.metrics, info.name), info.digits), info.unit) for info in shown]
    write_text(result.verdict.text)
    write_table(_title(result), rows, ("", "", ""))
    for note in result.notes:
        write_text(f"Note: {note}.")
    timing = result.timing
    write_text(f"{timing.candles:,} candles in {timing.run_s:.3f} s (loaded in {timing.load_s:.1f} s).")


def _title(result: BacktestResult) -> str:
    markets = ", ".join(short(symbol) for symbol in result.symbols)
    days = [f"{as_datetime(at_ms):%Y-%m-%d}" for at_ms in (result.from_ms, result.to_ms) if at_ms is not None]
    return f"{result.strategy} on {markets}, {' to '.join(days)}"
