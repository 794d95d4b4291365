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
    scored: list[tuple[CandleFile, HistoryScore]] = []
    with progress("forecasting", len(files)) as advance:
        for file in files:
            source = read_candle_file(file, symbol, timeframe)
            scored.append((source, _scored(source, horizon, model)))
            advance(1)
    for source, score in scored:
        if json:
            write_document({"file": source.path, **calibrate_document(score.model.stamp, score.forecasts)})
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
        f"{source.path.name}\n{short(source.symbol)} {source.timeframe}, {found.n:,} forecasts over "
        f"{'1 candle' if found.horizon_bars == 1 else f'{found.horizon_bars} candles'} by {found.model}"
    )
    write_table(title, [*_bands(found), *_odds(found)], ("", "model", "plain model", "compared"))
    write_text(found.verdict)


def _bands(found: CalibrationReport) -> list[tuple[str, str, str, str]]:
    rows = []
    for band in found.bands:
        name, off = f"{band.coverage:.0%} band", 100 * (band.share - band.coverage)
        rows.append((f"{name}: held", f"{band.share:.1%}", "", f"{_signed(off)} points off"))
        width = figure(band.interval_score, 1), figure(band.baseline_score, 1)
        rows.append((f"{name}: interval score, bp", *width, _better(band.interval_score, band.baseline_score)))
    return rows


def _odds(found: CalibrationReport) -> list[tuple[str, str, str, str]]:
    brier = figure(found.brier, 4), figure(found.baseline_brier, 4)
    return [
        ("P(up): Brier score", *brier, _better(found.brier, found.baseline_brier)),
        ("P(up): reliability term", figure(found.reliability, 5), "", ""),
        ("P(up): log loss", figure(found.log_loss, 4), "", ""),
        (
            "Past share of rises: Brier score",
            figure(found.climatology_brier, 4),
            "",
            f"{_signed(100 * found.skill, 2)}% skill",
        ),
    ]


def _better(score: float, reference: float) -> str:
    """By how much a score, of which less is better, beats another."""
    share = 100 * (1 - score / reference)
    return f"{share:.1f}% better" if share > -0.05 else f"{-share:.1f}% worse"


def _signed(value: float, digits: int = 1) -> str:
    """With its sign, and without one where it is shown as zero."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]
