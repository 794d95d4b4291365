from dataclasses import replace

import pytest

from sigma_desktop.models.cells import Kind
from sigma_desktop.models.phases import COLUMNS, PhaseLine, key, phase_lines, said, tell, typeset
from sigma_desktop.theme.tokens import Token
from sigma_engine import Gate, Phase
from tests.desktop.market import approved, signal, vetoed


def lines(decision: object = None) -> dict[Phase, PhaseLine]:
    decided = approved() if decision is None else decision
    assert isinstance(decided, type(approved()) | type(vetoed()))
    return {line.report.phase: line for line in phase_lines(decided.signal, decided)}


def test_each_phase_is_one_line_with_a_tick_a_cross_or_a_dash() -> None:
    told = lines()
    assert list(told) == list(Phase)
    marks = {phase: COLUMNS[0].cell(line).text for phase, line in told.items()}
    assert (marks[Phase.TREND], marks[Phase.VOLUME], marks[Phase.MEAN_REVERSION]) == ("✓", "✗", "–")


def test_a_line_reads_name_reading_vote_and_reason() -> None:
    trend = lines()[Phase.TREND]
    assert [column.cell(trend).text for column in COLUMNS[1:]] == [
        "Trend",
        "ADX 31",
        "+0.60",
        "EMA 9 above 200, ADX 31: trending",
    ]
    assert COLUMNS[3].cell(trend).kind is Kind.VOTE
    assert key(trend) is Phase.TREND


def test_a_gate_that_is_off_is_shown_with_its_figures_and_marked_as_not_deciding() -> None:
    off = replace(approved(), gates=(Gate("edge", False, False, -14.9, 0.0, "too dear"),))
    line = lines(off)[Phase.REWARD_COST]
    assert said(line) == "does not decide"
    assert (COLUMNS[0].cell(line).text, COLUMNS[0].cell(line).token) == ("✗", Token.T2)
    assert COLUMNS[3].cell(line).text == "gate off"
    assert "needs 41% wins, a coin wins 29%" in COLUMNS[4].cell(line).text


def test_a_forming_candle_is_written_as_unfinished() -> None:
    forming = phase_lines(replace(signal(), preview=True), None)
    assert all(COLUMNS[1].cell(line).italic for line in forming)
    assert [line.report.passed for line in forming if line.report.phase in (Phase.DATA_QUALITY, Phase.REWARD_COST)] == [
        None,
        None,
    ]


def test_the_tooltip_has_the_whole_reason() -> None:
    told = tell(lines()[Phase.REWARD_COST])
    assert "expected +3.1 bp against 18 bp of costs: needs 41% wins, a coin wins 29%" in told


@pytest.mark.parametrize(
    ("text", "set_"),
    [
        ("edge -14.9 bp", "edge −14.9 bp"),
        ("the 12-candle P(up)", "the 12-candle P(up)"),
        ("z -2.3", "z −2.3"),
    ],
)
def test_minus_signs_are_true_and_hyphens_stay(text: str, set_: str) -> None:
    assert typeset(text) == set_
