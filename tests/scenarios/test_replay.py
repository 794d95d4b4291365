"""A replay from the first candle to the last: the whole engine, the real store, no window."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import sigma_engine
from sigma_engine import (
    Accepted,
    CandleClosed,
    CloseAll,
    DecisionMade,
    Event,
    ExitReason,
    Mode,
    OrderFilled,
    OrderSubmitted,
    PauseEntries,
    PositionOpened,
    Refused,
    RunStatus,
    SessionRequest,
    Snapshot,
    StartTrading,
    StopTrading,
    Trade,
)

REAL = ("binance-perp/BTCUSDT-5m-20250525-20250624.csv.gz", "binance-perp/ETHUSDT-5m-20250525-20250624.csv.gz")


def replayed(
    files: list[Path], home: Path, strategy: str, watch: Callable[[Event], None] = lambda event: None
) -> Snapshot:
    """The state at the end of a replay at full speed."""

    async def run() -> Snapshot:
        request = SessionRequest(mode=Mode.REPLAY, home=home, replay=tuple(files), speed=0, strategy=strategy)
        session = await sigma_engine.open_session(request)
        session.bus.subscribe(Event, watch)
        await session.run()
        snapshot = session.snapshot()
        await session.close()
        return snapshot

    return asyncio.run(run())


def anonymous(trades: tuple[Trade, ...]) -> list[Trade]:
    """The trades without the id that names their run."""
    return [replace(trade, trade_id="") for trade in trades]


@pytest.mark.parametrize("strategy", ["sigma-fusion", "rsi-oversold", "ema-trend"])
def test_the_same_replay_twice_gives_the_same_trades_to_the_last_digit(
    strategy: str, short_replay: Path, tmp_path: Path
) -> None:
    first = replayed([short_replay], tmp_path / "a", strategy)
    second = replayed([short_replay], tmp_path / "b", strategy)
    assert first.trades
    assert anonymous(first.trades) == anonymous(second.trades)
    assert first.equity == second.equity


def test_a_real_month_ends_and_adds_up(market_data: Path, tmp_path: Path) -> None:
    told: list[Event] = []
    end = replayed([market_data / name for name in REAL], tmp_path, "sigma-fusion", told.append)
    decisions = [event.decision for event in told if isinstance(event, DecisionMade)]
    assert end.status is RunStatus.ENDED
    assert end.portfolio.positions == ()
    assert end.portfolio.wallet == end.portfolio.initial + sum(trade.pnl for trade in end.trades)
    assert {trade.symbol for trade in end.trades} == set(end.symbols)
    assert len(decisions) == sum(isinstance(event, CandleClosed) for event in told)
    assert all(decision.reason for decision in decisions)


def test_the_honest_default_does_not_trade_without_an_edge_and_says_why(short_replay: Path, tmp_path: Path) -> None:
    reasons: list[str] = []
    end = replayed(
        [short_replay],
        tmp_path,
        "sigma-scalper",
        lambda event: reasons.append(event.decision.reason) if isinstance(event, DecisionMade) else None,
    )
    assert end.trades == ()
    assert any("gate" in reason for reason in reasons)


def test_every_order_is_told_before_it_is_filled_and_every_position_has_its_stop(
    short_replay: Path, tmp_path: Path
) -> None:
    told: list[Event] = []
    replayed([short_replay], tmp_path, "sigma-fusion", told.append)
    sent: set[str] = set()
    for event in told:
        if isinstance(event, OrderSubmitted):
            sent.add(event.order.client_id)
        if isinstance(event, OrderFilled) and event.order.exit_reason in (None, ExitReason.SIGNAL, ExitReason.TIME):
            assert event.fill.client_id in sent
        if isinstance(event, PositionOpened):
            assert event.position.stop is not None
            assert event.position.target is not None


def test_a_run_that_is_over_refuses_commands_with_the_next_step(short_replay: Path, tmp_path: Path) -> None:
    async def run() -> tuple[object, ...]:
        request = SessionRequest(mode=Mode.REPLAY, home=tmp_path, replay=(short_replay,), speed=0)
        session = await sigma_engine.open_session(request)
        await session.run()
        answers = [await session.execute(command) for command in (StartTrading(), CloseAll(), StopTrading())]
        await session.close()
        return tuple(answers)

    assert all(isinstance(answer, Refused) and "File menu" in answer.reason for answer in asyncio.run(run()))


def test_while_entries_are_paused_every_signal_is_vetoed_with_that_reason(short_replay: Path, tmp_path: Path) -> None:
    async def run() -> tuple[list[DecisionMade], Snapshot, object]:
        request = SessionRequest(mode=Mode.REPLAY, home=tmp_path, replay=(short_replay,), speed=0)
        session = await sigma_engine.open_session(request)
        answer = await session.execute(PauseEntries())
        decisions: list[DecisionMade] = []
        session.bus.subscribe(DecisionMade, decisions.append)
        await session.run()
        snapshot = session.snapshot()
        await session.close()
        return decisions, snapshot, answer

    decisions, end, answer = asyncio.run(run())
    assert isinstance(answer, Accepted)
    assert end.trades == ()
    vetoed = [event.decision for event in decisions if event.decision.outcome == "vetoed"]
    assert vetoed
    assert all("paused" in decision.reason for decision in vetoed)
