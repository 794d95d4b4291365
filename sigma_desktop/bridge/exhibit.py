"""Which backtest the window shows, and what of it stands on the chart; panels hear of it here."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from sigma_engine import BacktestRequest, Candles, Check, Progress, Trade, Trial, TrialSummary

NO_BENCH = "The laboratory is not open yet; try again in a moment."
Tell = Callable[[Progress], None]


class Laboratory(Protocol):
    """What is asked of the laboratory about runs that are kept."""

    async def trials(self, search: str = "") -> tuple[TrialSummary, ...]:
        """All runs, newest first."""
        ...

    async def trial(self, trial_id: str) -> Trial:
        """A stored run in full."""
        ...

    async def trial_candles(self, trial_id: str, symbol: str) -> Candles:
        """The candles a trial ran on."""
        ...

    async def annotate(self, trial_id: str, note: str) -> None:
        """Write a note beside a run."""
        ...

    async def delete_trial(self, trial_id: str) -> None:
        """Forget a run's result."""
        ...

    async def check_look_ahead(self, trial_id: str, tell: Tell | None = None) -> Check:
        """Whether the future leaks into decisions."""
        ...

    async def check_warm_up(self, trial_id: str, tell: Tell | None = None) -> Check:
        """Whether the history before the start changes decisions after it."""
        ...

    async def save_report(self, trial_id: str, path: Path) -> Path:
        """Write a run as a report."""
        ...


Sentence = Callable[[str], object]


class Asks(Protocol):
    """The way to the laboratory: the window's bench."""

    def ask(
        self,
        work: Callable[[Any], Coroutine[Any, Any, Any]],
        then: Callable[[Any], object],
        otherwise: Sentence | None = None,
        changes: Any = None,
    ) -> "asyncio.Task[None]":
        """Have the laboratory do ``work``; ``then`` gets the answer, ``otherwise`` the sentence of a refusal."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """What stands on the chart: the candles that ``trial`` ran on in the market ``symbol``."""

    trial: Trial
    symbol: str
    candles: Candles

    @property
    def trades(self) -> tuple[Trade, ...]:
        """The trial's trades in this market, oldest first."""
        return tuple(trade for trade in self.trial.result.trades if trade.symbol == self.symbol)


class Exhibit(QObject):
    """Shows one trial at a time; ``stage`` is what the chart shows of it, None for the market itself.

    ``running`` and ``progress`` tell of the backtest that runs, ``failure`` why the last one came to nothing.
    """

    changed = Signal()
    """Anything of it: another trial or trade, a stage, news of the backtest that runs."""
    stageChanged = Signal()  # noqa: N815 a Qt signal
    tradeChosen = Signal(object)  # noqa: N815 a Qt signal
    """A `Trade` of the trial is looked at, or None."""
    replayAsked = Signal(object)  # noqa: N815 a Qt signal
    """A `Trade` is to be lived through again on the chart, which shows its market."""
    refused = Signal(str)
    libraryAsked = Signal()  # noqa: N815 a Qt signal
    reportAsked = Signal()  # noqa: N815 a Qt signal

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trial: Trial | None = None
        self.trade: Trade | None = None
        self.stage: Staged | None = None
        self.running: BacktestRequest | None = None
        self.progress: Progress | None = None
        self.failure = ""
        self.missing = ""
        """Why the trial's candles cannot be shown."""
        self._bench: Asks | None = None
        self._loading: asyncio.Task[None] | None = None

    def use(self, bench: Asks) -> None:
        """Ask ``bench`` from now on."""
        self._bench = bench

    def show(self, trial: Trial | None) -> None:
        """Show ``trial``; what stood on the chart of another leaves it."""
        self.running, self.progress, self.failure, self.missing = None, None, "", ""
        if trial is not None and self.trial is not None and _is_same(trial, self.trial):
            self.changed.emit()
            return
        self.trial = trial
        self.choose(None)
        self.leave_chart()
        self.changed.emit()

    def forget(self, trial_id: str) -> None:
        """Show nothing where the trial of this id was shown."""
        if self.trial is not None and self.trial.summary.trial_id == trial_id:
            self.show(None)

    def begin(self, request: BacktestRequest) -> None:
        """A backtest runs from now on; the trial shown stays."""
        self.running, self.progress, self.failure = request, None, ""
        self.changed.emit()

    def advance(self, progress: Progress) -> None:
        """The backtest has come so far."""
        self.progress = progress
        self.changed.emit()

    def end(self, failure: str = "") -> None:
        """The backtest came to nothing, because of ``failure`` or because a person wished it."""
        self.running, self.progress, self.failure = None, None, failure
        self.changed.emit()

    def choose(self, trade: Trade | None) -> None:
        """Look at ``trade``; where the chart shows the trial, it comes into view there."""
        if trade == self.trade:
            return
        self.trade = trade
        self.tradeChosen.emit(trade)
        self.changed.emit()
        if trade is not None and self.stage is not None and self.stage.symbol != trade.symbol:
            self.show_on_chart(trade.symbol)

    def show_on_chart(self, symbol: str | None = None) -> None:
        """Put the trial's candles of ``symbol``, by default of the chosen trade or the first, on the chart."""
        if self.trial is not None:
            self._stage(self.trial, symbol or self._symbol(self.trial), None)

    def replay(self, trade: Trade) -> None:
        """Live through ``trade`` again on the chart."""
        if self.trial is not None:
            self.choose(trade)
            self._stage(self.trial, trade.symbol, trade)

    def leave_chart(self) -> None:
        """Give the chart back to the market."""
        self._stop_loading()
        if self.stage is not None:
            self.stage = None
            self.stageChanged.emit()
            self.changed.emit()

    def dispose(self) -> None:
        """Wait for nothing any more."""
        self._stop_loading()

    def _symbol(self, trial: Trial) -> str:
        return self.trade.symbol if self.trade is not None else trial.result.symbols[0]

    def _stage(self, trial: Trial, symbol: str, replayed: Trade | None) -> None:
        stage = self.stage
        if stage is not None and stage.trial is trial and stage.symbol == symbol:
            self._staged(stage, replayed)
            return
        if self._bench is None:
            self.refused.emit(NO_BENCH)
            return
        self._stop_loading()
        self._loading = self._bench.ask(
            lambda laboratory: laboratory.trial_candles(trial.summary.trial_id, symbol),
            lambda candles: self._staged(Staged(trial, symbol, candles), replayed),
            lambda sentence: self._miss(trial, sentence),
        )

    def _staged(self, stage: Staged, replayed: Trade | None) -> None:
        if stage.trial is not self.trial:
            return
        self.missing = ""
        if stage is not self.stage:
            self.stage = stage
            self.stageChanged.emit()
            self.changed.emit()
        if replayed is not None:
            self.replayAsked.emit(replayed)

    def _miss(self, trial: Trial, sentence: str) -> None:
        if trial is self.trial:
            self.missing = sentence
            self.changed.emit()
        self.refused.emit(sentence)

    def _stop_loading(self) -> None:
        loading, self._loading = self._loading, None
        if loading is not None:
            loading.cancel()


def _is_same(one: Trial, other: Trial) -> bool:
    return one is other or one.summary.trial_id == other.summary.trial_id
