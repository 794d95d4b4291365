from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.models.curve import Span
from sigma_desktop.models.figures import UNDEFINED
from sigma_desktop.panels.performance import PerformancePanel
from sigma_desktop.theme.format import depth, money
from sigma_desktop.theme.tokens import font
from sigma_engine import EquityPoint, EquityRecorded, PortfolioChanged, PositionClosed
from tests.desktop.market import BTC, END_MS, HOUR_MS, MarketEngine, snapshot, trade

Show = Callable[..., PerformancePanel]
SIZE = (408, 249)


def texts(panel: PerformancePanel) -> dict[str, str]:
    labels = [panel.equity, panel.change, panel.fall, *panel.figures]
    return {label.figure.title: label.figure.text for label in labels}


def test_before_a_session_the_panel_says_what_will_stand_here(show: Show) -> None:
    panel = show(PerformancePanel, *SIZE)
    assert panel.view.empty_title == "The equity curve appears here"
    assert texts(panel)["Equity"] == UNDEFINED


def test_a_run_that_has_just_begun_claims_nothing(show: Show) -> None:
    panel = show(PerformancePanel, *SIZE, MarketEngine(snapshot(with_past=False)))
    read = texts(panel)
    assert panel.view.empty_title == "The curve has not begun"
    assert (read["Equity"], read["Return"], read["Win rate"]) == ("10,000.00", UNDEFINED, UNDEFINED)
    assert "no candle has closed yet" in panel.change.figure.explanation


def test_the_figures_are_those_of_the_run(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    read = texts(show(PerformancePanel, *SIZE, engine))
    state = terminal.state
    assert state.portfolio is not None
    won = sum(closed.pnl > 0 for closed in state.trades)
    assert read["Trades"] == str(len(state.trades))
    assert read["Win rate"] == f"{100 * won / len(state.trades):.1f}%"
    assert read["Equity"] == f"{state.portfolio.equity:,.2f}"


def test_a_point_and_a_trade_are_added_as_they_come(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(PerformancePanel, *SIZE, engine)
    points, count = len(panel.view.curve), int(texts(panel)["Trades"])
    worth = Decimal("12345.67")
    engine.publish(
        PositionClosed(at_ms=END_MS, trade=trade(99, "4.00")),
        EquityRecorded(at_ms=END_MS + HOUR_MS, point=EquityPoint(END_MS + HOUR_MS, worth, worth)),
    )
    terminal.flush()
    assert len(panel.view.curve) > points
    assert float(worth) in panel.view.curve.equity
    assert texts(panel)["Trades"] == str(count + 1)


def test_the_curve_ends_where_the_account_stands_now(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(PerformancePanel, *SIZE, engine)
    engine.tick(BTC, 99_000.0)
    terminal.flush()
    assert terminal.state.portfolio is not None
    assert texts(panel)["Equity"] == money(terminal.state.portfolio.equity)
    panel._pause.stop()
    panel._catch_up()
    assert panel.view.curve.equity[-1] == float(terminal.state.portfolio.equity)


def test_a_closed_trade_moves_the_end_of_the_curve_at_once(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(PerformancePanel, *SIZE, engine)
    account = engine.snapshot().portfolio
    flat = replace(account, at_ms=END_MS + 1, wallet=account.wallet - 100, positions=())
    engine.publish(
        PositionClosed(at_ms=END_MS + 1, trade=trade(99, "-100.00")),
        PortfolioChanged(at_ms=END_MS + 1, portfolio=flat),
    )
    terminal.flush()
    assert panel.view.curve.equity[-1] == float(flat.equity)


def test_a_fall_reads_the_same_wherever_it_stands(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(PerformancePanel, 700, 249, engine)
    engine.tick(BTC, 60_000.0)
    terminal.flush()
    panel._pause.stop()
    panel._catch_up()
    assert terminal.state.portfolio is not None
    fall = depth(terminal.state.portfolio.drawdown_fraction)
    assert fall.startswith("−")
    assert (texts(panel)["Drawdown"], texts(panel)["Max drawdown"]) == (fall, fall)


@pytest.mark.parametrize(("span", "points"), [(Span.HOUR, 2), (Span.SIX_HOURS, 7), (Span.DAY, 25), (Span.WEEK, 169)])
def test_a_span_is_measured_in_market_time(show: Show, engine: MarketEngine, span: Span, points: int) -> None:
    panel = show(PerformancePanel, *SIZE, engine)
    panel.look_back(span)
    assert len(panel.view.curve) == points
    first = panel.view.curve.equity[0]
    now = float(engine.snapshot().portfolio.equity)
    assert float(texts(panel)["Return"].replace("−", "-").rstrip("%")) == pytest.approx(
        100 * (now / first - 1), abs=0.006
    )


def test_a_span_is_chosen_by_its_button(show: Show, engine: MarketEngine) -> None:
    panel = show(PerformancePanel, *SIZE, engine)
    button = next(each for each in panel.findChildren(QToolButton) if each.text() == "1D")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.span is Span.DAY
    assert button.isChecked()


def test_another_run_begins_anew(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(PerformancePanel, *SIZE, engine)
    terminal.attach(MarketEngine(replace(snapshot(with_past=False), run_id="run-2")))
    assert texts(panel)["Trades"] == "0"
    assert len(panel.view.curve) == 0


def test_the_point_under_the_mouse_is_the_nearest_in_time(show: Show, engine: MarketEngine) -> None:
    panel = show(PerformancePanel, 900, 500, engine)
    view = panel.view
    for at in (0, len(view.curve) // 2, len(view.curve) - 1):
        x = float(view._x(view.curve.at_ms[at : at + 1])[0])
        QTest.mouseMove(view, QPointF(round(x), 50.0).toPoint())
        assert abs(view._nearest(x) - at) == 0


def test_every_figure_is_explained_on_hover_and_named_for_those_who_cannot_see(
    show: Show, engine: MarketEngine
) -> None:
    panel = show(PerformancePanel, *SIZE, engine)
    for label in [panel.equity, panel.change, panel.fall, *panel.figures]:
        assert label.toolTip()
        assert label.accessibleName() == f"{label.figure.title} {label.figure.text}"
    assert panel.view.accessibleName().startswith("Equity curve of")


def test_every_button_has_a_name_for_those_who_cannot_see_it(show: Show, engine: MarketEngine) -> None:
    panel = show(PerformancePanel, *SIZE, engine)
    assert all(button.accessibleName() and button.toolTip() for button in panel.findChildren(QToolButton))


@pytest.mark.parametrize(("width", "shown"), [(310, 6), (408, 8), (700, 9)])
def test_where_it_is_narrow_figures_give_way_rather_than_be_cut(
    show: Show, engine: MarketEngine, width: int, shown: int
) -> None:
    panel = show(PerformancePanel, width, 200, engine)
    labels = [panel.equity, panel.change, panel.fall, *panel.figures]
    seen = [label for label in labels if label.isVisible()]
    assert len(seen) == shown
    for label in seen:
        number = QFontMetrics(font(label._value_px, 600)).horizontalAdvance(label.figure.text)
        assert label.width() >= number
