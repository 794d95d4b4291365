"""What the account may do, in the one word of the header and in sentences."""

import pytest

from sigma_desktop.models.standing import drill_words, is_liftable, pill, sentence, since, told
from sigma_desktop.theme.tokens import Token
from sigma_engine import AccountState, Drill, Mode, RunStatus, Standing

NOON_MS = 1_763_899_385_000


def standing(state: AccountState, reason: str = "", latched: bool = False) -> Standing:
    return Standing(state=state, reason=reason, since_ms=NOON_MS, latched=latched)


@pytest.mark.parametrize(
    ("status", "state", "word", "token"),
    [
        (RunStatus.RUNNING, AccountState.ACTIVE, "Running", Token.UP),
        (RunStatus.RUNNING, AccountState.RECONCILING, "Reconciling", Token.ACCENT),
        (RunStatus.RUNNING, AccountState.REDUCING, "Reducing", Token.WARN),
        (RunStatus.PAUSED, AccountState.HALTED, "Halted", Token.DANGER),
        (RunStatus.PAUSED, AccountState.ACTIVE, "Paused", Token.WARN),
        (RunStatus.FAILED, AccountState.HALTED, "Failed", Token.DOWN),
    ],
)
def test_the_header_says_what_holds_the_account_back_most(
    status: RunStatus, state: AccountState, word: str, token: Token
) -> None:
    assert pill(status, standing(state)) == (word, token)


def test_a_person_lifts_halts_and_whatever_was_latched() -> None:
    assert is_liftable(standing(AccountState.HALTED))
    assert is_liftable(standing(AccountState.REDUCING, latched=True))
    assert not is_liftable(standing(AccountState.REDUCING))
    assert not is_liftable(standing(AccountState.ACTIVE))


def test_a_reason_becomes_a_sentence_followed_by_what_it_means() -> None:
    assert sentence("the kill switch was pressed") == "The kill switch was pressed."
    assert sentence("is it over?") == "Is it over?"
    assert sentence("") == ""
    assert told(standing(AccountState.REDUCING, "the daily loss was reached")).startswith(
        "The daily loss was reached. Positions stay managed"
    )


def test_a_drill_names_what_was_done_and_leaves_out_what_was_not() -> None:
    quick = Drill(at_ms=NOON_MS, entries_stopped_ms=3, cancelled_ms=1_041, flat_ms=None)
    assert drill_words(quick) == "entries stopped in 3 ms, cancelled in 1,041 ms"
    slow = Drill(at_ms=NOON_MS, entries_stopped_ms=0, cancelled_ms=None, flat_ms=75_000)
    assert drill_words(slow) == "entries stopped in 0 ms, flat in 1 min"


def test_made_up_markets_keep_their_own_time() -> None:
    assert since(NOON_MS, Mode.DEMO) == since(NOON_MS, Mode.REPLAY) == "12:03:05 UTC"
    assert "UTC" not in since(NOON_MS, Mode.LIVE)
