"""The range of a backtest: quick choices, two handles over the coverage, two dates; all three always agree."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from sigma_desktop.laboratory.fields import BadText, Field, Kind, moment_text, value_of
from sigma_desktop.laboratory.form import Form
from sigma_desktop.models.history import Moments, Spans, day
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.coverage import DAY_MS, RangePicker

ALL, OWN = "all", "own"
_QUICK = (("30", "30 days"), ("90", "90 days"), ("365", "1 year"), (ALL, "All"))
_FROM = Field(key="from", title="From", kind=Kind.MOMENT, unit="UTC", blank="the first candle")
_UNTIL = Field(
    key="until", title="Until", kind=Kind.MOMENT, unit="UTC", blank="the last candle", hint="The first moment left out."
)


class RangeForm(QWidget):
    """Where trading begins and ends; remembers a quick choice as such, so that it moves along with the data."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole: Moments | None = None
        self._quick = ALL
        self.picker, self.dates = RangePicker(), Form((_FROM, _UNTIL), keeps_own=False)
        self.buttons = QButtonGroup(self)
        self.buttons.setExclusive(False)
        self._lay_out()
        for row in self.dates.rows.values():
            row.label.setFixedWidth(44)
        self.picker.picked.connect(self._take_picked)
        self.dates.edited.connect(self._take_typed)

    @property
    def quick(self) -> str:
        """The quick choice: its days, ``all``, or ``own`` for what was picked or typed."""
        return self._quick

    def show_history(self, whole: Moments | None, spans: Spans) -> None:
        """The time that can be chosen from."""
        self._whole = whole
        if whole is not None:
            self.picker.show_history(whole, spans)
        self._settle()

    def choose(self, quick: str) -> None:
        """Take one of the quick choices."""
        self._quick = quick
        self._settle()
        self.edited.emit()

    def moments(self) -> tuple[int | None, int | None]:
        """From and until, None for the ends of what there is; raises `BadText`."""
        if self._quick == ALL or self._whole is None:
            return None, None
        texts = self.dates.texts()
        begin, end = value_of(_FROM, texts["from"]), value_of(_UNTIL, texts["until"])
        self._check(begin, end, self._whole)
        return begin, end

    def within(self) -> Moments | None:
        """The range in full; raises `BadText`."""
        if self._whole is None:
            return None
        begin, end = self.moments()
        return self._whole[0] if begin is None else begin, self._whole[1] if end is None else end

    def habits(self) -> dict[str, Any]:
        """What was chosen, as JSON knows it."""
        return {"quick": self._quick, **self.dates.texts()}

    def recall(self, habits: Mapping[str, Any]) -> None:
        """Choose what was chosen before."""
        self._quick = str(habits.get("quick", ALL))
        self.dates.show_texts({key: str(habits.get(key, "")) for key in ("from", "until")})
        self._settle()

    @staticmethod
    def _check(begin: int | None, end: int | None, whole: Moments) -> None:
        if begin is not None and end is not None and begin >= end:
            raise BadText(f"The range ends on {day(end)}, before it has begun; move one of the dates.")
        if begin is not None and begin >= whole[1]:
            raise BadText(f"Nothing is kept after {day(whole[1])}; begin earlier, or fetch more candles.")
        if end is not None and end <= whole[0]:
            raise BadText(f"Nothing is kept before {day(whole[0])}; end later, or fetch more candles.")

    def _settle(self) -> None:
        """Have handles and dates show the choice."""
        for button in self.buttons.buttons():
            button.setChecked(button.property("quick") == self._quick)
        if self._whole is None:
            return
        begin, end = self._whole
        if self._quick not in (ALL, OWN):
            begin = max(begin, end - int(self._quick) * DAY_MS)
        if self._quick != OWN:
            self.dates.show_texts({"from": moment_text(begin), "until": moment_text(end)})
        self._move_handles()

    def _move_handles(self) -> None:
        try:
            within = self.within()
        except BadText:
            within = self._whole
        if within is not None:
            self.picker.show_range(within)

    def _take_picked(self, picked: Moments) -> None:
        self.dates.show_texts({"from": moment_text(picked[0]), "until": moment_text(picked[1])})
        self.choose(OWN)

    def _take_typed(self) -> None:
        self.choose(OWN)

    def _lay_out(self) -> None:
        line, dates = QHBoxLayout(), QHBoxLayout()
        line.setSpacing(2)
        for quick, words in _QUICK:
            button = ToolButton("", f"The last {words}" if quick != ALL else "All that is kept", words)
            button.setCheckable(True)
            button.setProperty("quick", quick)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _on, quick=quick: self.choose(quick))
            self.buttons.addButton(button)
            line.addWidget(button)
        line.addStretch(1)
        form = self.dates.layout()
        assert isinstance(form, QVBoxLayout)
        for row in self.dates.rows.values():
            form.removeWidget(row)
            dates.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        form.addLayout(dates)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.picker)
        column.addWidget(self.dates)
