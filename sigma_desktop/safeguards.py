"""What keeps the person safe: the kill switch, the account's standing, and whose money it is, said unmistakably."""

from PySide6.QtCore import QObject, QTimer, Signal
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
FLAT = "No position is open any more."
MOMENT_MS = 2_000
"""So long the account may be compared with the exchange before a band says so; the word in the header comes at once."""
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
        self._asking, self._held = False, 0
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
        self._told_of: AccountState | None = None
        self._moment = QTimer(self, singleShot=True, interval=MOMENT_MS)
        self._moment.timeout.connect(self._show_band)
        self._show_title()

    def press(self) -> None:
        """Stop entries and cancel what waits, now."""
        self._terminal.execute(PressKillSwitch(), self._answered)
        self.pressed.emit()

    def flatten(self) -> None:
        """Close everything as well."""
        self._asking = False
        self._terminal.execute(PressKillSwitch(flatten=True), self._flattened)
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
        self._tell_flat()
        self._show_band()

    def _tell_change(self) -> None:
        """A message for another state of the same session; a halt has its band instead."""
        state = self._terminal.state
        loading, before = self._known
        self._known = state.loading, state.standing
        if loading is not state.loading:
            self._asking, self._held = False, 0
            return
        now = state.standing
        if now is None or before is None or now.state is before.state or now.state not in _TOLD:
            return
        self._toasts.show_message(f"{words.WORDS[now.state][0]}. {words.told(now)}", _TOLD[now.state])

    def _tell_flat(self) -> None:
        """Where the last position is gone, a message that positions are being closed must not stand any longer."""
        count = len(self._terminal.state.positions)
        if self._held and not count:
            self._status.show_message(FLAT)
        self._held = count

    def _flattened(self, _result: CommandResult) -> None:
        """In a simulation all is closed before the answer that says it is on its way."""
        if not self._terminal.state.positions:
            self._status.show_message(FLAT)

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
        standing, count = self._terminal.state.standing, len(self._terminal.state.positions)
        self._asking = self._asking and count > 0
        is_shown = self._asking or (standing is not None and self._is_worth_a_band(standing))
        self._band.setVisible(is_shown)
        if self._asking:
            self._ask(count)
        elif is_shown and standing is not None:
            self._tell_standing(standing)
        self._told_of = standing.state if standing is not None else None

    def _is_worth_a_band(self, standing: Standing) -> bool:
        """Comparing with the exchange takes a second as a rule, in which nothing should jump."""
        if standing.state is not AccountState.RECONCILING:
            self._moment.stop()
            return standing.state is not AccountState.ACTIVE
        if self._told_of is not AccountState.RECONCILING:
            self._moment.start()
        return not self._moment.isActive()

    def _ask(self, count: int) -> None:
        protects = self._terminal.state.protects
        self._band.dress(words.ICONS[AccountState.HALTED], Token.DANGER)
        self._band.say("HALTED", f"Entries are stopped. Close {_positions(count)}? {_guarded(protects)}")
        self._band.show_question(f"Close all {count}" if count > 1 else "Close it", _keep(count, protects))

    def _tell_standing(self, standing: Standing) -> None:
        state, mode = standing.state, self._terminal.state.mode
        self._band.dress(words.ICONS[state], words.WORDS[state][1])
        since = f" since {words.since(standing.since_ms, mode)}" if standing.since_ms else ""
        is_halted = state is AccountState.HALTED
        told = self._halt_words(standing) if is_halted else words.told(standing)
        self._band.say(f"{state.value.upper()}{since}", told)
        self._band.show_question("", "")

    def _halt_words(self, standing: Standing) -> str:
        drill = self._terminal.state.drill
        told = f"Kill switch: {words.drill_words(drill)}." if drill is not None else ""
        flat = "" if self._terminal.state.positions else "No position of SIGMA's is open."
        where = "Nothing is opened until you lift the halt under Settings, Safety."
        return " ".join(part for part in (words.reason(standing), flat, where, told) if part)


def _positions(count: int) -> str:
    return "the open position" if count == 1 else f"all {count} positions"


def _keep(count: int, protects: bool) -> str:
    return f"Keep {'it' if count == 1 else 'them'}{' protected' if protects else ''}"


def _guarded(protects: bool) -> str:
    if protects:
        return "Kept ones stay managed, their stops stand."
    return "Kept ones are guarded by SIGMA alone while it runs: this exchange takes no stops."
