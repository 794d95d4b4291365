from dataclasses import replace
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.models.calibration import (
    COLUMNS,
    band_words,
    bin_words,
    chip,
    decimal,
    figures,
    is_on_line,
    kept_token,
    kept_words,
    key,
    on_line_words,
    place_words,
    sharpness_words,
    span_of,
    tell,
)
from sigma_desktop.models.cells import Kind
from sigma_desktop.theme.tokens import Token
from sigma_engine import BandScore, ReliabilityBin, Trust
from tests.desktop.market import ETH, bands, calibration, reliability

WILSON = ReliabilityBin(0.6, 0.75, 100, 0.68, 0.68, 0.58337, 0.76331)
"""68 of 100, the golden interval of quant.md."""


@pytest.mark.parametrize(
    ("trust", "text", "token"),
    [
        (Trust.GREEN, "✓ CALIBRATED", Token.UP),
        (Trust.AMBER, "? DOUBTFUL", Token.WARN),
        (Trust.RED, "✗ MISCALIBRATED", Token.DOWN),
        (Trust.TOO_FEW, "… NOT ENOUGH EVIDENCE", Token.T1),
    ],
)
def test_a_state_is_a_word_and_a_sign_besides_its_colour(trust: Trust, text: str, token: Token) -> None:
    assert (chip(trust).text, chip(trust).token, chip(trust).kind) == (text, token, Kind.PILL)


@pytest.mark.parametrize(
    ("value", "text"), [(0.24894, ".2489"), (-0.05, "−.0500"), (1.25, "1.2500"), (0.0, ".0000"), (nan, "–")]
)
def test_scores_are_written_without_the_idle_nought(value: float, text: str) -> None:
    assert decimal(value) == text


def test_the_scores_always_name_their_count() -> None:
    read = {figure.title: figure.text for figure in figures(calibration())}
    assert read == {
        "Forecasts": "828",
        "Brier": ".2489",
        "Skill": "+0.40%",
        "Log loss": ".6910",
        "Calibration error": ".0004",
        "Spiegelhalter z": "+0.71",
    }
    assert "276 of them live" in figures(calibration())[0].explanation


def test_what_cannot_be_told_yet_is_a_dash() -> None:
    young = replace(calibration(trust=Trust.TOO_FEW, n=3), brier=nan, skill=nan, log_loss=nan, spiegelhalter_z=nan)
    assert [figure.text for figure in figures(young)][1:4] == ["–", "–", "–"]
    assert figures(young)[0].token is Token.WARN


def test_a_skill_without_a_proved_edge_is_not_painted_as_a_gain() -> None:
    assert figures(calibration())[2].token is Token.T0
    assert figures(replace(calibration(), edge=True))[2].token is Token.UP


def test_a_group_agrees_while_its_interval_holds_what_was_said() -> None:
    assert is_on_line(WILSON)
    assert not is_on_line(replace(WILSON, said=0.78))
    assert bin_words(WILSON) == (
        "Said 68.0%, happened 68.0% (58.3% to 76.3%): 100 forecasts between 60.0% and 75.0%. It agrees."
    )
    assert on_line_words((WILSON, replace(WILSON, said=0.78))) == "1 of 2 groups agree"
    assert on_line_words(()) == "nothing to compare yet"


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_both_axes_hold_everything_said_and_every_interval(said: float, one: float, other: float) -> None:
    low, high = span_of((ReliabilityBin(0, 1, 9, said, said, min(one, other), max(one, other)),))
    assert 0 <= low <= min(said, one, other)
    assert 1 >= high >= max(said, one, other)
    assert high - low >= 0.3 - 1e-9


@pytest.mark.parametrize(
    ("band", "words", "token"),
    [
        (BandScore(0.7, 828, 0.704, 0.62, 0.4, 116, 130), "holds (Kupiec p .62)", Token.UP),
        (BandScore(0.7, 828, 0.66, 0.03, 0.4, 116, 130), "perhaps too narrow (Kupiec p .030)", Token.WARN),
        (BandScore(0.7, 828, 0.79, 0.001, 0.4, 116, 130), "too wide (Kupiec p .001)", Token.DOWN),
        (BandScore(0.7, 828, 0.7, 0.9, 0.01, 116, 130), "holds (Kupiec p .90), misses cluster", Token.UP),
        (BandScore(0.7, 42, 0.7, 0.9, 0.4, 116, 130), "42 so far, too few to test", Token.T1),
        (BandScore(0.7, 828, 0.7, nan, nan, 116, 130), "828 so far, too few to test", Token.T1),
    ],
)
def test_a_band_says_whether_it_kept_its_promise(band: BandScore, words: str, token: Token) -> None:
    assert (kept_words(band), kept_token(band)) == (words, token)


def test_where_there_is_little_room_the_test_is_not_named() -> None:
    band = replace(bands()[0], kupiec_p=0.0134, christoffersen_p=0.5, share=0.77)
    assert (kept_words(band), kept_words(band, brief=True)) == (
        "perhaps too wide (Kupiec p .013)",
        "perhaps too wide (p .013)",
    )


def test_sharpness_is_told_against_the_plain_model() -> None:
    assert [sharpness_words(band) for band in bands()] == [
        "11% sharper than the plain model",
        "4% sharper than the plain model",
        "as sharp as the plain model",
    ]
    assert sharpness_words(replace(bands()[0], interval_score=143)) == "10% blunter than the plain model"
    assert sharpness_words(replace(bands()[0], interval_score=nan)) == ""
    assert "interval score 116 against 130 bp" in band_words(bands()[0])


def test_the_places_of_the_outcomes_are_judged_by_their_shape() -> None:
    assert place_words(calibration()) == "even, as it should be"
    bent = replace(calibration(), pit_distance=0.2)
    assert place_words(replace(bent, pit=(0.2, *[0.075] * 8, 0.2))) == "heavy ends: too narrow"
    assert place_words(replace(bent, pit=(0.02, *[0.12] * 8, 0.02))) == "hump: too wide"
    assert place_words(replace(bent, pit=(*[0.15] * 5, *[0.05] * 5))) == "outcomes lie lower than said"
    assert place_words(replace(bent, pit=(*[0.05] * 5, *[0.15] * 5))) == "outcomes lie higher than said"
    assert place_words(calibration(trust=Trust.TOO_FEW, n=42)) == "too few to judge"


def test_a_row_names_its_market_and_the_tooltip_tells_it_whole() -> None:
    report = calibration(ETH, Trust.RED)
    assert [column.cell(report).text for column in COLUMNS] == ["ETH/USDT", "✗ MISCALIBRATED", "828", "−5.70%"]
    assert COLUMNS[0].cell(report).below == "12 candles, empirical"
    assert key(report) == (ETH, 12, "empirical")
    assert report.verdict in tell(report)


def test_the_diagram_of_an_honest_model_agrees_everywhere() -> None:
    assert on_line_words(reliability()) == "7 of 7 groups agree"
