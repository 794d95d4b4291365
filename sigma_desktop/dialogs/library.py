"""All backtests that were ever run here: to find again, to compare, to check, to note, to forget."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sigma_desktop.bridge.bench import Bench
from sigma_desktop.bridge.laboratory import Laboratory, Tell
from sigma_desktop.dialogs.library_foot import Examination, LibraryFoot
from sigma_desktop.dialogs.reports import Form
from sigma_desktop.models import library
from sigma_desktop.models.library import KeptRun
from sigma_desktop.models.rows import RowModel
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import Kind, PushButton
from sigma_desktop.widgets.cell_editor import CellEditor
from sigma_desktop.widgets.elided import ElidedLabel
from sigma_desktop.widgets.table import Table
from sigma_engine import Trial, TrialSummary

SIZE = (1320, 680)
QUIET = "No backtest was run yet", "Choose New backtest in the Backtest menu; every run is kept here."
Work = Callable[[Laboratory], Coroutine[Any, Any, Any]]
NOT_FOUND = "Nothing found", "Look for a part of a strategy's name, a market, a source or a note."


class Library(QDialog):
    """The runs as the laboratory has them; what is asked of it is answered in the dialog itself."""

    opened = Signal(object)
    """A `Trial` is to be shown in the window."""
    forgotten = Signal(str)
    """The trial of this id was deleted."""
    compared = Signal(object)
    """`Trial`s to be set side by side."""
    saved = Signal(object, object)
    """The run of this `TrialSummary` is to be written in this `Form`."""

    def __init__(self, parent: QWidget, bench: Bench, trials_changed: SignalInstance) -> None:
        super().__init__(parent)
        self.setWindowTitle("Library of backtests")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench, self._changes = bench, trials_changed
        self.summaries: tuple[TrialSummary, ...] = ()
        self.ticked: list[str] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._listening = True
        self.search, self.count = QLineEdit(), ElidedLabel(12, 450, Token.T1)
        self.compare = PushButton("Compare", Kind.PRIMARY, "compare-horizontal")
        self.model = RowModel(library.COLUMNS, library.key, library.tell)
        self.table = Table(self.model, "Backtests")
        self.editor = CellEditor(self.table, "Note of the backtest")
        self.foot = LibraryFoot(self)
        self._lay_out()
        self._listen()
        self._show_chosen()
        self.resize(min(SIZE[0], max(560, parent.width() - 60)), min(SIZE[1], max(380, parent.height() - 60)))
        self.reload()

    def reload(self) -> None:
        """Ask for the runs that match what is looked for."""
        words = self.search.text().strip()
        self._ask("list", lambda laboratory: laboratory.trials(words), self._show_runs)

    def chosen(self) -> TrialSummary | None:
        """The run that stands under the cursor."""
        row = self.table.selected()
        return row.summary if row is not None else None

    def tick(self, row: KeptRun) -> None:
        """Tick the run to be compared, or untick it."""
        known = row.summary.trial_id
        self.ticked = [each for each in self.ticked if each != known] if row.ticked else [*self.ticked, known]
        self._show_rows()

    def open_chosen(self) -> None:
        """Show the chosen run in the window."""
        if (summary := self.chosen()) is not None:
            self.open_run(summary)

    def open_run(self, summary: TrialSummary) -> None:
        """Show the run in the window and leave the library."""
        self._ask("open", lambda laboratory: laboratory.trial(summary.trial_id), self._open)

    def compare_ticked(self) -> None:
        """Set the ticked runs side by side, in the order they were ticked."""
        wanted = list(self.ticked)

        async def fetch(laboratory: Laboratory) -> list[Trial]:
            return [await laboratory.trial(trial_id) for trial_id in wanted]

        self._ask("compare", fetch, self.compared.emit)

    def write_note(self, index: QModelIndex) -> None:
        """Write the note of the run at ``index`` in its place."""
        if index.column() == library.NOTE:
            self.editor.begin(index, self.model.row(index.row()).summary.note)

    def ask_to_delete(self) -> None:
        """Forget the chosen run, if the person says so once more."""
        summary = self.chosen()
        if summary is None:
            return
        question = (
            f"Delete the result of run {summary.number}, {summary.strategy}? It cannot be brought back, "
            "and it stays counted as a trial of its family."
        )
        self.foot.confirm.ask(question, "Delete", lambda: self._delete(summary))

    def check(self, examination: Examination) -> None:
        """Have the chosen run examined; what comes of it stands at the foot."""
        summary = self.chosen()
        if summary is None:
            return
        what = f"Checking the {examination.value} of run {summary.number}"
        tell: Tell = partial(self.foot.show_progress, what)
        works: dict[Examination, Work] = {
            Examination.LOOK_AHEAD: lambda laboratory: laboratory.check_look_ahead(summary.trial_id, tell),
            Examination.WARM_UP: lambda laboratory: laboratory.check_warm_up(summary.trial_id, tell),
        }
        self.foot.show_progress(what, None)
        self._ask("check", works[examination], partial(self.foot.show_check, summary))

    def done(self, result: int) -> None:
        """Leave; nothing is waited for any more."""
        self.editor.keep()
        for name in list(self._tasks):
            self._stop(name)
        if self._listening:
            self._listening = False
            self._changes.disconnect(self.reload)
        super().done(result)

    def _show_runs(self, summaries: tuple[TrialSummary, ...]) -> None:
        self.summaries = summaries
        if not self.search.text().strip():  # what is merely not found stays ticked
            known = {summary.trial_id for summary in summaries}
            self.ticked = [each for each in self.ticked if each in known]
        self.count.show_text(library.counted(summaries))
        self.table.say_when_empty(*(NOT_FOUND if self.search.text().strip() else QUIET))
        self._show_rows()

    def _show_rows(self) -> None:
        self.model.show(library.rows(self.summaries, self.ticked))
        count = len(self.ticked)
        self.compare.setText(library.compare_words(count))
        self.compare.setEnabled(library.FEWEST <= count <= library.MOST)
        self.compare.setToolTip(library.compare_tip(count))
        self._show_chosen()

    def _show_chosen(self) -> None:
        summary = self.chosen()
        self.foot.show_run("" if summary is None else library.family_words(summary, self.summaries))

    def _open(self, trial: Trial) -> None:
        self.opened.emit(trial)
        self.accept()

    def _note(self, trial_id: str, note: str) -> None:
        self._ask("note", lambda laboratory: laboratory.annotate(trial_id, note), lambda _: None, changes=self._changes)

    def _delete(self, summary: TrialSummary) -> None:
        trial_id = summary.trial_id
        self._ask(
            "delete",
            lambda laboratory: laboratory.delete_trial(trial_id),
            lambda _: self.forgotten.emit(trial_id),
            changes=self._changes,
        )

    def _ask(self, name: str, work: Work, then: Callable[[Any], object], changes: SignalInstance | None = None) -> None:
        """Ask, and tell a refusal at the foot; of what changes nothing only the newest question is waited for."""
        if changes is None:
            self._stop(name)
        task = self._bench.ask(work, then, self.foot.show_refusal, changes)
        if changes is None:
            self._tasks[name] = task

    def _stop(self, name: str) -> None:
        if (task := self._tasks.pop(name, None)) is not None:
            task.cancel()

    def _actions(self, row: KeptRun) -> list[QAction]:
        deeds = (
            ("Open", lambda: self.open_run(row.summary)),
            ("Untick" if row.ticked else "Tick to compare", lambda: self.tick(row)),
            ("Write the note", lambda: self.write_note(self.table.currentIndex().siblingAtColumn(library.NOTE))),
            ("Delete…", self.ask_to_delete),
        )
        made = []
        for text, deed in deeds:
            action = QAction(text, self.table)
            action.triggered.connect(lambda _checked=False, deed=deed: deed())
            made.append(action)
        return made

    def _listen(self) -> None:
        self._changes.connect(self.reload)
        self.search.textChanged.connect(self.reload)
        self.table.menu_actions = self._actions
        self.table.chosen.connect(lambda _row: self._show_chosen())
        self.table.opened.connect(lambda row: self.open_run(row.summary))
        self.table.pressed.connect(lambda row, _column: self.tick(row))
        self.table.clicked.connect(self.write_note)
        self.editor.written.connect(self._note)
        self.compare.clicked.connect(self.compare_ticked)
        self.foot.opened.connect(self.open_chosen)
        self.foot.checked.connect(self.check)
        self.foot.saved.connect(self._save)
        self.foot.deleted.connect(self.ask_to_delete)

    def _save(self, form: Form) -> None:
        if (summary := self.chosen()) is not None:
            self.saved.emit(summary, form)

    def _lay_out(self) -> None:
        self.search.setPlaceholderText("Search strategy, market, source or note")
        self.search.setAccessibleName("Search the library")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(280)
        self.compare.setAutoDefault(False)
        top, column = QHBoxLayout(), QVBoxLayout(self)
        top.setSpacing(12)
        top.addWidget(self.search)
        top.addWidget(self.count, 1)
        top.addWidget(self.compare)
        column.setContentsMargins(14, 12, 14, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.foot)
