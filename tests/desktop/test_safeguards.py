"""The kill switch from everywhere, the halt it leaves, and whose money the window says it is."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

import sigma_desktop
from sigma_desktop.actions import Do
from sigma_desktop.dialogs import sheets
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.main_window import MainWindow
from sigma_desktop.safeguards import FLAT
from sigma_desktop.theme.tokens import Token, value
from sigma_desktop.tray import tray_icon
from sigma_desktop.widgets.band import MOST_WAITING, AlertBand
from sigma_desktop.widgets.money_frame import BORDER_PX
from sigma_engine import (
    Accepted,
    AccountState,
    AlertRaised,
    Drill,
    Event,
    Funds,
    KillSwitchPressed,
    LiftHalt,
    Mode,
    PortfolioChanged,
    PressKillSwitch,
    Refused,
    Severity,
    Snapshot,
    Standing,
    StandingChanged,
)
from tests.desktop import market
from tests.desktop.market import END_MS, MarketEngine

SIZES = [(640, 480), (1024, 700), (1366, 768), (1760, 1040)]
CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
DRILL = Drill(at_ms=END_MS, entries_stopped_ms=3, cancelled_ms=41, flat_ms=None)


def stands(state: AccountState, reason: str = "", latched: bool = False) -> StandingChanged:
    return StandingChanged(
        at_ms=END_MS, standing=Standing(state=state, reason=reason, since_ms=END_MS, latched=latched)
    )


HALT = stands(AccountState.HALTED, "the kill switch was pressed", latched=True)


def tell(window: MainWindow, engine: MarketEngine, *events: Event) -> None:
    engine.publish(*events)
    window.terminal.flush()


def live(**changes: object) -> Snapshot:
    return replace(market.snapshot(), mode=Mode.LIVE, venue="WEEX", **changes)  # type: ignore[arg-type]


async def asked(engine: MarketEngine, window: MainWindow) -> list[object]:
    """What the engine was asked, once every command has been answered."""
    await asyncio.gather(*window.terminal._tasks)
    await asyncio.sleep(0)
    return list(engine.asked)


def pixel(window: QWidget, x: int, y: int) -> str:
    picture: QImage = window.grab().toImage()
    return picture.pixelColor(x, y).name().upper()


# pressing it


@pytest.mark.parametrize("way", ["header", "menu", "tray"])
async def test_the_kill_switch_acts_at_once_and_asks_nothing_before(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine, way: str
) -> None:
    presses = {
        "header": trading.header.kill.click,
        "menu": trading.actions_[Do.KILL].trigger,
        "tray": trading.tray.menu.actions()[2].trigger,
    }
    presses[way]()
    assert not trading.findChildren(QDialog)
    assert await asked(engine, trading) == [PressKillSwitch()]


@pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")
async def test_its_key_works_in_the_window_in_a_modal_dialog_in_a_field_and_in_a_floating_dock(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    def press(widget: QWidget) -> None:
        widget.window().activateWindow()
        widget.setFocus()
        QApplication.processEvents()
        QTest.keyClick(widget, Qt.Key.Key_K, CONTROL_SHIFT)

    press(trading.docks.panels["chart"])
    tell(trading, engine, HALT)
    page = sheets.about(trading)
    assert page.isModal()
    press(page)
    page.close()
    field = trading.safeguards.show_page()
    press(field.word)
    field.reject()
    dock = trading.docks.docks["trades"]
    dock.setFloating(True)
    press(trading.docks.panels["trades"])
    dock.setFloating(False)
    assert await asked(engine, trading) == [PressKillSwitch()] * 4


async def test_a_space_bar_meant_for_something_else_does_not_press_it(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    assert trading.header.kill.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_before_a_session_there_is_nothing_to_stop(window: MainWindow) -> None:
    assert not window.header.kill.isEnabled()
    window.actions_[Do.KILL].trigger()
    assert window.toasts.texts == ["The market is still opening; try again in a moment."]
    assert not window.halt.isVisible()


async def test_what_becomes_of_positions_is_asked_afterwards_without_blocking(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    trading.header.kill.click()
    assert not trading.halt.isVisible()
    await asked(engine, trading)
    assert trading.halt.isVisible()
    assert "Entries are stopped. Close all 2 positions?" in trading.halt.text.text()
    assert (trading.halt.close_all.text(), trading.halt.keep.text()) == ("Close all 2", "Keep them protected")
    assert trading.isEnabled()
    assert not trading.findChildren(QMessageBox)


async def test_closing_all_is_a_second_press_that_flattens(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    trading.header.kill.click()
    await asked(engine, trading)
    trading.halt.close_all.click()
    assert await asked(engine, trading) == [PressKillSwitch(), PressKillSwitch(flatten=True)]
    assert not trading.halt.close_all.isVisible()


async def test_kept_positions_are_left_alone_and_the_halt_stays_in_sight(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    trading.header.kill.click()
    await asked(engine, trading)
    tell(trading, engine, HALT, KillSwitchPressed(at_ms=END_MS, drill=DRILL))
    trading.halt.keep.click()
    assert await asked(engine, trading) == [PressKillSwitch()]
    assert trading.halt.title.text() == "HALTED since 13:00:00 UTC"
    said = trading.halt.text.text()
    assert said.startswith("The kill switch was pressed. Nothing is opened until you lift the halt")
    assert said.endswith("Kill switch: entries stopped in 3 ms, cancelled in 41 ms.")
    assert trading.halt.safety.isVisible()
    assert not trading.halt.keep.isVisible()


async def test_where_the_exchange_takes_no_stops_kept_positions_are_not_called_protected(
    loop: SigmaLoop, window: MainWindow
) -> None:
    engine = MarketEngine(live(funds=Funds.DEMO, protects=False))
    window.terminal.attach(engine)
    window.header.kill.click()
    await asked(engine, window)
    assert window.halt.keep.text() == "Keep them"
    assert "this exchange takes no stops" in window.halt.text.text()


async def test_the_question_goes_with_the_last_position(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    trading.header.kill.click()
    await asked(engine, trading)
    tell(trading, engine, HALT, PortfolioChanged(at_ms=END_MS, portfolio=market.portfolio()))
    assert trading.halt.isVisible()
    assert not trading.halt.close_all.isVisible()


async def test_with_nothing_held_nothing_is_asked(loop: SigmaLoop, window: MainWindow) -> None:
    engine = MarketEngine(market.snapshot(with_past=False))
    window.terminal.attach(engine)
    window.header.kill.click()
    await asked(engine, window)
    assert not window.halt.isVisible()


async def test_a_refused_press_is_told_and_claims_nothing(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    engine.answer = lambda command: Refused("this run is over; open another from the File menu")
    trading.header.kill.click()
    await asked(engine, trading)
    assert not trading.halt.isVisible()
    assert trading.toasts.texts == ["this run is over; open another from the File menu"]


async def test_another_session_is_not_asked_about_the_positions_of_the_last(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    trading.header.kill.click()
    await asked(engine, trading)
    trading.terminal.attach(MarketEngine())
    assert not trading.halt.isVisible()


# the halt and its end


def test_a_halt_is_unmistakable_in_the_header_the_foot_the_title_and_the_tray(
    trading: MainWindow, engine: MarketEngine
) -> None:
    tell(trading, engine, HALT)
    assert trading.header.pill.accessibleName() == "Halted"
    assert trading.status.account.text == "Account halted"
    assert "The kill switch was pressed." in trading.status.account.toolTip()
    assert trading.windowTitle() == "SIGMA – HALTED"
    assert trading.tray.state.text() == "Halted"
    tell(trading, engine, stands(AccountState.ACTIVE))
    assert not trading.halt.isVisible()
    assert trading.windowTitle() == "SIGMA"
    assert trading.tray.state.text() == "Running · account active"


def test_a_session_that_opens_halted_says_so_without_being_pressed(window: MainWindow) -> None:
    window.terminal.attach(MarketEngine(replace(market.snapshot(), standing=HALT.standing, drill=DRILL)))
    assert window.halt.isVisible()
    assert window.toasts.texts == []


async def test_a_halt_is_lifted_on_the_safety_page_by_typing_the_word(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    tell(trading, engine, HALT, KillSwitchPressed(at_ms=END_MS, drill=DRILL))
    trading.halt.safety.click()
    page = trading.safeguards.show_page()
    assert page.state.text() == "Account halted"
    assert page.facts["Reason"].text() == "The kill switch was pressed."
    assert page.facts["Since"].text() == "13:00:00 UTC"
    figures = {name: note.text() for name, note in page.figures.items()}
    assert figures == {"Entries stopped": "in 3 ms", "Orders cancelled": "in 41 ms", "Flat": "not asked for"}
    for word in ("", "yes", "LIF"):
        page.word.setText(word)
        QTest.keyClick(page.word, Qt.Key.Key_Return)
        page.lift.click()
    assert await asked(engine, trading) == []
    page.word.setText("lift")
    page.lift.click()
    assert await asked(engine, trading) == [LiftHalt()]
    page.reject()


async def test_a_refused_lifting_is_explained_on_the_page(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    engine.answer = lambda command: Refused("two orders are still unknown at the exchange; wait until they are found")
    tell(trading, engine, HALT)
    page = trading.safeguards.show_page()
    page.word.setText("LIFT")
    page.lift.click()
    await asked(engine, trading)
    assert page.error.text() == "Two orders are still unknown at the exchange; wait until they are found."
    assert not page.lift.isEnabled()
    page.reject()


def test_what_is_not_halted_cannot_be_lifted(trading: MainWindow, engine: MarketEngine) -> None:
    page = trading.safeguards.show_page()
    assert not page._lifting.isVisible()
    page.word.setText("LIFT")
    assert not page.lift.isEnabled()
    tell(trading, engine, HALT)
    assert page._lifting.isVisible()
    page.reject()


def test_nothing_but_the_safety_page_lifts_a_halt() -> None:
    root = Path(sigma_desktop.__file__).parent
    users = [str(file.relative_to(root)) for file in root.rglob("*.py") if "LiftHalt" in file.read_text("utf-8")]
    assert users == ["dialogs/safety.py"]


# the standing


@pytest.mark.parametrize(
    ("state", "toast"),
    [
        (AccountState.RECONCILING, "Account reconciling. The line was cut. What the exchange holds"),
        (AccountState.REDUCING, "Account reducing. The line was cut. Positions stay managed"),
    ],
)
def test_a_change_of_standing_is_told_once(
    trading: MainWindow, engine: MarketEngine, state: AccountState, toast: str
) -> None:
    tell(trading, engine, stands(state, "the line was cut"))
    tell(trading, engine, stands(state, "the line was cut"))
    (said,) = trading.toasts.texts
    assert said.startswith(toast)
    tell(trading, engine, stands(AccountState.ACTIVE))
    assert trading.toasts.texts[-1] == "Account active. New positions may be opened."


# critical alerts


def critical(text: str) -> AlertRaised:
    return AlertRaised(at_ms=END_MS, severity=Severity.CRITICAL, text=text)


def test_a_critical_alert_stays_through_everything_until_it_is_acknowledged(
    trading: MainWindow, engine: MarketEngine
) -> None:
    tell(trading, engine, critical("BTC/USDT has no stop."))
    for number in range(10):
        tell(trading, engine, AlertRaised(at_ms=END_MS, severity=Severity.WARNING, text=f"warning {number}"))
    assert trading.critical.isVisible()
    assert trading.critical.text.text() == "BTC/USDT has no stop."
    trading.critical.acknowledge.click()
    assert not trading.critical.isVisible()
    assert "BTC/USDT has no stop." in [alert.text for alert in trading.terminal.state.alerts]


def test_each_critical_alert_is_acknowledged_by_itself_and_the_same_one_counts(
    trading: MainWindow, engine: MarketEngine
) -> None:
    tell(trading, engine, critical("one"), critical("two"), critical("one"))
    assert trading.critical.texts == ["two", "one"]
    assert trading.critical.title.text() == "Critical alert, 23 Nov 13:00, 2 times · 1 more behind it"
    trading.critical.acknowledge.click()
    assert trading.critical.text.text() == "two"
    trading.critical.acknowledge.click()
    assert not trading.critical.isVisible()


def test_a_flood_of_critical_alerts_is_bounded(app: QApplication) -> None:
    band = AlertBand()
    for number in range(MOST_WAITING + 20):
        band.add(f"alert {number}", "now")
    assert len(band.texts) == MOST_WAITING
    band.close()
    band.deleteLater()


# whose money


@pytest.mark.parametrize("size", SIZES)
def test_real_money_is_framed_in_red_and_nothing_is_cut(window: MainWindow, size: tuple[int, int]) -> None:
    window.terminal.attach(MarketEngine(live(standing=HALT.standing, drill=DRILL)))
    window.resize(*size)
    QApplication.processEvents()
    red, (width, height) = value(Token.DANGER), size
    corners = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1), (BORDER_PX - 1, height // 2)]
    picture = window.grab().toImage()
    assert {picture.pixelColor(x, y).name().upper() for x, y in corners} == {red}
    header = window.header
    for part in (header.badge, header.pill, header.pause, header.stop, header.kill, header.bell, header.menu):
        assert part.isVisible()
        assert part.width() >= min(part.sizeHint().width(), 34)
        assert part.mapTo(window, QPoint(part.width(), 0)).x() <= width
    for word in (header.badge, header.pill, header.pause, header.stop, header.kill):
        assert word.width() >= word.sizeHint().width()
    assert window.halt.text.height() >= window.halt.text.heightForWidth(window.halt.text.width())
    assert window.windowTitle() == "SIGMA – LIVE · WEEX – HALTED"


def test_play_money_at_an_exchange_is_framed_otherwise(window: MainWindow) -> None:
    window.terminal.attach(MarketEngine(live(funds=Funds.PRACTICE)))
    along = {pixel(window, x, 1) for x in range(20, 60, 2)}
    assert along == {value(Token.VIOLET), value(Token.BG0)}  # dashes
    assert window.windowTitle() == "SIGMA – PRACTICE · WEEX"
    assert window.header.badge.accessibleName() == "Practice exchange: play money"


def test_a_simulation_has_no_border_and_the_border_goes_with_the_session(window: MainWindow) -> None:
    window.terminal.attach(MarketEngine(live()))
    window.terminal.attach(MarketEngine(replace(market.snapshot(), mode=Mode.PAPER, venue="WEEX")))
    assert window.frame.border is None
    assert value(Token.DANGER) not in {pixel(window, 0, 0), pixel(window, 1, window.height() // 2)}
    assert window.windowTitle() == "SIGMA – PAPER · WEEX"
    window.resize(1366, 768)
    QApplication.processEvents()
    assert window.header.badge.text == "PAPER · WEEX"
    window.resize(700, 500)
    QApplication.processEvents()
    assert window.header.badge.text == "PAPER"


# what is said of positions that are being closed


async def test_once_all_is_closed_nothing_says_any_more_that_it_is_on_its_way(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    engine.answer = lambda command: Accepted("entries are stopped; positions are being closed")
    tell(trading, engine, HALT)
    trading.safeguards.flatten()
    await asked(engine, trading)
    assert trading.status._message.text == "entries are stopped; positions are being closed"
    account = engine.snapshot().portfolio
    tell(trading, engine, PortfolioChanged(at_ms=END_MS, portfolio=replace(account, positions=())))
    assert trading.status._message.text == FLAT
    assert "No position of SIGMA's is open." in trading.halt.text.text()


async def test_where_all_is_closed_before_the_answer_comes_the_answer_is_not_the_last_word(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    engine.answer = lambda command: Accepted("entries are stopped; positions are being closed")
    trading.safeguards.flatten()
    account = engine.snapshot().portfolio
    tell(trading, engine, PortfolioChanged(at_ms=END_MS, portfolio=replace(account, positions=())))
    await asked(engine, trading)
    assert trading.status._message.text == FLAT


# why the account may do less


@pytest.mark.parametrize("size", [*SIZES, (1920, 1080)])
def test_a_reduced_account_is_told_with_its_reason_at_every_size(window: MainWindow, size: tuple[int, int]) -> None:
    engine = MarketEngine(live(funds=Funds.PRACTICE))
    window.setFixedSize(*size)
    window.show()
    window.terminal.attach(engine)
    tell(window, engine, stands(AccountState.REDUCING, "the daily loss limit of 3.0% was reached"))
    QApplication.processEvents()
    assert window.halt.isVisible()
    assert window.halt.title.text().startswith("REDUCING since ")
    assert window.halt.text.text().startswith("The daily loss limit of 3.0% was reached. Positions stay managed")
    for note in (window.halt.title, window.halt.text):
        assert note.height() >= note.heightForWidth(note.width())
    tell(window, engine, stands(AccountState.ACTIVE))
    assert not window.halt.isVisible()


def test_reconciling_is_told_in_the_header_at_once_and_in_a_band_once_it_lasts(window: MainWindow) -> None:
    engine = MarketEngine(live(funds=Funds.PRACTICE))
    window.terminal.attach(engine)
    tell(window, engine, stands(AccountState.RECONCILING, "the exchange was not reachable for 40 s"))
    assert window.header.pill.accessibleName() == "Reconciling"
    assert not window.halt.isVisible()
    window.safeguards._moment.stop()
    window.safeguards._moment.timeout.emit()
    assert window.halt.title.text().startswith("RECONCILING since ")
    assert "The exchange was not reachable for 40 s." in window.halt.text.text()
    tell(window, engine, stands(AccountState.ACTIVE))
    assert not window.halt.isVisible()


def test_reconciling_that_is_over_in_a_moment_moves_nothing(window: MainWindow) -> None:
    engine = MarketEngine(live(funds=Funds.PRACTICE))
    window.terminal.attach(engine)
    for _ in range(2):
        tell(window, engine, stands(AccountState.RECONCILING, "comparing"))
        tell(window, engine, stands(AccountState.ACTIVE))
        assert not window.safeguards._moment.isActive()
    assert not window.halt.isVisible()


# the tray


def test_without_a_tray_nothing_is_shown_and_nothing_fails(trading: MainWindow) -> None:
    assert QSystemTrayIcon.isSystemTrayAvailable() is (trading.tray.icon is not None)
    texts = [action.text().replace("&", "") for action in trading.tray.menu.actions() if action.text()]
    assert texts == ["Running · account active", "Kill switch", "Show SIGMA", "Quit"]
    assert not trading.tray.state.isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")
def test_the_tray_brings_the_window_back_and_leaves_in_good_order(trading: MainWindow, qtbot: QtBot) -> None:
    trading.showMinimized()
    trading.tray.show_window.trigger()
    assert not trading.isMinimized()
    with qtbot.waitSignal(trading.leaving):
        trading.tray.menu.actions()[-1].trigger()


def test_the_trays_icon_carries_the_colour_of_a_halt(app: QApplication) -> None:
    picture = tray_icon(Token.DANGER).pixmap(64, 64).toImage()
    assert picture.pixelColor(50, 50).name().upper() == value(Token.DANGER)
    assert tray_icon(None).pixmap(64, 64).toImage().pixelColor(50, 50).name().upper() != value(Token.DANGER)
