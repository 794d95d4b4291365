"""The parts of a strategy document: distances, position size, fusion, gates, regime rules and lists of conditions."""

from enum import StrEnum
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    Strict,
    model_serializer,
    model_validator,
)

from sigma_engine.domain.signal import Regime
from sigma_engine.errors import SpecError
from sigma_engine.strategy.expression import Expression, both, parse
from sigma_engine.strategy.fusion import VOTES
from sigma_engine.strategy.reach import out_of_reach

MAX_GROUPS = 10
MAX_CONDITIONS = 20

CONDITION_KEYS = ("entry_long", "entry_short", "exit_long", "exit_short")
"""The conditions that a regime may replace."""

Real = Annotated[float, Strict()]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


class Part(BaseModel):
    """What every part of a document shares: it never changes, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)


class Direction(StrEnum):
    """Which sides a strategy may take."""

    LONG = "long"
    SHORT = "short"
    BOTH = "both"


class MarginMode(StrEnum):
    """Whether a position answers with its own margin or with the whole account."""

    ISOLATED = "isolated"
    CROSS = "cross"


class Days(StrEnum):
    """On which days, UTC, entries are taken."""

    WEEKDAYS = "weekdays"
    WEEKENDS = "weekends"


class DistanceType(StrEnum):
    """How a stop, target or trailing stop is measured.

    ``percent`` of the price, ``atr`` = multiples of ATR(14), ``rr`` and ``r`` = multiples of the stop's distance,
    ``price`` = an absolute level, ``none`` = there is none.
    """

    PERCENT = "percent"
    ATR = "atr"
    RR = "rr"
    R = "r"
    PRICE = "price"
    NONE = "none"


class Distance(Part):
    """A type and its value; ``none`` has no value."""

    type: DistanceType
    value: Annotated[Real, Field(gt=0, le=1e9)] | None = None

    @model_validator(mode="after")
    def _has_the_value_its_type_needs(self) -> "Distance":
        if self.type is not DistanceType.NONE and self.value is None:
            raise ValueError(f"needs a value above 0 beside the type {self.type.value!r}")
        if self.type is DistanceType.PERCENT and self.value is not None and self.value > 50:
            raise ValueError(f"is {self.value:g} percent of the price; at most 50 is allowed")
        if self.type in (DistanceType.ATR, DistanceType.RR, DistanceType.R) and self.value is not None:
            self._check_multiple(self.value)
        return self

    def _check_multiple(self, value: float) -> None:
        if not 0.1 <= value <= 50:
            raise ValueError(f"is {value:g} {self.type}; it must lie between 0.1 and 50")


class SizeType(StrEnum):
    """What a stated position size counts."""

    PERCENT_EQUITY = "percent_equity"
    QUOTE = "quote"
    BASE = "base"


class PositionSize(Part):
    """A position of fixed size: percent of equity (as margin), USDT, or coins."""

    type: SizeType
    value: Annotated[Real, Field(gt=0, le=1e9)]

    @model_validator(mode="after")
    def _stays_within_the_margin_cap(self) -> "PositionSize":
        if self.type is SizeType.PERCENT_EQUITY and self.value > 25:
            raise ValueError(f"is {self.value:g} percent of equity; one position may bind at most 25")
        return self


class RegimeWeights(Part):
    """A vote's weight in each regime."""

    trending: Annotated[Real, Field(ge=0, le=100)]
    mixed: Annotated[Real, Field(ge=0, le=100)]
    ranging: Annotated[Real, Field(ge=0, le=100)]


class Fusion(Part):
    """Entry by the fusion of votes; ``weights`` replaces the table's weights vote by vote."""

    weights: dict[str, RegimeWeights] = Field(default_factory=dict)
    threshold: Annotated[Real, Field(gt=0, le=1)] = 0.5
    margin: Annotated[Real, Field(ge=0, le=1)] = 0.3

    @model_validator(mode="after")
    def _names_only_votes(self) -> "Fusion":
        known = [vote.name for vote in VOTES]
        if unknown := [name for name in self.weights if name not in known]:
            raise ValueError(f"weights a vote {unknown[0]!r} that does not exist; there are {', '.join(known)}")
        return self


class GateChoice(Part):
    """Which of the three gates decide; the figures of the others are still shown."""

    edge: Flag = False
    probability: Flag = False
    kelly: Flag = False


class RegimeEntries(StrEnum):
    """Which entries a regime allows."""

    BOTH = "both"
    LONG = "long"
    SHORT = "short"
    NONE = "none"


def _as_groups(given: object) -> tuple[tuple[str, ...], ...]:
    """A condition, a list (all hold) or a list of lists (any group holds) as groups of canonical conditions."""
    outer = [given] if isinstance(given, str) else given
    if not isinstance(outer, list | tuple):
        raise ValueError("must be a condition, a list of conditions or a list of such lists")
    if all(isinstance(each, str) for each in outer):
        outer = [outer] if outer else []
    if len(outer) > MAX_GROUPS:
        raise ValueError(f"has {len(outer)} alternatives; at most {MAX_GROUPS} are read")
    places = [f"in its group {at} " if len(outer) > 1 else "" for at in range(1, len(outer) + 1)]
    return tuple(_group(each, place) for each, place in zip(outer, places, strict=True))


def _group(given: object, place: str) -> tuple[str, ...]:
    conditions = [given] if isinstance(given, str) else given
    if not isinstance(conditions, list | tuple) or not all(isinstance(each, str) for each in conditions):
        raise ValueError("must be a condition, a list of conditions or a list of such lists")
    if not 1 <= len(conditions) <= MAX_CONDITIONS:
        raise ValueError(f"has a group of {len(conditions)} conditions; it must have 1 to {MAX_CONDITIONS}")
    trees = tuple(_condition(each, place) for each in conditions)
    if reason := out_of_reach(both(trees)):
        raise ValueError(f"{place}asks for the impossible: {reason}")
    return tuple(str(tree) for tree in trees)


def _condition(text: str, place: str) -> Expression:
    try:
        return parse(text)
    except SpecError as refusal:
        raise ValueError(f"{place}cannot be read: {str(refusal).removesuffix('.')}") from None


def _as_lists(groups: tuple[tuple[str, ...], ...]) -> list[str] | list[list[str]]:
    return list(groups[0]) if len(groups) == 1 else [list(group) for group in groups]


Conditions = Annotated[
    tuple[tuple[str, ...], ...],
    BeforeValidator(_as_groups),
    PlainSerializer(_as_lists, return_type=list[str] | list[list[str]]),
]
"""Any of these groups, all of each group's conditions; a single group is written as a plain list."""


class RegimeRule(Part):
    """What differs in one regime; what is left out is as everywhere.

    ``entries`` allows or forbids sides; conditions replace the strategy's own (an empty list leaves none),
    ``threshold`` and ``margin`` those of its fusion. A rule of nothing but ``entries`` may be written as that word.
    """

    entries: RegimeEntries = RegimeEntries.BOTH
    entry_long: Conditions | None = None
    entry_short: Conditions | None = None
    exit_long: Conditions | None = None
    exit_short: Conditions | None = None
    threshold: Annotated[Real, Field(gt=0, le=1)] | None = None
    margin: Annotated[Real, Field(ge=0, le=1)] | None = None

    @property
    def conditions(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """The conditions it replaces, by their key."""
        given = {key: getattr(self, key) for key in CONDITION_KEYS}
        return {key: value for key, value in given.items() if value is not None}

    @property
    def has_own_entries(self) -> bool:
        """Whether entries are decided by rules of its own; forbidding sides or replacing exits does not make it so."""
        replaced = (self.entry_long, self.entry_short, self.threshold, self.margin)
        return any(value is not None for value in replaced)

    @model_serializer(mode="wrap")
    def _short(self, complete: SerializerFunctionWrapHandler) -> str | dict[str, object]:
        given = {key: value for key, value in complete(self).items() if value is not None}
        return str(self.entries) if set(given) == {"entries"} else given


def _from_word(given: object) -> object:
    if isinstance(given, str):
        return {"entries": given}
    if not isinstance(given, dict | RegimeRule):
        words, keys = ", ".join(RegimeEntries), ", ".join(RegimeRule.model_fields)
        raise ValueError(f"is {given!r:.60}; it must be one of the words {words} or an object with the keys {keys}")
    return given


RegimeRules = dict[Regime, Annotated[RegimeRule, BeforeValidator(_from_word)]]
