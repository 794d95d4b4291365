"""The rules of the present regime decide, and the reason says so."""

from array import array
from math import nan
from typing import Any

import numpy as np
import pytest

from sigma_engine.domain.signal import Action, Regime
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.strategy.expression import REGIMES
from sigma_engine.strategy.fusion import FEATURES
from sigma_engine.strategy.plan import Plan, compile_plan
from sigma_engine.strategy.spec import read_spec
from sigma_engine.strategy.verdict import Verdict, View, judge

NOON_MS = 1_750_075_200_000
READINGS = {"price": 60_000.0, "atr(14)": 100.0, "rsi(14)": 25.0, "zscore(20)": -1.0, "adx(14)": 40.0}


def plan_of(**document: Any) -> Plan:
    return compile_plan(read_spec(document))


def judged(plan: Plan, regime: Regime, **readings: float) -> tuple[Verdict, bool, bool]:
    now = READINGS | readings
    score = FusionScore(plan.weights, plan.threshold, plan.margin)
    score.step(array("d", [now.get(text, nan) for text in FEATURES]), 0.5, REGIMES.index(regime))
    columns = tuple(now)
    view = View(now, None, regime, NOON_MS, np.array([[nan, value] for value in now.values()]))
    return judge(plan, plan.judgement(columns), view, score, seen=10_000)


BY_REGIME = plan_of(
    entry_long="rsi < 30",
    exit_long="rsi > 60",
    regime_rules={
        "ranging": {"entry_long": "zscore < -2", "exit_long": "zscore > 0"},
        "trending": {"entry_short": "adx > 30"},
    },
)


def test_the_rules_of_the_regime_replace_those_of_the_strategy() -> None:
    everywhere, *_ = judged(BY_REGIME, Regime.MIXED)
    assert (everywhere.action, everywhere.reason) == (Action.BUY, "rsi(14) 25 < 30; mixed")
    ranging, *_ = judged(BY_REGIME, Regime.RANGING)
    assert ranging.action is Action.WAIT
    assert ranging.reason == "waiting for long: zscore(20) -1 < -2; ranging, by its own rules"
    assert judged(BY_REGIME, Regime.RANGING, **{"zscore(20)": -3.0})[0].action is Action.BUY


def test_a_regime_may_add_a_side() -> None:
    verdict, *_ = judged(BY_REGIME, Regime.TRENDING, **{"rsi(14)": 50.0})
    assert verdict.action is Action.SELL
    assert verdict.reason == "adx(14) 40 > 30; trending, by its own rules"


@pytest.mark.parametrize(("regime", "exits"), [(Regime.MIXED, True), (Regime.TRENDING, True), (Regime.RANGING, False)])
def test_exits_are_those_of_the_present_regime(regime: Regime, exits: bool) -> None:
    _, exit_long, exit_short = judged(BY_REGIME, regime, **{"rsi(14)": 65.0})
    assert (exit_long, exit_short) == (exits, False)


def test_a_regime_without_entry_conditions_says_so() -> None:
    plan = plan_of(entry_long="rsi < 30", regime_rules={"ranging": {"entry_long": []}})
    verdict, *_ = judged(plan, Regime.RANGING)
    assert (verdict.action, verdict.long_score) == (Action.WAIT, 0.0)
    assert verdict.reason == "there are no entry conditions; ranging, by its own rules"


def test_fusion_is_held_against_the_threshold_of_the_regime() -> None:
    rules = {"ranging": {"threshold": 0.9}, "trending": {"margin": 0.2}}
    plan = plan_of(fusion={"threshold": 0.1, "margin": 0.0}, regime_rules=rules)
    assert judged(plan, Regime.MIXED)[0].action is Action.BUY
    waiting, *_ = judged(plan, Regime.RANGING)
    assert waiting.action is Action.WAIT
    assert "0.90 and a lead of 0.00 are needed; ranging, by its own rules" in waiting.reason
    assert "0.10 and a lead of 0.20 are needed; trending, by its own rules" in judged(plan, Regime.TRENDING)[0].reason
