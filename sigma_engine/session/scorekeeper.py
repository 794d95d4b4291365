"""Keeps score of the forecasts: a report when another of them fell due, an alert when a market's trust turns."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from sigma_engine.domain.calibration import CalibrationReport, Trust
from sigma_engine.domain.signal import Forecast, Signal
from sigma_engine.domain.symbol import short
from sigma_engine.events import AlertRaised, CalibrationMeasured, Event, Severity
from sigma_engine.probability.record import ScoredForecasts
from sigma_engine.probability.report import WINDOW, report
from sigma_engine.probability.scores import COIN


class Scored(Protocol):
    """Whoever forecasts one symbol and remembers what came of it."""

    @property
    def matured(self) -> int:
        """How many forecasts on the grid have fallen due so far."""
        ...

    def scored(self) -> ScoredForecasts:
        """The newest of them."""
        ...


class Scorekeeper:
    """The newest report of each symbol, and which of its forecasts were made while somebody could have traded on them.

    Its figures come from the reader's own fold over the candles; nothing of them goes back there.
    """

    def __init__(self) -> None:
        self._matured: dict[str, int] = {}
        self._reports: dict[str, CalibrationReport] = {}
        self._trust: dict[tuple[str, int, str], Trust] = {}
        self._live: dict[tuple[str, int, str], deque[int]] = {}

    def recall(self, stated: Mapping[str, Sequence[tuple[str, int, int]]]) -> None:
        """Take forecasts of earlier sittings, ``(model, horizon_bars, bar_ms)`` a symbol, newest first, as live."""
        for symbol, forecasts in stated.items():
            for model, horizon_bars, bar_ms in reversed(forecasts):
                self._made_live(symbol, horizon_bars, model).append(bar_ms)

    def forget_fold(self) -> None:
        """Another strategy reads from here on: its forecasts are another record. What was red stays known."""
        self._matured.clear()
        self._reports.clear()

    def reports(self) -> tuple[CalibrationReport, ...]:
        """The newest report of each symbol."""
        return tuple(self._reports.values())

    def measure(self, signal: Signal, reader: Scored) -> Iterator[Event]:
        """What the candle of ``signal`` brought: nothing, or a report and, where trust turned, an alert."""
        forecast = signal.forecast
        if forecast is None:
            return
        self._note(signal, forecast)
        if reader.matured == self._matured.get(signal.symbol, 0):
            return
        self._matured[signal.symbol] = reader.matured
        live = np.array(self._made_live(signal.symbol, forecast.horizon_bars, forecast.model), np.int64)
        found = report(
            signal.symbol,
            forecast.horizon_bars,
            forecast.model,
            reader.scored().known_live(live),
            edge=forecast.p_up != COIN,
            trust=forecast.trust,
        )
        self._reports[signal.symbol] = found
        yield CalibrationMeasured(at_ms=signal.at_ms, report=found)
        yield from self._turn(signal.at_ms, found)

    def _note(self, signal: Signal, forecast: Forecast) -> None:
        """Remember a forecast on the grid as made live."""
        number = signal.bar_ms // (signal.at_ms - signal.bar_ms)
        if number % forecast.horizon_bars == 0:
            self._made_live(signal.symbol, forecast.horizon_bars, forecast.model).append(signal.bar_ms)

    def _made_live(self, symbol: str, horizon_bars: int, model: str) -> deque[int]:
        """One longer than the window: the newest has not fallen due yet."""
        return self._live.setdefault((symbol, horizon_bars, model), deque(maxlen=WINDOW + 1))

    def _turn(self, at_ms: int, found: CalibrationReport) -> Iterator[Event]:
        """Tell when a market turned red, and when it came back."""
        key = found.symbol, found.horizon_bars, found.model
        before, self._trust[key] = self._trust.get(key), found.trust
        market = f"{short(found.symbol)}: P(up) over {found.horizon_bars} candles"
        if found.trust is Trust.RED and before is not Trust.RED:
            text = f"{market} is miscalibrated and off; strategies that ask for it take no entries until it recovers."
            yield AlertRaised(at_ms=at_ms, severity=Severity.WARNING, text=text)
        elif before is Trust.RED and found.trust is not Trust.RED:
            text = f"{market} is no longer miscalibrated but {found.trust}; strategies that ask for it may enter again."
            yield AlertRaised(at_ms=at_ms, severity=Severity.INFORMATION, text=text)
