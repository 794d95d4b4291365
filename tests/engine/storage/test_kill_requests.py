"""The files through which another process presses the kill switch: what is asked, what was answered, what stays."""

import json
from pathlib import Path
from typing import Any

import pytest

from sigma_engine.clock import system_ms
from sigma_engine.domain.account import KillAnswer, KillRequest
from sigma_engine.storage.kill_requests import KillFiles

HOUR_MS = 3_600_000


def answer(pressed_ms: Any) -> KillAnswer:
    return KillAnswer(pressed_ms=pressed_ms, halted_ms=3, account="live", venue="WEEX", held=())


def test_a_request_is_answered_by_what_was_done_with_it(tmp_path: Path) -> None:
    files = KillFiles(tmp_path)
    request = files.ask(flatten=True)
    assert files.answered(request) is None
    files.answer(answer(request.pressed_ms))
    assert files.answered(request) == answer(request.pressed_ms)


def test_an_answer_of_before_the_clock_was_set_back_answers_no_new_request(tmp_path: Path) -> None:
    files = KillFiles(tmp_path)
    files.answer(answer(system_ms() + HOUR_MS))
    assert files.answered(files.ask(flatten=False)) is None


def test_a_request_of_before_the_clock_was_set_back_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    files = KillFiles(tmp_path)
    early = KillRequest(pressed_ms=system_ms() + HOUR_MS)
    (tmp_path / "kill.request").write_text(json.dumps({"pressed_ms": early.pressed_ms}), "utf-8")
    request = files.ask(flatten=False)
    files.answer(answer(early.pressed_ms))
    assert files.answered(request) is None


@pytest.mark.parametrize("pressed_ms", ["1", None, [1]])
def test_an_answer_that_cannot_be_compared_is_none(tmp_path: Path, pressed_ms: object) -> None:
    files = KillFiles(tmp_path)
    files.answer(answer(pressed_ms))
    assert files.answered(KillRequest(pressed_ms=0)) is None


def test_only_what_was_obeyed_is_taken_away(tmp_path: Path) -> None:
    files = KillFiles(tmp_path)
    early = files.ask(flatten=True)
    late = files.ask(flatten=False)
    assert late.pressed_ms > early.pressed_ms
    assert late.flatten, "who asked for more is not forgotten"
    assert files.take_away(early)
    assert files.waiting() == late
    assert files.take_away(late)
    assert files.waiting() is None
