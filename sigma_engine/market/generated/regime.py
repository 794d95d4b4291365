"""The moods of the demo's market and how one follows another."""

from dataclasses import dataclass
from enum import StrEnum


class MarketRegime(StrEnum):
    """What the whole market is doing for a while."""

    TREND_UP = "trend_up"
    TREND_DOWN = "trend_down"
    RANGING = "ranging"
    VOLATILE = "volatile"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Mood:
    """How a regime moves the market.

    ``drift`` in standard deviations of a minute, ``volatility`` a multiple of the usual, ``pull`` the part of the
    distance to where the regime began that is undone each minute, ``stay`` its mean length in minutes.
    """

    drift: float
    volatility: float
    pull: float
    stay: float


MOODS = {  # time-weighted mean of volatility squared is 1, so that a coin's stated volatility is what it shows
    MarketRegime.TREND_UP: Mood(0.14, 1.0, 0.0, 120),
    MarketRegime.TREND_DOWN: Mood(-0.14, 1.0, 0.0, 120),
    MarketRegime.RANGING: Mood(0.0, 0.75, 0.04, 150),
    MarketRegime.VOLATILE: Mood(0.0, 2.0, 0.0, 45),
    MarketRegime.CALM: Mood(0.0, 0.5, 0.02, 90),
}

_REGIMES = tuple(MarketRegime)


def following(regime: MarketRegime, leave: float, choice: float) -> MarketRegime:
    """The regime of the next minute; ``leave`` and ``choice`` are uniform in [0, 1).

    A Markov chain: a regime ends with probability 1/stay each minute, and any other is equally likely to follow.
    """
    if leave * MOODS[regime].stay >= 1:
        return regime
    others = [other for other in _REGIMES if other is not regime]
    return others[int(choice * len(others))]
