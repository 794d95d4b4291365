"""The strategy of a backtest: which one, and its form; the engine checks every change a moment after it was typed."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigma_desktop.bridge.asking import Asking
from sigma_desktop.bridge.bench import Bench
from sigma_desktop.laboratory.editors import Choice
from sigma_desktop.laboratory.fields import BadText
from sigma_desktop.laboratory.form import Form
from sigma_desktop.laboratory.strategy_fields import changed_document, fields_of, key_named, texts_of, with_title
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.note import Note

PAUSE_MS = 150
"""So long after the last key the engine is asked."""
FILES = "Strategies (*.json);;All files (*)"

Document = Mapping[str, Any]


class StrategyPane(QWidget):
    """Chooses a strategy and changes it; changes are kept by strategy, also while another one is shown."""

    changed = Signal()
    """Another strategy, another value, or the engine's answer to one."""
    loaded = Signal(object)
    """The document of the strategy chosen, as it is by itself."""

    def __init__(self, bench: Bench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asking = Asking(bench)
        self._own: Document | None = None
        self._checked: Document | None = None
        self._data: Document = {}
        self._wanted = self._otherwise = ""
        self._edits: dict[str, dict[str, str]] = {}
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._check)
        self.names, self.form = Choice("Strategy"), Form()
        self.open_file = ToolButton("folder-open-outline", "Open a strategy file", "File…")
        self.reset = ToolButton("restore", "Reset every change", "Reset")
        self.error = Note(ink=Token.DOWN, size_px=12)
        self._lay_out()
        self.names.activated.connect(lambda _at: self.choose(self.names.currentData()))
        self.open_file.clicked.connect(self.choose_file)
        self.reset.clicked.connect(self._take_back)
        self.form.edited.connect(self._hear)

    @property
    def name(self) -> str:
        """The strategy shown: its name, or the path of its file."""
        return self._wanted

    @property
    def is_checking(self) -> bool:
        """Whether the engine has yet to say what it thinks of it."""
        return self._soon.isActive() or any(map(self._asking.is_open, ("names", "document", "check")))

    def strategy(self) -> str:
        """What a request names it by: the name where nothing was changed, else the whole document.

        Raises `BadText` while there is none that is sound.
        """
        if problem := self.form.first_error() or self.error.text():
            raise BadText(problem)
        if self._own is None or self._checked is None:
            raise BadText("The strategy is being read.")
        return json.dumps(dict(self._checked)) if self.form.changes() else self._wanted

    def begin(self, habits: Mapping[str, Any], otherwise: str = "") -> None:
        """Ask which strategies there are and show the one of last time with its changes; the first time ``otherwise``,
        where there is such a one."""
        self._wanted, self._otherwise = str(habits.get("strategy", "")), otherwise
        self._edits = {str(name): dict(texts) for name, texts in habits.get("edits", {}).items()}
        self._asking.ask("names", lambda lab: lab.strategies(), self._show_names, self._refuse)

    def habits(self) -> dict[str, Any]:
        """The strategy and all changes, as JSON knows them."""
        self._keep_edits()
        return {"strategy": self._wanted, "edits": self._edits}

    def use_data(self, symbols: tuple[str, ...], timeframe: str) -> None:
        """Check the strategy on these markets and candles; without any on its own."""
        data: Document = {"symbols": list(symbols), "timeframe": timeframe} if symbols else {}
        if data != self._data:
            self._data = data
            self._check_soon()

    def choose(self, name: str) -> None:
        """Show another strategy."""
        self._keep_edits()
        self._wanted, self._own, self._checked = name, None, None
        if not self.names.choose(name):
            self.names.addItem(Path(name).name, name)
            self.names.choose(name)
        self._asking.ask("document", lambda lab: lab.strategy_document(name), self._show_document, self._refuse)
        self.changed.emit()

    def choose_file(self) -> None:
        """Ask for a strategy file."""
        dialog = QFileDialog(self, "Open strategy", str(Path.home()), FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.choose)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def end(self) -> None:
        """Ask nothing more."""
        self._soon.stop()
        self._asking.end()

    def _show_names(self, names: tuple[str, ...]) -> None:
        for name in names:
            self.names.addItem(name, name)
        if names or self._wanted:
            self.choose(self._wanted or (self._otherwise if self._otherwise in names else names[0]))

    def _show_document(self, document: Document) -> None:
        self._own = document
        self.form.rebuild(fields_of(document))
        self.form.follow(self.reset)
        self.form.show_own(texts_of(document))
        self.form.show_texts(self._edits.get(self._wanted, {}))
        self.error.say("")
        self.loaded.emit(document)
        self._hear()

    def _hear(self) -> None:
        count = len(self.form.changes())
        self.reset.setEnabled(bool(count))
        self.reset.setText(f"Reset {count}" if count else "Reset")
        self._check_soon()

    def _check_soon(self) -> None:
        self._checked = None
        self._soon.start()
        self.changed.emit()

    def _check(self) -> None:
        """Have the engine look at the whole; what is no value at all is left out and said already."""
        self.form.refresh()
        self.error.say("")
        if self._own is None:
            return
        whole = changed_document(self._own, self.form.sound_changes()) | dict(self._data)
        self._asking.ask("check", lambda lab: lab.check_document(whole), self._accept, partial(self._object, whole))

    def _accept(self, checked: Document) -> None:
        self._checked = checked
        self.changed.emit()

    def _object(self, whole: Document, sentence: str) -> None:
        """Say it beside the field it is about, or above the form."""
        row = self.form.rows.get(key_named(sentence, whole))
        if row is None:
            self.error.say(sentence)
        else:
            row.say(with_title(sentence, row.field))
        self.changed.emit()

    def _refuse(self, sentence: str) -> None:
        """The strategy could not be read."""
        self.form.rebuild(())
        self.error.say(sentence)
        self.changed.emit()

    def _take_back(self) -> None:
        if self._own is not None:
            self.form.show_own(texts_of(self._own))
            self._hear()

    def _keep_edits(self) -> None:
        if self._own is None or not self._wanted:
            return
        if changes := self.form.changes():
            self._edits[self._wanted] = changes
        else:
            self._edits.pop(self._wanted, None)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.names, 1)
        top.addWidget(self.open_file)
        top.addWidget(self.reset)
        area, inside = QScrollArea(), QWidget()
        padded = QVBoxLayout(inside)
        padded.setContentsMargins(0, 0, 10, 8)
        padded.addWidget(self.form)
        padded.addStretch(1)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.error)
        column.addWidget(area, 1)
