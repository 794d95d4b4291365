"""Everything the kernels say about a market, computed here and, run as a script, in another process."""

import sys

import numpy as np
from numpy.typing import NDArray

from sigma_engine import kernels
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.bars import Walk
from sigma_engine.kernels.regime import RegimeVote
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.strategy.fusion import FEATURES
from sigma_engine.strategy.indicator_set import ALL_COLUMNS, IndicatorSet

ODD = (
    *("bb(7,2.5).upper", "macd(3,7,2).hist", "stoch(5,1,4).d", "rsi(2)", "adx(3)", "cci(70)", "mfi(5)", "obv(7).ema"),
    *("mc(3,5).prob_up", "gk_vol(5)", "zscore(65)", "lr_slope(9)", "er(3)", "volume_sma(130)", "atr(2)", "sma(3)"),
)
LONGER = ("price@15m", "rsi(14)@1h", "vwap@4h", "gk_vol@30m", "macd(3,7,2).hist@15m")
COLUMNS = (*ALL_COLUMNS, "er(20)", "volume_sma(20)", "price", "open", *ODD, *LONGER)


def readings(candles: Candles) -> NDArray[np.float64]:
    """Every indicator with usual and odd parameters, by the block and, for the last fifty candles, singly."""
    indicators = IndicatorSet(COLUMNS, Timeframe.M5)
    block = indicators.run(candles.slice(0, -50))
    return np.vstack([block, [indicators.update(candle) for candle in candles.slice(-50)]])


def decisions(candles: Candles) -> NDArray[np.float64]:
    """Regime, action and ending of every candle, then the votes and scores behind them, one candle at a time."""
    block = IndicatorSet((*FEATURES, "er(20)"), Timeframe.M5).run(candles)
    regimes, actions, endings = np.zeros((3, len(block)), np.int32)
    RegimeVote().run(block, 7, 21, 20, 1, regimes)
    chances = np.linspace(0.3, 0.7, len(block))
    score = FusionScore([[(row + vote) % 5 / 4 for vote in range(14)] for row in range(3)], 0.15, 0.05)
    score.run(block, chances, regimes, actions)
    Walk(1.5, 3.75, 2.0).run(candles.open, candles.high, candles.low, block[:, 1], actions, endings)
    single = []
    for row, chance, regime in zip(block, chances, regimes, strict=True):
        action = score.step(np.ascontiguousarray(row[:21]), chance, regime)
        single += [action, score.long_score, score.short_score, *score.votes]
    return np.concatenate([regimes, actions, endings, single])


if __name__ == "__main__":
    assert not kernels.compiled()
    assert kernels.indicator.__file__.endswith(".py")
    assert kernels.bank.__file__.endswith(".py")
    arrays = np.load(sys.argv[1])
    market = Candles(*(arrays[name] for name in arrays.files))
    np.savez(sys.argv[2], readings=readings(market), decisions=decisions(market))
