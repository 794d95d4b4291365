from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.turns import Turns


@pytest.fixture
def turns(app: QApplication) -> Iterator[Turns]:
    made = Turns()
    yield made
    made.finish()
    made.deleteLater()


def test_each_has_a_turn_of_its_own_in_the_order_of_asking(turns: Turns, qtbot: QtBot) -> None:
    taken: list[str] = []
    first, second = (lambda: taken.append("first")), (lambda: taken.append("second"))
    turns.ask(first)
    turns.ask(second)
    assert taken == []
    with qtbot.waitSignal(turns._timer.timeout):
        pass
    assert taken == ["first"]
    with qtbot.waitSignal(turns._timer.timeout):
        pass
    assert taken == ["first", "second"]
    assert not turns._timer.isActive()


def test_asking_twice_is_asking_once(turns: Turns) -> None:
    taken: list[int] = []

    def turn() -> None:
        taken.append(1)

    turns.ask(turn)
    turns.ask(turn)
    turns.finish()
    assert taken == [1]


def test_what_is_forgotten_is_not_run(turns: Turns) -> None:
    taken: list[int] = []

    def turn() -> None:
        taken.append(1)

    turns.ask(turn)
    turns.forget(turn)
    turns.finish()
    assert taken == []


def test_whoever_asks_in_a_turn_is_served_too(turns: Turns) -> None:
    taken: list[int] = []

    def again() -> None:
        taken.append(len(taken))
        if len(taken) < 3:
            turns.ask(again)

    turns.ask(again)
    turns.finish()
    assert taken == [0, 1, 2]
