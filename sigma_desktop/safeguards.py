"""What keeps the person safe: the kill switch, the account's standing, and whose money it is, said unmistakably."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sigma_desktop.actions import Actions, Do
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.dialogs.safety import Safety
from sigma_desktop.models import standing as words
from sigma_desktop.models.stake import DEMO, Stake, stake_of
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.band import HaltBand
from sigma_desktop.widgets.header import Header
from sigma_desktop.widgets.money_frame import MoneyFrame
from sigma_desktop.widgets.status_bar import StatusBar
from sigma_desktop.widgets.toast import Toasts
from sigma_engine import Accepted, AccountState, CommandResult, PressKillSwitch, Standing

NAME = "SIGMA"
_TOLD = {AccountState.ACTIVE: Token.ACCENT, AccountState.RECONCILING: Token.ACCENT, AccountState.REDUCING: Token.WARN}
_LOOKED_AT = {Topic.STANDING, Topic.POSITION, Topic.RUN}


class Safeguards(QObject):
    """Presses the kill switch for whoever asks, without a question before it, and shows what the account may do.

    What becomes of open positions is asked afterwards, in a band that blocks nothing.
    """

    pressed = Signal()
    """The kill switch was pressed; the engine has been told."""

    def __init__(
        self,
        terminal: Terminal,
        actions: Actions,
        header: Header,
        status: StatusBar,
        band: HaltBand,
        frame: MoneyFrame,
        toasts: Toasts,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._terminal, self._header, self._status = terminal, header, status
        self._band, self._frame, self._toasts, self._window = band, frame, toasts, window
        self._asking = False
        self._known: tuple[object, Standing | None] = (None, None)
        self._stake: Stake = DEMO
        self._page: Safety | None = None
        header.killPressed.connect(self.press)
        band.close_all.clicked.connect(self.flatten)
        band.keep.clicked.connect(self.keep)
        band.safety.clicked.connect(self.show_page)
        actions.connect({Do.KILL: self.press, Do.SAFETY: self.show_page})
        terminal.changed.connect(self._hear)
        self._header.kill.setEnabled(False)
        self._show_title()

    def press(self) -> None:
        """Stop entries and cancel what waits, now."""
        self._terminal.execute(PressKillSwitch(), self._answered)
        self.pressed.emit()

    def flatten(self) -> None:
        """Close everything as well."""
        self._asking = False
        self._terminal.execute(PressKillSwitch(flatten=True))
        self._show_band()

    def keep(self) -> None:
        """Leave the positions as they are."""
        self._asking = False
        self._show_band()

    def show_page(self) -> Safety:
        """Open the page on the account's safety, the one place where a halt is lifted."""
        if self._page is None:
            self._page = Safety(self._terminal, self._window)
            self._page.finished.connect(self._forget_page)
            self._page.open()
        return self._page

    def _forget_page(self) -> None:
        self._page = None

    def _answered(self, result: CommandResult) -> None:
        self._asking = isinstance(result, Accepted)
        self._show_band()

    def _hear(self, changed: frozenset[Topic]) -> None:
        if not changed & _LOOKED_AT:
            return
        if changed & {Topic.STANDING, Topic.RUN}:
            self._tell_change()
            self._show_account()
            self._show_money()
        self._show_band()

    def _tell_change(self) -> None:
        """A message for another state of the same session; a halt has its band instead."""
        state = self._terminal.state
        loading, before = self._known
        self._known = state.loading, state.standing
        if loading is not state.loading:
            self._asking = False
            return
        now = state.standing
        if now is None or before is None or now.state is before.state or now.state not in _TOLD:
            return
        self._toasts.show_message(f"{words.WORDS[now.state][0]}. {words.told(now)}", _TOLD[now.state])

    def _show_account(self) -> None:
        standing = self._terminal.state.standing
        self._header.kill.setEnabled(standing is not None)
        if standing is None:
            return
        word, token = words.WORDS[standing.state]
        ink = Token.T1 if standing.state is AccountState.ACTIVE else token
        self._status.account.show_text(word, ink, token)
        self._status.account.setToolTip(words.told(standing))

    def _show_money(self) -> None:
        state = self._terminal.state
        if state.mode is None:
            return
        self._stake = stake_of(state.mode, state.funds, state.venue)
        self._header.badge.show_stake(self._stake)
        self._header.fit()
        self._frame.show_border(self._stake.frame, self._stake.solid)
        self._show_title()

    def _show_title(self) -> None:
        standing = self._terminal.state.standing
        is_halted = standing is not None and standing.state is AccountState.HALTED
        parts = (NAME, self._stake.title, "HALTED" if is_halted else "")
        self._window.setWindowTitle(" – ".join(part for part in parts if part))

    def _show_band(self) -> None:
        state = self._terminal.state
        standing, count = state.standing, len(state.positions)
        is_halted = standing is not None and standing.state is AccountState.HALTED
        self._asking = self._asking and count > 0
        self._band.setVisible(is_halted or self._asking)
        if not (is_halted or self._asking):
            return
        if self._asking:
            question = f"Entries are stopped. Close {_positions(count)}?"
            self._band.say("HALTED", f"{question} {_guarded(state.protects)}")
            self._band.show_question(f"Close all {count}" if count > 1 else "Close it", _keep(count, state.protects))
            return
        assert standing is not None
        self._band.say(f"HALTED since {words.since(standing.since_ms, state.mode)}", self._halt_words(standing))
        self._band.show_question("", "")

    def _halt_words(self, standing: Standing) -> str:
        drill = self._terminal.state.drill
        told = f"Kill switch: {words.drill_words(drill)}." if drill is not None else ""
        where = "Nothing is opened until you lift the halt under Settings, Safety."
        return " ".join(part for part in (words.reason(standing), where, told) if part)


def _positions(count: int) -> str:
    return "the open position" if count == 1 else f"all {count} positions"


def _keep(count: int, protects: bool) -> str:
    return f"Keep {'it' if count == 1 else 'them'}{' protected' if protects else ''}"


def _guarded(protects: bool) -> str:
    if protects:
        return "Kept ones stay managed, their stops stand."
    return "Kept ones are guarded by SIGMA alone while it runs: this exchange takes no stops."
