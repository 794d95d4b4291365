"""What a strategy makes of one candle: buy, sell or wait, with scores and a reason in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sigma_engine.domain.signal import Action, Regime
from sigma_engine.kernels.expression import Program
from sigma_engine.kernels.scoring import FusionScore, decided
from sigma_engine.strategy.expression import REGIMES, Expression, Groups, Row, evaluate, with_values
from sigma_engine.strategy.fusion import VOTES
from sigma_engine.strategy.plan import Plan
from sigma_engine.strategy.rules import Programs, RulePrograms

_ACTIONS = {1: Action.BUY, -1: Action.SELL, 0: Action.WAIT}
_SPOKEN_VOTES = 3


@dataclass(frozen=True, slots=True)
class View:
    """What is known at the close of a candle: its readings, those before it, the regime, the time of the close.

    ``row`` and ``earlier`` are both once more, in the order of the compiled programs' columns; ``earlier`` is NaN
    throughout where there is no candle before.
    """

    now: Row
    before: Row | None
    regime: Regime
    at_ms: int
    row: Sequence[float]
    earlier: Sequence[float]

    def holds(self, program: Program) -> bool:
        """Whether a compiled condition holds on this candle."""
        return program.holds(self.row, self.earlier)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An action with the scores (0 to 1) it rests on, and why."""

    action: Action
    long_score: float
    short_score: float
    reason: str


def judge(plan: Plan, programs: Programs, view: View, score: FusionScore, seen: int) -> tuple[Verdict, bool, bool]:
    """The verdict on a candle, and whether longs and shorts are to be closed.

    ``programs`` are the plan's rules, compiled; ``score`` has just cast its votes on the candle; ``seen`` counts
    candles so far. Exits, a reversing signal among
    them, ask for no permission; entries do. The rules are those of the present regime.
    """
    if seen < plan.warm_up_bars:
        return Verdict(Action.WAIT, 0.0, 0.0, f"warming up: {seen} of {plan.warm_up_bars} candles"), False, False
    compiled, reverse = programs.rules[REGIMES.index(view.regime)], plan.spec.reverse
    verdict = _by_votes(plan, view, score) if plan.is_fusion else _by_conditions(plan, compiled, view)
    exit_long = view.holds(compiled.exit_long) or (reverse and verdict.action is Action.SELL)
    exit_short = view.holds(compiled.exit_short) or (reverse and verdict.action is Action.BUY)
    return _permitted(plan, programs, view, verdict), exit_long, exit_short


def _by_votes(plan: Plan, view: View, score: FusionScore) -> Verdict:
    rules, long, short = plan.rules(view.regime), score.long_score, score.short_score
    sign = decided(long, short, rules.threshold, rules.margin)
    action = _ACTIONS[sign]
    if action is Action.WAIT:
        needs = f"{rules.threshold:.2f} and a lead of {rules.margin:.2f} are needed"
        reason = f"long {long:.2f} against short {short:.2f}, {needs}; {_deciding(plan, view)}"
        return Verdict(action, long, short, reason)
    scores = f"long {long:.2f} against short {short:.2f}"
    if action is Action.SELL:
        scores = f"short {short:.2f} against long {long:.2f}"
    agreeing = _loudest(score.votes, plan.weights[REGIMES.index(view.regime)], sign)
    return Verdict(action, long, short, f"{scores}: {agreeing}; {_deciding(plan, view)}")


def _deciding(plan: Plan, view: View) -> str:
    """The regime, and whether the rules that decide are its own."""
    return f"{view.regime}, by its own rules" if plan.rules(view.regime).own_entries else str(view.regime)


def _loudest(votes: tuple[float, ...], weights: tuple[float, ...], sign: int) -> str:
    """The votes that weigh most on the winning side, named."""
    heard = [(sign * vote * weight, row.words) for vote, weight, row in zip(votes, weights, VOTES, strict=True)]
    names = [words for loudness, words in sorted(heard, key=lambda each: -each[0])[:_SPOKEN_VOTES] if loudness > 0]
    if len(names) < 2:
        return f"{''.join(names)} decides"
    return f"{', '.join(names[:-1])} and {names[-1]} agree"


def _by_conditions(plan: Plan, compiled: RulePrograms, view: View) -> Verdict:
    rules, deciding = plan.rules(view.regime), _deciding(plan, view)
    long = compiled.long_share.value(view.row, view.earlier)
    short = compiled.short_share.value(view.row, view.earlier)
    if long == short == 1.0:
        return Verdict(Action.WAIT, long, short, f"the conditions for long and for short hold at once; {deciding}")
    if long == 1.0:
        return Verdict(Action.BUY, long, short, f"{_fullest(rules.entry_long, view).told(view)}; {deciding}")
    if short == 1.0:
        return Verdict(Action.SELL, long, short, f"{_fullest(rules.entry_short, view).told(view)}; {deciding}")
    if not rules.entry_long and not rules.entry_short:
        return Verdict(Action.WAIT, long, short, f"there are no entry conditions; {deciding}")
    side = "long" if long >= short and rules.entry_long else "short"
    nearest = _fullest(rules.entry_long if side == "long" else rules.entry_short, view)
    return Verdict(Action.WAIT, long, short, f"waiting for {side}: {nearest.told(view, lacking=True)}; {deciding}")


@dataclass(frozen=True, slots=True)
class _Fulfilment:
    """The group of conditions nearest to holding, and which of them do; only for telling, programs decide."""

    group: tuple[Expression, ...]
    holds: tuple[bool, ...]

    @property
    def share(self) -> float:
        return sum(self.holds) / len(self.holds) if self.holds else 0.0

    def told(self, view: View, *, lacking: bool = False) -> str:
        """The conditions with the present numbers: all, or with ``lacking`` those that do not hold."""
        parts = [part for part, holds in zip(self.group, self.holds, strict=True) if not (lacking and holds)]
        text = " and ".join(with_values(part, view.now) for part in parts)
        met = f" ({sum(self.holds)} of {len(self.holds)} hold)" if lacking and len(self.holds) > 1 else ""
        return f"{text}{met}"


def _fullest(groups: Groups, view: View) -> _Fulfilment:
    found = [_Fulfilment(group, tuple(evaluate(part, view.now, view.before) for part in group)) for group in groups]
    return max(found, key=lambda each: each.share, default=_Fulfilment((), ()))


def _permitted(plan: Plan, programs: Programs, view: View, verdict: Verdict) -> Verdict:
    """The verdict, or waiting with the reason why the strategy does not enter on it."""
    if verdict.action is Action.WAIT:
        return verdict
    obstacle = _obstacle(plan, programs, view, verdict.action)
    return replace(verdict, action=Action.WAIT, reason=f"{obstacle} ({verdict.reason})") if obstacle else verdict


def _obstacle(plan: Plan, programs: Programs, view: View, action: Action) -> str | None:
    price, atr = view.now["price"], view.now["atr(14)"]
    if not plan.takes(action, view.regime):
        return f"{'long' if action is Action.BUY else 'short'} is not taken: {plan.limits(view.regime)}"
    if closed := plan.closed_hours(view.at_ms):
        return f"not taken: {closed}"
    if not view.holds(programs.filters):
        return f"not taken: {_fullest(plan.filters, view).told(view, lacking=True)}; {view.regime}"
    if misplaced := plan.misplaced_level(action, price):
        return f"not taken: {misplaced}"
    return None if plan.stop_distance(price, atr) > 0 else "not taken: no stop can be set while ATR is undefined"
