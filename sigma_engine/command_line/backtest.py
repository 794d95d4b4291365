"""`sigma-engine backtest`: a strategy over the past, by the very session that trades."""

import asyncio
import json as json_module
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sigma_engine import Mode, RunStatus, SessionRequest, SigmaError, as_datetime, open_session, short
from sigma_engine.backtest.record import BacktestResult, RunRecord, trade_documents
from sigma_engine.command_line.excerpt import excerpt, moment_ms
from sigma_engine.command_line.options import AsJson, Home, Symbols, symbols_of
from sigma_engine.command_line.output import figure, progress, write_document, write_table, write_text
from sigma_engine.command_line.plain import plain
from sigma_engine.domain.metrics import Metrics
from sigma_engine.storage.folder import DataFolder
from sigma_engine.strategy.library import load_strategy, preset_names
from sigma_engine.strategy.spec import read_spec


class Engine(StrEnum):
    """What runs a backtest."""

    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What is to be tried: ``cost_bps`` replaces fee, slippage and spread per side, None leaves a setting as it is."""

    strategy: str
    data: tuple[Path, ...]
    from_ms: int | None = None
    to_ms: int | None = None
    symbols: tuple[str, ...] = ()
    cost_bps: float | None = None
    capital: float | None = None
    leverage: int | None = None
    home: Path | None = None


def backtest(
    strategy: Annotated[str, typer.Option("--strategy", help="A preset's name or a strategy file (JSON).")],
    data: Annotated[list[Path], typer.Option("--data", metavar="FILE", help="Candle file; several may follow.")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More candle files.")] = None,
    engine: Annotated[Engine, typer.Option("--engine", help="What runs it.")] = Engine.SESSION,
    start: Annotated[
        str | None, typer.Option("--from", help="First moment to trade: 2025-03-01 or with time, UTC.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="First moment no longer traded.")] = None,
    cost_bps: Annotated[
        float | None, typer.Option("--cost-bps", min=0, max=100, help="All costs per side, in basis points.")
    ] = None,
    capital: Annotated[float | None, typer.Option("--capital", help="Balance to begin with, USDT.")] = None,
    leverage: Annotated[int | None, typer.Option("--leverage", help="Leverage instead of the strategy's.")] = None,
    symbols: Symbols = None,
    json: AsJson = False,
    home: Home = None,
) -> None:
    """Run a strategy over candle files and say what it came to."""
    wanted = Backtest(
        strategy=strategy,
        data=(*data, *(more or ())),
        from_ms=moment_ms("--from", start),
        to_ms=moment_ms("--to", end),
        symbols=symbols_of(symbols),
        cost_bps=cost_bps,
        capital=capital,
        leverage=leverage,
        home=home,
    )
    with progress("backtest", None):
        result = asyncio.run(run_backtest(wanted))
    if json:
        write_document({**_fields(result), "trades": trade_documents(result.trades)})
    else:
        _show(result)


async def run_backtest(wanted: Backtest) -> BacktestResult:
    """Replay the files as fast as can be through a session of its own.

    It lives in a temporary folder with a copy of the person's settings, so it neither needs nor disturbs the data
    folder. Raises `SigmaError` where the session failed.
    """
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="sigma-backtest-", ignore_cleanup_errors=True) as place:
        session = await open_session(_request(wanted, Path(place)))
        try:
            record, loaded = RunRecord(session.bus), time.perf_counter()
            await session.run()
            done, last = time.perf_counter(), session.snapshot()
        finally:
            await session.close()
    if last.status is RunStatus.FAILED:
        raise SigmaError(last.reason)
    return record.result(last, loaded - began, done - loaded)


def _request(wanted: Backtest, home: Path) -> SessionRequest:
    """The session of a backtest, in a folder that was made ready for it."""
    _copy_settings(DataFolder.locate(wanted.home).config, DataFolder.locate(home).config)
    _override(wanted)
    return SessionRequest(
        mode=Mode.REPLAY,
        home=home,
        replay=excerpt(wanted.data, wanted.from_ms, wanted.to_ms, home),
        speed=0,
        strategy=_strategy(wanted, home),
        symbols=wanted.symbols,
    )


def _copy_settings(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)


def _override(wanted: Backtest) -> None:
    """An option outranks the environment by becoming it, for this process alone."""
    if wanted.cost_bps is not None:
        os.environ |= {"SIGMA_FEE_BPS": str(wanted.cost_bps), "SIGMA_SLIPPAGE_BPS": "0", "SIGMA_SPREAD_BPS": "0"}
    if wanted.capital is not None:
        os.environ["SIGMA_PAPER_BALANCE"] = str(wanted.capital)


def _strategy(wanted: Backtest, folder: Path) -> str:
    """The strategy as it was named, or a copy of it with another leverage."""
    if wanted.leverage is None:
        return wanted.strategy
    document = load_strategy(wanted.strategy).document()
    name = wanted.strategy if wanted.strategy in preset_names() else document["name"]
    spec = read_spec(document | {"leverage": wanted.leverage, "name": name})
    file = folder / "strategy.json"
    file.write_text(json_module.dumps(spec.document()), "utf-8")
    return str(file)


def _fields(result: BacktestResult) -> dict[str, object]:
    """The result's fields in their order; the trades are told apart."""
    return {name: plain(getattr(result, name)) for name in result.__slots__}


_SHOWN = (
    ("Total return", "total_return_pct", "%"),
    ("Final balance", "final_balance", "USDT"),
    ("Trades", "trades", ""),
    ("Winners", "win_rate_pct", "%"),
    ("Profit factor", "profit_factor", ""),
    ("Expectancy", "expectancy", "USDT a trade"),
    ("Sharpe (daily, 365)", "sharpe", ""),
    ("Sortino", "sortino", ""),
    ("Largest drawdown", "max_drawdown_pct", "%"),
    ("Time in market", "exposure_pct", "%"),
    ("Fees", "fees", "USDT"),
    ("Slippage", "slippage", "USDT"),
    ("Costs of gross profit", "cost_share_pct", "%"),
)


def _show(result: BacktestResult) -> None:
    write_table(
        _title(result), [(label, _figure(result.metrics, name), unit) for label, name, unit in _SHOWN], ("", "", "")
    )
    write_text(result.verdict)
    timing = result.timing
    write_text(f"{timing.candles:,} candles in {timing.run_s:.1f} s (loaded in {timing.load_s:.1f} s).")


def _title(result: BacktestResult) -> str:
    markets = ", ".join(short(symbol) for symbol in result.symbols)
    days = [f"{as_datetime(at_ms):%Y-%m-%d}" for at_ms in (result.from_ms, result.to_ms) if at_ms is not None]
    return f"{result.strategy} on {markets}, {' to '.join(days)}"


def _figure(metrics: Metrics, name: str) -> str:
    value = getattr(metrics, name)
    return str(value) if isinstance(value, int) else figure(value)
