"""A backtest's one sentence claims no more than its trades show."""

from decimal import Decimal

import numpy as np
import pytest

from sigma_engine.backtest.verdict import verdict
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.domain.position import Trade


def trades(*results: float) -> list[Trade]:
    return [
        Trade(
            trade_id=f"t{at}", symbol="BTC/USDT:USDT", side=PositionSide.LONG, entry_ms=0, exit_ms=1,
            entry_price=Decimal(1), exit_price=Decimal(1), quantity=Decimal(1), leverage=1, fees=Decimal(0),
            funding=Decimal(0), slippage=Decimal(0), pnl=Decimal(repr(float(result))), return_pct=0.0, r=None, bars=1,
            reason=ExitReason.STOP, entry_reason="",
        )
        for at, result in enumerate(results)
    ]  # fmt: skip


def test_no_trade_is_said_plainly() -> None:
    assert verdict([]).startswith("No trade")


def test_a_single_lucky_trade_says_nothing() -> None:
    assert verdict(trades(500)).startswith("Too few to say anything: 1 trade came to +500.00 USDT")


def test_noise_is_called_chance() -> None:
    draws = np.random.default_rng(3).normal(0, 10, 200)
    assert verdict(trades(*(draws - draws.mean() + 0.3))).startswith("Not distinguishable from chance")


@pytest.mark.parametrize(("drift", "word"), [(3, "It gained in this sample"), (-3, "It loses")])
def test_a_drift_of_four_standard_errors_is_named(drift: float, word: str) -> None:
    draws = np.random.default_rng(3).normal(0, 10, 200)
    assert verdict(trades(*(draws - draws.mean() + drift))).startswith(word)


def test_equal_trades_are_no_division_by_zero() -> None:
    assert verdict(trades(*[1.0] * 50)).startswith("It gained")
