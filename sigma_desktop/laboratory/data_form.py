"""The data of a backtest: source, candle length, markets with their coverage, and the range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigma_desktop.laboratory.editors import Choice
from sigma_desktop.laboratory.fields import BadText
from sigma_desktop.laboratory.form import heading
from sigma_desktop.laboratory.market_row import ROW_HEIGHT, MarketRow
from sigma_desktop.laboratory.range_form import RangeForm
from sigma_desktop.models import history
from sigma_desktop.models.history import Moments, Spans
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.note import Note
from sigma_desktop.widgets.tick import Tick
from sigma_engine import Coverage, Timeframe, short

_MOST_ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DataChoice:
    """What was chosen; ``candles`` are those of all markets within the range, ``gaps`` says what is missing there."""

    source: str
    timeframe: Timeframe
    symbols: tuple[str, ...]
    from_ms: int | None
    to_ms: int | None
    within: Moments
    minutes: bool
    candles: int
    gaps: str

    @property
    def words(self) -> str:
        """``3 markets, 5m candles, 1 Jan 2025 to 13 Apr 2025: 75,996 candles``."""
        count = len(self.symbols)
        markets = "1 market" if count == 1 else f"{count} markets"
        begin, end = (history.day(at) for at in self.within)
        return f"{markets}, {self.timeframe.value} candles, {begin} to {end}: {self.candles:,} candles"


class DataForm(QWidget):
    """Chooses among the series that are kept; nothing else can be chosen, so nothing else can be wrong."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: tuple[Coverage, ...] = ()
        self._preferred: tuple[tuple[str, ...], str] = ((), "")
        self._wanted: dict[str, Any] = {}
        self._is_source_picked = False
        self.source, self.timeframe = Choice("Source of the candles"), Choice("Candle length")
        self.rows: list[MarketRow] = []
        self.range = RangeForm()
        self.minutes = Tick("1m candles inside")
        self.note, self.error = Note(ink=Token.WARN), Note(ink=Token.DOWN)
        self.minutes_note = Note()
        self.more = ToolButton("database-outline", "Open the data manager for more candles", "More…")
        self._markets = QVBoxLayout()
        self._lay_out()
        self.source.activated.connect(lambda _at: self._pick_source())
        self.timeframe.activated.connect(lambda _at: self._show_markets())
        self.minutes.clicked.connect(lambda _on: self._tell())
        self.range.edited.connect(self._tell)

    def show_history(self, kept: Sequence[Coverage]) -> None:
        """Offer these series; what was chosen stays chosen where it is still there."""
        if self._kept:
            self._wanted = self.habits()
        self._kept = tuple(kept)
        self.source.clear()
        for name, title in history.sources(self._kept).items():
            self.source.addItem(title, name)
        if not self.source.choose(self._wanted.get("source")):
            self.source.setCurrentIndex(0 if self._kept else -1)
        self._show_source()

    def prefer(self, symbols: Sequence[str], timeframe: str) -> None:
        """What the strategy asks for, taken where nobody has chosen otherwise."""
        self._preferred = tuple(symbols), timeframe
        if "symbols" not in self._wanted and self._kept:
            self._show_source()

    def choice(self) -> DataChoice:
        """What is chosen; raises `BadText`."""
        chosen = [row.coverage for row in self.rows if row.box.isChecked()]
        if not chosen:
            raise BadText("No market is chosen; tick at least one.")
        within = self.range.within()
        assert within is not None
        counts = {each.series.symbol: history.candles_within(each, within) for each in chosen}
        for symbol, count in counts.items():
            if not count:
                raise BadText(
                    f"{short(symbol)} has no candles in this range; leave it out, choose another range or fetch more."
                )
        begin, end = self.range.moments()
        return DataChoice(
            source=str(self.source.currentData()),
            timeframe=Timeframe(self.timeframe.currentData()),
            symbols=tuple(counts),
            from_ms=begin,
            to_ms=end,
            within=within,
            minutes=self.minutes.isChecked() and self.minutes.isEnabled(),
            candles=sum(counts.values()),
            gaps=_gaps_in_words(chosen, within),
        )

    def habits(self) -> dict[str, Any]:
        """What was chosen, as JSON knows it; before anything could be chosen, what was chosen before.

        A source nobody has picked is not among it: the next time the best one there is then stands first.
        """
        if not self._kept:
            return self._wanted
        return {
            **({"source": self.source.currentData()} if self._is_source_picked else {}),
            "timeframe": self.timeframe.currentData(),
            "symbols": [row.coverage.series.symbol for row in self.rows if row.box.isChecked()],
            "minutes": self.minutes.isChecked(),
            "range": self.range.habits(),
        }

    def recall(self, habits: Mapping[str, Any]) -> None:
        """Choose what was chosen before, as soon as it is there."""
        self._wanted = dict(habits)
        self._is_source_picked = "source" in habits
        self.minutes.setChecked(bool(habits.get("minutes", False)))
        self.range.recall(habits.get("range", {}))

    def tick(self, on: bool) -> None:
        """Tick every market, or none."""
        for row in self.rows:
            row.box.setChecked(on)
        self._show_range()
        self._tell()

    def _pick_source(self) -> None:
        self._is_source_picked = True
        self._show_source()

    def _show_source(self) -> None:
        self.timeframe.clear()
        for timeframe in history.timeframes(self._kept, str(self.source.currentData())):
            self.timeframe.addItem(timeframe.value, timeframe.value)
        for wanted in (self._wanted.get("timeframe"), self._preferred[1]):
            if self.timeframe.choose(wanted):
                break
        else:
            self.timeframe.setCurrentIndex(0 if self.timeframe.count() else -1)
        self._show_markets()

    def _show_markets(self) -> None:
        for row in self.rows:
            self._markets.removeWidget(row)
            row.hide()
            row.deleteLater()
        length = self.timeframe.currentData()
        found = history.of(self._kept, str(self.source.currentData()), Timeframe(length) if length else None)
        whole = history.whole_of(found.values()) or (0, 1)
        self.rows = [MarketRow(coverage, whole) for coverage in found.values()]
        ticked = self._ticked(tuple(found))
        before: QWidget = self.nothing
        for row in self.rows:
            row.box.setChecked(row.coverage.series.symbol in ticked)
            row.box.clicked.connect(lambda _on: self._market_clicked())
            self._markets.addWidget(row)
            self.setTabOrder(before, row.box)
            before = row.box
        self._area.setFixedHeight(ROW_HEIGHT * min(_MOST_ROWS, max(1, len(self.rows))))
        self._show_minutes()
        self._show_range()
        self._tell()

    def _ticked(self, there: tuple[str, ...]) -> set[str]:
        for wanted in (self._wanted.get("symbols", ()), self._preferred[0]):
            if found := set(wanted) & set(there):
                return found
        return set(there)

    def _market_clicked(self) -> None:
        self._wanted = self.habits()
        self._show_range()
        self._tell()

    def _show_range(self) -> None:
        chosen = [row.coverage for row in self.rows if row.box.isChecked()] or [row.coverage for row in self.rows]
        whole = history.whole_of(chosen)
        self.range.show_history(whole, _together(chosen, whole) if whole else ())
        self._show_minutes()

    def _show_minutes(self) -> None:
        chosen = {row.coverage.series.symbol for row in self.rows if row.box.isChecked()}
        there = chosen & set(history.of(self._kept, str(self.source.currentData()), Timeframe.M1))
        is_minute = self.timeframe.currentData() == Timeframe.M1.value
        self.minutes.setEnabled(bool(there) and not is_minute)
        told = (
            f"Settles which came first inside a candle, stop or target; kept for {len(there)} of {len(chosen)} markets."
        )
        missing = "No 1m candles of these markets are kept under this source; the stop is assumed to come first."
        self.minutes_note.say("" if is_minute or not chosen else told if there else missing)

    def _tell(self) -> None:
        try:
            chosen = self.choice() if self.rows else None
            self.error.say("")
            self.note.say(chosen.gaps if chosen else "")
        except BadText as error:
            self.error.say("" if self.range.dates.first_error() else str(error))
            self.note.say("")
        for row in self.rows:
            row.bar.setEnabled(row.box.isChecked())
        self.edited.emit()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        everything, self.nothing = ToolButton("", "Tick every market", "All"), ToolButton("", "Tick no market", "None")
        everything.clicked.connect(lambda: self.tick(True))
        self.nothing.clicked.connect(lambda: self.tick(False))
        self.source.setMinimumWidth(190)
        top.addWidget(self.source)
        top.addWidget(self.timeframe)
        top.addWidget(self.more)
        top.addStretch(1)
        top.addWidget(everything)
        top.addWidget(self.nothing)
        self._area = QScrollArea()
        inside = QWidget()
        inside.setLayout(self._markets)
        self._markets.setContentsMargins(0, 0, 0, 0)
        self._markets.setSpacing(0)
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(heading("Candles"))
        column.addLayout(top)
        column.addWidget(self._area)
        column.addWidget(self.range)
        for widget in (self.note, self.error, self.minutes, self.minutes_note):
            column.addWidget(widget)


def _together(coverages: Sequence[Coverage], whole: Moments) -> Spans:
    """Where at least one of the series has candles."""
    parts = sorted(part for each in coverages for part in history.spans(each, whole))
    joined: list[tuple[float, float]] = []
    for first, last in parts:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def _gaps_in_words(coverages: Sequence[Coverage], within: Moments) -> str:
    """What is missing in the range and what becomes of it; empty where nothing is."""
    holes = [(each, gaps) for each in coverages if (gaps := history.gaps_within(each, within))]
    if not holes:
        return ""
    missing = sum(gap.missing for _, gaps in holes for gap in gaps)
    names = ", ".join(short(each.series.symbol) for each, _ in holes)
    return (
        f"{missing:,} candles are missing in this range ({names}): a gap of up to a day is filled with flat candles, "
        "a longer one cuts the series."
    )
