"""A form made from fields: groups, rows, what is wrong said beside it, what was changed marked and taken back."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sigma_desktop.laboratory.editors import HEIGHT, editor_of
from sigma_desktop.laboratory.fields import BadText, Field, Kind, value_of
from sigma_desktop.laboratory.strategy_fields import meaning
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.note import Note

LABEL_WIDTH = 176
_MARK = 10


class Label(QWidget):
    """The name of a field, with a mark before it where it differs from the strategy's own value."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._marked = title, False
        self.setFixedSize(LABEL_WIDTH, HEIGHT)

    @property
    def is_marked(self) -> bool:
        """Whether the field is shown as changed."""
        return self._marked

    def mark(self, on: bool) -> None:
        """Show the field as changed, or not."""
        if on != self._marked:
            self._marked = on
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A bar at the left and the name in bold where changed."""
        painter = QPainter(self)
        if self._marked:
            painter.fillRect(0, 6, 3, self.height() - 12, color(Token.ACCENT))
        painter.setFont(font(12, 600 if self._marked else 400))
        painter.setPen(color(Token.T0 if self._marked else Token.T1))
        room = self.rect().adjusted(_MARK, 0, -4, 0)
        text = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


class Row(QWidget):
    """One field: name, editor, unit, the way back, and below what it means or what is wrong with it."""

    edited = Signal(str)

    def __init__(self, field: Field, keeps_own: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self._own, self._keeps_own = field, "", keeps_own
        self.label, self.editor = Label(field.title), editor_of(field)
        self.label.setToolTip(field.hint)
        self.unit = Note(field.unit, Token.T2)
        self.unit.setWordWrap(False)
        self.unit.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.back = ToolButton("restore", f"Reset {field.title} to the strategy's own")
        self.back.setFixedSize(HEIGHT, HEIGHT)
        self.says, self.error = Note(), Note(ink=Token.DOWN)
        self.back.clicked.connect(self._take_back)
        self.editor.edited.connect(self._hear)
        self._lay_out()
        self.show_own("")

    @property
    def is_changed(self) -> bool:
        """Whether it differs from its own value."""
        return self.editor.text().strip() != self._own.strip()

    def show_own(self, own: str) -> None:
        """Take ``own`` as the value that it is compared with, and show it."""
        self._own = own
        self.back.setToolTip(f"Back to {own or self.field.blank or 'nothing'}")
        self.show_text(own)

    def show_text(self, text: str) -> None:
        """Show ``text``, as if a person had typed it, without telling anybody."""
        self.editor.set_text(text)
        self._refresh()

    def say(self, error: str) -> None:
        """Show what is wrong; empty where nothing is."""
        self.error.say(error)
        self.editor.setAccessibleDescription(error)

    def say_beside(self, words: str) -> None:
        """Tell more of the field, below its editor."""
        self.says.say(words)

    def own_error(self) -> str:
        """What is wrong with the text by itself."""
        text = self.editor.text()
        if self.field.kind is Kind.CONDITIONS:
            return meaning(text)[1]
        try:
            value_of(self.field, text)
        except BadText as error:
            return str(error)
        return ""

    def _refresh(self) -> None:
        changed = self._keeps_own and self.is_changed
        self.label.mark(changed)
        self.back.setVisible(changed)
        if self.field.kind is Kind.CONDITIONS:
            self.says.say(meaning(self.editor.text())[0])
        self.say(self.own_error())

    def _hear(self) -> None:
        self._refresh()
        self.edited.emit(self.field.key)

    def _take_back(self) -> None:
        self.show_text(self._own)
        self.editor.take_focus()
        self.edited.emit(self.field.key)

    def _lay_out(self) -> None:
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(self._keeps_own)
        self.back.setSizePolicy(policy)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        line = QHBoxLayout()
        line.setSpacing(6)
        is_wide = self.field.kind in (Kind.TEXT, Kind.JSON, Kind.CONDITIONS, Kind.MOMENT, Kind.FILES)
        line.addWidget(self.editor, int(is_wide))
        line.addWidget(self.unit)
        if not is_wide:
            line.addStretch(1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.label, 0, 0, top)
        grid.addLayout(line, 0, 1)
        grid.addWidget(self.back, 0, 2, top)
        grid.addWidget(self.says, 1, 1)
        grid.addWidget(self.error, 2, 1)


class Form(QWidget):
    """Rows of fields under the headings of their groups; without ``keeps_own`` nothing is marked or taken back."""

    edited = Signal(str)
    """The key of the field a person changed."""

    def __init__(self, fields: Iterable[Field] = (), keeps_own: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeps_own = keeps_own
        self.rows: dict[str, Row] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._add(fields)

    def texts(self) -> dict[str, str]:
        """Every field's text as it stands."""
        return {key: row.editor.text() for key, row in self.rows.items()}

    def changes(self) -> dict[str, str]:
        """The texts that differ from the fields' own values."""
        return {key: row.editor.text() for key, row in self.rows.items() if row.is_changed}

    def sound_changes(self) -> dict[str, str]:
        """Those of `changes` that can be read."""
        return {key: text for key, text in self.changes().items() if not self.rows[key].own_error()}

    def show_own(self, own: Mapping[str, str]) -> None:
        """Take ``own`` as the values all fields are compared with, and show them."""
        for key, row in self.rows.items():
            row.show_own(own.get(key, ""))

    def show_texts(self, texts: Mapping[str, str]) -> None:
        """Show texts that were typed before; fields that are no longer there are left out."""
        for key, text in texts.items():
            if key in self.rows:
                self.rows[key].show_text(text)

    def refresh(self) -> None:
        """Say of every field what is wrong with it by itself, and nothing else."""
        for row in self.rows.values():
            row.say(row.own_error())

    def first_error(self) -> str:
        """What is wrong with the first field that has something wrong."""
        return next((text for row in self.rows.values() if row.isVisibleTo(self) and (text := row.error.text())), "")

    def rebuild(self, fields: Iterable[Field]) -> None:
        """Other fields in place of these."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows.clear()
        self._add(fields)

    def follow(self, before: QWidget) -> QWidget:
        """Have the Tab key come here after ``before``, row by row; returns where it leaves."""
        for row in self.rows.values():
            for part in (*row.editor.parts, row.back):
                QWidget.setTabOrder(before, part)
                before = part
        return before

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(420, super().sizeHint().height())

    def _add(self, fields: Iterable[Field]) -> None:
        group = ""
        for field in fields:
            if field.group != group:
                group = field.group
                self._column.addWidget(heading(group))
            row = self.rows[field.key] = Row(field, self._keeps_own)
            row.edited.connect(self.edited)
            self._column.addWidget(row)


def heading(text: str) -> Note:
    """The name of a group of fields."""
    made = Note(text, Token.T0, 12, 600)
    made.setContentsMargins(0, 10, 0, 2)
    return made
