"""The warm-up check: a strategy that had enough history decides the same with more of it, or less."""

from collections.abc import Mapping
from dataclasses import dataclass

from sigma_engine.backtest.setup import Outcome, Setup, Watch
from sigma_engine.domain.backtest import Check
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.position import Trade
from sigma_engine.laboratory.variants import history_bars, part_of, with_history
from sigma_engine.laboratory.workbench import RunEngine
from sigma_engine.market.replay import HISTORY_BARS

NAME = "warm-up"
SHARES = (0.5, 2.0)
"""How much history the other runs get, of what the trial had."""


@dataclass(frozen=True, slots=True)
class _Other:
    bars: int
    same: int
    trades: int

    @property
    def differs(self) -> bool:
        return self.same < self.trades

    def told(self) -> str:
        if self.differs:
            return f"with {self.bars:,} candles of history {self.trades - self.same} of {self.trades} trades differ"
        return f"with {self.bars:,} candles of history all {self.trades} trades are the same"


def check_warm_up(setup: Setup, longer: Mapping[str, Candles], run: RunEngine, watch: Watch) -> Check:
    """Run ``setup`` with half and with twice its history, as far as ``longer`` goes back, and compare the trades.

    Blocks. Two trades are the same where market, side, entry, exit and reason are: sizes follow from equity, and
    averages without end differ in their last digits. Raises `Cancelled` where ``watch`` says no.
    """
    bars = history_bars(setup)
    others = [with_history(setup, longer, round(share * bars)) for share in SHARES]
    others = [other for other in others if history_bars(other) != bars and other.series.keys() == setup.series.keys()]
    runs = len(others) + 1
    whole = run(setup, part_of(watch, 0, runs))
    found = [
        _compared(whole, run(other, part_of(watch, number, runs)), history_bars(other))
        for number, other in enumerate(others, 1)
    ]
    return _check(bars, found)


def _compared(whole: Outcome, other: Outcome, bars: int) -> _Other:
    expected, found = ({_decided(trade) for trade in outcome.trades} for outcome in (whole, other))
    return _Other(bars, len(expected & found), len(expected | found))


def _decided(trade: Trade) -> tuple[object, ...]:
    return trade.symbol, trade.side, trade.entry_ms, trade.exit_ms, trade.reason


def _check(bars: int, found: list[_Other]) -> Check:
    details = tuple(other.told() for other in found)
    if not found:
        said = "There is no history before the start to vary: begin later in the data."
        return Check(name=NAME, passed=False, text=said)
    wrong = [other for other in found if other.differs]
    if wrong:
        step = "begin later in the data" if bars < HISTORY_BARS else "live trading may differ by as much"
        said = f"{bars:,} candles of history are not enough: {wrong[0].told()}; {step}."
        return Check(name=NAME, passed=False, text=said, details=details)
    said = f"{bars:,} candles of history are enough: more or less of it changes no trade."
    return Check(name=NAME, passed=True, text=said, details=details)
