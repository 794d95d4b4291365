"""Files of a backtest, none of which is kept: candles in place of the kept ones, minutes inside them, funding rates."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sigma_desktop.laboratory.editors import FilesEditor
from sigma_desktop.laboratory.fields import BadText, Field, Kind, value_of
from sigma_desktop.laboratory.form import Form

_GROUP = "Files, without keeping them"
CANDLES = Field(
    key="candles",
    title="Candle files",
    kind=Kind.FILES,
    group=_GROUP,
    blank="the kept candles",
    hint="CSV, CSV.gz or Parquet, named like BTCUSDT-5m.csv; the backtest runs on them in place of the kept candles.",
)
FROM = Field(key="from", title="From", kind=Kind.MOMENT, group=_GROUP, unit="UTC", blank="the first candle")
UNTIL = Field(key="until", title="Until", kind=Kind.MOMENT, group=_GROUP, unit="UTC", blank="the last candle")
MINUTES = Field(
    key="minutes",
    title="1m candle files",
    kind=Kind.FILES,
    group=_GROUP,
    blank="none",
    hint="They settle which came first inside a longer candle, stop or target.",
)
FUNDING = Field(
    key="funding",
    title="Funding files",
    kind=Kind.FILES,
    group=_GROUP,
    blank="none",
    hint="Rates of the exchange, named like BTCUSDT-funding.csv; where there are none, none are booked.",
)
_FIELDS = (CANDLES, FROM, UNTIL, MINUTES, FUNDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChoice:
    """The files chosen; the span is that of the candle files, None for their ends."""

    candles: tuple[Path, ...]
    minutes: tuple[Path, ...]
    funding: tuple[Path, ...]
    from_ms: int | None
    to_ms: int | None

    @property
    def words(self) -> str:
        """``2 candle files: BTCUSDT-5m.csv and 1 more; the strategy's own markets among them``."""
        first, more = self.candles[0].name, len(self.candles) - 1
        others = f" and {more} more" if more else ""
        count = "1 candle file" if not more else f"{more + 1} candle files"
        return f"{count}: {first}{others}; the strategy's own markets that are in there"


class FileForm(QWidget):
    """Three rows of files, each optional; with candle files the dates between which trading happens."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = Form(_FIELDS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        self.form.edited.connect(self._hear)
        self._show_dates()

    @property
    def has_candles(self) -> bool:
        """Whether candle files stand in for the kept candles."""
        return bool(self.form.rows["candles"].editor.text())

    def choice(self) -> FileChoice:
        """What is chosen; raises `BadText`."""
        texts = self.form.texts()
        if not self.has_candles:
            texts |= {"from": "", "until": ""}
        values = {field.key: value_of(field, texts[field.key]) for field in _FIELDS}
        begin, end = values["from"], values["until"]
        if begin is not None and end is not None and begin >= end:
            raise BadText("Until is not after From; move one of the dates.")
        files = {key: values[key] or () for key in ("candles", "minutes", "funding")}
        return FileChoice(**files, from_ms=begin, to_ms=end)

    def choose_candles(self) -> None:
        """Ask for candle files."""
        editor = self.form.rows["candles"].editor
        assert isinstance(editor, FilesEditor)
        editor.choose()

    def recall(self, texts: Mapping[str, str]) -> None:
        """Show what was chosen before."""
        self.form.show_texts(texts)
        self._show_dates()

    def _hear(self, _key: str) -> None:
        self._show_dates()
        self.edited.emit()

    def _show_dates(self) -> None:
        for key in ("from", "until"):
            self.form.rows[key].setVisible(self.has_candles)
