"""The table of figures: what each is, its unit, and what it must reach."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sigma_engine import __version__, kernels
from sigma_engine.benchmarks import backtests, blocks, decisions, expressions, forecasts, orders, streaming

Measure = Callable[[bool], float]
"""Takes whether to be quick and rough."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured; ``limit`` is the bar, at least or at most that, and ``aim`` what is hoped for."""

    key: str
    title: str
    measure: Measure
    limit: float
    at_least: bool = False
    aim: float | None = None
    digits: int = 1

    def reached(self, value: float) -> bool:
        """Whether ``value`` is on the right side of the bar."""
        return value >= self.limit if self.at_least else value <= self.limit


FIGURES = (
    Figure(
        "block_candles_per_s",
        "candles a second, all 16 indicators, score and exits over a block, one core",
        blocks.candles_per_s,
        4e6,
        at_least=True,
        aim=5e6,
        digits=0,
    ),
    Figure("decision_us_p50", "µs from a closed candle to a scored decision, median", decisions.microseconds_p50, 20),
    Figure("decision_us_p99", "µs from a closed candle to a scored decision, 99 %", decisions.microseconds_p99, 100),
    Figure(
        "told_us_p50",
        "µs from a closed candle to a signal told in nouns and words, median",
        decisions.told_microseconds_p50,
        100,
    ),
    Figure(
        "forecast_candles_per_s",
        "candles a second through the forecast, its scores and corrections",
        forecasts.candles_per_s,
        10_000,
        at_least=True,
        digits=0,
    ),
    Figure(
        "backtest_ms_cross",
        "ms for a year of 5m candles, EMA 9/20 cross with RSI filter, stops and targets",
        backtests.milliseconds_cross,
        6,
        digits=2,
    ),
    Figure(
        "backtest_ms_all",
        "ms for a year of 5m candles, all 16 indicators, calibrated probability, score, stops and targets",
        backtests.milliseconds_all,
        30,
    ),
    Figure(
        "backtest_ms_three",
        "ms for a year of 5m candles of three symbols with one account, the same strategy",
        backtests.milliseconds_three,
        95,
    ),
    Figure("expression_ms_max", "ms for the slowest hostile expression text", expressions.milliseconds_max, 50),
    Figure(
        "order_path_ms_p99",
        "ms from a decided order to its arrival at the exchange, its commit included, 99 %",
        orders.milliseconds_p99,
        5,
    ),
    Figure(
        "message_decision_ms_p99",
        "ms from the message that completes a candle of one market to the decision, 99 %",
        streaming.decision_milliseconds_p99,
        2,
        digits=2,
    ),
    Figure(
        "stream_messages_per_s",
        "messages a second that a live session of eight markets took in for 20 s",
        streaming.messages_per_s,
        2_000,
        at_least=True,
        digits=0,
    ),
    Figure("loop_lag_ms_p99", "ms by which its loop was late meanwhile, 99 %", streaming.lag_milliseconds_p99, 15),
    Figure(
        "memory_mb_symbol",
        "MB at most for a live symbol with 3,000 candles of warm-up",
        decisions.megabytes_a_symbol,
        5,
        digits=2,
    ),
)


def circumstances() -> dict[str, str | int | bool | None]:
    """What the figures were measured with and on."""
    return {
        "compiled": kernels.compiled(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "sigma": __version__,
        "machine": _machine(),
        "cores": os.cpu_count(),
    }


def _machine() -> str:
    """System and processor, as far as they say their names."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text("utf-8", "replace").splitlines() if described.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{platform.system()} {platform.machine()} {model or platform.processor()}".strip()
