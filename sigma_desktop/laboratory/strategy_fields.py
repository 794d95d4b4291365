"""The fields of a strategy's form: which there are, in which groups, and how a document becomes texts and back."""

import copy
from collections.abc import Mapping
from typing import Any

from sigma_desktop.laboratory.fields import NONE, Field, Kind, look_up, put, text_of, value_of
from sigma_engine import SigmaError, in_words

ENTRY, EXIT, TARGETS, RISK = "Entry", "Exit", "Stop and target", "Risk and leverage"
WHEN, GATES, FORECAST, MORE = "Filters, session, days", "Gates", "Forecast", "More"

ELSEWHERE = frozenset({"version", "symbols", "timeframe"})
"""Keys of a document that are chosen with the data."""

_SIDES = (("both", "Long and short"), ("long", "Long only"), ("short", "Short only"))
_MARGINS = (("isolated", "Isolated"), ("cross", "Cross"))
_DAYS = (("", "Every day"), ("weekdays", "Weekdays"), ("weekends", "Weekends"))
_PERCENT, _ATR, _PRICE, _RR = ("percent", "% of price"), ("atr", "× ATR(14)"), ("price", "at price"), ("rr", "× stop")
_SIZES = (
    (NONE, "By risk"),
    ("percent_equity", "% of equity as margin"),
    ("quote", "USDT"),
    ("base", "coins"),
)
_CONDITIONS = "One condition a line, all must hold; a line “or” begins an alternative."


def _conditions(key: str, title: str, group: str, blank: str = "never") -> Field:
    return Field(key=key, title=title, kind=Kind.CONDITIONS, group=group, hint=_CONDITIONS, blank=blank)


def _whole(key: str, title: str, group: str, unit: str, blank: str | None = None, hint: str = "") -> Field:
    return Field(key=key, title=title, kind=Kind.WHOLE, group=group, unit=unit, blank=blank, hint=hint)


def _real(key: str, title: str, group: str, unit: str, blank: str | None = None, hint: str = "") -> Field:
    return Field(key=key, title=title, kind=Kind.REAL, group=group, unit=unit, blank=blank, hint=hint)


def _distance(key: str, title: str, *choices: tuple[str, str], hint: str = "", group: str = TARGETS) -> Field:
    return Field(key=key, title=title, kind=Kind.DISTANCE, group=group, choices=choices, hint=hint)


def _flag(key: str, title: str, group: str, hint: str) -> Field:
    return Field(key=key, title=title, kind=Kind.FLAG, group=group, hint=hint)


FUSION = (
    _real("fusion.threshold", "Enter from a score of", ENTRY, "0 to 1", hint="Score the winning side must reach."),
    _real("fusion.margin", "Lead over the other side", ENTRY, "0 to 1", hint="How far it must lead."),
    Field(
        key="fusion.weights",
        title="Weights of votes",
        kind=Kind.JSON,
        group=ENTRY,
        hint='Votes that weigh otherwise than the table: {"rsi": {"trending": 1, "mixed": 1, "ranging": 2}}.',
    ),
)
CONDITIONS = (
    _conditions("entry_long", "Enter long when", ENTRY),
    _conditions("entry_short", "Enter short when", ENTRY),
)
FIELDS = (
    Field(key="name", title="Name", kind=Kind.TEXT, group=ENTRY, hint="What this strategy is called in the library."),
    Field(key="direction", title="Sides", kind=Kind.CHOICE, group=ENTRY, choices=_SIDES),
    *CONDITIONS,
    *FUSION,
    _conditions("exit_long", "Leave long when", EXIT),
    _conditions("exit_short", "Leave short when", EXIT),
    _whole("time_stop_min", "Time stop", EXIT, "min", "never", "Leave after so many minutes."),
    _flag("reverse", "Opposite signal exits", EXIT, "A signal against an open position closes it."),
    _distance("stop_loss", "Stop", _PERCENT, _ATR, _PRICE, hint="Every position has a stop."),
    _distance("take_profit", "Target", _RR, _PERCENT, _ATR, _PRICE, ("r", "× stop (r)"), (NONE, "No target")),
    _distance("trailing_stop", "Trailing stop", (NONE, "No trailing stop"), _ATR, _PERCENT, _RR, ("r", "× stop (r)")),
    _real("breakeven_at_r", "Break-even at", TARGETS, "× stop", "never", "Gain at which the stop moves to the entry."),
    _whole("leverage", "Leverage", RISK, "×"),
    _real("risk_per_trade_pct", "Risk per trade", RISK, "% of equity", hint="What a trade loses at its stop."),
    _distance("position_size", "Size", *_SIZES, group=RISK, hint="A fixed size instead of one by risk."),
    Field(key="margin_mode", title="Margin", kind=Kind.CHOICE, group=RISK, choices=_MARGINS),
    _whole("max_positions", "Open positions", RISK, "at most"),
    _real("max_daily_loss_pct", "Daily loss", RISK, "% at most", hint="A day that lost this much opens nothing more."),
    _conditions("filters", "Only when", WHEN, "always"),
    Field(
        key="session",
        title="Session",
        kind=Kind.TEXT,
        group=WHEN,
        unit="UTC",
        blank="the whole day",
        hint="Hours in which entries are taken, like 08:00-16:00.",
    ),
    Field(key="days", title="Days", kind=Kind.CHOICE, group=WHEN, choices=_DAYS, blank="every day"),
    _whole("cooldown_bars", "Wait after an exit", WHEN, "candles"),
    _whole("max_trades_per_day", "Trades a day", WHEN, "at most", "no limit"),
    _flag("gates.edge", "Edge gate", GATES, "The expected move must exceed the costs."),
    _flag("gates.probability", "Probability gate", GATES, "The calibrated chance of a rise must be far from even."),
    _flag("gates.kelly", "Kelly gate", GATES, "No larger than a fraction of Kelly, none where Kelly is not above 0."),
    _whole("horizon_bars", "Horizon", FORECAST, "candles", hint="How far ahead forecasts look."),
    _whole("barrier_bars", "Time to the barriers", FORECAST, "candles", "the time stop, or 24"),
    Field(
        key="regime_rules",
        title="Rules by regime",
        kind=Kind.JSON,
        group=MORE,
        hint='What differs in one regime: {"ranging": "none"} enters nothing there.',
    ),
)


def fields_of(document: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a complete document; keys nobody thought of are edited as JSON, so that none is lost."""
    left_out = CONDITIONS if document.get("fusion") is not None else FUSION
    known = {field.key.partition(".")[0] for field in FIELDS} | ELSEWHERE
    strange = (key for key in document if key not in known)
    others = (Field(key=key, title=key, kind=Kind.JSON, group=MORE, blank="none") for key in strange)
    return (*(field for field in FIELDS if field not in left_out), *others)


def texts_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The text of each of its fields."""
    return {field.key: text_of(field, look_up(document, field.key)) for field in fields_of(document)}


def changed_document(document: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """``document`` with the values of ``texts`` in their places; raises `BadText` on the first that has none."""
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    fields = {field.key: field for field in fields_of(document)}
    for key, text in texts.items():
        put(changed, key, value_of(fields[key], text))
    if "position_size" in texts and changed["position_size"] == {"type": NONE}:
        changed["position_size"] = None
    return changed


def key_named(sentence: str, document: Mapping[str, Any]) -> str:
    """The key of the field that the engine's refusal begins with, empty where it names none."""
    word = sentence.split(" ", 1)[0]
    named = [field.key for field in fields_of(document) if word == field.key or word.startswith(f"{field.key}.")]
    return max(named, key=len, default="")


def with_title(sentence: str, field: Field) -> str:
    """The refusal with the name of the field as the form calls it."""
    word, _, rest = sentence.partition(" ")
    part = word.removeprefix(field.key).lstrip(".")
    return f"{field.title}{f' ({part})' if part else ''} {rest}"


def meaning(text: str) -> tuple[str, str]:
    """``(words, refusal)``: what the lines of a conditions field ask for together, or the first that cannot be read."""
    groups: list[list[str]] = [[]]
    for line in (line.strip() for line in text.splitlines()):
        if line == "or":
            groups.append([])
        elif line:
            try:
                groups[-1].append(in_words(line))
            except SigmaError as error:
                return "", str(error)
    return "; or ".join(", and ".join(group) for group in groups if group), ""
