"""Random expressions and random candles to ask them about."""

from math import inf, nan

from hypothesis import strategies as st

from sigma_engine.strategy.expression import MAX_LENGTH, REGIME_COLUMN
from sigma_engine.strategy.reach_intervals import reach_of

READINGS = ("price", "rsi(14)", "ema(9)", "ema(20)@1h", "macd.hist", "zscore(20)", "volume", "p_up", "hour")
COLUMNS = (*READINGS, REGIME_COLUMN)

_LEVELS = ("0", "1", "2", "20", "30", "70", "100", "0.5", "1e308", "-4")
_WORDS = ["<", "<=", ">", ">=", "==", "!=", "crosses_above", "crosses_below"]

_numbers = st.sampled_from(_LEVELS) | st.floats(-1e9, 1e9, allow_subnormal=False).map(repr)
_leaves = st.sampled_from(READINGS) | _numbers
_sums = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        inner.map(lambda text: f"-({text})"),
    ),
    max_leaves=4,
)
_conditions = st.one_of(
    st.tuples(st.sampled_from(READINGS), st.sampled_from(_WORDS), _leaves).map(" ".join),
    st.tuples(_sums, st.sampled_from(_WORDS), _sums).map(" ".join),
    st.tuples(_sums, st.sampled_from(["rising", "falling"])).map(" ".join),
    st.tuples(st.sampled_from(["==", "!="]), st.sampled_from(["trending", "ranging", "mixed"])).map(
        lambda parts: f"regime {parts[0]} {parts[1]}"
    ),
)
texts = st.recursive(
    _conditions,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=6,
).filter(lambda text: len(text) <= MAX_LENGTH // 2)


def _values(reading: str) -> st.SearchStrategy[float]:
    """What a reading can be: undefined, a level people write, an end of its reach, or anything between."""
    reach = reach_of(reading)
    low, high = max(reach.low, -1e300), min(reach.high, 1e300)
    levels = [float(level) for level in _LEVELS if low <= float(level) <= high]
    ends = [end for end in (reach.low, reach.high) if abs(end) < inf]
    return st.sampled_from([nan, *levels, *ends]) | st.floats(low, high, allow_nan=False)


rows = st.fixed_dictionaries(
    {reading: _values(reading) for reading in READINGS} | {REGIME_COLUMN: st.sampled_from([0.0, 1.0, 2.0, nan])}
)
