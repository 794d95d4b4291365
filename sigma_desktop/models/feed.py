"""The market's prices at a glance: one line for the status bar, the whole story for its tooltip."""

from collections.abc import Mapping

from sigma_desktop.theme.tokens import Token
from sigma_engine import FeedWay, feed_words

QUIET_S = 10.0
_TROUBLED = (
    (FeedWay.REBUILDING, "stream being rebuilt", "streams being rebuilt"),
    (FeedWay.ASKED, "asked every 5 s", "asked every 5 s"),
)
HINT = "The market's prices: live, quiet or standing still"


def line(ways: Mapping[str, FeedWay], quiet_s: float) -> tuple[str, Token, Token]:
    """Text, ink and dot while the market goes on; ``quiet_s`` is how long no price of any symbol came."""
    if quiet_s > QUIET_S:
        return f"Feed quiet for {quiet_s:.0f} s", Token.WARN, Token.WARN
    for way, one, several in _TROUBLED:
        if count := sum(each is way for each in ways.values()):
            return f"Feed: {one if len(ways) == 1 else f'{count} of {len(ways)} {several}'}", Token.WARN, Token.WARN
    return f"Feed live, {max(0.0, quiet_s):.0f} s old", Token.T1, Token.UP


def tooltip(ways: Mapping[str, FeedWay]) -> str:
    """What the line is about, and how the prices come at present, market by market."""
    said = feed_words(ways)
    return f"{HINT}\nNow: {said}" if said else HINT
