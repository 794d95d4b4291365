"""The window's picture of the session: begun from a snapshot, kept true by events."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.bridge.state import FOLDED_EVERY, LEFT_SINGLE, TerminalState
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.bridge.trail import Trail
from sigma_engine import (
    AccountState,
    AlertRaised,
    CalibrationMeasured,
    Candle,
    CandleClosed,
    CandleRejected,
    ChatAnswered,
    ChatMessage,
    DecisionMade,
    Drill,
    EquityPoint,
    EquityRecorded,
    FeedChanged,
    FeedWay,
    Funds,
    KillSwitchPressed,
    Leg,
    Mode,
    Order,
    OrderRejected,
    OrderSide,
    PortfolioChanged,
    PositionClosed,
    PositionOpened,
    PositionSide,
    PriceChanged,
    RunChanged,
    RunStatus,
    Severity,
    SignalPreviewed,
    Speaker,
    Standing,
    StandingChanged,
    StrategyChanged,
    Trust,
)
from tests.desktop import market
from tests.desktop.market import BTC, END_MS, ETH, MINUTE_MS, SOL


@pytest.fixture
def state() -> TerminalState:
    made = TerminalState()
    made.load(market.snapshot())
    return made


def price(symbol: str, value: float, at_ms: int = END_MS + 500) -> PriceChanged:
    return PriceChanged(
        at_ms=at_ms, symbol=symbol, price=value, forming=Candle(END_MS, value, value, value, value, 1.0)
    )


def test_a_snapshot_is_taken_in_whole(state: TerminalState) -> None:
    begin = market.snapshot()
    assert (state.mode, state.status, state.run_id) == (begin.mode, begin.status, begin.run_id)
    assert state.symbols == begin.symbols
    assert state.positions.keys() == {BTC, ETH}
    assert list(state.trades) == list(begin.trades)
    assert list(state.equity) == list(begin.equity)
    assert state.chat == list(begin.chat)
    assert state.decisions.keys() == {BTC, ETH, SOL}
    assert state.prices[SOL] == float(begin.candles[SOL].close[-1])
    assert state.selected == BTC


def test_the_selected_symbol_outlives_a_new_session_that_has_it(state: TerminalState) -> None:
    state.selected = SOL
    state.load(market.snapshot(with_past=False))
    assert state.selected == SOL
    assert not state.trades


def test_a_price_moves_the_forming_candle_and_the_clock(state: TerminalState) -> None:
    assert state.apply(price(SOL, 190.0)) == {Topic.PRICE}
    assert state.prices[SOL] == 190.0
    assert state.forming[SOL].close == 190.0
    assert state.market_ms == END_MS + 500


def test_how_prices_come_is_known_from_the_snapshot_and_kept_true(state: TerminalState) -> None:
    assert state.ways == {}
    begun, later = dict.fromkeys((BTC, ETH), FeedWay.STREAM), {BTC: FeedWay.ASKED, ETH: FeedWay.STREAM}
    state.load(replace(market.snapshot(), ways=begun))
    assert state.ways == begun
    assert state.apply(FeedChanged(at_ms=END_MS, ways=later)) == {Topic.FEED}
    assert state.ways == later
    state.load(market.snapshot())
    assert state.ways == {}


def test_the_clock_never_goes_back(state: TerminalState) -> None:
    state.apply(price(SOL, 190.0, at_ms=END_MS - 10_000))
    assert state.market_ms == END_MS


def test_the_account_stands_as_the_engine_says(state: TerminalState) -> None:
    assert state.standing is not None
    assert state.standing.state is AccountState.ACTIVE
    assert (state.drill, state.venue, state.funds, state.protects) == (None, "", None, True)
    halted = Standing(state=AccountState.HALTED, reason="asked", since_ms=END_MS, latched=True)
    drill = Drill(at_ms=END_MS, entries_stopped_ms=2, cancelled_ms=40, flat_ms=None)
    assert state.apply(StandingChanged(at_ms=END_MS, standing=halted)) == {Topic.STANDING}
    assert state.apply(KillSwitchPressed(at_ms=END_MS, drill=drill)) == {Topic.STANDING}
    assert (state.standing, state.drill) == (halted, drill)


def test_a_snapshot_brings_venue_funds_and_standing() -> None:
    state = TerminalState()
    reducing = Standing(state=AccountState.REDUCING, reason="the daily loss", since_ms=END_MS)
    begin = replace(market.snapshot(), venue="WEEX", funds=Funds.DEMO, protects=False, standing=reducing)
    state.load(begin)
    assert (state.venue, state.funds, state.protects, state.standing) == ("WEEX", Funds.DEMO, False, reducing)


@given(moved=st.integers(-5_000, 5_000).filter(bool))
def test_marks_follow_prices_and_the_account_follows_the_marks(moved: int) -> None:
    state = TerminalState()
    state.load(market.snapshot())
    entry = state.positions[BTC].entry_price
    state.apply(price(BTC, float(entry) + moved))
    assert state.mark() == {Topic.POSITION, Topic.PORTFOLIO}
    held = state.positions[BTC]
    assert held.unrealised == moved * held.quantity
    assert state.portfolio is not None
    assert state.portfolio.unrealised == held.unrealised + state.positions[ETH].unrealised
    assert state.portfolio.drawdown_fraction >= 0


def test_a_short_gains_when_the_price_falls(state: TerminalState) -> None:
    held = state.positions[ETH]
    assert held.side is PositionSide.SHORT
    state.apply(price(ETH, float(held.entry_price) - 10))
    state.mark()
    assert state.positions[ETH].unrealised == 10 * held.quantity


def test_marking_costs_nothing_while_no_held_price_moved(state: TerminalState) -> None:
    state.apply(price(SOL, 190.0))
    assert state.mark() == frozenset()


def test_a_closed_candle_is_kept_beside_the_loaded_ones(state: TerminalState) -> None:
    state.apply(price(BTC, 97_100.0))
    closed = Candle(END_MS, 97_000.0, 97_200.0, 96_900.0, 97_150.0, 5.0)
    assert Topic.CANDLE in state.apply(CandleClosed(at_ms=END_MS + 60_000, symbol=BTC, candle=closed))
    assert list(state.new_candles[BTC]) == [closed]
    assert state.prices[BTC] == 97_150.0
    assert BTC not in state.forming


def test_a_position_comes_and_goes_with_its_trade(state: TerminalState) -> None:
    opened = PositionOpened(at_ms=END_MS, position=market.position(SOL))
    assert Topic.POSITION in state.apply(opened)
    assert SOL in state.positions
    gone = PositionClosed(at_ms=END_MS, trade=market.trade(99, "12.50", SOL))
    assert {Topic.POSITION, Topic.TRADE} <= state.apply(gone)
    assert SOL not in state.positions
    assert state.trades[-1].pnl == Decimal("12.50")


def test_the_engines_account_replaces_the_windows_own(state: TerminalState) -> None:
    alone = market.portfolio(market.position(SOL))
    assert Topic.PORTFOLIO in state.apply(PortfolioChanged(at_ms=END_MS, portfolio=alone))
    assert state.portfolio is alone
    assert state.positions.keys() == {SOL}


def test_a_decision_replaces_the_one_of_its_market(state: TerminalState) -> None:
    waiting = market.waiting(BTC)
    assert state.apply(DecisionMade(at_ms=END_MS, decision=waiting)) == {Topic.DECISION}
    assert state.decisions[BTC] is waiting


def test_the_rest_is_kept_under_its_topic(state: TerminalState) -> None:
    point = EquityPoint(END_MS, Decimal(10_100), Decimal(10_100))
    said = ChatMessage(END_MS, Speaker.ASSISTANT, "Nothing new.")
    assert state.apply(EquityRecorded(at_ms=END_MS, point=point)) == {Topic.EQUITY}
    assert state.apply(ChatAnswered(at_ms=END_MS, message=said)) == {Topic.CHAT}
    assert state.apply(SignalPreviewed(at_ms=END_MS, signal=market.signal(SOL))) == {Topic.PREVIEW}
    assert state.apply(StrategyChanged(at_ms=END_MS, name="ema-trend")) == {Topic.STRATEGY}
    assert state.apply(RunChanged(at_ms=END_MS, status=RunStatus.PAUSED, reason="asked")) == {Topic.RUN}
    assert (state.equity[-1], state.chat[-1], state.strategy_name) == (point, said, "ema-trend")
    assert (state.status, state.reason) == (RunStatus.PAUSED, "asked")


def test_an_unfit_candle_becomes_an_alert(state: TerminalState) -> None:
    assert state.apply(CandleRejected(at_ms=END_MS, symbol=BTC, reason="high below low")) == {Topic.ALERT}
    assert "BTC/USDT" in state.alerts[-1].text
    assert state.alerts[-1].severity is Severity.WARNING


def refused() -> OrderRejected:
    order = Order(
        client_id="sg-1",
        symbol=BTC,
        leg=Leg.ENTRY,
        side=OrderSide.BUY,
        position_side=PositionSide.LONG,
        quantity=Decimal(1),
        leverage=5,
        bar_ms=END_MS - MINUTE_MS,
        created_ms=END_MS,
        reference_price=97_000.0,
        refusal="the margin does not suffice",
        reason="because",
    )
    return OrderRejected(at_ms=END_MS, order=order)


def test_a_refused_order_is_told_once_and_with_real_orders_by_the_engine_itself(state: TerminalState) -> None:
    state.apply(refused())
    assert [alert.text for alert in state.alerts] == ["An order for BTC/USDT was refused: the margin does not suffice"]
    state.load(replace(market.snapshot(), mode=Mode.LIVE))
    state.apply(refused())
    assert len(state.alerts) == 1


def test_alerts_are_counted_and_outlive_the_run(state: TerminalState) -> None:
    state.apply(AlertRaised(at_ms=END_MS, severity=Severity.CRITICAL, text="limit"))
    state.load(market.snapshot())
    assert state.alerts_heard == 1
    assert [alert.text for alert in state.alerts] == ["limit"]


def test_prices_are_printed_with_the_digits_of_the_instrument(state: TerminalState) -> None:
    assert state.price_decimals(BTC) == 1
    assert state.quantity_decimals(ETH) == 3
    assert state.price_decimals("DOGE/USDT:USDT") == 2


def test_a_new_score_replaces_the_one_of_its_symbol_horizon_and_model(state: TerminalState) -> None:
    assert len(state.calibration) == 3
    newer = market.calibration(BTC, Trust.AMBER, 829)
    assert state.apply(CalibrationMeasured(at_ms=END_MS, report=newer)) == {Topic.CALIBRATION}
    assert state.calibration[BTC, 12, "empirical"] is newer
    state.apply(CalibrationMeasured(at_ms=END_MS, report=market.calibration(BTC, horizon_bars=3)))
    assert len(state.calibration) == 4


def test_closed_candles_move_into_the_block_before_they_are_many(state: TerminalState) -> None:
    before, count = len(state.candles[BTC]), FOLDED_EVERY + 100
    for at in range(count):
        candle = Candle(END_MS + at * MINUTE_MS, 1.0, 2.0, 0.5, float(at), 1.0)
        state.apply(CandleClosed(at_ms=END_MS + (at + 1) * MINUTE_MS, symbol=BTC, candle=candle))
    waiting, block = state.new_candles[BTC], state.candles[BTC]
    assert waiting.added == count
    assert LEFT_SINGLE <= len(waiting) < FOLDED_EVERY
    assert len(block) + len(waiting) == before + count
    assert block.close[before:].tolist() + [candle.close for candle in waiting] == [float(at) for at in range(count)]


def test_nothing_a_run_leaves_behind_grows_without_end(state: TerminalState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sigma_desktop.bridge.state.CANDLES_KEPT", 700)
    for at in range(3 * FOLDED_EVERY):
        candle = Candle(END_MS + at * MINUTE_MS, 1.0, 1.0, 1.0, 1.0, 1.0)
        state.apply(CandleClosed(at_ms=END_MS, symbol=BTC, candle=candle))
    assert len(state.candles[BTC]) == 700
    state.equity, state.trades = Trail(kept=10), Trail(kept=10)
    for at in range(100):
        state.apply(EquityRecorded(at_ms=END_MS, point=EquityPoint(at, Decimal(at), Decimal(at))))
        state.apply(PositionClosed(at_ms=END_MS, trade=market.trade(at, "1.00")))
    assert len(state.equity) <= 11
    assert (len(state.trades) <= 11, state.trades.added) == (True, 100)
