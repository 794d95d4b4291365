"""Stored forecasts: kept whole when made, resolved once when due, and read back as a record that can be scored."""

import asyncio
import math
import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from alembic import command
from sqlalchemy.dialects import sqlite

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.probability.report import report
from sigma_engine.session.ports import Batch
from sigma_engine.storage import batches
from sigma_engine.storage.engines import address, writer_engine
from sigma_engine.storage.migrations import HEAD, runner
from tests.engine.storage.storage_samples import BAR_MS, PAIRS, RUN, START_MS, batch, candle, decision, opened

BTC = PAIRS[0]
HORIZON = 12
GRID_MS = HORIZON * BAR_MS


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sigma.db"


def with_store(file, scenario):
    async def run():
        async with opened(file) as store:
            return await scenario(store)

    return asyncio.run(run())


def rows(file, query):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def forecast(number, run=RUN, **figures):
    """A batch with nothing but a decision on the ``number``-th candle, some figures of its forecast given."""
    made = decision(number)
    stated = replace(made.signal.forecast, **figures)
    return Batch(run=run, positions=(), decisions=[replace(made, signal=replace(made.signal, forecast=stated))])


def commit(file, *batches):
    async def scenario(store):
        for each in batches:
            await store.commit(each)

    with_store(file, scenario)


def scored(file, run_id=RUN.run_id, symbol=BTC, horizon_bars=HORIZON, model="empirical"):
    return with_store(file, lambda store: store.scored_forecasts(run_id, symbol, horizon_bars, model))


def test_the_clock_of_these_tests_begins_on_the_grid():
    assert START_MS // BAR_MS % HORIZON == 0


def test_a_forecast_is_kept_with_its_bands_its_errors_and_its_trust(file):
    commit(
        file,
        forecast(
            0,
            band_errors=(0.1, 0.2, math.nan),
            expected_move=1e-4,
            p_up_error=0.02,
            barrier_bars=24,
            matured=812,
            trust=Trust.RED,
        ),
    )
    kept = "bands, band_errors, expected_move, p_up_error, sigma_error, barrier_bars, matured, trust"
    assert rows(file, f"SELECT {kept} FROM forecasts") == [
        (
            "[[0.7,99.1,101.2],[0.9,98.0,102.0],[0.95,97.3,103.1]]",
            "[0.1,0.2,null]",
            1e-4,
            0.02,
            None,
            24,
            812,
            "miscalibrated",
        )
    ]


def test_only_forecasts_that_do_not_overlap_are_scored(file):
    commit(file, *(batch(number) for number in range(41)))
    found = scored(file)
    assert found.made_ms.tolist() == [START_MS, START_MS + GRID_MS, START_MS + 2 * GRID_MS]
    assert len(rows(file, f"SELECT 1 FROM forecasts WHERE symbol = '{BTC}' AND resolved_ms IS NOT NULL")) == 29


def test_the_record_is_what_was_said_and_what_came_of_it(file):
    commit(file, *(batch(number) for number in range(13)))
    found = scored(file)
    price, came_to = 100.7, 112.7
    assert found.p_up.tolist() == [0.5]
    assert found.p_base.tolist() == [0.5123]
    assert found.outcome == pytest.approx([math.log(came_to / price)])
    assert found.low == pytest.approx(np.log(np.array([[99.1, 98.0, 97.3]]) / price))
    assert found.high == pytest.approx(np.log(np.array([[101.2, 102.0, 103.1]]) / price))
    assert found.place[0] > 0.975
    assert np.isnan(found.base_low).all()
    assert found.live.tolist() == [True]


def test_a_band_that_was_not_told_is_unknown(file):
    commit(file, forecast(0, bands=((0.7, math.nan, math.inf), (0.95, 97.3, 103.1))), forecast(12))
    found = scored(file)
    assert np.isnan(found.low).tolist() == np.isnan(found.high).tolist() == [[True, True, False]]
    assert np.isnan(found.place).tolist() == [True]


def test_the_record_can_be_reported(file):
    commit(file, *(batch(number) for number in range(13)))
    found = report(BTC, HORIZON, "empirical", scored(file), edge=False)
    assert (found.n, found.live_n, found.bands[1].share) == (1, 1, 0.0)


def test_another_symbol_horizon_model_or_run_is_another_record(file):
    commit(file, *(batch(number) for number in range(13)))
    assert len(scored(file, symbol=PAIRS[1])) == 1
    assert len(scored(file, symbol="XMR/USDT:USDT")) == 0
    assert len(scored(file, horizon_bars=24)) == 0
    assert len(scored(file, model="gbm")) == 0
    assert len(scored(file, run_id="another")) == 0


def test_a_forecast_due_after_a_restart_is_resolved_by_the_run_that_goes_on(file):
    commit(file, forecast(0))
    commit(file, forecast(12))
    assert scored(file).made_ms.tolist() == [START_MS]


def missed(file, *numbers):
    """The candles of these numbers arrive as history after the program was off."""
    block = Candles.from_rows([candle(number) for number in numbers])
    with_store(file, lambda store: store.save_candles(RUN.source, BTC, RUN.timeframe, block))


def test_a_forecast_due_while_the_program_was_off_is_resolved_by_the_history_that_arrives(file):
    commit(file, forecast(0))
    missed(file, 11, 12, 13)
    resolved = rows(file, "SELECT resolved_ms, resolved_price FROM forecasts")
    assert resolved == [(START_MS + 13 * BAR_MS, candle(12).close)]


def test_a_forecast_whose_candle_nobody_knows_stays_unresolved_and_is_not_scored(file):
    commit(file, forecast(0))
    missed(file, 11, 13)
    commit(file, forecast(13))
    assert rows(file, f"SELECT resolved_ms FROM forecasts WHERE bar_ms = {START_MS}") == [(None,)]
    assert len(scored(file)) == 0


def test_history_of_another_market_resolves_nothing(file):
    commit(file, forecast(0))
    block = Candles.from_rows([candle(12)])
    with_store(file, lambda store: store.save_candles("another", BTC, RUN.timeframe, block))
    with_store(file, lambda store: store.save_candles(RUN.source, BTC, Timeframe.M5, block))
    with_store(file, lambda store: store.save_candles(RUN.source, PAIRS[1], RUN.timeframe, block))
    assert rows(file, "SELECT resolved_ms FROM forecasts") == [(None,)]


def test_what_was_resolved_is_never_resolved_again(file):
    commit(file, forecast(0), forecast(12))
    before = rows(file, "SELECT * FROM forecasts")
    changed = forecast(12)
    price = replace(changed.decisions[0], signal=replace(changed.decisions[0].signal, price=1.0))
    commit(file, replace(changed, decisions=[price]), forecast(0, p_up=0.9))
    missed(file, 12)
    assert rows(file, "SELECT * FROM forecasts") == before


def test_a_market_is_scored_over_all_its_runs_and_the_first_word_counts(file):
    later = replace(RUN, run_id="run-2", started_ms=RUN.started_ms + 1)
    elsewhere = replace(RUN, run_id="run-3", source="another")
    commit(file, forecast(0), forecast(12), forecast(24))
    commit(file, *(forecast(number, later, p_up=0.6) for number in (12, 24, 36)))
    commit(file, *(forecast(number, elsewhere, p_up=0.7) for number in (0, 12)))
    found = with_store(file, lambda store: store.scored_in_market(RUN.source, RUN.timeframe, BTC, HORIZON, "empirical"))
    assert ((found.made_ms - START_MS) // GRID_MS).tolist() == [0, 1, 2]
    assert found.p_up.tolist() == [0.5, 0.5, 0.6]


def test_a_run_that_goes_on_knows_what_it_said_live(file):
    commit(file, *(batch(number) for number in range(26)))
    stored = with_store(file, lambda store: store.latest_run(RUN.mode, 0))
    assert stored.stated[BTC] == tuple(("empirical", HORIZON, START_MS + number * BAR_MS) for number in (24, 12, 0))
    assert set(stored.stated) == set(RUN.symbols)


def database_of_schema_0001(file):
    """A file as the first SIGMA left it: a forecast that was resolved and one that was not."""
    engine = writer_engine(address(file))
    with engine.connect() as connection, connection.begin():
        config = runner._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    run = {
        **{name: "" for name in ("strategy_name", "strategy", "feed_checkpoint")},
        **{name: "10000" for name in ("initial", "wallet", "day_open_equity", "peak_equity", "fees_paid")},
        **{"run_id": RUN.run_id, "mode": "demo", "status": "running", "symbols": f'["{BTC}"]', "timeframe": "1m"},
        **{"source": RUN.source, "started_ms": START_MS, "market_ms": START_MS, "trades_today": 0},
    }
    figures = dict.fromkeys(("sigma", "p_up_plain", "p_target", "p_stop", "p_target_short", "p_stop_short"), 0.5)
    said = {
        **{"run_id": RUN.run_id, "symbol": BTC, "horizon_bars": HORIZON, "model": "empirical", "calibrated": 0},
        **{"price": 100.7, "p_up": 0.5, "paths": 1000, "p_up_paths": 0.5, "standard_error": 0.0158, **figures},
    }
    resolved = {"resolved_ms": START_MS + 13 * BAR_MS, "resolved_price": 112.7}
    first = {"bar_ms": START_MS, "due_ms": START_MS + GRID_MS, **resolved}
    second = {"bar_ms": START_MS + GRID_MS, "due_ms": START_MS + 2 * GRID_MS}
    with closing(sqlite3.connect(file)) as connection, connection:
        for table, row in (("runs", run), ("forecasts", said | first), ("forecasts", said | second)):
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def test_a_database_of_the_first_schema_is_brought_up_to_date_and_keeps_its_forecasts(file):
    database_of_schema_0001(file)
    before = rows(file, "SELECT * FROM forecasts")
    commit(file, forecast(24))
    assert rows(file, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    after = rows(file, "SELECT * FROM forecasts ORDER BY bar_ms")
    assert after[0] == before[0] + (None,) * 11
    found = scored(file)
    assert found.made_ms.tolist() == [START_MS, START_MS + GRID_MS]
    assert found.outcome[0] == pytest.approx(math.log(112.7 / 100.7))
    assert np.isnan(found.low).all()
    assert report(BTC, HORIZON, "empirical", found, edge=False).bands[0].n == 0


def test_resolving_a_forecast_takes_no_longer_the_more_there_are(file):
    """SQLite must find what fell due by the index of due times, not by walking through the market's forecasts."""
    asyncio.run(with_nothing(file))
    statement = str(batches._RESOLVE.compile(dialect=sqlite.dialect()))
    plan = rows(file, f"EXPLAIN QUERY PLAN {statement.replace('?', '1')}")
    searches = [detail for *_, detail in plan if detail.startswith("SEARCH")]
    assert searches
    assert all("due_ms=" in search or "bar_ms=" in search for search in searches), plan


async def with_nothing(file):
    async with opened(file):
        pass
