"""What the account holds that SIGMA did not open: shown for what it is, and never traded."""

from dataclasses import replace
from decimal import Decimal

from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.venue import ExternalPosition, VenueOrderState
from sigma_engine.events import Event, ExternalsChanged
from sigma_engine.execution.live.differences import LAG_MS
from sigma_engine.execution.live.intents import APART_MS
from tests.engine.execution.live.accounts import A, Account, B, of_kind, position, sent

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT


def externals(facts: list[Event]) -> list[tuple[ExternalPosition, ...]]:
    return [fact.externals for fact in of_kind(facts, ExternalsChanged)]


def external(symbol: str, side: PositionSide, quantity: str, entry: str | None) -> ExternalPosition:
    price = None if entry is None else Decimal(entry)
    return ExternalPosition(symbol=symbol, side=side, quantity=Decimal(quantity), entry_price=price)


def test_a_position_that_no_execution_explains_is_external_once_lists_cannot_lag_any_more() -> None:
    account = Account()
    account.read()
    account.held[B, SHORT] = position(B, SHORT, Decimal(2), Decimal(50))
    assert externals(account.read(1_000)) == []
    facts = account.read(LAG_MS)
    assert externals(facts) == [(external(B, SHORT, "2", "50"),)]
    assert sent(facts) == []
    assert externals(account.read(1_000)) == []


def test_it_is_gone_when_the_exchange_holds_it_no_more() -> None:
    account = Account()
    account.held[B, SHORT] = position(B, SHORT, Decimal(2), Decimal(50))
    account.read()
    account.read(LAG_MS)
    del account.held[B, SHORT]
    assert externals(account.read(1_000)) == [()]


def test_what_is_added_to_a_position_of_ours_is_external_without_a_price_of_its_own() -> None:
    account = Account()
    account.read()
    order = account.enter(A)
    account.answer(order)
    account.take(order, VenueOrderState.FILLED, "1")
    account.execute(order, "100.2")
    account.read(100)
    more = replace(account.execute(order, "101", "2"), trade_id="web-fill", order_id="web-1")
    account.fills[-1] = more
    account.read(100)
    found = [each for later_ms in (APART_MS, LAG_MS) for each in externals(account.read(later_ms))]
    assert found == [(external(A, LONG, "2", None),)]
