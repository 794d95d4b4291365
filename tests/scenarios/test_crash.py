"""kill -9 in the middle of the demo: nothing that was shown is lost, and the demo goes on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

MINUTE_MS = 60_000

WATCHER = """
import asyncio, json, sys
from pathlib import Path
import sigma_engine
from sigma_engine import *

async def main(home, steps):
    session = await sigma_engine.open_session(SessionRequest(mode=Mode.DEMO, home=Path(home), speed=400.0))
    def tell(kind, *what):
        print(json.dumps([kind, *map(str, what)]), flush=True)
    begin = session.snapshot()
    tell("begin", begin.run_id, begin.market_ms, len(begin.trades), len(begin.candles[begin.symbols[0]]))
    for trade in begin.trades:
        tell("trade", trade)
    for decision in begin.decisions:
        tell("newest", decision.symbol, decision.signal.bar_ms)
    for point in begin.equity:
        tell("equity", point.at_ms, point.equity)
    for position in begin.portfolio.positions:
        tell("held", position.symbol, position.entry_id)
    session.bus.subscribe(PositionClosed, lambda e: tell("trade", e.trade))
    session.bus.subscribe(PositionOpened, lambda e: tell("opened", e.position.symbol, e.position.entry_id))
    session.bus.subscribe(OrderFilled, lambda e: tell("fill", e.fill))
    session.bus.subscribe(DecisionMade, lambda e: tell("decision", e.decision.symbol, e.decision.signal.bar_ms))
    session.bus.subscribe(EquityRecorded, lambda e: tell("equity", e.point.at_ms, e.point.equity))
    await session.run()

asyncio.run(main(*sys.argv[1:]))
"""


class Watcher:
    """A demo in a process of its own, whose every word is kept."""

    def __init__(self, home: Path) -> None:
        self.said: list[list[str]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", WATCHER, str(home), "0"], stdout=subprocess.PIPE, text=True
        )

    def until(self, kind: str, count: int) -> None:
        """Listen until ``kind`` was said ``count`` times."""
        assert self._process.stdout is not None
        while sum(words[0] == kind for words in self.said) < count:
            line = self._process.stdout.readline()
            assert line, f"the demo ended by itself with {self._process.wait()}"
            self.said.append(json.loads(line))

    def kill(self) -> None:
        """kill -9, then whatever was still in the pipe."""
        os.kill(self._process.pid, signal.SIGKILL)
        assert self._process.stdout is not None
        self.said += [json.loads(line) for line in self._process.stdout if line.endswith("\n")]
        self._process.wait()
        self._process.stdout.close()

    def all(self, kind: str) -> list[list[str]]:
        """What was said of a kind."""
        return [words[1:] for words in self.said if words[0] == kind]


@pytest.fixture(scope="module")
def two_lives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Watcher, Watcher, Path]:
    """A demo killed after some trades, and its second life, killed in turn."""
    home = tmp_path_factory.mktemp("crash") / "home"
    first = Watcher(home)
    first.until("trade", 3)
    first.kill()
    second = Watcher(home)
    second.until("trade", len(first.all("trade")) + 1)
    second.kill()
    return first, second, home


def test_the_same_run_goes_on_where_it_stood(two_lives: tuple[Watcher, Watcher, Path]) -> None:
    first, second, _ = two_lives
    (born,), (reborn,) = first.all("begin"), second.all("begin")
    assert born[0] == reborn[0]
    assert int(reborn[1]) > int(born[1])


def test_forecasts_go_on_from_the_whole_history_of_the_run(two_lives: tuple[Watcher, Watcher, Path]) -> None:
    first, second, _ = two_lives
    (born,), (reborn,) = first.all("begin"), second.all("begin")
    begun = min(int(at) for _, at in first.all("decision"))
    newest = max(int(at) for _, at in second.all("newest"))
    assert int(reborn[3]) == int(born[3]) + (newest - begun) // MINUTE_MS + 1


def test_no_trade_that_was_shown_is_lost_or_changed(two_lives: tuple[Watcher, Watcher, Path]) -> None:
    first, second, _ = two_lives
    kept = second.all("trade")
    assert kept[: len(first.all("trade"))] == first.all("trade")


def test_every_open_position_is_still_held_or_was_closed(two_lives: tuple[Watcher, Watcher, Path]) -> None:
    first, second, _ = two_lives
    closed = " ".join(words[0] for words in first.all("trade") + second.all("trade"))
    held = {words[1] for words in second.all("held")}
    for symbol, entry_id in first.all("opened"):
        assert entry_id in held or entry_id in closed, f"{symbol} {entry_id} vanished"


def test_no_candle_is_decided_on_twice_and_none_is_skipped(two_lives: tuple[Watcher, Watcher, Path]) -> None:
    first, second, _ = two_lives
    stored = {symbol: int(at) for symbol, at in second.all("newest")}
    for symbol, at in first.all("decision"):
        assert int(at) <= stored[symbol]
    for symbol, newest in stored.items():
        bars = [int(at) for name, at in second.all("decision") if name == symbol]
        assert bars == list(range(newest + MINUTE_MS, newest + MINUTE_MS * (len(bars) + 1), MINUTE_MS))


def test_the_equity_curve_keeps_every_point_that_was_shown_and_has_no_hole(
    two_lives: tuple[Watcher, Watcher, Path],
) -> None:
    first, second, _ = two_lives
    shown, kept = first.all("equity"), second.all("equity")
    assert kept[: len(shown)] == shown
    stamps = [int(at) for at, _ in kept]
    assert stamps == list(range(stamps[0], stamps[0] + MINUTE_MS * len(stamps), MINUTE_MS))
