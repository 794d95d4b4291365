"""What a person may ask of a running session, on the real demo."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import sigma_engine
from sigma_engine import (
    Accepted,
    Ask,
    CloseAll,
    ClosePosition,
    EquityRecorded,
    Event,
    ExitReason,
    Mode,
    PauseEntries,
    PositionClosed,
    PositionOpened,
    PressKillSwitch,
    PriceChanged,
    Refused,
    ResetPaper,
    RunBegan,
    RunChanged,
    RunStatus,
    SessionRequest,
    StartTrading,
    StopTrading,
    StrategyChanged,
    UseStrategy,
)
from sigma_engine.session.session import Session

Story = Callable[[Session, "Witness"], Awaitable[None]]


class Witness:
    """Hears everything and can wait for a kind of event."""

    def __init__(self, session: Session) -> None:
        self.heard: list[Event] = []
        self._news = asyncio.Event()
        session.bus.subscribe(Event, self._hear)

    def _hear(self, event: Event) -> None:
        self.heard.append(event)
        self._news.set()

    async def sees(self, kind: type[Event], count: int = 1) -> Event:
        """Wait until ``kind`` was heard ``count`` times."""
        async with asyncio.timeout(60):
            while len(found := [event for event in self.heard if isinstance(event, kind)]) < count:
                self._news.clear()
                await self._news.wait()
        return found[-1]


def always_long(home: Path, stop_pct: float, minutes: int | None = None) -> str:
    """A strategy that is long whenever it may be; only a stop ``stop_pct`` away, or time, ends its trades."""
    document = {
        "version": 1,
        "name": "Always long",
        "entry_long": ["price > 0"],
        "direction": "long",
        "stop_loss": {"type": "percent", "value": stop_pct},
        "take_profit": {"type": "none"},
        "time_stop_min": minutes,
    }
    file = home / "always_long.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def tell(story: Story, home: Path, strategy: str | None = None) -> None:
    """Run ``story`` beside a demo at full speed."""

    async def life() -> None:
        request = SessionRequest(mode=Mode.DEMO, home=home, strategy=strategy, speed=0)
        session = await sigma_engine.open_session(request)
        witness = Witness(session)
        running = asyncio.create_task(session.run())
        try:
            await story(session, witness)
        finally:
            await session.close()
            await running

    asyncio.run(life())


def test_stopped_the_market_stands_still_until_it_is_started(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        await witness.sees(PriceChanged)
        assert isinstance(await session.execute(StopTrading()), Accepted)
        stood = session.clock.now_ms()
        prices = sum(isinstance(event, PriceChanged) for event in witness.heard)
        for _ in range(50):
            await asyncio.sleep(0)
        assert sum(isinstance(event, PriceChanged) for event in witness.heard) == prices
        assert session.snapshot().status is RunStatus.STOPPED
        assert isinstance(await session.execute(StartTrading()), Accepted)
        await witness.sees(PriceChanged, prices + 1)
        assert session.clock.now_ms() >= stood

    tell(story, tmp_path)


def test_stop_with_close_leaves_nothing_open(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        await witness.sees(PositionOpened)
        await session.execute(StopTrading(close_positions=True))
        assert session.snapshot().portfolio.positions == ()

    tell(story, tmp_path)


def test_one_position_is_closed_by_hand_at_the_next_price(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        opened = await witness.sees(PositionOpened)
        assert isinstance(opened, PositionOpened)
        assert isinstance(await session.execute(ClosePosition(opened.position.symbol)), Accepted)
        closed = await witness.sees(PositionClosed)
        assert isinstance(closed, PositionClosed)
        assert closed.trade.trade_id == opened.position.entry_id
        assert closed.trade.reason is ExitReason.MANUAL

    tell(story, tmp_path, always_long(tmp_path, stop_pct=10))


def test_closing_what_is_not_held_is_refused_in_words(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        await session.execute(StopTrading(close_positions=True))
        assert await session.execute(CloseAll()) == Refused("there are no open positions")
        assert await session.execute(ClosePosition("BTC/USDT:USDT")) == Refused("BTC/USDT is not held")

    tell(story, tmp_path)


def test_another_strategy_takes_over_and_is_remembered(tmp_path: Path) -> None:
    async def change(session: Session, witness: Witness) -> None:
        assert isinstance(await session.execute(UseStrategy("ema-trend")), Accepted)
        await witness.sees(StrategyChanged)

    async def look(session: Session, witness: Witness) -> None:
        assert session.snapshot().strategy_name == "ema-trend"

    tell(change, tmp_path)
    tell(look, tmp_path)


def test_an_unknown_strategy_is_refused_and_the_running_one_stays(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        answer = await session.execute(UseStrategy("sigma-fussion"))
        assert isinstance(answer, Refused)
        assert "sigma-fusion" in answer.reason
        assert session.snapshot().strategy_name == "sigma-fusion"

    tell(story, tmp_path)


def test_a_reset_begins_a_new_run_in_the_same_market_with_a_fresh_balance(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        await witness.sees(PositionClosed)
        old = session.snapshot()
        assert isinstance(await session.execute(ResetPaper()), Accepted)
        await witness.sees(RunBegan)
        new = session.snapshot()
        assert new.run_id != old.run_id
        assert new.portfolio.initial == old.portfolio.initial
        assert new.trades == () or new.trades[0].entry_ms >= old.market_ms
        assert new.market_ms >= old.market_ms

    tell(story, tmp_path)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How am I doing?", "Equity is"),
        ("How's my performance today?", "today (since 00:00 UTC)"),
        ("what are my positions", "are free"),
        ("Create an RSI strategy for BTC", "nothing was changed"),
        ("sing me a song", "do not understand that yet"),
    ],
)
def test_the_assistant_answers_from_the_records_or_says_what_it_cannot(
    question: str, words: str, tmp_path: Path
) -> None:
    async def story(session: Session, witness: Witness) -> None:
        await session.execute(StopTrading())
        assert isinstance(await session.execute(Ask(question)), Accepted)
        asked, answered = session.snapshot().chat[-2:]
        assert asked.text == question
        assert words in answered.text

    tell(story, tmp_path)


def test_an_empty_question_is_refused(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        assert await session.execute(Ask("   ")) == Refused("type a question first")

    tell(story, tmp_path)


def test_paused_entries_leave_open_positions_managed(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        await witness.sees(PositionOpened)
        assert isinstance(await session.execute(PauseEntries()), Accepted)
        assert session.snapshot().portfolio.positions
        opened = sum(isinstance(event, PositionOpened) for event in witness.heard)
        closed = await witness.sees(PositionClosed, opened)
        assert isinstance(closed, PositionClosed)
        assert closed.trade.reason in (ExitReason.STOP, ExitReason.TIME)
        assert session.snapshot().portfolio.positions == ()
        assert sum(isinstance(event, PositionOpened) for event in witness.heard) == opened

    tell(story, tmp_path, always_long(tmp_path, stop_pct=1.5, minutes=45))


def test_a_reset_ends_the_old_run_with_nothing_left_open(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        await witness.sees(PositionOpened)
        await session.execute(ResetPaper())
        await witness.sees(RunBegan)
        ended = [event for event in witness.heard if isinstance(event, RunChanged)]
        assert RunStatus.ENDED in [event.status for event in ended]
        opened = {event.position.entry_id for event in witness.heard if isinstance(event, PositionOpened)}
        closed = {event.trade.trade_id for event in witness.heard if isinstance(event, PositionClosed)}
        held = {position.entry_id for position in session.snapshot().portfolio.positions}
        assert opened - closed == held

    tell(story, tmp_path)


def test_a_demo_reopened_with_another_strategy_says_so_in_the_run(tmp_path: Path) -> None:
    async def look(session: Session, witness: Witness) -> None:
        await witness.sees(PriceChanged)

    tell(look, tmp_path)

    async def again() -> tuple[str, str]:
        request = SessionRequest(mode=Mode.DEMO, home=tmp_path, strategy="ema-trend")
        session = await sigma_engine.open_session(request)
        name = session.snapshot().strategy_name, session.state.strategy_name
        await session.close()
        return name

    assert asyncio.run(again()) == ("ema-trend", "ema-trend")


def test_demos_begun_one_after_the_other_do_not_mix_their_markets(tmp_path: Path) -> None:
    async def open_and_close(symbols: tuple[str, ...]) -> str:
        session = await sigma_engine.open_session(
            SessionRequest(mode=Mode.DEMO, home=tmp_path, symbols=symbols, speed=0)
        )
        witness = Witness(session)
        running = asyncio.create_task(session.run())
        await witness.sees(EquityRecorded, 3)
        run_id = session.snapshot().run_id
        await session.close()
        await running
        return run_id

    first = asyncio.run(open_and_close(("BTC", "ETH")))
    second = asyncio.run(open_and_close(("BTC",)))
    assert second != first
    assert asyncio.run(open_and_close(("BTC",))) == second


def test_what_was_closed_in_order_is_stored_as_ended_and_goes_on_at_the_next_start(tmp_path: Path) -> None:
    def stored() -> str:
        with sqlite3.connect(tmp_path / "sigma.db") as database:
            ((status,),) = database.execute("SELECT status FROM runs")
        return str(status)

    async def trade(session: Session, witness: Witness) -> None:
        await witness.sees(PriceChanged)
        assert session.snapshot().status is RunStatus.RUNNING
        assert stored() == "running", "where it is cut off now, that is what one finds"

    async def pause(session: Session, witness: Witness) -> None:
        await trade(session, witness)
        assert isinstance(await session.execute(PauseEntries()), Accepted)

    tell(trade, tmp_path)
    assert stored() == "ended"
    tell(pause, tmp_path)
    assert stored() == "paused", "what a person chose is what the next start finds"


def test_nothing_that_had_its_turn_earlier_undoes_the_kill_switch(tmp_path: Path) -> None:
    async def story(session: Session, witness: Witness) -> None:
        await session.execute(PauseEntries())
        freed: list[str | None] = []
        session.bus.subscribe(RunChanged, lambda _: freed.append(session.trader.halted))
        await asyncio.gather(session.execute(StartTrading()), session.execute(PressKillSwitch()))
        assert freed
        assert None not in freed, "the market was let go though the switch was pressed"

    tell(story, tmp_path)
