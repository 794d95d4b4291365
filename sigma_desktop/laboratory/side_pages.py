"""What stands beside the table of the data manager: a series' gaps, the report of an import, the form of a download."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigma_desktop.laboratory import download_fields, import_words
from sigma_desktop.laboratory.fields import BadText
from sigma_desktop.laboratory.form import Form
from sigma_desktop.models.history import HistoryRow, gap_words, missing_words
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import Kind, PushButton
from sigma_desktop.widgets.note import Note
from sigma_engine import DownloadRequest, short, source_title, system_ms

MOST_GAPS = 200
_LABEL_WIDTH = 84


class Words(QScrollArea):
    """Paragraphs that scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts: list[str] = []
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Details")

    def tell(self, paragraphs: Sequence[tuple[str, Token, bool]]) -> None:
        """Show these: text, colour, and whether it is a heading."""
        self.texts = [text for text, _, _ in paragraphs]
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for text, ink, is_heading in paragraphs:
            note = Note(text, ink, 12, 600 if is_heading else 400)
            note.setContentsMargins(0, 8 if is_heading else 0, 0, 0)
            self._column.insertWidget(self._column.count() - 1, note)


def series_words(row: HistoryRow | None) -> list[tuple[str, Token, bool]]:
    """A series and its gaps, one by one."""
    if row is None:
        return [("The gaps of the series chosen are listed here.", Token.T2, False)]
    kept = row.coverage
    name = f"{short(kept.series.symbol)} {kept.series.timeframe.value}, {source_title(kept.series.source)}"
    told = [(name, Token.T0, True)]
    if not kept.gaps:
        return [*told, (f"All {kept.candles:,} candles are there, without a gap.", Token.T1, False)]
    told.append((f"{missing_words(kept.missing, len(kept.gaps))}:", Token.WARN, False))
    told += [(gap_words(gap, kept.series.timeframe), Token.T1, False) for gap in kept.gaps[:MOST_GAPS]]
    if len(kept.gaps) > MOST_GAPS:
        told.append((f"and {len(kept.gaps) - MOST_GAPS:,} more.", Token.T2, False))
    return told


def import_report_words(reports: Sequence[Mapping[str, Any]]) -> list[tuple[str, Token, bool]]:
    """What came out of each file."""
    told = []
    for report in reports:
        told.append((import_words.title(report), Token.T0, True))
        ink = Token.T1 if import_words.is_clean(report) else Token.WARN
        told += [(text, ink, False) for text in import_words.details(report)]
    return told


class DownloadPage(QWidget):
    """Asks what is to be downloaded; ``wished`` tells once it is sound."""

    wished = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = Form(download_fields.FIELDS, keeps_own=False)
        self.form.show_own(download_fields.defaults(system_ms()))
        for row in self.form.rows.values():
            row.label.setFixedWidth(_LABEL_WIDTH)
        self.start, self.back = PushButton("Download", Kind.PRIMARY, "download"), PushButton("Back")
        self.error = Note(ink=Token.DOWN)
        self.start.clicked.connect(self._wish)
        self.back.clicked.connect(self.left)
        self.form.edited.connect(self._judge)
        for button in (self.start, self.back):
            button.setAutoDefault(False)
        self._lay_out()

    def recall(self, texts: Mapping[str, str]) -> None:
        """Show what was typed before."""
        self.form.show_texts(texts)
        self._judge()

    def request(self) -> DownloadRequest:
        """What is asked for; raises `BadText`."""
        return download_fields.request_of(self.form.texts(), system_ms())

    def _judge(self) -> None:
        try:
            self.request()
            self.error.say("")
        except BadText as error:
            self.error.say("" if self.form.first_error() else str(error))
        self.start.setEnabled(not (self.form.first_error() or self.error.text()))

    def _wish(self) -> None:
        self._judge()
        if self.start.isEnabled():
            self.wished.emit(self.request())

    def _lay_out(self) -> None:
        column, line = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(Note("Download candles", Token.T0, 12, 600))
        column.addWidget(Note("Public data of the exchange, no key needed; candles kept before stay.", Token.T1, 12))
        column.addWidget(self.form)
        column.addWidget(self.error)
        line.addWidget(self.start)
        line.addWidget(self.back)
        line.addStretch(1)
        column.addLayout(line)
        column.addStretch(1)
