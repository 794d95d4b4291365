"""What a strategy makes of one candle: buy, sell or wait, with scores and a reason in words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.signal import Action, Regime
from sigma_engine.kernels.judgement import Judgement
from sigma_engine.kernels.permission import Obstacle
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.strategy.expression import REGIMES, Expression, Groups, Row, evaluate, with_values
from sigma_engine.strategy.fusion import VOTES
from sigma_engine.strategy.plan import Plan

ACTIONS = {1: Action.BUY, -1: Action.SELL, 0: Action.WAIT}
_SPOKEN_VOTES = 3


@dataclass(frozen=True, slots=True)
class View:
    """What is known at the close of a candle: its readings, those before it, the regime, the time of the close.

    ``rows`` are both once more as the judgement reads them, (columns, 2), the candle before in front; it is NaN
    throughout where there is none.
    """

    now: Row
    before: Row | None
    regime: Regime
    at_ms: int
    rows: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An action with the scores (0 to 1) it rests on, and why."""

    action: Action
    long_score: float
    short_score: float
    reason: str


def judge(plan: Plan, judgement: Judgement, view: View, score: FusionScore, seen: int) -> tuple[Verdict, bool, bool]:
    """The verdict on a candle, and whether longs and shorts are to be closed.

    ``judgement`` is the plan's, which decides; what it decided is put into words here. ``score`` has just cast its
    votes on the candle; ``seen`` counts candles so far.
    """
    price, atr = view.now["price"], view.now["atr(14)"]
    regime, long, short = REGIMES.index(view.regime), score.long_score, score.short_score
    judgement.step(view.rows, 1, regime, long, short, view.at_ms, price, atr, seen)
    verdict = Verdict(ACTIONS[judgement.action], *judgement.scores, _reason(plan, judgement, view, score, seen))
    return verdict, *judgement.exits


def _reason(plan: Plan, judgement: Judgement, view: View, score: FusionScore, seen: int) -> str:
    if judgement.obstacle == Obstacle.WARMING_UP:
        return f"warming up: {seen} of {plan.warm_up_bars} candles"
    wish = _by_votes(plan, judgement, view, score) if plan.is_fusion else _by_conditions(plan, judgement, view)
    if judgement.obstacle == Obstacle.NONE:
        return wish
    return f"{_obstacle(plan, judgement, view)} ({wish})"


def _by_votes(plan: Plan, judgement: Judgement, view: View, score: FusionScore) -> str:
    rules, (long, short) = plan.rules(view.regime), judgement.scores
    if judgement.wish == 0:
        needs = f"{rules.threshold:.2f} and a lead of {rules.margin:.2f} are needed"
        return f"long {long:.2f} against short {short:.2f}, {needs}; {_deciding(plan, view)}"
    scores = f"long {long:.2f} against short {short:.2f}"
    if judgement.wish < 0:
        scores = f"short {short:.2f} against long {long:.2f}"
    agreeing = _loudest(score.votes, plan.weights[REGIMES.index(view.regime)], judgement.wish)
    return f"{scores}: {agreeing}; {_deciding(plan, view)}"


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


def _by_conditions(plan: Plan, judgement: Judgement, view: View) -> str:
    rules, deciding = plan.rules(view.regime), _deciding(plan, view)
    long, short = judgement.scores
    if judgement.wish != 0:
        entry = rules.entry_long if judgement.wish > 0 else rules.entry_short
        return f"{_fullest(entry, view).told(view)}; {deciding}"
    if long == short == 1.0:
        return f"the conditions for long and for short hold at once; {deciding}"
    if not rules.entry_long and not rules.entry_short:
        return f"there are no entry conditions; {deciding}"
    side = "long" if long >= short and rules.entry_long else "short"
    nearest = _fullest(rules.entry_long if side == "long" else rules.entry_short, view)
    return f"waiting for {side}: {nearest.told(view, lacking=True)}; {deciding}"


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


def _obstacle(plan: Plan, judgement: Judgement, view: View) -> str:
    """Why the strategy does not enter as its rules would."""
    if judgement.obstacle == Obstacle.SIDE:
        return f"{'long' if judgement.wish > 0 else 'short'} is not taken: {plan.limits(view.regime)}"
    if judgement.obstacle == Obstacle.FILTERS:
        return f"not taken: {_fullest(plan.filters, view).told(view, lacking=True)}; {view.regime}"
    reason = plan.obstructed(judgement.obstacle, view.now["price"])
    return f"not taken: {reason or 'no stop can be set while ATR is undefined'}"
