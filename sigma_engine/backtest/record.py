"""Listens to a session's bus and turns what it heard into a backtest's outcome."""

from collections import Counter

import numpy as np

from sigma_engine.backtest.setup import Outcome
from sigma_engine.bus import EventBus
from sigma_engine.domain.decision import Approved, Decision, Vetoed
from sigma_engine.domain.order import Leg
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Action, Regime
from sigma_engine.events import (
    CandleClosed,
    DecisionMade,
    EquityRecorded,
    OrderFilled,
    OrderRejected,
    OrderSubmitted,
    PositionClosed,
)


class RunRecord:
    """Hears a session's bus from before its first step."""

    def __init__(self, bus: EventBus) -> None:
        self._trades: list[Trade] = []
        self._equity: list[tuple[int, float]] = []
        self._first_ms: int | None = None
        self._closed_ms: int | None = None
        self._candles = self._orders = self._fills = self._signals = 0
        self._refusals: Counter[str] = Counter()
        self._approved: dict[tuple[str, int], Regime] = {}
        self._regimes: dict[str, Regime] = {}
        bus.subscribe(PositionClosed, lambda event: self._trades.append(event.trade))
        bus.subscribe(EquityRecorded, lambda event: self._add_equity(event.point.at_ms, float(event.point.equity)))
        bus.subscribe(CandleClosed, self._hear_candle)
        bus.subscribe(OrderSubmitted, self._hear_order)
        bus.subscribe(OrderFilled, self._hear_fill)
        bus.subscribe(OrderRejected, self._hear_refusal)
        bus.subscribe(DecisionMade, lambda event: self._hear_decision(event.decision))

    def outcome(self) -> Outcome:
        """What the run came to; the point after everything was closed is of the same instant as the last close."""
        times = np.array([at_ms for at_ms, _ in self._equity], np.int64)
        times[-1:] = times[-1:] if self._closed_ms is None else self._closed_ms
        return Outcome(
            trades=tuple(self._trades),
            regimes=tuple(self._regimes.get(trade.trade_id) for trade in self._trades),
            times=times,
            equity=np.array([equity for _, equity in self._equity], np.float64),
            orders=self._orders,
            fills=self._fills,
            signals=self._signals,
            refusals=dict(self._refusals),
            candles=self._candles,
            from_ms=self._first_ms,
            to_ms=self._closed_ms,
        )

    def _add_equity(self, at_ms: int, equity: float) -> None:
        """A point of the curve; a later one of the same instant replaces it."""
        if self._equity and self._equity[-1][0] >= at_ms:
            self._equity.pop()
        self._equity.append((at_ms, equity))

    def _hear_candle(self, event: CandleClosed) -> None:
        self._candles += 1
        self._closed_ms = event.at_ms
        if self._first_ms is None:
            self._first_ms = event.candle.open_ms

    def _hear_decision(self, decision: Decision) -> None:
        signal = decision.signal
        if signal.action is Action.WAIT:
            return
        self._signals += 1
        if (refused := refusal(decision)) is not None:
            self._refusals[refused] += 1
        else:
            self._approved[signal.symbol, signal.bar_ms] = signal.regime

    def _hear_order(self, event: OrderSubmitted) -> None:
        order = event.order
        if order.leg is Leg.ENTRY:
            self._orders += 1
            self._regimes[order.client_id] = self._approved.pop((order.symbol, order.bar_ms))

    def _hear_refusal(self, event: OrderRejected) -> None:
        self._refusals["order"] += event.order.leg is Leg.ENTRY

    def _hear_fill(self, event: OrderFilled) -> None:
        self._fills += event.fill.leg is Leg.ENTRY


def refusal(decision: Decision) -> str | None:
    """What stopped the entry a signal asked for, by the names `Outcome` counts under; None where nothing did."""
    if isinstance(decision, Approved):
        return None
    if isinstance(decision, Vetoed):
        return decision.vetoes[0].rule
    shut = (f"{gate.name} gate" for gate in decision.gates if gate.enabled and not gate.passed)
    return next(shut, "size")
