"""From what an engine made of a run to what people are told about it."""

from collections.abc import Sequence

from sigma_engine.backtest.breakdown import parts
from sigma_engine.backtest.columns import columns_of
from sigma_engine.backtest.metrics import Account, figures
from sigma_engine.backtest.periods import curve_of, months, thinned
from sigma_engine.backtest.setup import Outcome, Setup
from sigma_engine.backtest.verdict import History, Silence, judge
from sigma_engine.domain.backtest import BacktestResult, Engine, Timing


def build(
    setup: Setup,
    outcome: Outcome,
    timing: Timing,
    engine: Engine,
    trials: int = 0,
    trial_sharpes: Sequence[float] = (),
    notes: Sequence[str] = (),
) -> BacktestResult:
    """The result of ``setup``.

    ``trials`` counts the earlier runs of the strategy's family, ``trial_sharpes`` are the daily Sharpe ratios (not
    annualised) of those that have one; ``notes`` is what people should know about the run's data.
    """
    trades, account = columns_of(outcome.trades), account_of(setup, outcome)
    return BacktestResult(
        run_id=setup.run_id,
        strategy=setup.name,
        symbols=tuple(setup.series),
        timeframe=setup.timeframe,
        engine=engine,
        from_ms=outcome.from_ms,
        to_ms=outcome.to_ms,
        trades=outcome.trades,
        regimes=outcome.regimes,
        metrics=figures(trades, account, outcome.orders, outcome.fills),
        verdict=judge(
            trades,
            account,
            History(runs=trials, sharpes=trial_sharpes),
            Silence(signals=outcome.signals, refusals=outcome.refusals),
        ),
        equity=account.daily,
        curve=curve_of(*thinned(account.times, account.values)),
        parts=parts(outcome.trades, outcome.regimes, trades),
        months=months(account.daily, account.initial),
        signals=outcome.signals,
        refusals=dict(outcome.refusals),
        notes=tuple(notes),
        timing=timing,
    )


def account_of(setup: Setup, outcome: Outcome) -> Account:
    """The account's path through the run; without a candle it stands still at its beginning."""
    began_ms = setup.first_ms if outcome.from_ms is None else outcome.from_ms
    return Account(
        initial=float(setup.capital),
        times=outcome.times,
        values=outcome.equity,
        began_ms=began_ms,
        ended_ms=began_ms if outcome.to_ms is None else outcome.to_ms,
    )
