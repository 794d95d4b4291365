"""Stored forecasts as they are scored: those that have matured and do not overlap."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, select

from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.probability.band_scores import places_among
from sigma_engine.probability.record import COVERAGES, ScoredForecasts
from sigma_engine.storage.models import ForecastRow, RunRow

_INTERVAL_MS = (ForecastRow.due_ms - ForecastRow.bar_ms) // ForecastRow.horizon_bars
ON_GRID = ForecastRow.bar_ms // _INTERVAL_MS % ForecastRow.horizon_bars == 0
"""Every horizon one forecast, whenever a run began: the candle's number since the epoch is a multiple of it."""

_LEVELS = np.array(sorted(0.5 + side * coverage / 2 for coverage in COVERAGES for side in (-1, 1)))


def scored_forecasts(
    connection: Connection, run_id: str, symbol: str, horizon_bars: int, model: str
) -> ScoredForecasts:
    """What a run said of a symbol and what came of it, oldest first; all made live."""
    return _scored(connection, RunRow.run_id == run_id, symbol, horizon_bars, model)


def scored_in_market(
    connection: Connection, source: str, timeframe: Timeframe, symbol: str, horizon_bars: int, model: str
) -> ScoredForecasts:
    """The same of all runs in a market that is kept; where several forecast from one candle, the first's word counts.

    ``source`` is its name in the store; replays have none and are asked for by their run.
    """
    market = (RunRow.source == source) & (RunRow.timeframe == timeframe)
    return _scored(connection, market, symbol, horizon_bars, model)


def stated_live(connection: Connection, run_id: str, symbol: str, limit: int) -> tuple[tuple[str, int, int], ...]:
    """``(model, horizon_bars, bar_ms)`` of the newest ``limit`` forecasts on the grid, newest first."""
    query = select(ForecastRow.model, ForecastRow.horizon_bars, ForecastRow.bar_ms)
    query = query.where(ForecastRow.run_id == run_id, ForecastRow.symbol == symbol, ON_GRID)
    rows = connection.execute(query.order_by(ForecastRow.bar_ms.desc()).limit(limit))
    return tuple((model, horizon_bars, bar_ms) for model, horizon_bars, bar_ms in rows)


def _scored(
    connection: Connection, runs: ColumnElement[bool], symbol: str, horizon_bars: int, model: str
) -> ScoredForecasts:
    query = (
        select(
            ForecastRow.bar_ms,
            ForecastRow.p_up,
            ForecastRow.p_up_plain,
            ForecastRow.price,
            ForecastRow.resolved_price,
            ForecastRow.bands,
        )
        .join(RunRow, RunRow.run_id == ForecastRow.run_id)
        .where(runs, ForecastRow.symbol == symbol, ForecastRow.horizon_bars == horizon_bars)
        .where(ForecastRow.model == model, ForecastRow.resolved_price > 0, ForecastRow.price > 0, ON_GRID)
        .where(ForecastRow.p_up.is_not(None))
        .order_by(ForecastRow.bar_ms, RunRow.started_ms, RunRow.run_id)
    )
    rows = connection.execute(query).all()
    return _record(rows) if rows else ScoredForecasts.empty()


def _record(rows: Sequence[Row[*tuple[Any, ...]]]) -> ScoredForecasts:
    stamps, p_up, p_plain, prices, came_to, bands = zip(*rows, strict=True)
    made_ms, first = np.unique(np.array(stamps, np.int64), return_index=True)
    price = np.array(prices, np.float64)[first]
    ends = np.log(np.array([_ends(kept) for kept in bands], np.float64)[first] / price[:, None, None])
    outcome = np.log(np.array(came_to, np.float64)[first] / price)
    low, high = ends[:, :, 0], ends[:, :, 1]
    unknown = np.full_like(low, np.nan)
    return ScoredForecasts(
        made_ms=made_ms,
        p_up=np.array(p_up, np.float64)[first],
        p_base=np.array(p_plain, np.float64)[first],
        outcome=outcome,
        place=places_among(outcome, _LEVELS, np.concatenate((low[:, ::-1], high), axis=1)),
        low=low,
        high=high,
        base_low=unknown,
        base_high=unknown,
        live=np.ones(len(made_ms), np.bool_),
    )


def _ends(bands: tuple[tuple[float, float, float], ...]) -> list[tuple[float, float]]:
    """The ends of the bands that are scored, NaN for one that was not kept."""
    kept = {coverage: (low, high) for coverage, low, high in bands}
    return [kept.get(coverage, (np.nan, np.nan)) for coverage in COVERAGES]
