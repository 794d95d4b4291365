"""Which backtest the window shows, and what of it stands on the chart; panels hear of it here."""

import asyncio
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from sigma_desktop.bridge.bench import Bench
from sigma_engine import BacktestRequest, Candles, Progress, Trade, Trial

NO_BENCH = "The laboratory is not open yet; try again in a moment."


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

    While a trade is lived through again the chart keeps to it, whatever else is shown meanwhile.
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
        self.is_replaying = False
        """Whether a person lives through a trade on the chart."""
        self.missing = ""
        """Why the trial's candles cannot be shown."""
        self._bench: Bench | None = None
        self._loading: asyncio.Task[None] | None = None

    def use(self, bench: Bench) -> None:
        """Ask ``bench`` from now on."""
        self._bench = bench

    def show(self, trial: Trial | None) -> None:
        """Show ``trial``; what stood on the chart of another leaves it, unless a trade is being replayed there."""
        self.running, self.progress, self.failure, self.missing = None, None, "", ""
        if trial is not None and self.trial is not None and _is_same(trial, self.trial):
            self.changed.emit()
            return
        self.trial = trial
        if self.is_replaying and trial is not None:
            self.trade = None
        else:
            self.choose(None)
            self.leave_chart()
        self.changed.emit()

    def present(self, trial: Trial) -> None:
        """Show a trial that has just come out of the laboratory, and draw its trades on the chart.

        To one who is replaying a trade it comes onto the chart when the replay ends.
        """
        self.show(trial)
        if not self.is_replaying:
            self.show_on_chart()

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

    def end_replay(self) -> None:
        """The replay is over; a trial that came in meanwhile takes its place on the chart."""
        self.is_replaying = False
        if self.stage is not None and self.stage.trial is not self.trial:
            self.show_on_chart()

    def replay(self, trade: Trade) -> None:
        """Live through ``trade`` again on the chart."""
        if self.trial is not None:
            self.choose(trade)
            self._stage(self.trial, trade.symbol, trade)

    def leave_chart(self) -> None:
        """Give the chart back to the market."""
        self._stop_loading()
        self.is_replaying = False
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
            self.stage, self.is_replaying = stage, False
            self.stageChanged.emit()
            self.changed.emit()
        if replayed is not None:
            self.is_replaying = True
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
