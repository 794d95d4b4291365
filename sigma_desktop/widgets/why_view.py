"""Why one market was decided as it was: the verdict, the scores, nine phases, and every line behind them."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from sigma_desktop.models import phases, why
from sigma_desktop.models.cells import Cell
from sigma_desktop.models.rows import RowModel
from sigma_desktop.models.signals import SignalRow, action_cell
from sigma_desktop.models.why import Digits, Explained, LineKind
from sigma_desktop.theme.format import clock_time
from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.delegates import paint_pill, pill_width
from sigma_desktop.widgets.score_bars import ScoreBars
from sigma_desktop.widgets.table import QWIDGETSIZE_MAX, Table
from sigma_desktop.widgets.wrapping import fit_height
from sigma_engine import Signal as MarketSignal
from sigma_engine import short

ROW_HEIGHT, PHASE_HEIGHT = 24, 21
LOW_PX = 320
"""Heights below this have no room for a long sentence, which the tooltip has whole."""
TALL_PX = 520
"""From this height on the phases and everything behind them are seen at once."""
ROOMY_PX = 460
"""Narrower than this the button of the forming candle is its icon alone."""
TOLD_PX = 400
"""Narrower than this the candle is told by its hour and minute alone."""
LINES, LINES_WHEN_LOW = 4, 2
MARGIN_PX = 10


class WhyView(QWidget):
    """Explains a `SignalRow`; the person chooses between the closed candle and the forming one."""

    left = Signal()
    """Back to the list was asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = SignalRow("", None, None)
        self._digits = Digits(2, 4)
        self._kinds: tuple[LineKind, ...] = ()
        self.back = ToolButton("arrow-left", "Back to all signals")
        self.pill = PillLabel()
        self.market, self.when, self.sentence = QLabel(), QLabel(), QLabel()
        self.forming = ToolButton("progress-clock", "Show what the forming candle would say", "Forming")
        self.details = ToolButton("", "Show every reading, vote, gate and cap behind the nine phases", "Details")
        self.scores = ScoreBars()
        self.phase_model = RowModel(phases.COLUMNS, phases.key, phases.tell)
        self.phases = Table(self.phase_model, "Nine phases", PHASE_HEIGHT)
        self.model = RowModel(why.COLUMNS, why.key, why.tell)
        self.table = Table(self.model, "Why", ROW_HEIGHT)
        self._dress()
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.forming.toggled.connect(lambda _: self._paint())
        self.details.toggled.connect(lambda _: self._make_room())

    def show_row(self, row: SignalRow, digits: Digits) -> None:
        """Explain ``row``."""
        if (row, digits) != (self._row, self._digits):
            self._row, self._digits = row, digits
            self._paint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is low either the phases are seen or what lies behind them."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        signal = self._shown()
        shown = signal is not None
        if signal is not None:
            self._tell_when(signal)
        is_low, is_tall = self.height() < LOW_PX, self.height() >= TALL_PX
        detailed = self.details.isChecked()
        self.forming.setText("Forming" if self.width() >= ROOMY_PX else "")
        self.details.setVisible(not is_tall and shown)
        self.phases.setVisible(shown and (is_tall or not detailed))
        self.table.setVisible(not shown or is_tall or detailed)
        rows = PHASE_HEIGHT * self.phase_model.rowCount() + 1
        self.phases.setMaximumHeight(rows if is_tall else QWIDGETSIZE_MAX)
        self.phases.setMinimumHeight(rows if is_tall else 2 * PHASE_HEIGHT)
        most = self.sentence.fontMetrics().lineSpacing() * (LINES_WHEN_LOW if is_low else LINES)
        fit_height(self.sentence, self.width() - 2 * MARGIN_PX, most)

    def _paint(self) -> None:
        row = self._row
        self.forming.setEnabled(row.preview is not None)
        signal = self._shown()
        self.market.setText(short(row.symbol))
        for part in (self.pill, self.scores):
            part.setVisible(signal is not None)
        self._make_room()
        if signal is None:
            self._paint_nothing()
        else:
            self._paint_signal(signal)

    def _tell_when(self, signal: MarketSignal) -> None:
        told = "forming" if signal.preview else clock_time(signal.at_ms)
        brief = "" if signal.preview else told[:5]
        self.when.setText(f"{told} · {signal.regime.value}" if self.width() >= TOLD_PX else brief)

    def _shown(self) -> MarketSignal | None:
        decided = self._row.decision.signal if self._row.decision else None
        return self._row.preview if self.forming.isChecked() and self._row.preview else decided

    def _paint_nothing(self) -> None:
        self.when.clear()
        self.sentence.setText("Nothing is decided yet." if self._row.symbol else "")
        self.phase_model.show(())
        self.model.show(())
        self.table.say_when_empty("The reasons appear here", "with every reading, vote and gate, once a candle closes.")

    def _paint_signal(self, signal: MarketSignal) -> None:
        decision = None if signal.preview else self._row.decision
        self.pill.show_cell(action_cell(signal.action))
        told = why.verdict(decision, self._digits) if decision else why.forming_verdict(signal)
        self._say(told, signal.preview)
        self.scores.show_scores(signal.long_score, signal.short_score, signal.threshold, signal.margin)
        told_phases = phases.phase_lines(signal, decision)
        self.phase_model.show(told_phases)
        self._make_room()
        preview = None if signal.preview else self._row.preview
        self.model.show(why.lines(Explained(signal, decision, preview), told_phases, self._digits))
        self._span()

    def _say(self, told: str, forming: bool) -> None:
        face = QFont(font(12, 400 if forming else 500))
        face.setItalic(forming)
        self.sentence.setFont(face)
        self.sentence.setText(told)
        self.sentence.setToolTip(told)
        self._make_room()
        self.sentence.setStyleSheet(f"color: {value(Token.T1 if forming else Token.T0)}")

    def _span(self) -> None:
        kinds = tuple(self.model.row(at).kind for at in range(self.model.rowCount()))
        if kinds == self._kinds:
            return
        self._kinds = kinds
        self.table.clearSpans()
        for at, kind in enumerate(kinds):
            if kind is LineKind.FACT:
                self.table.setSpan(at, 1, 1, 3)
            elif kind in (LineKind.GATE, LineKind.CAP, LineKind.VETO):
                self.table.setSpan(at, 2, 1, 2)

    def _dress(self) -> None:
        for table in (self.phases, self.table):
            table.horizontalHeader().hide()
            table.setMinimumHeight(2 * ROW_HEIGHT)
        self.details.setCheckable(True)
        self.market.setFont(font(13, 600))
        self.when.setFont(font(11, 450))
        self.when.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.when.setStyleSheet(f"color: {value(Token.T2)}")
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setFont(font(12, 500))
        self.forming.setCheckable(True)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(7)
        for part in (self.back, self.pill, self.market, self.when):
            top.addWidget(part)
        top.setStretchFactor(self.when, 1)
        top.addWidget(self.details)
        top.addWidget(self.forming)
        card = QVBoxLayout()
        card.setContentsMargins(MARGIN_PX, 4, MARGIN_PX, 6)
        card.setSpacing(5)
        card.addLayout(top)
        for widget in (self.sentence, self.scores):
            card.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(card)
        column.addWidget(self.phases, 1)
        column.addWidget(self.table, 1)


class PillLabel(QWidget):
    """One pill, painted as in the tables."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell = Cell()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_cell(self, cell: Cell) -> None:
        """Paint ``cell``."""
        self._cell = cell
        self.setAccessibleName(cell.text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        return QSize(pill_width(self._cell.text), 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pill at the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_pill(painter, self.rect(), self._cell, Qt.AlignmentFlag.AlignLeft)
        painter.end()
