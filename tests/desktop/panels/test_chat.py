import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.panels.chat import SUGGESTIONS, ChatPanel
from sigma_desktop.widgets.conversation import SHOWN
from sigma_engine import Ask, ChatAnswered, ChatMessage, Refused, Speaker
from tests.desktop.market import END_MS, MarketEngine, snapshot

Show = Callable[..., ChatPanel]
SIZE = (364, 463)


def said(panel: ChatPanel) -> list[str]:
    return [bubble.message.text for bubble in panel.conversation.bubbles[1:]]


def answered(text: str, speaker: Speaker = Speaker.ASSISTANT) -> ChatAnswered:
    return ChatAnswered(at_ms=END_MS, message=ChatMessage(END_MS, speaker, text))


async def settled(terminal: Terminal) -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    terminal.flush()


def fresh() -> MarketEngine:
    return MarketEngine(snapshot(with_past=False))


def test_before_a_session_it_greets_and_waits(show: Show) -> None:
    panel = show(ChatPanel, *SIZE)
    assert "I answer from this run's own records" in panel.conversation.bubbles[0].message.text
    panel.input.setText("How am I doing?")
    assert not panel.send.isEnabled()
    QTest.keyClick(panel.input, Qt.Key.Key_Return)
    assert panel.input.text() == "How am I doing?"


def test_the_conversation_of_the_run_is_there(show: Show, engine: MarketEngine) -> None:
    panel = show(ChatPanel, *SIZE, engine)
    assert said(panel) == ["Why did you go long BTC?", "**Trend** and momentum agreed."]
    assert [bubble.own for bubble in panel.conversation.bubbles] == [False, True, False]
    assert "<b>Trend</b>" in panel.conversation.bubbles[2].text()


async def test_what_a_person_says_stands_there_at_once(loop: SigmaLoop, show: Show, terminal: Terminal) -> None:
    engine = fresh()
    panel = show(ChatPanel, *SIZE, engine)
    QTest.keyClicks(panel.input, "How am I doing?")
    QTest.keyClick(panel.input, Qt.Key.Key_Return)
    assert said(panel) == ["How am I doing?"]
    assert panel.input.text() == ""
    assert panel.conversation.note.text() == "The assistant is looking it up…"
    await settled(terminal)
    assert engine.asked == [Ask("How am I doing?")]


async def test_it_is_said_once_when_the_session_repeats_it(loop: SigmaLoop, show: Show, terminal: Terminal) -> None:
    engine = fresh()
    panel = show(ChatPanel, *SIZE, engine)
    panel.ask("How am I doing?")
    engine.publish(answered("How am I doing?", Speaker.PERSON), answered("Well."))
    await settled(terminal)
    assert said(panel) == ["How am I doing?", "Well."]
    assert panel.conversation.note.isHidden()


async def test_the_same_question_twice_is_shown_twice(loop: SigmaLoop, show: Show, terminal: Terminal) -> None:
    engine = fresh()
    panel = show(ChatPanel, *SIZE, engine)
    for _ in range(2):
        panel.ask("And now?")
        engine.publish(answered("And now?", Speaker.PERSON), answered("Still well."))
        await settled(terminal)
    assert said(panel) == ["And now?", "Still well."] * 2


async def test_a_refused_question_is_given_back_with_the_reason(
    loop: SigmaLoop, show: Show, terminal: Terminal
) -> None:
    engine = fresh()
    engine.answer = lambda command: Refused("the assistant is not there")
    panel = show(ChatPanel, *SIZE, engine)
    panel.ask("How am I doing?")
    await settled(terminal)
    assert panel.input.text() == "How am I doing?"
    assert panel.conversation.note.text() == "Not answered: the assistant is not there"
    assert said(panel) == []


@pytest.mark.parametrize("text", SUGGESTIONS)
async def test_a_suggestion_is_asked_by_pressing_it(loop: SigmaLoop, show: Show, terminal: Terminal, text: str) -> None:
    engine = fresh()
    panel = show(ChatPanel, *SIZE, engine)
    next(button for button in panel.suggestions if button.text() == text).click()
    await settled(terminal)
    assert engine.asked == [Ask(text)]


def test_nothing_is_not_asked(show: Show, engine: MarketEngine) -> None:
    panel = show(ChatPanel, *SIZE, engine)
    panel.input.setText("   ")
    assert not panel.send.isEnabled()
    QTest.keyClick(panel.input, Qt.Key.Key_Return)
    assert engine.asked == []


def test_a_message_cannot_load_or_open_anything(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(ChatPanel, *SIZE, engine)
    engine.publish(answered('<img src="file:///x"> [a](http://x) ![b](file:///y)'))
    terminal.flush()
    newest = panel.conversation.bubbles[-1]
    assert "<img" not in newest.text()
    assert "<a " not in newest.text()
    assert not newest.openExternalLinks()


@pytest.mark.parametrize("width", [300, 364, 450, 900])
def test_bubbles_keep_within_the_panel(show: Show, engine: MarketEngine, terminal: Terminal, width: int) -> None:
    panel = show(ChatPanel, width, 463, engine)
    engine.publish(answered("a long answer " * 40), answered("x" * 400))
    terminal.flush()
    QApplication.processEvents()
    room = panel.conversation.viewport().width()
    for bubble in panel.conversation.bubbles:
        assert 0 <= bubble.x() <= bubble.x() + bubble.width() <= room


def test_bubbles_wrap_anew_when_the_panel_changes_its_width(show: Show, engine: MarketEngine) -> None:
    panel = show(ChatPanel, 500, 463, engine)
    before = panel.conversation.bubbles[0].height()
    panel.resize(300, 463)
    QApplication.processEvents()
    assert panel.conversation.bubbles[0].height() > before


def test_the_newest_message_is_in_sight(show: Show, engine: MarketEngine, terminal: Terminal, qtbot: QtBot) -> None:
    panel = show(ChatPanel, *SIZE, engine)
    bar = panel.conversation.verticalScrollBar()
    for number in range(30):
        engine.publish(answered(f"answer {number}"))
    terminal.flush()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert bar.value() == bar.maximum()


def test_who_looks_back_is_left_where_they_are(
    show: Show, engine: MarketEngine, terminal: Terminal, qtbot: QtBot
) -> None:
    panel = show(ChatPanel, *SIZE, engine)
    bar = panel.conversation.verticalScrollBar()
    for number in range(30):
        engine.publish(answered(f"answer {number}"))
    terminal.flush()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    QApplication.processEvents()
    panel.resize(300, 463)
    QApplication.processEvents()
    QApplication.processEvents()
    assert bar.value() < bar.maximum()


def test_a_long_conversation_lays_out_its_newest_part(show: Show, terminal: Terminal) -> None:
    history = tuple(ChatMessage(number, Speaker.ASSISTANT, str(number)) for number in range(3 * SHOWN))
    panel = show(ChatPanel, *SIZE, MarketEngine(replace(snapshot(), chat=history)))
    assert len(panel.conversation.bubbles) == SHOWN
    assert panel.conversation.bubbles[-1].message.text == str(3 * SHOWN - 1)


def test_bubbles_already_there_are_not_built_again(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(ChatPanel, *SIZE, engine)
    before = list(panel.conversation.bubbles)
    engine.publish(answered("more"))
    terminal.flush()
    assert panel.conversation.bubbles[:-1] == before


def test_every_button_has_a_name_for_those_who_cannot_see_it(show: Show, engine: MarketEngine) -> None:
    panel = show(ChatPanel, *SIZE, engine)
    assert all(button.accessibleName() and button.toolTip() for button in panel.findChildren(QToolButton))
