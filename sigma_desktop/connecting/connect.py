"""The dialog that connects an account: exchange, keys, whose money; a test of the keys in words; the keyring."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from sigma_desktop.bridge.connections import Connections
from sigma_desktop.bridge.errands import Errands
from sigma_desktop.connecting.connect_layout import SIDES_PX, lay_out
from sigma_desktop.connecting.entry import (
    ACCESS,
    LOCKED,
    MONEY_WORDS,
    Entry,
    Money,
    Part,
    known_words,
    market_only,
    problems,
    request_of,
)
from sigma_desktop.connecting.findings import Findings
from sigma_desktop.connecting.secret_line import SecretLine
from sigma_desktop.laboratory.editors import HEIGHT, Choice
from sigma_desktop.theme.tokens import Token, font
from sigma_desktop.widgets.buttons import Kind, PushButton
from sigma_desktop.widgets.confirm_strip import ConfirmStrip
from sigma_desktop.widgets.note import Note
from sigma_desktop.widgets.wrapping import hug
from sigma_engine import VENUE_ACCESS, KeyReport, KeySource, KnownKeys, Mode, SessionRequest, practice_address

WIDTH = 580
_TEST = "Test keys"
_GIVEN = KeySource.ENVIRONMENT


class ConnectExchange(QDialog):
    """Speaks with the engine without waiting for it; the secrets are in its fields alone and leave with it."""

    opened = Signal(object)
    """A `SessionRequest` on the account chosen."""

    def __init__(self, connections: Connections, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connect exchange")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._connections, self._errands = connections, Errands()
        self._known: tuple[KnownKeys, ...] = ()
        self._is_judged = False
        self._passed: Entry | None = None
        """The entries whose test was passed last; others need a test of their own."""
        self._doubted: set[str] = set()
        """Exchanges whose keys were saved here without a test that was passed."""
        self.venue, self.money = Choice("Exchange"), Choice("Money")
        self.key, self.secret = SecretLine("Key"), SecretLine("Secret")
        self.passphrase, self.address = SecretLine("Passphrase"), QLineEdit()
        self.errors = {part: Note("", Token.DOWN) for part in Part}
        self.locked, self.known, self.state = Note(LOCKED), Note("", Token.T1, 12), Note("", Token.T1, 12)
        self.findings, self.confirm = Findings(), ConfirmStrip()
        self.test, self.save = PushButton(_TEST, Kind.PRIMARY), PushButton("Save")
        self.forget, self.open_ = PushButton("Forget…"), PushButton("Open account")
        self.close_ = PushButton("Close")
        self._fill()
        self.rows = lay_out(self)
        self._listen()
        self.setFixedWidth(min(WIDTH, max(480, parent.width() - 40)))
        self._show_venue()
        self._ask_known()
        self.key.setFocus(Qt.FocusReason.OtherFocusReason)

    def entry(self) -> Entry:
        """The fields as they stand."""
        return Entry(
            venue=str(self.venue.currentData()),
            key=self.key.text(),
            secret=self.secret.text(),
            passphrase=self.passphrase.text(),
            money=self.money.currentData(),
            address=self.address.text().strip(),
        )

    def examine(self) -> None:
        """Have the exchange asked what the keys are good for."""
        if not self._is_sound():
            return
        entry = self.entry()
        request, self._passed = request_of(entry), None
        self._say(f"Asking {ACCESS[request.venue].title}…")
        self._errands.run(
            "test",
            lambda: self._connections.examine(request),
            lambda report: self._examined(entry, report),
            self._refused,
        )
        self._show_buttons()

    def keep(self) -> None:
        """Put the keys into the keyring."""
        if not self._is_sound():
            return
        self._save(self.entry(), self._kept)

    def _save(self, entry: Entry, then: Callable[[Entry], None]) -> None:
        request = request_of(entry)
        self._say("Saving in the keyring…")
        self._errands.run("keep", lambda: self._connections.save(request), lambda _: then(entry), self._refused)
        self._show_buttons()

    def ask_to_forget(self) -> None:
        """Remove the keys from the keyring once the person agrees."""
        known = self._kept_keys()
        if known is None:
            return
        title, venue = ACCESS[known.venue].title, known.venue
        question = (
            f"Remove the {title} keys {known.shown} from the keyring? At {title} they stay valid: delete them there."
        )
        self.confirm.ask(question, "Forget", lambda: self._forget(venue))
        self._fit()

    def done(self, result: int) -> None:
        """Leave; nothing is waited for, and the fields are emptied."""
        self._errands.end()
        self._clear_secrets()
        self._passed = None
        super().done(result)

    # what comes back

    def _examined(self, entry: Entry, report: KeyReport) -> None:
        self._passed = entry if report.ok else None
        self._say("These keys will do." if report.ok else "SIGMA cannot trade with these keys yet.", not report.ok)
        self.findings.show_report(report)
        self._show_buttons()

    def _kept(self, entry: Entry) -> None:
        (self._doubted.discard if entry == self._passed else self._doubted.add)(entry.venue)
        self._clear_secrets()
        self._is_judged = False
        self.findings.show_report(None)
        self._judge()
        self._say("Saved in the keyring.")
        self._ask_known()

    def _forget(self, venue: str) -> None:
        self._say("Removing from the keyring…")
        self._errands.run("keep", lambda: self._connections.forget(venue), lambda _: self._forgotten(), self._refused)
        self._show_buttons()

    def _forgotten(self) -> None:
        self._say("The keys were removed from the keyring.")
        self._ask_known()

    def _ask_known(self) -> None:
        self._errands.run("known", self._connections.known, self._show_known, self._refused)
        self._show_buttons()

    def _show_known(self, known: tuple[KnownKeys, ...]) -> None:
        self._known = known
        self._show_kept()

    def _refused(self, sentence: str) -> None:
        self._say(sentence, is_wrong=True)
        self._show_buttons()

    # what is shown

    def _show_venue(self) -> None:
        """Fields that fit the exchange; where nothing can be connected, none."""
        access = self.entry().access
        for part, row in self.rows.items():
            row.setVisible(part is Part.VENUE or access.trades)
        self.rows[Part.PASSPHRASE].setVisible(access.trades and access.has_passphrase)
        self.locked.setVisible(access.trades)
        self.errors[Part.VENUE].say(market_only(access), Token.WARN)
        self._show_money()
        self._show_kept()

    def _show_money(self) -> None:
        entry = self.entry()
        self.rows[Part.ADDRESS].setVisible(entry.access.trades and entry.money is Money.PRACTICE)
        self._edited()

    def _show_kept(self) -> None:
        here = [known for known in self._known if known.venue == self.venue.currentData()]
        self.known.say("\n".join(map(known_words, here)))
        self._show_buttons()

    def _show_buttons(self) -> None:
        access = self.entry().access
        is_testing, is_keeping = self._errands.is_open("test"), self._errands.is_open("keep")
        self.test.setText("Testing…" if is_testing else _TEST)
        for button in (self.test, self.save):
            button.setEnabled(access.trades and not is_testing and not is_keeping)
        self.forget.setEnabled(self._kept_keys() is not None and not is_keeping)
        wanting = self._wanting() if access.trades else market_only(access)
        self.open_.setEnabled(not wanting and not is_testing and not is_keeping)
        self.open_.setToolTip(wanting)
        self._fit()

    def _wanting(self) -> str:
        """What is in the way of opening the account; empty where nothing is.

        Keys that were entered must have passed a test exactly as they stand; without any the kept ones are taken.
        """
        entry = self.entry()
        found = problems(entry)
        if found.keys() & {Part.MONEY, Part.ADDRESS}:
            return next(iter(found.values()))
        if entry.has_keys:
            return self._wanting_of_entered(entry)
        if not any(known.venue == entry.venue for known in self._known):
            return "Enter the account's keys and test them first."
        if entry.venue in self._doubted:
            return "The saved keys passed no test: enter them once more and test them."
        return ""

    def _wanting_of_entered(self, entry: Entry) -> str:
        if entry != self._passed:
            return "Test these keys first: an account is opened with keys that passed."
        if (given := self._given_keys()) is not None and not entry.is_key_of(given):
            return "The keys of the environment would be used, not these: empty the fields to open with those."
        return ""

    def _given_keys(self) -> KnownKeys | None:
        """The keys of the environment, which come before those of the keyring."""
        venue = self.venue.currentData()
        return next((known for known in self._known if (known.venue, known.source) == (venue, _GIVEN)), None)

    def _kept_keys(self) -> KnownKeys | None:
        venue = self.venue.currentData()
        return next((each for each in self._known if each.venue == venue and each.source is KeySource.KEYRING), None)

    def _edited(self) -> None:
        """Other keys: what was found of the ones before is not true of them."""
        self._errands.drop("test")
        self.findings.show_report(None)
        if not self._errands.is_open("keep"):
            self._say("")
        self._judge()
        self._show_buttons()

    def _judge(self) -> None:
        """Tell what is wrong at its field; of an empty one only once the person wanted to go on."""
        entry, found = self.entry(), problems(self.entry())
        texts = {Part.KEY: entry.key, Part.SECRET: entry.secret, Part.PASSPHRASE: entry.passphrase}
        texts[Part.ADDRESS] = entry.address
        for part, note in self.errors.items():
            if part is Part.VENUE:
                continue
            is_told = self._is_judged or bool(texts.get(part, "told"))
            wrong = found.get(part, "") if is_told else ""
            note.say(wrong)
            self._field(part).setAccessibleDescription(wrong)

    def _is_sound(self) -> bool:
        self._is_judged = True
        self._edited()
        wrong = problems(self.entry())
        if wrong:
            self._field(next(part for part in Part if part in wrong)).setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def _say(self, sentence: str, is_wrong: bool = False) -> None:
        self.state.say(sentence, Token.DOWN if is_wrong else Token.T1)

    def _field(self, part: Part) -> QWidget:
        return {
            Part.VENUE: self.venue,
            Part.KEY: self.key,
            Part.SECRET: self.secret,
            Part.PASSPHRASE: self.passphrase,
            Part.MONEY: self.money,
            Part.ADDRESS: self.address,
        }[part]

    def _clear_secrets(self) -> None:
        for line in (self.key, self.secret, self.passphrase):
            line.clear()

    def _open(self) -> None:
        """Begin; keys that were entered are saved before, because the session takes them from there."""
        entry = self.entry()
        if entry.has_keys and self._given_keys() is None:
            self._save(entry, self._begin)
        else:
            self._begin(entry)

    def _begin(self, entry: Entry) -> None:
        url = practice_address(entry.address) if entry.money is Money.PRACTICE else None
        self.opened.emit(SessionRequest(mode=Mode.LIVE, venue=entry.venue, venue_url=url))
        self.accept()

    def _fit(self) -> None:
        self.findings.fit(self.width() - SIDES_PX)
        hug(self, self.width())

    def _fill(self) -> None:
        for access in VENUE_ACCESS:
            self.venue.addItem(access.title, access.venue)
        for money, words in MONEY_WORDS.items():
            self.money.addItem(words, money)
        items = self.money.model()
        assert isinstance(items, QStandardItemModel)
        items.item(self.money.findData(Money.REAL)).setEnabled(False)
        self.address.setPlaceholderText("http://127.0.0.1:8710")
        self.address.setAccessibleName("Address of the practice exchange")
        self.address.setFont(font(12))
        self.address.setFixedHeight(HEIGHT)

    def _listen(self) -> None:
        self.venue.activated.connect(lambda _at: self._show_venue())
        self.money.activated.connect(lambda _at: self._show_money())
        for line in (self.key, self.secret, self.passphrase, self.address):
            line.textEdited.connect(lambda _text: self._edited())
        self.test.clicked.connect(self.examine)
        self.save.clicked.connect(self.keep)
        self.forget.clicked.connect(self.ask_to_forget)
        self.open_.clicked.connect(self._open)
        self.close_.clicked.connect(self.reject)
