"""A strategy made ready to run: parsed conditions, the readings they need, weights, and distances as plain methods."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

from sigma_engine.domain.signal import Action, Regime
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.distances import Measure, distance
from sigma_engine.kernels.judgement import Judgement
from sigma_engine.kernels.permission import Obstacle, Permission
from sigma_engine.strategy.expression import REGIMES, Groups, both, either, groups, operands, parse
from sigma_engine.strategy.expression_program import compile_groups
from sigma_engine.strategy.expression_words import check_timeframes, is_indicator, look_back
from sigma_engine.strategy.fusion import FEATURES, SCALES, VOTES
from sigma_engine.strategy.rules import Rules, compile_books
from sigma_engine.strategy.spec import StrategySpec
from sigma_engine.strategy.spec_parts import (
    CONDITION_KEYS,
    Conditions,
    Days,
    Direction,
    Distance,
    DistanceType,
    Fusion,
    RegimeEntries,
    RegimeRule,
)

LEAST_WARM_UP = 250
"""Candles before the first signal: EMA 200 and a margin beyond it."""

REGIME_OPERANDS = ("adx(14)", "er(20)", "lr_slope(10)", "atr(14)")
FORECAST_OPERANDS = ("mc.drift", "mc.sigma")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `SignalReader` and the session go by; build it with `compile_plan`.

    ``operands`` are the indicator columns to compute; ``weights`` are rows for the regimes in the order of `Regime`,
    columns for the votes. The conditions, ``threshold`` and ``margin`` are the strategy's own; ``regime_rules`` are
    what decides in each regime, in the order of `Regime`. Distances are in USDT, times in bars.
    """

    spec: StrategySpec
    operands: tuple[str, ...]
    warm_up_bars: int
    entry_long: Groups
    entry_short: Groups
    exit_long: Groups
    exit_short: Groups
    filters: Groups
    weights: tuple[tuple[float, ...], ...]
    threshold: float
    margin: float
    regime_rules: tuple[Rules, ...]

    @property
    def name(self) -> str:
        """The strategy's name."""
        return self.spec.name

    @property
    def symbols(self) -> tuple[str, ...]:
        """The markets it trades, ccxt's unified names, in its order."""
        return self.spec.symbols

    @property
    def timeframe(self) -> Timeframe:
        """The length of its candles."""
        return self.spec.timeframe

    @property
    def is_fusion(self) -> bool:
        """Whether entries come from the fusion of votes."""
        return self.spec.fusion is not None

    @property
    def horizon_bars(self) -> int:
        """How far its forecasts look."""
        return self.spec.horizon_bars

    @property
    def barrier_bars(self) -> int:
        """How long stop and target are given in its forecasts."""
        return self.spec.bars_to_barriers

    @property
    def time_stop_bars(self) -> int | None:
        """After how many bars a position is closed, or None."""
        return self.spec.time_stop_bars

    @property
    def breakeven_at_r(self) -> float | None:
        """At how many initial risks of profit the stop moves to the entry, or None."""
        return self.spec.breakeven_at_r

    @property
    def stop_measure(self) -> tuple[int, float]:
        """How the stop is measured, as `kernels.distances` takes it."""
        return _measure(self.spec.stop_loss)

    @property
    def target_measure(self) -> tuple[int, float]:
        """How the target is measured."""
        return _measure(self.spec.take_profit)

    @property
    def trailing_measure(self) -> tuple[int, float] | None:
        """How the trailing stop's distance is measured, None without one."""
        return None if self.spec.trailing_stop is None else _measure(self.spec.trailing_stop)

    def rules(self, regime: Regime) -> Rules:
        """What decides while ``regime`` lasts."""
        return self.regime_rules[REGIMES.index(regime)]

    def judgement(self, columns: Sequence[str]) -> Judgement:
        """What decides over rows of ``columns``; raises `DomainError` where a reading has no column."""
        return Judgement(
            warm_up=self.warm_up_bars,
            books=compile_books(self.regime_rules, columns),
            filters=compile_groups(self.filters, columns, where_empty=True),
            permission=self.permission,
            by_scores=self.is_fusion,
            reverse=self.spec.reverse,
        )

    @property
    def permission(self) -> Permission:
        """Which entries it takes, for the kernel that decides; its words are those of `limits` and `obstructed`."""
        opens, shuts = _minutes(self.spec.session)
        return Permission(
            sides=[_sides(self.spec.direction, self._entries(regime)) for regime in REGIMES],
            days=_DAYS[self.spec.days],
            opens=opens,
            shuts=shuts,
            stop=self.stop_measure,
            target=self.target_measure,
        )

    def stop_distance(self, price: float, atr: float) -> float:
        """How far the stop lies from ``price``; NaN while ``atr`` is undefined and needed."""
        return _distance(self.spec.stop_loss, price, atr, nan)

    def target_distance(self, stop_distance: float, price: float, atr: float) -> float:
        """How far the target lies from ``price``; NaN where the strategy has none."""
        return _distance(self.spec.take_profit, price, atr, stop_distance)

    def trailing_distance(self, price: float, atr: float) -> float | None:
        """How far the trailing stop stays behind the best price of a trade entered at ``price``; None without one.

        ``atr`` is that of the signal's candle. The caller moves a stop only where that improves it.
        """
        trailing = self.spec.trailing_stop
        return None if trailing is None else _distance(trailing, price, atr, self.stop_distance(price, atr))

    def takes(self, action: Action, regime: Regime) -> bool:
        """Whether the direction and the rule for ``regime`` let the strategy enter on that side."""
        return self.permission.takes(_sign(action), REGIMES.index(regime))

    def limits(self, regime: Regime) -> str:
        """Which entries the strategy takes in ``regime``, in words."""
        allowed = self._entries(regime)
        if allowed is RegimeEntries.BOTH:
            return f"the strategy is {self.spec.direction} only"
        words = "no entries" if allowed is RegimeEntries.NONE else f"{allowed} only"
        return f"while {regime} the strategy takes {words}"

    def _entries(self, regime: Regime) -> RegimeEntries:
        rule = self.spec.regime_rules.get(regime)
        return rule.entries if rule else RegimeEntries.BOTH

    def closed_hours(self, at_ms: int) -> str | None:
        """Why no entry is taken at ``at_ms`` by the clock or the day, in words; None where it may be."""
        return self.obstructed(self.permission.closed(at_ms), nan)

    def misplaced_level(self, action: Action, price: float) -> str | None:
        """Why a stop or target given as a price level does not fit an entry at ``price``, in words; else None."""
        return self.obstructed(self.permission.misplaced(_sign(action), price), price)

    def obstructed(self, obstacle: int, price: float) -> str | None:
        """What an obstacle of clock or levels is, in words, to an entry at ``price``; None for any other."""
        match obstacle:
            case Obstacle.DAYS:
                return f"it trades on {self.spec.days} only"
            case Obstacle.HOURS:
                return f"it trades {self.spec.session} UTC only"
            case Obstacle.STOP_LEVEL:
                return f"the stop at {self.spec.stop_loss.value:g} lies on the wrong side of {price:g}"
            case Obstacle.TARGET_LEVEL:
                return f"the target at {self.spec.take_profit.value:g} lies on the wrong side of {price:g}"
        return None


def compile_plan(spec: StrategySpec) -> Plan:
    """The plan of a checked strategy; raises `SpecError` where a reading's timeframe does not fit its candles."""
    own: dict[str, Any] = {key: _groups(getattr(spec, key)) for key in CONDITION_KEYS}
    filters = _groups(spec.filters)
    fusion = spec.fusion or Fusion()
    everywhere = Rules(**own, threshold=fusion.threshold, margin=fusion.margin)
    by_regime = tuple(_rules(everywhere, spec.regime_rules.get(regime)) for regime in REGIMES)
    indicators = _indicators((filters, *own.values(), *(each for rules in by_regime for each in rules.conditions)))
    check_timeframes(indicators, spec.timeframe)
    return Plan(
        spec=spec,
        operands=indicators,
        warm_up_bars=max(LEAST_WARM_UP, *(look_back(text, spec.timeframe) + 50 for text in indicators)),
        filters=filters,
        weights=_weights(fusion),
        threshold=fusion.threshold,
        margin=fusion.margin,
        regime_rules=by_regime,
        **own,
    )


def _rules(everywhere: Rules, rule: RegimeRule | None) -> Rules:
    """The strategy's own rules with what ``rule`` replaces."""
    if rule is None:
        return everywhere
    changes: dict[str, Any] = {key: _groups(alternatives) for key, alternatives in rule.conditions.items()}
    numbers = {"threshold": rule.threshold, "margin": rule.margin}
    changes |= {key: number for key, number in numbers.items() if number is not None}
    return replace(everywhere, **changes, own_entries=rule.has_own_entries) if changes else everywhere


def _indicators(rules: Iterable[Groups]) -> tuple[str, ...]:
    """The columns to compute: what every strategy needs and shows, and what its conditions name."""
    conditions = [condition for alternatives in rules for group in alternatives for condition in group]
    named = [text for condition in conditions for text in operands(condition)]
    wanted = dict.fromkeys([*FEATURES, *_shown(), *REGIME_OPERANDS, *FORECAST_OPERANDS, *named])
    return tuple(text for text in wanted if is_indicator(text))


def _shown() -> Iterable[str]:
    return (text for vote in (*VOTES, *SCALES) for text in vote.operands)


def _groups(conditions: Conditions) -> Groups:
    """Parsed groups; an ``or`` inside a group of its own opens alternatives, so both forms are one tree."""
    if not conditions:
        return ()
    return groups(either(tuple(both(tuple(parse(text) for text in group)) for group in conditions)))


def _weights(fusion: Fusion) -> tuple[tuple[float, ...], ...]:
    rows = []
    for at, regime in enumerate(REGIMES):
        replaced = {name: getattr(weights, regime.value) for name, weights in fusion.weights.items()}
        rows.append(tuple(float(replaced.get(vote.name, vote.weights[at])) for vote in VOTES))
    return tuple(rows)


_MEASURES = {
    DistanceType.NONE: Measure.NONE,
    DistanceType.PERCENT: Measure.PERCENT,
    DistanceType.ATR: Measure.ATR,
    DistanceType.R: Measure.STOPS,
    DistanceType.RR: Measure.STOPS,
    DistanceType.PRICE: Measure.LEVEL,
}


def _measure(stated: Distance) -> tuple[int, float]:
    value = stated.value
    return (int(Measure.NONE), nan) if value is None else (int(_MEASURES[stated.type]), float(value))


def _distance(stated: Distance, price: float, atr: float, stop_distance: float) -> float:
    return distance(*_measure(stated), price, atr, stop_distance)


_DAYS = {None: 0, Days.WEEKDAYS: 1, Days.WEEKENDS: 2}


def _minutes(session: str | None) -> tuple[int, int]:
    """The minutes of the day from which and up to which ``HH:MM-HH:MM`` goes, both -1 for the whole day."""
    if session is None:
        return -1, -1
    start, end = (60 * int(clock[:2]) + int(clock[3:]) for clock in session.split("-"))
    return start, end


def _sides(direction: Direction, entries: RegimeEntries) -> int:
    """1 for the long side, 2 for the short one, added up, where both direction and regime allow it."""
    allowed = 0
    for side, worth in ((Direction.LONG, 1), (Direction.SHORT, 2)):
        if direction in (side, Direction.BOTH) and entries.value in (side.value, RegimeEntries.BOTH):
            allowed += worth
    return allowed


def _sign(action: Action) -> int:
    return 1 if action is Action.BUY else -1
