"""The conversation with the assistant: ask, read, press a suggestion; it answers and never acts."""

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.panels.panel import Panel
from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.conversation import Conversation
from sigma_desktop.widgets.flow import FlowLayout
from sigma_engine import Ask, ChatMessage, CommandResult, Refused, Speaker

SUGGESTIONS = ("How am I doing?", "Why did you go long?", "What are my positions?")
INVITATION = "Ask about a trade, signal or risk\u2026"
NOT_YET = "The market is opening\u2026"
LONGEST = 2000
"""Characters a question may have."""
GREETING = ChatMessage(
    0,
    Speaker.ASSISTANT,
    "I answer from this run's own records: **results**, **positions** and **why** a trade was made or left alone. "
    "No key, no network, and I never place an order.",
)


class ChatPanel(Panel):
    """Bubbles above, suggestions and the input below; what the person says stands there at once."""

    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.CHAT, Topic.RUN})

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(terminal, parent)
        self._waiting: list[ChatMessage] = []
        self._run_id = ""
        self._refusal = ""
        self.conversation = Conversation()
        self.suggestions = [_suggestion(text) for text in SUGGESTIONS]
        self.input, self.send = _input(), _send_button()
        self._lay_out()
        self._listen()
        self.refresh(frozenset())

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Show the conversation and whether it can go on."""
        state, loaded = self.terminal.state, self.terminal.loaded
        if state.run_id != self._run_id:
            self._run_id, self._waiting = state.run_id, []
        self._waiting = [message for message in self._waiting if not self._heard(message)]
        self.conversation.show_messages([GREETING, *state.chat, *self._waiting])
        self.conversation.say(*self._note())
        for button in self.suggestions:
            button.setEnabled(loaded)
        self.input.setPlaceholderText(INVITATION if loaded else NOT_YET)
        self._allow()

    def ask(self, text: str) -> None:
        """Say ``text`` and ask the assistant for an answer; nothing is asked before a session is there."""
        question = text.strip()
        if not question or not self.terminal.loaded:
            return
        self._refusal = ""
        message = ChatMessage(self.terminal.state.market_ms, Speaker.PERSON, question)
        self._waiting.append(message)
        self.terminal.execute(Ask(question), partial(self._answered, message))
        self.refresh(frozenset({Topic.CHAT}))

    def _send_typed(self) -> None:
        if self.terminal.loaded and (text := self.input.text()).strip():
            self.input.clear()
            self.ask(text)

    def _answered(self, message: ChatMessage, result: CommandResult) -> None:
        if isinstance(result, Refused):
            self._refusal = result.reason
        self._waiting = [waiting for waiting in self._waiting if waiting is not message]
        if isinstance(result, Refused) and not self._heard(message):
            self.input.setText(message.text)  # nothing they typed is lost
        self.refresh(frozenset({Topic.CHAT}))

    def _heard(self, message: ChatMessage) -> bool:
        """Whether the session's own record has the message by now."""
        return any(
            said.speaker is Speaker.PERSON and said.text == message.text and said.at_ms >= message.at_ms
            for said in reversed(self.terminal.state.chat)
        )

    def _note(self) -> tuple[str, Token]:
        if self._refusal:
            return f"Not answered: {self._refusal}", Token.WARN
        chat = self.terminal.state.chat
        owed = bool(self._waiting) or (bool(chat) and chat[-1].speaker is Speaker.PERSON)
        return ("The assistant is looking it up\u2026" if owed else "", Token.T2)

    def _allow(self) -> None:
        self.send.setEnabled(self.terminal.loaded and bool(self.input.text().strip()))

    def _listen(self) -> None:
        self.input.returnPressed.connect(self._send_typed)
        self.input.textChanged.connect(lambda _: self._allow())
        self.send.clicked.connect(self._send_typed)
        for button in self.suggestions:
            button.clicked.connect(partial(self.ask, button.text()))

    def _lay_out(self) -> None:
        offers = FlowLayout(6)
        offers.setContentsMargins(12, 0, 12, 0)
        for button in self.suggestions:
            offers.addWidget(button)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 8, 6)
        foot.setSpacing(6)
        foot.addWidget(self.input, 1)
        foot.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.conversation, 1)
        column.addLayout(offers)
        column.addLayout(foot)
        self.setFocusProxy(self.input)


def _suggestion(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setFont(font(11, 500))
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setToolTip(f"Ask: {text}")
    button.setStyleSheet(
        f"QPushButton {{ padding: 0 10px; min-height: 24px; border-radius: 12px; color: {value(Token.T1)}; }}"
        f" QPushButton:hover, QPushButton:focus {{ color: {value(Token.T0)}; border-color: {value(Token.ACCENT)}; }}"
    )
    return button


def _input() -> QLineEdit:
    line = QLineEdit()
    line.setFont(font(12, 450))
    line.setFixedHeight(36)
    line.setMaxLength(LONGEST)
    line.setAccessibleName("Question to the assistant")
    return line


def _send_button() -> ToolButton:
    button = ToolButton("send", "Send the question (Enter)")
    button.setFixedSize(36, 36)
    return button
