"""The dialog from which a backtest is started: strategy on the left, data, account and costs on the right."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from sigma_desktop.bridge.asking import Asking
from sigma_desktop.bridge.bench import BUSY, Bench
from sigma_desktop.laboratory import cost_fields
from sigma_desktop.laboratory.cost_form import CostForm
from sigma_desktop.laboratory.data_form import DataForm
from sigma_desktop.laboratory.fields import BadText
from sigma_desktop.laboratory.file_form import FileForm
from sigma_desktop.laboratory.strategy_pane import StrategyPane
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import Kind, PushButton
from sigma_desktop.widgets.note import Note
from sigma_desktop.widgets.pane import Pane
from sigma_engine import BacktestRequest, Coverage, Engine, unified

LARGEST, SMALLEST = QSize(1320, 900), QSize(880, 520)
NO_HISTORY = "No candles are kept yet"
NO_HISTORY_HINT = (
    "A backtest needs candles. Import files you have (CSV, CSV.gz or Parquet), or download them from an exchange: "
    "its public data, without a key."
)


class NewBacktest(QDialog):
    """Opened with what was chosen last; tells ``habitsChanged`` when it closes, however it closes."""

    habitsChanged = Signal(object)  # noqa: N815 a Qt signal
    importWished = Signal()  # noqa: N815 a Qt signal
    downloadWished = Signal()  # noqa: N815 a Qt signal
    managerWished = Signal()  # noqa: N815 a Qt signal

    def __init__(
        self, bench: Bench, habits: Mapping[str, Any], parent: QWidget | None = None, session_strategy: str = ""
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("New backtest")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._bench, self._asking = bench, Asking(bench)
        self._no_history = "The kept candles are being read."
        self.strategy, self.data, self.files, self.costs = StrategyPane(bench), DataForm(), FileForm(), CostForm()
        self.run, self.close_ = PushButton("Run backtest", Kind.PRIMARY, "play"), PushButton("Close")
        self.state = Note(size_px=12)
        self.pages = QStackedWidget()
        self._lay_out()
        self._fit(parent)
        self.data.recall(habits.get("data", {}))
        self.files.recall(habits.get("files", {}))
        self.costs.recall(habits.get("costs", {}))
        self._listen()
        self.strategy.begin(habits, session_strategy)
        self._ask_history()
        self._asking.ask("defaults", lambda lab: lab.defaults(), self.costs.show_defaults, self._say)
        self._files_edited()

    def request(self) -> BacktestRequest:
        """What is asked for; raises `BadText` with the first thing that is not sound."""
        if self._bench.is_running:
            raise BadText(BUSY)
        if self._no_history and not self.files.has_candles:
            raise BadText(self._no_history)
        strategy, candles, files = self.strategy.strategy(), self._candles(), self.files.choice()
        if problem := self.costs.error():
            raise BadText(problem)
        texts = self.costs.form.texts()
        return BacktestRequest(
            strategy=strategy,
            **candles,
            capital=cost_fields.capital_of(texts),
            costs=cost_fields.costs_of(texts),
            minute_files=files.minutes,
            funding_files=files.funding,
            engine=Engine(texts["engine"]),
        )

    def _candles(self) -> dict[str, Any]:
        """The fields of the request that say which candles; raises `BadText`."""
        if self.files.has_candles:
            files = self.files.choice()
            return {"files": files.candles, "from_ms": files.from_ms, "to_ms": files.to_ms}
        data = self.data.choice()
        names = ("source", "symbols", "timeframe", "from_ms", "to_ms", "minutes")
        return {name: getattr(data, name) for name in names}

    def done(self, result: int) -> None:
        """Close, and have everything that was typed remembered."""
        self.habitsChanged.emit(self.habits())
        self.strategy.end()
        self._asking.end()
        super().done(result)

    def habits(self) -> dict[str, Any]:
        """Everything chosen and typed, as JSON knows it."""
        return {
            **self.strategy.habits(),
            "data": self.data.habits(),
            "files": self.files.form.changes(),
            "costs": self.costs.form.changes(),
        }

    def start(self) -> None:
        """Run what is chosen, if all is sound."""
        try:
            request = self.request()
        except BadText:
            self._tell()
            return
        self.accept()
        self._bench.run(request)

    def _listen(self) -> None:
        self.strategy.changed.connect(self._tell)
        self.strategy.loaded.connect(lambda document: self.data.prefer(_unified(document), document["timeframe"]))
        self.data.edited.connect(self._data_edited)
        self.files.edited.connect(self._files_edited)
        self.data.more.clicked.connect(self.managerWished)
        self.costs.edited.connect(self._tell)
        self.run.clicked.connect(self.start)
        self.close_.clicked.connect(self.reject)
        for signal in (self._bench.started, self._bench.finished, self._bench.failed, self._bench.cancelled):
            signal.connect(self._tell)
        self._bench.historyChanged.connect(self._ask_history)

    def _ask_history(self) -> None:
        self._asking.ask("history", lambda lab: lab.history(), self._show_history, self._miss_history)

    def _show_history(self, kept: tuple[Coverage, ...]) -> None:
        self.data.show_history(kept)
        self._no_history = "" if kept else f"{NO_HISTORY}; import or download some, or choose files."
        self._files_edited()

    def _miss_history(self, sentence: str) -> None:
        self._no_history = sentence
        self._tell()

    def _files_edited(self) -> None:
        """Candle files take the place of what is kept."""
        self.data.setVisible(not self.files.has_candles)
        self.pages.setCurrentIndex(1 if self.files.has_candles or not self._no_history else 0)
        if self.files.has_candles:
            self.strategy.use_data((), "")
            self._tell()
        else:
            self._data_edited()

    def _data_edited(self) -> None:
        if self.files.has_candles:
            return
        try:
            choice = self.data.choice()
            self.strategy.use_data(choice.symbols, choice.timeframe.value)
        except BadText:
            pass  # the form says it itself
        self._tell()

    def _tell(self, *_: object) -> None:
        """Say what would be run, or what is in the way; the button follows."""
        try:
            self.request()
            choice = self.files.choice() if self.files.has_candles else self.data.choice()
            self._say(choice.words, Token.T1)
            self.run.setEnabled(True)
        except BadText as reason:
            waiting = self.strategy.is_checking and not self.strategy.form.first_error()
            self._say("Checking…" if waiting else str(reason), Token.T2 if waiting else Token.DOWN)
            self.run.setEnabled(False)

    def _say(self, sentence: str, ink: Token = Token.DOWN) -> None:
        self.state.say(sentence, ink)

    # how it looks

    def _fit(self, parent: QWidget | None) -> None:
        room = LARGEST if parent is None else parent.size() - QSize(60, 50)
        self.setMinimumSize(SMALLEST)
        self.resize(room.boundedTo(LARGEST).expandedTo(SMALLEST))

    def _lay_out(self) -> None:
        panes = QHBoxLayout()
        panes.setSpacing(8)
        panes.addWidget(Pane("Strategy", self.strategy), 46)
        panes.addWidget(Pane("Data, account and costs", self._right()), 54)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.close_)
        foot.addWidget(self.run)
        self.close_.setAutoDefault(False)
        self.run.setDefault(True)
        self.run.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addLayout(panes, 1)
        column.addLayout(foot)

    def _right(self) -> QWidget:
        area, inside = QScrollArea(), QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 10, 8)
        column.setSpacing(8)
        for form in (self.data, self.files, self.costs):
            column.addWidget(form)
        column.addStretch(1)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        self.pages.addWidget(self._empty_page())
        self.pages.addWidget(area)
        return self.pages

    def _empty_page(self) -> QWidget:
        page = QWidget()
        import_, download = PushButton("Import files…", Kind.PRIMARY), PushButton("Download…")
        without = PushButton("Use files without keeping them…")
        without.clicked.connect(self.files.choose_candles)
        import_.clicked.connect(self.importWished)
        download.clicked.connect(self.downloadWished)
        title, hint = Note(NO_HISTORY, Token.T0, 14, 600), Note(NO_HISTORY_HINT, Token.T1, 12)
        line = QHBoxLayout()
        line.addStretch(1)
        for button in (import_, download, without):
            button.setAutoDefault(False)
            line.addWidget(button)
        line.addStretch(1)
        column = QVBoxLayout(page)
        column.setContentsMargins(60, 0, 60, 40)
        column.setSpacing(12)
        column.addStretch(1)
        for words in (title, hint):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(words)
        column.addLayout(line)
        column.addStretch(1)
        return page


def _unified(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The markets of a document, which writes them short, as series are called."""
    return tuple(unified(symbol) for symbol in document["symbols"])
