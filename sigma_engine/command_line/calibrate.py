"""`sigma-engine calibrate`: forecasts over history, held against what happened and against the plain model."""

from pathlib import Path
from typing import Annotated

import typer

from sigma_engine.backtest.calibration import LEAST_HISTORY, HistoryScore, score_history
from sigma_engine.command_line.data import Symbol, Timeframe
from sigma_engine.command_line.options import AsJson
from sigma_engine.command_line.output import figure, progress, write_document, write_table, write_text
from sigma_engine.domain.calibration import CalibrationReport, ModelName
from sigma_engine.domain.symbol import short
from sigma_engine.errors import InputError
from sigma_engine.market.candle_file import CandleFile, read_candle_file
from sigma_engine.probability.models import DEFAULT_MODEL, model_named
from sigma_engine.probability.report import calibrate_document

Horizon = Annotated[int, typer.Option("--horizon", min=1, max=288, help="How many candles a forecast looks ahead.")]
Model = Annotated[ModelName, typer.Option("--model", help="Which model makes the forecasts.")]


def calibrate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Candles: CSV, CSV.gz or Parquet.")],
    horizon: Horizon = 12,
    model: Model = DEFAULT_MODEL.name,
    symbol: Symbol = None,
    timeframe: Timeframe = None,
    json: AsJson = False,
) -> None:
    """Forecast at every candle of each file and hold what was said against what happened.

    Only forecasts that do not overlap are scored; the plain model (a random walk with the drift and volatility of 50
    candles) is scored on the same ones.
    """
    with progress("forecasting", len(files)) as advance:
        for file in files:
            source = read_candle_file(file, symbol, timeframe)
            score = _scored(source, horizon, model)
            advance(1)
            if json:
                write_document({"file": file, **calibrate_document(score.model.stamp, score.forecasts)})
            else:
                _show(source, score.report(source.symbol))


def _scored(source: CandleFile, horizon: int, model: ModelName) -> HistoryScore:
    score = score_history(source.candles, source.timeframe, horizon, model_named(model))
    if len(score.forecasts) == 0:
        raise InputError(
            f"{source.path} holds {len(source.candles)} candles, too few to score a forecast over {horizon}: give it "
            f"more than {LEAST_HISTORY + 2 * horizon}, or a shorter --horizon."
        )
    return score


def _show(source: CandleFile, found: CalibrationReport) -> None:
    title = (
        f"{source.path.name}: {short(source.symbol)} {source.timeframe}, {found.n:,} forecasts over "
        f"{found.horizon_bars} candles by {found.model}"
    )
    write_table(title, [*_bands(found), *_odds(found)], ("", "model", "plain model", "better by"))
    write_text(found.verdict)


def _bands(found: CalibrationReport) -> list[tuple[str, str, str, str]]:
    rows = []
    for band in found.bands:
        name, better = f"{band.coverage:.0%} band", 1 - band.interval_score / band.baseline_score
        rows.append((f"{name}: held", f"{band.share:.1%}", "", f"{100 * (band.share - band.coverage):+.1f} points off"))
        width = figure(band.interval_score, 1), figure(band.baseline_score, 1)
        rows.append((f"{name}: interval score, bp", *width, f"{better:.1%}"))
    return rows


def _odds(found: CalibrationReport) -> list[tuple[str, str, str, str]]:
    return [
        ("P(up): Brier score", figure(found.brier, 4), figure(found.baseline_brier, 4), ""),
        ("P(up): of the share of rises known before", figure(found.climatology_brier, 4), "", f"{found.skill:+.2%}"),
        ("P(up): reliability term", figure(found.reliability, 5), "", ""),
        ("P(up): log loss", figure(found.log_loss, 4), "", ""),
    ]
