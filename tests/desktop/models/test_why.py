from collections import Counter
from dataclasses import replace
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.models.cells import Kind
from sigma_desktop.models.phases import phase_lines, vote_text
from sigma_desktop.models.why import (
    COLUMNS,
    Digits,
    Explained,
    LineKind,
    WhyLine,
    figure,
    forming_verdict,
    key,
    lines,
    tell,
    verdict,
)
from sigma_desktop.theme.tokens import Token
from sigma_engine import Action, Decision, NoTrade, Phase, Reading, Signal
from tests.desktop.market import approved, breakeven, caps, gates, signal, vetoed, waiting

DIGITS = Digits(1, 4)


def explain(signal: Signal, decision: Decision | None = None, preview: Signal | None = None) -> tuple[WhyLine, ...]:
    return lines(Explained(signal, decision, preview), phase_lines(signal, decision), DIGITS)


def explained(decision: Decision) -> dict[str, WhyLine]:
    return {line.name: line for line in explain(decision.signal, decision)}


def test_all_nine_phases_are_told_in_order() -> None:
    phases = [line.name for line in explain(signal(), approved()) if line.kind is LineKind.PHASE]
    assert phases == [
        "1  Data quality",
        "2  Trend",
        "3  Momentum",
        "4  Volatility",
        "5  Volume",
        "6  Mean reversion",
        "7  Micro-trend",
        "8  Probability",
        "9  Reward against cost",
        "Size",
    ]


def test_every_reading_stands_under_its_phase_with_vote_and_weight() -> None:
    told = list(explain(signal(), approved()))
    names = [line.name for line in told]
    assert names.index("2  Trend") < names.index("ADX 14") < names.index("3  Momentum")
    adx = told[names.index("ADX 14")]
    assert (adx.reading, adx.vote, adx.weight) == ("31.2", 0.6, 2.0)
    assert [column.cell(adx).text for column in COLUMNS] == ["ADX 14", "31.2", "+0.60", "×2"]
    assert COLUMNS[2].cell(adx).kind is Kind.VOTE


def test_an_undefined_vote_counts_for_nothing_and_says_so() -> None:
    young = Reading("SMA 20", Phase.TREND, (("sma(20)", float("nan")),), float("nan"), 1.0)
    told = explained(replace(approved(), signal=replace(signal(), readings=(young,))))
    line = told["SMA 20"]
    assert (line.vote, line.reading, line.note) == (None, "–", "undefined as yet")
    assert told["2  Trend"].vote is None


def test_a_vote_without_weight_is_pale() -> None:
    line = WhyLine(LineKind.VOTE, "VWAP", vote=-1.0, weight=0.0)
    assert COLUMNS[2].cell(line).token is Token.T2


def test_odds_without_a_proved_edge_say_so() -> None:
    shown = signal()
    assert shown.forecast is not None
    unproved = replace(shown, forecast=replace(shown.forecast, p_up=0.5, calibrated=False))
    line = explained(replace(approved(), signal=unproved))["P(up), 12 candles"]
    assert (line.reading, line.token) == ("50.0% ±1.1%: no edge measured yet", Token.WARN)


def test_proved_odds_and_the_plain_model_with_its_error_are_told() -> None:
    told = explained(approved())
    assert told["P(up), 12 candles"].reading == "56.0% ±1.1% calibrated"
    assert told["Evidence"].reading == "828 outcomes, calibrated"
    assert told["Plain model"].reading == "58.0%, simulated 57.0% ±1.6%"
    assert told["Target before stop"].reading == "long 41% ±1.2% (stop 52%), short 39% ±1.3% (54%)"
    assert told["70% band"].reading == "96,709.0 to 97,291.0 ±9.7"
    assert told["Typical move"].reading == "±0.42% ±0.01% in 12 candles"


def test_errors_nobody_knows_are_left_out() -> None:
    shown = signal()
    assert shown.forecast is not None
    unknown = replace(shown.forecast, p_up_error=nan, sigma_error=nan, p_target_error=nan, band_errors=())
    told = explained(replace(approved(), signal=replace(shown, forecast=unknown)))
    assert told["P(up), 12 candles"].reading == "56.0% calibrated"
    assert told["70% band"].reading == "96,709.0 to 97,291.0"
    assert told["Typical move"].reading == "±0.42% in 12 candles"


def test_an_expected_move_is_told_once_there_is_one() -> None:
    shown = signal()
    assert shown.forecast is not None
    assert "Expected move" not in explained(approved())
    moving = replace(shown.forecast, expected_move=0.00031, expected_move_error=0.0001)
    told = explained(replace(approved(), signal=replace(shown, forecast=moving)))
    assert told["Expected move"].reading == "+3.1 ±1.0 bp in 12 candles"


def test_costs_a_coins_wins_and_those_needed_stand_beside_what_is_expected() -> None:
    told = explained(approved())
    assert told["All-in cost"].reading == "18.0 bp (fees 16.0, slippage 2.0)"
    assert told["Wins"].reading == "a coin 28.6%, needed 41.4%, expected 30.8% ±1.2%"
    assert (told["Expected after costs"].reading, told["Expected after costs"].token) == (
        "−14.9 ±2.0 bp a trade",
        Token.DOWN,
    )
    assert "slippage: measured on 14 fills" in tell(told["All-in cost"])


def test_every_cap_is_told_and_which_one_binds() -> None:
    told = explained(approved())
    caps = {name: (told[name].reading, told[name].mark) for name in ("Risk per trade", "Free margin", "Kelly")}
    assert caps == {
        "Risk per trade": ("0.0200", "BINDS"),
        "Free margin": ("0.4875", ""),
        "Kelly": ("0.0000, the gate is off", "OFF"),
    }


def test_where_no_size_is_left_the_smallest_cap_in_force_is_named() -> None:
    nothing = NoTrade(signal=signal(), gates=gates(), reason="too small", breakeven=breakeven(), caps=caps())
    assert explained(nothing)["Risk per trade"].mark == "BINDS"


def test_gates_say_passed_failed_or_off() -> None:
    told = explained(approved())
    assert {name: (told[name].mark, told[name].token) for name in ("Edge gate", "Probability gate", "Kelly gate")} == {
        "Edge gate": ("PASSED", Token.UP),
        "Probability gate": ("FAILED", Token.DOWN),
        "Kelly gate": ("OFF", Token.T1),
    }
    assert "it would have passed" in tell(told["Kelly gate"])
    assert "threshold 0.65" in tell(told["Probability gate"])


def test_every_veto_is_told() -> None:
    veto = explained(vetoed())["Daily loss"]
    assert (veto.kind, veto.mark, veto.reading) == (LineKind.VETO, "VETO", "down 3.1% today, the limit is 3.0%")


@pytest.mark.parametrize(
    ("decision", "begins"),
    [
        (approved(), "Enters long 0.0200 at 5×: risk-sized long. Stop 150.0 and target 375.0 from the fill, 4.20 USDT"),
        (vetoed(), "SELL refused by safety: down 3.1% today, the limit is 3.0%."),
        (waiting(), "No trade: no side reaches .50."),
        (NoTrade(signal=signal(), gates=gates(), reason="edge gate: too dear"), "BUY not taken: edge gate: too dear."),
    ],
)
def test_the_verdict_is_one_sentence(decision: Decision, begins: str) -> None:
    assert verdict(decision, DIGITS).startswith(begins)


def test_a_plan_without_a_target_says_so() -> None:
    bare = approved()
    bare = replace(bare, plan=replace(bare.plan, target_distance=None))
    assert "Stop 150.0 and no target from the fill" in verdict(bare, DIGITS)


def test_a_forming_candle_decides_nothing_and_looks_unfinished() -> None:
    preview = replace(signal(action=Action.BUY), preview=True)
    told = [line for line in explain(preview) if line.kind is LineKind.VOTE]
    assert told
    assert all(COLUMNS[0].cell(line).italic for line in told)
    assert forming_verdict(preview).startswith("Still forming, nothing is decided")
    assert not [line for line in explain(preview) if line.kind is LineKind.GATE]


def test_what_the_forming_candle_votes_is_a_pale_mark_beside_the_decided_vote() -> None:
    turned = replace(signal(), readings=tuple(replace(each, vote=-0.5) for each in signal().readings), preview=True)
    adx = next(line for line in explain(signal(), approved(), turned) if line.name == "ADX 14")
    assert COLUMNS[2].cell(adx).ghost == -0.5


def test_lines_are_told_apart_by_their_keys() -> None:
    counted = Counter(key(line) for line in explain(signal(), vetoed()))
    assert max(counted.values()) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(58.1234, "58.12"), (96_990.4, "96,990"), (-2_354.31, "−2,354.3"), (0.00061, "0.00061"), (float("nan"), "–")],
)
def test_readings_have_about_four_digits_that_matter(value: float, text: str) -> None:
    assert figure(value) == text


@given(st.floats(-1, 1))
def test_a_vote_has_its_sign_unless_it_is_nothing(vote: float) -> None:
    text = vote_text(vote)
    assert (text[0] in "+−") == (text != "0.00")
    assert float(text.replace("−", "-")) == pytest.approx(vote, abs=0.00501)
