"""The data manager: which candles are kept, their gaps, and getting more or fewer of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from sigma_desktop.bridge.asking import Asking
from sigma_desktop.bridge.bench import Bench
from sigma_desktop.laboratory import side_pages
from sigma_desktop.laboratory.editors import DATA_FILES
from sigma_desktop.models import history
from sigma_desktop.models.history import HistoryRow
from sigma_desktop.models.rows import RowModel
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import PushButton
from sigma_desktop.widgets.confirm_strip import ConfirmStrip
from sigma_desktop.widgets.note import Note
from sigma_desktop.widgets.pane import Pane
from sigma_desktop.widgets.progress_strip import ProgressStrip
from sigma_desktop.widgets.table import Table
from sigma_engine import Coverage, Downloaded, DownloadRequest, Series, short, source_title

LARGEST, SMALLEST = QSize(1240, 720), QSize(820, 460)
EMPTY_TITLE = "No candles are kept yet"
EMPTY_HINT = "Import files you have (CSV, CSV.gz or Parquet), or download them from an exchange without a key."
_SIDE_WIDTH = 340


class DataManager(QDialog):
    """Shows what is kept; one import, download or deletion at a time, each told in words when it is over."""

    habitsChanged = Signal(object)  # noqa: N815 a Qt signal
    changed = Signal()
    """Something else is shown: other series, another answer, another series chosen."""

    def __init__(self, bench: Bench, habits: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Data manager")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._bench, self._asking = bench, Asking(bench)
        self.table = Table(RowModel(history.COLUMNS, history.key, history.tell), "Kept candles")
        self.import_, self.download = (
            PushButton("Import…", icon_name="file-import-outline"),
            PushButton("Download…", icon_name="download"),
        )
        self.delete, self.close_ = PushButton("Delete…", icon_name="delete-outline"), PushButton("Close")
        self.words, self.report, self.form = side_pages.Words(), side_pages.Words(), side_pages.DownloadPage()
        self._is_loading = False
        self.side, self.strip = QStackedWidget(), ProgressStrip("what is being done")
        self.confirm, self.state = ConfirmStrip(), Note(size_px=12)
        self.form.recall({str(key): str(text) for key, text in habits.items()})
        self._lay_out()
        self._fit(parent)
        self._listen()
        self._show_series()
        self._ask_history()

    def choose_files(self) -> None:
        """Ask for candle files, any number of them."""
        dialog = QFileDialog(self, "Import candles", str(Path.home()), DATA_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.import_files([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_files(self, files: list[Path]) -> None:
        """Take files in, and say of each what came out of it."""
        count = "1 file" if len(files) == 1 else f"{len(files)} files"
        self._work(f"Importing {count}", lambda lab: lab.import_files(files, self.strip.show_progress), self._imported)

    def show_download(self) -> None:
        """Ask what is to be downloaded."""
        self.side.setCurrentWidget(self.form)
        self.form.form.rows["symbol"].editor.take_focus()

    def fetch(self, wanted: DownloadRequest) -> None:
        """Download candles."""
        title = f"Downloading {short(wanted.symbol)} {wanted.timeframe.value} from {source_title(wanted.venue)}"
        self._work(title, lambda lab: lab.download(wanted, self.strip.show_progress), self._fetched)

    def ask_to_delete(self) -> None:
        """Forget the chosen series once the person agrees."""
        row: HistoryRow | None = self.table.selected()
        if row is None:
            return
        series = row.coverage.series
        name = f"{short(series.symbol)} {series.timeframe.value} of {source_title(series.source)}"
        question = (
            f"Delete {row.coverage.candles:,} candles, {name}? Backtests that used them can no longer be redrawn."
        )
        self.confirm.ask(question, "Delete", lambda: self._forget(series, name))

    def done(self, result: int) -> None:
        """Close; what still runs is stopped and keeps nothing."""
        self.habitsChanged.emit(self.form.form.texts())
        self._asking.end()
        super().done(result)

    def _work(self, title: str, work: Any, then: Any) -> None:
        self.strip.begin(title)
        self._say("")
        self._asking.ask("work", work, then, self._failed, self._bench.historyChanged)
        self._show_buttons()

    def _imported(self, reports: tuple[Mapping[str, Any], ...]) -> None:
        count = sum(report["candles"] for report in reports)
        self._over(f"{count:,} candles taken in.")
        self.report.tell(side_pages.import_report_words(reports))
        self.side.setCurrentWidget(self.report)

    def _fetched(self, found: Downloaded) -> None:
        kept = found.coverage
        name = f"{short(kept.series.symbol)} {kept.series.timeframe.value}"
        told = "".join(f" {note}." for note in found.notes)
        self._over(f"{name}: {kept.candles:,} candles are kept now.{told}", Token.WARN if told else Token.T1)
        self.side.setCurrentWidget(self.words)
        self.table.choose(kept.series)
        self._show_series()

    def _forget(self, series: Series, name: str) -> None:
        self._work(
            f"Deleting {name}",
            lambda lab: lab.delete_history(series),
            lambda count: self._over(f"{count:,} candles deleted, {name}."),
        )

    def _failed(self, sentence: str) -> None:
        self._over(sentence, Token.DOWN)

    def _cancel(self) -> None:
        self._asking.drop("work")
        self._over("Stopped; nothing of it is kept.")

    def _over(self, sentence: str, ink: Token = Token.T1) -> None:
        self.strip.end()
        self._say(sentence, ink)
        self._show_buttons()

    def _ask_history(self) -> None:
        self._asking.ask("history", lambda lab: lab.history(), self._show_history, self._failed)

    def _show_history(self, kept: tuple[Coverage, ...]) -> None:
        self._is_loading = True
        self.table.rows.show(history.rows(kept))
        self.table.say_when_empty(EMPTY_TITLE, EMPTY_HINT)
        if kept and self.table.selected() is None:
            self.table.setCurrentIndex(self.table.rows.index(0, 0))
        self._is_loading = False
        self._show_series()

    def _show_series(self) -> None:
        self.words.tell(side_pages.series_words(self.table.selected()))
        self._show_buttons()

    def _choose_series(self, _row: HistoryRow) -> None:
        """A person chose; a table that is filled anew keeps what is shown beside it."""
        if not self._is_loading:
            self.side.setCurrentWidget(self.words)
            self._show_series()

    def _show_buttons(self) -> None:
        is_free = not self._asking.is_open("work")
        for button in (self.import_, self.form.start):
            button.setEnabled(is_free)
        self.delete.setEnabled(is_free and self.table.selected() is not None)
        self.changed.emit()

    def _say(self, sentence: str, ink: Token = Token.T1) -> None:
        self.state.say(sentence, ink)

    def _listen(self) -> None:
        self.import_.clicked.connect(self.choose_files)
        self.download.clicked.connect(self.show_download)
        self.delete.clicked.connect(self.ask_to_delete)
        self.close_.clicked.connect(self.reject)
        self.form.wished.connect(self.fetch)
        self.form.left.connect(lambda: self.side.setCurrentWidget(self.words))
        self.strip.cancelWished.connect(self._cancel)
        self.table.chosen.connect(self._choose_series)
        self._bench.historyChanged.connect(self._ask_history)

    def _fit(self, parent: QWidget | None) -> None:
        room = LARGEST if parent is None else parent.size() - QSize(60, 50)
        self.setMinimumSize(SMALLEST)
        self.resize(room.boundedTo(LARGEST).expandedTo(SMALLEST))

    def _lay_out(self) -> None:
        tools, body, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for button in (self.import_, self.download, self.delete):
            tools.addWidget(button)
            button.setAutoDefault(False)
        tools.addStretch(1)
        self.close_.setAutoDefault(False)
        self.side.addWidget(self.words)
        self.side.addWidget(self.report)
        self.side.addWidget(self.form)
        beside = Pane("", self.side)
        beside.setFixedWidth(_SIDE_WIDTH)
        body.setSpacing(8)
        body.addWidget(Pane("", self.table), 1)
        body.addWidget(beside)
        foot.addWidget(self.strip)
        foot.addWidget(self.state, 1)
        foot.addStretch(0)
        foot.addWidget(self.close_)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addLayout(tools)
        column.addLayout(body, 1)
        column.addWidget(self.confirm)
        column.addLayout(foot)
