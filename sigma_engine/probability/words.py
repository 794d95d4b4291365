"""A calibration report in a sentence or two that a trader understands."""

from collections.abc import Sequence
from math import isnan, sqrt

from sigma_engine.domain.calibration import BandScore, ReliabilityBin, Trust

NO_EDGE = "P(up) shows no edge, so it stays at 50 %."
WITHHELD = "What the model would say of a rise, had it not been silenced, does not come true"
_SHOWN = 1
"""The band people are told of where none has to be blamed: the middle one, of 90 %."""


def verdict(
    trust: Trust,
    edge: bool,
    bins: Sequence[ReliabilityBin],
    bands: Sequence[BandScore],
    spiegelhalter_p: float,
    enough: int,
    *,
    withheld: bool = False,
) -> str:
    """What was said, what happened, and what follows from it.

    ``withheld`` where it is not what was said that lost the trust, but what a red flag keeps from being said.
    """
    if not bins:
        return f"No forecast has fallen due yet; SIGMA judges itself from {enough} on."
    blame = WITHHELD if withheld else _blame(bins, bands, spiegelhalter_p)
    match trust:
        case Trust.TOO_FEW:
            n = sum(each.n for each in bins)
            plainly = odds(_boldest(bins)) if edge or not bands[_SHOWN].n else held(bands[_SHOWN])
            return f"{plainly}; {_counted(n)} too few to judge, {enough} are needed."
        case Trust.GREEN:
            return _kept(edge, bins, bands)
        case Trust.AMBER:
            doubt = f"{blame}: doubtful, chance alone brings this less than 1 time in 20."
            return doubt if edge else f"{doubt} {NO_EDGE}"
        case Trust.RED:
            return f"{blame}: chance alone brings this less than 1 time in 100. P(up) is off until it recovers."


def odds(said: ReliabilityBin) -> str:
    """What was said of a rise, and how often it came."""
    interval = f"{said.interval_low * 100:.0f}-{said.interval_high * 100:.0f} %"
    return (
        f"When SIGMA said {said.said * 100:.0f} % up it happened {said.happened * 100:.0f} % of the time ({interval})"
    )


def held(band: BandScore) -> str:
    """How many outcomes a band held."""
    return f"The {band.coverage * 100:.0f} % band held {band.share * 100:.1f} % of {band.n:,} outcomes"


def _counted(n: int) -> str:
    return "1 forecast is" if n == 1 else f"{n} forecasts are"


def _kept(edge: bool, bins: Sequence[ReliabilityBin], bands: Sequence[BandScore]) -> str:
    band = bands[_SHOWN]
    if not band.n:
        return f"{odds(_boldest(bins))}: as promised."
    if not edge:
        return f"{held(band)}: as promised. {NO_EDGE}"
    return f"{odds(_boldest(bins))}, and {_lower(held(band))}: as promised."


def _blame(bins: Sequence[ReliabilityBin], bands: Sequence[BandScore], spiegelhalter_p: float) -> str:
    """What failed its test worst, and on which side."""
    worst = min(bands, key=lambda band: _p(band.kupiec_p))
    if _p(spiegelhalter_p) <= _p(worst.kupiec_p):
        return odds(max(bins, key=_conflict))
    return f"{held(worst)}, {'fewer' if worst.share < worst.coverage else 'more'} than promised"


def _p(p_value: float) -> float:
    return 1.0 if isnan(p_value) else p_value


def _boldest(bins: Sequence[ReliabilityBin]) -> ReliabilityBin:
    return max(bins, key=lambda each: abs(each.said - 0.5))


def _conflict(each: ReliabilityBin) -> float:
    """How far happened lies from said, in units of what chance moves it."""
    return abs(each.said - each.happened) * sqrt(each.n)


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
