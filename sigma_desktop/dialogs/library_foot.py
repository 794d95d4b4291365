"""The foot of the library: what can be done with the chosen run, and what came of it in words."""

from enum import Enum
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from sigma_desktop.dialogs.reports import Form
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import Kind, PushButton, ToolButton
from sigma_desktop.widgets.confirm_strip import ConfirmStrip
from sigma_desktop.widgets.elided import ElidedLabel
from sigma_desktop.widgets.news_strip import NewsStrip
from sigma_engine import Check, Progress, TrialSummary


class Examination(Enum):
    """What a run can be checked for."""

    LOOK_AHEAD = "look-ahead"
    WARM_UP = "warm-up"


NOTHING_CHOSEN = "Choose a run to open, check, export or delete it"


class LibraryFoot(QWidget):
    """Asks by signal; `show_run`, `show_check` and their like tell it what to say."""

    opened = Signal()
    checked = Signal(object)
    """An `Examination`."""
    saved = Signal(object)
    """A `Form`."""
    deleted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel(11, 500, Token.T2)
        self.news, self.confirm = NewsStrip(), ConfirmStrip()
        self.open = PushButton("Open", Kind.GHOST, "open-in-app")
        self.look_ahead = ToolButton("eye-off-outline", "Check that no decision saw the future", "Check look-ahead")
        self.warm_up = ToolButton("timer-sand", "Check that enough history precedes the start", "Check warm-up")
        self.report = ToolButton("file-chart-outline", "Save the report and open it in the browser", "Report…")
        self.export = ToolButton("download-outline", "Export the trades or everything", "Export…")
        self.delete = ToolButton("delete-outline", "Delete this run's result", "Delete…")
        self._lay_out()
        self.open.clicked.connect(self.opened)
        self.look_ahead.clicked.connect(lambda: self.checked.emit(Examination.LOOK_AHEAD))
        self.warm_up.clicked.connect(lambda: self.checked.emit(Examination.WARM_UP))
        self.report.clicked.connect(lambda: self.saved.emit(Form.REPORT))
        self.delete.clicked.connect(self.deleted)

    def show_run(self, words: str) -> None:
        """Say ``words`` of the chosen run; none: nothing can be done."""
        self.words.show_text(words or NOTHING_CHOSEN)
        for button in (self.open, self.look_ahead, self.warm_up, self.report, self.export, self.delete):
            button.setEnabled(bool(words))
        if not words:
            self.confirm.hide()

    def show_progress(self, what: str, progress: Progress | None) -> None:
        """``what`` is going on."""
        self.news.show_progress(what, progress)

    def show_check(self, summary: TrialSummary, check: Check) -> None:
        """What the check of a run found: passed or not, in a word and a sentence, case by case on hover."""
        word = "Passed" if check.passed else "Failed"
        sentence = f"{word}, run {summary.number}: {check.text}"
        self.news.show_sentence(sentence, Token.UP if check.passed else Token.DOWN)
        self.news.setToolTip("<br>".join(check.details))

    def show_refusal(self, sentence: str) -> None:
        """What could not be done, and the next step."""
        self.news.show_sentence(sentence)
        self.news.setToolTip("")

    def show_told(self, sentence: str) -> None:
        """What was done."""
        self.news.show_sentence(sentence, Token.T1)
        self.news.setToolTip("")

    def _lay_out(self) -> None:
        self.open.setAutoDefault(False)
        self.open.setToolTip("Show this run in the window (Enter)")
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for form, text in ((Form.TRADES, "Trades as CSV…"), (Form.EVERYTHING, "Everything as JSON…")):
            menu.addAction(text).triggered.connect(partial(self.saved.emit, form))
        self.export.setMenu(menu)
        row, column = QHBoxLayout(), QVBoxLayout(self)
        row.setSpacing(4)
        row.addWidget(self.words, 1)
        for button in (self.look_ahead, self.warm_up, self.report, self.export, self.delete, self.open):
            row.addWidget(button)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.news, self.confirm):
            column.addWidget(widget)
        column.addLayout(row)
