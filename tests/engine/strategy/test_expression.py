"""The expression language: what it reads, how it prints, what holds when, and how it refuses."""

import math
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.errors import SpecError
from sigma_engine.strategy.expression import (
    REGIME_COLUMN,
    REGIMES,
    canonical,
    evaluate,
    groups,
    operands,
    parse,
    tree_of,
    with_values,
)
from tests.engine.strategy.expression_strategies import texts

TRENDING, RANGING = (float(REGIMES.index(state)) for state in ("trending", "ranging"))


def holds(text: str, now: Mapping[str, float], before: Mapping[str, float] | None = None) -> bool:
    return evaluate(parse(text), now, before)


@pytest.mark.parametrize(
    "text",
    [
        "rsi(14) < 30",
        "macd.line crosses_above macd.signal",
        "stoch.k < 20",
        "price > bb.upper",
        "volume > 2*volume_sma(20)",
        "regime == ranging",
        "regime != trending",
        "ema(9) rising",
        "cci(20) < -150",
        "mc.prob_up >= 0.65",
        "rsi(7) < 20",
        "bb(20,2.5).upper falling",
        "macd(5,35,5).hist > 0",
        "zscore(20) <= -2 and adx(14) < 20 or regime == ranging",
        "not rsi(14) > 70",
        "not (rsi(14) > 70 or regime == trending) and price > vwap",
        "(rsi(14) < 30 or stoch.k < 20) and adx(14) < 20",
        "price - ema(200) > 2*atr(14)",
        "(price - sma(20))/atr(14) >= 1.5",
        "price - (ema(9) - ema(20)) > 0",
        "hour >= 8 and weekday < 5",
        "p_up > 0.55 and sigma > cost and funding <= 0",
        "rsi(14)@1h > 50",
        "macd.hist@4h > 0 and macd(5,35,5).line@15m rising",
        "price@1h crosses_below ema(9)@1h",
        "price - sma(20)@1h > 2*atr(14)@1h",
        "price - (-5) > 2e-07",
    ],
)
def test_canonical_texts_are_printed_as_they_stand(text: str) -> None:
    assert canonical(text) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("RSI<30", "rsi(14) < 30"),
        ("close  >  ema( 200 )", "price > ema(200)"),
        ("macd(12,26,9).line crosses_above macd(12, 26, 9).signal", "macd.line crosses_above macd.signal"),
        ("bb(20,2).upper < price", "bb.upper < price"),
        ("stoch(14,3,3).k > 80", "stoch.k > 80"),
        ("volume > 2 * volume_sma", "volume > 2*volume_sma(20)"),
        ("price+1>2", "price + 1 > 2"),
        ("((rsi < 30))", "rsi(14) < 30"),
        ("(rsi < 30 and (adx > 20 and cci < 0))", "rsi(14) < 30 and adx(14) > 20 and cci(20) < 0"),
        ("rsi < 30.0", "rsi(14) < 30"),
        ("-(-rsi) > 0", "--rsi(14) > 0"),
        ("price > .5", "price > 0.5"),
        ("NOT Regime == RANGING", "not regime == ranging"),
        ("Close @ 1H > ema( 9 ) @4h", "price@1h > ema(9)@4h"),
        ("macd(12,26,9).hist@1d falling", "macd.hist@1d falling"),
        ("price - -5 > 1", "price - (-5) > 1"),
    ],
)
def test_other_spellings_become_canonical(text: str, printed: str) -> None:
    assert canonical(text) == printed


@given(texts)
def test_the_print_reads_back_as_the_same_tree(text: str) -> None:
    tree = parse(text)
    assert parse(str(tree)) == tree


@given(st.text(max_size=80) | st.text("()<>=!*/+-. 1.9rsiemaandornot@,", max_size=60))
def test_no_text_does_anything_but_parse_or_refuse(text: str) -> None:
    with suppress(SpecError):
        assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("rsi(14 < 30", 8, "')' is needed"),
        ("rsi(14)", 1, "is a number, not a condition"),
        ("rsi(14) > ", 10, "the text ends"),
        ("rsi(14) > 30 rsi(14)", 14, "'and', 'or' or the end"),
        ("rsii(14) > 30", 1, "did you mean rsi?"),
        ("price > macd", 9, "macd.line"),
        ("price > rsi.k", 9, "no part 'k'"),
        ("ema(0) > 1", 1, "period"),
        ("ema(-5) > 1", 1, "period"),
        ("macd(26,12,9).line > 0", 1, "26"),
        ("ema(9)@7h > ema(20)", 7, "there is no timeframe '7h'; write one of 1m, 3m"),
        ("ema(9)@ > ema(20)", 7, "there is no timeframe ''"),
        ("price > 2@1h", 10, "there is '@1h'"),
        ("hour@1h > 3", 1, "hour belongs to the clock"),
        ("price > 1 and p_up@1h > 0.5", 15, "p_up belongs to the forecast"),
        ("sigma@1h > 0", 1, "belongs to the forecast"),
        ("cost@4h > 0", 1, "cost belongs to the market's terms"),
        ("regime@1h == trending", 7, "'==' or '!='"),
        ("rsi(14).hist@1h > 3", 1, "no part 'hist'"),
        ("regime == sideways", 11, "trending"),
        ("regime > 3", 8, "'==' or '!='"),
        ("price > regime", 9, "'regime'"),
        ("(rsi(14) > 30) + 1 > 2", 1, "is a condition"),
        ("rsi(14) > 30 > 20", 14, "there is '>'"),
        ("price > $5", 9, "'$' has no meaning"),
        ("rsi(14) = 30", 9, "'=' has no meaning"),
        ("__import__('os') > 1", 12, "has no meaning"),
        ("", 1, "the text ends"),
        ("(" * 30 + "1", 18, "nested"),
        ("price > 1e999", 9, "too large"),
        ("price > ٣", 9, "'٣' has no meaning"),
        ("price\u202e > 3", 6, "has no meaning"),
        ("price > \ud800", 9, "has no meaning"),
        ("price > 3\x00", 10, "has no meaning"),
        ("price" + "*2" * 101 + " > 1", 206, "more than 100 operations"),
        ("(" * 16 + "price - -(rsi + 1) > 1" + ")" * 16, 26, "nested"),
    ],
)
def test_a_refusal_names_the_place_and_the_reason(text: str, column: int, reason: str) -> None:
    with pytest.raises(SpecError) as refused:
        parse(text)
    assert f"column {column}: " in str(refused.value)
    assert reason in str(refused.value)


def test_a_text_beyond_the_bound_is_not_read() -> None:
    with pytest.raises(SpecError, match=r"column 501: the text has \d+ characters; at most 500 are read"):
        parse("price > 1 and " * 60 + "price > 1")


def test_a_text_that_could_not_be_read_back_as_it_is_printed_is_refused() -> None:
    short = " and ".join(["rsi<1"] * 49)
    with pytest.raises(SpecError, match="written out in full it has 779 characters; at most 500 are kept"):
        parse(short)
    deep = "-(rsi + 1)"
    for _ in range(7):
        deep = f"-(1 - {deep})"
    with pytest.raises(SpecError, match="nested more than 16 deep"):
        parse(f"{deep} > 1")


def test_a_refusal_shows_only_what_stands_near_its_column() -> None:
    with pytest.raises(SpecError) as refused:
        parse("price > 1 and " * 30 + "rsii > 3")
    assert str(refused.value).endswith("rsii > 3', column 421: There is no indicator called 'rsii'; did you mean rsi?")
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("sign", "below", "equal", "above"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
        ("==", False, True, False),
        ("!=", True, False, True),
    ],
)
def test_comparisons(sign: str, below: bool, equal: bool, above: bool) -> None:
    assert [holds(f"price {sign} 10", {"price": price}) for price in (9.0, 10.0, 11.0)] == [below, equal, above]
    assert not holds(f"price {sign} 10", {"price": math.nan})


@pytest.mark.parametrize(
    ("before", "now", "above", "below"),
    [
        ((1.0, 2.0), (3.0, 2.0), True, False),
        ((2.0, 2.0), (3.0, 2.0), True, False),
        ((3.0, 2.0), (1.0, 2.0), False, True),
        ((2.0, 2.0), (1.0, 2.0), False, True),
        ((3.0, 2.0), (4.0, 2.0), False, False),
        ((1.0, 2.0), (2.0, 2.0), False, False),
        ((math.nan, 2.0), (3.0, 2.0), False, False),
        ((1.0, 2.0), (3.0, math.nan), False, False),
    ],
)
def test_crossings(before: tuple[float, float], now: tuple[float, float], above: bool, below: bool) -> None:
    earlier, present = (dict(zip(("ema(9)", "ema(20)"), pair, strict=True)) for pair in (before, now))
    assert holds("ema(9) crosses_above ema(20)", present, earlier) is above
    assert holds("ema(9) crosses_below ema(20)", present, earlier) is below
    assert not holds("ema(9) crosses_above ema(20)", present)


def test_movements_compare_with_the_previous_candle() -> None:
    assert holds("obv rising", {"obv": 2.0}, {"obv": 1.0})
    assert holds("obv falling", {"obv": 1.0}, {"obv": 2.0})
    assert not holds("obv rising", {"obv": 1.0}, {"obv": 1.0})
    assert not holds("obv rising", {"obv": 2.0}, {"obv": math.nan})
    assert not holds("obv rising", {"obv": 2.0})


def test_the_regime_is_held_against_a_state() -> None:
    assert holds("regime == ranging", {REGIME_COLUMN: RANGING})
    assert holds("regime != ranging", {REGIME_COLUMN: TRENDING})
    assert not holds("regime == ranging", {REGIME_COLUMN: TRENDING})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3*4 == 14", True),
        ("(2 + 3)*4 == 20", True),
        ("10 - 3 - 2 == 5", True),
        ("24/4/2 == 3", True),
        ("-2*3 == -6", True),
        ("1/0 > 0", False),
        ("1/0 != 5", False),
        ("1 > 2 and 1 > 2 or 1 < 2", True),
        ("1 < 2 or 1 < 2 and 1 > 2", True),
        ("not 1 > 2 and 1 < 2", True),
        ("not (1 < 2 or 1 > 2)", False),
    ],
)
def test_arithmetic_and_precedence(text: str, expected: bool) -> None:
    assert holds(text, {}) is expected


def test_the_readings_an_expression_needs_are_listed() -> None:
    tree = parse("rsi < 30 and not (ema(9) - 2*atr(14) > -price or regime == mixed) or obv rising")
    assert list(operands(tree)) == ["rsi(14)", "ema(9)", "atr(14)", "price", "obv"]


@given(texts)
def test_alternatives_put_together_again_are_the_same_tree(text: str) -> None:
    assert tree_of(groups(parse(text))) == parse(text)


def test_lists_and_words_are_one_tree() -> None:
    listed = tree_of(((parse("rsi < 25"), parse("mfi < 20")), (parse("cci < -150"),)))
    assert listed == parse("rsi < 25 and mfi < 20 or cci < -150")


def test_alternatives_of_joint_conditions() -> None:
    tree = parse("rsi < 25 and mfi < 20 or cci < -150")
    assert [[str(part) for part in group] for group in groups(tree)] == [
        ["rsi(14) < 25", "mfi(14) < 20"],
        ["cci(20) < -150"],
    ]


def test_a_condition_is_told_with_the_present_numbers() -> None:
    row = {"rsi(14)": 28.4, "ema(9)": 64012.34, "atr(14)": math.nan}
    assert with_values(parse("rsi(14) crosses_below 30"), row) == "rsi(14) 28.4 crosses_below 30"
    assert with_values(parse("not ema(9) - 2*atr(14) > 5"), row) == "not ema(9) 64012.3 - 2*atr(14) undefined > 5"
