"""A result taken apart: by symbol, side, hour, weekday, regime and exit."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from sigma_engine.backtest.columns import TradeColumns
from sigma_engine.backtest.metrics import profit_factor
from sigma_engine.backtest.ratios import mean, share_pct
from sigma_engine.domain.backtest import Part
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Regime
from sigma_engine.domain.symbol import short

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_REGIME = "not known"

Case = tuple[Trade, Regime | None]


def parts(
    trades: Sequence[Trade], regimes: Sequence[Regime | None], columns: TradeColumns
) -> dict[str, tuple[Part, ...]]:
    """The tables of `BacktestResult.parts`; each holds every trade exactly once, hours and days by the entry in UTC."""
    cases = list(zip(trades, regimes, strict=True))
    return {name: _table(cases, columns, key, text) for name, (key, text) in _PARTINGS.items()}


def _table(
    cases: Sequence[Case], columns: TradeColumns, key: Callable[[Case], Hashable], text: Callable[[object], str]
) -> tuple[Part, ...]:
    """A part for each value of ``key`` that occurs, in ascending order."""
    members: dict[object, list[int]] = {}
    for at, case in enumerate(cases):
        members.setdefault(key(case), []).append(at)
    return tuple(_part(text(value), columns, members[value]) for value in sorted(members, key=_order))


def _part(name: str, columns: TradeColumns, members: Sequence[int]) -> Part:
    chosen = np.array(members)
    pnl = columns.pnl[chosen]
    return Part(
        name=name,
        trades=len(chosen),
        win_rate_pct=share_pct(int((pnl > 0).sum()), len(chosen)),
        pnl=float(pnl.sum()),
        costs=float(columns.costs[chosen].sum()),
        expectancy=mean(pnl),
        profit_factor=profit_factor(pnl),
    )


def _entry(case: Case) -> datetime:
    return datetime.fromtimestamp(case[0].entry_ms / 1000, UTC)


def _order(value: object) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, str(value))


_PARTINGS: Mapping[str, tuple[Callable[[Case], Hashable], Callable[[object], str]]] = {
    "symbol": (lambda case: short(case[0].symbol), str),
    "side": (lambda case: case[0].side.value, str),
    "hour": (lambda case: _entry(case).hour, lambda hour: f"{hour:02}:00"),
    "weekday": (lambda case: _entry(case).weekday(), lambda day: WEEKDAYS[int(str(day))]),
    "regime": (lambda case: NO_REGIME if case[1] is None else case[1].value, str),
    "exit": (lambda case: case[0].reason.value, str),
}
