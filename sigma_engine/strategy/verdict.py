"""What a strategy makes of one candle: buy, sell or wait, with scores and a reason in words."""

from dataclasses import dataclass, replace

from sigma_engine.domain.signal import Action, Regime
from sigma_engine.kernels.scoring import FusionScore, decided
from sigma_engine.strategy.expression import REGIMES, Expression, Groups, Row, evaluate, with_values
from sigma_engine.strategy.fusion import VOTES
from sigma_engine.strategy.plan import Plan

_ACTIONS = {1: Action.BUY, -1: Action.SELL, 0: Action.WAIT}
_SPOKEN_VOTES = 3


@dataclass(frozen=True, slots=True)
class View:
    """What is known at the close of a candle: its readings, those before it, the regime, the time of the close."""

    now: Row
    before: Row | None
    regime: Regime
    at_ms: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """An action with the scores (0 to 1) it rests on, and why."""

    action: Action
    long_score: float
    short_score: float
    reason: str


def judge(plan: Plan, view: View, score: FusionScore, seen: int) -> tuple[Verdict, bool, bool]:
    """The verdict on a candle, and whether longs and shorts are to be closed.

    ``score`` has just cast its votes on the candle; ``seen`` counts candles so far. Exits, a reversing signal among
    them, ask for no permission; entries do. The rules are those of the present regime.
    """
    if seen < plan.warm_up_bars:
        return Verdict(Action.WAIT, 0.0, 0.0, f"warming up: {seen} of {plan.warm_up_bars} candles"), False, False
    verdict = _by_votes(plan, view, score) if plan.is_fusion else _by_conditions(plan, view)
    rules, reverse = plan.rules(view.regime), plan.spec.reverse
    exit_long = any_group(rules.exit_long, view) or (reverse and verdict.action is Action.SELL)
    exit_short = any_group(rules.exit_short, view) or (reverse and verdict.action is Action.BUY)
    return _permitted(plan, view, verdict), exit_long, exit_short


def any_group(groups: Groups, view: View) -> bool:
    """Whether all conditions of any group hold; false where there is no group."""
    return any(all(evaluate(part, view.now, view.before) for part in group) for group in groups)


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


def _by_conditions(plan: Plan, view: View) -> Verdict:
    rules, deciding = plan.rules(view.regime), _deciding(plan, view)
    long, short = _fullest(rules.entry_long, view), _fullest(rules.entry_short, view)
    scores = long.share, short.share
    if long.share == short.share == 1.0:
        return Verdict(Action.WAIT, *scores, f"the conditions for long and for short hold at once; {deciding}")
    if long.share == 1.0:
        return Verdict(Action.BUY, *scores, f"{long.told(view)}; {deciding}")
    if short.share == 1.0:
        return Verdict(Action.SELL, *scores, f"{short.told(view)}; {deciding}")
    if not long.group and not short.group:
        return Verdict(Action.WAIT, *scores, f"there are no entry conditions; {deciding}")
    side, nearest = ("long", long) if long.share >= short.share and long.group else ("short", short)
    return Verdict(Action.WAIT, *scores, f"waiting for {side}: {nearest.told(view, lacking=True)}; {deciding}")


@dataclass(frozen=True, slots=True)
class _Fulfilment:
    """The group of conditions nearest to holding, and which of them do."""

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


def _permitted(plan: Plan, view: View, verdict: Verdict) -> Verdict:
    """The verdict, or waiting with the reason why the strategy does not enter on it."""
    if verdict.action is Action.WAIT:
        return verdict
    obstacle = _obstacle(plan, view, verdict.action)
    return replace(verdict, action=Action.WAIT, reason=f"{obstacle} ({verdict.reason})") if obstacle else verdict


def _obstacle(plan: Plan, view: View, action: Action) -> str | None:
    price, atr = view.now["price"], view.now["atr(14)"]
    if not plan.takes(action, view.regime):
        return f"{'long' if action is Action.BUY else 'short'} is not taken: {plan.limits(view.regime)}"
    if closed := plan.closed_hours(view.at_ms):
        return f"not taken: {closed}"
    if plan.filters and not any_group(plan.filters, view):
        return f"not taken: {_fullest(plan.filters, view).told(view, lacking=True)}; {view.regime}"
    if misplaced := plan.misplaced_level(action, price):
        return f"not taken: {misplaced}"
    return None if plan.stop_distance(price, atr) > 0 else "not taken: no stop can be set while ATR is undefined"
