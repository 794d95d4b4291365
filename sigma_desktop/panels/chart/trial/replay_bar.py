"""The foot of a replay: play, pause, step, speed, where it stands, what the trade is worth just now."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from sigma_desktop.models.cells import toned
from sigma_desktop.models.trades import r_multiple
from sigma_desktop.panels.chart.trial.replay import Replay
from sigma_desktop.theme.format import day_time, money
from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.buttons import PushButton, ToolButton

CANDLE_MS = 480
"""How long a candle stands at normal speed."""
SPEEDS = (1, 2, 4, 8, 16)


class ReplayBar(QFrame):
    """Asks by signal for another candle; `show_replay` tells it where things stand."""

    moved = Signal(int)
    """Stand at this candle."""
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = 0
        self.speed = SPEEDS[1]
        self.again = ToolButton("skip-previous", "Begin again (Home)")
        self.back = ToolButton("step-backward", "One candle back (Left)")
        self.play = ToolButton("play", "Play (Space)")
        self.step = ToolButton("step-forward", "One candle on (Right)")
        self.pace = ToolButton("", "How fast candles follow each other", "2×")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.words, self.worth = QLabel(), QLabel()
        self.leave = PushButton("End replay")
        self._clock = QTimer(self)
        self._lay_out()
        self._listen()
        self.hide()

    @property
    def is_playing(self) -> bool:
        """Whether candles follow by themselves."""
        return self._clock.isActive()

    def show_replay(self, replay: Replay) -> None:
        """Say where ``replay`` stands."""
        self._at = replay.at
        with QSignalBlocker(self.slider):
            self.slider.setRange(replay.first, replay.last)
            self.slider.setValue(replay.at)
        self.words.setText(f"{day_time(replay.candle.open_ms)} · {_stands(replay)}")
        self.slider.setAccessibleDescription(self.words.text())
        self._show_worth(replay)
        self.step.setEnabled(not replay.is_done)
        self.back.setEnabled(replay.at > replay.first)
        if replay.is_done:
            self.pause()
        self.show()

    def start(self) -> None:
        """Have candles follow each other."""
        self._clock.start(CANDLE_MS // self.speed)
        self._show_playing()

    def pause(self) -> None:
        """Stand still."""
        self._clock.stop()
        self._show_playing()

    def play_or_pause(self) -> None:
        """The one or the other; at the end from the beginning."""
        if self.is_playing:
            self.pause()
            return
        if self._at >= self.slider.maximum():
            self.moved.emit(self.slider.minimum())
        self.start()

    def set_speed(self, speed: int) -> None:
        """``speed`` times as fast as normal."""
        self.speed = speed
        self.pace.setText(f"{speed}×")
        if self.is_playing:
            self.start()

    def go_on(self) -> None:
        """One candle on."""
        self.moved.emit(self._at + 1)

    def step_on(self) -> None:
        """Stand still, one candle later."""
        self.pause()
        self.go_on()

    def go_back(self) -> None:
        """Stand still, one candle earlier."""
        self.pause()
        self.moved.emit(self._at - 1)

    def begin_again(self) -> None:
        """From the first candle."""
        self.moved.emit(self.slider.minimum())

    def _show_playing(self) -> None:
        tip = "Pause (Space)" if self.is_playing else "Play (Space)"
        self.play.set_icon("pause" if self.is_playing else "play")
        self.play.setToolTip(tip)
        self.play.setAccessibleName(tip)

    def _show_worth(self, replay: Replay) -> None:
        profit = replay.profit
        if profit is None:
            self.worth.setText("")
            return
        self.worth.setText(f"{money(profit, signed=True)} USDT  {r_multiple(replay.r)}")
        self.worth.setStyleSheet(f"color: {value(toned(round(profit, 2)))}")

    def _drag(self, at: int) -> None:
        self.pause()
        self.moved.emit(at)

    def _listen(self) -> None:
        self._clock.timeout.connect(self.go_on)
        self.again.clicked.connect(self.begin_again)
        self.back.clicked.connect(self.go_back)
        self.play.clicked.connect(self.play_or_pause)
        self.step.clicked.connect(self.step_on)
        self.slider.valueChanged.connect(self._drag)
        self.leave.clicked.connect(self.ended)

    def _lay_out(self) -> None:
        self.slider.setAccessibleName("Where the replay stands")
        self.slider.setMinimumWidth(60)
        self.slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pace.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pace.setMenu(self._speeds())
        self.leave.setToolTip("End the replay (Escape)")
        self.leave.setAccessibleName("End the replay")
        self.words.setFont(font(11, 500))
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.words.setStyleSheet(f"color: {value(Token.T1)}")
        self.worth.setFont(font(13, 650))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(3)
        for button in (self.again, self.back, self.play, self.step, self.pace):
            row.addWidget(button)
        row.addWidget(self.slider, 3)
        row.addSpacing(6)
        row.addWidget(self.words, 2)
        row.addWidget(self.worth)
        row.addSpacing(8)
        row.addWidget(self.leave)
        self.setStyleSheet(
            f"ReplayBar {{ background: {value(Token.BG2)}; border-top: 1px solid {value(Token.LINE2)}; }}"
        )

    def _speeds(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        for speed in SPEEDS:
            action = menu.addAction(f"{speed}×")
            action.setCheckable(True)
            action.setChecked(speed == self.speed)
            group.addAction(action)
            action.triggered.connect(lambda _checked=False, speed=speed: self.set_speed(speed))
        return menu


def _stands(replay: Replay) -> str:
    if replay.at < replay.entry:
        left = replay.entry - replay.at
        return f"the entry is {left} candle{'' if left == 1 else 's'} away"
    if replay.is_over:
        return f"closed by {replay.trade.reason.value}"
    return f"open since {replay.at - replay.entry + 1} candle{'' if replay.at == replay.entry else 's'}"
