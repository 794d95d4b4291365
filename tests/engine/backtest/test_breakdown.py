"""Every trade is in exactly one part of each table."""

import numpy as np
import pytest

from sigma_engine.backtest.breakdown import WEEKDAYS, parts
from sigma_engine.backtest.columns import columns_of
from sigma_engine.domain.backtest import Part
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Regime
from tests.engine.backtest.simulated import DAY_MS, HOUR_MS, START_MS, trade, trades


def broken_down(closed: tuple[Trade, ...], regimes: tuple[Regime | None, ...] | None = None) -> dict[str, list[Part]]:
    tables = parts(closed, regimes or (None,) * len(closed), columns_of(closed))
    return {name: list(table) for name, table in tables.items()}


@pytest.mark.parametrize("name", ["symbol", "side", "hour", "weekday", "regime", "exit"])
def test_the_parts_add_up_to_the_whole(name: str) -> None:
    closed = trades(np.random.default_rng(1).normal(0, 50, 200), 90, costs=3.0)
    table = broken_down(closed, tuple((*Regime, None)[at % 4] for at in range(200)))[name]
    assert sum(part.trades for part in table) == 200
    assert sum(part.pnl for part in table) == pytest.approx(float(sum(each.pnl for each in closed)))
    assert sum(part.costs for part in table) == pytest.approx(600)


def test_hours_and_weekdays_are_those_of_the_entry_in_utc_and_in_their_order() -> None:
    closed = tuple(
        trade(at, 1.0, entry_ms=START_MS + day * DAY_MS + hour * HOUR_MS, held_ms=DAY_MS)
        for at, (day, hour) in enumerate([(6, 23), (0, 9), (7, 10), (2, 9)])  # it starts on a Monday
    )
    tables = broken_down(closed)
    assert [(part.name, part.trades) for part in tables["hour"]] == [("09:00", 2), ("10:00", 1), ("23:00", 1)]
    assert [part.name for part in tables["weekday"]] == [WEEKDAYS[0], WEEKDAYS[2], WEEKDAYS[6]]


def test_a_parts_figures_are_those_of_its_trades() -> None:
    closed = tuple(trade(3 * at, each) for at, each in enumerate([30.0, -10.0, 40.0]))
    (part,) = broken_down(closed)["symbol"]
    assert (part.name, part.trades, part.pnl, part.costs) == ("BTC/USDT", 3, 60, 0)
    assert part.win_rate_pct == pytest.approx(200 / 3)
    assert part.expectancy == 20
    assert part.profit_factor == 7


def test_without_a_loss_a_part_has_no_profit_factor() -> None:
    tables = broken_down((trade(0, 5.0), trade(1, -5.0)))
    assert [part.profit_factor for part in tables["exit"]] == [0, None]


def test_a_signal_whose_regime_nobody_knew_is_a_part_of_its_own() -> None:
    tables = broken_down((trade(0, 5.0), trade(1, 5.0)), (Regime.RANGING, None))
    assert [part.name for part in tables["regime"]] == ["not known", "ranging"]


def test_without_trades_the_tables_are_empty() -> None:
    assert all(table == [] for table in broken_down(()).values())
