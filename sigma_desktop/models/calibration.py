"""What was said and what happened, in words and figures: one row a kind of forecast, its verdict, its bands."""

import math

from sigma_desktop.models.cells import Cell, Column, Kind, toned
from sigma_desktop.models.figures import Figure
from sigma_desktop.models.story import story
from sigma_desktop.theme.format import NOTHING, day_time, percent
from sigma_desktop.theme.tokens import Token, minus
from sigma_engine import BandScore, CalibrationReport, ReliabilityBin, Trust, short

ENOUGH = 100
"""Forecasts below which nothing is claimed."""
DOUBT, ALARM = 0.05, 0.01
"""p-values below which a test casts doubt, and below which it condemns."""
KOLMOGOROV = 1.36
"""The greatest distance from uniform that chance leaves, times the root of the count, at 5 %."""
COIN_LOG_LOSS = math.log(2)
_EVEN = 0.005
"""Interval scores nearer than this to each other are called equal."""
_GRID = 0.1
_LEAST_SPAN = 0.3
_CHIPS = {
    Trust.GREEN: (Token.UP, "✓"),
    Trust.AMBER: (Token.WARN, "?"),
    Trust.RED: (Token.DOWN, "✗"),
    Trust.TOO_FEW: (Token.T1, "…"),
}


def chip(trust: Trust) -> Cell:
    """The state as a word on its colour, with a sign that needs no colour."""
    token, sign = _CHIPS[trust]
    return Cell(f"{sign} {trust.value.upper()}", token, Kind.PILL)


def kind_of(report: CalibrationReport) -> str:
    """Which forecasts these are: ``12 candles, empirical``."""
    return f"{report.horizon_bars} candles, {report.model}"


def period(report: CalibrationReport) -> str:
    """How many forecasts of which time were scored, and how many of them were made live."""
    live = f", {report.live_n:,} of them live" if report.live_n else ", none of them live yet"
    return f"{report.n:,} forecasts, {day_time(report.from_ms)} to {day_time(report.to_ms)} UTC{live}"


def decimal(value: float, digits: int = 4) -> str:
    """A score as people write it: ``.2487``; a dash while it cannot be told."""
    if not math.isfinite(value):
        return NOTHING
    text = minus(f"{value:.{digits}f}")
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def figures(report: CalibrationReport) -> tuple[Figure, ...]:
    """Count, Brier score, skill, log loss, calibration error and Spiegelhalter's z."""
    return (
        Figure("Forecasts", f"{report.n:,}", f"Matured and not overlapping. {period(report)}.", _evidence(report)),
        Figure("Brier", decimal(report.brier), _brier_told(report)),
        _skill(report),
        Figure(
            "Log loss",
            decimal(report.log_loss),
            f"Mean surprise of the outcomes; less is better. A coin has {decimal(COIN_LOG_LOSS)}.",
        ),
        Figure(
            "Calibration error",
            decimal(report.reliability),
            "The part of the Brier score that comes from saying other shares than happen; 0 is perfect.",
            brief="Cal. error",
        ),
        _spiegelhalter(report),
    )


def _evidence(report: CalibrationReport) -> Token:
    return Token.T0 if report.n >= ENOUGH else Token.WARN


def _brier_told(report: CalibrationReport) -> str:
    parts = f"reliability {decimal(report.reliability)}, resolution {decimal(report.resolution)}"
    return (
        f"Mean squared error of P(up); less is better. The past share of rises alone has "
        f"{decimal(report.climatology_brier)}, the plain model {decimal(report.baseline_brier)}, a coin .2500. "
        f"Parts: {parts}, uncertainty {decimal(report.uncertainty)}."
    )


def _skill(report: CalibrationReport) -> Figure:
    told = "How much better than always saying the past share of rises; 0 is no better, 100% is knowing."
    token = toned(report.skill) if report.edge or report.skill < 0 else Token.T0
    return Figure("Skill", percent(report.skill, 2, signed=True), told, token)


def _spiegelhalter(report: CalibrationReport) -> Figure:
    z = report.spiegelhalter_z
    told = "Spiegelhalter's test of calibration: beyond ±1.96 chance explains it badly, beyond ±2.58 hardly at all."
    size = abs(z)
    token = Token.DOWN if size > 2.58 else Token.WARN if size > 1.96 else Token.T0
    text = minus(f"{z:+.2f}") if math.isfinite(z) else NOTHING
    return Figure("Spiegelhalter z", text, told, token, brief="Test z")


# reliability


def is_on_line(each: ReliabilityBin) -> bool:
    """Whether what was said lies within the interval of what happened."""
    return each.interval_low <= each.said <= each.interval_high


def on_line_words(bins: tuple[ReliabilityBin, ...]) -> str:
    """How many groups agree with what was said."""
    if not bins:
        return "nothing to compare yet"
    return f"{sum(map(is_on_line, bins))} of {len(bins)} groups agree"


def bin_words(each: ReliabilityBin) -> str:
    """One group of forecasts in a sentence."""
    happened = f"{percent(each.happened)} ({percent(each.interval_low)} to {percent(each.interval_high)})"
    agree = "It agrees" if is_on_line(each) else "It does not agree"
    return (
        f"Said {percent(each.said)}, happened {happened}: {each.n:,} forecasts between {percent(each.low)} and "
        f"{percent(each.high)}. {agree}."
    )


def span_of(bins: tuple[ReliabilityBin, ...]) -> tuple[float, float]:
    """From where to where both axes reach: round shares around everything said and every interval."""
    ends = [end for each in bins for end in (each.said, each.interval_low, each.interval_high) if math.isfinite(end)]
    if not ends:
        return 0.0, 1.0
    low, high = math.floor(min(ends) / _GRID), math.ceil(max(ends) / _GRID)
    while (high - low) * _GRID < _LEAST_SPAN - 1e-9:
        low, high = max(0, low - 1), min(round(1 / _GRID), high + 1)
    return max(0.0, low * _GRID), min(1.0, high * _GRID)


# bands


def kept_words(band: BandScore, brief: bool = False) -> str:
    """Whether the band held what it promised, by Kupiec's test (unnamed in ``brief``), and whether misses cluster."""
    if not math.isfinite(band.kupiec_p) or band.n < ENOUGH:
        return f"{band.n:,} so far, too few to test"
    test = "p" if brief else "Kupiec p"
    clustered = ", misses cluster" if band.christoffersen_p < DOUBT else ""
    if band.kupiec_p >= DOUBT:
        return f"holds ({test} {decimal(band.kupiec_p, 2)}){clustered}"
    wide = "too wide" if band.share > band.coverage else "too narrow"
    doubt = "" if band.kupiec_p < ALARM else "perhaps "
    return f"{doubt}{wide} ({test} {decimal(band.kupiec_p, 3)}){clustered}"


def kept_token(band: BandScore) -> Token:
    """The colour of `kept_words`."""
    if not math.isfinite(band.kupiec_p) or band.n < ENOUGH:
        return Token.T1
    return Token.DOWN if band.kupiec_p < ALARM else Token.WARN if band.kupiec_p < DOUBT else Token.UP


def sharpness_words(band: BandScore) -> str:
    """The interval score against the plain model's; empty while either cannot be told."""
    if not (math.isfinite(band.interval_score) and band.baseline_score > 0):
        return ""
    ratio = band.interval_score / band.baseline_score - 1
    if abs(ratio) < _EVEN:
        return "as sharp as the plain model"
    return f"{percent(abs(ratio), 0)} {'sharper' if ratio < 0 else 'blunter'} than the plain model"


def band_words(band: BandScore) -> str:
    """One band in full, for its tooltip and for screen readers."""
    held = (
        f"The {percent(band.coverage, 0)} band held {percent(band.share)} of {band.n:,} outcomes: {kept_words(band)}."
    )
    if not (sharper := sharpness_words(band)):
        return held
    scores = (
        f"{band.interval_score:,.0f} against {band.baseline_score:,.0f} bp; width and misses together, less is better"
    )
    return f"{held} {sharper.capitalize()}: interval score {scores}."


# places of the outcomes


def place_words(report: CalibrationReport) -> str:
    """What shape the outcomes' places in their forecasts have, in a few words."""
    if not report.pit or report.n < ENOUGH or not math.isfinite(report.pit_distance):
        return "too few to judge"
    if report.pit_distance <= KOLMOGOROV / math.sqrt(report.n):
        return "even, as it should be"
    ends, half = report.pit[0] + report.pit[-1], sum(report.pit[: len(report.pit) // 2])
    if abs(half - 0.5) > abs(ends - 0.2):
        return "outcomes lie lower than said" if half > 0.5 else "outcomes lie higher than said"
    return "heavy ends: too narrow" if ends > 0.2 else "hump: too wide"


# the list


def key(report: CalibrationReport) -> tuple[str, int, str]:
    """One row a symbol, horizon and model."""
    return report.symbol, report.horizon_bars, report.model


def tell(report: CalibrationReport) -> str:
    """The report in short, for its tooltip."""
    facts = tuple((figure.title, figure.text) for figure in figures(report))
    return story(f"{short(report.symbol)}, {kind_of(report)}", facts, report.verdict)


COLUMNS: tuple[Column[CalibrationReport], ...] = (
    Column(
        "Market",
        lambda report: Cell(short(report.symbol), bold=True, below=kind_of(report)),
        lambda report: report.symbol,
        118,
        2,
    ),
    Column("State", lambda report: chip(report.trust), lambda report: list(Trust).index(report.trust), 158, 1),
    Column(
        "N",
        lambda report: Cell(f"{report.n:,}", _evidence(report)),
        lambda report: report.n,
        52,
        1,
        True,
        explanation="Forecasts that have come due and do not overlap",
    ),
    Column(
        "Skill",
        lambda report: Cell(percent(report.skill, 2, signed=True), Token.T1),
        lambda report: report.skill,
        62,
        1,
        True,
        1,
        "Better than the past share of rises by so much",
    ),
)
