"""The dialog that connects an account: keys tested in words, kept in the keyring, and never seen."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from sigma_desktop.actions import Do
from sigma_desktop.connecting.connect import ConnectExchange
from sigma_desktop.connecting.entry import LOCKED, Money, Part
from sigma_desktop.connecting.paper import OpenPaper
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.main_window import MainWindow
from sigma_engine import KeyLine, KeyReport, KeySource, KeyVerdict, KnownKeys, Mode, SessionRequest
from tests.desktop.connecting.keyrings import BAD, Keyring, LockedKeyring

CANARY = ("canary-key-ab12", "canary-secret-cd34", "canary-phrase-ef56")
OTHER = ("otheri-kez-ab99", "otheri-sekret-xx34", "otheri-phrasi-gh78")
KEPT = KnownKeys(venue="weex", source=KeySource.KEYRING, shown="••••ab12", demo=True)


@pytest.fixture
def keyring(loop: SigmaLoop) -> Keyring:
    return Keyring()


@pytest.fixture
def parent(loop: SigmaLoop, qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    made.resize(1024, 700)
    made.show()
    yield made
    for dialog in made.findChildren(QDialog):
        dialog.close()
    made.close()
    made.deleteLater()


def opened(parent: QWidget, keyring: Keyring) -> ConnectExchange:
    dialog = ConnectExchange(keyring.connections, parent)
    dialog.open()
    return dialog


async def answered() -> None:
    for _ in range(8):
        await asyncio.sleep(0)


def type_keys(dialog: ConnectExchange, texts: tuple[str, str, str] = CANARY) -> None:
    for line, text in zip((dialog.key, dialog.secret, dialog.passphrase), texts, strict=True):
        line.clear()
        QTest.keyClicks(line, text)


def choose(dialog: ConnectExchange, venue: str | None = None, money: Money | None = None) -> None:
    for box, value in ((dialog.venue, venue), (dialog.money, money)):
        if value is not None:
            assert box.choose(value)
            box.activated.emit(box.currentIndex())


def told(dialog: ConnectExchange) -> dict[Part, str]:
    return {part: note.text() for part, note in dialog.errors.items() if note.text()}


async def test_it_opens_on_demo_money_with_live_locked_and_says_why(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    assert dialog.money.currentData() is Money.DEMO
    assert dialog.locked.text() == LOCKED
    assert dialog.locked.isVisible()
    real = dialog.money.model().index(dialog.money.findData(Money.REAL), 0)
    assert not real.flags() & Qt.ItemFlag.ItemIsEnabled
    assert told(dialog) == {}
    await answered()


async def test_only_where_sigma_trades_can_be_connected(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    titles = [dialog.venue.itemText(at) for at in range(dialog.venue.count())]
    assert titles == ["WEEX", "Binance", "Bybit", "OKX", "Hyperliquid"]
    choose(dialog, venue="okx")
    assert told(dialog)[Part.VENUE].startswith("OKX: market data and paper trading only")
    assert not dialog.key.isVisible()
    assert not dialog.test.isEnabled()
    choose(dialog, venue="weex")
    assert dialog.key.isVisible()
    assert dialog.passphrase.isVisible()
    await answered()


async def test_what_is_pasted_loses_the_blanks_around_it(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    QGuiApplication.clipboard().setText("  pasted-key-1 \n")
    dialog.key.paste()
    QGuiApplication.clipboard().clear()
    assert dialog.entry().key == "pasted-key-1"
    await answered()


async def test_wrong_fields_are_told_each_at_its_place_and_nothing_is_asked(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    dialog.test.click()
    await answered()
    assert list(told(dialog)) == [Part.KEY, Part.SECRET, Part.PASSPHRASE]
    assert dialog.errors[Part.KEY].isVisible()
    assert dialog.key.accessibleDescription() == told(dialog)[Part.KEY]
    type_keys(dialog)
    assert told(dialog) == {}
    assert keyring.examined == []


async def test_keys_are_tested_off_the_windows_hands_and_told_in_words(parent: QWidget, keyring: Keyring) -> None:
    keyring.report = BAD
    keyring.answers.clear()
    dialog = opened(parent, keyring)
    await answered()
    type_keys(dialog)
    dialog.test.click()
    await answered()
    assert (dialog.test.text(), dialog.test.isEnabled()) == ("Testing…", False)
    assert dialog.state.text() == "Asking WEEX…"
    keyring.answers.set()
    await answered()
    assert (dialog.test.text(), dialog.test.isEnabled()) == ("Test keys", True)
    assert dialog.state.text() == "SIGMA cannot trade with these keys yet."
    assert dialog.findings.lines == BAD.lines
    shown = [note.accessibleName() for note in dialog.findings.findChildren(QWidget) if note.accessibleName()]
    assert "bad: The key may not trade. Give it the right to trade." in shown
    (request,) = keyring.examined
    assert (request.venue, request.key, request.demo, request.venue_url) == ("weex", CANARY[0], True, None)


async def test_what_was_found_is_not_said_of_other_keys(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    type_keys(dialog)
    dialog.test.click()
    await answered()
    assert dialog.findings.isVisible()
    QTest.keyClicks(dialog.key, "x")
    assert not dialog.findings.isVisible()
    assert dialog.state.text() == ""


async def test_an_answer_that_comes_after_an_edit_is_not_shown(parent: QWidget, keyring: Keyring) -> None:
    keyring.answers.clear()
    dialog = opened(parent, keyring)
    type_keys(dialog)
    dialog.test.click()
    await answered()
    QTest.keyClicks(dialog.key, "x")
    keyring.answers.set()
    await answered()
    assert not dialog.findings.isVisible()


async def test_keys_are_saved_and_the_fields_emptied(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    type_keys(dialog)
    dialog.save.click()
    await answered()
    assert [request.secret for request in keyring.saved] == [CANARY[1]]
    assert (dialog.key.text(), dialog.secret.text(), dialog.passphrase.text()) == ("", "", "")
    assert dialog.state.text() == "Saved in the keyring."
    assert dialog.known.text() == "In the keyring: ••••ab12, demo money"
    assert told(dialog) == {}


async def test_a_keyring_that_refuses_is_told_and_the_fields_stay(parent: QWidget, keyring: Keyring) -> None:
    keyring.error = LockedKeyring("The keyring is locked: unlock it, then save again.")
    dialog = opened(parent, keyring)
    type_keys(dialog)
    dialog.save.click()
    await answered()
    assert dialog.state.text() == "The keyring is locked: unlock it, then save again."
    assert dialog.secret.text() == CANARY[1]


async def test_an_unexpected_failure_is_named_by_its_kind_alone(
    parent: QWidget, keyring: Keyring, caplog: pytest.LogCaptureFixture
) -> None:
    keyring.error = RuntimeError(f"signature of {CANARY[1]} failed")
    dialog = opened(parent, keyring)
    type_keys(dialog)
    with caplog.at_level(logging.DEBUG):
        dialog.test.click()
        await answered()
    assert "RuntimeError" in dialog.state.text()
    assert "canary" not in dialog.state.text() + caplog.text
    assert dialog.test.isEnabled()


async def test_keys_are_forgotten_after_a_question(parent: QWidget, loop: SigmaLoop) -> None:
    keyring = Keyring(KEPT)
    dialog = opened(parent, keyring)
    await answered()
    assert dialog.forget.isEnabled()
    dialog.forget.click()
    assert "Remove the WEEX keys ••••ab12 from the keyring?" in dialog.confirm.question.text()
    dialog.confirm.no.click()
    assert keyring.known == [KEPT]
    dialog.forget.click()
    dialog.confirm.yes.click()
    await answered()
    assert keyring.known == []
    assert not dialog.forget.isEnabled()


async def test_keys_of_the_environment_are_shown_and_cannot_be_forgotten(parent: QWidget, loop: SigmaLoop) -> None:
    dialog = opened(parent, Keyring(replace(KEPT, source=KeySource.ENVIRONMENT)))
    await answered()
    assert dialog.known.text().startswith("From the environment: ••••ab12")
    assert not dialog.forget.isEnabled()
    assert dialog.open_.isEnabled()


async def test_an_account_is_opened_only_with_keys_and_a_practice_exchange_only_here(
    parent: QWidget, loop: SigmaLoop, qtbot: QtBot
) -> None:
    dialog = opened(parent, Keyring())
    await answered()
    assert not dialog.open_.isEnabled()
    dialog.reject()
    dialog = opened(parent, Keyring(KEPT))
    await answered()
    choose(dialog, money=Money.PRACTICE)
    assert not dialog.open_.isEnabled()
    QTest.keyClicks(dialog.address, "http://127.0.0.1:8710")
    with qtbot.waitSignal(dialog.opened) as chosen:
        dialog.open_.click()
    assert chosen.args == [SessionRequest(mode=Mode.LIVE, venue="weex", venue_url="http://127.0.0.1:8710")]


async def examined(dialog: ConnectExchange) -> None:
    await answered()
    dialog.test.click()
    await answered()


async def test_after_a_failed_test_the_account_is_not_opened_whatever_was_kept_before(
    parent: QWidget, loop: SigmaLoop
) -> None:
    keyring = Keyring(KEPT)
    keyring.report = BAD
    dialog = opened(parent, keyring)
    type_keys(dialog)
    await examined(dialog)
    assert not dialog.open_.isEnabled()
    assert "Test these keys first" in dialog.open_.toolTip()


async def test_only_the_very_entries_that_passed_open_an_account(parent: QWidget, loop: SigmaLoop) -> None:
    dialog = opened(parent, Keyring(KEPT))
    type_keys(dialog)
    assert not dialog.open_.isEnabled()
    await examined(dialog)
    assert dialog.open_.isEnabled()
    QTest.keyClicks(dialog.secret, "x")
    assert not dialog.open_.isEnabled()
    QTest.keyClick(dialog.secret, Qt.Key.Key_Backspace)
    assert dialog.open_.isEnabled()
    choose(dialog, money=Money.PRACTICE)
    assert not dialog.open_.isEnabled()


async def test_an_answer_that_failed_takes_an_earlier_pass_back(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    type_keys(dialog)
    await examined(dialog)
    assert dialog.open_.isEnabled()
    keyring.report = BAD
    await examined(dialog)
    assert not dialog.open_.isEnabled()


async def test_what_passed_is_saved_and_then_opened(parent: QWidget, keyring: Keyring, qtbot: QtBot) -> None:
    dialog = opened(parent, keyring)
    type_keys(dialog)
    await examined(dialog)
    chosen: list[SessionRequest] = []
    dialog.opened.connect(chosen.append)
    dialog.open_.click()
    await answered()
    assert [request.secret for request in keyring.saved] == [CANARY[1]]
    assert chosen == [SessionRequest(mode=Mode.LIVE, venue="weex")]


async def test_where_the_keyring_refuses_nothing_is_opened(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    type_keys(dialog)
    await examined(dialog)
    keyring.error = LockedKeyring("The keyring is locked: unlock it, then save again.")
    chosen: list[SessionRequest] = []
    dialog.opened.connect(chosen.append)
    dialog.open_.click()
    await answered()
    assert chosen == []
    assert dialog.state.text() == "The keyring is locked: unlock it, then save again."


async def test_keys_saved_without_a_test_do_not_open_an_account(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    type_keys(dialog)
    dialog.save.click()
    await answered()
    assert not dialog.open_.isEnabled()
    type_keys(dialog)
    await examined(dialog)
    dialog.save.click()
    await answered()
    assert dialog.open_.isEnabled()


@pytest.mark.parametrize(("shown", "opens"), [("••••ab12", True), ("••••zz99", False)])
async def test_keys_of_the_environment_come_first_so_others_are_not_opened_in_their_name(
    parent: QWidget, loop: SigmaLoop, shown: str, opens: bool
) -> None:
    keyring = Keyring(replace(KEPT, source=KeySource.ENVIRONMENT, shown=shown))
    dialog = opened(parent, keyring)
    type_keys(dialog)
    await examined(dialog)
    assert dialog.open_.isEnabled() is opens
    dialog.open_.click()
    await answered()
    assert keyring.saved == []


async def test_leaving_waits_for_nobody_and_leaves_nothing_in_the_fields(parent: QWidget, keyring: Keyring) -> None:
    keyring.answers.clear()
    dialog = opened(parent, keyring)
    type_keys(dialog)
    dialog.test.click()
    await answered()
    fields = dialog.key, dialog.secret, dialog.passphrase
    dialog.reject()
    assert [field.text() for field in fields] == ["", "", ""]
    await answered()


async def test_a_picture_of_the_dialog_is_the_same_whatever_the_secrets_are(parent: QWidget, keyring: Keyring) -> None:
    dialog = opened(parent, keyring)
    await answered()
    pictures = []
    for texts in (CANARY, OTHER):
        type_keys(dialog, texts)
        dialog.close_.setFocus()
        image = dialog.grab().toImage()
        pictures.append(bytes(image.constBits()))
    assert [len(text) for text in CANARY] == [len(text) for text in OTHER]
    assert pictures[0] == pictures[1]


async def test_nothing_around_a_secret_tells_it(
    parent: QWidget, keyring: Keyring, caplog: pytest.LogCaptureFixture
) -> None:
    dialog = opened(parent, keyring)
    with caplog.at_level(logging.DEBUG):
        type_keys(dialog)
        dialog.test.click()
        await answered()
    for line in (dialog.key, dialog.secret, dialog.passphrase):
        assert line.echoMode() is QLineEdit.EchoMode.Password
        assert "canary" not in f"{line.toolTip()} {line.accessibleName()} {line.accessibleDescription()}"
        assert "canary" not in line.displayText()
        line.selectAll()
        line.copy()
        assert "canary" not in QGuiApplication.clipboard().text()
    assert "canary" not in caplog.text + repr(keyring.examined) + repr(dialog.entry())


@pytest.mark.parametrize("lines", [0, 3, 12])
async def test_no_word_is_cut_and_the_dialog_fits_a_small_screen(parent: QWidget, keyring: Keyring, lines: int) -> None:
    finding = KeyLine(text="The key may not trade.", verdict=KeyVerdict.BAD, next_step="Give it the right. " * 6)
    keyring.report = KeyReport(ok=False, lines=(finding,) * lines)
    dialog = opened(parent, keyring)
    type_keys(dialog)
    dialog.test.click()
    await answered()
    assert dialog.height() <= 700
    for button in dialog.findChildren(QPushButton):
        assert not button.isVisible() or button.width() >= button.sizeHint().width()
    for note in (dialog.locked, dialog.state):
        assert note.height() >= note.heightForWidth(note.width())


async def test_paper_trading_is_chosen_in_a_small_dialog(window: MainWindow, loop: SigmaLoop, qtbot: QtBot) -> None:
    from tests.desktop.market import MarketEngine

    window.terminal.attach(MarketEngine())
    window.actions_[Do.OPEN_PAPER].trigger()
    dialog = window.findChild(OpenPaper)
    assert dialog is not None
    assert dialog.strategy.currentData() == "sigma-fusion"
    assert dialog.venue.choose("okx")
    assert dialog.strategy.choose("ema-trend")
    with qtbot.waitSignal(window.sessionChosen) as chosen:
        dialog.open_.click()
    assert chosen.args == [SessionRequest(mode=Mode.PAPER, venue="okx", strategy="ema-trend")]
