"""Rows of a decision: by the block, candle by candle, compiled and interpreted, they are the same bits."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sigma_engine import kernels
from sigma_engine.domain.calibration import ModelName
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.probability.models import model_named
from sigma_engine.strategy.library import load_strategy, preset_names
from sigma_engine.strategy.plan import compile_plan
from sigma_engine.strategy.reader import SignalReader
from tests.engine.kernels.test_forecast import market

ROOT = Path(kernels.__file__).parents[2]
PRESETS = pytest.mark.parametrize("preset", preset_names())
INTERPRETED = """
import sys
import numpy as np
from sigma_engine import kernels
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.plan import compile_plan
from sigma_engine.strategy.reader import SignalReader

assert not kernels.compiled()
given, answer, preset = sys.argv[1:]
arrays = np.load(given)
reader = SignalReader(compile_plan(load_strategy(preset)), "BTC/USDT:USDT", Timeframe.M5, cost=0.0018)
np.save(answer, reader.rows(Candles(*(arrays[name] for name in arrays.files))))
np.save(answer + "-record", np.column_stack([reader.scored().outcome, reader.scored().place, reader.scored().low]))
"""


def reader(preset: str) -> SignalReader:
    return SignalReader(compile_plan(load_strategy(preset)), "BTC/USDT:USDT", Timeframe.M5, cost=0.0018)


@PRESETS
def test_a_block_is_its_candles_one_by_one(preset: str) -> None:
    candles = market(21, 700)
    one_by_one = reader(preset)
    rows = [one_by_one.rows(candles.slice(at, at + 1))[0] for at in range(len(candles))]
    np.testing.assert_array_equal(np.array(rows), reader(preset).rows(candles))


@PRESETS
def test_the_future_changes_nothing(preset: str) -> None:
    candles = market(22, 900)
    np.testing.assert_array_equal(reader(preset).rows(candles.slice(0, 650)), reader(preset).rows(candles)[:650])


@pytest.mark.skipif(not kernels.compiled(), reason="no kernel is compiled here: python setup.py build_ext --inplace")
def test_interpreted_rows_are_the_bits_of_the_compiled_ones(tmp_path: Path) -> None:
    candles, given, answer = market(23, 800), tmp_path / "candles.npz", str(tmp_path / "answer")
    np.savez(given, *candles.columns())
    environment = os.environ | {"SIGMA_KERNELS": "interpreted", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", INTERPRETED, str(given), answer, "sigma-fusion"]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    compiled = reader("sigma-fusion")
    np.testing.assert_array_equal(np.load(answer + ".npy"), compiled.rows(candles))
    record = compiled.scored()
    expected = np.column_stack([record.outcome, record.place, record.low])
    np.testing.assert_array_equal(np.load(answer + "-record.npy"), expected)


def column(rows: NDArray[np.float64], of: SignalReader, name: str) -> NDArray[np.float64]:
    return rows[:, of.columns.index(name)]


def test_the_clock_and_the_candle_stand_in_the_row() -> None:
    candles, read = market(24, 400), reader("sigma-fusion")
    rows = read.rows(candles)
    stamps = candles.open_ms.astype("datetime64[ms]")
    hours = (stamps - stamps.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    days = (stamps.astype("datetime64[D]").view("int64") - 4) % 7  # the epoch was a Thursday, Monday is 0
    np.testing.assert_array_equal(column(rows, read, "hour"), hours)
    np.testing.assert_array_equal(column(rows, read, "weekday"), days)
    np.testing.assert_array_equal(column(rows, read, "price"), candles.close)
    np.testing.assert_array_equal(column(rows, read, "low"), candles.low)
    assert set(column(rows, read, "cost")) == {0.0018}
    assert np.isnan(column(rows, read, "funding")).all()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 0.0, -5.0])
def test_a_broken_close_that_slipped_through_does_not_silence_the_forecast_for_good(bad: float) -> None:
    candles = market(25, 900)
    rows = list(candles)
    broken = rows[400]
    rows[400] = Candle(broken.open_ms, broken.open, broken.high, broken.low, bad, broken.volume)
    read = reader("sigma-fusion")
    sigma = column(read.rows(Candles.from_rows(rows)), read, "sigma")
    assert np.isfinite(sigma[-1])
    assert sigma[-1] > 0


def test_a_probability_that_lost_its_calibration_is_no_reading() -> None:
    candles, read = market(26, 4_000), reader("sigma-fusion")
    plain = SignalReader(
        compile_plan(load_strategy("sigma-fusion")), "BTC/USDT:USDT", Timeframe.M5, model=model_named(ModelName.GBM)
    )
    assert np.isfinite(column(read.rows(candles), read, "p_up")[300:]).all()
    said = column(plain.rows(candles), plain, "p_up")
    assert np.isfinite(said[300:1_000]).all()
    assert np.isnan(said[-1])
