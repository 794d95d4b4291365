"""One trade, candle by candle: where it begins and ends, what it is worth on the way; stop and target worked out."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from sigma_desktop.models.trade_outline import first_stop, target
from sigma_desktop.panels.chart.trial.replay import AFTER, BEFORE, Replay
from sigma_engine import PositionSide, Trade
from tests.desktop import trials
from tests.desktop.market import BTC


@pytest.fixture
def closed() -> Trade:
    """A long somewhere in the middle that was open for several candles."""
    return next(trade for trade in trials.closed_trades(BTC)[15:] if trade.bars > 5 and trade.side is PositionSide.LONG)


@pytest.fixture
def replay(closed: Trade) -> Replay:
    return Replay(trials.candles(BTC), closed)


def document(**changes: object) -> str:
    return json.dumps(trials.DOCUMENT | changes)


def test_it_begins_sixty_candles_before_the_entry_and_goes_on_a_little_after_the_exit(replay: Replay) -> None:
    assert (replay.at, replay.last) == (replay.entry - BEFORE, replay.exit + AFTER)
    assert replay.shown.open_ms[-1] == replay.candle.open_ms
    assert len(replay.shown) == replay.at - replay.begin + 1


def test_no_candle_of_the_future_is_among_those_shown(replay: Replay) -> None:
    for at in range(replay.first, replay.last + 1):
        replay.move_to(at)
        assert replay.shown.open_ms[-1] == trials.candles(BTC).open_ms[at]


def test_profit_runs_with_the_close_after_all_fees_and_ends_at_what_the_trade_came_to(
    replay: Replay, closed: Trade
) -> None:
    assert replay.profit is None
    replay.move_to(replay.entry + 2)
    assert replay.is_open
    moved = replay.candle.close - float(closed.entry_price)
    assert replay.profit == pytest.approx(moved * float(closed.quantity) - float(closed.fees))
    assert replay.r == pytest.approx(replay.profit / float(closed.pnl) * closed.r)
    replay.move_to(replay.exit)
    assert replay.is_over
    assert replay.profit == float(closed.pnl)


def test_it_stands_still_at_both_ends(replay: Replay) -> None:
    assert not replay.move_to(-5)
    assert replay.at == replay.first
    assert replay.move_to(replay.first + 1)
    replay.move_to(10**6)
    assert replay.at == replay.last
    assert replay.is_done


def test_a_trade_in_the_first_candles_is_replayed_from_the_first_there_is(closed: Trade) -> None:
    early = replace(closed, entry_ms=int(trials.candles(BTC).open_ms[3]), exit_ms=int(trials.candles(BTC).open_ms[5]))
    replay = Replay(trials.candles(BTC), early)
    assert (replay.first, replay.entry) == (0, 3)


def test_the_first_stop_is_one_r_from_the_entry(closed: Trade) -> None:
    stop = first_stop(closed, 1)
    expected = closed.entry_price * (1 - Decimal(str(trials.STOP_SHARE)))
    assert stop == pytest.approx(float(expected), abs=0.11)
    short = replace(closed, side=PositionSide.SHORT)
    mirrored = first_stop(short, 1)
    assert mirrored == pytest.approx(float(closed.entry_price * (1 + Decimal(str(trials.STOP_SHARE)))), abs=0.11)


def test_without_r_there_is_no_stop_to_draw(closed: Trade) -> None:
    assert first_stop(replace(closed, r=None), 1) is None
    assert first_stop(replace(closed, r=0.0, pnl=Decimal(0)), 1) is None


@pytest.mark.parametrize(
    ("stated", "risks"), [({"type": "rr", "value": 2.5}, 2.5), ({"type": "atr", "value": 4.5}, 3.0)]
)
def test_a_target_in_risks_or_in_the_stops_own_measure(closed: Trade, stated: dict[str, object], risks: float) -> None:
    entry, stop = float(closed.entry_price), first_stop(closed, 1)
    assert stop is not None
    assert target(closed, document(take_profit=stated), 1) == pytest.approx(entry + risks * (entry - stop), abs=0.11)


def test_a_target_in_percent_or_as_a_price(closed: Trade) -> None:
    entry = float(closed.entry_price)
    percent = target(closed, document(take_profit={"type": "percent", "value": 2}), 1)
    assert percent == pytest.approx(entry * 1.02, abs=0.06)
    assert target(closed, document(take_profit={"type": "price", "value": 99_000}), 1) == 99_000.0


@pytest.mark.parametrize("stated", [None, {"type": "none"}, {"type": "none", "value": None}])
def test_a_strategy_without_a_target_has_none_drawn(closed: Trade, stated: object) -> None:
    assert target(closed, document(take_profit=stated), 1) is None


def test_a_target_whose_measure_nobody_knows_is_not_guessed(closed: Trade) -> None:
    stated = document(take_profit={"type": "atr", "value": 3}, stop_loss={"type": "percent", "value": 1})
    assert target(closed, stated, 1) is None
