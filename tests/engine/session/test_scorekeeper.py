"""Reports of calibration: one when another forecast fell due, behind the orders, and an alert when trust turns."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sigma_engine.domain.calibration import CalibrationReport, Trust
from sigma_engine.domain.signal import Action, Forecast, Regime, Signal
from sigma_engine.events import AlertRaised, CalibrationMeasured, DecisionMade, Event, Severity
from sigma_engine.probability.record import ScoredForecasts
from sigma_engine.session.scorekeeper import Scorekeeper
from sigma_engine.session.trader import Trader
from sigma_engine.strategy.reader import SignalReader
from tests.engine.session.test_trader import BTC, MINUTE, Desk

HORIZON = 12
MODEL = "empirical"
HONEST, BOASTFUL = 0.62, 0.95


def record(n: int, p_up: float) -> ScoredForecasts:
    """``n`` forecasts that said ``p_up`` where .62 came true, one each horizon, their bands unknown."""
    rose = np.arange(n) * 0.62 % 1.0 < 0.62
    unknown = np.full((n, 3), math.nan)
    return ScoredForecasts(
        made_ms=np.arange(n, dtype=np.int64) * HORIZON * MINUTE,
        p_up=np.full(n, p_up),
        p_base=np.full(n, 0.5),
        outcome=np.where(rose, 0.01, -0.01),
        place=np.full(n, math.nan),
        low=unknown,
        high=unknown,
        base_low=unknown,
        base_high=unknown,
        live=np.zeros(n, np.bool_),
    )


class Fold:
    """The outermost edge of a reader: what it counted and what it remembers."""

    def __init__(self, record: ScoredForecasts) -> None:
        self._record, self.matured = record, len(record)

    def scored(self) -> ScoredForecasts:
        return self._record


def signal(number: int, *, p_up: float = 0.5, trust: Trust = Trust.GREEN) -> Signal:
    """A signal on the candle of ``number`` since the epoch, with a forecast."""
    forecast = Forecast(
        model=MODEL,
        horizon_bars=HORIZON,
        sigma=0.001,
        p_up=p_up,
        p_up_plain=0.5,
        p_target=0.3,
        p_stop=0.7,
        p_target_short=0.3,
        p_stop_short=0.7,
        bands=(),
        paths=1000,
        p_up_paths=0.5,
        standard_error=0.016,
        calibrated=True,
        trust=trust,
    )
    return Signal(
        symbol=BTC,
        bar_ms=number * MINUTE,
        at_ms=(number + 1) * MINUTE,
        price=100.0,
        atr=0.1,
        action=Action.WAIT,
        long_score=0.0,
        short_score=0.0,
        confidence=0.0,
        regime=Regime.MIXED,
        readings=(),
        forecast=forecast,
        reason="",
    )


def reports(facts: Sequence[Event]) -> list[CalibrationReport]:
    return [fact.report for fact in facts if isinstance(fact, CalibrationMeasured)]


def alerts(facts: Sequence[Event]) -> list[AlertRaised]:
    return [fact for fact in facts if isinstance(fact, AlertRaised)]


def test_a_report_is_made_when_another_forecast_fell_due_and_only_then() -> None:
    keeper = Scorekeeper()
    assert list(keeper.measure(signal(0), Fold(ScoredForecasts.empty()))) == []
    (first,) = reports(list(keeper.measure(signal(12), Fold(record(1, HONEST)))))
    assert (first.symbol, first.horizon_bars, first.model, first.n) == (BTC, HORIZON, "empirical", 1)
    assert list(keeper.measure(signal(13), Fold(record(1, HONEST)))) == []
    (second,) = reports(list(keeper.measure(signal(24), Fold(record(2, HONEST)))))
    assert second.n == 2
    assert keeper.reports() == (second,)


def test_without_a_forecast_nothing_is_scored() -> None:
    assert list(Scorekeeper().measure(replace(signal(0), forecast=None), Fold(record(5, HONEST)))) == []


@pytest.mark.parametrize(("p_up", "edge"), [(0.5, False), (0.55, True), (0.45, True)])
def test_there_is_an_edge_while_the_newest_forecast_departs_from_a_coin(p_up: float, edge: bool) -> None:
    (found,) = reports(list(Scorekeeper().measure(signal(0, p_up=p_up), Fold(record(1, HONEST)))))
    assert found.edge is edge


def test_the_forecasts_made_while_it_ran_are_live_and_those_of_earlier_sittings_too() -> None:
    keeper = Scorekeeper()
    said = [(MODEL, HORIZON, 36), (MODEL, HORIZON, 24), (MODEL, 24, 48), ("another model", HORIZON, 12)]
    keeper.recall({BTC: [(model, bars, number * MINUTE) for model, bars, number in said]})
    nothing = Fold(ScoredForecasts.empty())
    for number in range(59, 75):  # of these 60 and 72 are on the grid
        list(keeper.measure(signal(number), nothing))
    (found,) = reports(list(keeper.measure(signal(84), Fold(record(7, HONEST)))))
    assert found.live_n == 4


def test_turning_red_and_coming_back_are_told_once_each() -> None:
    keeper = Scorekeeper()
    calm = list(keeper.measure(signal(0), Fold(record(100, HONEST))))
    assert (reports(calm)[0].trust, alerts(calm)) == (Trust.GREEN, [])
    turned = list(keeper.measure(signal(12, trust=Trust.RED), Fold(record(101, BOASTFUL))))
    assert reports(turned)[0].trust is Trust.RED
    assert [(alert.severity, alert.text) for alert in alerts(turned)] == [
        (
            Severity.WARNING,
            "BTC/USDT: P(up) over 12 candles is miscalibrated and off; strategies that ask for it take no entries "
            "until it recovers.",
        )
    ]
    assert alerts(list(keeper.measure(signal(24, trust=Trust.RED), Fold(record(102, BOASTFUL))))) == []
    recovered = list(keeper.measure(signal(36), Fold(record(103, HONEST))))
    assert [(alert.severity, alert.text) for alert in alerts(recovered)] == [
        (
            Severity.INFORMATION,
            "BTC/USDT: P(up) over 12 candles is no longer miscalibrated but calibrated; strategies that ask for it "
            "may enter again.",
        )
    ]


def test_a_market_that_is_red_at_the_start_is_told_of() -> None:
    assert len(alerts(list(Scorekeeper().measure(signal(0, trust=Trust.RED), Fold(record(100, BOASTFUL)))))) == 1


def test_another_strategys_fold_is_scored_anew_and_no_alert_is_repeated() -> None:
    keeper = Scorekeeper()
    list(keeper.measure(signal(0, trust=Trust.RED), Fold(record(100, BOASTFUL))))
    keeper.forget_fold()
    assert keeper.reports() == ()
    again = list(keeper.measure(signal(1, trust=Trust.RED), Fold(record(100, BOASTFUL))))
    assert (len(reports(again)), alerts(again)) == (1, [])


class ScoredReader(SignalReader):
    """A reader whose record is given instead of folded."""

    record = ScoredForecasts.empty()

    @property
    def matured(self) -> int:
        return len(self.record)

    def scored(self) -> ScoredForecasts:
        return self.record


def desk_with_a_record(n: int, p_up: float = HONEST) -> tuple[Desk, ScoredReader]:
    desk = Desk()
    mandate = desk.trader.mandate
    reader = ScoredReader(mandate.plan, BTC, desk.run.timeframe)
    reader.warm_up(desk.history[BTC])
    reader.record = record(n, p_up)
    desk.trader.use(mandate, {BTC: reader})
    return desk, reader


def test_a_step_decides_without_waiting_for_the_score_which_comes_behind_it() -> None:
    desk, _ = desk_with_a_record(100)
    facts = desk.play(desk.next)
    assert any(isinstance(fact, DecisionMade) for fact in facts)
    assert reports(facts) == []
    assert desk.trader.calibration() == ()
    (found,) = reports(list(desk.trader.measure()))
    assert desk.trader.calibration() == (found,)
    assert found.n == 100
    assert list(desk.trader.measure()) == []


def test_each_closed_candle_is_asked_for_its_score_once() -> None:
    desk, reader = desk_with_a_record(100)
    desk.play(desk.next)
    list(desk.trader.measure())
    desk.play(desk.later(1))
    assert list(desk.trader.measure()) == []
    reader.record = record(101, HONEST)
    desk.play(desk.later(2))
    assert len(reports(list(desk.trader.measure()))) == 1


def test_a_new_run_in_the_same_market_keeps_the_score_and_another_strategy_begins_it_anew() -> None:
    desk, reader = desk_with_a_record(100)
    desk.play(desk.next)
    list(desk.trader.measure())
    successor: Trader = desk.workshop.trader(desk.run, (), (), desk.trader.mandate)
    successor = desk.trader.succeeded_by(successor, desk.trader.mandate)
    assert successor.calibration() == desk.trader.calibration() != ()
    successor.use(successor.mandate, {BTC: reader})
    assert successor.calibration() == ()
