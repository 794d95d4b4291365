"""A result in words first: what it earned, what costs took, whether it can be told from luck."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sigma_engine.backtest.columns import TradeColumns
from sigma_engine.backtest.metrics import Account
from sigma_engine.backtest.periods import DAY_MS
from sigma_engine.backtest.ratios import DAYS_A_YEAR, Floats, kurtosis, mean_over_deviation, returns, skew
from sigma_engine.backtest.significance import (
    CONFIDENCE,
    Bootstrap,
    bootstrap,
    deflated_benchmark,
    minimum_track_record,
    probabilistic_sharpe,
    trade_returns,
)
from sigma_engine.domain.backtest import Luck, Verdict

ENOUGH_TRADES = 30
ENOUGH_LOSSES = 3
"""Below this a run says too little of how much its losses come to: many small wins hide a large loss to come."""
NOT_TOLD_APART = "not distinguishable from luck"
_SIGNIFICANT_T = 1.96
_LONGEST_WAIT_DAYS = 20 * DAYS_A_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was tried before: how many runs of the strategy's family, and the daily Sharpe ratios of those known."""

    runs: int = 0
    sharpes: Sequence[float] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why a strategy did not trade: the candles that asked for an entry, and what stopped them, cause by cause."""

    signals: int = 0
    refusals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Case:
    """All that the words go by."""

    trades: TradeColumns
    account: Account
    daily: Floats
    resampled: Bootstrap | None
    psr: float | None
    dsr: float | None
    history: History
    silence: Silence

    @property
    def profit(self) -> float:
        return float(self.account.path[-1]) - self.account.initial

    @property
    def costs(self) -> float:
        return float(self.trades.costs.sum())


def judge(
    trades: TradeColumns, account: Account, history: History | None = None, silence: Silence | None = None
) -> Verdict:
    """What a run proves, which is usually little.

    It is `Luck.REAL` only where three one-sided tests at 5 % agree that more was earned than luck explains: the Sharpe
    ratio of the daily returns, that of the trades (both by PSR, a favourable skew not counted), and the share of
    resamples without a profit; `Luck.TOO_FEW` below `ENOUGH_TRADES` trades; else `Luck.LUCK`, which includes every
    loss, and every gain with fewer than `ENOUGH_LOSSES` losing trades. Trials do not decide; the words say where they
    contradict. Measured over simulated lists of trades: at most 5.3 % of walks without an edge pass (30 to 1,000
    trades, 30 to 365 days), none with costs, 90 % of those whose Sharpe ratio is 3 over a year.
    """
    case = _case(trades, account, history or History(), silence or Silence())
    luck = _luck(case)
    return Verdict(
        luck=luck,
        text=" ".join(part for part in (_earned(case), _costs(case), _CONCLUSIONS[luck](case)) if part),
        probabilistic_sharpe=case.psr,
        deflated_sharpe=case.dsr,
        trials=case.history.runs + 1,
        **{name: getattr(case.resampled, name, None) for name in Bootstrap.__slots__},
    )


def _case(trades: TradeColumns, account: Account, history: History, silence: Silence) -> _Case:
    daily = returns([account.initial, *(value for _, value in account.daily)])
    return _Case(
        trades=trades,
        account=account,
        daily=daily,
        resampled=bootstrap(trade_returns(trades.pnl, account.initial)),
        psr=_psr(daily),
        dsr=_dsr(daily, history),
        history=history,
        silence=silence,
    )


def _luck(case: _Case) -> Luck:
    if len(case.trades) < ENOUGH_TRADES:
        return Luck.TOO_FEW
    if _losses(case) < ENOUGH_LOSSES:
        return Luck.LUCK
    tests = (
        _doubt(case.daily),
        _doubt(trade_returns(case.trades.pnl, case.account.initial)),
        1.0 if case.resampled is None else case.resampled.loss_probability,
    )
    return Luck.REAL if max(tests) <= 1 - CONFIDENCE else Luck.LUCK


def _losses(case: _Case) -> int:
    return int((case.trades.pnl < 0).sum())


def _doubt(sample: Floats) -> float:
    """Probability that the true Sharpe ratio is not above 0.

    A favourable skew is not counted: where it comes from one large gain, that gain would pay twice.
    """
    moments = _moments(sample)
    return 1.0 if moments is None else 1 - probabilistic_sharpe(*_cautious(moments))


Moments = tuple[float, int, float, float]
"""Sharpe ratio per observation, their number, skew and kurtosis."""


def _moments(sample: Floats) -> Moments | None:
    ratio, third, fourth = mean_over_deviation(sample), skew(sample), kurtosis(sample)
    return None if ratio is None or third is None or fourth is None else (ratio, len(sample), third, fourth)


def _cautious(moments: Moments) -> Moments:
    ratio, count, third, fourth = moments
    return ratio, count, min(third, 0.0), fourth


def _psr(daily: Floats) -> float | None:
    moments = _moments(daily)
    return None if moments is None else probabilistic_sharpe(*moments)


def _dsr(daily: Floats, history: History) -> float | None:
    """PSR against what the best of all tries would reach by luck; the tries' ratios vary as they did.

    While fewer than two are known, they are taken to vary as ratios without skill do: by 1 / (T - 1).
    """
    moments = _moments(daily)
    if moments is None:
        return None
    known = [*history.sharpes, moments[0]]
    variance = float(np.var(known, ddof=1)) if len(known) > 1 else 1 / (len(daily) - 1)
    return probabilistic_sharpe(*moments, deflated_benchmark(variance, history.runs + 1))


def _earned(case: _Case) -> str:
    """What it earned, over which time, in how many trades."""
    count, days = len(case.trades), case.account.span_ms / DAY_MS
    if not count:
        return f"No trade in {_days(days)}{_stopped(case.silence)}."
    word = "earned" if case.profit > 0 else "lost"
    share = 100 * abs(case.profit) / case.account.initial
    return f"It {word} {share:.2f} % ({_money(case.profit)}) in {_days(days)} with {_counted(count, 'trade')}."


def _stopped(silence: Silence) -> str:
    """What most signals came to nothing for."""
    if not silence.signals:
        return ": no candle met the strategy's conditions"
    cause = max(silence.refusals, key=lambda name: silence.refusals[name], default=None)
    named = "" if cause is None else f" (most often: {cause.replace('_', ' ')}, {silence.refusals[cause]:,} times)"
    return f": {_counted(silence.signals, 'signal')} came to nothing{named}"


def _costs(case: _Case) -> str:
    """What fees, slippage and funding took."""
    gross = float(case.trades.gross.sum())
    if not len(case.trades) or abs(case.costs) < 0.005:
        return ""
    if case.costs < 0:
        return f"Funding paid {_money(-case.costs)} more than all costs took."
    if gross > 0:
        return f"Costs took {case.costs:,.2f} USDT, {100 * case.costs / gross:.0f} % of the {gross:,.2f} before them."
    return f"Costs took {case.costs:,.2f} USDT; before them it would have lost {-gross:,.2f}."


def _gain(case: _Case) -> str:
    """The conclusion of a gain that stands out."""
    without = 100 * (case.resampled.loss_probability if case.resampled else 0.0)
    tries = ""
    if case.dsr is not None and case.dsr < CONFIDENCE:
        tries = (
            f" But after {_counted(case.history.runs + 1, 'try', 'tries')} of this family the chance that it is real "
            f"falls to {100 * case.dsr:.0f} %."
        )
    return (
        f"The gain looks real: drawn again, its trades end without a profit in {without:.1f} % of cases.{tries} "
        "One backtest proves nothing about the next."
    )


def _nothing(case: _Case) -> str:
    """The conclusion of what is no gain, or none that stands out."""
    if case.profit > 0:
        return _weak_gain(case)
    t = _t_statistic(case.trades.gross)
    if case.costs > 0 and case.trades.gross.sum() > 0:
        if t >= _SIGNIFICANT_T:
            return f"It was right more often than chance explains, but not by what it costs: after costs it is {_APART}"
        return f"Costs made the loss; before them the result is {_APART}"
    if t <= -_SIGNIFICANT_T:
        return f"It lost more than chance explains before any cost: that it could ever earn is {_APART}"
    if case.costs > 0 and _t_statistic(case.trades.pnl) <= -_SIGNIFICANT_T:
        return f"Costs made the loss what it is; before them the result is {_APART}"
    return f"The loss is {_APART}"


def _weak_gain(case: _Case) -> str:
    without = "" if case.resampled is None else _without_profit(case.resampled)
    return f"This gain is {NOT_TOLD_APART}{without}.{_unknown_losses(case) or _wait(case)}"


def _unknown_losses(case: _Case) -> str:
    losses = _losses(case)
    if losses >= ENOUGH_LOSSES:
        return ""
    few = "None" if not losses else f"Only {losses}"
    return f" {few} of its {len(case.trades):,} trades lost: what its losses come to is not known yet."


def _without_profit(resampled: Bootstrap) -> str:
    return f": drawn again, its trades end without a profit in {100 * resampled.loss_probability:.0f} % of cases"


def _wait(case: _Case) -> str:
    """How long it would take to tell, where that is a time anybody could wait for."""
    moments = _moments(case.daily)
    if moments is None or moments[0] <= 0:
        return ""
    ratio, count, third, fourth = _cautious(moments)
    needed = minimum_track_record(ratio, third, fourth)
    if not count < needed <= _LONGEST_WAIT_DAYS:
        return ""
    return f" At this pace it would take about {_days(needed)} to tell."


def _few(case: _Case) -> str:
    if not len(case.trades):
        return f"What it would earn is {_APART}"
    return f"That is {NOT_TOLD_APART}: {ENOUGH_TRADES} trades are the least to say anything."


_APART = f"{NOT_TOLD_APART}."
_CONCLUSIONS = {Luck.REAL: _gain, Luck.LUCK: _nothing, Luck.TOO_FEW: _few}


def _t_statistic(sample: Floats) -> float:
    """Mean over its standard error; 0 where all are equal."""
    return (mean_over_deviation(sample) or 0.0) * math.sqrt(len(sample))


def _money(amount: float) -> str:
    return f"{amount:+,.2f} USDT".replace("-", "−")


def _days(days: float) -> str:
    return _counted(round(days), "day") if days >= 1.5 else f"{24 * days:.0f} hours"


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
