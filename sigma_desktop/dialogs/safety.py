"""The page on the account's safety: what it may do and why, how quick the kill switch was, and the way back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.models import standing as words
from sigma_desktop.theme.format import NOTHING
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import Kind, PushButton
from sigma_desktop.widgets.note import Note
from sigma_desktop.widgets.wrapping import hug
from sigma_engine import CommandResult, LiftHalt, Refused, Standing

WORD = "LIFT"
"""What a person types to lift a halt; a click alone would be too easy."""
WIDTH = 480
_LABEL_PX = 130
NEVER = (
    "It was not pressed in this run. On the demo and on paper it can be tried at no cost: press Ctrl+Shift+K, or the "
    "button in the header, and how long it took stands here."
)


class Safety(QDialog):
    """Follows the session while it is open; lifting a halt is asked of the engine, which may refuse."""

    def __init__(self, terminal: Terminal, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Safety")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._terminal, self._listening = terminal, True
        self.state = Note("", Token.T0, 18, 650)
        self.meaning, self.error = Note("", Token.T1, 12), Note("", Token.DOWN, 12)
        self.facts = {name: Note("", Token.T0, 12, 450) for name in ("Reason", "Since", "After a restart")}
        self.figures = {name: Note("", Token.T0, 12, 450) for name in ("Entries stopped", "Orders cancelled", "Flat")}
        self.drill = Note("", Token.T1, 12)
        self.word, self.lift = QLineEdit(), PushButton("Lift the halt", Kind.DANGER)
        self.close_ = PushButton("Close")
        self._lifting = QWidget()
        self._lay_out()
        self._listen()
        self.setFixedWidth(WIDTH)
        self.ensurePolished()
        self._show()

    def done(self, result: int) -> None:
        """Leave, and hear nothing more."""
        if self._listening:
            self._listening = False
            self._terminal.changed.disconnect(self._hear)
        super().done(result)

    def _listen(self) -> None:
        self._terminal.changed.connect(self._hear)
        self.word.textChanged.connect(lambda _text: self._allow())
        self.word.returnPressed.connect(self._lift)
        self.lift.clicked.connect(self._lift)
        self.close_.clicked.connect(self.reject)

    def _hear(self, changed: frozenset[Topic]) -> None:
        if changed & {Topic.STANDING, Topic.RUN}:
            self._show()

    def _show(self) -> None:
        standing = self._terminal.state.standing
        self._lifting.setVisible(standing is not None and words.is_liftable(standing))
        self._account.setVisible(standing is not None and bool(standing.reason))
        if standing is None:
            self.state.say("No account is open", Token.T1)
            self.meaning.say("Open a market from the File menu first.")
        else:
            self._show_standing(standing)
        self._show_drill()
        self._allow()
        hug(self, WIDTH)

    def _show_standing(self, standing: Standing) -> None:
        word, token = words.WORDS[standing.state]
        self.state.say(word, token)
        self.meaning.say(words.MEANINGS[standing.state])
        facts = {
            "Reason": words.reason(standing),
            "Since": words.since(standing.since_ms, self._terminal.state.mode) if standing.since_ms else "",
            "After a restart": "It stays so until a person ends it." if words.is_liftable(standing) else "",
        }
        for name, text in facts.items():
            self.facts[name].say(text or NOTHING)

    def _show_drill(self) -> None:
        drill = self._terminal.state.drill
        if drill is None:
            self.drill.say(NEVER)
        else:
            self.drill.say(f"Pressed at {words.since(drill.at_ms, self._terminal.state.mode)}.")
        figures = words.drill_figures(drill) if drill is not None else ()
        for note, figure in zip(self.figures.values(), figures, strict=False):
            note.say(f"in {figure[1]}" if figure[1] else "not asked for")
        self._table.setVisible(drill is not None)

    def _allow(self) -> None:
        standing = self._terminal.state.standing
        asked = self.word.text().strip().upper() == WORD
        self.lift.setEnabled(asked and standing is not None and words.is_liftable(standing))

    def _lift(self) -> None:
        if self.lift.isEnabled():
            self.error.say("")
            self._terminal.execute(LiftHalt(), self._answered)

    def _answered(self, result: CommandResult) -> None:
        if not self._listening:
            return
        self.word.clear()
        if isinstance(result, Refused):
            self.error.say(words.sentence(result.reason))
            hug(self, WIDTH)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(8)
        column.addWidget(self.state)
        column.addWidget(self.meaning)
        self._account = _table(self.facts)
        column.addWidget(self._account)
        column.addWidget(_rule())
        column.addWidget(Note("Kill switch", Token.T0, 13, 600))
        column.addWidget(self.drill)
        self._table = _table(self.figures)
        column.addWidget(self._table)
        self._lay_out_lifting()
        column.addWidget(self._lifting)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_)
        self.close_.setAutoDefault(False)
        column.addSpacing(4)
        column.addLayout(foot)

    def _lay_out_lifting(self) -> None:
        inside, line = QVBoxLayout(self._lifting), QHBoxLayout()
        inside.setContentsMargins(0, 4, 0, 0)
        inside.setSpacing(8)
        self.word.setFixedWidth(120)
        self.word.setAccessibleName(f"Type {WORD} to lift the halt")
        self.word.setPlaceholderText(WORD)
        self.lift.setAutoDefault(False)
        line.addWidget(self.word)
        line.addWidget(self.lift)
        line.addStretch(1)
        inside.addWidget(_rule())
        inside.addWidget(
            Note(f"Look at positions and orders first. Then type {WORD} to let SIGMA open again.", Token.T1, 12)
        )
        inside.addLayout(line)
        inside.addWidget(self.error)


def _table(rows: dict[str, Note]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 4, 0, 4)
    grid.setVerticalSpacing(5)
    grid.setColumnMinimumWidth(0, _LABEL_PX)
    grid.setColumnStretch(1, 1)
    for at, (name, note) in enumerate(rows.items()):
        label = Note(name, Token.T2, 12)
        label.setWordWrap(False)
        grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(note, at, 1)
        note.say(NOTHING)
    return made


def _rule() -> QFrame:
    made = QFrame()
    made.setFrameShape(QFrame.Shape.HLine)
    made.setFixedHeight(1)
    made.setObjectName("rule")
    return made
