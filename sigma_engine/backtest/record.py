"""Listens to a run and turns what it heard into a backtest's result (contracts.md §7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sigma_engine.backtest.metrics import daily_closes, measure
from sigma_engine.backtest.verdict import verdict
from sigma_engine.bus import EventBus
from sigma_engine.domain.metrics import Curve, Metrics
from sigma_engine.domain.order import Leg
from sigma_engine.domain.position import Trade
from sigma_engine.domain.snapshot import Snapshot
from sigma_engine.events import CandleClosed, EquityRecorded, OrderFilled, OrderSubmitted, PositionClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds to load the market and to run through it, and how many closed candles that were."""

    load_s: float
    run_s: float
    candles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """What a backtest came to; ``from_ms`` and ``to_ms`` enclose the candles decided on, ``equity`` is daily."""

    run_id: str
    strategy: str
    symbols: tuple[str, ...]
    from_ms: int | None
    to_ms: int | None
    trades: tuple[Trade, ...]
    metrics: Metrics
    verdict: str
    equity: Curve
    timing: Timing


class RunRecord:
    """Hears a session's bus from before its first step."""

    def __init__(self, bus: EventBus) -> None:
        self._trades: list[Trade] = []
        self._equity: list[tuple[int, float]] = []
        self._first_ms: int | None = None
        self._last_ms: int | None = None
        self._candles = self._orders = self._fills = 0
        bus.subscribe(PositionClosed, lambda event: self._trades.append(event.trade))
        bus.subscribe(EquityRecorded, lambda event: self._add_equity(event.point.at_ms, float(event.point.equity)))
        bus.subscribe(CandleClosed, self._hear_candle)
        bus.subscribe(OrderSubmitted, self._hear_order)
        bus.subscribe(OrderFilled, self._hear_fill)

    def result(self, last: Snapshot, load_s: float, run_s: float) -> BacktestResult:
        """The result of the run that ended as ``last`` says."""
        self._add_equity(last.market_ms, float(last.portfolio.equity))
        return BacktestResult(
            run_id=last.run_id,
            strategy=last.strategy_name,
            symbols=last.symbols,
            from_ms=self._first_ms,
            to_ms=None if self._last_ms is None else self._last_ms + last.timeframe.interval_ms,
            trades=tuple(self._trades),
            metrics=self._metrics(float(last.portfolio.initial)),
            verdict=verdict(self._trades),
            equity=daily_closes(self._equity),
            timing=Timing(load_s=load_s, run_s=run_s, candles=self._candles),
        )

    def _metrics(self, initial: float) -> Metrics:
        return measure(self._trades, self._equity, initial, self._orders, self._fills)

    def _add_equity(self, at_ms: int, equity: float) -> None:
        """A point of the curve; a later one of the same instant replaces it."""
        if self._equity and self._equity[-1][0] >= at_ms:
            self._equity.pop()
        self._equity.append((at_ms, equity))

    def _hear_candle(self, event: CandleClosed) -> None:
        self._candles += 1
        self._last_ms = event.candle.open_ms
        if self._first_ms is None:
            self._first_ms = self._last_ms

    def _hear_order(self, event: OrderSubmitted) -> None:
        self._orders += event.order.leg is Leg.ENTRY

    def _hear_fill(self, event: OrderFilled) -> None:
        self._fills += event.fill.leg is Leg.ENTRY


def trade_documents(trades: Sequence[Trade]) -> list[dict[str, object]]:
    """Closed trades with the keys the command line prints."""
    return [{name: getattr(trade, name) for name in _TRADE_KEYS} for trade in trades]


_TRADE_KEYS = (
    "symbol",
    "side",
    "entry_ms",
    "exit_ms",
    "entry_price",
    "exit_price",
    "quantity",
    "leverage",
    "fees",
    "funding",
    "slippage",
    "pnl",
    "return_pct",
    "r",
    "bars",
    "reason",
)
