"""Errands: one a name, the newest counts, and none outlives the one who sent for it."""

import asyncio
import logging

import pytest

from sigma_desktop.bridge.errands import Errands
from sigma_desktop.loop import SigmaLoop
from sigma_engine import InputError


class Answers:
    """Collects what came back, and lets an errand wait for a word."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.go = asyncio.Event()

    async def say(self, word: str) -> str:
        await self.go.wait()
        return word

    async def refuse(self, error: Exception) -> str:
        raise error


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_newest_errand_of_a_name_is_the_one_that_is_answered(loop: SigmaLoop) -> None:
    errands, answers = Errands(), Answers()
    for word in ("first", "second"):
        errands.run("ask", lambda word=word: answers.say(word), answers.heard.append, answers.heard.append)  # type: ignore[misc]
    assert errands.is_open("ask")
    answers.go.set()
    await settled()
    assert answers.heard == ["second"]
    assert not errands.is_open("ask")


async def test_a_refusal_is_its_sentence_and_the_errand_is_over_when_it_is_told(loop: SigmaLoop) -> None:
    errands, answers = Errands(), Answers()
    told: list[tuple[str, bool]] = []
    errands.run(
        "ask",
        lambda: answers.refuse(InputError("No.")),
        answers.heard.append,
        lambda sentence: told.append((sentence, errands.is_open("ask"))),
    )
    await settled()
    assert told == [("No.", False)]


async def test_of_what_nobody_expected_only_the_kind_is_told_and_logged(
    loop: SigmaLoop, caplog: pytest.LogCaptureFixture
) -> None:
    errands, answers = Errands(), Answers()
    with caplog.at_level(logging.DEBUG):
        errands.run("ask", lambda: answers.refuse(KeyError("canary")), answers.heard.append, answers.heard.append)
        await settled()
    (sentence,) = answers.heard
    assert "(KeyError)" in sentence
    assert "canary" not in sentence + caplog.text
    assert not errands.is_open("ask")


async def test_nothing_is_heard_after_the_end(loop: SigmaLoop) -> None:
    errands, answers = Errands(), Answers()
    errands.run("ask", lambda: answers.say("late"), answers.heard.append, answers.heard.append)
    await settled()
    errands.end()
    answers.go.set()
    await settled()
    assert answers.heard == []
