"""The nine phases: in order, their votes by weight, their words with the figures they rest on."""

from dataclasses import replace
from decimal import Decimal
from math import isfinite, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.decision import Approved, BreakEven, Decision, Gate, NoTrade, TradePlan, Veto, Vetoed
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.phase import PhaseReport
from sigma_engine.domain.signal import Action, Forecast, Phase, Reading, Regime, Signal
from sigma_engine.strategy.fusion import SCALES, VOTES
from sigma_engine.strategy.phases import forming_phases, phases
from sigma_engine.strategy.readings import readings

ROW = {
    "ema(9)": 104.0, "ema(20)": 103.0, "ema(50)": 101.0, "ema(200)": 102.0, "sma(20)": 103.0,
    "adx(14)": 34.2, "di_plus(14)": 28.0, "di_minus(14)": 12.0,
    "macd.line": 0.4, "macd.signal": 0.3, "macd.hist": 0.1, "rsi(14)": 71.4, "stoch.k": 55.0, "stoch.d": 50.0,
    "cci(20)": -120.0, "bb.upper": 106.0, "bb.middle": 103.0, "bb.lower": 100.0, "bb.percent_b": 0.82,
    "atr(14)": 0.5, "gk_vol": 0.6, "gk_vol.per_bar": 0.002, "mfi(14)": 64.0, "obv": 10.0, "obv.ema": 12.0,
    "vwap": 104.5, "zscore(20)": -2.3, "lr_slope(10)": 0.3, "mc.prob_up": 0.58, "p_up": 0.5,
}  # fmt: skip
VOTED = tuple(0.1 * at - 0.6 for at in range(len(VOTES)))
WEIGHTS = tuple(row.weights[0] for row in VOTES)
FORECAST = Forecast(
    model="empirical",
    horizon_bars=12,
    sigma=0.001,
    p_up=0.5,
    p_up_plain=0.58,
    p_target=0.2,
    p_stop=0.5,
    p_target_short=0.2,
    p_stop_short=0.5,
    bands=(),
    paths=1000,
    p_up_paths=0.57,
    standard_error=0.016,
    calibrated=True,
)


def signal(action: Action = Action.BUY, forecast: Forecast | None = FORECAST, **row: float) -> Signal:
    return Signal(
        symbol="BTC/USDT:USDT",
        bar_ms=0,
        at_ms=60_000,
        price=105.0,
        atr=0.5,
        action=action,
        long_score=0.6,
        short_score=0.2,
        confidence=0.6,
        regime=Regime.TRENDING,
        readings=readings(ROW | row, VOTED, WEIGHTS),
        forecast=forecast,
        reason="the averages agree",
    )


def even(**changes: float) -> BreakEven:
    known = BreakEven(
        side=PositionSide.LONG,
        cost=0.0018,
        parts=(),
        stop=0.004,
        target=0.01,
        coin=0.2857,
        needed=0.45,
        expected=0.3,
        expected_error=0.01,
        edge=0.00031 - 0.0018,
        edge_error=nan,
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def decided(of: Signal | None = None, breakeven: BreakEven | None = None, enabled: bool = True) -> NoTrade:
    gate = Gate("edge", enabled, False, -14.9, 0.0, "expected -14.9 bp a trade after 18 bp of costs")
    return NoTrade(signal=of or signal(), gates=(gate,), reason="edge gate", breakeven=breakeven)


def told(decision: Decision | None = None) -> dict[Phase, PhaseReport]:
    return {report.phase: report for report in phases(decision or decided(breakeven=even()))}


def test_all_nine_come_in_their_order_whatever_was_decided() -> None:
    plan = TradePlan(
        side=PositionSide.LONG,
        quantity=Decimal(1),
        leverage=5,
        stop_distance=1.0,
        target_distance=None,
        risk=Decimal(1),
        kelly_fraction=nan,
        binding_cap="risk per trade",
    )
    approved = Approved(signal=signal(), gates=(), reason="", plan=plan)
    vetoed = Vetoed(signal=signal(), gates=(), reason="", vetoes=(Veto("account", "daily loss", "down"),))
    for decision in (decided(), approved, vetoed):
        assert [report.phase for report in phases(decision)] == list(Phase)
    assert [report.phase for report in forming_phases(signal())] == list(Phase)


def test_every_indicator_belongs_to_a_phase_that_votes() -> None:
    silent = {Phase.DATA_QUALITY, Phase.REWARD_COST}
    assert {row.phase for row in (*VOTES, *SCALES)} == set(Phase) - silent
    assert all(told()[phase].vote is None and not told()[phase].weight for phase in silent)


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 3)), min_size=14, max_size=14))
def test_the_vote_of_a_phase_is_the_mean_of_its_votes_by_weight(pairs: list[tuple[float, float]]) -> None:
    votes, weights = zip(*pairs, strict=True)
    for report in phases(decided(replace(signal(), readings=readings(ROW, votes, weights)))):
        heard = [pair for pair, row in zip(pairs, VOTES, strict=True) if row.phase is report.phase]
        assert report.weight == pytest.approx(sum(weight for _, weight in heard))
        if report.weight > 0:
            assert report.vote == pytest.approx(sum(vote * weight for vote, weight in heard) / report.weight)
            assert report.vote is not None
            assert -1 - 1e-9 <= report.vote <= 1 + 1e-9
        else:
            assert report.vote is None


def test_undefined_votes_are_left_out_and_a_phase_of_none_else_says_nothing() -> None:
    young = replace(signal(), readings=(Reading("z-score 20", Phase.MEAN_REVERSION, (("zscore(20)", nan),), nan, 3.0),))
    report = told(decided(young))[Phase.MEAN_REVERSION]
    assert (report.vote, report.weight, report.passed) == (None, 0, None)
    assert report.reason == "undefined as yet"


@pytest.mark.parametrize(("action", "speaks"), [(Action.BUY, True), (Action.SELL, False), (Action.WAIT, True)])
def test_a_phase_passes_where_it_speaks_for_the_side_taken_or_leant_to(action: Action, speaks: bool) -> None:
    rising = (Reading("LR slope 10", Phase.MICRO_TREND, (("lr_slope(10)", 0.3),), 0.6, 2.0),)
    report = told(decided(replace(signal(action), readings=rising)))[Phase.MICRO_TREND]
    assert report.passed is speaks


@pytest.mark.parametrize(
    ("phase", "reading", "reason"),
    [
        (Phase.DATA_QUALITY, "complete", "closed, in order and finite; all 16 indicators are defined"),
        (Phase.TREND, "ADX 34", "EMA 9 above 20 above 50 below 200, ADX 34: up"),
        (Phase.MOMENTUM, "RSI 71", "MACD pushes up, RSI 71 overbought, Stochastic 55, CCI -120 oversold"),
        (Phase.VOLATILITY, "ATR 0.48%", "close at 82% of the Bollinger bands, a candle moves 0.48%"),
        (Phase.VOLUME, "MFI 64", "money flow 64, OBV below its mean, close above VWAP"),
        (Phase.MEAN_REVERSION, "z -2.3", "2.3 deviations below its 20-candle mean: stretched"),
        (Phase.MICRO_TREND, "slope +0.60", "10-candle line rises 0.60 ATR a candle, steeply"),
        (Phase.PROBABILITY, "P(up) 50%", "the 12-candle P(up) is 50%: no edge measured"),
        (
            Phase.REWARD_COST,
            "edge -14.9 bp",
            "expected +3.1 bp against 18 bp of costs: needs 45% wins, a coin wins 29%",
        ),
    ],
)
def test_each_phase_gives_its_reading_and_its_reason_in_words(phase: Phase, reading: str, reason: str) -> None:
    report = told()[phase]
    assert (report.reading, report.reason) == (reading, reason)


def test_a_weak_trend_is_called_none() -> None:
    assert told(decided(signal(**{"adx(14)": 14.0})))[Phase.TREND].reason.endswith("ADX 14: no trend")


def test_what_is_undefined_is_named_and_nothing_is_claimed_of_the_data() -> None:
    report = told(decided(signal(**{"rsi(14)": nan})))[Phase.DATA_QUALITY]
    assert (report.passed, report.reason) == (None, "closed and in order; undefined as yet: RSI 14")


def test_a_candle_that_safety_refused_fails_the_first_phase() -> None:
    vetoes = (Veto("market", "data quality", "the candle is 90 s late"), Veto("account", "daily loss", "down 3 %"))
    report = told(Vetoed(signal=signal(), gates=(), reason="", vetoes=vetoes))[Phase.DATA_QUALITY]
    assert (report.passed, report.reason) == (False, "the candle is 90 s late")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"p_up": 0.56, "p_up_error": 0.012, "matured": 828}, "56% ±1.2%: measured over 828 outcomes"),
        ({"p_up": 0.56, "matured": 828, "trust": Trust.GREEN}, "56%: measured over 828 outcomes, calibrated"),
        ({"p_up": 0.56, "matured": 42}, "56%: measured over 42 outcomes"),
        ({"p_up": 0.58, "trust": Trust.RED}, "58%: miscalibrated, not to be relied on"),
        ({"p_up": 0.58, "calibrated": False}, "58%: no edge measured"),
    ],
)
def test_the_probability_says_what_stands_behind_it(changes: dict[str, object], reason: str) -> None:
    forecast = replace(FORECAST, **changes)  # type: ignore[arg-type]
    report = told(decided(signal(forecast=forecast)))[Phase.PROBABILITY]
    assert report.reason == f"the 12-candle P(up) is {reason}"


def test_without_a_forecast_nothing_is_said_of_odds() -> None:
    assert told(decided(signal(forecast=None)))[Phase.PROBABILITY].reason == "there is no forecast yet"
    unknown = told(decided(breakeven=even(edge=nan)))[Phase.REWARD_COST]
    assert unknown.reason == "18 bp of costs: needs 45% wins, a coin wins 29%"


def test_the_edge_gate_is_the_ninth_phase_and_off_it_says_that_it_does_not_decide() -> None:
    on, off = (told(decided(breakeven=even(), enabled=on))[Phase.REWARD_COST] for on in (True, False))
    assert (on.passed, off.passed) == (False, False)
    assert off.reason == f"{on.reason}; the gate is off and does not decide"


def test_decisions_from_before_break_even_was_kept_tell_the_gates_own_reason() -> None:
    report = told(decided())[Phase.REWARD_COST]
    assert report.reason == "expected -14.9 bp a trade after 18 bp of costs"
    assert report.reading == "edge -14.9 bp"


def test_on_a_forming_candle_nothing_is_decided() -> None:
    forming = {report.phase: report for report in forming_phases(replace(signal(), preview=True))}
    assert forming[Phase.DATA_QUALITY].reason == "the candle is not closed yet"
    assert forming[Phase.REWARD_COST].passed is None
    assert forming[Phase.TREND].vote == told()[Phase.TREND].vote


@given(st.sampled_from(sorted(ROW)), st.sampled_from([nan, float("inf"), -float("inf"), 0.0, 1e300, -1e300]))
def test_no_figure_however_wild_breaks_the_words(operand: str, value: float) -> None:
    for report in phases(decided(signal(**{operand: value}), even(edge=value))):
        assert report.reason
        assert report.vote is None or isfinite(report.vote)
