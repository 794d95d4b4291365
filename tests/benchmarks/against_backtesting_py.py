"""How much faster SIGMA runs the same strategy than backtesting.py on the same candles, side by side in one process."""

import statistics
import sys
import time
from collections.abc import Callable

from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.strategy.indicator_set import IndicatorSet
from tests.engine.backtest.setups import M5
from tests.engine.backtest.test_against_backtesting_py import FILE, setup_of, theirs

LEAST = 120
ROUNDS = 5


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    """Print both times and their ratio; 1 where it is below the bar."""
    from sigma_engine.backtest import compiled

    candles = read_candle_file(FILE).candles
    columns = IndicatorSet(("ema(9)", "ema(20)", "rsi(14)", "atr(14)"), M5).run(candles)
    setup = setup_of(candles)
    pairs = [(seconds(lambda: theirs(candles, columns)), compiled.run(setup).run_s) for _ in range(ROUNDS)]
    slow, fast = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"backtesting.py {slow:.3f} s, SIGMA {1_000 * fast:.2f} ms: {slow / fast:.0f} times (at least {LEAST})")  # noqa: T201
    return 0 if slow / fast >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
