"""A strategy as data: the document that people, the offline strategist and language models write, checked."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field, PlainSerializer, ValidationError, field_validator, model_validator

from sigma_engine.domain.symbol import PAIRS, short, unified
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError, UnknownSymbol
from sigma_engine.strategy.expression import both, operands, parse
from sigma_engine.strategy.expression_tree import Comparator, InRegime
from sigma_engine.strategy.expression_words import check_timeframes
from sigma_engine.strategy.reach import out_of_reach
from sigma_engine.strategy.spec_errors import refusal
from sigma_engine.strategy.spec_parts import (
    CONDITION_KEYS,
    Conditions,
    Days,
    Direction,
    Distance,
    DistanceType,
    Flag,
    Fusion,
    GateChoice,
    MarginMode,
    Part,
    PositionSize,
    Real,
    RegimeRules,
    Whole,
)

MAX_LEVERAGE = 20
MAX_RISK_PCT = 2.0
MAX_DAILY_LOSS_PCT = 5.0
ROUND_TRIP_COST_PCT = 0.14
STOP_SHARE_OF_LIQUIDATION = 0.7
MAX_DOCUMENT_CHARACTERS = 100_000

_LOWEST_MAINTENANCE_RATE = 0.005
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_STOP_TYPES = (DistanceType.PERCENT, DistanceType.ATR, DistanceType.PRICE)
_TRAILING_TYPES = (DistanceType.PERCENT, DistanceType.ATR, DistanceType.R, DistanceType.RR, DistanceType.NONE)

Symbols = Annotated[
    tuple[str, ...],
    Field(min_length=1, max_length=50),
    PlainSerializer(lambda symbols: [short(symbol) for symbol in symbols], return_type=list[str]),
]


class StrategySpec(Part):
    """Everything a strategy says, with the defaults of contracts.md §5.

    Symbols are ccxt's unified names inside and short (``BTC/USDT``) in JSON. Percentages are percent (2 = 2 %).
    ``max_positions`` is 4 by default: eight highly correlated pairs at 1 % of risk each could lose 8 % in one move,
    four stay within the daily loss limit of 5 %. Gates are off unless the document turns them on.
    """

    version: Literal[1] = 1
    name: Annotated[str, Field(min_length=1, max_length=80)] = "Untitled"
    symbols: Symbols = PAIRS
    timeframe: Timeframe = Timeframe.M5
    direction: Direction = Direction.BOTH
    entry_long: Conditions = ()
    entry_short: Conditions = ()
    exit_long: Conditions = ()
    exit_short: Conditions = ()
    fusion: Fusion | None = None
    filters: Conditions = ()
    regime_rules: RegimeRules = Field(default_factory=dict)
    leverage: Annotated[Whole, Field(ge=1, le=MAX_LEVERAGE)] = 5
    margin_mode: MarginMode = MarginMode.ISOLATED
    risk_per_trade_pct: Annotated[Real, Field(gt=0, le=MAX_RISK_PCT)] = 1.0
    position_size: PositionSize | None = None
    stop_loss: Distance = Distance(type=DistanceType.ATR, value=1.5)
    take_profit: Distance = Distance(type=DistanceType.RR, value=2.5)
    trailing_stop: Distance | None = None
    breakeven_at_r: Annotated[Real, Field(gt=0, le=50)] | None = None
    time_stop_min: Annotated[Whole, Field(ge=1, le=525_600)] | None = None
    reverse: Flag = False
    max_trades_per_day: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    max_daily_loss_pct: Annotated[Real, Field(gt=0, le=MAX_DAILY_LOSS_PCT)] = MAX_DAILY_LOSS_PCT
    max_positions: Annotated[Whole, Field(ge=1, le=50)] = 4
    cooldown_bars: Annotated[Whole, Field(ge=0, le=1000)] = 0
    session: str | None = None
    days: Days | None = None
    horizon_bars: Annotated[Whole, Field(ge=1, le=288)] = 12
    barrier_bars: Annotated[Whole, Field(ge=1, le=288)] | None = None
    gates: GateChoice = GateChoice()

    @field_validator("symbols", mode="before")
    @classmethod
    def _read_symbols(cls, given: object) -> object:
        names = [given] if isinstance(given, str) else given
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            raise ValueError('must be a list of markets like ["BTC/USDT", "ETH/USDT"]')
        try:
            return tuple(dict.fromkeys(unified(name) for name in names))
        except UnknownSymbol as unknown:
            raise ValueError(f"cannot be used: {str(unknown).removesuffix('.')}") from None

    @field_validator("stop_loss")
    @classmethod
    def _protect(cls, stop: Distance) -> Distance:
        if stop.type is DistanceType.NONE:
            raise ValueError("is none; every position has a stop, so give percent, atr or price")
        return _of_type(stop, _STOP_TYPES)

    @field_validator("trailing_stop")
    @classmethod
    def _trail(cls, trailing: Distance | None) -> Distance | None:
        if trailing is None or trailing.type is DistanceType.NONE:
            return None
        return _of_type(trailing, _TRAILING_TYPES)

    @field_validator("session")
    @classmethod
    def _read_session(cls, session: str | None) -> str | None:
        if session is None:
            return None
        if not re.fullmatch(f"{_CLOCK}-{_CLOCK}", session) or session[:5] == session[6:]:
            raise ValueError(f"is {session!r}; write two different UTC times like 08:00-16:00")
        return session

    @model_validator(mode="after")
    def _is_complete(self) -> "StrategySpec":
        _check_entries(self)
        _check_regime_rules(self)
        _check_timeframes(self)
        _check_levels(self)
        _check_target(self)
        _check_liquidation(self)
        return self

    @property
    def bars_to_barriers(self) -> int:
        """How many candles a position is given to reach stop or target: stated, the time stop, or 24."""
        if self.barrier_bars is not None:
            return self.barrier_bars
        return min(self.time_stop_bars, 288) if self.time_stop_bars is not None else 24

    @property
    def time_stop_bars(self) -> int | None:
        """The time stop in candles, rounded up."""
        if self.time_stop_min is None:
            return None
        return -(-self.time_stop_min * 60_000 // self.timeframe.interval_ms)

    def conditions(self) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
        """Every list of conditions with its place in the document, those of the regimes included."""
        for key in (*CONDITION_KEYS, "filters"):
            yield key, getattr(self, key)
        for regime, rule in self.regime_rules.items():
            for key, alternatives in rule.conditions.items():
                yield f"regime_rules.{regime}.{key}", alternatives

    def document(self) -> dict[str, Any]:
        """The complete document, ready for JSON; `read_spec` gives the same strategy back."""
        return self.model_dump(mode="json")


def read_spec(document: Mapping[str, Any]) -> StrategySpec:
    """The strategy of ``document``; raises `SpecError` with one sentence on the first thing wrong with it."""
    try:
        return StrategySpec.model_validate(dict(document))
    except ValidationError as error:
        raise refusal(StrategySpec, error) from None


def load_spec(source: str | Path) -> StrategySpec:
    """The strategy in a JSON text (it begins with a brace) or in the file at a path; raises `SpecError`."""
    text = source if isinstance(source, str) and source.lstrip().startswith("{") else _file_text(Path(source))
    if len(text) > MAX_DOCUMENT_CHARACTERS:
        raise SpecError(f"A strategy has at most {MAX_DOCUMENT_CHARACTERS} characters; this one has {len(text)}.")
    try:
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)
    except (json.JSONDecodeError, RecursionError) as error:
        raise SpecError(f"The strategy is no JSON that SIGMA can read ({error}).") from None
    if not isinstance(document, dict):
        raise SpecError('A strategy is a JSON object: it begins with "{".')
    return read_spec(document)


def _file_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SpecError(f"The strategy file {path} cannot be read ({reason}); check the path.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise SpecError(f"The strategy holds {name}, which is no number; write a finite one.")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise SpecError(f"The strategy gives {key!r} twice; keep one of them.")
    return dict(pairs)


def _of_type(distance: Distance, allowed: tuple[DistanceType, ...]) -> Distance:
    if distance.type not in allowed:
        raise ValueError(f"has the type {distance.type.value!r}; it must be {', '.join(allowed)}")
    return distance


def _check_entries(spec: StrategySpec) -> None:
    long, short = (_has(spec, f"entry_{side}") for side in (Direction.LONG, Direction.SHORT))
    if spec.fusion is not None and (long or short):
        raise ValueError("The strategy has fusion and entry conditions; keep one, further conditions are filters")
    if spec.fusion is None and not (long or short):
        raise ValueError("The strategy never enters: give entry_long, entry_short or fusion")
    missing = (spec.direction is Direction.LONG and not long) or (spec.direction is Direction.SHORT and not short)
    if spec.fusion is None and missing:
        raise ValueError(f"direction is {spec.direction.value!r}, but there is no entry_{spec.direction}")


def _has(spec: StrategySpec, key: str) -> bool:
    """Whether there are such conditions, in one regime at least."""
    return bool(getattr(spec, key)) or any(rule.conditions.get(key) for rule in spec.regime_rules.values())


def _check_regime_rules(spec: StrategySpec) -> None:
    for regime, rule in spec.regime_rules.items():
        where = f"regime_rules.{regime}"
        if spec.fusion is None and (rule.threshold is not None or rule.margin is not None):
            raise ValueError(f"{where} gives a threshold or margin, which belong to fusion; the strategy has none")
        for key, alternatives in rule.conditions.items():
            for group in alternatives:
                tree = both((InRegime(Comparator.EQUAL, regime), *(parse(text) for text in group)))
                if reason := out_of_reach(tree):
                    raise ValueError(f"{where}.{key} asks for the impossible: {reason}")


def _check_timeframes(spec: StrategySpec) -> None:
    for key, alternatives in spec.conditions():
        for text in (text for group in alternatives for text in group):
            try:
                check_timeframes(operands(parse(text)), spec.timeframe)
            except SpecError as refusal:
                raise ValueError(f"{key}: {str(refusal).removesuffix('.')}") from None


def _check_levels(spec: StrategySpec) -> None:
    for key, distance in (("stop_loss", spec.stop_loss), ("take_profit", spec.take_profit)):
        if distance.type is DistanceType.PRICE and (spec.direction is Direction.BOTH or len(spec.symbols) > 1):
            raise ValueError(f"{key} is a price level, which needs one symbol and one direction, long or short")


def _check_target(spec: StrategySpec) -> None:
    percent = _target_percent(spec)
    if percent is not None and percent <= ROUND_TRIP_COST_PCT:
        raise ValueError(
            f"take_profit is {percent:g} % of the price; it must exceed the round-trip costs of {ROUND_TRIP_COST_PCT} %"
        )


def _target_percent(spec: StrategySpec) -> float | None:
    """The target in percent of the price where it is known without the market."""
    target, stop = spec.take_profit, spec.stop_loss
    if target.value is None or target.type is DistanceType.PERCENT:
        return target.value
    if target.type in (DistanceType.R, DistanceType.RR) and stop.type is DistanceType.PERCENT and stop.value:
        return target.value * stop.value
    return None


def _check_liquidation(spec: StrategySpec) -> None:
    if spec.stop_loss.type is not DistanceType.PERCENT or spec.stop_loss.value is None:
        return
    allowed = 100 * STOP_SHARE_OF_LIQUIDATION * (1 / spec.leverage - _LOWEST_MAINTENANCE_RATE)
    if spec.stop_loss.value > allowed:
        raise ValueError(
            f"stop_loss is {spec.stop_loss.value:g} % of the price; at {spec.leverage}x it must be at most "
            f"{allowed:.3g} % to lie before liquidation"
        )
