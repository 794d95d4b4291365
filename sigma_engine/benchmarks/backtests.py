"""How long a year of five-minute candles takes from the first candle to the last close, in this process."""

from decimal import Decimal
from statistics import median

from sigma_engine.backtest import compiled
from sigma_engine.backtest.setup import Setup
from sigma_engine.benchmarks.market import TIMEFRAME, YEAR, random_walk
from sigma_engine.catalog import RULES
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.symbol import PAIRS
from sigma_engine.risk.costs import Costs
from sigma_engine.risk.gates import GateSwitches
from sigma_engine.risk.sizing import SizingPolicy, Terms
from sigma_engine.safety.limits import Limits
from sigma_engine.session.mandate import Mandate
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.plan import compile_plan
from sigma_engine.strategy.spec import StrategySpec, read_spec

_HISTORY = 3_000

CROSS = {
    "name": "EMA cross",
    "entry_long": ["ema(9) crosses_above ema(20)", "rsi(14) > 50"],
    "entry_short": ["ema(9) crosses_below ema(20)", "rsi(14) < 50"],
    "stop_loss": {"type": "atr", "value": 1.5},
    "take_profit": {"type": "rr", "value": 2.5},
}
"""EMA 9/20 cross with an RSI filter, stop and target: what every backtester is measured with."""


def milliseconds_cross(quick: bool = False) -> float:
    """One symbol, the cross."""
    return _milliseconds(read_spec(CROSS), 1, quick)


def milliseconds_all(quick: bool = False) -> float:
    """One symbol, the fusion: all 16 indicators, calibrated probability, votes, stops and targets."""
    return _milliseconds(load_strategy("sigma-fusion"), 1, quick)


def milliseconds_three(quick: bool = False) -> float:
    """Three symbols with one account, the fusion."""
    return _milliseconds(load_strategy("sigma-fusion"), 3, quick)


def _milliseconds(spec: StrategySpec, symbols: int, quick: bool) -> float:
    """The median of some runs; the first, which fills caches, is not counted."""
    setup = year_of(spec, symbols)
    runs = [compiled.run(setup).run_s for _ in range(3 if quick else 11)]
    return 1_000 * median(runs[1:])


def year_of(spec: StrategySpec, symbols: int) -> Setup:
    """A year of random walks to trade ``spec`` on, with its history before."""
    series = {symbol: random_walk(YEAR + _HISTORY, seed) for seed, symbol in enumerate(PAIRS[:symbols], 7)}
    candles = series[PAIRS[0]]
    return Setup(
        run_id="bench",
        name=spec.name,
        mandate=_mandate(spec),
        timeframe=TIMEFRAME,
        series=series,
        instruments={symbol: practice_instrument(symbol, float(block.close[0])) for symbol, block in series.items()},
        first_ms=int(candles.open_ms[_HISTORY]),
        capital=Decimal(10_000),
    )


def _mandate(spec: StrategySpec) -> Mandate:
    return Mandate(
        plan=compile_plan(spec),
        gates=GateSwitches(),
        terms=Terms(
            policy=SizingPolicy(risk_fraction=0.002, leverage=spec.leverage),
            limits=Limits(max_positions=spec.max_positions),
            costs=Costs(),
        ),
        rules=RULES,
    )
