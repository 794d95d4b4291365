"""The presets, by what the contract says of each."""

import pytest

from sigma_engine.domain.symbol import PAIRS
from sigma_engine.errors import SpecError
from sigma_engine.strategy.library import load_strategy, preset_names
from sigma_engine.strategy.plan import compile_plan
from sigma_engine.strategy.spec import StrategySpec, read_spec


def open_gates(spec: StrategySpec) -> list[bool]:
    return [spec.gates.edge, spec.gates.probability, spec.gates.kelly]


def test_there_are_four_presets() -> None:
    assert preset_names() == ("ema-trend", "rsi-oversold", "sigma-fusion", "sigma-scalper")


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_trades_the_eight_pairs_on_five_minutes(name: str) -> None:
    spec = load_strategy(name)
    assert (spec.symbols, spec.timeframe) == (PAIRS, "5m")
    assert read_spec(spec.document()) == spec
    plan = compile_plan(spec)
    stop = plan.stop_distance(60_000, 100)
    assert (stop, plan.target_distance(stop, 60_000, 100)) == (150, 375)


def test_the_scalper_keeps_its_gates_shut_and_the_fusion_open() -> None:
    scalper, fusion = load_strategy("sigma-scalper"), load_strategy("sigma-fusion")
    assert open_gates(scalper) == [True, True, True]
    assert open_gates(fusion) == [False, False, False]
    assert scalper.fusion == fusion.fusion
    assert (scalper.fusion and scalper.fusion.threshold, scalper.fusion and scalper.fusion.margin) == (0.5, 0.3)


def test_the_fusion_trails_only_beyond_its_first_stop() -> None:
    plan = compile_plan(load_strategy("sigma-fusion"))
    trailing = plan.trailing_distance(60_000, 100)
    assert trailing is not None
    assert trailing > plan.stop_distance(60_000, 100)


def test_the_condition_presets_say_what_the_contract_says() -> None:
    oversold, trend = load_strategy("rsi-oversold"), load_strategy("ema-trend")
    assert oversold.entry_long == (("rsi(14) crosses_below 30",),)
    assert oversold.entry_short == (("rsi(14) crosses_above 70",),)
    assert trend.entry_long == (("ema(9) crosses_above ema(20)", "rsi(14) > 50"),)
    assert trend.entry_short == (("ema(9) crosses_below ema(20)", "rsi(14) < 50"),)
    assert open_gates(oversold) == open_gates(trend) == [False, False, False]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SpecError, match="did you mean 'sigma-fusion'"):
        load_strategy("sigma-fusoin")
    with pytest.raises(SpecError, match="presets are ema-trend"):
        load_strategy("zzz")
