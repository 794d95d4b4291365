"""The table of indicators: a new one is a file in this package and a row here."""

from sigma_engine.kernels.indicators.adx import Adx
from sigma_engine.kernels.indicators.atr import Atr
from sigma_engine.kernels.indicators.bollinger import Bollinger
from sigma_engine.kernels.indicators.candle import CandleFields
from sigma_engine.kernels.indicators.cci import Cci
from sigma_engine.kernels.indicators.efficiency_ratio import EfficiencyRatio
from sigma_engine.kernels.indicators.ema import Ema
from sigma_engine.kernels.indicators.entry import IndicatorEntry, Parameter, Part
from sigma_engine.kernels.indicators.garman_klass import GarmanKlass
from sigma_engine.kernels.indicators.lr_slope import LinearRegressionSlope
from sigma_engine.kernels.indicators.macd import Macd
from sigma_engine.kernels.indicators.mfi import Mfi
from sigma_engine.kernels.indicators.monte_carlo import MonteCarlo
from sigma_engine.kernels.indicators.obv import Obv
from sigma_engine.kernels.indicators.rsi import Rsi
from sigma_engine.kernels.indicators.sma import Sma
from sigma_engine.kernels.indicators.stochastic import Stochastic
from sigma_engine.kernels.indicators.volume_sma import VolumeSma
from sigma_engine.kernels.indicators.vwap import Vwap
from sigma_engine.kernels.indicators.zscore import ZScore

__all__ = ["CANDLE_FIELDS", "INDICATORS", "IndicatorEntry", "Parameter", "Part"]

LONGEST = 1_000


def _period(default: int, name: str = "period", least: int = 2) -> Parameter:
    return Parameter(name, default, least, LONGEST)


INDICATORS: tuple[IndicatorEntry, ...] = (
    IndicatorEntry("rsi", "Relative strength index", Rsi, (_period(14),), (Part("rsi", 0, 100, bare=True),)),
    IndicatorEntry(
        "macd",
        "MACD",
        Macd,
        (_period(12, "fast"), _period(26, "slow"), _period(9, "signal")),
        (Part("line"), Part("signal"), Part("hist")),
        short=True,
    ),
    IndicatorEntry(
        "stoch",
        "Stochastic",
        Stochastic,
        (_period(14), _period(3, "smooth", least=1), _period(3, "signal", least=1)),
        (Part("k", 0, 100), Part("d", 0, 100)),
        short=True,
    ),
    IndicatorEntry(
        "ema",
        "Exponential moving average",
        Ema,
        (_period(20),),
        (Part("ema", bare=True),),
        over_price=True,
        standard=((9,), (20,), (50,), (200,)),
    ),
    IndicatorEntry("sma", "Simple moving average", Sma, (_period(20),), (Part("sma", bare=True),), over_price=True),
    IndicatorEntry(
        "bb",
        "Bollinger bands",
        Bollinger,
        (_period(20), Parameter("width", 2, 0.1, 10, whole=False)),
        (Part("upper"), Part("middle"), Part("lower"), Part("percent_b")),
        over_price=True,
        short=True,
    ),
    IndicatorEntry("atr", "Average true range", Atr, (_period(14),), (Part("atr", 0, bare=True),)),
    IndicatorEntry(
        "adx",
        "Average directional index",
        Adx,
        (_period(14),),
        (Part("adx", 0, 100, bare=True), Part("di_plus", 0, 100, bare=True), Part("di_minus", 0, 100, bare=True)),
    ),
    IndicatorEntry("cci", "Commodity channel index", Cci, (_period(20),), (Part("cci", bare=True),)),
    IndicatorEntry("mfi", "Money flow index", Mfi, (_period(14),), (Part("mfi", 0, 100, bare=True),)),
    IndicatorEntry(
        "obv",
        "On-balance volume",
        Obv,
        (_period(20, "average"),),
        (Part("obv", bare=True), Part("ema")),
        short=True,
    ),
    IndicatorEntry(
        "vwap", "Volume-weighted average price", Vwap, (), (Part("vwap", bare=True),), over_price=True, short=True
    ),
    IndicatorEntry(
        "mc",
        "Monte Carlo odds",
        MonteCarlo,
        (_period(50), _period(12, "horizon", least=1)),
        (Part("prob_up", 0, 1), Part("drift"), Part("sigma", 0)),
        short=True,
    ),
    IndicatorEntry(
        "gk_vol",
        "Garman-Klass volatility",
        GarmanKlass,
        (_period(20),),
        (Part("gk_vol", 0, bare=True), Part("per_bar", 0)),
        per_year=True,
        short=True,
    ),
    IndicatorEntry("zscore", "Z-score", ZScore, (_period(20),), (Part("zscore", bare=True),)),
    IndicatorEntry(
        "lr_slope", "Linear regression slope", LinearRegressionSlope, (_period(10),), (Part("lr_slope", bare=True),)
    ),
    # Not among the sixteen people see: the regime and volume conditions read them.
    IndicatorEntry(
        "er", "Efficiency ratio", EfficiencyRatio, (_period(20),), (Part("er", 0, 1, bare=True),), standard=()
    ),
    IndicatorEntry(
        "volume_sma", "Average volume", VolumeSma, (_period(20),), (Part("volume_sma", 0, bare=True),), standard=()
    ),
)

CANDLE_FIELDS = IndicatorEntry(
    "candle",
    "Candle",
    CandleFields,
    (),
    tuple(Part(name, 0, bare=True) for name in ("open", "high", "low", "close", "volume", "price")),
    over_price=True,
    short=True,
)
