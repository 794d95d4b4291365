"""Signals candle by candle: warm-up, previews, copies, the fusion, conditions, permissions and exits."""

import os
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigma_engine import kernels
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.signal import Action, Phase, Regime, Signal
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.strategy.fusion import VOTES
from sigma_engine.strategy.library import load_strategy, preset_names
from sigma_engine.strategy.plan import Plan, compile_plan
from sigma_engine.strategy.reader import SignalReader
from sigma_engine.strategy.spec import read_spec

SYMBOL = "BTC/USDT:USDT"
START_MS = 1_750_032_000_000  # 2025-06-16 00:00 UTC, a Monday
ROOT = Path(kernels.__file__).parents[2]
INTERPRETED = """
import pickle, sys
from pathlib import Path
from sigma_engine import kernels
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.plan import compile_plan
from sigma_engine.strategy.reader import SignalReader

assert not kernels.compiled()
given, answer = map(Path, sys.argv[1:])
reader = SignalReader(compile_plan(load_strategy("sigma-fusion")), "BTC/USDT:USDT", Timeframe.M5)
answer.write_bytes(pickle.dumps([reader.close(candle) for candle in pickle.loads(given.read_bytes())]))
"""


def walk(count: int, seed: int = 3) -> list[Candle]:
    """Candles of a walk whose drift turns, so that every regime and both sides occur."""
    rng = np.random.default_rng(seed)
    drift = 0.0006 * np.sign(np.sin(np.arange(count) / 40)) * (np.arange(count) % 300 > 150)
    close = 60_000 * np.exp(np.cumsum(rng.normal(drift, 0.001)))
    open_ = np.concatenate([[60_000.0], close[:-1]])
    high = np.maximum(open_, close) * (1 + rng.random(count) * 0.0008)
    low = np.minimum(open_, close) * (1 - rng.random(count) * 0.0008)
    stamps = START_MS + np.arange(count, dtype=np.int64) * 300_000
    return list(Candles(stamps, open_, high, low, close, rng.lognormal(0, 1, count)))


CANDLES = walk(900)


def plan_of(**document: Any) -> Plan:
    return compile_plan(read_spec(document))


def reader_of(plan: Plan, warm: int = 0) -> SignalReader:
    reader = SignalReader(plan, SYMBOL, Timeframe.M5)
    reader.warm_up(Candles.from_rows(CANDLES[:warm]))
    return reader


def signals(plan: Plan, warm: int = 250) -> list[Signal]:
    reader = reader_of(plan, warm)
    return [reader.close(candle) for candle in CANDLES[warm:]]


FUSION = compile_plan(load_strategy("sigma-fusion"))


def test_it_waits_until_it_is_warm_and_says_how_long() -> None:
    said = signals(plan_of(entry_long="price > 0"), warm=0)
    assert said[179].reason == "warming up: 180 of 250 candles"
    assert {signal.action for signal in said[:249]} == {Action.WAIT}
    assert {signal.action for signal in said[249:]} == {Action.BUY}
    assert (said[248].confidence, said[249].confidence) == (0.0, 1.0)


def test_a_longer_indicator_needs_a_longer_warm_up() -> None:
    said = signals(plan_of(entry_long="ema(400) > 0"), warm=0)
    assert said[448].reason == "warming up: 449 of 450 candles"
    assert said[449].action is Action.BUY


def test_before_any_candle_nothing_is_known_and_nothing_breaks() -> None:
    first = reader_of(FUSION).close(CANDLES[0])
    assert first.action is Action.WAIT
    assert first.forecast is None
    assert first.regime is Regime.MIXED


@pytest.mark.parametrize("name", preset_names())
@pytest.mark.parametrize("warm", [1, 299, 600])
def test_a_block_warms_up_to_the_same_bits_as_its_candles(name: str, warm: int) -> None:
    plan = compile_plan(load_strategy(name))
    singly, block = reader_of(plan), reader_of(plan, warm)
    for candle in CANDLES[:warm]:
        singly.close(candle)
    rest = CANDLES[warm : warm + 60]
    assert [repr(singly.close(candle)) for candle in rest] == [repr(block.close(candle)) for candle in rest]


@pytest.mark.parametrize("name", preset_names())
def test_a_preview_says_what_the_close_will_say_and_changes_nothing(name: str) -> None:
    plan = compile_plan(load_strategy(name))
    undisturbed, previewing = reader_of(plan, 600), reader_of(plan, 600)
    for candle in CANDLES[600:640]:
        forming = Candle(candle.open_ms, candle.open, candle.open, candle.open * 0.97, candle.open * 0.98, 1.0)
        previewing.preview(forming)
        expected = previewing.preview(candle)
        assert expected.preview
        closed = undisturbed.close(candle)
        assert repr(previewing.close(candle)) == repr(closed)
        assert repr(expected).replace("preview=True", "preview=False") == repr(closed)


def test_a_copy_goes_its_own_way() -> None:
    reader = reader_of(FUSION, 600)
    twin = reader.copy()
    for candle in walk(50, seed=8):
        twin.close(candle)
    expected = reader_of(FUSION, 600)
    assert [reader.close(c) for c in CANDLES[600:620]] == [expected.close(c) for c in CANDLES[600:620]]


def test_a_signal_carries_its_place_in_time_and_price() -> None:
    candle = CANDLES[600]
    signal = reader_of(FUSION, 600).close(candle)
    assert (signal.symbol, signal.bar_ms, signal.at_ms) == (SYMBOL, candle.open_ms, candle.open_ms + 300_000)
    assert signal.price == candle.close
    assert signal.atr > 0


@pytest.mark.parametrize("name", preset_names())
def test_every_strategy_shows_the_sixteen_indicators(name: str) -> None:
    signal = reader_of(compile_plan(load_strategy(name)), 600).close(CANDLES[600])
    assert len(signal.readings) == 16
    assert len({reading.name for reading in signal.readings}) == 16
    order = [list(Phase).index(reading.phase) for reading in signal.readings]
    assert order == sorted(order)
    silent = [reading.name for reading in signal.readings if reading.vote is None]
    assert silent == ["ATR 14", "Garman-Klass"]
    assert not [text for reading in signal.readings for text, value in reading.values if value != value]
    weights = {vote.title: dict(zip(Regime, vote.weights, strict=True))[signal.regime] for vote in VOTES}
    assert {r.name: r.weight for r in signal.readings if r.vote is not None} == weights


def test_scores_add_up_the_readings() -> None:
    for signal in signals(FUSION, 600)[:100]:
        votes = [(reading.vote, reading.weight) for reading in signal.readings if reading.vote is not None]
        total = sum(weight for _, weight in votes)
        assert signal.long_score == pytest.approx(sum(w * max(v, 0) for v, w in votes) / total)
        assert signal.short_score == pytest.approx(sum(w * max(-v, 0) for v, w in votes) / total)
        assert signal.confidence == max(signal.long_score, signal.short_score)


def test_the_fusion_acts_on_threshold_and_lead_and_says_why() -> None:
    said = signals(FUSION)
    by_action = {action: [signal for signal in said if signal.action is action] for action in Action}
    assert all(by_action.values())
    for signal in by_action[Action.BUY]:
        assert signal.long_score >= 0.5
        assert signal.long_score - signal.short_score >= 0.3
        assert signal.reason.startswith(f"long {signal.long_score:.2f} against short {signal.short_score:.2f}: ")
        assert signal.reason.endswith(f" agree; {signal.regime}")
    for signal in by_action[Action.SELL]:
        assert signal.short_score >= 0.5
        assert signal.short_score - signal.long_score >= 0.3
        assert signal.reason.startswith("short ")
    for signal in by_action[Action.WAIT]:
        assert signal.long_score < 0.5 or signal.long_score - signal.short_score < 0.3
        assert "are needed" in signal.reason
    assert (said[0].threshold, said[0].margin) == (0.5, 0.3)


def test_conditions_fire_with_their_present_numbers() -> None:
    said = signals(plan_of(entry_long="rsi crosses_below 30", entry_short="rsi crosses_above 70"))
    fired = [signal for signal in said if signal.action is not Action.WAIT]
    assert {signal.action for signal in fired} == {Action.BUY, Action.SELL}
    for signal in fired:
        rsi = next(value for reading in signal.readings for text, value in reading.values if text == "rsi(14)")
        level = "crosses_below 30" if signal.action is Action.BUY else "crosses_above 70"
        assert signal.reason == f"rsi(14) {rsi:.6g} {level}; {signal.regime}"
        assert signal.confidence == 1.0
    assert said[0].threshold is None


def test_scores_are_the_share_of_the_fullest_group() -> None:
    groups = [["price > 0", "price < 1", "volume < 1e-9"], ["price < 1", "volume > 0"]]
    signal = signals(plan_of(entry_long=groups, entry_short=["price < 1"]))[0]
    assert (signal.long_score, signal.short_score, signal.confidence) == (0.5, 0.0, 0.5)
    assert signal.reason == f"waiting for long: price {signal.price:.6g} < 1 (1 of 2 hold); {signal.regime}"


def test_opposite_conditions_at_once_cancel() -> None:
    signal = signals(plan_of(entry_long="price > 0", entry_short="volume > 0"))[0]
    assert signal.action is Action.WAIT
    assert "at once" in signal.reason


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"direction": "short", "entry_short": "price < 1"}, "the strategy is short only"),
        ({"filters": "price < 1"}, "< 1"),
        ({"days": "weekends"}, "weekends only"),
        ({"session": "03:00-03:05"}, "03:00-03:05 UTC only"),
        ({"regime_rules": {"trending": "none", "ranging": "none", "mixed": "none"}}, "takes no entries"),
    ],
)
def test_an_entry_that_is_not_permitted_waits_with_the_reason(limit: dict[str, Any], words: str) -> None:
    signal = signals(plan_of(entry_long="price > 0", **limit))[0]
    assert signal.action is Action.WAIT
    assert signal.long_score == 1.0
    assert words in signal.reason


def test_a_frozen_market_gives_no_stop_and_so_no_entry() -> None:
    reader = SignalReader(plan_of(entry_long="price > 0"), SYMBOL, Timeframe.M5)
    flat = [Candle(START_MS + i * 300_000, 100.0, 100.0, 100.0, 100.0, 0.0) for i in range(300)]
    said = [reader.close(candle) for candle in flat][-1]
    assert said.action is Action.WAIT
    assert "no stop" in said.reason


def test_exit_conditions_ask_for_exits_whatever_the_filters_say() -> None:
    plan = plan_of(entry_long="price < 1", exit_long="rsi > 50", exit_short=["rsi <= 50"], filters="price < 1")
    for signal in signals(plan)[:200]:
        rsi = next(value for reading in signal.readings for text, value in reading.values if text == "rsi(14)")
        assert (signal.exit_long, signal.exit_short) == (rsi > 50, rsi <= 50)


def test_an_opposite_signal_closes_only_where_the_strategy_reverses() -> None:
    crosses = {"entry_long": "rsi < 45", "entry_short": "rsi > 55"}
    stays, turns = signals(plan_of(**crosses)), signals(plan_of(**crosses, reverse=True))
    assert not any(signal.exit_long or signal.exit_short for signal in stays)
    assert [s.exit_long for s in turns] == [s.action is Action.SELL for s in turns]
    assert [s.exit_short for s in turns] == [s.action is Action.BUY for s in turns]


def test_clock_and_market_readings_can_be_asked_for() -> None:
    plan = plan_of(entry_long="hour == 1 and weekday == 1 and cost < 0.01")
    knowing = SignalReader(plan, SYMBOL, Timeframe.M5, cost=0.0018)
    bought = [at for at, candle in enumerate(CANDLES) if knowing.close(candle).action is Action.BUY]
    assert bought == list(range(300, 312))  # the candles that open on Tuesday from 01:00 to 01:55
    assert {signal.action for signal in signals(plan, 0)} == {Action.WAIT}  # nobody knows the cost


def test_the_plain_chance_is_that_of_the_strategys_own_horizon() -> None:
    plan = plan_of(entry_long="mc.prob_up > 0.5", horizon_bars=3)
    for signal in signals(plan)[:100]:
        assert signal.forecast is not None
        assert (signal.action is Action.BUY) == (signal.forecast.p_up_plain > 0.5)
        assert signal.forecast.horizon_bars == 3


@pytest.mark.skipif(not kernels.compiled(), reason="no kernel is compiled here: python setup.py build_ext --inplace")
def test_interpreted_signals_are_the_compiled_ones_bit_for_bit(tmp_path: Path) -> None:
    given, answer = tmp_path / "candles", tmp_path / "signals"
    given.write_bytes(pickle.dumps(CANDLES[:400]))
    environment = os.environ | {"SIGMA_KERNELS": "interpreted", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", INTERPRETED, str(given), str(answer)]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    compiled = reader_of(FUSION)
    interpreted = [repr(signal) for signal in pickle.loads(answer.read_bytes())]
    assert interpreted == [repr(compiled.close(candle)) for candle in CANDLES[:400]]


def test_the_fusion_signals_some_times_a_day_on_a_real_market(market_data: Path) -> None:
    """contracts.md §5: about 10 trades a day on June 2025 BTC; a signal starts somewhat oftener than a trade."""
    rows = np.loadtxt(market_data / "binance-perp" / "BTCUSDT-5m-20250525-20250624.csv.gz", delimiter=",", skiprows=1)
    columns = [np.ascontiguousarray(rows[:, at]) for at in range(1, 6)]
    candles = Candles(rows[:, 0].astype(np.int64), *columns)
    reader = SignalReader(FUSION, SYMBOL, Timeframe.M5)
    reader.warm_up(candles.slice(0, 300))
    actions = [reader.close(candle).action for candle in candles.slice(300)]
    starts = sum(a is not b and b is not Action.WAIT for a, b in pairwise(actions))
    assert 10 < starts / (len(actions) / 288) < 25
