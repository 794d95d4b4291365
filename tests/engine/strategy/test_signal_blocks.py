"""Signals by the block are those of the live reader, bit for bit, whatever is left out and wherever blocks are cut."""

import os
import subprocess
import sys
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sigma_engine import kernels
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.signal import Action, Signal
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.signals import SIGNAL_FIELDS
from sigma_engine.probability.forecast import TRUST
from sigma_engine.probability.models import DEFAULT_MODEL, MODELS, ForecastModel
from sigma_engine.strategy.library import load_strategy, preset_names
from sigma_engine.strategy.needs import Depth, Needs
from sigma_engine.strategy.plan import Plan, compile_plan
from sigma_engine.strategy.reader import SignalReader
from sigma_engine.strategy.signal_blocks import SignalBlocks
from sigma_engine.strategy.spec import read_spec

START_MS = 1_750_032_000_000  # 2025-06-16 00:00 UTC, a Monday
COST, FUNDING = 0.0018, 0.0001
ROOT = Path(kernels.__file__).parents[2]
AT = {name: at for at, name in enumerate(SIGNAL_FIELDS)}
MARKET = ("open", "high", "low", "close", "atr")
VERDICT = ("action", "exit_long", "exit_short")
DIRECTION = ("p_up", "trust", "matured")

ODD: dict[str, dict[str, Any]] = {
    "rules of each regime": {
        "entry_long": ["rsi < 45", "er(20) < 0.3"],
        "entry_short": [["rsi > 60"], ["zscore > 2", "macd.hist falling"]],
        "exit_long": "rsi > 65",
        "regime_rules": {
            "ranging": {"entry_long": "zscore < -1", "exit_short": "zscore < 0"},
            "trending": {"entry_short": "adx > 30 and di_minus > di_plus"},
            "mixed": "long",
        },
    },
    "filters": {
        "entry_long": "price > 0",
        "filters": [
            "volume > 0.5 * volume_sma(20)",
            "not (hour >= 20 or weekday > 4) or cost < 0.001",
            "funding < 0.01",
        ],
    },
    "a session over midnight": {"entry_short": "close < sma(20)", "session": "21:30-04:15", "days": "weekdays"},
    "a session by day": {"entry_short": "close < sma(20)", "session": "08:00-16:00"},
    "weekends": {"entry_long": "close > sma(20)", "days": "weekends"},
    "longer timeframes": {
        "entry_long": "close > ema(9)@15m and rsi(14)@30m rising",
        "exit_long": "price@15m crosses_below ema(9)",
        "direction": "long",
    },
    "a turning one": {"entry_long": "rsi < 45", "entry_short": "rsi > 55", "reverse": True},
    "levels": {
        "symbols": ["BTC/USDT"],
        "direction": "long",
        "entry_long": "rsi < 60",
        "stop_loss": {"type": "price", "value": 59_500},
        "take_profit": {"type": "price", "value": 60_400},
    },
    "percent": {
        "entry_long": "sigma > 0.0008 and sigma rising",
        "entry_short": "regime == trending and high > bb.upper",
        "stop_loss": {"type": "percent", "value": 0.5},
        "take_profit": {"type": "none"},
        "horizon_bars": 3,
        "barrier_bars": 7,
    },
    "a probability": {"entry_long": "p_up >= 0.5 and mc.prob_up > 0.4", "entry_short": "p_up < 0.5"},
    "fusion by regime": {
        "fusion": {"threshold": 0.3, "margin": 0.05, "weights": {"rsi": {"trending": 0, "mixed": 9, "ranging": 9}}},
        "regime_rules": {"ranging": {"threshold": 0.6}, "trending": {"margin": 0.4, "exit_long": "rsi > 60"}},
        "filters": "hour < 22",
        "reverse": True,
    },
    "fusion without a probability": {
        "fusion": {"weights": {"p_up": {"trending": 0, "mixed": 0, "ranging": 0}}, "threshold": 0.2, "margin": 0.0},
        "exit_short": "stoch.k crosses_above 20",
    },
}


def market(count: int, seed: int = 3) -> Candles:
    """A walk whose drift turns and whose pace changes, with flat stretches, wild candles, holes and broken ones."""
    rng = np.random.default_rng(seed)
    pace = np.where(np.arange(count) % 400 < 30, 0.0, 0.001) * rng.choice([1, 1, 1, 12], count)
    drift = 0.0006 * np.sign(np.sin(np.arange(count) / 40)) * (np.arange(count) % 300 > 150)
    close = 60_000 * np.exp(np.cumsum(rng.normal(drift * (pace > 0), pace)))
    open_ = np.concatenate([[60_000.0], close[:-1]])
    high = np.maximum(open_, close) * (1 + rng.random(count) * 0.8 * pace)
    low = np.minimum(open_, close) * (1 - rng.random(count) * 0.8 * pace)
    volume = rng.lognormal(0, 1, count) * (pace > 0)
    stamps = START_MS + (np.arange(count, dtype=np.int64) + 3 * (np.arange(count) > count // 2)) * 300_000
    close[370], high[371], low[600:602], volume[700] = nan, low[371] * 0.5, 0.0, -1.0
    return Candles(stamps, open_, high, low, close, volume)


CANDLES = market(1_500)


def plan_of(document: dict[str, Any]) -> Plan:
    return compile_plan(read_spec(document))


PLANS = {name: compile_plan(load_strategy(name)) for name in preset_names()}
PLANS |= {name: plan_of(document) for name, document in ODD.items()}
EVERY = pytest.mark.parametrize("name", PLANS)


def told(candle: Candle, signal: Signal) -> list[float]:
    """What the reader's signal says, in the order of the fields."""
    forecast = signal.forecast
    action = float((signal.action is Action.BUY) - (signal.action is Action.SELL))
    row = [candle.open, candle.high, candle.low, candle.close, signal.atr, nan]
    row += [action, float(signal.exit_long), float(signal.exit_short), *[nan] * 11]
    if forecast is not None:
        row[AT["sigma"]] = forecast.sigma
        row[AT["p_up"] :] = [
            forecast.p_up, forecast.p_target, forecast.p_stop, forecast.p_target_short, forecast.p_stop_short,
            forecast.p_target_error, forecast.p_target_short_error, forecast.expected_move,
            forecast.expected_move_error, TRUST.index(forecast.trust), forecast.matured,
        ]  # fmt: skip
    return row


def read(plan: Plan, candles: Candles = CANDLES, model: ForecastModel = DEFAULT_MODEL) -> NDArray[np.float64]:
    """The live reader's signals, candle by candle."""
    reader = SignalReader(plan, "BTC/USDT:USDT", Timeframe.M5, cost=COST, funding=FUNDING, model=model)
    return np.array([told(candle, reader.close(candle)) for candle in candles])


def blocks_of(plan: Plan, needs: Needs, model: ForecastModel = DEFAULT_MODEL) -> SignalBlocks:
    return SignalBlocks(plan, Timeframe.M5, cost=COST, funding=FUNDING, model=model, needs=needs)


def run(blocks: SignalBlocks, candles: Candles, cuts: tuple[int, ...] = ()) -> NDArray[np.float64]:
    out = np.full((len(candles), len(SIGNAL_FIELDS)), 99.0)
    for start, stop in zip((0, *cuts), (*cuts, len(candles)), strict=True):
        blocks.run(candles.slice(start, stop), out[start:stop])
    return out


def assert_same(found: NDArray[np.float64], expected: NDArray[np.float64], fields: tuple[str, ...]) -> None:
    """The same bits in these fields, and nothing in the others."""
    for name in SIGNAL_FIELDS:
        if name in fields:
            np.testing.assert_array_equal(found[:, AT[name]], expected[:, AT[name]], err_msg=name)
        else:
            assert np.isnan(found[:, AT[name]]).all(), name


@EVERY
def test_blocks_say_what_the_reader_says(name: str) -> None:
    plan = PLANS[name]
    assert_same(run(blocks_of(plan, Needs.everything(plan)), CANDLES, (1, 130, 777)), read(plan), SIGNAL_FIELDS)


@EVERY
def test_what_is_left_out_changes_nothing_that_is_computed(name: str) -> None:
    plan = PLANS[name]
    needs = Needs.of(plan)
    fields = (*MARKET, "sigma", *VERDICT, *(DIRECTION if needs.depth is Depth.DIRECTION else ()))
    assert_same(run(blocks_of(plan, needs), CANDLES), read(plan), fields)


@EVERY
def test_every_strategy_is_put_to_work(name: str) -> None:
    """On this market each of them acts, so that the tests above compare something."""
    plan = PLANS[name]
    signals = run(blocks_of(plan, Needs.of(plan)), CANDLES)
    assert np.count_nonzero(signals[:, AT["action"]]) > 0
    exits = any(rules.exit_long or rules.exit_short for rules in plan.regime_rules) or plan.spec.reverse
    assert bool(np.any(signals[:, [AT["exit_long"], AT["exit_short"]]])) is exits


@settings(max_examples=25)
@given(st.sampled_from(sorted(PLANS)), st.sets(st.integers(1, 399), max_size=4), st.booleans())
def test_it_does_not_matter_where_blocks_are_cut(name: str, cuts: set[int], lean: bool) -> None:
    plan, candles = PLANS[name], CANDLES.slice(0, 400)
    needs = Needs.of(plan) if lean else Needs.everything(plan)
    whole = run(blocks_of(plan, needs), candles)
    np.testing.assert_array_equal(run(blocks_of(plan, needs), candles, tuple(sorted(cuts))), whole)


@EVERY
@pytest.mark.parametrize("warm", [1, 128, 300])
def test_a_warm_up_leaves_the_state_of_a_run(name: str, warm: int) -> None:
    plan = PLANS[name]
    blocks = blocks_of(plan, Needs.of(plan))
    blocks.warm_up(CANDLES.slice(0, warm))
    whole = run(blocks_of(plan, Needs.of(plan)), CANDLES)
    np.testing.assert_array_equal(run(blocks, CANDLES.slice(warm)), whole[warm:])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("name", ["sigma-fusion", "a probability", "ema-trend"])
def test_whoever_makes_the_forecasts(name: str, model: ForecastModel) -> None:
    plan, candles = PLANS[name], CANDLES.slice(0, 500)
    expected = read(plan, candles, model)
    assert_same(run(blocks_of(plan, Needs.everything(plan), model), candles), expected, SIGNAL_FIELDS)
    lean = run(blocks_of(plan, Needs.of(plan), model), candles)
    for field in (*MARKET, "sigma", *VERDICT):
        np.testing.assert_array_equal(lean[:, AT[field]], expected[:, AT[field]], err_msg=field)


def test_a_gate_needs_all_of_the_forecast() -> None:
    plan = PLANS["ema-trend"]
    for gate in ("edge", "probability", "kelly"):
        needs = Needs.of(plan, **{gate: True})
        assert needs.depth is Depth.EVERYTHING
        assert not needs.votes
        assert_same(run(blocks_of(plan, needs), CANDLES), read(plan), SIGNAL_FIELDS)


def test_a_strategy_needs_what_it_reads_and_no_more() -> None:
    trend = Needs.of(PLANS["ema-trend"])
    assert set(trend.columns) == {"ema(9)", "ema(20)", "rsi(14)", "atr(14)"}
    assert (trend.votes, trend.regime, trend.depth) == (False, False, Depth.SIGMA)
    assert "mc.drift" in Needs.of(PLANS["a probability"]).columns
    assert Needs.of(PLANS["fusion without a probability"]).depth is Depth.SIGMA
    assert Needs.of(PLANS["sigma-fusion"]).depth is Depth.DIRECTION
    assert Needs.of(PLANS["percent"]).regime


def test_a_long_history_learns_and_forgets_alike() -> None:
    """More than the pool and the memory hold, so that what leaves them has left."""
    plan = plan_of({"fusion": {"threshold": 0.3, "margin": 0.1}, "horizon_bars": 2})
    candles = market(26_000, seed=8)
    full = run(blocks_of(plan, Needs.everything(plan)), candles)
    assert_same(run(blocks_of(plan, Needs.of(plan)), candles), full, (*MARKET, "sigma", *VERDICT, *DIRECTION))
    assert np.nanmax(full[:, AT["matured"]]) > 10_000


def test_no_candles_are_no_signals() -> None:
    plan = PLANS["ema-trend"]
    blocks = blocks_of(plan, Needs.of(plan))
    blocks.run(Candles.empty(), np.empty((0, len(SIGNAL_FIELDS))))
    np.testing.assert_array_equal(run(blocks, CANDLES), run(blocks_of(plan, Needs.of(plan)), CANDLES))


def test_room_of_another_shape_is_refused() -> None:
    plan = PLANS["ema-trend"]
    with pytest.raises(ValueError, match="1500 candles need 1500 x 20 numbers"):
        blocks_of(plan, Needs.of(plan)).run(CANDLES, np.empty((len(CANDLES), 3)))


INTERPRETED = """
import sys
import numpy as np
from sigma_engine import kernels
from tests.engine.strategy.test_signal_blocks import CANDLES, PLANS, Needs, blocks_of, run

assert not kernels.compiled()
names = sys.argv[2:]
candles = CANDLES.slice(0, 500)
np.savez(sys.argv[1], *(run(blocks_of(PLANS[name], Needs.of(PLANS[name])), candles) for name in names))
"""


@pytest.mark.skipif(not kernels.compiled(), reason="no kernel is compiled here: python setup.py build_ext --inplace")
def test_interpreted_signals_are_the_bits_of_the_compiled_ones(tmp_path: Path) -> None:
    names = ["sigma-fusion", "rules of each regime", "percent"]
    environment = os.environ | {"SIGMA_KERNELS": "interpreted", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", INTERPRETED, str(tmp_path / "answer.npz"), *names]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    interpreted = np.load(tmp_path / "answer.npz")
    for key, name in zip(interpreted.files, names, strict=True):
        found = run(blocks_of(PLANS[name], Needs.of(PLANS[name])), CANDLES.slice(0, 500))
        np.testing.assert_array_equal(interpreted[key], found)
