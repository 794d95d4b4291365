"""The readings an expression may name: every indicator, the candle, the clock, the forecast and the market's costs."""

from sigma_engine.strategy.operands import parse_operand

CANDLE_WORDS = ("open", "high", "low", "price", "volume")
"""Numbers of the candle itself; ``close`` is read as ``price``."""

CLOCK_WORDS = ("hour", "weekday")
"""When the candle opened, UTC: 0 to 23, and 0 (Monday) to 6."""

FORECAST_WORDS = ("p_up", "sigma")
"""The calibrated probability of a rise, and the forecast standard deviation of one bar's log return."""

MARKET_WORDS = ("cost", "funding")
"""Round-trip cost and the last funding rate, as fractions of the traded value."""

OTHER_WORDS = (*CANDLE_WORDS, *CLOCK_WORDS, *FORECAST_WORDS, *MARKET_WORDS)
"""The names that no indicator stands behind."""

_SYNONYMS = {"close": "price"}


def operand_text(written: str) -> str:
    """The canonical text of a reading: ``rsi(14)`` of ``rsi``, ``macd.line`` of ``macd(12, 26, 9).line``.

    Raises `SpecError` saying what is wrong.
    """
    name = _SYNONYMS.get(written, written)
    return name if name in OTHER_WORDS else str(parse_operand(name))


def look_back(text: str) -> int:
    """How many candles the reading ``text`` looks back at most; 1 where no indicator stands behind it."""
    return 1 if text in OTHER_WORDS else max((int(number) for number in parse_operand(text).parameters), default=1)


def is_indicator(text: str) -> bool:
    """Whether an indicator stands behind the reading."""
    return text not in OTHER_WORDS
