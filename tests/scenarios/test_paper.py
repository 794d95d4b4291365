"""Paper trading on a live market end to end: real sockets, a real database, the whole session; minutes pass at once."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sigma_engine.assembly import assemble
from sigma_engine.assembly.past import HISTORY_BARS
from sigma_engine.commands import StartTrading, StopTrading
from sigma_engine.domain.decision import Approved, Decision, Vetoed
from sigma_engine.domain.feed_way import FeedWay, feed_words
from sigma_engine.domain.order import ExitReason
from sigma_engine.domain.run import Mode, RunStatus, SessionRequest
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import InputError, UnknownSymbol, VenueError
from sigma_engine.events import (
    CandleClosed,
    CandleRejected,
    CandleRevised,
    DecisionMade,
    Event,
    FeedChanged,
    PositionClosed,
    PositionOpened,
)
from sigma_engine.practice.data_faults import DataFault, DataFaults, Revised
from sigma_engine.practice.faults import MAINTENANCE, Fault
from sigma_engine.risk.costs import FUNDING_MS
from sigma_engine.session.session import Session
from sigma_engine.storage.store import SqliteStore
from tests.servers.candle_market import CandleMarket
from tests.servers.practice import BTC, ETH
from tests.servers.virtual_clock import VirtualClock
from tests.servers.watching import MINUTE, START_MS, Stand, standing

OFF = {"edge": False, "probability": False, "kelly": False}
EAGER = {
    "version": 1,
    "name": "Eager",
    "timeframe": "1m",
    "symbols": [BTC, ETH],
    "entry_long": ["close > open"],
    "entry_short": ["close < open"],
    "stop_loss": {"type": "atr", "value": 0.2},
    "gates": OFF,
}
"""Enters whenever it may, so that a candle that must not be traded on is found out."""

Kind = TypeVar("Kind", bound=Event)


@dataclass
class Sitting:
    """A session that runs, and all it told."""

    session: Session
    facts: list[Event] = field(default_factory=list)

    def all(self, kind: type[Kind]) -> list[Kind]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def decisions(self, symbol: str = BTC) -> list[Decision]:
        return [fact.decision for fact in self.all(DecisionMade) if fact.decision.symbol == symbol]

    def closed(self, symbol: str = BTC) -> list[int]:
        return [fact.candle.open_ms for fact in self.all(CandleClosed) if fact.symbol == symbol]


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    path = tmp_path / "eager.json"
    path.write_text(json.dumps(EAGER), "utf-8")
    return path


@asynccontextmanager
async def sitting(stand: Stand, home: Path, strategy: Path | None, **more: Any) -> AsyncIterator[Sitting]:
    """The session `sigma-engine run --mode paper` opens, until it is left in order."""
    request = SessionRequest(
        mode=Mode.PAPER,
        home=home,
        strategy=None if strategy is None else str(strategy),
        **{"venue_url": stand.url, **more},
    )
    session = await stand.until(asyncio.create_task(assemble(request, stand.clock)))
    here = Sitting(session)
    session.bus.subscribe(Event, here.facts.append)
    stand.moved, stand.busy = lambda: len(here.facts), session._stepping.locked
    running = asyncio.create_task(session.run())
    await asyncio.sleep(0.05)
    try:
        yield here
    finally:
        stand.busy = lambda: False
        await session.close()
        await running


def at_stand(
    act: Callable[[Stand], Awaitable[None]],
    market: Callable[[VirtualClock], CandleMarket] = CandleMarket,
    start_ms: int = START_MS,
) -> None:
    async def run() -> None:
        async with standing(market, start_ms) as stand:
            await act(stand)

    asyncio.run(run())


def stored(home: Path, symbol: str = BTC) -> Mapping[int, Any]:
    """The candles the store holds of the market, by their time."""

    place = next(home.rglob("*.db"))

    async def read() -> Mapping[int, Any]:
        store = await asyncio.to_thread(SqliteStore.open, place)
        try:
            return {c.open_ms: c for c in await store.candles("practice-weex", symbol, Timeframe.M1)}
        finally:
            await store.close()

    return asyncio.run(read())


def test_each_candle_is_decided_once_and_kept_as_the_market_had_it(tmp_path: Path, strategy: Path) -> None:
    truth: dict[int, Any] = {}

    async def act(stand: Stand) -> None:
        async with sitting(stand, tmp_path / "home", strategy) as here:
            assert {len(block) for block in here.session.snapshot().candles.values()} == {HISTORY_BARS}
            await stand.wait_until(START_MS + 5 * MINUTE + 10_000)
            assert here.closed() == [START_MS + n * MINUTE for n in range(-1, 5)]
            assert [d.signal.bar_ms for d in here.decisions()] == here.closed()
            assert any(isinstance(decision, Approved) for decision in here.decisions())
            assert here.all(PositionOpened)
            stamps = range(START_MS - HISTORY_BARS * MINUTE, here.closed()[-1], MINUTE)
            truth.update((at, stand.truth(BTC, at)) for at in stamps)

    at_stand(act)
    kept = stored(tmp_path / "home")
    assert {at: kept[at] for at in truth} == truth


def test_that_streams_were_lost_and_came_back_is_told_to_whoever_watches(tmp_path: Path, strategy: Path) -> None:
    async def act(stand: Stand) -> None:
        async with sitting(stand, tmp_path / "home", strategy) as here:
            await stand.wait(MINUTE)
            assert here.session.snapshot().ways == {BTC: FeedWay.STREAM, ETH: FeedWay.STREAM}
            stand.market.silent = True
            await stand.wait(2 * MINUTE)
            assert here.session.snapshot().ways == {BTC: FeedWay.REBUILDING, ETH: FeedWay.REBUILDING}
            stand.market.silent = False
            await stand.wait(MINUTE)
            assert here.session.snapshot().ways == {BTC: FeedWay.STREAM, ETH: FeedWay.STREAM}
            told = [feed_words(fact.ways) for fact in here.all(FeedChanged)]
            assert told[0] == told[-1] == "2 markets over streams"
            assert "silent stream, asked every 5 s: BTC/USDT, ETH/USDT" in told
            assert "stream lost and being built anew: BTC/USDT, ETH/USDT" in told

    at_stand(act)


def test_after_a_restart_the_run_goes_on_and_what_passed_meanwhile_opens_nothing(
    tmp_path: Path, strategy: Path
) -> None:
    async def act(stand: Stand) -> None:
        async with sitting(stand, tmp_path / "home", strategy) as first:
            await stand.wait_until(START_MS + 3 * MINUTE + 10_000)
            run_id = first.session.state.run_id
            last_ms = first.closed()[-1]
        await stand.wait(7 * MINUTE)
        async with sitting(stand, tmp_path / "home", None) as second:
            await stand.wait(2 * MINUTE)
            assert second.session.state.run_id == run_id
            stamps = second.closed()
            assert stamps == list(range(last_ms + MINUTE, stamps[-1] + MINUTE, MINUTE)), "each once, none left out"
            late = [d for d in second.decisions() if d.signal.at_ms < START_MS + 10 * MINUTE]
            assert len(late) >= 6
            assert not any(isinstance(decision, Approved) for decision in late)
            assert any("after its close" in decision.reason for decision in late if isinstance(decision, Vetoed))
            assert any(isinstance(d, Approved) for d in [*second.decisions(BTC), *second.decisions(ETH)])

    at_stand(act)


def test_a_stop_that_was_passed_while_nobody_looked_is_executed_after_the_restart(
    tmp_path: Path, strategy: Path
) -> None:
    async def act(stand: Stand) -> None:
        async with sitting(stand, tmp_path / "home", strategy) as first:
            while not (held := first.session.portfolio().positions):
                await stand.wait(1_000)
        await stand.wait(5 * MINUTE)
        async with sitting(stand, tmp_path / "home", None) as second:
            await stand.wait(5_000)
            gone = {fact.trade.symbol: fact.trade for fact in second.all(PositionClosed)}
            assert set(gone) >= {position.symbol for position in held}
            for position in held:
                trade = gone[position.symbol]
                assert trade.reason in (ExitReason.STOP, ExitReason.TARGET, ExitReason.BREAKEVEN, ExitReason.TRAILING)
                assert position.entry_ms <= trade.exit_ms <= stand.clock.now_ms() - MINUTE

    at_stand(act)


def test_while_prices_fail_it_stays_up_vetoes_entries_and_recovers(tmp_path: Path, strategy: Path) -> None:
    async def act(stand: Stand) -> None:
        async with sitting(stand, tmp_path / "home", strategy) as here:
            await stand.wait_until(START_MS + MINUTE + 10_000)
            stand.market.silent = True
            stand.server.faults.add(Fault(what=MAINTENANCE, path="*/klines", times=None))
            await stand.wait(3 * MINUTE)
            assert here.session.state.status is RunStatus.RUNNING
            assert any("no new price for" in fact.reason for fact in here.all(CandleRejected))
            opened = len(here.all(PositionOpened))
            stand.market.silent = False
            stand.server.faults.heal()
            await stand.wait(20_000)
            stale = [d for d in here.decisions() if START_MS + MINUTE <= d.signal.bar_ms < START_MS + 4 * MINUTE]
            assert len(stale) == 3
            assert not any(isinstance(decision, Approved) for decision in stale)
            assert len(here.all(PositionOpened)) == opened
            await stand.wait(4 * MINUTE)
            later = [d for s in (BTC, ETH) for d in here.decisions(s) if d.signal.bar_ms >= START_MS + 4 * MINUTE]
            assert any(isinstance(decision, Approved) for decision in later)

    at_stand(act)


def test_stopped_the_market_goes_on_stops_act_and_nothing_is_decided(tmp_path: Path, strategy: Path) -> None:
    async def act(stand: Stand) -> None:
        async with sitting(stand, tmp_path / "home", strategy) as here:
            while not here.session.portfolio().positions:
                await stand.wait(1_000)
            await here.session.execute(StopTrading())
            decided = len(here.all(DecisionMade))
            await stand.wait(3 * MINUTE)
            assert len(here.all(DecisionMade)) == decided
            assert len(here.closed()) >= 3, "prices are read all the same"
            assert here.all(PositionClosed), "and the stop acts"
            assert not here.session.portfolio().positions
            await here.session.execute(StartTrading())
            await stand.wait(MINUTE + 10_000)
            assert len(here.all(DecisionMade)) > decided

    at_stand(act)


def test_a_candle_the_venue_puts_right_is_kept_right_and_not_decided_again(tmp_path: Path, strategy: Path) -> None:
    fault = DataFault(what=Revised(after_ms=20_000), symbol="BTCUSDT", from_ms=START_MS, until_ms=START_MS + MINUTE)
    truth = []

    async def act(stand: Stand) -> None:
        async with sitting(stand, tmp_path / "home", strategy) as here:
            await stand.wait_until(START_MS + 3 * MINUTE)
            truth.append(stand.truth(BTC, START_MS))
            (revised,) = here.all(CandleRevised)
            assert revised.candle == truth[0]
            assert [d.signal.bar_ms for d in here.decisions()].count(START_MS) == 1
            shown = {candle.open_ms: candle for candle in here.session.snapshot().candles[BTC]}
            assert shown[START_MS] == truth[0]

    at_stand(act, lambda clock: CandleMarket(clock, faults=DataFaults(fault)))
    assert stored(tmp_path / "home")[START_MS] == truth[0]


def test_funding_is_shown_in_decisions_and_paid_at_its_stamp(tmp_path: Path, strategy: Path) -> None:
    spec = {**EAGER, "stop_loss": {"type": "atr", "value": 3.0}, "take_profit": {"type": "atr", "value": 30.0}}
    strategy.write_text(json.dumps(spec), "utf-8")
    stamp_ms = -(-START_MS // FUNDING_MS) * FUNDING_MS

    async def act(stand: Stand) -> None:
        stand.exchange.set_funding_rate("BTCUSDT", 10**8 // 1_000)
        stand.exchange.set_funding_rate("ETHUSDT", 10**8 // 1_000)
        assert stand.exchange.next_funding_ms("BTCUSDT") == stamp_ms
        async with sitting(stand, tmp_path / "home", strategy) as here:
            while not here.session.portfolio().positions:
                await stand.wait(1_000)
            await stand.wait_until(stamp_ms + 20_000)
            held = here.session.portfolio().positions
            assert {position.entry_ms < stamp_ms for position in held} == {True}
            for position in held:
                paid = -position.side.sign * position.quantity * position.entry_price * Decimal("0.001")
                assert abs(position.funding / paid - 1) < Decimal("0.2"), "the rate of the value at the stamp's price"
            assert any("at the last rate of 0.1000%" in str(decision.breakeven) for decision in here.decisions())

    at_stand(act, start_ms=stamp_ms - 3 * MINUTE)


def test_a_market_that_cannot_be_reached_is_said_in_one_sentence(tmp_path: Path) -> None:
    request = SessionRequest(mode=Mode.PAPER, home=tmp_path / "home", venue_url="http://127.0.0.1:9")
    with pytest.raises(VenueError, match=r"^Nothing answers at http://127.0.0.1:9: start the .* then start"):
        asyncio.run(assemble(request))


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"venue": "wex"}, InputError, "Did you mean weex"),
        ({"symbols": ("SOL",)}, UnknownSymbol, "WEEX has no SOL/USDT perpetual. There is: BTC, ETH."),
    ],
)
def test_what_the_venue_does_not_have_is_refused_with_what_it_has(
    tmp_path: Path, more: dict[str, Any], error: type[Exception], words: str
) -> None:
    async def act(stand: Stand) -> None:
        with pytest.raises(error, match=words):
            async with sitting(stand, tmp_path / "home", None, **more):
                pass

    at_stand(act)


def test_a_timeframe_the_venue_lacks_is_refused(tmp_path: Path, strategy: Path) -> None:
    strategy.write_text(json.dumps({**EAGER, "timeframe": "3m"}), "utf-8")

    async def act(stand: Stand) -> None:
        with pytest.raises(InputError, match="WEEX has no 3m candles"):
            async with sitting(stand, tmp_path / "home", strategy):
                pass

    at_stand(act)
