"""The line of the status bar that says how the market's prices come."""

import pytest

from sigma_desktop.models.feed import HINT, line, tooltip
from sigma_desktop.theme.tokens import Token
from sigma_engine import FeedWay

STREAM, ASKED, REBUILDING = FeedWay.STREAM, FeedWay.ASKED, FeedWay.REBUILDING
NAMES = ("BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT")


def ways(*each: FeedWay) -> dict[str, FeedWay]:
    return dict(zip(NAMES, each, strict=False))


@pytest.mark.parametrize(
    ("each", "quiet_s", "text", "dot"),
    [
        ((), 0.4, "Feed live, 0 s old", Token.UP),
        ((STREAM, STREAM, STREAM), 4.0, "Feed live, 4 s old", Token.UP),
        ((STREAM, ASKED, STREAM), 0.0, "Feed: 1 of 3 asked every 5 s", Token.WARN),
        ((STREAM, ASKED, REBUILDING), 0.0, "Feed: 1 of 3 streams being rebuilt", Token.WARN),
        ((REBUILDING,), 0.0, "Feed: stream being rebuilt", Token.WARN),
        ((ASKED,), 0.0, "Feed: asked every 5 s", Token.WARN),
        ((REBUILDING, STREAM), 31.0, "Feed quiet for 31 s", Token.WARN),
    ],
)
def test_the_worst_is_said_and_of_how_many_markets(
    each: tuple[FeedWay, ...], quiet_s: float, text: str, dot: Token
) -> None:
    said, _, light = line(ways(*each), quiet_s)
    assert (said, light) == (text, dot)


def test_the_tip_names_the_markets() -> None:
    assert tooltip({}) == HINT
    assert tooltip(ways(STREAM, STREAM)) == f"{HINT}\nNow: 2 markets over streams"
    assert tooltip(ways(REBUILDING, ASKED, ASKED)) == (
        f"{HINT}\nNow: stream lost and being built anew: BTC/USDT; silent stream, asked every 5 s: ETH/USDT, SOL/USDT"
    )
