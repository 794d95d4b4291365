"""Whose money it is: never called less than it is."""

import pytest

from sigma_desktop.models.stake import funds_of, market_words, stake_of
from sigma_desktop.theme.tokens import Palette, Token, use_palette, value
from sigma_engine import Funds, Mode


@pytest.mark.parametrize(
    ("mode", "funds", "venue", "badge", "title", "frame", "solid"),
    [
        (Mode.DEMO, None, "", "DEMO", "", None, False),
        (Mode.REPLAY, None, "", "REPLAY", "", None, False),
        (Mode.PAPER, None, "WEEX", "PAPER · WEEX", "PAPER · WEEX", None, False),
        (Mode.LIVE, None, "WEEX", "LIVE · WEEX", "LIVE · WEEX", Token.DANGER, True),
        (Mode.LIVE, Funds.REAL, "", "LIVE", "LIVE", Token.DANGER, True),
        (Mode.LIVE, Funds.DEMO, "WEEX", "DEMO MONEY · WEEX", "DEMO MONEY · WEEX", Token.CYAN, False),
        (Mode.LIVE, Funds.PRACTICE, "WEEX", "PRACTICE · WEEX", "PRACTICE · WEEX", Token.VIOLET, False),
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


KINDS = [
    (Mode.DEMO, None),
    (Mode.REPLAY, None),
    (Mode.PAPER, None),
    (Mode.LIVE, Funds.PRACTICE),
    (Mode.LIVE, Funds.DEMO),
    (Mode.LIVE, Funds.REAL),
]


def test_no_two_kinds_of_money_share_a_word_a_shape_or_a_colour() -> None:
    stakes = [stake_of(mode, funds, "") for mode, funds in KINDS]
    for of in (lambda stake: stake.short, lambda stake: stake.icon, lambda stake: stake.token):
        assert len({of(stake) for stake in stakes}) == len(KINDS)


@pytest.mark.parametrize("chosen", Palette)
def test_every_badge_reads_in_every_palette(chosen: Palette) -> None:
    use_palette(chosen)
    for mode, funds in KINDS:
        stake = stake_of(mode, funds, "")
        ink, ground = (Token.ON_UP, stake.token) if stake.solid else (stake.token, Token.BG1)
        assert contrast(value(ink), value(ground)) >= 4.5
    use_palette(Palette.DARK)


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, of two ``#RRGGBB``."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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
