"""What was tested is what trades: the compiled engine and the live session's parts make the same trades, to the bit."""

from dataclasses import replace

import numpy as np
import pytest

from sigma_engine.backtest import compiled
from sigma_engine.backtest.setup import Outcome, Setup
from sigma_engine.catalog import RULES
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.order import ExitReason
from sigma_engine.domain.position import Trade
from sigma_engine.kernels.account import REFUSALS
from sigma_engine.laboratory.session_engine import run_trader
from sigma_engine.safety.proposal import Layer
from tests.engine.backtest.setups import random_setup, real_setup

MONTH = [f"binance-perp/{coin}USDT-5m-20250525-20250624.csv.gz" for coin in ("BTC", "ETH", "XRP")]
TRADING = ("sigma-fusion", "rsi-oversold", "ema-trend")


def assert_same(one: Outcome, other: Outcome) -> None:
    """Every figure of every trade, every point of the curve, every count; the session alone puts reasons into words."""
    assert [figures(trade) for trade in one.trades] == [figures(trade) for trade in other.trades]
    assert one.regimes == other.regimes
    np.testing.assert_array_equal(one.times, other.times)
    np.testing.assert_array_equal(one.equity, other.equity)
    for name in ("orders", "fills", "signals", "candles", "from_ms", "to_ms"):
        assert getattr(one, name) == getattr(other, name), name
    assert dict(one.refusals) == dict(other.refusals)


def figures(trade: Trade) -> Trade:
    """The trade without the words."""
    return replace(trade, entry_reason="")


@pytest.mark.parametrize("seed", range(24))
def test_odd_strategies_on_wild_markets_trade_the_same_in_both_engines(seed: int) -> None:
    setup = random_setup(seed)
    assert_same(compiled.run(setup), run_trader(setup))


@pytest.mark.parametrize("strategy", [*TRADING, "sigma-scalper"])
def test_thirty_days_of_three_real_markets_trade_the_same_in_both_engines(strategy: str) -> None:
    setup = real_setup(strategy, MONTH, 30)
    outcome = compiled.run(setup)
    assert_same(outcome, run_trader(setup))
    assert bool(outcome.trades) == (strategy in TRADING)


def test_a_gap_beyond_liquidation_loses_the_margin_in_both_engines() -> None:
    setup = gapping(replace(random_setup(4), minutes={}), at=900, factor=0.2)
    outcome = compiled.run(setup)
    assert_same(outcome, run_trader(setup))
    assert any(trade.reason is ExitReason.LIQUIDATION for trade in outcome.trades)


def gapping(setup: Setup, at: int, factor: float) -> Setup:
    """The same with all prices times ``factor`` from candle ``at`` on."""
    series = {}
    for symbol, block in setup.series.items():
        scale = np.where(np.arange(len(block)) < at, 1.0, factor)
        stamps, *prices, volume = block.columns()
        series[symbol] = Candles(stamps, *(price * scale for price in prices), volume)
    return replace(setup, series=series)


def test_every_safety_rule_is_asked_in_the_compiled_engine_too() -> None:
    asked = [name for name in REFUSALS if name not in ("edge gate", "probability gate", "kelly gate", "size", "order")]
    before = [rule.name for rule in RULES if rule.layer is not Layer.ORDER]
    assert asked == before + [rule.name for rule in RULES if rule.layer is Layer.ORDER]


@pytest.mark.parametrize("bars", [1, 7, 64])
def test_where_a_run_is_cut_into_pieces_makes_no_difference(monkeypatch: pytest.MonkeyPatch, bars: int) -> None:
    setup = random_setup(3)
    whole = compiled.run(setup)
    monkeypatch.setattr(compiled, "PIECE_BARS", bars)
    assert_same(replace(whole, run_s=0.0), compiled.run(setup))
