"""The fusion table: which vote each of the indicators casts, in which phase, and how much it weighs in each regime."""

from dataclasses import dataclass

from sigma_engine.domain.signal import Phase


@dataclass(frozen=True, slots=True)
class Vote:
    """One row of the table of contracts.md §5.

    ``weights`` stand for trending, ranging and mixed, in the order of `Regime`; ``operands`` are the readings shown
    beside the vote; ``words`` name it in a reason; ``votes`` is false for an indicator that only scales.
    """

    name: str
    title: str
    words: str
    phase: Phase
    operands: tuple[str, ...]
    weights: tuple[float, float, float]
    votes: bool = True


def _row(
    name: str,
    title: str,
    words: str,
    phase: Phase,
    operands: tuple[str, ...],
    trending: float,
    mixed: float,
    ranging: float,
) -> Vote:
    return Vote(name, title, words, phase, operands, (trending, ranging, mixed))


_EMAS = ("ema(9)", "ema(20)", "ema(50)", "ema(200)")
_STOCHASTIC = ("stoch.k", "stoch.d")
_MACD = ("macd.line", "macd.signal", "macd.hist")
_GARMAN_KLASS = ("gk_vol", "gk_vol.per_bar")
_SLOPE = ("lr_slope(10)",)
_BANDS = ("bb.upper", "bb.middle", "bb.lower", "bb.percent_b")

VOTES = (
    _row("ema", "EMA 9, 20, 50, 200", "the averages", Phase.TREND, _EMAS, 3, 2, 0.5),
    _row("sma", "SMA 20", "the 20-candle mean", Phase.TREND, ("sma(20)",), 1, 0.5, 0),
    _row("adx", "ADX 14", "ADX", Phase.TREND, ("adx(14)", "di_plus(14)", "di_minus(14)"), 2, 1, 0),
    _row("macd", "MACD", "MACD", Phase.MOMENTUM, _MACD, 2, 1, 0.5),
    _row("rsi", "RSI 14", "RSI", Phase.MOMENTUM, ("rsi(14)",), 0.5, 1, 2),
    _row("stoch", "Stochastic", "Stochastic", Phase.MOMENTUM, _STOCHASTIC, 0.5, 1, 2),
    _row("cci", "CCI 20", "CCI", Phase.MOMENTUM, ("cci(20)",), 0.5, 1, 1.5),
    _row("bb", "Bollinger", "the bands", Phase.VOLATILITY, _BANDS, 0.5, 1, 2),
    _row("mfi", "MFI 14", "MFI", Phase.VOLUME, ("mfi(14)",), 0.5, 1, 1.5),
    _row("obv", "OBV", "OBV", Phase.VOLUME, ("obv", "obv.ema"), 1, 1, 0.5),
    _row("vwap", "VWAP", "VWAP", Phase.VOLUME, ("vwap",), 1, 0.5, 0),
    _row("zscore", "z-score 20", "the z-score", Phase.MEAN_REVERSION, ("zscore(20)",), 0.5, 1.5, 3),
    _row("lr_slope", "LR slope 10", "micro-trend", Phase.MICRO_TREND, _SLOPE, 2, 1.5, 0.5),
    _row("p_up", "P(up)", "P(up)", Phase.PROBABILITY, ("mc.prob_up", "p_up"), 2, 2, 2),
)
"""The fourteen votes, in the order in which the kernel casts them."""

SCALES = (
    Vote("atr", "ATR 14", "ATR", Phase.VOLATILITY, ("atr(14)",), (0.0, 0.0, 0.0), votes=False),
    Vote(
        "gk_vol",
        "Garman-Klass",
        "Garman-Klass",
        Phase.VOLATILITY,
        ("gk_vol", "gk_vol.per_bar"),
        (0.0, 0.0, 0.0),
        votes=False,
    ),
)
"""The two indicators without a vote: the scale of stops and size."""

FEATURES = (
    "price",
    "atr(14)",
    *_EMAS,
    "sma(20)",
    "adx(14)",
    "di_plus(14)",
    "di_minus(14)",
    "macd.hist",
    "rsi(14)",
    "stoch.k",
    "cci(20)",
    "bb.percent_b",
    "mfi(14)",
    "obv",
    "obv.ema",
    "vwap",
    "zscore(20)",
    "lr_slope(10)",
)
"""The readings the kernel's votes are cast from, in its order; the calibrated P(up) is handed over beside them."""
