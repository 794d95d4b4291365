"""Expressions in words, made of the words of their parts."""

import pytest
from hypothesis import given

from sigma_engine.kernels.indicators import INDICATORS
from sigma_engine.strategy.expression import explain, parse
from sigma_engine.strategy.expression_explained import explain_operand
from sigma_engine.strategy.expression_words import OTHER_WORDS
from sigma_engine.strategy.indicator_set import ALL_COLUMNS
from tests.engine.strategy.expression_strategies import texts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "rsi < 30 and ema(9)@1h crosses_above ema(20)@1h",
            "RSI(14) is below 30 and the 9-candle EMA crosses above the 20-candle EMA on 1h candles",
        ),
        ("volume > 2*volume_sma", "the volume is above 2 times the 20-candle average volume"),
        ("rsi@1h > rsi", "RSI(14) on 1h candles is above RSI(14)"),
        ("macd.line crosses_below macd.signal", "the MACD line crosses below the MACD signal line"),
        ("macd(5,35,5).hist@4h rising", "the MACD(5,35,5) histogram is rising on 4h candles"),
        ("price >= bb(20,2.5).upper", "the price is at least the upper Bollinger(20,2.5) band"),
        ("stoch.k <= 20 and mfi != 3", "Stochastic %K is at most 20 and MFI(14) differs from 3"),
        (
            "(price - sma(20))/atr(14) >= 1.5",
            "(the price minus the 20-candle SMA) divided by ATR(14) is at least 1.5",
        ),
        ("price - (ema(9) - vwap) > -obv", "the price minus (the 9-candle EMA minus VWAP) is above minus OBV"),
        ("regime == trending", "the market is trending"),
        ("not regime == ranging", "the market is not ranging"),
        ("not regime != mixed", "the market is mixed"),
        ("not rsi > 70", "RSI(14) is not above 70"),
        ("not obv falling", "OBV is not falling"),
        ("not (rsi > 70 or adx < 20)", "it is not so that (RSI(14) is above 70 or ADX(14) is below 20)"),
        (
            "rsi < 25 and mfi < 20 or cci < -150",
            "RSI(14) is below 25 and MFI(14) is below 20, or CCI(20) is below -150",
        ),
        (
            "(rsi < 25 or mfi < 20) and adx < 20 and zscore < -2",
            "(RSI(14) is below 25 or MFI(14) is below 20), ADX(14) is below 20 and the 20-candle z-score is below -2",
        ),
        (
            "hour >= 8 and weekday < 5 and p_up > 0.55",
            "the hour of the day (UTC) is at least 8, the day of the week (Monday is 0) is below 5 "
            "and the probability of a rise is above 0.55",
        ),
        (
            "mc.prob_up > 0.6 and sigma > cost and funding <= 0",
            "the plain model's probability of a rise is above 0.6, the forecast volatility of one candle is above "
            "the round-trip cost and the funding rate is at most 0",
        ),
    ],
)
def test_what_an_expression_asks_for_in_words(text: str, words: str) -> None:
    assert explain(parse(text)) == words


def test_every_reading_has_words_of_its_own() -> None:
    parts = [f"{entry.name}.{part.name}" for entry in INDICATORS for part in entry.parts if not part.bare]
    named = {
        text: explain_operand(text) for text in (*ALL_COLUMNS, *parts, *OTHER_WORDS, "er(20)", "price@1h", "ema(7)@4h")
    }
    assert len(set(named.values())) == len(named)
    assert [text for text, words in named.items() if not words or "_" in words or words == text] == []


@given(texts)
def test_every_expression_can_be_said(text: str) -> None:
    words = explain(parse(text))
    assert words.isprintable()
    assert "_" not in words
