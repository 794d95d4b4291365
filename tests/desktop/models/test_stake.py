"""Whose money it is: never called less than it is."""

import pytest

from sigma_desktop.models.stake import funds_of, market_words, stake_of
from sigma_desktop.theme.tokens import Token
from sigma_engine import Funds, Mode


@pytest.mark.parametrize(
    ("mode", "funds", "venue", "badge", "title", "frame", "solid"),
    [
        (Mode.DEMO, None, "", "PAPER", "", None, False),
        (Mode.REPLAY, None, "", "PAPER", "", None, False),
        (Mode.PAPER, None, "WEEX", "PAPER · WEEX", "PAPER · WEEX", None, False),
        (Mode.LIVE, None, "WEEX", "LIVE · WEEX", "LIVE · WEEX", Token.DANGER, True),
        (Mode.LIVE, Funds.REAL, "", "LIVE", "LIVE", Token.DANGER, True),
        (Mode.LIVE, Funds.DEMO, "WEEX", "DEMO MONEY · WEEX", "DEMO MONEY · WEEX", Token.WARN, False),
        (Mode.LIVE, Funds.PRACTICE, "WEEX", "PRACTICE · WEEX", "PRACTICE · WEEX", Token.WARN, False),
    ],
)
def test_each_kind_of_money_has_its_badge_title_and_border(
    mode: Mode, funds: Funds | None, venue: str, badge: str, title: str, frame: Token | None, solid: bool
) -> None:
    stake = stake_of(mode, funds, venue)
    assert (stake.badge, stake.title, stake.frame, stake.solid) == (badge, title, frame, solid)


def test_live_trading_that_says_nothing_of_its_money_is_taken_for_real() -> None:
    assert funds_of(Mode.LIVE, None) is Funds.REAL
    assert {funds_of(mode, None) for mode in (Mode.DEMO, Mode.REPLAY, Mode.PAPER, None)} == {Funds.SIMULATED}


def test_only_real_money_is_red() -> None:
    stakes = [stake_of(mode, funds, "WEEX") for mode in Mode for funds in (*Funds, None)]
    real = [stake for stake in stakes if stake.token is Token.DANGER]
    assert real
    assert all("real money" in stake.spoken for stake in real)
    assert not any("real money" in stake.spoken for stake in stakes if stake not in real)


@pytest.mark.parametrize(
    ("mode", "funds", "venue", "words"),
    [
        (Mode.DEMO, None, "", "Demo market"),
        (Mode.PAPER, None, "WEEX", "Paper trading · WEEX"),
        (Mode.LIVE, None, "WEEX", "Live · WEEX"),
        (Mode.LIVE, Funds.DEMO, "WEEX", "Demo money · WEEX"),
        (Mode.LIVE, Funds.PRACTICE, "WEEX", "Practice exchange · WEEX"),
    ],
)
def test_play_money_is_not_called_live_at_the_foot_either(
    mode: Mode, funds: Funds | None, venue: str, words: str
) -> None:
    assert market_words(mode, funds, venue) == words
