"""The readings an expression may name: every indicator, the candle, the clock, the forecast and the market's costs."""

from collections.abc import Iterable

from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
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
_TIMELESS = {
    **dict.fromkeys(CLOCK_WORDS, "the clock"),
    **dict.fromkeys(FORECAST_WORDS, "the forecast"),
    **dict.fromkeys(MARKET_WORDS, "the market's terms"),
}
_SETTLING_CANDLES = 20


def operand_text(written: str) -> str:
    """The canonical text of a reading: ``rsi(14)`` of ``rsi``, ``macd.line@1h`` of ``macd(12, 26, 9).line @ 1h``.

    Raises `SpecError` saying what is wrong. Indicators and the candle's numbers may be read on a longer timeframe;
    the clock, the forecast and the market's terms may not.
    """
    head, at, longer = written.partition("@")
    name = _SYNONYMS.get(head, head)
    if name in _TIMELESS and at:
        raise SpecError(f"{name} belongs to {_TIMELESS[name]}, not to candles, and has no timeframe; write {name}.")
    return name if name in OTHER_WORDS and not at else str(parse_operand(f"{name}{at}{longer}"))


def check_timeframes(texts: Iterable[str], base: Timeframe) -> None:
    """Raise `SpecError` where a reading's timeframe is no longer whole multiple of ``base``."""
    for text in texts:
        longer = parse_operand(text).timeframe if is_indicator(text) else None
        if longer is None:
            continue
        if longer.interval_ms <= base.interval_ms or longer.interval_ms % base.interval_ms:
            fitting = [each for each in Timeframe if each.interval_ms > base.interval_ms]
            fitting = [each for each in fitting if each.interval_ms % base.interval_ms == 0]
            next_step = f"write one of {', '.join(fitting)} after '@'" if fitting else "leave the '@' out"
            raise SpecError(f"{text} cannot be read from candles of {base}: {next_step}.")


def look_back(text: str, base: Timeframe) -> int:
    """How many candles of ``base`` the reading ``text`` looks back at most; 1 where no indicator stands behind it.

    A longer timeframe counts its own candles and some in which the reading settles.
    """
    if not is_indicator(text):
        return 1
    operand = parse_operand(text)
    candles = max((int(number) for number in operand.parameters), default=1)
    if operand.timeframe is None:
        return candles
    return (candles + _SETTLING_CANDLES) * (operand.timeframe.interval_ms // base.interval_ms)


def is_indicator(text: str) -> bool:
    """Whether an indicator, or a candle of a longer timeframe, stands behind the reading."""
    return text not in OTHER_WORDS
