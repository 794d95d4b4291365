"""Whether conditions that are asked to hold together contradict each other: facts on what lies below what, followed.

Everything here errs on one side: where it cannot tell, the conditions may hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import TypeAlias

from sigma_engine.domain.signal import Regime
from sigma_engine.strategy.expression_tree import (
    Arithmetic,
    Comparator,
    Comparison,
    Condition,
    Cross,
    Crossing,
    InRegime,
    Motion,
    Moves,
    Sum,
)
from sigma_engine.strategy.reach_intervals import Interval
from sigma_engine.strategy.reach_sums import Row, SumTable, Term

Asked: TypeAlias = tuple[Condition, bool]
"""A condition and whether it is to hold or to fail."""

_ROUNDS = 12
_MOST_RANKS = 100
_TURNED = {
    Comparator.LESS: Comparator.GREATER,
    Comparator.LESS_EQUAL: Comparator.GREATER_EQUAL,
    Comparator.GREATER: Comparator.LESS,
    Comparator.GREATER_EQUAL: Comparator.LESS_EQUAL,
    Comparator.EQUAL: Comparator.EQUAL,
    Comparator.NOT_EQUAL: Comparator.NOT_EQUAL,
}
_DENIED = {
    Comparator.LESS: Comparator.GREATER_EQUAL,
    Comparator.LESS_EQUAL: Comparator.GREATER,
    Comparator.GREATER: Comparator.LESS_EQUAL,
    Comparator.GREATER_EQUAL: Comparator.LESS,
    Comparator.EQUAL: Comparator.NOT_EQUAL,
    Comparator.NOT_EQUAL: Comparator.EQUAL,
}


def contradict(asked: Sequence[Asked]) -> bool:
    """Whether no candle, with one before it, can make all of this so; undefined readings are thought of."""
    wanted = {condition for condition, holds in asked if holds}
    if any(condition in wanted for condition, holds in asked if not holds):
        return True
    facts = _Facts()
    for condition in wanted:
        facts.take(condition)
    for condition, holds in asked:
        if not holds:
            facts.take_denied(condition)
    return facts.are_contradictory()


@dataclass(slots=True)
class _Facts:
    """What must be so, gathered condition by condition."""

    sums: SumTable = field(default_factory=SumTable)
    regimes: set[Regime] | None = None
    below: list[tuple[Term, Term, bool]] = field(default_factory=list)
    apart: list[tuple[Term, Term]] = field(default_factory=list)
    defined: set[int] = field(default_factory=set)
    broken: bool = False

    def take(self, condition: Condition) -> None:
        """A condition that is to hold."""
        match condition:
            case Comparison():
                self._compare(Row.NOW, condition.left, condition.comparator, condition.right)
            case Cross():
                above = condition.crossing is Crossing.ABOVE
                before, now = ("<=", ">") if above else (">=", "<")
                self._compare(Row.BEFORE, condition.left, Comparator(before), condition.right)
                self._compare(Row.NOW, condition.left, Comparator(now), condition.right)
            case Moves():
                comparator = Comparator.GREATER if condition.motion is Motion.RISING else Comparator.LESS
                now_term, before_term = (self._defined(row, condition.what) for row in (Row.NOW, Row.BEFORE))
                self._order(now_term, comparator, before_term)
            case InRegime():
                self._take_regime(condition.comparator, condition.state)

    def take_denied(self, condition: Condition) -> None:
        """A condition that is to fail; it also fails where undefined, so only elsewhere is its opposite a fact."""
        match condition:
            case Comparison():
                terms = [self.sums.term(Row.NOW, side) for side in (condition.left, condition.right)]
                if all(term.place in self.defined or self._is_number(term) for term in terms):
                    self._compare(Row.NOW, condition.left, _DENIED[condition.comparator], condition.right)
            case InRegime() if self.regimes is not None:
                self._take_regime(_DENIED[condition.comparator], condition.state)

    def are_contradictory(self) -> bool:
        """Whether no candle is left on which all of it is so."""
        return self.broken or self.regimes == set() or self._has_circle() or self._leave_no_room()

    def _take_regime(self, comparator: Comparator, asked: Regime) -> None:
        states = {state for state in Regime if (state is asked) == (comparator is Comparator.EQUAL)}
        self.regimes = states if self.regimes is None else self.regimes & states

    def _compare(self, row: Row, left: Sum, comparator: Comparator, right: Sum) -> None:
        """Two sums on one candle: a fact on them, on their difference, and on the sides of one that is a difference."""
        first, second = self._defined(row, left), self._defined(row, right)
        zero = self.sums.constant(0.0)
        self._order(first, comparator, second)
        if self.sums.value(first) is None and self.sums.value(second) is None:
            self._order(self.sums.combined(row, first, Arithmetic.MINUS, second), comparator, zero)
        for side, other, relation in ((first, second, comparator), (second, first, _TURNED[comparator])):
            if self.sums.value(other) == 0.0 and (sides := self.sums.sides(side)):
                self._order(sides[0], relation, sides[1])

    def _defined(self, row: Row, node: Sum) -> Term:
        """The place of a sum that is compared: it is defined, and so is all it is made of."""
        term = self.sums.term(row, node)
        unseen = [term.place]
        while unseen:
            place = unseen.pop()
            if place not in self.defined:
                self.defined.add(place)
                unseen.extend(self.sums.parts(place))
        return term

    def _is_number(self, term: Term) -> bool:
        value = self.sums.value(term)
        return value is not None and not isnan(value)

    def _order(self, left: Term, comparator: Comparator, right: Term) -> None:
        if any(isnan(self.sums.value(term) or 0.0) for term in (left, right)):
            self.broken = True
        elif comparator is Comparator.NOT_EQUAL:
            self.apart.append((left, right))
        else:
            if comparator in (Comparator.LESS, Comparator.LESS_EQUAL, Comparator.EQUAL):
                self.below.append((left, right, comparator is Comparator.LESS))
            if comparator in (Comparator.GREATER, Comparator.GREATER_EQUAL, Comparator.EQUAL):
                self.below.append((right, left, comparator is Comparator.GREATER))

    def _has_circle(self) -> bool:
        """Whether something lies below itself: then its rank grows for ever."""
        steps = [*self.below, *((high.turned(), low.turned(), strict) for low, high, strict in self.below)]
        rank = dict.fromkeys((term for low, high, _ in steps for term in (low, high)), 0)
        most = min(len(rank), _MOST_RANKS)
        for _ in range(most + 1):
            moved = False
            for low, high, strict in steps:
                if rank[low] + strict > rank[high]:
                    rank[high], moved = rank[low] + strict, True
            if not moved:
                return False
        return most == len(rank)

    def _leave_no_room(self) -> bool:
        """Whether a sum is left without a value once each bound has been handed on."""
        for _ in range(_ROUNDS):
            earlier = list(self.sums.reach)
            if not all(self._part(*relation) for relation in self.below) or not self.sums.spread():
                return True
            if self.sums.reach == earlier:
                break
        return any(self._are_one(left, right) for left, right in self.apart)

    def _part(self, low: Term, high: Term, strict: bool) -> bool:
        """Take away what one side of a relation leaves no room for; whether room is left."""
        under, over = self.sums.of(low), self.sums.of(high)
        fits = self.sums.narrow(low, Interval(high=over.high, high_open=over.high_open or strict))
        return self.sums.narrow(high, Interval(low=under.low, low_open=under.low_open or strict)) and fits

    def _are_one(self, left: Term, right: Term) -> bool:
        here, there = self.sums.of(left), self.sums.of(right)
        return left == right or here.low == here.high == there.low == there.high
