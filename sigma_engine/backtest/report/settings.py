"""What a run was told to do, in rows people read."""

from collections.abc import Iterator

from sigma_engine.backtest.report.words import moment, number
from sigma_engine.domain.backtest import BacktestRequest, BacktestResult, CostChoice
from sigma_engine.domain.history import source_title

Rows = Iterator[tuple[str, str]]


def run_rows(result: BacktestResult) -> Rows:
    """What the result itself says of its run."""
    yield "Run", result.run_id
    yield "Strategy", result.strategy
    yield "Symbols", ", ".join(result.symbols)
    yield "Candles", f"{result.timing.candles:,} of {result.timeframe.value}"
    if result.from_ms is not None and result.to_ms is not None:
        yield "Period (UTC)", f"{moment(result.from_ms)} to {moment(result.to_ms)}"
    yield "Engine", result.engine.value
    yield "Time taken", f"{result.timing.load_s:.3f} s to load, {result.timing.run_s:.3f} s to run"
    for note in result.notes:
        yield "Note", note


def request_rows(request: BacktestRequest) -> Rows:
    """What was asked for; what was left to the settings is not repeated."""
    yield "Source", source_title(request.source or "")
    yield "Candle files", ", ".join(path.name for path in request.files)
    yield "Funding files", ", ".join(path.name for path in request.funding_files)
    yield (
        "1m candles",
        ", ".join(path.name for path in request.minute_files) or ("kept ones" if request.minutes else ""),
    )
    yield "Capital", "" if request.capital is None else f"{number(request.capital)} USDT"
    yield "Leverage", "" if request.leverage is None else f"{request.leverage}"
    if request.costs is not None:
        yield from _cost_rows(request.costs)


def _cost_rows(costs: CostChoice) -> Rows:
    yield "Taker fee", f"{costs.taker_bps:g} bp"
    yield "Maker fee", "" if costs.maker_bps is None else f"{costs.maker_bps:g} bp, targets rest in the book"
    yield "Slippage", f"{costs.slippage_model.value}, {costs.slippage_bps:g} bp"
    yield "Slippage of the range", f"{costs.slippage_range_share:g} of ATR(14)" if costs.slippage_range_share else ""
    yield "Spread", f"{costs.spread_bps:g} bp"
    yield "Funding", "booked where the data has it" if costs.funding else "left out"
    yield "Latency", f"{costs.latency_bars} bars" if costs.latency_bars else ""
