"""What a field is edited with: every editor shows a text and tells when a person changed it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from sigma_desktop.laboratory.fields import NO, NONE, YES, Field, Kind
from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, font
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.elided import ElidedLabel
from sigma_desktop.widgets.tick import Tick

HEIGHT = 28
DATA_FILES = "Candle files (*.csv *.csv.gz *.parquet);;All files (*)"
_NUMBER_WIDTH = 96
_LINE_PX = 18
_FEWEST_LINES, _MOST_LINES = 1, 8


class Editor(QWidget):
    """Shows a text; ``edited`` tells that a person changed it, setting it tells nothing."""

    edited = Signal()
    parts: tuple[QWidget, ...] = ()
    """What it is made of, in the order of the Tab key."""

    def text(self) -> str:
        """The text as it stands."""
        raise NotImplementedError

    def set_text(self, text: str) -> None:
        """Show ``text``."""
        raise NotImplementedError

    def put_inside(self, *widgets: QWidget, stretched: bool = False) -> None:
        """Lay the parts out in a line."""
        self.parts = widgets
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in widgets:
            row.addWidget(widget, int(stretched))
        if not stretched:
            row.addStretch(1)

    def take_focus(self) -> None:
        """Have the keyboard in the first part that is seen; a focus proxy that is hidden would stop the Tab key."""
        next(part for part in self.parts if not part.isHidden()).setFocus(Qt.FocusReason.OtherFocusReason)


class Choice(QComboBox):
    """A list to choose from that the wheel does not turn by accident."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font(12))
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls on."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The list, and an arrow that says that it opens."""
        super().paintEvent(event)
        painter = QPainter(self)
        token = Token.T1 if self.isEnabled() else Token.LINE2
        icon("chevron-down", token).paint(painter, self.width() - 23, (self.height() - 15) // 2, 15, 15)

    def choose(self, value: object) -> bool:
        """Show the entry that stands for ``value``; False where there is none."""
        at = self.findData(value)
        self.setCurrentIndex(at)
        return at >= 0


class LineEditor(Editor):
    """One line; what an empty one stands for is shown in it."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = _line(field)
        self.line.setPlaceholderText(field.blank or "")
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        is_short = field.kind in (Kind.WHOLE, Kind.REAL)
        if is_short:
            room = QFontMetrics(font(12)).horizontalAdvance(field.blank or "") + 28
            self.line.setFixedWidth(max(_NUMBER_WIDTH, room))
        self.put_inside(self.line, stretched=not is_short)

    def text(self) -> str:
        """What was typed."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Show ``text``."""
        if text != self.line.text():
            self.line.setText(text)


class ChoiceEditor(Editor):
    """One of a few."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = Choice(field.title)
        for value, words in field.choices:
            self.list.addItem(words, value)
        self.list.setMinimumWidth(150)
        self.list.activated.connect(lambda _at: self.edited.emit())
        self.put_inside(self.list)

    def text(self) -> str:
        """The value chosen."""
        return str(self.list.currentData() or "")

    def set_text(self, text: str) -> None:
        """Choose ``text``."""
        self.list.choose(text)


class FlagEditor(Editor):
    """A tick."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = Tick()
        self.box.setAccessibleName(field.title)
        self.box.setFixedHeight(HEIGHT)
        self.box.clicked.connect(lambda _on: self.edited.emit())
        self.put_inside(self.box)

    def text(self) -> str:
        """Ticked or not."""
        return YES if self.box.isChecked() else NO

    def set_text(self, text: str) -> None:
        """Tick it or not."""
        self.box.setChecked(text == YES)


class DistanceEditor(Editor):
    """A number and what it counts."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number, self.list = _line(field), Choice(f"{field.title}: what it counts")
        self.number.setFixedWidth(_NUMBER_WIDTH)
        for value, words in field.choices:
            self.list.addItem(words, value)
        self.list.setMinimumWidth(150)
        self.number.textEdited.connect(lambda _text: self.edited.emit())
        self.list.activated.connect(self._choose)
        self.put_inside(self.number, self.list)

    def text(self) -> str:
        """Type and number; the number is kept beside ``none``, should a type be chosen again."""
        kind = str(self.list.currentData())
        return kind if kind == NONE else f"{kind} {self.number.text().strip()}".strip()

    def set_text(self, text: str) -> None:
        """Show ``text``."""
        kind, _, number = text.partition(" ")
        self.list.choose(kind)
        if kind != NONE and number != self.number.text().strip():
            self.number.setText(number)
        self.number.setVisible(kind != NONE)

    def _choose(self, _at: int) -> None:
        self.number.setVisible(self.list.currentData() != NONE)
        self.edited.emit()


class LinesEditor(Editor):
    """Conditions, one a line; as high as its lines."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = QPlainTextEdit()
        self.lines.setFont(font(12))
        self.lines.setAccessibleName(field.title)
        self.lines.setPlaceholderText(field.blank or "never")
        self.lines.setTabChangesFocus(True)
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines.document().setDocumentMargin(1)
        self._silent = False
        self.lines.textChanged.connect(self._hear)
        self.put_inside(self.lines, stretched=True)
        self._fit()

    def text(self) -> str:
        """The lines."""
        return self.lines.toPlainText()

    def set_text(self, text: str) -> None:
        """Show ``text``."""
        if text != self.text():
            self._silent = True
            self.lines.setPlainText(text)
            self._silent = False
            self._fit()

    def sizeHint(self) -> QSize:
        """Its lines decide."""
        return QSize(240, self.lines.height())

    def _hear(self) -> None:
        if not self._silent:
            self._fit()
            self.edited.emit()

    def _fit(self) -> None:
        lines = max(_FEWEST_LINES, min(_MOST_LINES, self.lines.blockCount()))
        self.lines.setFixedHeight(lines * _LINE_PX + HEIGHT - _LINE_PX)


class FilesEditor(Editor):
    """Files by their names, and the button that asks for others."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field, self._text = field, ""
        self.names, self.button = ElidedLabel(12, 450), ToolButton("folder-open-outline", field.hint, "Files…")
        self.button.setAccessibleName(f"Choose {field.title}")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(self.choose)
        self.put_inside(self.names, self.button, stretched=True)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.setStretchFactor(self.button, 0)
        self.set_text("")

    def text(self) -> str:
        """The paths, one a line."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show the names of these paths."""
        self._text = text
        names = ", ".join(Path(line).name for line in text.splitlines())
        self.names.show_text(names or self._field.blank or "", Token.T0 if names else Token.T2)
        self.names.setToolTip(text.replace("\n", "<br>"))

    def choose(self) -> None:
        """Ask for files, any number of them."""
        begin = Path(self._text.splitlines()[0]).parent if self._text else Path.home()
        dialog = QFileDialog(self, f"Choose {self._field.title}", str(begin), DATA_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take(self, paths: Sequence[str]) -> None:
        """Have a person's choice in place of what was chosen before."""
        self.set_text("\n".join(paths))
        self.edited.emit()


def editor_of(field: Field) -> Editor:
    """What ``field`` is edited with."""
    return _EDITORS.get(field.kind, LineEditor)(field)


def _line(field: Field) -> QLineEdit:
    line = QLineEdit()
    line.setFont(font(12))
    line.setFixedHeight(HEIGHT)
    line.setAccessibleName(f"{field.title}, {field.unit}" if field.unit else field.title)
    line.setToolTip(field.hint)
    return line


_EDITORS: dict[Kind, type[ChoiceEditor | FlagEditor | DistanceEditor | LinesEditor | LineEditor | FilesEditor]] = {
    Kind.CHOICE: ChoiceEditor,
    Kind.FLAG: FlagEditor,
    Kind.DISTANCE: DistanceEditor,
    Kind.CONDITIONS: LinesEditor,
    Kind.FILES: FilesEditor,
}
