"""A compiled strategy: distances, permissions, weights and the readings it needs."""

from datetime import UTC, datetime
from math import isnan, nan
from typing import Any

import numpy as np
import pytest

from sigma_engine.domain.signal import Action, Regime
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DomainError, SpecError
from sigma_engine.strategy.fusion import VOTES
from sigma_engine.strategy.plan import Plan, compile_plan
from sigma_engine.strategy.spec import read_spec


def plan(**changes: Any) -> Plan:
    return compile_plan(read_spec({"entry_long": "rsi < 30", "entry_short": "rsi > 70"} | changes))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("stop", "distance"),
    [({"type": "percent", "value": 0.5}, 300), ({"type": "atr", "value": 2}, 200)],
)
def test_the_stop_lies_in_percent_or_ranges_from_the_price(stop: dict[str, Any], distance: float) -> None:
    assert plan(stop_loss=stop).stop_distance(60_000, 100) == distance


@pytest.mark.parametrize(
    ("target", "distance"),
    [
        ({"type": "percent", "value": 1}, 600),
        ({"type": "atr", "value": 3}, 300),
        ({"type": "rr", "value": 2}, 300),
        ({"type": "r", "value": 2}, 300),
    ],
)
def test_the_target_is_measured_in_four_ways(target: dict[str, Any], distance: float) -> None:
    compiled = plan(take_profit=target)
    assert compiled.target_distance(compiled.stop_distance(60_000, 100), 60_000, 100) == distance


def test_without_a_target_its_distance_is_undefined() -> None:
    assert isnan(plan(take_profit={"type": "none"}).target_distance(150, 60_000, 100))


def test_distances_in_ranges_are_undefined_with_the_range() -> None:
    assert isnan(plan().stop_distance(60_000, nan))


@pytest.mark.parametrize(
    ("trailing", "distance"),
    [
        (None, None),
        ({"type": "none"}, None),
        ({"type": "percent", "value": 0.6}, 360),
        ({"type": "atr", "value": 3}, 300),
        ({"type": "r", "value": 2}, 300),
    ],
)
def test_the_trailing_distance(trailing: dict[str, Any] | None, distance: float | None) -> None:
    assert plan(trailing_stop=trailing).trailing_distance(60_000, 100) == pytest.approx(distance)


def test_levels_are_distances_and_must_lie_on_their_side() -> None:
    compiled = plan(
        symbols=["BTC"],
        direction="long",
        stop_loss={"type": "price", "value": 59_000},
        take_profit={"type": "price", "value": 62_000},
    )
    assert compiled.stop_distance(60_000, 100) == 1000
    assert compiled.target_distance(1000, 60_000, 100) == 2000
    assert compiled.misplaced_level(Action.BUY, 60_000) is None
    assert "stop at 59000" in str(compiled.misplaced_level(Action.BUY, 58_000))
    assert "target at 62000" in str(compiled.misplaced_level(Action.BUY, 63_000))


def test_direction_and_regime_rules_decide_which_side_may_enter() -> None:
    compiled = plan(direction="long", regime_rules={"ranging": "none", "trending": "short"})
    assert compiled.takes(Action.BUY, Regime.MIXED)
    assert not compiled.takes(Action.SELL, Regime.MIXED)
    assert not compiled.takes(Action.BUY, Regime.RANGING)
    assert not compiled.takes(Action.BUY, Regime.TRENDING)
    assert compiled.limits(Regime.MIXED) == "the strategy is long only"
    assert compiled.limits(Regime.RANGING) == "while ranging the strategy takes no entries"


@pytest.mark.parametrize(
    ("session", "moment", "is_open"),
    [
        ("08:00-16:00", "2025-06-02T08:00", True),
        ("08:00-16:00", "2025-06-02T16:00", False),
        ("22:00-06:00", "2025-06-02T23:30", True),
        ("22:00-06:00", "2025-06-02T05:59", True),
        ("22:00-06:00", "2025-06-02T12:00", False),
    ],
)
def test_the_session_is_kept_across_midnight_too(session: str, moment: str, is_open: bool) -> None:
    assert (plan(session=session).closed_hours(at(moment)) is None) is is_open


def test_days_are_kept() -> None:
    monday, sunday = at("2025-06-02T12:00"), at("2025-06-01T12:00")
    weekdays, weekends = plan(days="weekdays"), plan(days="weekends")
    assert (weekdays.closed_hours(monday), weekends.closed_hours(sunday)) == (None, None)
    assert weekdays.closed_hours(sunday) == "it trades on weekdays only"
    assert weekends.closed_hours(monday) == "it trades on weekends only"


def test_weights_stand_by_regime_and_a_document_may_replace_some() -> None:
    table = plan().weights
    names = [vote.name for vote in VOTES]
    ema, zscore = names.index("ema"), names.index("zscore")
    by_regime = dict(zip(Regime, table, strict=True))
    assert [by_regime[r][ema] for r in (Regime.TRENDING, Regime.MIXED, Regime.RANGING)] == [3, 2, 0.5]
    assert [by_regime[r][zscore] for r in (Regime.TRENDING, Regime.MIXED, Regime.RANGING)] == [0.5, 1.5, 3]
    weights = {"ema": {"trending": 9, "mixed": 8, "ranging": 7}}
    replaced = compile_plan(read_spec({"fusion": {"weights": weights, "threshold": 0.6, "margin": 0.1}}))
    assert dict(zip(Regime, replaced.weights, strict=True))[Regime.RANGING][ema] == 7
    assert replaced.weights[0][zscore] == table[0][zscore]
    assert (replaced.threshold, replaced.margin) == (0.6, 0.1)


def test_it_lists_the_indicators_of_its_conditions_and_waits_for_the_longest() -> None:
    compiled = plan(entry_long="ema(7) > sma(400) and hour > 8", filters="volume > volume_sma(30)")
    assert {"ema(7)", "sma(400)", "volume_sma(30)"} <= set(compiled.operands)
    assert not {"hour", "volume", "price", "regime"} & set(compiled.operands)
    assert compiled.warm_up_bars == 450
    assert plan().warm_up_bars == 250


def test_a_longer_timeframe_is_a_column_and_waits_for_its_own_candles() -> None:
    compiled = plan(entry_long="rsi@1h < 30 and close@1h > 5")
    assert {"rsi(14)@1h", "price@1h"} <= set(compiled.operands)
    assert compiled.warm_up_bars == (14 + 20) * 12 + 50


def test_a_timeframe_is_checked_again_where_the_candles_turn_out_to_be_others() -> None:
    spec = read_spec({"entry_long": "rsi@15m < 30"}).model_copy(update={"timeframe": Timeframe.H1})
    with pytest.raises(SpecError, match=r"rsi\(14\)@15m cannot be read from candles of 1h: write one of 2h, 4h, 1d"):
        compile_plan(spec)


def test_a_regime_replaces_what_its_rule_names_and_leaves_the_rest() -> None:
    rules = {"ranging": {"entry_long": "zscore < -2", "exit_long": []}, "trending": "long"}
    assert not plan(regime_rules={"mixed": {"exit_long": "rsi > 60"}}).rules(Regime.MIXED).own_entries
    compiled = plan(exit_long="rsi > 60", exit_short="rsi < 40", regime_rules=rules)
    everywhere, ranging = compiled.rules(Regime.MIXED), compiled.rules(Regime.RANGING)
    assert (everywhere.entry_long, everywhere.exit_long) == (compiled.entry_long, compiled.exit_long)
    assert [str(part) for group in ranging.entry_long for part in group] == ["zscore(20) < -2"]
    assert (ranging.entry_short, ranging.exit_long, ranging.exit_short) == (
        compiled.entry_short,
        (),
        compiled.exit_short,
    )
    assert compiled.rules(Regime.TRENDING) is everywhere
    assert (ranging.own_entries, everywhere.own_entries) == (True, False)
    assert "zscore(20)" in compiled.operands


def test_a_regime_has_its_own_threshold() -> None:
    rules = {"ranging": {"threshold": 0.7}, "mixed": {"margin": 0.1}}
    compiled = compile_plan(read_spec({"fusion": {"threshold": 0.6, "margin": 0.2}, "regime_rules": rules}))
    found = [(compiled.rules(regime).threshold, compiled.rules(regime).margin) for regime in Regime]
    assert found == [(0.6, 0.2), (0.7, 0.2), (0.6, 0.1)]


def test_its_rules_come_compiled_over_the_columns_of_a_reader() -> None:
    rules = {"ranging": {"entry_long": "zscore < -2"}}
    compiled = plan(entry_long=["rsi < 30", "hour > 8"], regime_rules=rules, exit_short="rsi < 20")
    columns = ["rsi(14)", "zscore(20)", "hour", "regime"]
    judgement, row = compiled.judgement(columns), np.array([25.0, -3.0, 4.0, 1.0])
    trending, ranging = judgement.trending, judgement.ranging
    assert trending.long_share.value(row, row) == 0.5
    assert ranging.long_share.value(row, row) == 1.0
    assert not trending.exit_short.holds(row, row)
    assert not trending.exit_long.holds(row, row)
    assert judgement.filters.holds(row, row)
    assert judgement.mixed is trending
    with pytest.raises(DomainError, match="reads hour"):
        compiled.judgement(columns[:2])


def test_an_or_inside_a_list_opens_alternatives() -> None:
    inside = plan(entry_long="rsi < 25 and mfi < 20 or cci < -150")
    listed = plan(entry_long=[["rsi < 25", "mfi < 20"], ["cci < -150"]])
    assert inside.entry_long == listed.entry_long
