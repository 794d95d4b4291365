"""The terminal: one beat for all panels, commands with an answer, silence when nothing happens."""

import asyncio
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.terminal import NOT_OPEN, Terminal
from sigma_desktop.bridge.topics import EVERYTHING, Topic
from sigma_desktop.loop import SigmaLoop
from sigma_engine import (
    Accepted,
    Command,
    CommandResult,
    InputError,
    PauseEntries,
    Refused,
    RunBegan,
    RunChanged,
    RunStatus,
    StartTrading,
    StrategyChanged,
)
from tests.desktop import market
from tests.desktop.market import BTC, END_MS, SOL, MarketEngine


@pytest.fixture
def heard(terminal: Terminal) -> list[frozenset[Topic]]:
    collected: list[frozenset[Topic]] = []
    terminal.changed.connect(collected.append)
    return collected


def test_attaching_tells_everything_at_once(
    terminal: Terminal, engine: MarketEngine, heard: list[frozenset[Topic]]
) -> None:
    terminal.attach(engine)
    assert terminal.loaded
    assert heard == [EVERYTHING]


def test_a_burst_of_events_is_told_once(
    terminal: Terminal, engine: MarketEngine, heard: list[frozenset[Topic]], qtbot: QtBot
) -> None:
    terminal.attach(engine)
    heard.clear()
    for _ in range(1_000):
        engine.tick(SOL)
    assert heard == []
    with qtbot.waitSignal(terminal.changed):
        pass
    assert heard == [frozenset({Topic.PRICE})]


def test_the_price_of_a_held_symbol_moves_position_and_account_too(
    terminal: Terminal, engine: MarketEngine, heard: list[frozenset[Topic]]
) -> None:
    terminal.attach(engine)
    heard.clear()
    engine.tick(BTC, 98_000.0)
    terminal.flush()
    assert heard == [frozenset({Topic.PRICE, Topic.POSITION, Topic.PORTFOLIO})]


def test_nothing_is_told_while_nothing_happens(
    terminal: Terminal, engine: MarketEngine, heard: list[frozenset[Topic]]
) -> None:
    terminal.attach(engine)
    heard.clear()
    terminal.flush()
    assert heard == []


def test_another_session_replaces_the_one_before(
    terminal: Terminal, engine: MarketEngine, heard: list[frozenset[Topic]]
) -> None:
    terminal.attach(engine)
    later = MarketEngine(market.snapshot(with_past=False))
    terminal.attach(later)
    heard.clear()
    engine.publish(StrategyChanged(at_ms=END_MS, name="of the first"))
    terminal.flush()
    assert heard == []
    assert len(terminal.state.trades) == 0


def test_a_new_run_is_taken_in_from_its_snapshot(
    terminal: Terminal, engine: MarketEngine, heard: list[frozenset[Topic]]
) -> None:
    terminal.attach(engine)
    heard.clear()
    engine.begin(replace(market.snapshot(with_past=False), run_id="run-2"))
    engine.publish(RunBegan(at_ms=END_MS, run_id="run-2"))
    terminal.flush()
    assert heard == [EVERYTHING]
    assert terminal.state.run_id == "run-2"
    assert terminal.state.positions == {}


def test_selecting_a_symbol_is_told_and_an_unknown_one_is_ignored(terminal: Terminal, engine: MarketEngine) -> None:
    terminal.attach(engine)
    chosen: list[str] = []
    terminal.symbolSelected.connect(chosen.append)
    terminal.select(SOL)
    terminal.select(SOL)
    terminal.select("XRP/USDT:USDT")
    assert chosen == [SOL]
    assert terminal.state.selected == SOL


async def test_a_command_reaches_the_engine_and_its_answer_the_one_who_asked(
    loop: SigmaLoop, terminal: Terminal, engine: MarketEngine
) -> None:
    terminal.attach(engine)
    answer: asyncio.Future[CommandResult] = loop.create_future()
    terminal.execute(PauseEntries(), answer.set_result)
    assert await answer == Accepted("PauseEntries")
    assert engine.asked == [PauseEntries()]


async def test_a_refusal_is_told_to_the_person(loop: SigmaLoop, terminal: Terminal, engine: MarketEngine) -> None:
    terminal.attach(engine)
    engine.answer = lambda command: Refused("not while it is stopped")
    told: asyncio.Future[str] = loop.create_future()
    terminal.refused.connect(told.set_result)
    terminal.execute(StartTrading())
    assert await told == "not while it is stopped"


async def test_an_error_the_engine_can_explain_is_a_refusal(
    loop: SigmaLoop, terminal: Terminal, engine: MarketEngine
) -> None:
    def fail(command: Command) -> CommandResult:
        raise InputError("there is no such file")

    terminal.attach(engine)
    engine.answer = fail
    answer: asyncio.Future[CommandResult] = loop.create_future()
    terminal.execute(StartTrading(), answer.set_result)
    assert await answer == Refused("there is no such file")


def test_before_a_session_exists_commands_are_refused_kindly(terminal: Terminal) -> None:
    told: list[str] = []
    terminal.refused.connect(told.append)
    terminal.execute(StartTrading())
    assert told == [NOT_OPEN]


def test_when_the_run_changes_the_account_is_asked_for_anew(terminal: Terminal, engine: MarketEngine) -> None:
    terminal.attach(engine)
    engine.begin(market.snapshot(with_past=False))
    engine.publish(RunChanged(at_ms=END_MS, status=RunStatus.ENDED, reason="the last candle"))
    terminal.flush()
    assert terminal.state.positions == {}
    assert terminal.state.portfolio == market.new_portfolio()
