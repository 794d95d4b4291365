"""The bus tells everyone, in order, whatever happens to one of them."""

import logging

import pytest

from sigma_engine.bus import EventBus
from sigma_engine.events import AlertRaised, Event, Severity, StrategyChanged

ALERT = AlertRaised(at_ms=1, severity=Severity.WARNING, text="look")
CHANGE = StrategyChanged(at_ms=2, name="ema-trend")


def test_a_handler_hears_its_own_kind_and_who_listens_to_event_hears_all() -> None:
    bus, alerts, everything = EventBus(), [], []
    bus.subscribe(AlertRaised, alerts.append)
    bus.subscribe(Event, everything.append)
    bus.publish(ALERT)
    bus.publish(CHANGE)
    assert alerts == [ALERT]
    assert everything == [ALERT, CHANGE]


def test_handlers_are_called_in_the_order_they_came() -> None:
    bus, heard = EventBus(), []
    for name in ("first", "second", "third"):
        bus.subscribe(AlertRaised, lambda _, name=name: heard.append(name))
    bus.publish(ALERT)
    assert heard == ["first", "second", "third"]


def test_a_handler_that_fails_is_logged_and_the_others_still_hear(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = EventBus(), []
    bus.subscribe(AlertRaised, lambda _: 1 / 0)
    bus.subscribe(AlertRaised, heard.append)
    with caplog.at_level(logging.ERROR):
        bus.publish(ALERT)
    assert heard == [ALERT]
    assert "ZeroDivisionError" in caplog.text


def test_who_left_hears_nothing_and_may_leave_twice() -> None:
    bus, heard = EventBus(), []
    leave = bus.subscribe(AlertRaised, heard.append)
    leave()
    leave()
    bus.publish(ALERT)
    assert heard == []


def test_a_handler_may_leave_while_it_is_called() -> None:
    bus, heard = EventBus(), []

    def once(event: AlertRaised) -> None:
        heard.append("once")
        leave()

    leave = bus.subscribe(AlertRaised, once)
    bus.subscribe(AlertRaised, lambda _: heard.append("always"))
    bus.publish(ALERT)
    bus.publish(ALERT)
    assert heard == ["once", "always", "always"]
