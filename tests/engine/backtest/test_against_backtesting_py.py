"""The trades of backtesting.py 0.6.6 on a year of real candles, each exception named.

Both take the same indicator columns, enter at the next open and close where stop or target is touched, the stop first.
backtesting.py can only be given levels measured from the signal's close; SIGMA measures them from the actual fill
(contracts.md §4.2). Where the open lies off the close, the two levels lie apart by as much, and a candle may reach one
of them and not the other: that is the only difference there may be, beside what follows from it.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sigma_engine.backtest import compiled
from sigma_engine.backtest.setup import Setup
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.settings import Settings
from sigma_engine.strategy.indicator_set import IndicatorSet
from sigma_engine.strategy.spec import read_spec
from tests.engine.backtest.setups import DATA, M5, mandate_of

FILE = DATA / "binance-perp/BTCUSDT-5m-20230101-20231231.csv.gz"
SYMBOL = "BTC/USDT:USDT"
HISTORY_BARS = 300
STOP_ATR, TARGET_R = 1.5, 2.5
FRACTION = 2.0**-20
"""A power of two, so that scaling prices to fractions of a coin loses no bit."""
SPEC = {
    "name": "cross",
    "symbols": ["BTC/USDT"],
    "entry_long": ["ema(9) crosses_above ema(20)", "rsi(14) > 50"],
    "entry_short": ["ema(9) crosses_below ema(20)", "rsi(14) < 50"],
    "stop_loss": {"type": "atr", "value": STOP_ATR},
    "take_profit": {"type": "rr", "value": TARGET_R},
    "risk_per_trade_pct": 0.01,
    "leverage": 1,
}


@dataclass(frozen=True, slots=True)
class Span:
    """A trade in bars."""

    entry: int
    exit: int
    sign: int

    def holds(self, bar: int) -> bool:
        """Whether it was open at the close of ``bar``."""
        return self.entry <= bar < self.exit


@pytest.fixture(scope="module")
def candles() -> Candles:
    """BTC in 2023, five minutes each."""
    if not FILE.exists():
        pytest.skip(f"there is no market data {FILE}")
    return read_candle_file(FILE).candles


def setup_of(candles: Candles) -> Setup:
    """The strategy on ``candles``, without costs."""
    return Setup(
        run_id="run",
        name="cross",
        mandate=mandate_of(read_spec(SPEC), Settings(fee_bps=0, slippage_bps=0)),
        timeframe=M5,
        series={SYMBOL: candles},
        instruments={SYMBOL: practice_instrument(SYMBOL, float(candles.close[0]))},
        first_ms=int(candles.open_ms[HISTORY_BARS]),
        capital=Decimal(1_000_000),
    )


def ours(candles: Candles) -> list[Span]:
    """SIGMA's trades."""
    trades = compiled.run(setup_of(candles)).trades
    bars = np.searchsorted(candles.open_ms, [(trade.entry_ms, trade.exit_ms) for trade in trades])
    return [Span(*pair, trade.side.sign) for pair, trade in zip(bars.tolist(), trades, strict=True)]


def theirs(candles: Candles, columns: np.ndarray) -> list[Span]:
    """The trades of backtesting.py, given the same columns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from backtesting import Strategy
        from backtesting.lib import FractionalBacktest

        class Cross(Strategy):  # type: ignore[misc]
            def init(self) -> None:
                self.fast, self.slow, self.rsi, self.atr = (
                    self.I(lambda k=k: columns[:, k], overlay=False) for k in range(4)
                )

            def next(self) -> None:
                if len(self.data) <= HISTORY_BARS or self.position:
                    return
                was, now = self.fast[-2] - self.slow[-2], self.fast[-1] - self.slow[-1]
                price, stop = self.data.Close[-1], STOP_ATR * self.atr[-1] * FRACTION
                if was <= 0 < now and self.rsi[-1] > 50:
                    self.buy(size=0.1, sl=price - stop, tp=price + TARGET_R * stop)
                elif was >= 0 > now and self.rsi[-1] < 50:
                    self.sell(size=0.1, sl=price + stop, tp=price - TARGET_R * stop)

        prices = dict(zip(("Open", "High", "Low", "Close", "Volume"), candles.columns()[1:], strict=True))
        frame = pd.DataFrame(prices, index=pd.to_datetime(candles.open_ms, unit="ms"))
        run: Any = FractionalBacktest(frame, Cross, cash=1e6, finalize_trades=True, fractional_unit=FRACTION).run()
    table = run["_trades"]
    rows = sorted(zip(table.EntryBar, table.ExitBar, np.sign(table.Size), strict=True))
    return [Span(int(entry), int(exit), int(sign)) for entry, exit, sign in rows]


def named(span: Span, others: Sequence[Span], candles: Candles, atr: np.ndarray) -> str:
    """Why ``span`` is not among ``others``; raises `AssertionError` where there is no reason."""
    twin = next((other for other in others if (other.entry, other.sign) == (span.entry, span.sign)), None)
    if twin is None:
        assert any(other.holds(span.entry - 1) for other in others), f"{span} has no reason"
        return "the other still held the trade before"
    bar = min(span.exit, twin.exit)
    shift = candles.open[span.entry] - candles.close[span.entry - 1]
    stop = STOP_ATR * atr[span.entry - 1]
    for distance in (-span.sign * stop, span.sign * TARGET_R * stop):
        reached = candles.low[bar] if distance < 0 else candles.high[bar]
        level = candles.close[span.entry - 1] + distance
        # A level on the tick may be off by half of one.
        if min(0.0, shift) - 0.05 <= reached - level <= max(0.0, shift) + 0.05:
            return "the candle reached the level from the close or the one from the fill, not both"
    raise AssertionError(f"{span} and {twin} have no reason to differ")


def test_the_trades_are_those_of_backtesting_py_but_for_named_exceptions(candles: Candles) -> None:
    columns = IndicatorSet(("ema(9)", "ema(20)", "rsi(14)", "atr(14)"), M5).run(candles)
    mine, other = ours(candles), theirs(candles, columns)
    exceptions = [named(span, other, candles, columns[:, 3]) for span in mine if span not in set(other)]
    exceptions += [named(span, mine, candles, columns[:, 3]) for span in other if span not in set(mine)]
    assert len(mine) > 2_800
    assert len(exceptions) < 0.02 * len(mine), exceptions
