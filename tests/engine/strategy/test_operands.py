"""How readings are written, and what is said of those that do not exist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
from sigma_engine.strategy.operands import Operand, parse_operand

CANONICAL = [
    *("rsi(14)", "rsi(2)", "ema(9)", "sma(200)", "atr(14)", "adx(14)", "di_plus(14)", "di_minus(7)", "cci(20)"),
    *("mfi(14)", "zscore(20)", "lr_slope(10)", "er(20)", "volume_sma(20)", "obv", "obv.ema", "vwap", "gk_vol"),
    *("gk_vol(30)", "gk_vol.per_bar", "macd.line", "macd.signal", "macd.hist", "macd(8,17,9).hist", "stoch.k"),
    *("stoch.d", "stoch(5,3,3).k", "bb.upper", "bb.middle", "bb.lower", "bb.percent_b", "bb(20,2.5).upper"),
    *("rsi(14)@1h", "macd.hist@4h", "bb(20,2.5).upper@15m", "price@1d", "obv@2h"),
    *("mc.prob_up", "mc(100,24).prob_up", "open", "high", "low", "close", "price", "volume"),
]


@pytest.mark.parametrize("text", CANONICAL)
def test_a_canonical_text_comes_back_as_it_was(text: str) -> None:
    assert str(parse_operand(text)) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("RSI( 14 )", "rsi(14)"),
        ("rsi", "rsi(14)"),
        ("macd(12,26,9).line", "macd.line"),
        (" bb( 20 , 2.0 ) . Upper ", "bb.upper"),
        ("gk_vol(20)", "gk_vol"),
        ("rsi(14.0)", "rsi(14)"),
        ("lr_slope", "lr_slope(10)"),
    ],
)
def test_one_reading_has_one_text(text: str, canonical: str) -> None:
    assert str(parse_operand(text)) == canonical
    assert parse_operand(text) == parse_operand(canonical)


def test_parameters_are_complete_even_where_they_are_not_written() -> None:
    assert parse_operand("macd.hist") == Operand("macd", (12, 26, 9), "hist")
    assert parse_operand("price") == Operand("price")
    assert parse_operand("macd.hist @ 1H") == Operand("macd", (12, 26, 9), "hist", Timeframe.H1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rsl(14)", "There is no indicator called 'rsl'; did you mean rsi?"),
        ("moon", "There is no indicator called 'moon'; known are adx, atr"),
        ("rsi(14,3)", "rsi takes one number (period), not (14,3); write rsi(14)."),
        ("rsi()", "rsi takes one number (period), not (); write rsi(14)."),
        ("vwap(20)", "vwap takes no numbers; write vwap."),
        ("bb(20).upper", "bb takes 2 numbers (period, width), not (20); write bb(20,2)."),
        ("rsi(1)", "rsi: period must be a whole number from 2 to 1000, not '1'."),
        ("rsi(14.5)", "rsi: period must be a whole number from 2 to 1000, not '14.5'."),
        ("rsi(-14)", "rsi: period must be a whole number from 2 to 1000, not '-14'."),
        ("ema(nan)", "ema: period must be a whole number from 2 to 1000, not 'nan'."),
        ("bb(20,0).upper", "bb: width must be a number from 0.1 to 10, not '0'."),
        ("macd(26,12,9).hist", "the fast period (26) must be shorter than the slow one (12)."),
        ("macd", "macd has several readings; write macd.line, macd.signal or macd.hist."),
        ("macd.histogram", "macd has no part 'histogram'; write macd.line, macd.signal or macd.hist."),
        ("rsi(14).hist", "rsi has no part 'hist'; write rsi(14)."),
        ("di_plus(14).adx", "di_plus has no part 'adx'; write di_plus(14)."),
        ("price.close", "price has no part 'close'; write price."),
        ("candle", "There is no indicator called 'candle'"),
        ("rsi(14)@7h", "There is no timeframe '7h'; write one of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 1d."),
        ("rsi(14)@", "'rsi(14)@' is not an operand"),
        ("a" * 500, "There is no indicator called 'aaaaaaaaaaaa"),
        ("", "'' is not an operand; write one like rsi(14), macd.hist or price."),
        ("rsi(14) < 30", "'rsi(14) < 30' is not an operand"),
    ],
)
def test_a_reading_that_does_not_exist_is_refused_with_the_next_step(text: str, sentence: str) -> None:
    with pytest.raises(SpecError) as refusal:
        parse_operand(text)
    assert sentence in str(refusal.value)


@given(text=st.text() | st.from_regex(r"[a-z]{1,6}\([0-9.,e-]{0,9}\)(\.[a-z]{1,3})?"))
def test_any_text_is_an_operand_or_refused_in_one_sentence(text: str) -> None:
    try:
        operand = parse_operand(text)
    except SpecError as refusal:
        sentence = str(refusal)
    else:
        sentence = str(operand)
        assert parse_operand(sentence) == operand
    assert 0 < len(sentence) < 400
