"""What an account may do: concerns come and go, a latch waits for a person, the most careful one decides."""

from sigma_engine.domain.account import AccountState, Standing
from sigma_engine.execution.standings import Standings


def test_an_account_nobody_worries_about_is_active() -> None:
    assert Standings(None, 1).standing == Standing(state=AccountState.ACTIVE, reason="", since_ms=1)


def test_a_concern_holds_it_back_from_the_instant_it_is_raised_and_is_told_once() -> None:
    standings = Standings(None, 1)
    standings.raise_concern("exchange", AccountState.REDUCING, "maintenance")
    assert not standings.standing.may_enter
    told = standings.changed(5)
    assert told == Standing(state=AccountState.REDUCING, reason="maintenance", since_ms=5)
    assert standings.changed(6) is None


def test_it_is_active_again_when_the_last_concern_is_settled() -> None:
    standings = Standings(None, 1)
    standings.raise_concern("exchange", AccountState.REDUCING, "maintenance")
    standings.raise_concern("clock", AccountState.REDUCING, "the clock is wrong")
    standings.settle("exchange")
    assert not standings.standing.may_enter
    standings.settle("clock")
    assert standings.standing.may_enter


def test_the_most_careful_concern_decides() -> None:
    standings = Standings(None, 1)
    standings.raise_concern("exchange", AccountState.REDUCING, "maintenance")
    standings.raise_concern("start", AccountState.RECONCILING, "comparing")
    assert standings.standing.state is AccountState.REDUCING


def test_a_latch_outlives_every_concern_until_a_person_lifts_it() -> None:
    standings = Standings(None, 1)
    standings.latch(AccountState.HALTED, "the kill switch was pressed", 2)
    standings.raise_concern("exchange", AccountState.REDUCING, "maintenance")
    standings.settle("exchange")
    assert standings.standing.state is AccountState.HALTED
    standings.lift()
    assert standings.standing.may_enter


def test_a_softer_latch_does_not_replace_a_harder_one() -> None:
    standings = Standings(None, 1)
    standings.latch(AccountState.HALTED, "liquidated", 2)
    standings.latch(AccountState.REDUCING, "the wallet differs", 3)
    assert standings.standing.reason == "liquidated"


def test_what_was_latched_before_a_restart_is_latched_after_it_and_the_rest_is_forgotten() -> None:
    halted = Standing(state=AccountState.HALTED, reason="liquidated", since_ms=2, latched=True)
    assert Standings(halted, 9).standing == halted
    reducing = Standing(state=AccountState.REDUCING, reason="maintenance", since_ms=2)
    assert Standings(reducing, 9).standing.may_enter
